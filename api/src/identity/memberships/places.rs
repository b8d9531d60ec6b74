//! Where a role is held.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, CohortId, SchoolId};
use glans_entity::organisation::{board, class_group, cluster, school};
use glans_entity::people::{ScopeKind, membership};
use glans_entity::practice::cohort;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
use uuid::Uuid;

use crate::access::Place;
use crate::platform::error::Result;

/// A scope that exists: its kind, its id, and where it lies.
#[derive(Clone, Debug)]
pub struct Seat {
    pub kind: ScopeKind,
    pub id: Uuid,
    pub place: Place,
    /// When it was closed, or what it lies in; none while it is in use.
    pub archived_at: Option<DateTime<Utc>>,
}

/// Where something lies, and when that was closed.
type Found = (Place, Option<DateTime<Utc>>);

/// The board, cluster, school, class group or cohort with this id, if it is in sight.
pub async fn seat(db: &impl ConnectionTrait, scope: &Scope, id: &str) -> Result<Option<Seat>> {
    let Some((prefix, uuid)) = glans_entity::ids::parse_any(id) else { return Ok(None) };
    let kind = match prefix {
        BoardId::PREFIX => ScopeKind::Board,
        ClusterId::PREFIX => ScopeKind::Cluster,
        SchoolId::PREFIX => ScopeKind::School,
        ClassGroupId::PREFIX => ScopeKind::ClassGroup,
        CohortId::PREFIX => ScopeKind::Cohort,
        _ => return Ok(None),
    };
    let found = place(db, scope, kind, uuid).await?;
    Ok(found.map(|(place, archived_at)| Seat { kind, id: uuid, place, archived_at }))
}

/// Where a membership is held, whether its place is in sight or not.
pub async fn place_of(db: &impl ConnectionTrait, held: &membership::Model) -> Result<Option<Place>> {
    Ok(place(db, &everything(), held.scope_kind, held.scope_id).await?.map(|(place, _)| place))
}

async fn place(db: &impl ConnectionTrait, scope: &Scope, kind: ScopeKind, id: Uuid) -> Result<Option<Found>> {
    Ok(match kind {
        ScopeKind::Board => {
            let row = board::Entity::within(scope).filter(board::Column::Id.eq(id)).one(db).await?;
            row.map(|row| (Place::from(&row), row.archived_at))
        }
        ScopeKind::Cluster => {
            let row = cluster::Entity::within(scope).filter(cluster::Column::Id.eq(id)).one(db).await?;
            row.map(|row| (Place::from(&row), row.archived_at))
        }
        ScopeKind::School => school_by_id(db, scope, id).await?.map(|row| (Place::school(&row), row.archived_at)),
        ScopeKind::Cohort => {
            let row = cohort::Entity::within(scope).filter(cohort::Column::Id.eq(id)).one(db).await?;
            row.map(|cohort| (Place { cohort: Some(cohort.id), ..Place::board(cohort.board_id) }, None))
        }
        ScopeKind::ClassGroup => {
            let row = class_group::Entity::within(scope).filter(class_group::Column::Id.eq(id)).one(db).await?;
            let Some(group) = row else { return Ok(None) };
            let school = school_by_id(db, &everything(), group.school_id.0).await?;
            school.map(|school| (Place::class_group(&group, &school), group.archived_at.or(school.archived_at)))
        }
    })
}

async fn school_by_id(db: &impl ConnectionTrait, scope: &Scope, id: Uuid) -> Result<Option<school::Model>> {
    Ok(school::Entity::within(scope).filter(school::Column::Id.eq(id)).one(db).await?)
}

/// Rights hang on where something truly is, not on what of it is in sight. On PostgreSQL the transaction still sees the
/// caller's boards alone.
fn everything() -> Scope {
    Scope { system: true, ..Scope::default() }
}
