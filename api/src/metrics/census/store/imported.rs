//! Students of whom an import wrote something.

use std::collections::{BTreeSet, HashMap};

use glans_entity::ids::{RosterImportId, StudentId};
use glans_entity::metrics::stretch;
use glans_entity::people::{enrolment, guardianship};
use glans_entity::roster::roster_change;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::platform::error::Result;

/// Ids in one list.
const IDS: usize = 1000;
/// The tables of which a row may move a student.
const TABLES: [&str; 5] = ["student", "enrolment", "guardianship", "class_group", "school"];

/// Those of whom the import wrote a row, and those who are counted in a class group or school of which it did, each once.
///
/// Its rows are looked up by their ids, list by list. To join them with what it wrote down PostgreSQL would have to know how
/// many they are, and of rows of the same transaction it does not: it may compare each with each.
pub async fn imported(db: &impl ConnectionTrait, scope: &Scope, import: RosterImportId) -> Result<Vec<StudentId>> {
    let written = written(db, scope, import).await?;
    let rows = |table: &str| written.get(table).map(Vec::as_slice).unwrap_or_default();
    let mut students: BTreeSet<StudentId> = rows("student").iter().copied().map(StudentId).collect();
    for ids in rows("enrolment").chunks(IDS) {
        use enrolment::Column;
        let places = enrolment::Entity::within(scope).select_only().column(Column::StudentId);
        let places = places.filter(Column::Id.is_in(ids.iter().copied()));
        students.extend(places.into_tuple::<StudentId>().all(db).await?);
    }
    for ids in rows("guardianship").chunks(IDS) {
        use guardianship::Column;
        let links = guardianship::Entity::within(scope).select_only().column(Column::StudentId);
        let links = links.filter(Column::Id.is_in(ids.iter().copied()));
        students.extend(links.into_tuple::<StudentId>().all(db).await?);
    }
    for (table, column) in [("class_group", stretch::Column::ClassGroupId), ("school", stretch::Column::SchoolId)] {
        for ids in rows(table).chunks(IDS) {
            use stretch::Column;
            let counted = stretch::Entity::within(scope).select_only().column(Column::StudentId).distinct();
            let counted = counted.filter(Column::EndsOn.is_null()).filter(column.is_in(ids.iter().copied()));
            students.extend(counted.into_tuple::<StudentId>().all(db).await?);
        }
    }
    Ok(students.into_iter().collect())
}

/// The ids of the rows that the import wrote, by table.
async fn written(
    db: &impl ConnectionTrait,
    scope: &Scope,
    import: RosterImportId,
) -> Result<HashMap<String, Vec<Uuid>>> {
    use roster_change::Column;
    let rows: Vec<(String, Uuid)> = roster_change::Entity::within(scope)
        .select_only()
        .columns([Column::TableName, Column::RowId])
        .filter(Column::ImportId.eq(import))
        .filter(Column::TableName.is_in(TABLES))
        .into_tuple()
        .all(db)
        .await?;
    let mut written: HashMap<String, Vec<Uuid>> = HashMap::new();
    for (table, row) in rows {
        written.entry(table).or_default().push(row);
    }
    Ok(written)
}
