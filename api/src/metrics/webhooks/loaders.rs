//! Endpoints and deliveries, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{WebhookDeliveryId, WebhookEndpointId};
use glans_entity::metrics::{webhook_delivery, webhook_endpoint};

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<WebhookEndpointId> for Batch {
    type Value = webhook_endpoint::Model;
    type Error = BatchError;

    async fn load(
        &self,
        ids: &[WebhookEndpointId],
    ) -> Result<HashMap<WebhookEndpointId, webhook_endpoint::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<WebhookDeliveryId> for Batch {
    type Value = webhook_delivery::Model;
    type Error = BatchError;

    async fn load(
        &self,
        ids: &[WebhookDeliveryId],
    ) -> Result<HashMap<WebhookDeliveryId, webhook_delivery::Model>, BatchError> {
        let rows = store::deliveries_by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
