//! SQLite tells nobody of anything, but it counts what other connections committed.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DbBackend};
use tokio::time::sleep;

use super::{Carrier, Cause, Here};
use crate::platform::db::Database;

/// How long others may have committed before it is seen.
const REST: Duration = Duration::from_millis(500);
/// <https://sqlite.org/pragma.html#pragma_data_version>
const WRITTEN_BY_OTHERS: &str = "PRAGMA data_version";

#[derive(Debug)]
pub(super) struct Sqlite {
    /// The one connection of this process that writes: for any other one, this process is among the others. It counts
    /// from its own beginning; the pool makes it anew only after an error, and who looks in vain begins anew too.
    writer: DatabaseConnection,
}

impl Sqlite {
    /// None where the database is another one.
    pub(super) fn of(db: &Database) -> Option<Self> {
        (db.backend() == DbBackend::Sqlite).then(|| Self { writer: db.connection().clone() })
    }

    /// None while the writer is busy for so long that there was no turn. Meanwhile nobody else could commit either.
    async fn written_by_others(&self) -> Result<Option<i64>, Cause> {
        let pool = self.writer.get_sqlite_connection_pool();
        match sqlx::query_scalar(WRITTEN_BY_OTHERS).fetch_one(pool).await {
            Ok(count) => Ok(Some(count)),
            Err(sqlx::Error::PoolTimedOut) => Ok(None),
            Err(cause) => Err(cause.into()),
        }
    }
}

#[async_trait::async_trait]
impl Carrier for Sqlite {
    /// The commit did.
    async fn tell(&self, _: &str) -> Result<(), Cause> {
        Ok(())
    }

    async fn hear(&self, here: &Here) -> Result<(), Cause> {
        let mut heard = None;
        loop {
            let count = self.written_by_others().await?;
            if count.is_some() && count != heard {
                heard = count;
                let _ = here.send(None);
            }
            sleep(REST).await;
        }
    }
}
