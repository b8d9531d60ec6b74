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

/// Who waits for a lock and who waits behind them for a connection are as patient, and give up in one moment: so much
/// longer one waits for what is given back then.
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
        let in_vain = match self.counted(options).await {
            Err(cause @ DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) => cause,
            begun => return begun,
        };
        // A file is there, or says at once that it is not: only others are waited for.
        let others_have_all =
            || self.let_in() != before || self.connections.get_database_backend() == DbBackend::Sqlite;
        if !others_have_all()
            && let Ok(begun) = tokio::time::timeout(A_MOMENT, self.counted(options)).await
        {
            return begun;
        }
        Err(if others_have_all() {
            DbErr::Exec(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into()))
        } else {
            in_vain
        })
    }

    async fn counted(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let begun = self.connections.begin_with_options(options).await?;
        self.let_in.fetch_add(1, Ordering::Relaxed);
        Ok(begun)
    }

    fn let_in(&self) -> u64 {
        self.let_in.load(Ordering::Relaxed)
    }
}
