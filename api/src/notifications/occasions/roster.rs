//! Imports.

use glans_entity::ids::RosterImportId;
use glans_entity::notifications::Category;
use glans_entity::people::person;
use glans_entity::roster::roster_import;
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// To the administrators of the board, and to who started it: it ends long after.
pub(super) async fn ended(db: &impl ConnectionTrait, fact: Fact<'_>, text: Text) -> Result<Told> {
    let (id, everywhere) = (fact.id::<RosterImportId>()?, fact.everywhere());
    let row = roster_import::Entity::within(&everywhere).filter(roster_import::Column::Id.eq(id)).one(db).await?;
    let Some(row) = row else { return Ok(Told::nothing()) };
    let mut to = people::administrators_of(&everywhere, row.board_id);
    if let Some(person) = row.started_by {
        let started = Condition::all().add(person::Column::Id.eq(person));
        to = people::and(to, people::colleagues(&everywhere, started));
    }
    Ok(Told::telling([Notice::new(text, Category::Report, (RosterImportId::PREFIX, id.0), to)]))
}
