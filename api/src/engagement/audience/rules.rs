//! Pure decisions about audiences.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_have_less_gets_only_what_asks_for_less() {
        use GuardianAccess as A;
        for (least, access, gets) in [
            (A::Full, A::Full, true),
            (A::Full, A::OnRequest, false),
            (A::OnRequest, A::OnRequest, true),
            (A::OnRequest, A::EmergencyOnly, false),
            (A::EmergencyOnly, A::EmergencyOnly, true),
            (A::EmergencyOnly, A::None, false),
            (A::None, A::Full, false),
        ] {
            assert_eq!(enough(least).contains(&access), gets, "{least:?} {access:?}");
        }
    }

    #[test]
    fn an_audience_names_places_and_known_roles() {
        let mut checks = Checks::default();
        assert_eq!(roles(&mut checks, None), [Role::Guardian]);
        assert_eq!(
            roles(&mut checks, Some(vec![Role::SchoolLeader, Role::Teacher, Role::Teacher])),
            [Role::SchoolLeader, Role::Teacher]
        );
        check_targets(&mut checks, 1, 0);
        checks.done(()).unwrap();
        let mut checks = Checks::default();
        roles(&mut checks, Some(Vec::new()));
        roles(&mut checks, Some(vec![Role::Trainer]));
        check_targets(&mut checks, 0, MOST_TARGETS + 1);
        let Err(Error::Refused(problems)) = checks.done(()) else { panic!("refused") };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.join(".")).collect();
        assert_eq!(fields, ["audience.roles", "audience.roles", "audience.include", "audience.exclude"]);
    }

    #[test]
    fn what_fits_is_what_the_check_lets_through() {
        for (include, exclude) in
            [(0, 0), (1, 0), (MOST_TARGETS, MOST_TARGETS), (MOST_TARGETS + 1, 0), (1, MOST_TARGETS + 1)]
        {
            let mut checks = Checks::default();
            check_targets(&mut checks, include, exclude);
            assert_eq!(checks.done(()).is_ok(), fits(include, exclude), "{include} {exclude}");
        }
    }

    /// A board, a school of it, and a child of that school.
    fn places(board: BoardId) -> [(Named, Site); 3] {
        let school = Place { school: Some(SchoolId::new()), ..Place::board(board) };
        let child = (TargetKind::Student, StudentId::new().0);
        [
            ((TargetKind::Board, board.0), Site::new(Place::board(board), None)),
            ((TargetKind::School, SchoolId::new().0), Site::new(school.clone(), None)),
            (child, Site::new(school, None)),
        ]
    }

    fn id((kind, id): Named) -> ID {
        let id = match kind {
            TargetKind::Board => BoardId(id).to_string(),
            TargetKind::Cluster => ClusterId(id).to_string(),
            TargetKind::School => SchoolId(id).to_string(),
            TargetKind::ClassGroup => ClassGroupId(id).to_string(),
            TargetKind::Student => StudentId(id).to_string(),
        };
        ID(id)
    }

    /// Addresses schools and children, and no board as a whole.
    fn in_schools(target: &Target) -> Result<Option<SchoolId>> {
        let message = "Ask an administrator of the board.";
        target.place.school.map(Some).ok_or_else(|| refuse(UserErrorCode::Forbidden, "", message))
    }

    #[test]
    fn places_are_gathered_each_once_in_the_order_of_their_ids() {
        let [board, school, child] = places(BoardId::new());
        let found: HashMap<_, _> = [board.clone(), school.clone(), child.clone()].into();
        let include = [id(child.0), id(school.0), id(child.0)];
        let (all, last) = gather(&found, &include, &[id(board.0), id(school.0)], in_schools).unwrap();
        let named: Vec<_> = all.iter().map(|target| ((target.kind, target.id), target.excluded)).collect();
        assert_eq!(named, [(child.0, false), (school.0, false), (board.0, true)]);
        assert_eq!(last, child.1.place.school);
        assert!(gather(&found, &[], &[], in_schools).is_err());
    }

    #[test]
    fn every_problem_of_an_audience_is_told_at_its_id() {
        let ours = places(BoardId::new());
        let theirs = places(BoardId::new());
        let found: HashMap<_, _> = ours.iter().chain(&theirs).cloned().collect();
        let [board, school, child] = ours.map(|(named, _)| id(named));
        let [_, abroad, _] = theirs.map(|(named, _)| id(named));
        let include = [ID("school_x".to_owned()), board, school, abroad, ID(ClusterId::new().to_string())];
        let exclude = [child, ID(StudentId::new().to_string())];
        let Err(Error::Refused(problems)) = gather(&found, &include, &exclude, in_schools) else { panic!("refused") };
        let told: Vec<_> = problems.iter().map(|problem| (problem.code, problem.field.join("."))).collect();
        let expected = [
            (UserErrorCode::NotFound, "audience.include.0"),
            (UserErrorCode::Forbidden, "audience.include.1"),
            (UserErrorCode::Invalid, "audience.include.3"),
            (UserErrorCode::NotFound, "audience.include.4"),
            (UserErrorCode::NotFound, "audience.exclude.1"),
        ];
        assert_eq!(told, expected.map(|(code, field)| (code, field.to_owned())));
    }

    #[test]
    fn what_is_closed_is_left_out_and_not_addressed() {
        let [_, mut school, child] = places(BoardId::new());
        school.1.archived_at = Some(DateTime::<Utc>::UNIX_EPOCH);
        let found: HashMap<_, _> = [school.clone(), child.clone()].into();
        let Err(Error::Refused(problems)) = gather(&found, &[id(child.0), id(school.0)], &[], in_schools) else {
            panic!("refused")
        };
        let told: Vec<_> = problems.iter().map(|problem| (problem.code, problem.field.join("."))).collect();
        assert_eq!(told, [(UserErrorCode::Conflict, "audience.include.1".to_owned())]);
        assert!(gather(&found, &[id(child.0)], &[id(school.0)], in_schools).is_ok());
    }

    #[test]
    fn what_was_closed_since_is_for_nobody_where_nothing_else_is_included() {
        let site = |excluded: bool, archived_at: Option<DateTime<Utc>>| Target {
            kind: TargetKind::School,
            id: SchoolId::new().0,
            place: Place::board(BoardId::new()),
            excluded,
            archived_at,
        };
        let closed = Some(DateTime::<Utc>::UNIX_EPOCH);
        assert!(must_be_in_use(&[site(false, None), site(true, closed)]).is_ok());
        assert!(must_be_in_use(&[site(false, closed), site(false, None)]).is_ok());
        // What is left out is no place that it is for.
        let Err(Error::Refused(problems)) = must_be_in_use(&[site(false, closed), site(true, None)]) else {
            panic!("refused")
        };
        let told: Vec<_> = problems.iter().map(|problem| (problem.code, problem.field.join("."))).collect();
        assert_eq!(told, [(UserErrorCode::Conflict, "id".to_owned())]);
    }

    #[test]
    fn what_is_no_refusal_is_no_problem_of_the_input() {
        let [board, ..] = places(BoardId::new());
        let found: HashMap<_, _> = [board.clone()].into();
        let failed = gather(&found, &[id(board.0)], &[], |_| Err::<(), _>(Error::fault("broken")));
        assert!(matches!(failed, Err(Error::Fault(_))));
    }
}
