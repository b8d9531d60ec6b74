//! What an import ends, against what counted before it. A file that has lost its rows looks like a school that has lost
//! its people, so that a person is asked first.

use std::collections::HashMap;

use chrono::NaiveDate;
use glans_entity::people::GuardianshipStatus;
use serde::{Deserialize, Serialize};

use super::{Counts, PlanCounts};
use crate::roster::rules::{self, REMOVALS_WITHOUT_ASKING};
use crate::roster::stored::Stored;

/// Rows that came from rosters and counted before, by kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Active {
    /// Students included.
    pub people: usize,
    pub schools: usize,
    /// Without those of a year that has passed: they do not end.
    pub class_groups: usize,
    pub enrolments: usize,
    pub memberships: usize,
    pub guardianships: usize,
}

impl Active {
    /// All but people, who are counted where they are compared.
    pub(super) fn of(stored: &Stored, today: NaiveDate) -> Self {
        let last_days: HashMap<_, _> = stored.years.iter().map(|year| (year.id, year.ends_on)).collect();
        let goes_on = |ends_on: Option<NaiveDate>| ends_on.is_none_or(|ends| ends >= today);
        let schools = stored.schools.iter().filter(|row| row.source_id.is_some() && row.archived_at.is_none());
        let groups = stored.groups.iter().filter(|row| row.source_id.is_some() && row.archived_at.is_none());
        let enrolments = stored.enrolments.iter().filter(|row| row.source_id.is_some());
        let memberships = stored.memberships.iter().filter(|row| row.source_id.is_some());
        let guardianships = stored.guardianships.iter().filter(|row| row.source_id.is_some());
        Self {
            people: 0,
            schools: schools.count(),
            class_groups: groups
                .filter(|row| last_days.get(&row.school_year_id).is_none_or(|last_day| *last_day >= today))
                .count(),
            enrolments: enrolments.filter(|row| goes_on(row.ends_on)).count(),
            memberships: memberships.filter(|row| row.ended_at.is_none() && goes_on(row.ends_on)).count(),
            guardianships: guardianships
                .filter(|row| row.status != GuardianshipStatus::Ended && goes_on(row.ends_on))
                .count(),
        }
    }
}

/// So many rows of one kind that end, that it has to be accepted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// Where to look. The bundle, where several files speak of the kind.
    pub file: &'static str,
    /// The kind, by the name that people know it by.
    pub what: &'static str,
    pub active: usize,
    pub removed: usize,
}

impl Removal {
    /// What a person is told.
    pub fn message(&self) -> String {
        format!(
            "{} of {} {} would count no longer, which is more than {REMOVALS_WITHOUT_ASKING} %; check that the files are \
             whole, and accept the removals if they are (--accept-removals)",
            self.removed, self.active, self.what
        )
    }
}

/// The removals that have to be accepted first.
///
/// Of people each one counts. Of all else it counts by how much the kind shrinks: when classes move up, or a teacher has
/// another group, as many rows begin as end.
pub fn to_accept(active: &Active, counts: &PlanCounts) -> Vec<Removal> {
    let lost = |counts: Counts| counts.ended.saturating_sub(counts.created);
    let removal = |file, what, active, removed| Removal { file, what, active, removed };
    let people = counts.people.ended + counts.students.ended;
    let (places, posts, links) = (lost(counts.enrolments), lost(counts.memberships), lost(counts.guardianships));
    let whole = [
        removal("users.csv", "people", active.people, people),
        removal("orgs.csv", "schools", active.schools, lost(counts.schools)),
        removal("classes.csv", "class groups", active.class_groups, lost(counts.class_groups)),
    ];
    let ties = [
        removal("enrollments.csv", "enrolments", active.enrolments, places),
        removal("bundle", "memberships", active.memberships, posts),
        removal("bundle", "guardianships", active.guardianships, links),
    ];
    let ties = ties.into_iter().filter(|tie| tie.removed > rules::TIES_OF_ONE);
    let all = whole.into_iter().chain(ties);
    all.filter(|kind| rules::removals_need_consent(kind.active, kind.removed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIVE: Active =
        Active { people: 60, schools: 2, class_groups: 2, enrolments: 20, memberships: 7, guardianships: 40 };

    fn ended(ended: usize) -> Counts {
        Counts { ended, ..Counts::default() }
    }

    fn kinds(counts: &PlanCounts) -> Vec<&'static str> {
        to_accept(&ACTIVE, counts).into_iter().map(|removal| removal.what).collect()
    }

    #[test]
    fn every_kind_that_shrinks_by_more_than_a_tenth_is_asked_about() {
        assert_eq!(kinds(&PlanCounts { guardianships: ended(40), ..PlanCounts::default() }), ["guardianships"]);
        assert_eq!(kinds(&PlanCounts { guardianships: ended(4), ..PlanCounts::default() }), Vec::<&str>::new());
        assert_eq!(kinds(&PlanCounts { enrolments: ended(20), ..PlanCounts::default() }), ["enrolments"]);
        assert_eq!(kinds(&PlanCounts { memberships: ended(7), ..PlanCounts::default() }), ["memberships"]);
        assert_eq!(kinds(&PlanCounts { schools: ended(1), ..PlanCounts::default() }), ["schools"]);
        assert_eq!(kinds(&PlanCounts { class_groups: ended(2), ..PlanCounts::default() }), ["class groups"]);
        let both = PlanCounts { people: ended(4), students: ended(3), ..PlanCounts::default() };
        assert_eq!(kinds(&both), ["people"]);
    }

    #[test]
    fn one_teacher_who_leaves_and_classes_that_move_up_are_not() {
        assert_eq!(kinds(&PlanCounts { memberships: ended(3), ..PlanCounts::default() }), Vec::<&str>::new());
        let moved = Counts { created: 20, ..ended(20) };
        assert_eq!(kinds(&PlanCounts { enrolments: moved, ..PlanCounts::default() }), Vec::<&str>::new());
    }
}
