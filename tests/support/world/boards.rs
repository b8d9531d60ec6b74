//! The two boards of which every world has a copy.

use std::sync::OnceLock;

use glans::call::today;
use glans::platform::clock::Clock;
use glans::platform::db::Database;
use glans_entity::scope::Scope;

use crate::database::{Snapshot, TestDatabase};
use crate::engine::Engine;
use crate::seed::{self, Board, CANARY};
use crate::template::on_own_runtime;

/// The two boards, written once per engine and process; worlds copy them.
pub(super) struct Boards {
    pub(super) snapshot: Snapshot,
    pub(super) ours: Board,
    pub(super) theirs: Board,
}

impl Boards {
    pub(super) fn of(engine: Engine) -> Option<&'static Self> {
        static SQLITE: OnceLock<Option<Boards>> = OnceLock::new();
        static POSTGRES: OnceLock<Option<Boards>> = OnceLock::new();
        let boards = match engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
        };
        boards.get_or_init(|| on_own_runtime(Self::write(engine))).as_ref()
    }

    async fn write(engine: Engine) -> Option<Self> {
        let database = TestDatabase::migrated(engine).await?;
        let db = Database::connect(database.url()).await.expect("a database of this test");
        let now = Clock::default().now();
        let transaction = db.write(&Scope::system(today(now))).await.expect("a transaction");
        let ours = seed::board(&transaction, "", now).await;
        let theirs = seed::board(&transaction, CANARY, now).await;
        transaction.commit().await.expect("the rows of two boards");
        db.close().await.expect("a database that closes");
        Some(Self { snapshot: database.freeze().await, ours, theirs })
    }
}
