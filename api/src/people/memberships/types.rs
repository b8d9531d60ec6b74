//! The membership and the union of what it can be a role in.

use async_graphql::{Context, ID, Object, Union};
use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, CohortId, MembershipId, PersonId, SchoolId};
use glans_entity::people::{ScopeKind, guardianship, membership};
use uuid::Uuid;

use crate::access::{self, Place, policy};
use crate::call::Call;
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
    pub board: BoardId,
    pub person: PersonId,
    pub role: Role,
    pub kind: ScopeKind,
    /// Of the board, cluster, school, class group or cohort that `kind` names.
    pub scope: Uuid,
    /// The school under which the scope lies, if it lies under one.
    pub school: Option<SchoolId>,
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
            board: row.board_id,
            person: row.person_id,
            role: row.role.into(),
            kind: row.scope_kind,
            scope: row.scope_id,
            school: row.school_id,
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
            board: row.board_id,
            person: row.guardian_id,
            role: Role::Guardian,
            kind: ScopeKind::School,
            scope: school.0,
            school: Some(school),
            starts_on: Some(row.starts_on),
            ends_on: row.ends_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }

    /// Where it is held; none where its school is out of sight.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        let school = match self.school {
            Some(id) => loaders::one(ctx, id).await?,
            None => None,
        };
        let (board, school) = (Place::board(self.board), school.as_ref().map(Place::school));
        Ok(match self.kind {
            ScopeKind::Board => Some(board),
            ScopeKind::Cluster => Some(Place { cluster: Some(ClusterId(self.scope)), ..board }),
            ScopeKind::Cohort => Some(Place { cohort: Some(CohortId(self.scope)), ..board }),
            ScopeKind::School => school,
            ScopeKind::ClassGroup => {
                school.map(|school| Place { class_groups: vec![ClassGroupId(self.scope)], ..school })
            }
        })
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

    /// Whether the viewer may take the role from the person (`membershipRevoke`), of which the last administrator of a board
    /// stays. False for that of a guardian: see `Guardianship.viewerCanEdit`.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        if self.role == Role::Guardian {
            return Ok(false);
        }
        let place = self.place(ctx).await?;
        let action = policy::granting(self.role.into());
        Ok(place.is_some_and(|place| access::allows(&Call::of(ctx).standing().actor, action, &place)))
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
