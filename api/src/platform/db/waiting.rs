//! Who waits in vain for a connection: because others have them all, or because nobody gets anywhere.
//!
//! A pool does not tell the two apart. It knocks at a server that is gone until the time is up, and then says what it
//! says to who waits for others; who knocks counts as a connection meanwhile, and a server that hangs keeps those that
//! it has. So what is looked at is whether anybody was let in while one waited. Let in is who has an answer: on a
//! connection that was open already a server may be silent, and to begin a transaction waits for no lock.
//!
//! Where nobody was, those who have them all may be at long statements. Then the server answers on other connections.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, TransactionOptions,
    TransactionTrait,
};

use tokio::runtime::Handle;

use super::options::ACQUIRE_TIMEOUT;
use crate::platform::opaque::{Boxed, Opaque};

/// Who waits for a lock and who waits behind them for a connection are as patient, and give up in one moment: so much
/// longer one waits for what is given back then.
const A_MOMENT: Duration = Duration::from_millis(100);
/// How long a server that answers takes for a word, on a connection that is there.
const A_WORD: Duration = Duration::from_secs(1);
/// What PostgreSQL says last on a connection that it ends, by appendix A: `admin_shutdown`, `crash_shutdown` and
/// `idle_session_timeout`.
const FAREWELLS: [&str; 3] = ["57P01", "57P02", "57P05"];

/// The connections of one kind.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) connections: Opaque<DatabaseConnection>,
    /// How many transactions began.
    let_in: Arc<AtomicU64>,
    /// Others to the same server, which are taken for a short time only.
    aside: Option<Opaque<DatabaseConnection>>,
}

impl Pool {
    pub(super) fn of(connections: DatabaseConnection) -> Self {
        Self { connections: Opaque::new(connections), let_in: Arc::default(), aside: None }
    }

    /// The same. Where nobody is let in, those of `others` tell whether the server answers.
    pub(super) fn beside(self, others: &Self) -> Self {
        Self { aside: Some(others.connections.clone()), ..self }
    }

    /// Begins a transaction. That others have all connections is told as of a lock; that nobody gets one, or none that
    /// answers, is a fault.
    pub(super) async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let before = self.let_in();
        let in_time = tokio::time::timeout(ACQUIRE_TIMEOUT, self.beginning(options)).await;
        let in_vain = match in_time.unwrap_or(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))) {
            Err(cause @ DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) => cause,
            begun => return begun,
        };
        // A file is there, or says at once that it is not: only others are waited for.
        let others_have_all =
            || self.let_in() != before || self.connections.get_database_backend() == DbBackend::Sqlite;
        if !others_have_all()
            && let Ok(begun) = tokio::time::timeout(A_MOMENT, self.beginning(options)).await
        {
            return begun;
        }
        Err(if others_have_all() || self.others_are_at_work().await {
            DbErr::Exec(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into()))
        } else {
            in_vain
        })
    }

    /// Whether others have all connections, and the server answers beside them.
    async fn others_are_at_work(&self) -> bool {
        let Some(aside) = self.aside.as_ref().filter(|_| self.is_taken()) else { return false };
        matches!(tokio::time::timeout(A_WORD, aside.ping()).await, Ok(Ok(())))
    }

    /// Whether there are as many connections to a server as there may be, and none of them is idle.
    fn is_taken(&self) -> bool {
        if self.connections.get_database_backend() != DbBackend::Postgres {
            return false;
        }
        let pool = self.connections.get_postgres_connection_pool();
        pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
    }

    fn beginning(&self, options: TransactionOptions) -> Beginning {
        Beginning(Some(Box::pin(self.clone().counted(options))))
    }

    async fn counted(self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let begun = self.on_one_that_lives(options).await?;
        self.let_in.fetch_add(1, Ordering::Relaxed);
        Ok(begun)
    }

    /// That the server ended a connection, as where it was started again, is found out here. Nothing was done on it yet,
    /// so another one will do, and each that is gone is found out once.
    async fn on_one_that_lives(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let mut others = self.open();
        loop {
            match self.connections.begin_with_options(options).await {
                Err(cause) if others > 0 && is_gone(&cause) => others -= 1,
                begun => return begun,
            }
        }
    }

    /// How many connections there are to a server. To a file none is ever gone.
    fn open(&self) -> u32 {
        if self.connections.get_database_backend() == DbBackend::Postgres {
            self.connections.get_postgres_connection_pool().size()
        } else {
            0
        }
    }

    fn let_in(&self) -> u64 {
        self.let_in.load(Ordering::Relaxed)
    }
}

/// A transaction that begins. Where nobody waits for it any more, it is waited for here and rolled back: let go of while
/// the server begins it, the connection would go to the next one within a transaction that nobody knows of.
struct Beginning(Option<Boxed<'static, Result<DatabaseTransaction, DbErr>>>);

impl Future for Beginning {
    type Output = Result<DatabaseTransaction, DbErr>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(beginning) = &mut self.0 else { return Poll::Pending };
        let begun = ready!(beginning.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(begun)
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        if let (Some(beginning), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(beginning);
        }
    }
}

/// Whether the connection itself is gone. A server to which no connection can be made says so in another way.
fn is_gone(cause: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = cause else {
        return false;
    };
    let code = cause.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(**cause, sqlx::Error::Io(_)) || code.is_some_and(|code| FAREWELLS.contains(&code.as_ref()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::io;

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// As an error of PostgreSQL.
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Said(&'static str);

    impl DatabaseError for Said {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn asked(cause: sqlx::Error) -> DbErr {
        DbErr::Query(RuntimeErr::SqlxError(cause.into()))
    }

    #[test]
    fn a_connection_that_the_server_ended_is_gone() {
        for kind in [io::ErrorKind::UnexpectedEof, io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset] {
            assert!(is_gone(&asked(sqlx::Error::Io(kind.into()))), "{kind}");
        }
        for code in FAREWELLS {
            assert!(is_gone(&asked(sqlx::Error::Database(Box::new(Said(code))))), "{code}");
        }
    }

    #[test]
    fn what_another_connection_would_not_mend_is_told() {
        for code in ["55P03", "57014", "42501"] {
            assert!(!is_gone(&asked(sqlx::Error::Database(Box::new(Said(code))))), "{code}");
        }
        assert!(!is_gone(&asked(sqlx::Error::PoolTimedOut)));
        assert!(!is_gone(&DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)));
        let refused = sqlx::Error::Io(io::ErrorKind::ConnectionRefused.into());
        assert!(!is_gone(&DbErr::Conn(RuntimeErr::SqlxError(refused.into()))), "no connection was made");
    }
}
