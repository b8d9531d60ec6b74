//! The wall between the boards: row-level security of PostgreSQL.

use glans_entity::scope::Scope;
use glans_migration::APPLICATION_ROLE;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

use super::{Database, Patience};

impl Database {
    /// The settings of row-level security, and how long to wait for others and for an answer, for the length of the
    /// transaction: they do not leak over the pool.
    pub(super) async fn put_on(
        &self,
        transaction: &DatabaseTransaction,
        scope: &Scope,
        mode: AccessMode,
        patience: Patience,
    ) -> Result<(), DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(());
        }
        let boards: Vec<_> = scope.boards.iter().map(|board| board.0.to_string()).collect();
        let read_only = if mode == AccessMode::ReadOnly { "on" } else { "off" };
        let system = if scope.system { "on" } else { "off" };
        transaction
            .query_one_raw(Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT set_config('role', $1, true), set_config('glans.boards', $2, true), \
                 set_config('glans.system', $3, true), set_config('transaction_read_only', $4, true), \
                 set_config('lock_timeout', $5, true), set_config('statement_timeout', $6, true)",
                [
                    APPLICATION_ROLE.into(),
                    boards.join(",").into(),
                    system.into(),
                    read_only.into(),
                    patience.lock_timeout().into(),
                    patience.statement_timeout().into(),
                ],
            ))
            .await?;
        Ok(())
    }
}

/// Whether the statement finds something in whatever board. On PostgreSQL the wall is down for this one statement, and stands
/// again as it did for what comes after it in the transaction.
pub async fn finds_anywhere(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<bool, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(db.query_one(select).await?.is_some());
    }
    let stood = "SELECT coalesce(current_setting('glans.system', true), '') AS stood";
    let stood = db.query_one_raw(Statement::from_string(DbBackend::Postgres, stood)).await?;
    let stood: String = stood.map_or_else(|| Ok(String::new()), |row| row.try_get("", "stood"))?;
    set_system(db, "on").await?;
    let found = db.query_one(select).await?.is_some();
    set_system(db, &stood).await?;
    Ok(found)
}

async fn set_system(db: &impl ConnectionTrait, to: &str) -> Result<(), DbErr> {
    let set = "SELECT set_config('glans.system', $1, true)";
    db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, set, [to.into()])).await?;
    Ok(())
}
