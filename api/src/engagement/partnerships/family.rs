//! Who belongs to a child as a guardian, and whether they come together. A rule of the house: what one guardian may not
//! know of the other still counts, so these reads look past the caller's scope and tell the caller nothing but yes or no.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use glans_entity::engagement::talk_choice;
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};

use crate::people::guardianships::rules::{hints_at_separation, is_over};
use crate::platform::error::Result;

/// The guardians of a child, as far as a partnership is with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    /// Who has everything of the child on the day, those to be called first coming first.
    pub entitled: Vec<PersonId>,
    /// Whether each of them talks apart from the others.
    pub apart: bool,
}

impl Family {
    /// The families of `students` on the day `on`. A student without guardians has an empty one.
    pub async fn of(
        db: &impl ConnectionTrait,
        on: NaiveDate,
        students: &[StudentId],
    ) -> Result<HashMap<StudentId, Self>> {
        let scope = Scope::system(on);
        let links = links(db, &scope, students).await?;
        let choices = talk_choice::Entity::within(&scope)
            .filter(talk_choice::Column::StudentId.is_in(students.iter().copied()))
            .all(db)
            .await?;
        let of = |student: &StudentId| {
            let links: Vec<_> = links.iter().filter(|link| link.student_id == *student).cloned().collect();
            let choices: Vec<_> = choices.iter().filter(|choice| choice.student_id == *student).collect();
            (*student, family(&links, &choices, on))
        };
        Ok(students.iter().map(of).collect())
    }

    /// The family of one student.
    pub async fn of_one(db: &impl ConnectionTrait, on: NaiveDate, student: StudentId) -> Result<Self> {
        Ok(Self::of(db, on, &[student]).await?.remove(&student).unwrap_or_default())
    }
}

/// Who had everything of each student on that day, with today as it is and the past as far as it is known: those to be called
/// first come first.
pub async fn entitled(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    asked: &[(StudentId, NaiveDate)],
) -> Result<HashMap<(StudentId, NaiveDate), Vec<PersonId>>> {
    let students: Vec<StudentId> = asked.iter().map(|(student, _)| *student).collect();
    let links = links(db, &Scope::system(today), &students).await?;
    let of = |(student, on): &(StudentId, NaiveDate)| {
        let own = links.iter().filter(|link| link.student_id == *student);
        let is_past = *on < today;
        let counts =
            |link: &&guardianship::Model| if is_past { was_entitled(link, *on) } else { is_entitled(link, *on) };
        let entitled: Vec<PersonId> = own.filter(counts).map(|link| link.guardian_id).collect();
        ((*student, *on), entitled)
    };
    Ok(asked.iter().map(of).collect())
}

async fn links(db: &impl ConnectionTrait, scope: &Scope, students: &[StudentId]) -> Result<Vec<guardianship::Model>> {
    Ok(guardianship::Entity::within(scope)
        .filter(guardianship::Column::StudentId.is_in(students.iter().copied()))
        .order_by_asc(guardianship::Column::ContactPriority)
        .order_by_asc(guardianship::Column::Id)
        .all(db)
        .await?)
}

/// One guardian who wants to be apart is enough. Where nobody said, the family is apart that something hints to be
/// separated; guardians who all said together are together.
fn family(links: &[guardianship::Model], choices: &[&talk_choice::Model], on: NaiveDate) -> Family {
    let entitled: Vec<PersonId> =
        links.iter().filter(|link| is_entitled(link, on)).map(|link| link.guardian_id).collect();
    let chosen: HashSet<PersonId> = choices.iter().map(|choice| choice.guardian_id).collect();
    let wants = choices.iter().any(|choice| choice.apart && entitled.contains(&choice.guardian_id));
    let all_said = entitled.iter().all(|guardian| chosen.contains(guardian));
    let apart = wants || (!all_said && hints_at_separation(links));
    Family { entitled, apart }
}

/// Whether the guardian has everything of the child on the day, with or without a login.
pub fn is_entitled(link: &guardianship::Model, on: NaiveDate) -> bool {
    link.access == GuardianAccess::Full
        && matches!(link.status, GuardianshipStatus::Active | GuardianshipStatus::Invited)
        && link.starts_on <= on
        && !is_over(link, on)
}

/// As [`is_entitled`] for a day in the past: a relation that was ended since counts until its last day.
fn was_entitled(link: &guardianship::Model, on: NaiveDate) -> bool {
    let had_ended = match link.status {
        GuardianshipStatus::Active | GuardianshipStatus::Invited => link.ends_on.is_some_and(|last| last < on),
        GuardianshipStatus::Ended => link.ends_on.is_none_or(|last| last < on),
        GuardianshipStatus::Suspended => return false,
    };
    link.access == GuardianAccess::Full && link.starts_on <= on && !had_ended
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use glans_entity::ids::{BoardId, GuardianshipId};
    use glans_entity::people::GuardianRelationship;

    use super::*;

    #[test]
    fn a_relation_that_ended_since_counted_until_its_last_day() {
        use GuardianshipStatus::{Active, Ended, Suspended};
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let link = |status, starts_on, ends_on: Option<&str>| guardianship::Model {
            id: GuardianshipId::new(),
            board_id: BoardId::new(),
            guardian_id: PersonId::new(),
            student_id: StudentId::new(),
            relationship: GuardianRelationship::Parent,
            access: GuardianAccess::Full,
            status,
            contact_priority: None,
            starts_on: day(starts_on),
            ends_on: ends_on.map(day),
            source_id: None,
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
            version: 1,
        };
        let last = day("2027-07-31");
        assert!(was_entitled(&link(Active, "2026-08-01", None), last));
        assert!(was_entitled(&link(Ended, "2026-08-01", Some("2027-10-01")), last));
        assert!(was_entitled(&link(Ended, "2026-08-01", Some("2027-07-31")), last));
        assert!(!is_entitled(&link(Ended, "2026-08-01", Some("2027-10-01")), last));
        assert!(!was_entitled(&link(Ended, "2026-08-01", Some("2027-07-30")), last));
        assert!(!was_entitled(&link(Active, "2027-08-01", None), last), "who came later");
        assert!(!was_entitled(&link(Suspended, "2026-08-01", None), last));
        let suspended_until_erased = link(Ended, "2026-08-01", Some("2026-07-31"));
        assert!(!was_entitled(&suspended_until_erased, last));
        assert!(!was_entitled(&suspended_until_erased, day("2026-08-01")));
        let less = guardianship::Model { access: GuardianAccess::OnRequest, ..link(Active, "2026-08-01", None) };
        assert!(!was_entitled(&less, last));
    }
}
