//! From the ids that somebody names to places that exist and may be addressed.

use std::collections::HashMap;

use async_graphql::ID;
use chrono::{DateTime, Utc};
use glans_entity::engagement::{TargetKind, audience_target};
use glans_entity::ids::{BoardId, SchoolId, StudentId};
use glans_entity::people::Role;
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::types::AudienceInput;
use super::{lookup, rules, store};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::people::guardianships;
use crate::platform::error::{Error, Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// A place that somebody named.
#[derive(Clone, Debug)]
pub struct Target {
    pub kind: TargetKind,
    pub id: Uuid,
    pub place: Place,
    pub excluded: bool,
    /// When it was closed, or what it lies in; none while it is in use.
    pub archived_at: Option<DateTime<Utc>>,
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

    /// When all that is included was closed; none while some of it is in use.
    pub fn archived_at(&self) -> Option<DateTime<Utc>> {
        let included = self.all.iter().filter(|target| !target.excluded);
        // None comes before every time.
        included.map(|target| target.archived_at).min().flatten()
    }

    /// The rows that say what `item` is for.
    pub fn rows(&self, item: Uuid) -> Vec<audience_target::Model> {
        self.all.iter().map(|target| self.row(item, target)).collect()
    }

    /// As [`Targets::rows`], of what is put in front of people now, however long ago it was written: without the places
    /// that were closed since.
    ///
    /// # Errors
    /// `CONFLICT` at `id` where all that is included was closed.
    pub fn rows_in_use(&self, item: Uuid) -> Result<Vec<audience_target::Model>> {
        rules::must_be_in_use(&self.all)?;
        let in_use = self.all.iter().filter(|target| target.excluded || target.archived_at.is_none());
        Ok(in_use.map(|target| self.row(item, target)).collect())
    }

    fn row(&self, item: Uuid, target: &Target) -> audience_target::Model {
        audience_target::Model {
            item_id: item,
            target_id: target.id,
            board_id: self.board,
            kind: target.kind,
            school_id: target.place.school,
            excluded: target.excluded,
        }
    }
}

/// The places and roles that an audience names. What is wrong with it goes to `checks`, and then there are none.
///
/// # Errors
/// What is no refusal.
pub async fn named(
    write: &Write<'_>,
    checks: &mut Checks,
    action: Action,
    audience: AudienceInput,
) -> Result<Option<(Targets, Vec<Role>)>> {
    let (include, exclude, roles) = audience.checked(checks);
    if !rules::fits(include.len(), exclude.len()) {
        return Ok(None);
    }
    let targets = checks.heed(targets(write, action, &include, &exclude).await)?;
    Ok(targets.map(|targets| (targets, roles)))
}

/// The places of `include` and `exclude`, all of one board; the author must be allowed `action` at each included one.
///
/// # Errors
/// Every problem at once, each at its id: `NOT_FOUND` for what is out of sight, `FORBIDDEN` for a place that is not the
/// author's to address, `CONFLICT` for an included one that was closed, `INVALID` for one of another board.
pub async fn targets(write: &Write<'_>, action: Action, include: &[ID], exclude: &[ID]) -> Result<Targets> {
    let named = include.iter().chain(exclude).filter_map(|id| rules::named(id)).collect();
    let found = lookup::found(write.db(), write.call().today(), &write.scope(), named).await?;
    admitted(write, action, &found, include, exclude)
}

/// As [`targets`], of what something is for already: what was closed since goes on to be one of its places.
pub async fn targets_since(write: &Write<'_>, action: Action, include: &[ID]) -> Result<Targets> {
    let named = include.iter().filter_map(|id| rules::named(id)).collect();
    let mut found = lookup::found(write.db(), write.call().today(), &write.scope(), named).await?;
    for site in found.values_mut() {
        site.archived_at = None;
    }
    admitted(write, action, &found, include, &[])
}

fn admitted(
    write: &Write<'_>,
    action: Action,
    found: &HashMap<rules::Named, rules::Site>,
    include: &[ID],
    exclude: &[ID],
) -> Result<Targets> {
    let scope = write.scope();
    let (all, permit) = rules::gather(found, include, exclude, |target| {
        let kin = target.kind == TargetKind::Student && scope.kin.contains(&StudentId(target.id));
        guardianships::rules::is_not_own_child(kin)?;
        write.authorize(action, target.place.clone())
    })?;
    let board = permit.board().ok_or_else(|| Error::fault("a place of no board is addressed"))?;
    Ok(Targets { permit, board, all })
}

/// What `item` is for, as it was stored; the caller must be allowed `action` at each included place, seen or not.
///
/// # Errors
/// `FORBIDDEN` where one of them is not the caller's to address.
pub async fn stored(write: &Write<'_>, action: Action, item: Uuid, board: BoardId) -> Result<Targets> {
    let everywhere = Scope::system(write.call().today());
    let rows = store::targets_of(write.db(), &everywhere, &[item]).await?;
    let named = rows.iter().map(|row| (row.kind, row.target_id)).collect();
    let mut found = lookup::found(write.db(), write.call().today(), &everywhere, named).await?;
    let mut all = Vec::with_capacity(rows.len());
    let mut permit = None;
    for row in rows {
        let Some(rules::Site { place, archived_at }) = found.remove(&(row.kind, row.target_id)) else { continue };
        if !row.excluded {
            permit = Some(write.authorize(action, place.clone())?);
        }
        all.push(Target { kind: row.kind, id: row.target_id, place, excluded: row.excluded, archived_at });
    }
    let permit = permit.ok_or_else(|| refuse(UserErrorCode::Forbidden, "", "None of its places is there any more."))?;
    Ok(Targets { permit, board, all })
}

/// As [`keep`], only where it is for something else than before: whether it is.
pub async fn change(write: &Write<'_>, item: Uuid, targets: &Targets) -> Result<bool> {
    let everywhere = Scope::system(write.call().today());
    let mut before = store::targets_of(write.db(), &everywhere, &[item]).await?;
    let mut rows = targets.rows(item);
    before.sort_by_key(|row| row.target_id);
    rows.sort_by_key(|row| row.target_id);
    if rows == before {
        return Ok(false);
    }
    keep(write, item, targets).await?;
    Ok(true)
}

/// Stores what `item` is for, in place of what it was for before.
pub async fn keep(write: &Write<'_>, item: Uuid, targets: &Targets) -> Result<()> {
    store::replace_targets(write.db(), &targets.permit, item, targets.rows(item)).await
}
