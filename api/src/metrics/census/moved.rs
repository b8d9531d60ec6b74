//! Whom an event may have moved: students whose place or family may be another since.

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, GuardianshipId, RosterImportId, SchoolId, StudentId};
use glans_entity::metrics::stretch;
use glans_entity::people::{enrolment, guardianship, student};
use glans_entity::roster::roster_change;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{IntoCondition, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::store::STUDENT;
use crate::platform::outbox::Event;

/// The ids of those students; none where the event moves nobody.
pub fn moved(board: BoardId, event: &Event) -> Option<SelectStatement> {
    Some(match event.kind {
        "student.placed" | "student.left" => {
            let id: StudentId = event.perhaps("id")?;
            students(student::Column::Id.eq(id))
        }
        "guardianship.created"
        | "guardianship.access_changed"
        | "guardianship.status_changed"
        | "guardianship.updated"
        | "guardianship.ended" => {
            let id: GuardianshipId = event.perhaps("id")?;
            children(guardianship::Column::Id.eq(id))
        }
        "school.moved" | "school.archived" => {
            let id: SchoolId = event.perhaps("id")?;
            counted(stretch::Column::SchoolId.eq(id))
        }
        "roster.imported" => imported(event.perhaps("id")?),
        "roster.rolled_back" => rolled_back(board),
        _ => return None,
    })
}

/// Those of whom the import wrote a row, and those who are counted in a class group or school of which it did.
fn imported(import: RosterImportId) -> SelectStatement {
    use roster_change::Column;
    let written = |table: &str| {
        let rows = roster_change::Entity::within(&everywhere()).select_only().column(Column::RowId);
        rows.filter(Column::ImportId.eq(import)).filter(Column::TableName.eq(table)).into_query()
    };
    let places = enrolment::Entity::within(&everywhere())
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::Id.in_subquery(written("enrolment")))
        .into_query();
    let at_places = Condition::any()
        .add(stretch::Column::ClassGroupId.in_subquery(written("class_group")))
        .add(stretch::Column::SchoolId.in_subquery(written("school")));
    let mut all = students(student::Column::Id.in_subquery(written("student")));
    all.union(UnionType::Distinct, places)
        .union(UnionType::Distinct, children(guardianship::Column::Id.in_subquery(written("guardianship"))))
        .union(UnionType::Distinct, counted(at_places));
    all
}

/// Everybody who is counted or could be: of rows that the import had made it is not known any more whose they were.
fn rolled_back(board: BoardId) -> SelectStatement {
    let here = Condition::all().add(student::Column::BoardId.eq(board)).add(student::Column::LeftOn.is_null());
    let mut all = students(here);
    all.union(UnionType::Distinct, counted(stretch::Column::BoardId.eq(board)));
    all
}

fn students(which: impl IntoCondition) -> SelectStatement {
    let rows = student::Entity::within(&everywhere()).select_only().column_as(student::Column::Id, STUDENT);
    rows.filter(which).into_query()
}

/// Of guardianships.
fn children(which: impl IntoCondition) -> SelectStatement {
    let rows = guardianship::Entity::within(&everywhere()).select_only().column(guardianship::Column::StudentId);
    rows.filter(which).into_query()
}

/// Of stretches that go on.
fn counted(which: impl IntoCondition) -> SelectStatement {
    let rows = stretch::Entity::within(&everywhere()).select_only().column(stretch::Column::StudentId);
    rows.filter(stretch::Column::EndsOn.is_null()).filter(which).into_query()
}

fn everywhere() -> Scope {
    Scope::system(NaiveDate::MIN)
}
