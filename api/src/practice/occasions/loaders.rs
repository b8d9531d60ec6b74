//! Who is to come and who was there, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{MeetingId, PersonId, SchoolId, TeamSessionId};
use glans_entity::people::Role;
use glans_entity::practice::attendance;

use super::store;
use crate::loaders::{Batch, BatchError, group};

/// A meeting or a team session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occasion {
    Meeting(MeetingId),
    TeamSession(TeamSessionId),
}

impl Occasion {
    fn of(row: &attendance::Model) -> Option<Self> {
        row.meeting_id.map(Self::Meeting).or(row.team_session_id.map(Self::TeamSession))
    }
}

/// What is stored of those who attend an occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttendanceOf(pub Occasion);

#[async_trait::async_trait]
impl Loader<AttendanceOf> for Batch {
    type Value = Vec<attendance::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[AttendanceOf]) -> Result<HashMap<AttendanceOf, Vec<attendance::Model>>, BatchError> {
        let occasions: Vec<Occasion> = keys.iter().map(|key| key.0).collect();
        let rows = store::attendance(&*self.call.read().await?, &self.call.scope(), &occasions).await?;
        let mut lists = HashMap::new();
        for (occasion, rows) in group(rows, Occasion::of) {
            lists.extend(occasion.map(|occasion| (AttendanceOf(occasion), rows)));
        }
        Ok(lists)
    }
}

/// Who holds a role at a school today: those who are to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RollOf {
    pub school: SchoolId,
    pub role: Role,
}

#[async_trait::async_trait]
impl Loader<RollOf> for Batch {
    type Value = Vec<PersonId>;
    type Error = BatchError;

    async fn load(&self, keys: &[RollOf]) -> Result<HashMap<RollOf, Vec<PersonId>>, BatchError> {
        let schools: Vec<SchoolId> = keys.iter().map(|key| key.school).collect();
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let held = store::staff(&*db, &scope, &schools, self.call.now()).await?;
        let lists = group(held, |(role, (_, school))| RollOf { school: *school, role: *role });
        Ok(lists
            .into_iter()
            .map(|(roll, held)| (roll, held.into_iter().map(|(_, (person, _))| person).collect()))
            .collect())
    }
}
