//! The PostgreSQL server of this test process.

use std::sync::OnceLock;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tokio::sync::OnceCell;

use crate::cluster::Cluster;
use crate::engine::{PostgresSource, postgres_source};
use crate::maintenance::outside;
use crate::template::{connect, connect_many, on_own_runtime};

/// One makes a database while another drops one.
const CONNECTIONS: u32 = 2;

/// A PostgreSQL server, and the databases of this process on it.
#[derive(Debug)]
pub(crate) struct Server {
    maintenance_url: String,
    /// Prefix of all databases of this process; a leftover of another process is known by it.
    run: String,
    cluster: Option<Cluster>,
    /// Makes databases, and drops them where there is no superuser: a connection for each would cost as much as a copy.
    maintenance: OnceCell<DatabaseConnection>,
    /// Drops databases to which a superuser may still be connected.
    superuser: OnceCell<DatabaseConnection>,
}

impl Server {
    /// The server of this process; none where there is no PostgreSQL.
    pub(crate) fn of_process() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        SERVER.get_or_init(|| postgres_source().map(Self::start)).as_ref()
    }

    fn start(source: &PostgresSource) -> Self {
        let (maintenance_url, cluster) = match source {
            PostgresSource::Url(url) => (url.clone(), None),
            PostgresSource::Programs(bin) => {
                let cluster = Cluster::start(bin);
                (cluster.url(), Some(cluster))
            }
        };
        let run = format!("glans_test_{}", std::process::id());
        let server = Self { maintenance_url, run, cluster, maintenance: OnceCell::new(), superuser: OnceCell::new() };
        server.show_life();
        on_own_runtime(server.remove_leftovers());
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

    /// The URL of one of its databases for a superuser. None where the server is not of this process alone: then nobody says
    /// who is one.
    pub(crate) fn superuser_url(&self, database: &str) -> Option<String> {
        self.cluster.as_ref().map(|cluster| cluster.superuser_url(database))
    }

    /// A database of this process: empty, or a copy of `template`, to which nobody is connected.
    pub(crate) async fn create(&'static self, name: &str, template: Option<&str>) -> String {
        let database = format!("{}_{name}", self.run);
        let copy = template.map(|template| format!(" TEMPLATE {template} STRATEGY FILE_COPY")).unwrap_or_default();
        execute(&self.maintenance, self.maintenance_url.clone(), format!("CREATE DATABASE {database}{copy}")).await;
        database
    }

    pub(crate) async fn remove(&'static self, database: &str) {
        let sql = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        match self.superuser_url("postgres") {
            Some(url) => execute(&self.superuser, url, sql).await,
            None => execute(&self.maintenance, self.maintenance_url.clone(), sql).await,
        }
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
        let statement = Statement::from_string(DbBackend::Postgres, LEFTOVERS);
        for row in connection.query_all_raw(statement).await.expect("the list of databases") {
            let database: String = row.try_get("", "datname").expect("a name");
            let sql = format!("DROP DATABASE IF EXISTS {database}");
            connection.execute_unprepared(&sql).await.expect("an unused database");
        }
        connection.close().await.expect("a connection that closes");
    }
}

async fn execute(kept: &'static OnceCell<DatabaseConnection>, url: String, sql: String) {
    outside(async move {
        let connection = kept.get_or_init(|| connect_many(&url, CONNECTIONS)).await;
        connection.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    })
    .await;
}

const LEFTOVERS: &str = r"
    SELECT datname FROM pg_database
    WHERE datname LIKE 'glans\_test\_%'
      AND NOT EXISTS (SELECT FROM pg_stat_activity
                      WHERE application_name = 'glans_test_' || split_part(datname, '_', 3))";
