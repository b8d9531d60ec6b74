//! A migrated template per engine, made once per test process; tests copy it.

use std::sync::OnceLock;

use glans_migration::Migrator;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait;

use crate::database::{Snapshot, TestDatabase};
use crate::engine::Engine;

/// The migrated template of an engine; none where the engine is not there.
pub(crate) fn migrated(engine: Engine) -> Option<&'static Snapshot> {
    static SQLITE: OnceLock<Option<Snapshot>> = OnceLock::new();
    static POSTGRES: OnceLock<Option<Snapshot>> = OnceLock::new();
    let template = match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    };
    template
        .get_or_init(|| {
            on_own_runtime(async {
                let database = TestDatabase::empty(engine).await?;
                let connection = connect(database.url()).await;
                Migrator::up(&connection, None).await.unwrap_or_else(|error| panic!("migrations fail: {error}"));
                if engine == Engine::Sqlite {
                    connection.execute_unprepared("PRAGMA journal_mode = WAL").await.expect("a write-ahead log");
                }
                connection.close().await.expect("a connection that closes");
                Some(database.freeze().await)
            })
        })
        .as_ref()
}

pub(crate) async fn connect(url: &str) -> DatabaseConnection {
    connect_many(url, 1).await
}

pub(crate) async fn connect_many(url: &str, connections: u32) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(connections).sqlx_logging(false);
    Database::connect(options).await.unwrap_or_else(|error| panic!("cannot connect to {url}: {error}"))
}

/// A template is made in the first test that needs it, whose own runtime must not own the connection.
pub(crate) fn on_own_runtime<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(work)
        });
        thread.join().expect("the template")
    })
}
