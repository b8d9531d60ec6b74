//! What a person may look like, and who administers one.
//!
//! Who may grant a role administers who holds it; who may write guardians of a student administers the student's
//! guardians. An e-mail address is where an invitation goes, so a wrong hand on it could take over a role: staff is
//! changed only by who administers all of their roles. A guardian with children at two schools is known to both, and
//! either may keep the record right.

use crate::access::{Action, Place, policy};
use crate::people::places::Capacity;
use crate::platform::error::Result;
use crate::platform::text::Checks;
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::people::Role;

/// Characters of a given name, and of a family name, at most.
pub const NAME_LENGTH: usize = 80;
const DISPLAY_NAME_LENGTH: usize = 160;
/// The language of who says nothing else.
pub const LANGUAGE: &str = "nl";

/// The checked details of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    pub given_name: String,
    pub family_name: String,
    pub display_name: String,
    pub email: Option<String>,
    pub language: String,
    pub interpreter_needed: bool,
}

impl Details {
    /// Checks them as they are, typed by somebody or stored before. `within` is the path of the input that holds them,
    /// as `guardian.newPerson.`.
    pub fn checked(self, within: &str) -> Result<Self> {
        let mut checks = Checks::default();
        let at = |field: &str| format!("{within}{field}");
        let given_name = checks.line(&at("givenName"), &self.given_name, NAME_LENGTH);
        let family_name = checks.line(&at("familyName"), &self.family_name, NAME_LENGTH);
        let whole = format!("{given_name} {family_name}");
        let named = checks.optional_line(&at("displayName"), Some(&self.display_name), DISPLAY_NAME_LENGTH);
        let email = checks.optional_email(&at("email"), self.email.as_deref());
        let display_name = named.unwrap_or(whole);
        checks.done(Self { given_name, family_name, display_name, email, ..self })
    }
}

/// A right at a place.
pub type Right = (Action, Place);

/// Which rights an act on a person takes. Neither list is ever empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    All(Vec<Right>),
    Any(Vec<Right>),
}

impl Needs {
    /// Whether who has the rights that `permits` tells of may do it.
    pub fn met(&self, permits: impl Fn(Action, &Place) -> bool) -> bool {
        match self {
            Self::All(rights) => rights.iter().all(|(action, place)| permits(*action, place)),
            Self::Any(rights) => rights.iter().any(|(action, place)| permits(*action, place)),
        }
    }
}

/// What it takes over a guardian, and over one who has not answered the invitation.
struct OverGuardians {
    accepted: Action,
    invited: Action,
}

/// To read what is private, as the e-mail address: as to change it. But whoever may write guardians could name anybody
/// in sight as one, so an unanswered invitation opens nothing to who does not decide on access.
pub fn to_contact(capacities: &[Capacity], board: BoardId) -> Needs {
    let over = OverGuardians { accepted: Action::GuardianWrite, invited: Action::GuardianshipWrite };
    staff_first(capacities, board, &over)
}

/// To change the record: all rights over staff, any right over who is a guardian only.
pub fn to_update(capacities: &[Capacity], board: BoardId) -> Needs {
    let over = OverGuardians { accepted: Action::GuardianWrite, invited: Action::GuardianWrite };
    staff_first(capacities, board, &over)
}

/// To archive the record: all rights, because all roles and guardianships end with it. Ending a guardianship is a
/// decision on access.
pub fn to_archive(capacities: &[Capacity], board: BoardId) -> Needs {
    let over = OverGuardians { accepted: Action::GuardianshipWrite, invited: Action::GuardianshipWrite };
    Needs::All(rights(capacities, board, &over))
}

fn staff_first(capacities: &[Capacity], board: BoardId, over: &OverGuardians) -> Needs {
    let is_staff = |capacity: &&Capacity| matches!(capacity, Capacity::Staff(..));
    let staff: Vec<Capacity> = capacities.iter().filter(is_staff).cloned().collect();
    if staff.is_empty() { Needs::Any(rights(capacities, board, over)) } else { Needs::All(rights(&staff, board, over)) }
}

/// A person who is nothing in the board belongs to its administrators.
fn rights(capacities: &[Capacity], board: BoardId, over: &OverGuardians) -> Vec<Right> {
    let led = led_schools(capacities);
    let rights: Vec<Right> = capacities
        .iter()
        .filter_map(|capacity| match capacity {
            Capacity::Guardian(place) => Some((over.accepted, place.clone())),
            Capacity::Invited(place) => Some((over.invited, place.clone())),
            // A leader who teaches a group of the own school is a leader first.
            Capacity::Staff(Role::Teacher, place) if place.school.is_some_and(|at| led.contains(&at)) => None,
            Capacity::Staff(role, place) => Some((policy::granting(*role), place.clone())),
        })
        .collect();
    if rights.is_empty() { vec![(Action::StaffWrite, Place::board(board))] } else { rights }
}

fn led_schools(capacities: &[Capacity]) -> Vec<SchoolId> {
    let led = |capacity: &Capacity| match capacity {
        Capacity::Staff(Role::SchoolLeader, place) => place.school,
        _ => None,
    };
    capacities.iter().filter_map(led).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(board: BoardId, school: SchoolId) -> Place {
        Place { school: Some(school), ..Place::board(board) }
    }

    /// As a role that covers one school, or the board.
    fn as_role(role: Role, place: &Place) -> impl Fn(Action, &Place) -> bool {
        let school = place.school;
        move |action, place| policy::allows(role, action) && (school.is_none() || place.school == school)
    }

    #[test]
    fn a_teacher_is_administered_by_the_leader_of_the_school() {
        let (board, school) = (BoardId::new(), SchoolId::new());
        let place = at(board, school);
        let teacher = [Capacity::Staff(Role::Teacher, place.clone())];
        assert!(to_update(&teacher, board).met(as_role(Role::SchoolLeader, &place)));
        assert!(!to_update(&teacher, board).met(as_role(Role::SchoolLeader, &at(board, SchoolId::new()))));
        assert!(!to_update(&teacher, board).met(as_role(Role::Teacher, &place)));
    }

    #[test]
    fn nobody_reaches_a_higher_role_through_a_lower_one() {
        let (board, school) = (BoardId::new(), SchoolId::new());
        let place = at(board, school);
        let both = [Capacity::Staff(Role::BoardAdmin, Place::board(board)), Capacity::Guardian(place.clone())];
        let leader = as_role(Role::SchoolLeader, &place);
        assert!(!to_update(&both, board).met(&leader));
        assert!(!to_archive(&both, board).met(&leader));
        assert!(to_update(&both, board).met(as_role(Role::BoardAdmin, &Place::board(board))));
    }

    #[test]
    fn a_guardian_at_two_schools_is_kept_right_by_either_and_archived_by_neither() {
        let board = BoardId::new();
        let (one, other) = (at(board, SchoolId::new()), at(board, SchoolId::new()));
        let guardian = [Capacity::Guardian(one.clone()), Capacity::Guardian(other)];
        assert!(to_update(&guardian, board).met(as_role(Role::SchoolLeader, &one)));
        assert!(to_update(&guardian, board).met(as_role(Role::Teacher, &one)));
        assert!(!to_archive(&guardian, board).met(as_role(Role::SchoolLeader, &one)));
    }

    #[test]
    fn a_teacher_archives_no_guardian() {
        let board = BoardId::new();
        let place = at(board, SchoolId::new());
        for guardian in [Capacity::Guardian(place.clone()), Capacity::Invited(place.clone())] {
            assert!(!to_archive(std::slice::from_ref(&guardian), board).met(as_role(Role::Teacher, &place)));
            assert!(to_archive(&[guardian], board).met(as_role(Role::SchoolLeader, &place)));
        }
    }

    #[test]
    fn naming_somebody_a_guardian_opens_no_address() {
        let board = BoardId::new();
        let place = at(board, SchoolId::new());
        let teacher = as_role(Role::Teacher, &place);
        let leader = Capacity::Staff(Role::SchoolLeader, place.clone());
        for guardian in [Capacity::Guardian(place.clone()), Capacity::Invited(place.clone())] {
            assert!(!to_contact(&[leader.clone(), guardian], board).met(&teacher));
        }
        assert!(!to_contact(&[Capacity::Invited(place.clone())], board).met(&teacher));
        assert!(to_contact(&[Capacity::Guardian(place.clone())], board).met(&teacher));
        assert!(to_contact(&[Capacity::Invited(place.clone())], board).met(as_role(Role::SchoolLeader, &place)));
    }

    #[test]
    fn a_leader_who_teaches_is_administered_by_the_director() {
        let (board, place) = (BoardId::new(), at(BoardId::new(), SchoolId::new()));
        let leader =
            [Capacity::Staff(Role::SchoolLeader, place.clone()), Capacity::Staff(Role::Teacher, place.clone())];
        assert!(to_update(&leader, board).met(as_role(Role::ClusterDirector, &place)));
        assert!(!to_update(&leader, board).met(as_role(Role::SchoolLeader, &place)));
    }

    #[test]
    fn who_is_nothing_belongs_to_the_administrators() {
        let board = BoardId::new();
        assert_eq!(to_update(&[], board), Needs::Any(vec![(Action::StaffWrite, Place::board(board))]));
    }

    #[test]
    fn a_name_to_show_is_made_where_none_is_given() {
        let details = Details {
            given_name: " Noor".into(),
            family_name: "Brouwer ".into(),
            display_name: String::new(),
            email: Some("Noor@Zwaluw.Example".into()),
            language: LANGUAGE.into(),
            interpreter_needed: false,
        };
        let checked = details.clone().checked("").unwrap();
        assert_eq!(checked.display_name, "Noor Brouwer");
        assert_eq!(checked.email.as_deref(), Some("noor@zwaluw.example"));
        let Err(crate::platform::error::Error::Refused(problems)) =
            Details { given_name: String::new(), email: Some("x".into()), ..details }.checked("guardian.newPerson.")
        else {
            panic!("refused")
        };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.join(".")).collect();
        assert_eq!(fields, ["guardian.newPerson.givenName", "guardian.newPerson.email"]);
    }
}
