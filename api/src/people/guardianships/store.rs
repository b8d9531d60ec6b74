//! The SQL of guardianships.

use chrono::{DateTime, Utc};
use glans_entity::ids::{GuardianshipId, PersonId, StudentId};
use glans_entity::people::guardianship::{Column, Entity, Model};
use glans_entity::people::{GuardianAccess, GuardianshipStatus};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::rules;
use crate::access::Permit;
use crate::call::Write;
use crate::people::rights::covers;
use crate::people::students::rules::Leaving;
use crate::platform::error::Result;
use crate::platform::own_id::taken_or_id;

const PAIR_TAKEN: &str = "This person is a guardian of this student already. Change that relation instead.";

/// Which guardianships.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    Ids(&'a [GuardianshipId]),
    Guardians(&'a [PersonId]),
    Students(&'a [StudentId]),
}

impl Of<'_> {
    fn filter(self) -> Condition {
        Condition::all().add(match self {
            Self::Ids(ids) => Column::Id.is_in(ids.iter().copied()),
            Self::Guardians(ids) => Column::GuardianId.is_in(ids.iter().copied()),
            Self::Students(ids) => Column::StudentId.is_in(ids.iter().copied()),
        })
    }
}

/// The guardianships in sight, oldest first.
pub async fn all(db: &impl ConnectionTrait, scope: &Scope, of: Of<'_>) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(of.filter()).order_by_asc(Column::Id).all(db).await?)
}

/// Those in sight that let the guardian see the student on the day of the scope.
pub async fn in_force(db: &impl ConnectionTrait, scope: &Scope, of: Of<'_>) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(of.filter())
        .filter(Column::Status.eq(GuardianshipStatus::Active))
        .filter(Column::Access.ne(GuardianAccess::None))
        .filter(covers(Column::StartsOn, Column::EndsOn, scope.on))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// Those of `guardians` that are not over on the day of the scope.
pub async fn not_ended(db: &impl ConnectionTrait, scope: &Scope, guardians: &[PersonId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(Of::Guardians(guardians).filter())
        .filter(Column::Status.ne(GuardianshipStatus::Ended))
        .filter(Column::EndsOn.is_null().or(Column::EndsOn.gte(scope.on)))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// The guardianship, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: GuardianshipId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Inserts a guardianship.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken_or_id("guardian", PAIR_TAKEN))
}

/// Stores `changed` as the next version of the row that it was made from.
pub async fn update(db: &impl ConnectionTrait, _permit: &Permit, changed: Model, now: DateTime<Utc>) -> Result<Model> {
    let next = Model { version: changed.version + 1, updated_at: now, ..changed };
    Ok(next.into_active_model().reset_all().update(db).await?)
}

/// Ends all guardianships of `guardian` now, also those that the caller does not see.
pub async fn end_all_of_guardian(write: &Write<'_>, permit: &Permit, guardian: PersonId) -> Result<()> {
    let today = write.call().today();
    let rows = Entity::within(&Scope::system(today))
        .filter(Column::GuardianId.eq(guardian))
        .filter(Column::Status.ne(GuardianshipStatus::Ended))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(write.db())
        .await?;
    for row in rows {
        update(write.db(), permit, rules::over_with_the_record(row, today), write.now()).await?;
    }
    Ok(())
}

/// Lets the guardianships of `student` end with the stay, also those that the caller does not see. One that was ended by
/// itself is left alone. One that lasts longer again, because the last day was corrected, waits for the school: nobody knows
/// any more how long it was to last by itself. Whether one of them ends on another day by it.
pub async fn end_all_of_student(
    write: &Write<'_>,
    permit: &Permit,
    student: StudentId,
    leaving: Leaving,
) -> Result<bool> {
    let rows = Entity::within(&Scope::system(write.call().today()))
        .filter(Column::StudentId.eq(student))
        .filter(Column::Status.ne(GuardianshipStatus::Ended))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(write.db())
        .await?;
    let mut has_moved = false;
    for row in rows {
        if let Some(last) = leaving.end_of(row.starts_on, row.ends_on) {
            let is_longer = row.ends_on.is_some_and(|ends| ends < last);
            let status = if is_longer { GuardianshipStatus::Suspended } else { row.status };
            update(write.db(), permit, Model { ends_on: Some(last), status, ..row }, write.now()).await?;
            has_moved = true;
        }
    }
    Ok(has_moved)
}
