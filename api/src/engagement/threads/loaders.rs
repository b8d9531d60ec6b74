//! Threads, messages and who takes part, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{message, thread, thread_participant};
use glans_entity::ids::{MessageId, PersonId, SchoolId, StudentId, ThreadId};
use glans_entity::scope::Scope;

use super::company::Company;
use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<ThreadId> for Batch {
    type Value = thread::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ThreadId]) -> Result<HashMap<ThreadId, thread::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), self.call.now(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<MessageId> for Batch {
    type Value = message::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, message::Model>, BatchError> {
        let rows = store::messages_by_ids(&*self.call.read().await?, &self.call.scope(), self.call.now(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Those in sight who take part in a thread, in the order in which they joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParticipantsOf(pub ThreadId);

#[async_trait::async_trait]
impl Loader<ParticipantsOf> for Batch {
    type Value = Vec<thread_participant::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[ParticipantsOf],
    ) -> Result<HashMap<ParticipantsOf, Vec<thread_participant::Model>>, BatchError> {
        let threads: Vec<ThreadId> = keys.iter().map(|key| key.0).collect();
        let rows = store::participants_of(&*self.call.read().await?, &self.call.scope(), &threads).await?;
        Ok(group(rows, |row| ParticipantsOf(row.thread_id)))
    }
}

/// Who of a thread may read it today. Past the scope: the thread is in sight, and what is told of its company is for the
/// type to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompanyOf {
    pub thread: ThreadId,
    pub student: StudentId,
    pub school: SchoolId,
}

#[async_trait::async_trait]
impl Loader<CompanyOf> for Batch {
    type Value = Company;
    type Error = BatchError;

    async fn load(&self, keys: &[CompanyOf]) -> Result<HashMap<CompanyOf, Company>, BatchError> {
        let threads: Vec<_> = keys.iter().map(|key| (key.thread, key.student, key.school)).collect();
        let mut found = Company::of(&*self.call.read().await?, self.call.today(), &threads).await?;
        Ok(keys.iter().filter_map(|key| Some((*key, found.remove(&key.thread)?))).collect())
    }
}

/// How many messages of a thread the viewer has not read; none where there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnreadOf(pub ThreadId);

#[async_trait::async_trait]
impl Loader<UnreadOf> for Batch {
    type Value = i64;
    type Error = BatchError;

    async fn load(&self, keys: &[UnreadOf]) -> Result<HashMap<UnreadOf, i64>, BatchError> {
        let threads: Vec<ThreadId> = keys.iter().map(|key| key.0).collect();
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let counts = store::unread_counts(&*db, &scope, self.call.now(), &threads).await?;
        Ok(counts.into_iter().map(|(thread, count)| (UnreadOf(thread), count)).collect())
    }
}

/// The last message in sight of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastOf(pub ThreadId);

#[async_trait::async_trait]
impl Loader<LastOf> for Batch {
    type Value = message::Model;
    type Error = BatchError;

    async fn load(&self, keys: &[LastOf]) -> Result<HashMap<LastOf, message::Model>, BatchError> {
        let threads: Vec<ThreadId> = keys.iter().map(|key| key.0).collect();
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let rows = store::last_messages(&*db, &scope, self.call.now(), &threads).await?;
        Ok(rows.into_iter().map(|row| (LastOf(row.thread_id), row)).collect())
    }
}

/// The name to show of somebody with whom the viewer shares a thread. Past the scope, in which another guardian is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameOf(pub PersonId);

#[async_trait::async_trait]
impl Loader<NameOf> for Batch {
    type Value = String;
    type Error = BatchError;

    async fn load(&self, keys: &[NameOf]) -> Result<HashMap<NameOf, String>, BatchError> {
        let persons: Vec<PersonId> = keys.iter().map(|key| key.0).collect();
        let everywhere = Scope::system(self.call.today());
        let names = store::names(&*self.call.read().await?, &everywhere, &persons).await?;
        Ok(names.into_iter().map(|(person, name)| (NameOf(person), name)).collect())
    }
}
