//! From the ids that somebody names to places that exist and may be addressed.

use async_graphql::ID;
use glans_entity::engagement::{TargetKind, audience_target};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId, format_any, parse_any};
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::store;
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::organisation::{boards, class_groups, clusters, schools};
use crate::people::{places, students};
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};

/// A place that somebody named.
#[derive(Clone, Debug)]
pub struct Target {
    pub kind: TargetKind,
    pub id: Uuid,
    pub place: Place,
    pub excluded: bool,
}

/// What an audience names, as far as the author may address it.
#[derive(Debug)]
pub struct Targets {
    pub permit: Permit,
    pub board: BoardId,
    pub all: Vec<Target>,
}

impl Targets {
    /// The one school in which all that is included lies; none where it spans several.
    pub fn school(&self) -> Option<SchoolId> {
        let mut schools = self.all.iter().filter(|target| !target.excluded).map(|target| target.place.school);
        let first = schools.next().flatten();
        first.filter(|_| schools.all(|school| school == first))
    }

    /// The rows that say what `item` is for.
    pub fn rows(&self, item: Uuid) -> Vec<audience_target::Model> {
        let row = |target: &Target| audience_target::Model {
            item_id: item,
            target_id: target.id,
            board_id: self.board,
            kind: target.kind,
            school_id: target.place.school,
            excluded: target.excluded,
        };
        self.all.iter().map(row).collect()
    }
}

/// The places of `include` and `exclude`, all of one board; the author must be allowed `action` at each included one.
///
/// # Errors
/// `NOT_FOUND` for what is out of sight, `FORBIDDEN` for a place that is not the author's to address, `INVALID` for places
/// of several boards.
pub async fn targets(write: &Write<'_>, action: Action, include: &[ID], exclude: &[ID]) -> Result<Targets> {
    let mut all: Vec<Target> = Vec::with_capacity(include.len() + exclude.len());
    let mut permit = None;
    for (field, ids, excluded) in [("audience.include", include, false), ("audience.exclude", exclude, true)] {
        for id in ids {
            let target = target(write, &write.scope(), id, excluded).await?.ok_or_else(|| not_found(field))?;
            if !excluded {
                permit = Some(write.authorize(action, target.place.clone())?);
            }
            if all.first().is_some_and(|first| first.place.board != target.place.board) {
                return Err(refuse(UserErrorCode::Invalid, field, "Choose places of one board."));
            }
            if !all.iter().any(|known| known.id == target.id) {
                all.push(target);
            }
        }
    }
    let permit = permit.ok_or_else(|| not_found("audience.include"))?;
    let board = permit.board().ok_or_else(|| not_found("audience.include"))?;
    Ok(Targets { permit, board, all })
}

/// What `item` is for, as it was stored; the caller must be allowed `action` at each included place, seen or not.
///
/// # Errors
/// `FORBIDDEN` where one of them is not the caller's to address.
pub async fn stored(write: &Write<'_>, action: Action, item: Uuid, board: BoardId) -> Result<Targets> {
    let everywhere = Scope::system(write.call().today());
    let mut all = Vec::new();
    let mut permit = None;
    for row in store::targets_of(write.db(), &everywhere, &[item]).await? {
        let id = format_any(prefix_of(row.kind), row.target_id);
        let Some(target) = target(write, &everywhere, &id, row.excluded).await? else { continue };
        if !target.excluded {
            permit = Some(write.authorize(action, target.place.clone())?);
        }
        all.push(target);
    }
    let permit = permit.ok_or_else(|| refuse(UserErrorCode::Forbidden, "", "None of its places is there any more."))?;
    Ok(Targets { permit, board, all })
}

const fn prefix_of(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Board => BoardId::PREFIX,
        TargetKind::Cluster => ClusterId::PREFIX,
        TargetKind::School => SchoolId::PREFIX,
        TargetKind::ClassGroup => ClassGroupId::PREFIX,
        TargetKind::Student => StudentId::PREFIX,
    }
}

async fn target(write: &Write<'_>, scope: &Scope, id: &str, excluded: bool) -> Result<Option<Target>> {
    let Some((prefix, id)) = parse_any(id) else { return Ok(None) };
    let db = write.db();
    let everywhere = Scope::system(write.call().today());
    let found = match prefix {
        BoardId::PREFIX => {
            let row = boards::store::by_id(db, scope, BoardId(id)).await?;
            row.map(|row| (TargetKind::Board, Place::from(&row)))
        }
        ClusterId::PREFIX => {
            let row = clusters::store::by_id(db, scope, ClusterId(id)).await?;
            row.map(|row| (TargetKind::Cluster, Place::from(&row)))
        }
        SchoolId::PREFIX => {
            let row = schools::store::by_id(db, scope, SchoolId(id)).await?;
            row.map(|row| (TargetKind::School, Place::from(&row)))
        }
        ClassGroupId::PREFIX => {
            let Some(row) = class_groups::store::by_id(db, scope, ClassGroupId(id)).await? else { return Ok(None) };
            let school = schools::store::by_id(db, &everywhere, row.school_id).await?;
            school.map(|school| (TargetKind::ClassGroup, Place::class_group(&row, &school)))
        }
        StudentId::PREFIX => {
            let Some(row) = students::store::by_id(db, scope, StudentId(id)).await? else { return Ok(None) };
            Some((TargetKind::Student, places::of_student(db, write.call().today(), &row).await?))
        }
        _ => None,
    };
    Ok(found.map(|(kind, place)| Target { kind, id, place, excluded }))
}

/// Stores what `item` is for, in place of what it was for before.
pub async fn keep(write: &Write<'_>, item: Uuid, targets: &Targets) -> Result<()> {
    store::replace_targets(write.db(), &targets.permit, item, targets.rows(item)).await
}
