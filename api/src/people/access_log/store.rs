//! The SQL of the access log.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use glans_entity::ids::{AccessLogEntryId, PersonId, StudentId};
use glans_entity::people::access_log::{ActiveModel, Column, Entity, Model};
use glans_entity::people::{guardianship, person, student};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait};

use super::journal::Line;
use super::opened::Subject;
use super::rules;
use crate::app::App;
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::page::{self, Order, PageArgs, Rows};

/// Lines in one transaction, at most: nine values each, of the 32,766 that SQLite takes in a statement.
pub(super) const ROWS: usize = 1_000;

/// Adds at most [`ROWS`] lines, but for those that are there already, of persons who are no guardians, and of who has gone.
/// Every process gives them in the same order: two that add the same lines wait for each other, and not in a circle.
pub(super) async fn add(app: &App, lines: &[Line]) -> Result<()> {
    let everywhere = Scope::system(today(app.clock.now()));
    let db = app.db.write(&everywhere).await?;
    let records = records(&db, &everywhere, lines).await?;
    let kept = lines.iter().filter(|line| records.contains(&line.look.subject));
    let rows: Vec<ActiveModel> = kept.map(row).collect();
    if !rows.is_empty() {
        let once = OnConflict::new().do_nothing().to_owned();
        Entity::insert_many(rows).on_conflict(once).exec_without_returning(&db).await?;
    }
    db.commit().await?;
    Ok(())
}

fn row(line: &Line) -> ActiveModel {
    let (student_id, guardian_id) = match line.look.subject {
        Subject::Child(id) => (Some(id), None),
        Subject::Guardian(id) => (None, Some(id)),
    };
    let row = Model {
        id: AccessLogEntryId::new(),
        board_id: line.look.board,
        reader: line.look.reader.to_string(),
        roles: line.roles.clone(),
        student_id,
        guardian_id,
        hour: rules::hour(line.at),
        at: line.at,
        request_id: line.request_id.clone(),
    };
    row.into_active_model()
}

/// Those of the records that are of a child who is there, or of somebody who is or was a guardian and is not erased. They stay
/// so until the transaction ends.
async fn records(db: &impl ConnectionTrait, everywhere: &Scope, lines: &[Line]) -> Result<HashSet<Subject>> {
    let (mut children, mut persons) = (HashSet::new(), HashSet::new());
    for line in lines {
        match line.look.subject {
            Subject::Child(id) => _ = children.insert(id),
            Subject::Guardian(id) => _ = persons.insert(id),
        }
    }
    let mut found = HashSet::new();
    if !children.is_empty() {
        let there: Vec<StudentId> = student::Entity::within(everywhere)
            .select_only()
            .column(student::Column::Id)
            .filter(student::Column::Id.is_in(children))
            .lock(LockType::KeyShare)
            .into_tuple()
            .all(db)
            .await?;
        found.extend(there.into_iter().map(Subject::Child));
    }
    if !persons.is_empty() {
        let related = guardianship::Entity::within(everywhere)
            .select_only()
            .column(guardianship::Column::GuardianId)
            .filter(guardianship::Column::GuardianId.is_in(persons))
            .into_query();
        let guardians: Vec<PersonId> = person::Entity::within(everywhere)
            .select_only()
            .column(person::Column::Id)
            .filter(person::Column::Id.in_subquery(related))
            .filter(person::Column::ErasedAt.is_null())
            .lock(LockType::KeyShare)
            .into_tuple()
            .all(db)
            .await?;
        found.extend(guardians.into_iter().map(Subject::Guardian));
    }
    Ok(found)
}

/// The lines in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[AccessLogEntryId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// One page of the log of a record, the last line first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    of: Subject,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let own = match of {
        Subject::Child(id) => Column::StudentId.eq(id),
        Subject::Guardian(id) => Column::GuardianId.eq(id),
    };
    let order = Order {
        name: "accessLog.time",
        columns: (Column::At, Column::Id),
        key: |row: &Model| (row.at, row.id.0),
        descending: true,
    };
    page::rows(db, Entity::within(scope).filter(own), &order, args).await
}

/// The names to show of these persons.
pub(super) async fn names(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    persons: &[PersonId],
) -> Result<Vec<(PersonId, String)>> {
    Ok(person::Entity::within(everywhere)
        .select_only()
        .columns([person::Column::Id, person::Column::DisplayName])
        .filter(person::Column::Id.is_in(persons.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Removes lines that were written before `until`; returns how many.
pub async fn prune(db: &impl ConnectionTrait, until: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::At.lt(until)).exec(db).await?.rows_affected)
}
