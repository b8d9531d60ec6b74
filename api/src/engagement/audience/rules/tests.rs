//! What an audience may name, and what is told of what it may not.

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
