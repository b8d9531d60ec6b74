//! The program over a database with two boards in it.

mod actors;
mod asking;
mod boards;
mod more;
mod who;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use glans::app::App;
use glans::call::today;
use glans::graphql::{GlansSchema, schema};
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;
use tokio::sync::OnceCell;

use crate::database::TestDatabase;
use crate::engine::Engine;
use crate::ground::{Ground, Left};
use crate::seed::{Board, CANARY, Sower};
use crate::setting::Setting;
use crate::site::Site;

pub use asking::Answer;
use boards::Boards;
pub use who::Who;

/// How long answers of a subscription are waited for.
const PATIENCE: Duration = Duration::from_mins(1);
/// The same for all worlds.
static SCHEMA: LazyLock<GlansSchema> = LazyLock::new(schema);

/// The program, and two boards. Every test has a world of its own.
pub struct World {
    pub app: Arc<App>,
    /// The board of the people that the tests are about.
    pub ours: Board,
    /// A board that has nothing to do with it; all its texts are canaries.
    pub theirs: Board,
    schema: GlansSchema,
    database: TestDatabase,
    server: OnceCell<Site>,
}

impl World {
    /// Sows more rows into `board`. What was known of rights is forgotten.
    pub async fn sow<T>(&self, board: &Board, sow: impl AsyncFnOnce(&Sower<'_>) -> T) -> T {
        let now = self.app.clock.now();
        let transaction = self.app.db.write(&Scope::system(today(now))).await.expect("a transaction");
        let mark = if board.id == self.theirs.id { CANARY } else { "" };
        let sown = sow(&Sower { db: &transaction, board: board.id, mark, now }).await;
        transaction.commit().await.expect("more rows");
        self.app.standings.forget_all();
        sown
    }

    /// All boards, today.
    pub fn everywhere(&self) -> Scope {
        Scope::system(today(self.app.clock.now()))
    }

    /// A transaction past the API, for what a test needs to be there. End it with [`World::written`].
    pub async fn writing(&self) -> DatabaseTransaction {
        self.app.db.write(&self.everywhere()).await.expect("a transaction")
    }

    /// Commits; what was kept of rights is void.
    pub async fn written(&self, db: DatabaseTransaction) {
        db.commit().await.expect("what a test wrote");
        self.app.standings.forget_all();
    }

    async fn server(&self) -> &Site {
        self.server.get_or_init(|| Site::start(&self.app)).await
    }

    pub fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// As it was before anything was done in it. Nobody may have spoken HTTP.
    pub async fn renewed(self) -> Self {
        assert!(!self.server.initialized(), "a server would go on with what it knows");
        let engine = self.engine();
        let ground = Ground { database: self.database, db: self.app.db.clone() };
        if let Some(ground) = ground.brought_back().await {
            return Self::over(ground, &self.ours, &self.theirs);
        }
        Self::prepare(engine).await.expect("the engine was there a moment ago")
    }

    fn over(ground: Ground, ours: &Board, theirs: &Board) -> Self {
        let Ground { database, db } = ground;
        let secret_key = Some(BASE64_STANDARD.encode([7; 32]));
        let config = Config { database_url: database.url().to_owned(), secret_key, ..Config::default() };
        let app = App::new(config, db, Clock::default()).expect("a sound configuration");
        Self { app, ours: *ours, theirs: *theirs, schema: SCHEMA.clone(), database, server: OnceCell::new() }
    }
}

impl Setting for World {
    async fn prepare(engine: Engine) -> Option<Self> {
        let Boards { snapshot, ours, theirs } = Boards::of(engine)?;
        Some(Self::over(Ground::copy(snapshot).await, ours, theirs))
    }

    async fn remove(self) -> Left {
        if let Some(server) = self.server.into_inner() {
            server.stop();
        }
        Left::of(self.database, self.app).await
    }
}
