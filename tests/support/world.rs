//! The program over a database with two boards in it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_graphql::futures_util::StreamExt;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, ServerError, Variables};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use glans::access::{ClientActor, Standing, Standings};
use glans::app::App;
use glans::call::{Call, today};
use glans::graphql::{GlansSchema, schema};
use glans::identity::tokens::issue::{Subject, access_token};
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans::platform::db::Database;
use glans::platform::error::Error;
use glans_entity::ids::{AccountId, StudentId};
use glans_entity::people::GuardianAccess;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::actor::Actor;
use crate::database::{Snapshot, TestDatabase};
use crate::engine::Engine;
use crate::ground::{Ground, Left};
use crate::seed::{self, Board, CANARY, CLIENT_SCOPES, Someone, Sower};
use crate::setting::Setting;
use crate::site::Site;
use crate::template::on_own_runtime;

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
#[derive(Debug, PartialEq)]
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
                let scopes = CLIENT_SCOPES.iter().filter_map(|scope| scope.parse().ok()).collect();
                let client = ClientActor { id: board.client, board: board.id, scopes, schools: None };
                Standings::of_client(&self.app, client)
            }
            None => Standings::anonymous(&self.app),
        }
    }

    /// `who` of the first board, signed in and speaking HTTP to a server over this world.
    pub async fn actor(&self, who: Who) -> Actor {
        self.actor_in(&self.ours, who).await
    }

    /// `who` of `board`, signed in and speaking HTTP to a server over this world.
    pub async fn actor_in(&self, board: &Board, who: Who) -> Actor {
        let anonymous = Actor::anonymous(who.name(), &self.server().await.address);
        let subject = match who.account(board) {
            Some(id) => Subject::Account { id, session: None },
            None if who == Who::Client => Subject::Client { id: board.client, scope: CLIENT_SCOPES.join(" ") },
            None => return anonymous,
        };
        let token = access_token(&self.app, subject).await.unwrap_or_else(|error| panic!("no token: {error:?}"));
        anonymous.with_token(&token.text)
    }

    /// What `account` may do and see.
    pub async fn standing_of(&self, account: impl Into<AccountId>) -> Arc<Standing> {
        let account = account.into();
        let standing = self.app.standings.of_account(&self.app, account, None, None).await;
        standing.unwrap_or_else(|error| panic!("the rights of {account}: {error}"))
    }

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

    /// Somebody who is not one of [`Who`], signed in and speaking HTTP.
    pub async fn actor_of(&self, name: &str, someone: Someone) -> Actor {
        let subject = Subject::Account { id: someone.account, session: None };
        let token = access_token(&self.app, subject).await.unwrap_or_else(|error| panic!("no token: {error:?}"));
        Actor::anonymous(name, &self.server().await.address).with_token(&token.text)
    }

    /// A child more, in the first or second group of the first board.
    pub async fn child(&self, name: &str, at: usize) -> StudentId {
        let db = self.writing().await;
        let child = seed::child(&db, &self.ours, name, at).await;
        self.written(db).await;
        child
    }

    /// A guardian more, in the first board.
    pub async fn guardian(&self, name: &str, children: &[(StudentId, GuardianAccess)]) -> Someone {
        let db = self.writing().await;
        let guardian = seed::guardian(&db, &self.ours, name, children).await;
        self.written(db).await;
        guardian
    }

    /// A child of the first group with two guardians, Sara and Omar, who have everything of it and come together.
    pub async fn family(&self) -> (StudentId, Someone, Someone) {
        let child = self.child("Fien", 0).await;
        let sara = self.guardian("Sara", &[(child, GuardianAccess::Full)]).await;
        let omar = self.guardian("Omar", &[(child, GuardianAccess::Full)]).await;
        (child, sara, omar)
    }

    /// Somebody becomes a guardian of one more child of the first board, with access FULL.
    pub async fn guardian_of_another(&self, someone: Someone, child: StudentId) {
        let db = self.writing().await;
        seed::guardianship(&db, &self.ours, someone, child).await;
        self.written(db).await;
    }

    /// A teacher more, of the first or second group of the first board.
    pub async fn teacher(&self, name: &str, at: usize) -> Someone {
        let db = self.writing().await;
        let teacher = seed::teacher(&db, &self.ours, name, at).await;
        self.written(db).await;
        teacher
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

    /// Puts a document to the engine, past the transport: for tests of rights, which do not hang on it. Of a subscription
    /// the first answer.
    pub async fn execute(&self, standing: &Arc<Standing>, document: &str, variables: Value) -> Answer {
        let call = Call::new(Arc::clone(&self.app), Arc::clone(standing), "test".to_owned());
        self.execute_call(call, document, variables).await
    }

    /// As [`World::execute`], of a call that the test made.
    pub async fn execute_call(&self, call: Call, document: &str, variables: Value) -> Answer {
        let request = request(call, document, variables);
        let before = self.app.db.statement_count();
        let mut answers = self.schema.execute_stream(request);
        let mut response = answers.next().await.expect("an answer, if only of errors");
        let statements = self.app.db.statement_count() - before;
        response.errors.iter_mut().for_each(name_code);
        Answer { body: serde_json::to_value(response).expect("an answer is JSON"), statements }
    }

    /// As [`World::execute`], of a subscription so many answers.
    pub async fn follow(
        &self,
        standing: &Arc<Standing>,
        document: &str,
        variables: Value,
        answers: usize,
    ) -> Vec<Value> {
        let call = Call::new(Arc::clone(&self.app), Arc::clone(standing), "test".to_owned());
        let told = self.schema.execute_stream(request(call, document, variables)).take(answers);
        let told: Vec<_> = tokio::time::timeout(PATIENCE, told.collect()).await.expect("so many answers in time");
        let body = |mut response: Response| {
            response.errors.iter_mut().for_each(name_code);
            serde_json::to_value(response).expect("an answer is JSON")
        };
        told.into_iter().map(body).collect()
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

fn request(call: Call, document: &str, variables: Value) -> Request {
    let mut request = Request::new(document).variables(Variables::from_json(variables));
    request.data = call.into_data();
    if let Some(parsed) = parsed(document) {
        request.set_parsed_query(parsed);
    }
    request
}

/// The document, read once per process: tests put few documents, and each of them often. None of what the engine will refuse.
fn parsed(document: &str) -> Option<ExecutableDocument> {
    static READ: LazyLock<Mutex<HashMap<String, ExecutableDocument>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read.get(document) {
        return Some(known.clone());
    }
    let fresh = parse_query(document).ok()?;
    read.insert(document.to_owned(), fresh.clone());
    Some(fresh)
}

/// Writes the code of an error where the transport writes it. A fault of the program fails the test with its cause, and
/// so does a document that the engine refuses: the test is wrong then.
fn name_code(error: &mut ServerError) {
    let code = match error.source::<Error>() {
        Some(Error::Coded(code, _)) => code.name(),
        Some(Error::Fault(cause)) => panic!("a fault at {:?}: {cause}", error.path),
        Some(refused) => panic!("a refusal outside of a payload at {:?}: {refused}", error.path),
        None => panic!("the engine refuses the document of a test: {error}"),
    };
    error.extensions.get_or_insert_default().set("code", code);
}

/// The two boards, written once per engine and process; worlds copy them.
struct Boards {
    snapshot: Snapshot,
    ours: Board,
    theirs: Board,
}

impl Boards {
    fn of(engine: Engine) -> Option<&'static Self> {
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
