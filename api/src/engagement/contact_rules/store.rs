//! The SQL of the rules of schools.

use std::collections::HashMap;

use glans_entity::engagement::contact_rules::{self, Column, Entity};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter};

use super::rules;
use crate::access::Permit;
use crate::platform::error::Result;

/// The rules in sight of these schools; the usual ones where a school made none.
pub async fn of_schools(
    db: &impl ConnectionTrait,
    scope: &Scope,
    schools: &[(BoardId, SchoolId)],
) -> Result<HashMap<SchoolId, contact_rules::Model>> {
    let own = Entity::within(scope).filter(Column::SchoolId.is_in(schools.iter().map(|(_, school)| *school)));
    let own: HashMap<SchoolId, _> = own.all(db).await?.into_iter().map(|row| (row.school_id, row)).collect();
    let of = |(board, school): &(BoardId, SchoolId)| {
        (*school, own.get(school).cloned().unwrap_or_else(|| rules::usual(*board, *school)))
    };
    Ok(schools.iter().map(of).collect())
}

/// Stores `row`, whose version counts from 1: the first is inserted.
pub(super) async fn put(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: contact_rules::Model,
) -> Result<contact_rules::Model> {
    let is_first = row.version == 1;
    let row = row.into_active_model().reset_all();
    Ok(if is_first { row.insert(db).await? } else { row.update(db).await? })
}
