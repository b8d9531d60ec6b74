//! `NOTIFY` and `LISTEN` of PostgreSQL.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sqlx::postgres::PgListener;

use super::{Carrier, Cause, Here};
use crate::platform::db::Database;

/// What PostgreSQL calls the one channel of this program.
const CHANNEL: &str = "glans";

#[derive(Debug)]
pub(super) struct Postgres {
    /// Tells.
    db: DatabaseConnection,
    /// Where to listen, on a connection outside the pool.
    url: String,
}

impl Postgres {
    /// None where the database is another one.
    pub(super) fn of(database_url: &str, db: &Database) -> Option<Self> {
        let (scheme, rest) = database_url.split_once("://")?;
        let is_postgres = matches!(scheme, "postgres" | "postgresql");
        is_postgres.then(|| Self { db: db.connection().clone(), url: format!("postgres://{rest}") })
    }
}

#[async_trait::async_trait]
impl Carrier for Postgres {
    async fn tell(&self, topic: &str) -> Result<(), Cause> {
        let notify = "SELECT pg_notify($1, $2)";
        let notify = Statement::from_sql_and_values(DbBackend::Postgres, notify, [CHANNEL.into(), topic.into()]);
        self.db.query_one_raw(notify).await?;
        Ok(())
    }

    async fn hear(&self, here: &Here) -> Result<(), Cause> {
        let mut listener = PgListener::connect(&self.url).await?;
        listener.listen(CHANNEL).await?;
        loop {
            let _ = here.send(None);
            while let Some(notification) = listener.try_recv().await? {
                let _ = here.send(Some(notification.payload().to_owned()));
            }
        }
    }
}
