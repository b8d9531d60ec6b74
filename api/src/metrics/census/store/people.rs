//! Students who belong together, and their guardians.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use glans_entity::identity::account;
use glans_entity::ids::{AccountId, PersonId, StudentId};
use glans_entity::people::{guardianship, person};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::STUDENT;
use crate::engagement::partnerships::family::is_entitled;
use crate::platform::error::Result;

/// The students whom a statement names, each once; nothing where they are more than `most`.
pub async fn students(db: &impl ConnectionTrait, which: &SelectStatement, most: u64) -> Result<Option<Vec<StudentId>>> {
    let named = Alias::new("named");
    let some = Query::select()
        .distinct()
        .column((named.clone(), Alias::new(STUDENT)))
        .from_subquery(which.clone(), named)
        .limit(most + 1)
        .to_owned();
    let rows = db.query_all(&some).await?;
    if rows.len() as u64 > most {
        return Ok(None);
    }
    let mut ids: BTreeSet<StudentId> = BTreeSet::new();
    for row in &rows {
        ids.insert(row.try_get("", STUDENT)?);
    }
    Ok(Some(ids.into_iter().collect()))
}

/// The students, with all who have a guardian in common with one of them, and those of these. Of them together it can be
/// told at which child a guardian is counted.
pub async fn families(db: &impl ConnectionTrait, scope: &Scope, students: &[StudentId]) -> Result<Vec<StudentId>> {
    use guardianship::Column;
    let mut families: BTreeSet<StudentId> = students.iter().copied().collect();
    let mut asked = students.to_vec();
    while !asked.is_empty() {
        // Two statements: of a table that an import has just filled, PostgreSQL might compare each row with each.
        let guardians = guardianship::Entity::within(scope).select_only().column(Column::GuardianId).distinct();
        let guardians = guardians.filter(Column::StudentId.is_in(asked));
        let guardians: Vec<PersonId> = guardians.into_tuple().all(db).await?;
        let children = guardianship::Entity::within(scope).select_only().column(Column::StudentId).distinct();
        let children = children.filter(Column::GuardianId.is_in(guardians));
        let children: Vec<StudentId> = children.into_tuple().all(db).await?;
        asked = children.into_iter().filter(|child| families.insert(*child)).collect();
    }
    Ok(families.into_iter().collect())
}

/// The guardians of each student who have everything of it on the day, those to be called first coming first.
pub async fn guardians(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<BTreeMap<StudentId, Vec<person::Model>>> {
    let links = guardianship::Entity::within(scope)
        .filter(guardianship::Column::StudentId.is_in(students.iter().copied()))
        .order_by_asc(guardianship::Column::ContactPriority)
        .order_by_asc(guardianship::Column::Id)
        .all(db)
        .await?;
    let links: Vec<_> = links.into_iter().filter(|link| is_entitled(link, scope.on)).collect();
    let ids: BTreeSet<PersonId> = links.iter().map(|link| link.guardian_id).collect();
    let rows = person::Entity::within(scope).filter(person::Column::Id.is_in(ids)).all(db).await?;
    let persons: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut guardians: BTreeMap<StudentId, Vec<person::Model>> = BTreeMap::new();
    for link in links {
        guardians.entry(link.student_id).or_default().extend(persons.get(&link.guardian_id).cloned());
    }
    Ok(guardians)
}

/// Those of the logins that somebody has signed in with.
#[expect(clippy::disallowed_methods, reason = "logins belong to no board")]
pub async fn activated(db: &impl ConnectionTrait, accounts: &[AccountId]) -> Result<BTreeSet<AccountId>> {
    let rows: Vec<AccountId> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::Id.is_in(accounts.iter().copied()))
        .filter(account::Column::FirstSignedInAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
