//! The database of a test with the program's connections to it, and what is left of both.

use std::sync::Arc;
use std::time::Duration;

use glans::app::App;
use glans::platform::db::Database;
use tokio::time::sleep;

use crate::database::{Snapshot, TestDatabase};
use crate::engine::Engine;
use crate::{room, template};

/// For how many milliseconds what a test left running may go on.
pub(crate) const PATIENCE: u32 = 50;

/// A database that belongs to one test, and the connections of the program to it.
#[derive(Debug)]
pub struct Ground {
    pub database: TestDatabase,
    pub db: Database,
}

impl Ground {
    /// A copy of the migrated template; none where the engine is not there.
    pub async fn migrated(engine: Engine) -> Option<Self> {
        Some(Self::copy(template::migrated(engine)?).await)
    }

    /// A database of its own with what the snapshot has in it.
    pub(crate) async fn copy(snapshot: &Snapshot) -> Self {
        if let Some(ground) = room::in_hand().filter(|ground| ground.database.is_copy_of(snapshot)) {
            return ground;
        }
        let database = TestDatabase::copy(snapshot).await;
        let db = Database::connect(database.url()).await.expect("a database of this test");
        Self { database, db }
    }

    /// As it was before the test, for the same connections: they know their statements already, and what a new one learns
    /// takes longer than most tests. None where that cannot be; then it is no more.
    pub(crate) async fn brought_back(self) -> Option<Self> {
        let Some(database) = self.database.brought_back(&self.db).await else {
            self.db.close().await.expect("a database that closes");
            return None;
        };
        Some(Self { database, ..self })
    }
}

/// What is left of a setting when the test is over.
#[derive(Debug)]
pub struct Left {
    pub(crate) database: TestDatabase,
    /// None while somebody else has the connections.
    pub(crate) db: Option<Database>,
}

impl Left {
    /// Of a program, when nothing of it runs any more.
    pub async fn of(database: TestDatabase, mut app: Arc<App>) -> Self {
        for _ in 0..PATIENCE {
            match Arc::try_unwrap(app) {
                Ok(app) => return Self { database, db: Some(app.db) },
                Err(shared) => app = shared,
            }
            sleep(Duration::from_millis(1)).await;
        }
        Self { database, db: None }
    }

    pub async fn remove(self) {
        self.closed().await.remove().await;
    }

    /// The database, to which nobody of the program is connected any more.
    pub(crate) async fn closed(self) -> TestDatabase {
        if let Some(db) = self.db {
            db.close().await.expect("a database that closes");
        }
        self.database
    }
}
