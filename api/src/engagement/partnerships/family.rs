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
        let links = guardianship::Entity::within(&scope)
            .filter(guardianship::Column::StudentId.is_in(students.iter().copied()))
            .order_by_asc(guardianship::Column::ContactPriority)
            .order_by_asc(guardianship::Column::Id)
            .all(db)
            .await?;
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
