//! Whom something is for, as apps name and see it.

use async_graphql::{Context, ID, InputObject, SimpleObject, Union};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{TargetKind, recipient};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId};
use glans_entity::people;
use uuid::Uuid;

use super::{TargetsOf, rules};
use crate::loaders;
use crate::organisation::boards::Board;
use crate::organisation::class_groups::ClassGroup;
use crate::organisation::clusters::Cluster;
use crate::organisation::schools::School;
use crate::people::students::Student;
use crate::people::values::Role;
use crate::platform::error::Result;
use crate::platform::text::Checks;

/// A place or child that something is for.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "it is made to be answered with, one at a time")]
pub enum AudienceTarget {
    Board(Board),
    Cluster(Cluster),
    School(School),
    ClassGroup(ClassGroup),
    Student(Student),
}

/// Whom something is for: everybody of these roles at what is included and not at what is excluded.
#[derive(InputObject, Clone)]
pub struct AudienceInput {
    /// Ids of boards, clusters, schools, class groups and students, 1 to 100, all of one board.
    pub include: Vec<ID>,
    /// Ids of what to leave out of it, at most 100; absent for none. A child that is left out reaches no guardian.
    pub exclude: Option<Vec<ID>>,
    /// Who at these places: GUARDIAN, TEACHER, `SCHOOL_LEADER`; guardians when absent.
    pub roles: Option<Vec<Role>>,
}

impl AudienceInput {
    /// What to include, what to exclude, and which roles; problems go to `checks`.
    pub fn checked(self, checks: &mut Checks) -> (Vec<ID>, Vec<ID>, Vec<people::Role>) {
        let exclude = self.exclude.unwrap_or_default();
        let roles = self.roles.map(|roles| roles.into_iter().map(Into::into).collect());
        let roles = rules::roles(checks, roles);
        rules::check_targets(checks, self.include.len(), exclude.len());
        (self.include, exclude, roles)
    }
}

/// What one person did with something that is addressed to them. It only moves forward.
#[derive(SimpleObject, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// When it reached a device or mailbox; null as long as that is not known.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it was read; null until then. What was corrected since is unread again.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was confirmed; null until then.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

impl Receipt {
    /// Of the rows of one person, one per child; none where there is no row.
    pub fn of(rows: &[recipient::Model]) -> Option<Self> {
        let receipt = Self {
            delivered_at: rows.iter().filter_map(|row| row.delivered_at).min(),
            read_at: rows.iter().filter_map(|row| row.read_at).max(),
            acknowledged_at: rows.iter().filter_map(|row| row.acknowledged_at).min(),
        };
        (!rows.is_empty()).then_some(receipt)
    }
}

/// What an item is for, `excluded` or not. What of it is out of the viewer's sight is left out.
pub async fn audience_of(ctx: &Context<'_>, item: Uuid, excluded: bool) -> Result<Vec<AudienceTarget>> {
    let mut shown = Vec::new();
    for row in loaders::one(ctx, TargetsOf(item)).await?.unwrap_or_default() {
        if row.excluded != excluded {
            continue;
        }
        let id = row.target_id;
        shown.extend(match row.kind {
            TargetKind::Board => loaders::one(ctx, BoardId(id)).await?.map(|row| AudienceTarget::Board(Board(row))),
            TargetKind::Cluster => {
                loaders::one(ctx, ClusterId(id)).await?.map(|row| AudienceTarget::Cluster(Cluster(row)))
            }
            TargetKind::School => loaders::one(ctx, SchoolId(id)).await?.map(|row| AudienceTarget::School(School(row))),
            TargetKind::ClassGroup => {
                loaders::one(ctx, ClassGroupId(id)).await?.map(|row| AudienceTarget::ClassGroup(ClassGroup(row)))
            }
            TargetKind::Student => {
                loaders::one(ctx, StudentId(id)).await?.map(|row| AudienceTarget::Student(Student(row)))
            }
        });
    }
    Ok(shown)
}

/// The children about whom `rows` reached somebody, as far as they are in sight.
pub async fn children_of(ctx: &Context<'_>, rows: &[recipient::Model]) -> Result<Vec<Student>> {
    let children: Vec<StudentId> =
        rows.iter().map(|row| row.student_id).filter(|child| *child != recipient::AS_STAFF).collect();
    let mut found = loaders::many(ctx, children.clone()).await?;
    Ok(children.into_iter().filter_map(|child| found.remove(&child)).map(Student).collect())
}
