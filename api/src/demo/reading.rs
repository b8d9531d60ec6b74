//! How far the staff of a demo is with the materials of the course.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use glans_entity::ids::{AccountId, MaterialId};
use glans_entity::people::Role;
use glans_entity::programme::{Audience, MaterialState, material_state};

use super::Rows;
use super::dice::Dice;

/// Materials that the most diligent finish in a week.
const LEADERS_PACE: usize = 3;
const TEACHERS_PACE: usize = 1;

/// The materials of the course, and how long people have had them.
#[derive(Debug)]
pub(super) struct Reading {
    /// In the order of the course.
    pub(super) materials: Vec<(MaterialId, Audience)>,
    pub(super) weeks: usize,
    pub(super) now: DateTime<Utc>,
    pub(super) dice: Dice,
}

impl Reading {
    /// What the leaders and teachers among `rows` have read: each from the beginning, as far as they came, and one
    /// material that they are in the middle of.
    pub(super) fn states(&mut self, rows: &Rows) -> Vec<material_state::Model> {
        readers(rows).into_iter().flat_map(|(account_id, role)| self.states_of(account_id, role)).collect()
    }

    fn states_of(&mut self, account_id: AccountId, role: Role) -> Vec<material_state::Model> {
        let pace = if role == Role::SchoolLeader { LEADERS_PACE } else { TEACHERS_PACE };
        let count = self.dice.below(pace * self.weeks + 1);
        let read: Vec<_> = self.materials.iter().filter(|(_, audience)| is_for(*audience, role)).take(count).collect();
        let apart = Duration::weeks(whole(self.weeks)) / i32::try_from(count + 1).unwrap_or(i32::MAX);
        let state = |(back, (material_id, _)): (usize, &&(MaterialId, Audience))| material_state::Model {
            account_id,
            material_id: *material_id,
            state: if back == 1 { MaterialState::Started } else { MaterialState::Completed },
            updated_at: self.now - apart * i32::try_from(back).unwrap_or(i32::MAX),
        };
        (1..=read.len()).rev().zip(&read).map(state).collect()
    }
}

/// Leaders and teachers who can sign in, each once, in the order in which they stand there.
fn readers(rows: &Rows) -> Vec<(AccountId, Role)> {
    let accounts: HashMap<_, _> = rows.persons.iter().map(|person| (person.id, person.account_id)).collect();
    let mut seen = HashSet::new();
    rows.memberships
        .iter()
        .filter(|membership| matches!(membership.role, Role::SchoolLeader | Role::Teacher))
        .filter_map(|membership| Some((accounts.get(&membership.person_id).copied()??, membership.role)))
        .filter(|(account, _)| seen.insert(*account))
        .collect()
}

fn is_for(audience: Audience, role: Role) -> bool {
    match audience {
        Audience::Everyone | Audience::Teacher => true,
        Audience::SchoolLeader => role == Role::SchoolLeader,
        Audience::Guardian => false,
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::{Size, Story};
    use super::*;

    fn reading(weeks: usize) -> (Reading, Rows) {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let audiences = [Audience::SchoolLeader, Audience::Teacher, Audience::Guardian, Audience::Everyone];
        let materials = audiences.iter().cycle().take(40).map(|audience| (MaterialId::new(), *audience)).collect();
        let now = today.and_hms_opt(9, 0, 0).unwrap().and_utc();
        let rows = Story::new(Size::default(), today).next().unwrap();
        (Reading { materials, weeks, now, dice: Dice::with_seed(1) }, rows)
    }

    #[test]
    fn everybody_reads_in_the_order_of_the_course_and_in_the_past() {
        let (mut reading, rows) = reading(12);
        let states = reading.states(&rows);
        let order = |id| reading.materials.iter().position(|(material, _)| *material == id);
        for pair in states.windows(2).filter(|pair| pair[0].account_id == pair[1].account_id) {
            assert!(order(pair[0].material_id) < order(pair[1].material_id));
            assert!(pair[0].updated_at < pair[1].updated_at);
            assert_eq!(pair[0].state, MaterialState::Completed);
        }
        let earliest = reading.now - Duration::weeks(12);
        assert!(states.iter().all(|state| earliest < state.updated_at && state.updated_at < reading.now));
        let readers: HashSet<_> = states.iter().map(|state| state.account_id).collect();
        let started = states.iter().filter(|state| state.state == MaterialState::Started).count();
        assert_eq!(started, readers.len());
        assert!(readers.len() > 5, "{} read anything", readers.len());
    }

    #[test]
    fn nobody_reads_what_is_for_others() {
        let (mut reading, rows) = reading(50);
        let leaders = readers(&rows).into_iter().filter(|(_, role)| *role == Role::SchoolLeader);
        let leaders: HashSet<_> = leaders.map(|(account, _)| account).collect();
        let audiences: HashMap<_, _> = reading.materials.iter().copied().collect();
        for state in reading.states(&rows) {
            let audience = audiences[&state.material_id];
            assert_ne!(audience, Audience::Guardian);
            assert!(audience != Audience::SchoolLeader || leaders.contains(&state.account_id));
        }
    }

    #[test]
    fn no_weeks_leave_no_trace() {
        let (mut reading, rows) = reading(0);
        assert!(reading.states(&rows).is_empty());
    }
}
