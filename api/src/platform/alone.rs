//! One process at a time.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use super::error::{Error, Result};

/// Waits until nobody else does `what`, which stays so until the transaction ends.
pub async fn wait(db: &DatabaseTransaction, what: &str) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 26))";
        db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [what.into()])).await?;
    }
    Ok(())
}

/// Whether nobody else does `what` until the transaction ends. On SQLite there is one writer, who is alone.
pub async fn with(db: &DatabaseTransaction, what: &str) -> Result<bool> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 26)) AS locked";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [what.into()]);
    let row = db.query_one_raw(statement).await?.ok_or_else(|| Error::fault("a lock without an answer"))?;
    Ok(row.try_get("", "locked")?)
}
