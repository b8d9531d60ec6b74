//! What an import changes: a pure function of the registers and of what is stored.

use std::collections::BTreeMap;

use glans_entity::organisation::school;

use super::{Absence, BranchCode, Registers, Registration};

/// What an import does to the schools of a board.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub creates: Vec<Registration>,
    /// As they shall be; `version` and `updated_at` are still the stored ones.
    pub updates: Vec<school::Model>,
    pub unchanged_count: usize,
    /// Schools whose name was changed by hand, and stays.
    pub named_by_hand: Vec<NamedByHand>,
    /// Schools that are stored and that the registers do not show for this board; they stay.
    pub absent: Vec<Absent>,
}

/// A school whose name is not the register's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedByHand {
    pub code: BranchCode,
    pub name: String,
    pub registered_name: String,
}

/// A stored school that the registers do not show for its board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    pub code: BranchCode,
    pub name: String,
    pub why: Absence,
}

/// Compares the schools of a board in the registers with the stored ones.
pub fn plan(registers: &Registers, board_number: &str, stored: Vec<school::Model>) -> Plan {
    let mut plan = Plan::default();
    let mut stored: BTreeMap<_, _> =
        stored.into_iter().filter_map(|school| Some((code_of(&school)?, school))).collect();
    for registration in registers.schools_of(board_number) {
        match stored.remove(&registration.code) {
            None => plan.creates.push(registration),
            Some(school) => plan.compare(&registration, &school),
        }
    }
    plan.absent = stored
        .into_iter()
        .filter(|(_, school)| school.archived_at.is_none())
        .map(|(code, school)| Absent { why: registers.absence_of(&code, board_number), name: school.name, code })
        .collect();
    plan
}

impl Plan {
    fn compare(&mut self, registration: &Registration, school: &school::Model) {
        let wanted = registration.onto(school.clone());
        if wanted.name != registration.name {
            self.named_by_hand.push(NamedByHand {
                code: registration.code.clone(),
                name: wanted.name.clone(),
                registered_name: registration.name.clone(),
            });
        }
        if wanted == *school {
            self.unchanged_count += 1;
        } else {
            self.updates.push(wanted);
        }
    }
}

fn code_of(school: &school::Model) -> Option<BranchCode> {
    Some(BranchCode { brin: school.brin.clone()?, location: school.location_code.clone()? })
}

#[cfg(test)]
mod tests {
    use super::super::{Branch, Location, Pupils};
    use super::*;
    use chrono::DateTime;
    use glans_entity::ids::{BoardId, SchoolId};

    const BOARD: &str = "12345";

    fn location(code: &str, name: &str) -> Location {
        Location {
            board_number: BOARD.into(),
            code: BranchCode::from_columns(&code[..4], code).unwrap(),
            name: name.into(),
            street: "Dijk".into(),
            house_number: "8-B".into(),
            postcode: "1234 AB".into(),
            city: "Elst".into(),
            phone: None,
            website: None,
            denomination: Some("Openbaar".into()),
            holiday_region: Some("Midden".into()),
        }
    }

    fn branch(code: &str, name: &str, pupils: Pupils) -> Branch {
        Branch {
            code: BranchCode::from_columns(&code[..4], code).unwrap(),
            name: name.into(),
            kind: "SBO".into(),
            board_number: Some(BOARD.into()),
            denomination: Some("Openbaar".into()),
            pupils,
        }
    }

    fn with_pupils(branches: Vec<Branch>) -> Registers {
        Registers { locations: vec![location("01AB00", "De Egel")], branches: Some(branches) }
    }

    /// The school that an import of the registration makes.
    fn stored(registration: &Registration) -> school::Model {
        registration.onto(registration.blank(SchoolId::new(), BoardId::new(), DateTime::UNIX_EPOCH))
    }

    fn stored_all(registers: &Registers) -> Vec<school::Model> {
        registers.schools_of(BOARD).iter().map(stored).collect()
    }

    fn names(registers: &Registers) -> Vec<String> {
        registers.schools_of(BOARD).into_iter().map(|school| school.name).collect()
    }

    #[test]
    fn the_pupil_register_adds_what_is_open_and_not_located() {
        let registers = with_pupils(vec![
            branch("01AB00", "Egel", Pupils::Count(80)),
            branch("02AB00", "SBO De Das", Pupils::FewerThanFive),
            branch("03AB00", "SO De Mol", Pupils::Count(0)),
        ]);
        assert_eq!(names(&registers), ["De Egel", "SBO De Das"]);
    }

    #[test]
    fn the_location_register_decides_which_board_a_school_has() {
        let mut registers = with_pupils(vec![branch("02AB00", "SBO De Das", Pupils::Count(9))]);
        registers.locations.push(Location { board_number: "54321".into(), ..location("02AB00", "De Das") });
        assert_eq!(names(&registers), ["De Egel"]);
    }

    #[test]
    fn a_second_run_changes_nothing() {
        let registers = with_pupils(vec![
            branch("01AB00", "Egel", Pupils::Count(80)),
            branch("02AB00", "SBO De Das", Pupils::FewerThanFive),
        ]);
        let again = plan(&registers, BOARD, stored_all(&registers));
        assert_eq!(again, Plan { unchanged_count: 2, ..Plan::default() });
    }

    #[test]
    fn a_run_without_the_pupil_register_keeps_what_only_that_one_knows() {
        let both = with_pupils(vec![
            branch("01AB00", "Egel", Pupils::Count(80)),
            branch("02AB00", "SBO De Das", Pupils::Count(9)),
        ]);
        let alone = Registers { branches: None, ..both.clone() };
        let plan = plan(&alone, BOARD, stored_all(&both));
        assert_eq!((plan.creates.len(), plan.updates.len(), plan.unchanged_count), (0, 0, 1));
        assert_eq!(plan.absent[0].why, Absence::NotLocated);
    }

    #[test]
    fn fewer_than_five_pupils_are_stored_as_unknown() {
        let registers = with_pupils(vec![branch("01AB00", "Egel", Pupils::FewerThanFive)]);
        assert_eq!(stored_all(&registers)[0].pupil_count, None);
        let registers = with_pupils(vec![branch("01AB00", "Egel", Pupils::Count(5))]);
        assert_eq!(stored_all(&registers)[0].pupil_count, Some(5));
    }

    #[test]
    fn an_address_follows_the_register() {
        let mut registers = with_pupils(vec![]);
        let before = stored_all(&registers);
        registers.locations[0].street = "Kade".into();
        let plan = plan(&registers, BOARD, before.clone());
        let moved = school::Model { street: Some("Kade".into()), ..before[0].clone() };
        assert_eq!(plan, Plan { updates: vec![moved], ..Plan::default() });
    }

    #[test]
    fn a_name_follows_the_register_until_somebody_changes_it() {
        let mut registers = with_pupils(vec![]);
        let before = stored_all(&registers);
        registers.locations[0].name = "De Nieuwe Egel".into();
        let followed = plan(&registers, BOARD, before.clone());
        assert_eq!(followed.updates[0].name, "De Nieuwe Egel");
        assert_eq!(followed.named_by_hand, []);

        let by_hand = school::Model { name: "Onze Egel".into(), ..before[0].clone() };
        let kept = plan(&registers, BOARD, vec![by_hand]);
        assert_eq!(kept.updates[0].name, "Onze Egel");
        assert_eq!(kept.named_by_hand[0].registered_name, "De Nieuwe Egel");
    }

    #[test]
    fn a_school_that_vanished_is_reported_with_the_reason() {
        let mut registers = with_pupils(vec![
            branch("02AB00", "De Das", Pupils::Count(9)),
            branch("03AB00", "De Mol", Pupils::Count(9)),
            branch("04AB00", "De Bever", Pupils::Count(9)),
        ]);
        let before = stored_all(&registers);
        registers.branches = Some(vec![branch("03AB00", "De Mol", Pupils::Count(0))]);
        let taken_over = location("04AB00", "De Bever");
        registers.locations.push(Location { board_number: "54321".into(), ..taken_over });

        let plan = plan(&registers, BOARD, before);
        let absent: Vec<_> = plan.absent.into_iter().map(|school| (school.name, school.why)).collect();
        assert_eq!(
            absent,
            [
                ("De Das".to_owned(), Absence::Unknown),
                ("De Mol".to_owned(), Absence::NoPupils),
                ("De Bever".to_owned(), Absence::AtBoard("54321".to_owned())),
            ]
        );
        assert!(plan.updates.is_empty());
    }

    #[test]
    fn a_school_that_was_archived_is_not_missed() {
        let mut registers = with_pupils(vec![]);
        let mut before = stored_all(&registers);
        before[0].archived_at = Some(DateTime::UNIX_EPOCH);
        registers.locations.clear();
        assert_eq!(plan(&registers, BOARD, before), Plan::default());
    }

    #[test]
    fn an_unknown_number_is_answered_with_the_nearest() {
        let registers = with_pupils(vec![]);
        assert_eq!(registers.nearest_board("12354"), Some((BOARD.to_owned(), 1)));

        let closed = Branch { board_number: Some("12354".into()), ..branch("09AB00", "De Dodo", Pupils::Count(0)) };
        let registers = with_pupils(vec![closed]);
        assert_eq!(registers.nearest_board("12354"), Some((BOARD.to_owned(), 1)), "one with open schools");
    }
}
