//! A database of one test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use glans::platform::db::Database;

use crate::engine::Engine;
use crate::maintenance::{self, KeptCopy, Others, outside};
use crate::server::Server;
use crate::sqlite_file::{Bytes, SqliteFile};
use crate::template;

/// A migrated database that belongs to one test; [`remove`](Self::remove) it when the test is over.
#[derive(Debug)]
pub struct TestDatabase {
    engine: Engine,
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(SqliteFile),
    Server(&'static Server, String),
    /// A copy of a snapshot, which is brought back to it and goes to these others when the test is over.
    Lent(&'static Server, KeptCopy, Arc<KeptCopies>),
}

/// A database that nobody uses any more, to be copied.
#[derive(Debug)]
pub struct Snapshot(Content);

#[derive(Debug)]
enum Content {
    File(Bytes),
    Database(&'static Server, String),
    /// To make a copy takes 30 ms and to drop it another 25, of the whole server; to bring one back to the snapshot takes 5.
    /// So the copies are kept, and the next test gets what the last one gave back.
    Kept(&'static Server, String, Arc<KeptCopies>),
}

/// Copies of a snapshot that are as new.
#[derive(Debug, Default)]
struct KeptCopies(Mutex<Vec<KeptCopy>>);

impl KeptCopies {
    fn take(&self) -> Option<KeptCopy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, copy: KeptCopy) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(copy);
    }
}

impl TestDatabase {
    /// A copy of the migrated template; none where the engine is not there.
    pub async fn migrated(engine: Engine) -> Option<Self> {
        Some(Self::copy(template::migrated(engine)?).await)
    }

    /// A database without a table, for tests of the migrations themselves.
    pub async fn empty(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => Some(Self::file(&Bytes::default())),
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
            Content::Kept(server, template, copies) => {
                let copy = match copies.take() {
                    Some(copy) => copy,
                    None => KeptCopy::new(server.create(&next_name(), Some(template)).await),
                };
                let url = server.url(&copy.database);
                Self { engine: Engine::Postgres, url, place: Place::Lent(server, copy, Arc::clone(copies)) }
            }
        }
    }

    /// Makes a template of it. All connections must be closed.
    pub async fn freeze(self) -> Snapshot {
        Snapshot(match self.place {
            Place::File(file) => Content::File(file.bytes()),
            Place::Server(server, database) => Self::template(server, database).await,
            Place::Lent(server, copy, _) => Self::template(server, copy.leave().await).await,
        })
    }

    async fn template(server: &'static Server, database: String) -> Content {
        let Some(superuser) = server.superuser_url(&database) else {
            return Content::Database(server, database);
        };
        outside(async move { maintenance::take_snapshot(&superuser).await }).await;
        Content::Kept(server, database, Arc::default())
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The URL as an operator would write it in `GLANS_DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same for a superuser; none where there is none, or nobody says who is one.
    pub(crate) fn superuser_url(&self) -> Option<String> {
        match &self.place {
            Place::Server(server, database) => server.superuser_url(database),
            Place::File(_) | Place::Lent(..) => None,
        }
    }

    /// The processes of the database, to count their CPU; none for SQLite and for a server that was here before.
    pub fn processes(&self) -> Vec<u32> {
        match &self.place {
            Place::File(_) => Vec::new(),
            Place::Server(server, _) | Place::Lent(server, ..) => server.process().into_iter().collect(),
        }
    }

    /// Gives the space back, or the database to the next test, when all that worked in it is gone. A test run needs hundreds
    /// of databases.
    pub async fn remove(self) {
        match self.place {
            Place::File(file) => file.remove(),
            Place::Server(server, database) => server.remove(&database).await,
            Place::Lent(server, copy, copies) => outside(give_back(server, copy, copies)).await,
        }
    }

    /// Whether it is one.
    pub(crate) fn is_copy_of(&self, snapshot: &Snapshot) -> bool {
        match (&self.place, &snapshot.0) {
            (Place::File(file), Content::File(bytes)) => file.is_copy_of(bytes),
            (Place::Lent(.., own), Content::Kept(.., copies)) => Arc::ptr_eq(own, copies),
            _ => false,
        }
    }

    /// Whether what a test did can be undone.
    pub(crate) fn can_be_brought_back(&self) -> bool {
        match &self.place {
            Place::File(file) => file.can_be_brought_back(),
            Place::Server(..) => false,
            Place::Lent(..) => true,
        }
    }

    /// As it was before the test, for the connections of `db` alone, which must have nothing in hand. None where that cannot
    /// be; then it is no more.
    pub(crate) async fn brought_back(self, db: &Database) -> Option<Self> {
        let place = match self.place {
            Place::File(file) => Place::File(file.brought_back(db).await?),
            Place::Lent(server, copy, copies) => {
                let connected = db.pools().iter().map(|pool| pool.open).sum();
                let copy = outside(bring_back(server, copy, Others::Stay(connected))).await?;
                Place::Lent(server, copy, copies)
            }
            Place::Server(server, database) => {
                server.remove(&database).await;
                return None;
            }
        };
        Some(Self { place, ..self })
    }

    /// As [`remove`](Self::remove), from outside of a runtime. Nobody waits for it where the server ends with this process.
    pub(crate) fn remove_later(self) {
        let in_background = match &self.place {
            Place::File(_) => false,
            Place::Server(server, database) => server.superuser_url(database).is_some(),
            Place::Lent(..) => true,
        };
        if in_background {
            maintenance::in_background(self.remove());
        } else {
            maintenance::runtime().block_on(self.remove());
        }
    }

    fn file(bytes: &Bytes) -> Self {
        let file = SqliteFile::copy(bytes);
        Self { engine: Engine::Sqlite, url: file.url(), place: Place::File(file) }
    }

    fn on(server: &'static Server, database: String) -> Self {
        Self { engine: Engine::Postgres, url: server.url(&database), place: Place::Server(server, database) }
    }
}

async fn give_back(server: &'static Server, copy: KeptCopy, copies: Arc<KeptCopies>) {
    if let Some(copy) = bring_back(server, copy, Others::Go).await {
        copies.put(copy);
    }
}

/// None where a new copy is better; then this one is no more.
async fn bring_back(server: &'static Server, copy: KeptCopy, others: Others) -> Option<KeptCopy> {
    let database = copy.database.clone();
    let superuser = server.superuser_url(&database).expect("copies are lent only where there is one");
    let restored = copy.restored(&superuser, others).await;
    if restored.is_none() {
        server.remove(&database).await;
    }
    restored
}

fn next_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed).to_string()
}
