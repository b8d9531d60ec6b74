//! Who waits in vain for a connection: because others have them all, or because nobody gets anywhere.
//!
//! A pool does not tell the two apart. It knocks at a server that is gone until the time is up, and then says what it
//! says to who waits for others; who knocks counts as a connection meanwhile, and a server that hangs keeps those that
//! it has. So what is looked at is whether anybody was let in while one waited.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, TransactionOptions,
    TransactionTrait,
};

/// Who waits for a lock and who waits behind them for a connection are as patient, and give up in one moment; after
/// this one, the next are let in.
const A_MOMENT: Duration = Duration::from_millis(100);

/// The connections of one kind.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) connections: DatabaseConnection,
    /// How many transactions began.
    let_in: Arc<AtomicU64>,
}

impl Pool {
    pub(super) fn of(connections: DatabaseConnection) -> Self {
        Self { connections, let_in: Arc::default() }
    }

    /// Begins a transaction. That others have all connections is told as of a lock; that nobody gets one is a fault.
    pub(super) async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let before = self.let_in();
        match self.connections.begin_with_options(options).await {
            Ok(begun) => {
                self.let_in.fetch_add(1, Ordering::Relaxed);
                Ok(begun)
            }
            Err(cause @ DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) => Err(self.told(cause, before).await),
            Err(cause) => Err(cause),
        }
    }

    /// What who waited in vain is told, where so many transactions had begun `before`.
    async fn told(&self, cause: DbErr, before: u64) -> DbErr {
        // A file is there, or says at once that it is not: only others are waited for.
        let others_have_all =
            || self.let_in() != before || self.connections.get_database_backend() == DbBackend::Sqlite;
        if !others_have_all() {
            tokio::time::sleep(A_MOMENT).await;
        }
        if others_have_all() { DbErr::Exec(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into())) } else { cause }
    }

    fn let_in(&self) -> u64 {
        self.let_in.load(Ordering::Relaxed)
    }
}
