//! The families of a school.

use glans_entity::people::{GuardianshipStatus, Role};

use super::names::{COMMUNITIES, Community};
use super::registrar::{Known, Unregistered};
use super::sketches::{FAMILIES, PARENT, Sketch};
use super::story::{School, Story};

const DOMAIN: &str = "thuis.example";
const GRADES: usize = 8;
/// How many children a family has, out of a hundred families.
const CHILDREN: &[(usize, usize)] = &[(45, 1), (40, 2), (15, 3)];
/// The school's own numbers count up from here.
const FIRST_NUMBER: usize = 1000;

/// Guardians with children in common.
#[derive(Clone, Debug)]
pub(super) struct Household {
    guardians: Vec<(Known, Sketch)>,
    /// Of the children.
    family_name: String,
    community: &'static Community,
}

impl Story {
    /// Children with exactly as many guardians, none of whom another school has counted, as the size says.
    pub(super) fn families(&mut self, school: &mut School, teacher: Option<Known>) {
        let mut left = self.size.guardians_per_school;
        if school.starts_board {
            left -= self.welcome_from_other_board(school);
        } else if let Some(household) = self.moving.take() {
            self.child(school, &household);
        }
        if school.is_first {
            left -= self.one_of_each(school) + self.teacher_as_parent(school, teacher);
        }
        while left > 0 {
            let sketches = *self.dice.weighted(FAMILIES);
            left -= self.settle(school, &sketches[..sketches.len().min(left)]);
        }
        self.registrar.count_students(school.student_count);
    }

    /// One family of every kind, so that an app meets all of them.
    fn one_of_each(&mut self, school: &mut School) -> usize {
        FAMILIES.iter().map(|(_, sketches)| self.settle(school, sketches)).sum()
    }

    /// A new family and its children; gives back how many guardians came.
    fn settle(&mut self, school: &mut School, sketches: &[Sketch]) -> usize {
        let household = self.household(school, sketches);
        for _ in 0..*self.dice.weighted(CHILDREN) {
            self.child(school, &household);
        }
        let guardians = household.guardians.len();
        if school.is_first {
            self.spanning.get_or_insert_with(|| household.clone());
        }
        self.moving.get_or_insert(household);
        guardians
    }

    fn household(&mut self, school: &School, sketches: &[Sketch]) -> Household {
        let community = self.dice.weighted(COMMUNITIES);
        let family_name = community.name(&mut self.dice).family;
        let guardians =
            sketches.iter().map(|sketch| (self.guardian(school, community, &family_name, *sketch), *sketch)).collect();
        Household { guardians, family_name, community }
    }

    fn guardian(&mut self, school: &School, community: &Community, family: &str, sketch: Sketch) -> Known {
        const RATHER_NOT_DUTCH: usize = 35;
        let name = if sketch.names_children {
            community.relative(family, &mut self.dice)
        } else {
            community.name(&mut self.dice)
        };
        let language = if self.dice.chance(RATHER_NOT_DUTCH) { community.language } else { "nl" };
        if !sketch.has_email {
            return self.registrar.person(school.board, Unregistered { name, language, email: None, account: None });
        }
        let email = self.address(Role::Guardian, &name, DOMAIN);
        let is_invited = sketch.status == GuardianshipStatus::Invited;
        let account = (!is_invited).then(|| self.registrar.account(&email, language));
        self.registrar.person(school.board, Unregistered { name, language, email: Some(email), account })
    }

    fn child(&mut self, school: &mut School, household: &Household) {
        let grade = self.dice.below(GRADES) + 1;
        let name = household.community.relative(&household.family_name, &mut self.dice);
        school.student_count += 1;
        let student = self.registrar.student(school.board, school.id, &name, FIRST_NUMBER + school.student_count);
        let (last_group, group) = school.groups_of(grade);
        for (group, year) in [(last_group, self.year.last()), (group, self.year)] {
            if let Some(group) = group {
                self.registrar.enrolment(school.board, student, group, year);
            }
        }
        let since = if last_group.is_some() { self.year.last() } else { self.year };
        for (priority, (guardian, sketch)) in (1..).zip(&household.guardians) {
            self.registrar.guardianship(school.board, (guardian.id, *sketch), (student, since.starts_on()), priority);
        }
    }

    /// A family that another board knows too: persons of their own here, behind the same accounts.
    fn welcome_from_other_board(&mut self, school: &mut School) -> usize {
        self.moving = None;
        let Some(mut household) = self.spanning.clone() else { return 0 };
        for (guardian, _) in &mut household.guardians {
            *guardian = self.registrar.person(school.board, Unregistered::from(&*guardian));
        }
        self.child(school, &household);

        household.guardians.len()
    }

    /// A teacher with a child at the own school: one person, two roles.
    fn teacher_as_parent(&mut self, school: &mut School, teacher: Option<Known>) -> usize {
        let Some(teacher) = teacher else { return 0 };
        let (family_name, community) = (teacher.name.family.clone(), &COMMUNITIES[0].1);
        let household = Household { guardians: vec![(teacher, PARENT)], family_name, community };
        self.child(school, &household);
        household.guardians.len()
    }
}
