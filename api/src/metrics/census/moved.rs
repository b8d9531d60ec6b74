//! Whom an event may have moved: students whose place or family may be another since.

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, GuardianshipId, RosterImportId, SchoolId, StudentId};
use glans_entity::metrics::stretch;
use glans_entity::people::{guardianship, student};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{IntoCondition, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::store::STUDENT;
use crate::platform::outbox::Event;

/// Students whom an event may have moved.
pub enum Moved {
    /// Whose ids a statement selects.
    Selected(Box<SelectStatement>),
    /// Of whom an import wrote something.
    Imported(RosterImportId),
}

/// Those students; none where the event moves nobody.
pub fn moved(board: BoardId, event: &Event) -> Option<Moved> {
    let selected = match event.kind {
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
        "roster.imported" => return event.perhaps("id").map(Moved::Imported),
        "roster.rolled_back" => rolled_back(board),
        _ => return None,
    };
    Some(Moved::Selected(Box::new(selected)))
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
