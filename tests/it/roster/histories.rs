//! Whatever a school year brings: every import can be repeated without effect and rolled back without a trace.

use glans::roster::outcome::Options;
use glans_tests::on_each_database;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::bundle::Bundle;
use super::office::{Office, found};

const HISTORIES: u8 = 4;
const STEPS: usize = 6;
/// Children of a large school: more than one statement writes.
const MANY: usize = 1_050;

/// A child as the administration has it.
#[derive(Debug, Clone)]
struct Child {
    id: usize,
    class: usize,
    number: usize,
    name: usize,
    parents: Vec<usize>,
}

/// The school as the administration has it.
#[derive(Debug, Clone)]
struct School {
    children: Vec<Child>,
    titles: [usize; 2],
    teachers: [usize; 2],
    next: usize,
}

impl School {
    fn new() -> Self {
        let child = |id| Child { id, class: id % 2, number: id, name: 0, parents: vec![2 * id, 2 * id + 1] };
        Self { children: (0..8).map(child).collect(), titles: [0, 1], teachers: [0, 1], next: 8 }
    }

    /// Something happens.
    fn change(&mut self, dice: &mut TestRng) {
        let mut roll = |sides: usize| usize::try_from(dice.next_u32()).unwrap_or_default() % sides;
        let (one, other) = (roll(self.children.len()), roll(self.children.len()));
        match roll(9) {
            0 if self.children.len() > 2 => drop(self.children.remove(one)),
            1 => {
                let id = self.next;
                self.next += 1;
                let siblings = self.children[other].parents.clone();
                self.children.push(Child { id, class: roll(2), number: id, name: 0, parents: siblings });
            }
            2 => self.children[one].class = 1 - self.children[one].class,
            3 => {
                let number = self.children[one].number;
                self.children[one].number = self.children[other].number;
                self.children[other].number = number;
            }
            4 => self.titles.swap(0, 1),
            5 => self.titles[roll(2)] = 2 + self.next + roll(50) * 2,
            6 => self.teachers.swap(0, 1),
            7 => self.children[one].parents = vec![1000 + roll(3), self.children[other].parents[0]],
            _ => self.children[one].name += 1,
        }
    }

    fn bundle(&self) -> Bundle {
        let mut bundle = Bundle::empty("bulk");
        bundle.add("orgs", "s1,,,De Zwaluw,school,03AB00,");
        bundle.add("academicSessions", "y1,,,2026-2027,schoolYear,2026-08-01,2027-07-31,,2027");
        for (class, title) in self.titles.iter().enumerate() {
            bundle.add("classes", &format!("g{class},,,Groep {title},3,k1,,homeroom,,s1,y1,,,"));
        }
        for (class, teacher) in self.teachers.iter().enumerate() {
            bundle.add("enrollments", &format!("et{class},,,g{class},s1,t{teacher},teacher,,,"));
        }
        for teacher in 0..2 {
            bundle.add("users", &user(&format!("t{teacher}"), "Juf", "", ""));
            bundle.add("roles", &format!("rt{teacher},,,t{teacher},primary,teacher,,,s1,"));
        }
        for child in &self.children {
            let (id, parents) = (child.id, child.parents.iter().map(|parent| format!("p{parent}")).collect::<Vec<_>>());
            bundle.add(
                "users",
                &user(&format!("c{id}"), &format!("Kind{}", child.name), &child.number.to_string(), &parents.join(",")),
            );
            bundle.add("roles", &format!("rc{id},,,c{id},primary,student,,,s1,"));
            bundle.add("enrollments", &format!("ec{id},,,g{},s1,c{id},student,,,", child.class));
        }
        let mut parents: Vec<usize> = self.children.iter().flat_map(|child| child.parents.clone()).collect();
        parents.sort_unstable();
        parents.dedup();
        for parent in parents {
            bundle.add("users", &user(&format!("p{parent}"), "Ouder", "", ""));
            bundle.add("roles", &format!("rp{parent},,,p{parent},primary,parent,,,s1,"));
        }
        bundle
    }
}

fn user(id: &str, name: &str, number: &str, agents: &str) -> String {
    format!("{id},,,true,{id},,{name},Test,,{number},,,,\"{agents}\",,,,,,,,")
}

async fn any_import_repeats_without_effect_and_rolls_back_without_a_trace(office: &Office) {
    let options = Options { dry_run: false, accept_removals: true };
    for seed in 0..HISTORIES {
        let mut dice = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        let mut school = School::new();
        let mut done = Vec::new();
        for step in 0..STEPS {
            let before = office.tables().await;
            let outcome = office.import_as(school.bundle().source(), options).await;
            assert!(!outcome.is_broken(), "history {seed}, step {step}: {:?}", found(&outcome));
            let after = office.tables().await;
            let again = office.import_as(school.bundle().source(), options).await;
            assert_eq!(again.counts.changes.unwrap().written(), 0, "history {seed}, step {step}");
            assert_eq!(office.tables().await, after, "history {seed}, step {step}");
            done.push((outcome, before));
            for _ in 0..3 {
                school.change(&mut dice);
            }
        }
        while let Some((outcome, before)) = done.pop() {
            office.roll_back(&outcome).await.unwrap();
            assert_eq!(office.tables().await, before, "history {seed}, back to step {}", done.len());
        }
    }
}

/// A school of many children who go by this name, each with the number of one further on.
fn large(name: &str, further: usize) -> Bundle {
    let mut bundle = Bundle::empty("bulk");
    bundle.add("orgs", "s1,,,De Zwaluw,school,03AB00,");
    bundle.add("academicSessions", "y1,,,2026-2027,schoolYear,2026-08-01,2027-07-31,,2027");
    bundle.add("classes", "g1,,,Groep 3,3,k1,,homeroom,,s1,y1,,,");
    for child in 0..MANY {
        let number = (child + further) % MANY;
        bundle.add("users", &user(&format!("c{child}"), name, &number.to_string(), ""));
        bundle.add("roles", &format!("rc{child},,,c{child},primary,student,,,s1,"));
        bundle.add("enrollments", &format!("ec{child},,,g1,s1,c{child},student,,,"));
    }
    bundle
}

async fn all_children_of_a_large_school_change_at_once_and_back(office: &Office) {
    office.import(&large("Kind", 0)).await;
    let before = office.tables().await;
    let earlier = office.app.db.statement_count();
    let outcome = office.import(&large("Leerling", 1)).await;
    let statements = office.app.db.statement_count() - earlier;
    assert_eq!(outcome.counts.changes.map(|changes| changes.students.updated), Some(MANY), "{:?}", found(&outcome));
    assert!(statements < MANY as u64, "{statements} statements: one for each row");
    let after = office.tables().await;
    assert_eq!(after.student("c0").number.as_deref(), Some("1"));
    assert_eq!(after.student("c1049").number.as_deref(), Some("0"));
    for (before, after) in before.students.iter().zip(&after.students) {
        assert_eq!((after.id, after.version), (before.id, before.version + 1));
        assert_eq!((after.created_at, after.display_name.as_str()), (before.created_at, "Leerling Test"));
        assert!(after.updated_at > before.updated_at);
    }
    office.roll_back(&outcome).await.unwrap();
    assert_eq!(office.tables().await, before);
}

on_each_database!(
    any_import_repeats_without_effect_and_rolls_back_without_a_trace,
    all_children_of_a_large_school_change_at_once_and_back,
);
