//! The program over a database with two boards in it.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use glans::access::{Actor, ApiScope, ClientActor, Standing, Standings};
use glans::app::App;
use glans::call::{Call, today};
use glans::graphql::{GlansSchema, schema};
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans::platform::db::Database;
use glans_entity::ids::AccountId;
use glans_entity::scope::Scope;
use serde_json::Value;

use crate::database::TestDatabase;
use crate::engine::Engine;
use crate::seed::{self, Board, CANARY};
use crate::setting::Setting;

/// The program, and two boards. Every test has a world of its own.
pub struct World {
    pub app: Arc<App>,
    /// The board of the people that the tests are about.
    pub ours: Board,
    /// A board that has nothing to do with it; all its texts are canaries.
    pub theirs: Board,
    schema: GlansSchema,
    database: TestDatabase,
}

/// Somebody of the first board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Anonymous,
    Admin,
    Director,
    Leader,
    Teacher,
    Trainer,
    Guardian,
    /// A guardian at access NONE.
    Distant,
    /// An integrator who may read the organisation and the lessons.
    Client,
}

impl Who {
    /// Everybody, in the order of the golden matrix.
    pub const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::Client,
        Self::Distant,
        Self::Guardian,
        Self::Teacher,
        Self::Trainer,
        Self::Leader,
        Self::Director,
        Self::Admin,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Admin => "admin",
            Self::Director => "director",
            Self::Leader => "leader",
            Self::Teacher => "teacher",
            Self::Trainer => "trainer",
            Self::Guardian => "guardian",
            Self::Distant => "distant",
            Self::Client => "client",
        }
    }

    /// The login in `board`; none for who has no login.
    fn account(self, board: &Board) -> Option<AccountId> {
        let someone = match self {
            Self::Anonymous | Self::Client => return None,
            Self::Admin => board.admin,
            Self::Director => board.director,
            Self::Leader => board.leader,
            Self::Teacher => board.teacher,
            Self::Trainer => board.trainer,
            Self::Guardian => board.guardians[0],
            Self::Distant => board.distant,
        };
        Some(someone.account)
    }
}

/// What the engine answered, and what it cost.
#[derive(Debug)]
pub struct Answer {
    /// `{"data": …, "errors": …}`.
    pub body: Value,
    pub statements: u64,
}

impl World {
    /// What `who` of the first board may do and see.
    pub async fn standing(&self, who: Who) -> Arc<Standing> {
        self.standing_in(&self.ours, who).await
    }

    /// What `who` of `board` may do and see.
    pub async fn standing_in(&self, board: &Board, who: Who) -> Arc<Standing> {
        match who.account(board) {
            Some(account) => {
                let standing = self.app.standings.of_account(&self.app, account, None, None).await;
                standing.unwrap_or_else(|error| panic!("the rights of the {}: {error}", who.name()))
            }
            None if who == Who::Client => {
                let scopes = vec![ApiScope::OrganisationRead, ApiScope::LessonsRead];
                let client = ClientActor { id: board.client, board: board.id, scopes, schools: None };
                Standings::of_client(&self.app, client)
            }
            None => Standings::anonymous(&self.app),
        }
    }

    /// Puts a document to the engine, past the transport: for tests of rights, which do not hang on it.
    pub async fn execute(&self, standing: &Arc<Standing>, document: &str, variables: Value) -> Answer {
        let call = Call::new(Arc::clone(&self.app), Arc::clone(standing), "test".to_owned());
        let mut request = Request::new(document).variables(Variables::from_json(variables));
        request.data = call.into_data();
        let before = self.app.db.statement_count();
        let response = self.schema.execute(request).await;
        let statements = self.app.db.statement_count() - before;
        Answer { body: serde_json::to_value(response).expect("an answer is JSON"), statements }
    }

    /// Whether this actor is signed in.
    pub fn is_anonymous(standing: &Standing) -> bool {
        matches!(standing.actor, Actor::Anonymous)
    }

    pub fn engine(&self) -> Engine {
        self.database.engine()
    }
}

impl Setting for World {
    async fn prepare(engine: Engine) -> Option<Self> {
        let database = TestDatabase::migrated(engine).await?;
        let db = Database::connect(database.url()).await.expect("a database of this test");
        let config = Config { database_url: database.url().to_owned(), ..Config::default() };
        let app = App::new(config, db, Clock::default());
        let now = app.clock.now();
        let transaction = app.db.write(&Scope::system(today(now))).await.expect("a transaction");
        let ours = seed::board(&transaction, "", now).await;
        let theirs = seed::board(&transaction, CANARY, now).await;
        transaction.commit().await.expect("the rows of two boards");
        Some(Self { app, ours, theirs, schema: schema(), database })
    }

    async fn remove(self) {
        if let Ok(app) = Arc::try_unwrap(self.app) {
            app.db.close().await.expect("a database that closes");
        }
        self.database.remove().await;
    }
}
