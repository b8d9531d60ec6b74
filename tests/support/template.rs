//! A migrated template per engine, made once per test process; tests copy it.

use std::sync::OnceLock;

use glans_migration::Migrator;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait;

use crate::cluster::Cluster;
use crate::engine::{PostgresSource, postgres_source};

/// The bytes of a migrated SQLite file.
pub(crate) fn sqlite() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        on_own_runtime(async {
            let directory = tempfile::tempdir().expect("a temporary directory");
            let file = directory.path().join("template.db");
            migrate(&format!("sqlite://{}?mode=rwc", file.display())).await;
            std::fs::read(file).expect("the migrated file")
        })
    })
}

/// A PostgreSQL server with a migrated template database.
#[derive(Debug)]
pub(crate) struct Server {
    maintenance_url: String,
    /// Prefix of all databases of this process; a leftover of another process is known by it.
    run: String,
    cluster: Option<Cluster>,
}

impl Server {
    /// The server of this process; none where there is no PostgreSQL.
    pub(crate) fn of_process() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        SERVER.get_or_init(|| postgres_source().map(Self::start)).as_ref()
    }

    fn start(source: &PostgresSource) -> Self {
        let cluster = match source {
            PostgresSource::Url(_) => None,
            PostgresSource::Programs(bin) => Some(Cluster::start(bin)),
        };
        let maintenance_url = match (source, &cluster) {
            (PostgresSource::Url(url), _) => url.clone(),
            (_, Some(cluster)) => cluster.url(),
            (PostgresSource::Programs(_), None) => unreachable!("programs start a cluster"),
        };
        let server = Self { maintenance_url, run: format!("glans_test_{}", std::process::id()), cluster: cluster };
        server.show_life();
        on_own_runtime(async {
            server.remove_leftovers().await;
            server.execute(&format!("CREATE DATABASE {}_template", server.run)).await;
            migrate(&server.url(&format!("{}_template", server.run))).await;
        });
        server
    }

    /// The process that all of a throwaway cluster descend from.
    pub(crate) fn process(&self) -> Option<u32> {
        self.cluster.as_ref().map(Cluster::process)
    }

    /// The URL of one of this server's databases.
    pub(crate) fn url(&self, database: &str) -> String {
        let (server, _) = self.maintenance_url.rsplit_once('/').expect("a database URL ends in /name");
        format!("{server}/{database}")
    }

    /// A copy of the template under a name of its own.
    pub(crate) async fn copy(&self, name: &str) -> String {
        let database = format!("{}_{name}", self.run);
        self.execute(&format!("CREATE DATABASE {database} TEMPLATE {}_template STRATEGY FILE_COPY", self.run)).await;
        database
    }

    /// An empty database under a name of its own, for tests of the migrations themselves.
    pub(crate) async fn empty(&self, name: &str) -> String {
        let database = format!("{}_{name}", self.run);
        self.execute(&format!("CREATE DATABASE {database}")).await;
        database
    }

    pub(crate) async fn remove(&self, database: &str) {
        self.execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).await;
    }

    async fn execute(&self, sql: &str) {
        let connection = connect(&self.maintenance_url).await;
        connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.expect("a connection that closes");
    }

    /// Holds a connection named after this run as long as the process lives, so that others know its databases from
    /// leftovers of a run that was killed.
    fn show_life(&self) {
        let url = format!("{}?application_name={}", self.maintenance_url, self.run);
        let (connected, wait) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let connection = connect(&url).await;
                connected.send(()).expect("the harness waits");
                std::future::pending::<()>().await;
                drop(connection);
            });
        });
        wait.recv().expect("a connection to PostgreSQL");
    }

    async fn remove_leftovers(&self) {
        let connection = connect(&self.maintenance_url).await;
        let leftovers = connection
            .query_all_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, LEFTOVERS))
            .await
            .expect("the list of databases");
        for row in leftovers {
            let database: String = row.try_get("", "datname").expect("a name");
            connection
                .execute_unprepared(&format!("DROP DATABASE IF EXISTS {database}"))
                .await
                .expect("an unused database");
        }
        connection.close().await.expect("a connection that closes");
    }
}

const LEFTOVERS: &str = r"
    SELECT datname FROM pg_database
    WHERE datname LIKE 'glans\_test\_%'
      AND NOT EXISTS (SELECT FROM pg_stat_activity
                      WHERE application_name = 'glans_test_' || split_part(datname, '_', 3))";

async fn migrate(url: &str) {
    let connection = connect(url).await;
    Migrator::up(&connection, None).await.unwrap_or_else(|error| panic!("migrations fail: {error}"));
    connection.close().await.expect("a connection that closes");
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap_or_else(|error| panic!("cannot connect to {url}: {error}"))
}

/// A template is made in the first test that needs it, whose own runtime must not own the connection.
fn on_own_runtime<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(work)
        });
        thread.join().expect("the template")
    })
}
