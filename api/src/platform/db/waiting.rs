//! Who waits in vain for a connection: because others have them all, or because the database lets nobody in.
//!
//! A pool does not tell the two apart. It knocks at a server that is gone until the time is up, and then says what it
//! says to who waits for others; and who knocks counts as a connection meanwhile, so that a pool of those looks as full
//! as one that is in use.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, TransactionOptions,
    TransactionTrait,
};

use super::Database;

/// Who knocked in vain and who waited behind them give up in one moment; after this one, it is known who knocked.
const A_MOMENT: Duration = Duration::from_millis(100);

impl Database {
    /// Begins a transaction on a connection of `pool`. That others have them all is told as of a lock; that the database
    /// lets nobody in is a fault.
    pub(super) async fn begin(
        &self,
        pool: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        let before = self.shut_out.load(Ordering::Relaxed);
        let begun = pool.begin_with_options(options).await;
        let Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) = begun else { return begun };
        let (open, most) = self.room(pool);
        if open < most {
            self.shut_out.fetch_add(1, Ordering::Relaxed);
        } else {
            tokio::time::sleep(A_MOMENT).await;
        }
        let shut_out = self.shut_out.load(Ordering::Relaxed).wrapping_sub(before);
        if have_others_all(open, most, shut_out) {
            return Err(DbErr::Exec(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into())));
        }
        begun
    }

    /// How many connections a pool has, those that are being made among them, and how many it may have.
    fn room(&self, pool: &DatabaseConnection) -> (u32, u32) {
        match self.backend() {
            DbBackend::Postgres => room(pool.get_postgres_connection_pool()),
            _ => room(pool.get_sqlite_connection_pool()),
        }
    }
}

fn room<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (u32, u32) {
    (pool.size(), pool.options().get_max_connections())
}

/// Whether others have all connections of a pool that has `open` and may have `most`, where so many were `shut_out` of
/// the database since one began to wait. Who waits where there is room left knocks, and was not let in.
fn have_others_all(open: u32, most: u32, shut_out: u64) -> bool {
    open >= most && shut_out == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_that_is_used_up_is_told_from_a_database_that_is_gone() {
        for (open, most, shut_out, expected) in [
            (4, 4, 0, true),
            (1, 1, 0, true),
            // Nobody has one, or some have: the next one could be made, and was not.
            (0, 4, 1, false),
            (3, 4, 1, false),
            // Full of those who knock.
            (4, 4, 1, false),
            (4, 4, 12, false),
        ] {
            assert_eq!(have_others_all(open, most, shut_out), expected, "{open} of {most}, {shut_out} shut out");
        }
    }
}
