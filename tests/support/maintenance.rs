//! What is done to databases from outside of the tests.
//!
//! Connections belong to the runtime they were made in, and a test takes its runtime with it; what outlives tests therefore
//! runs in one of its own.

use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::template::connect;

/// What makes a database a [`Snapshot`](crate::Snapshot), and its copies such as can be brought back to it.
const SNAPSHOT: &str = include_str!("snapshot.sql");
/// A test that wrote more rows leaves a database that is better made anew.
const MOST_ROWS: u32 = 8_000;
/// What was deleted stays in the files; a database that was brought back so often is made anew.
const MOST_USES: u32 = 25;
/// How long connections that are sent away may take to go.
const PATIENCE: Duration = Duration::from_mins(1);
const SEND_AWAY_OTHERS: &str = "SELECT count(pg_terminate_backend(pid)) AS others FROM pg_stat_activity \
     WHERE datname = current_database() AND pid <> pg_backend_pid()";
const COUNT_OTHERS: &str = "SELECT count(*) AS others FROM pg_stat_activity \
     WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Runs `work` where connections outlive the test that began it.
pub(crate) async fn outside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    runtime().spawn(work).await.expect("what is done to a database from outside")
}

/// Begins `work`, for which nobody waits. If it fails, a later test that begins some tells.
pub(crate) fn in_background(work: impl Future<Output = ()> + Send + 'static) {
    static BEGUN: LazyLock<Mutex<JoinSet<()>>> = LazyLock::new(Mutex::default);
    let mut begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner);
    while let Some(done) = begun.try_join_next() {
        done.expect("what is left of an earlier test is taken away");
    }
    begun.spawn_on(work, runtime().handle());
}

/// The runtime of all that outlives tests.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("maintenance").enable_all().build().expect("a runtime")
    })
}

/// Makes the database of `superuser` a snapshot, from which it can be copied and to which copies can be brought back.
pub(crate) async fn take_snapshot(superuser: &str) {
    let connection = connect(superuser).await;
    connection.execute_unprepared(SNAPSHOT).await.unwrap_or_else(|error| panic!("no snapshot: {error}"));
    connection.close().await.expect("a connection that closes");
}

/// What becomes of who else is connected to a database that is brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    Go,
    /// So many go on, and must have nothing in hand.
    Stay(usize),
}

/// A copy of a snapshot, and who brings it back to what it was.
#[derive(Debug)]
pub(crate) struct KeptCopy {
    pub(crate) database: String,
    /// A connection that knows the database already. None until the first test is over.
    keeper: Option<DatabaseConnection>,
    uses: u32,
}

impl KeptCopy {
    pub(crate) fn new(database: String) -> Self {
        Self { database, keeper: None, uses: 0 }
    }

    /// The name of the database, to which nobody brings anything back any more.
    pub(crate) async fn leave(self) -> String {
        if let Some(keeper) = self.keeper {
            outside(async move { keeper.close().await }).await.expect("a connection that closes");
        }
        self.database
    }

    /// Takes away all that a test did. None where it takes less to make a copy anew; then the database is still there.
    pub(crate) async fn restored(mut self, superuser: &str, others: Others) -> Option<Self> {
        self.uses += 1;
        let keeper = match self.keeper.take() {
            Some(keeper) => keeper,
            None => connect(superuser).await,
        };
        let alone = match others {
            Others::Go => {
                send_away(&keeper).await;
                true
            }
            Others::Stay(connected) => {
                usize::try_from(ask::<i64>(&keeper, COUNT_OTHERS, "others").await) == Ok(connected)
            }
        };
        if alone && self.uses < MOST_USES && restore(&keeper).await {
            return Some(Self { keeper: Some(keeper), ..self });
        }
        keeper.close().await.expect("a connection that closes");
        None
    }
}

async fn send_away(keeper: &DatabaseConnection) {
    let start = Instant::now();
    while ask::<i64>(keeper, SEND_AWAY_OTHERS, "others").await > 0 {
        assert!(start.elapsed() < PATIENCE, "connections of a test that is over stay");
        sleep(Duration::from_millis(1)).await;
    }
}

async fn restore(keeper: &DatabaseConnection) -> bool {
    ask(keeper, &format!("SELECT snapshot.restore({MOST_ROWS}) AS restored"), "restored").await
}

async fn ask<T: sea_orm::TryGetable>(connection: &DatabaseConnection, sql: &str, column: &str) -> T {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    let row = row.unwrap_or_else(|error| panic!("{sql}: {error}")).expect("one row");
    row.try_get("", column).unwrap_or_else(|error| panic!("{sql}: {error}"))
}
