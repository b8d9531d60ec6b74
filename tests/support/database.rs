//! A database of one test.

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::engine::Engine;
use crate::scratch;
use crate::server::Server;
use crate::template;

const FILE: &str = "glans.db";

/// A migrated database that belongs to one test; [`remove`](Self::remove) it when the test is over.
#[derive(Debug)]
pub struct TestDatabase {
    engine: Engine,
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(TempDir),
    Server(&'static Server, String),
}

/// A database that nobody uses any more, to be copied.
#[derive(Debug)]
pub struct Snapshot(Content);

#[derive(Debug)]
enum Content {
    File(Vec<u8>),
    Database(&'static Server, String),
}

impl TestDatabase {
    /// A copy of the migrated template; none where the engine is not there.
    pub async fn migrated(engine: Engine) -> Option<Self> {
        Some(Self::copy(template::migrated(engine)?).await)
    }

    /// A database without a table, for tests of the migrations themselves.
    pub async fn empty(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => Some(Self::file(&[])),
            Engine::Postgres => {
                let server = Server::of_process()?;
                Some(Self::on(server, server.create(&next_name(), None).await))
            }
        }
    }

    /// A database of its own with what the snapshot has in it.
    pub async fn copy(snapshot: &Snapshot) -> Self {
        match &snapshot.0 {
            Content::File(content) => Self::file(content),
            Content::Database(server, template) => Self::on(server, server.create(&next_name(), Some(template)).await),
        }
    }

    /// Makes a template of it. All connections must be closed.
    pub fn freeze(self) -> Snapshot {
        Snapshot(match self.place {
            Place::Folder(folder) => {
                Content::File(std::fs::read(folder.path().join(FILE)).expect("the file of the database"))
            }
            Place::Server(server, database) => Content::Database(server, database),
        })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The URL as an operator would write it in `GLANS_DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The processes of the database, to count their CPU; none for SQLite and for a server that was here before.
    pub fn processes(&self) -> Vec<u32> {
        match &self.place {
            Place::Folder(_) => Vec::new(),
            Place::Server(server, _) => server.process().into_iter().collect(),
        }
    }

    /// Gives the space back. A test run makes hundreds of databases.
    pub async fn remove(self) {
        match self.place {
            Place::Folder(folder) => folder.close().expect("a temporary directory that can be removed"),
            Place::Server(server, database) => server.remove(&database).await,
        }
    }

    fn file(content: &[u8]) -> Self {
        let folder = tempfile::Builder::new().prefix("glans-test-").tempdir_in(scratch::folder());
        let folder = folder.expect("a temporary directory");
        let file = folder.path().join(FILE);
        std::fs::write(&file, content).expect("room for a database");
        Self { engine: Engine::Sqlite, url: format!("sqlite://{}", file.display()), place: Place::Folder(folder) }
    }

    fn on(server: &'static Server, database: String) -> Self {
        Self { engine: Engine::Postgres, url: server.url(&database), place: Place::Server(server, database) }
    }
}

fn next_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed).to_string()
}
