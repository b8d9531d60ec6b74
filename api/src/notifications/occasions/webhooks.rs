//! Webhook endpoints that nothing reaches.

use glans_entity::ids::WebhookEndpointId;
use glans_entity::metrics::{WebhookDisabled, webhook_endpoint};
use glans_entity::notifications::Category;
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// To the administrators of the board, unless one of them did it. Nothing of an endpoint that was enabled since.
pub(super) async fn disabled(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use webhook_endpoint::Column;
    let (id, everywhere) = (fact.id::<WebhookEndpointId>()?, fact.everywhere());
    let row = webhook_endpoint::Entity::within(&everywhere)
        .filter(Column::Id.eq(id))
        .filter(Column::DisabledBecause.is_in([WebhookDisabled::Gone, WebhookDisabled::Failing]))
        // What was disabled again later is told by the event of then.
        .filter(Column::DisabledAt.lte(fact.at()))
        .one(db)
        .await?;
    let notices = row.map(|row| {
        let to = people::administrators_of(&everywhere, row.board_id);
        Notice::new(Text::WebhookDisabled, Category::Report, (WebhookEndpointId::PREFIX, id.0), to)
    });
    Ok(Told::telling(notices))
}

/// There is nothing to see to any more.
pub(super) fn seen_to(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::nothing().taking_back(fact.id::<WebhookEndpointId>()?.0))
}
