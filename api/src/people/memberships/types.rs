//! The membership and the union of what it can be a role in.

use async_graphql::{Context, ID, Object, Union};
use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, CohortId, MembershipId, PersonId, SchoolId};
use glans_entity::people::{ScopeKind, guardianship, membership};
use uuid::Uuid;

use crate::loaders;
use crate::organisation::boards::Board;
use crate::organisation::class_groups::ClassGroup;
use crate::organisation::clusters::Cluster;
use crate::organisation::schools::School;
use crate::people::persons::Person;
use crate::people::values::Role;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;
use crate::practice::cohorts::Cohort;

#[derive(Clone, Debug)]
pub struct Membership {
    pub id: MembershipId,
    pub person: PersonId,
    pub role: Role,
    pub kind: ScopeKind,
    /// Of the board, cluster, school, class group or cohort that `kind` names.
    pub scope: Uuid,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
}

impl From<membership::Model> for Membership {
    fn from(row: membership::Model) -> Self {
        Self {
            id: row.id,
            person: row.person_id,
            role: row.role.into(),
            kind: row.scope_kind,
            scope: row.scope_id,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

impl Membership {
    /// That of a guardian, at the school of the child.
    pub fn of_guardian(row: &guardianship::Model, school: SchoolId) -> Self {
        Self {
            id: MembershipId(row.id.0),
            person: row.guardian_id,
            role: Role::Guardian,
            kind: ScopeKind::School,
            scope: school.0,
            starts_on: Some(row.starts_on),
            ends_on: row.ends_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// What a role can be held in.
#[derive(Union)]
#[graphql(name = "Scope")]
#[expect(clippy::large_enum_variant, reason = "it lives no longer than its answer")]
pub enum MembershipScope {
    Board(Board),
    Cluster(Cluster),
    School(School),
    ClassGroup(ClassGroup),
    Cohort(Cohort),
}

/// A role of a person in a scope. Rights of several add up. Seen by the person, by who administers the board, by the
/// staff of the school, and by the guardians of the class group.
#[Object]
impl Membership {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.id.to_string().into()
    }

    /// Who has the role.
    pub async fn person(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.person).await.map(Person)
    }

    /// Which role.
    pub async fn role(&self) -> Role {
        self.role
    }

    /// Where it holds, with all that lies under it. For a guardian the school of the child.
    pub async fn scope(&self, ctx: &Context<'_>) -> Result<MembershipScope> {
        Ok(match self.kind {
            ScopeKind::Board => Board(loaders::present(ctx, BoardId(self.scope)).await?).into(),
            ScopeKind::Cluster => Cluster(loaders::present(ctx, ClusterId(self.scope)).await?).into(),
            ScopeKind::School => School(loaders::present(ctx, SchoolId(self.scope)).await?).into(),
            ScopeKind::Cohort => Cohort(loaders::present(ctx, CohortId(self.scope)).await?).into(),
            ScopeKind::ClassGroup => ClassGroup(loaders::present(ctx, ClassGroupId(self.scope)).await?).into(),
        })
    }

    /// The first day on which it counts; null when it always did.
    pub async fn starts_on(&self) -> Option<LocalDate> {
        self.starts_on.map(LocalDate)
    }

    /// The last day on which it counts; null when no end is known.
    pub async fn ends_on(&self) -> Option<LocalDate> {
        self.ends_on.map(LocalDate)
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Counts up with every change.
    pub async fn version(&self) -> i32 {
        self.version
    }
}
