//! Undoes an import: every row as it was, to the last column, or nothing at all.

use std::collections::HashMap;

use glans_entity::ids::format_any;
use glans_entity::organisation::{class_group, cluster, school, school_year};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use glans_entity::roster::roster_change;
use sea_orm::{ConnectionTrait, DbErr, SqlErr};
use uuid::Uuid;

use super::journal;
use super::stored::Row;
use crate::access::Permit;
use crate::platform::error::{Error, Result, UserErrorCode, refuse};

/// Rows that a refusal names.
const NAMED: usize = 10;

/// What an import did, by table.
pub(super) struct Undo {
    by_table: HashMap<String, Vec<roster_change::Model>>,
    changed_since: Vec<String>,
}

impl Undo {
    pub(super) fn of(changes: Vec<roster_change::Model>) -> Self {
        let mut by_table: HashMap<String, Vec<roster_change::Model>> = HashMap::new();
        for change in changes {
            by_table.entry(change.table_name.clone()).or_default().push(change);
        }
        Self { by_table, changed_since: Vec::new() }
    }

    /// Puts everything back, the last first.
    ///
    /// # Errors
    /// `CONFLICT`, naming rows, where somebody has changed one of them since, or has built on it.
    pub(super) async fn run(mut self, db: &impl ConnectionTrait, permit: &Permit) -> Result<()> {
        self.check::<guardianship::Model>(db).await?;
        self.check::<membership::Model>(db).await?;
        self.check::<enrolment::Model>(db).await?;
        self.check::<student::Model>(db).await?;
        self.check::<person::Model>(db).await?;
        self.check::<class_group::Model>(db).await?;
        self.check::<school_year::Model>(db).await?;
        self.check::<school::Model>(db).await?;
        self.check::<cluster::Model>(db).await?;
        self.refuse_if_changed()?;
        self.undo::<guardianship::Model>(db, permit).await?;
        self.undo::<membership::Model>(db, permit).await?;
        self.undo::<enrolment::Model>(db, permit).await?;
        self.undo::<student::Model>(db, permit).await?;
        self.undo::<person::Model>(db, permit).await?;
        self.undo::<class_group::Model>(db, permit).await?;
        self.undo::<school_year::Model>(db, permit).await?;
        self.undo::<school::Model>(db, permit).await?;
        self.undo::<cluster::Model>(db, permit).await
    }

    async fn check<M: Row>(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        let Some(changes) = self.by_table.get(M::TABLE) else { return Ok(()) };
        let ids: Vec<Uuid> = changes.iter().map(|change| change.row_id).collect();
        let versions: HashMap<Uuid, i32> = journal::versions::<M>(db, &ids).await?.into_iter().collect();
        let newer = changes.iter().filter(|change| versions.get(&change.row_id) != Some(&change.version_after));
        self.changed_since.extend(newer.map(|change| format_any(M::PREFIX, change.row_id)));
        Ok(())
    }

    fn refuse_if_changed(&self) -> Result<()> {
        let count = self.changed_since.len();
        if count == 0 {
            return Ok(());
        }
        let named = self.changed_since.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let message = match count.saturating_sub(NAMED) {
            0 => format!(
                "What this import wrote has been changed since: {named}. Roll back later imports first, or mend these by \
                 hand."
            ),
            more => format!(
                "What this import wrote has been changed since: {named} and {more} more. Roll back later imports first, \
                 or mend these by hand."
            ),
        };
        Err(refuse(UserErrorCode::Conflict, "id", message))
    }

    async fn undo<M: Row>(&mut self, db: &impl ConnectionTrait, permit: &Permit) -> Result<()> {
        let changes = self.by_table.remove(M::TABLE).unwrap_or_default();
        let (made, altered): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.before.is_none());
        let made: Vec<Uuid> = made.into_iter().map(|change| change.row_id).collect();
        journal::unmake::<M>(db, permit, &made).await.map_err(|cause| built_upon::<M>(cause))?;
        let rows = altered.into_iter().filter_map(|change| change.before).map(serde_json::from_value::<M>);
        let rows: Vec<M> = rows.collect::<std::result::Result<_, _>>().map_err(Error::fault)?;
        journal::restore(db, permit, &rows).await
    }
}

fn built_upon<M: Row>(cause: DbErr) -> Error {
    match cause.sql_err() {
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
            let message = format!(
                "Something has been tied since to a {} that this import made. Take that away first.",
                M::TABLE.replace('_', " ")
            );
            refuse(UserErrorCode::Conflict, "id", message)
        }
        _ => cause.into(),
    }
}
