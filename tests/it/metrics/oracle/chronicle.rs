//! What the tables do not keep, and a history has to remember.

use chrono::NaiveDate;
use glans_entity::ids::{ClusterId, SchoolId, StudentId};
use glans_entity::organisation::school;
use glans_tests::World;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::reading;

/// Of the histories that follow each other in one database.
pub struct Chronicle {
    /// Since when each school was in a cluster, the first one since ever, in the order in which it happened.
    clusters: Vec<(SchoolId, NaiveDate, ClusterId)>,
    /// Children who went to another school.
    pub(super) moved: Vec<StudentId>,
    /// Children of whom it was told late that they had left, and their last day.
    pub(super) left: Vec<(StudentId, NaiveDate)>,
}

impl Chronicle {
    pub async fn begin(world: &World) -> Self {
        let db = reading(world, world.app.clock.now()).await;
        let schools = school::Entity::find().filter(school::Column::BoardId.eq(world.ours.id)).all(&db).await.unwrap();
        let nowhere = ClusterId(Uuid::nil());
        let since_ever = |row: school::Model| (row.id, NaiveDate::MIN, row.cluster_id.unwrap_or(nowhere));
        Self { clusters: schools.into_iter().map(since_ever).collect(), moved: Vec::new(), left: Vec::new() }
    }

    /// The school is in that cluster from the day on.
    pub(super) fn goes_to(&mut self, school: SchoolId, on: NaiveDate, cluster: ClusterId) {
        self.clusters.push((school, on, cluster));
    }

    /// Where the school was on the day.
    pub(super) fn cluster(&self, school: SchoolId, on: NaiveDate) -> ClusterId {
        let mut own = self.clusters.iter().filter(|(of, since, _)| *of == school && *since <= on);
        own.next_back().expect("a school of the board").2
    }
}
