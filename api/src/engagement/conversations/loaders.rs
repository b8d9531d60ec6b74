//! Conversations, who comes, and what was agreed, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{agreement, conversation, conversation_attendee, conversation_note};
use glans_entity::ids::{ConversationId, PartnershipId};

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<ConversationId> for Batch {
    type Value = conversation::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ConversationId]) -> Result<HashMap<ConversationId, conversation::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The conversations of a partnership, by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConversationsOf(pub PartnershipId);

#[async_trait::async_trait]
impl Loader<ConversationsOf> for Batch {
    type Value = Vec<conversation::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[ConversationsOf],
    ) -> Result<HashMap<ConversationsOf, Vec<conversation::Model>>, BatchError> {
        let partnerships: Vec<PartnershipId> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_partnerships(&*self.call.read().await?, &self.call.scope(), &partnerships).await?;
        Ok(group(rows, |row| ConversationsOf(row.partnership_id)))
    }
}

/// Who comes to a conversation, staff first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttendeesOf(pub ConversationId);

#[async_trait::async_trait]
impl Loader<AttendeesOf> for Batch {
    type Value = Vec<conversation_attendee::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[AttendeesOf],
    ) -> Result<HashMap<AttendeesOf, Vec<conversation_attendee::Model>>, BatchError> {
        let ids: Vec<ConversationId> = keys.iter().map(|key| key.0).collect();
        let rows = store::attendees(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| AttendeesOf(row.conversation_id)))
    }
}

/// What a conversation agreed on, in the order of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgreementsOf(pub ConversationId);

#[async_trait::async_trait]
impl Loader<AgreementsOf> for Batch {
    type Value = Vec<agreement::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[AgreementsOf]) -> Result<HashMap<AgreementsOf, Vec<agreement::Model>>, BatchError> {
        let ids: Vec<ConversationId> = keys.iter().map(|key| key.0).collect();
        let rows = store::agreements(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| AgreementsOf(row.conversation_id)))
    }
}

/// The viewer's own note about a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnNote(pub ConversationId);

#[async_trait::async_trait]
impl Loader<OwnNote> for Batch {
    type Value = conversation_note::Model;
    type Error = BatchError;

    async fn load(&self, keys: &[OwnNote]) -> Result<HashMap<OwnNote, conversation_note::Model>, BatchError> {
        let ids: Vec<ConversationId> = keys.iter().map(|key| key.0).collect();
        let rows = store::notes(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(rows.into_iter().map(|row| (OwnNote(row.conversation_id), row)).collect())
    }
}
