//! Pure decisions about audiences.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use async_graphql::ID;
use chrono::{DateTime, Utc};
use glans_entity::engagement::TargetKind;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId, parse_any};
use glans_entity::people::{GuardianAccess, Role};
use uuid::Uuid;

use super::actions::Target;
use crate::access::Place;
use crate::organisation::in_use;
use crate::platform::error::{Error, Result, UserErrorCode, not_found, refusal, refuse};
use crate::platform::text::Checks;

/// What an id names.
pub(super) type Named = (TargetKind, Uuid);

/// Where something named is.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub place: Place,
    /// When it was closed, or what it lies in; none while it is in use.
    pub archived_at: Option<DateTime<Utc>>,
}

impl Site {
    pub fn new(place: Place, archived_at: Option<DateTime<Utc>>) -> Self {
        Self { place, archived_at }
    }
}

/// Places in one list at most.
pub const MOST_TARGETS: usize = 100;

/// Levels of access that are enough where `least` is asked for.
pub fn enough(least: GuardianAccess) -> &'static [GuardianAccess] {
    use GuardianAccess as A;
    match least {
        A::Full => &[A::Full],
        A::OnRequest => &[A::Full, A::OnRequest],
        A::EmergencyOnly => &[A::Full, A::OnRequest, A::EmergencyOnly],
        A::None => &[],
    }
}

/// The roles that an audience may name; guardians when it names none.
pub fn roles(checks: &mut Checks, roles: Option<Vec<Role>>) -> Vec<Role> {
    let mut roles = roles.unwrap_or_else(|| vec![Role::Guardian]);
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        checks.add(
            UserErrorCode::Required,
            "audience.roles",
            "Name at least one role, or leave this out for guardians.",
        );
    }
    if roles.iter().any(|role| !matches!(role, Role::Guardian | Role::Teacher | Role::SchoolLeader)) {
        checks.add(UserErrorCode::Invalid, "audience.roles", "Choose among GUARDIAN, TEACHER and SCHOOL_LEADER.");
    }
    roles
}

/// Problems of the lists themselves.
pub fn check_targets(checks: &mut Checks, include: usize, exclude: usize) {
    if include == 0 {
        checks.add(UserErrorCode::Required, "audience.include", "Choose at least one place or child.");
    }
    for (field, count) in [("audience.include", include), ("audience.exclude", exclude)] {
        if count > MOST_TARGETS {
            checks.add(UserErrorCode::TooLong, field, format!("Choose at most {MOST_TARGETS} places and children."));
        }
    }
}

/// Whether [`check_targets`] has nothing against lists of these lengths.
pub(super) fn fits(include: usize, exclude: usize) -> bool {
    (1..=MOST_TARGETS).contains(&include) && exclude <= MOST_TARGETS
}

/// The place that `id` names; none for the id of something else.
pub(super) fn named(id: &str) -> Option<Named> {
    let (prefix, id) = parse_any(id)?;
    let kind = match prefix {
        BoardId::PREFIX => TargetKind::Board,
        ClusterId::PREFIX => TargetKind::Cluster,
        SchoolId::PREFIX => TargetKind::School,
        ClassGroupId::PREFIX => TargetKind::ClassGroup,
        StudentId::PREFIX => TargetKind::Student,
        _ => return None,
    };
    Some((kind, id))
}

/// The places of both lists, each once and in their order, and what `permit` gave for the last one that is included. Nothing
/// is put into what was closed, and it is left out as before.
///
/// # Errors
/// Every problem at once, each at its id.
pub(super) fn gather<P>(
    found: &HashMap<Named, Site>,
    include: &[ID],
    exclude: &[ID],
    permit: impl Fn(&Target) -> Result<P>,
) -> Result<(Vec<Target>, P)> {
    let mut checks = Checks::default();
    let mut all: Vec<Target> = Vec::with_capacity(include.len() + exclude.len());
    let mut permitted = None;
    for (list, ids, excluded) in [("audience.include", include, false), ("audience.exclude", exclude, true)] {
        for (at, id) in ids.iter().enumerate() {
            let field = format!("{list}.{at}");
            let target = target(found, id, excluded).ok_or_else(|| not_found(&field));
            let admitted = target.and_then(|target| {
                let granted = (!excluded).then(|| permit(&target)).transpose();
                let granted = granted.map_err(|error| concerning(&field, error))?;
                in_use(target.archived_at.filter(|_| !excluded), &field)?;
                must_be_of_one_board(&field, all.first(), &target)?;
                Ok((target, granted))
            });
            let Some((target, granted)) = checks.heed(admitted)? else { continue };
            permitted = granted.or(permitted);
            if all.iter().all(|known| known.id != target.id) {
                all.push(target);
            }
        }
    }
    checks.done(())?;
    let permitted = permitted.ok_or_else(|| not_found("audience.include"))?;
    Ok((all, permitted))
}

fn target(found: &HashMap<Named, Site>, id: &str, excluded: bool) -> Option<Target> {
    let (kind, id) = named(id)?;
    let Site { place, archived_at } = found.get(&(kind, id))?.clone();
    Some(Target { kind, id, place, excluded, archived_at })
}

/// Refuses, at `id`, what is for nothing but places that were closed since it was written.
pub(super) fn must_be_in_use(targets: &[Target]) -> Result<()> {
    let mut included = targets.iter().filter(|target| !target.excluded).peekable();
    if included.peek().is_none() || included.any(|target| target.archived_at.is_none()) {
        return Ok(());
    }
    Err(refuse(UserErrorCode::Conflict, "id", "All places that this is for were closed. Choose others."))
}

fn must_be_of_one_board(field: &str, first: Option<&Target>, target: &Target) -> Result<()> {
    if first.is_some_and(|first| first.place.board != target.place.board) {
        return Err(refuse(UserErrorCode::Invalid, field, "Choose places of one board."));
    }
    Ok(())
}

/// A refusal, as one of `field`.
fn concerning(field: &str, error: Error) -> Error {
    match error {
        Error::Refused(refusals) => {
            let told = refusals.into_iter().map(|told| refusal(told.code, field, told.message));
            Error::Refused(told.collect())
        }
        other => other,
    }
}
