//! What every resolver and action receives: who calls, what they may see, the time, and the database.

mod follow;
mod kept;
mod once;
mod problem;
mod told;
mod write;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_graphql::{Context, Data};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Amsterdam;
use glans_entity::ids::BoardId;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;
use tokio::sync::Mutex;

use crate::access::{self, Action, Actor, PersonActor, Place, Standing};
use crate::app::App;
use crate::identity::passwords::hashing::Hashing;
use crate::loaders;
use crate::metrics::engagement::Allowance;
use crate::metrics::queries::Questions;
use crate::people::access_log::Opened;
use crate::platform::error::{Code, Result, coded};
use crate::platform::opaque::{Boxed, Opaque};
use crate::replay::Replayed;
use crate::sync::Marked;
use crate::turns::Turns;

pub use follow::{Events, Follow};
pub use once::Act;
pub use told::Told;
pub use write::Write;

/// One request.
pub struct Call {
    app: Arc<App>,
    standing: RwLock<Arc<Standing>>,
    snapshot: Opaque<Mutex<Option<Arc<DatabaseTransaction>>>>,
    writes: AtomicU32,
    hashing: Hashing,
    /// Names the request in answers, logs and the audit log.
    pub request_id: String,
    /// Languages that the client asked for, most wanted first.
    pub languages: Vec<String>,
    /// Languages that the answer is in.
    pub told: Arc<Told>,
    /// The records that the request opened, for the access log.
    pub opened: Arc<Opened>,
    /// How many figures of engagement it may still be answered with.
    pub figures: Allowance,
    /// What it asked of metrics, for their log.
    pub questions: Questions,
    /// Up to where a sync has what the request wrote.
    pub marked: Marked,
    /// Where the request comes from, for throttling only; never logged.
    pub address: Option<std::net::IpAddr>,
    /// The board that the request named, if it named one.
    pub board: Option<BoardId>,
}

impl Call {
    /// A request of `standing`.
    pub fn new(app: Arc<App>, standing: Arc<Standing>, request_id: String) -> Self {
        let hashing = app.identity.hashing.of_request();
        Self {
            app,
            standing: RwLock::new(standing),
            snapshot: Opaque::default(),
            writes: AtomicU32::new(0),
            hashing,
            request_id,
            languages: Vec::new(),
            told: Arc::default(),
            opened: Arc::default(),
            figures: Allowance::default(),
            questions: Questions::default(),
            marked: Marked::default(),
            address: None,
            board: None,
        }
    }

    /// The same request, of which nothing has happened yet.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self {
            hashing: self.hashing.clone(),
            languages: self.languages.clone(),
            told: Arc::clone(&self.told),
            opened: Arc::clone(&self.opened),
            questions: self.questions.again(),
            address: self.address,
            board: self.board,
            ..Self::new(Arc::clone(&self.app), self.standing(), self.request_id.clone())
        }
    }

    /// The program itself at work, as `import duo`.
    pub fn system(app: &Arc<App>, command: &'static str) -> Self {
        let standing =
            Standing { actor: Actor::System(command), scope: Arc::new(Scope::system(today(app.clock.now()))) };
        Self::new(Arc::clone(app), Arc::new(standing), command.to_owned())
    }

    /// The call that this resolver is part of.
    pub fn of<'c>(ctx: &Context<'c>) -> &'c Self {
        ctx.data_unchecked::<Arc<Self>>()
    }

    /// As [`Call::of`], for a stream that outlives its resolver.
    pub fn shared(ctx: &Context<'_>) -> Arc<Self> {
        Arc::clone(ctx.data_unchecked::<Arc<Self>>())
    }

    /// What the resolvers of this request find in their context: the call, and the batches that they share.
    pub fn into_data(self) -> Data {
        let call = Arc::new(self);
        let mut data = Data::default();
        let turns = Turns::default();
        data.insert(loaders::of(Arc::clone(&call), turns.clone()));
        data.insert(turns);
        data.insert(Arc::new(Replayed::default()));
        data.insert(call);
        data
    }

    /// What the process shares.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Who calls, and what they may see.
    pub fn standing(&self) -> Arc<Standing> {
        Arc::clone(&self.standing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What they may see.
    pub fn scope(&self) -> Arc<Scope> {
        Arc::clone(&self.standing().scope)
    }

    /// Where passwords are hashed. However many this request asks for, it does not wait longer than for one.
    pub fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// The time of this request.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// The day of this request in the Netherlands.
    pub fn today(&self) -> NaiveDate {
        today(self.now())
    }

    /// Whether `board` is closed to what the caller would change there by `action`.
    pub fn is_closed(&self, board: BoardId, action: Action) -> bool {
        access::is_closed(&self.standing().actor, action, &Place::board(board))
    }

    /// Refuses who is not signed in.
    pub fn signed_in(&self) -> Result<()> {
        match self.standing().actor {
            Actor::Anonymous => Err(coded(Code::Unauthenticated, access::SIGN_IN)),
            _ => Ok(()),
        }
    }

    /// The signed-in human being.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for who is not signed in; `FORBIDDEN` for a client or command, which has no account.
    pub fn person(&self) -> Result<Arc<PersonActor>> {
        self.signed_in()?;
        let standing = self.standing();
        let person = standing.actor.person().map(Arc::clone);
        person.ok_or_else(|| coded(Code::Forbidden, "Only a person can do this, not an API client."))
    }

    /// The snapshot that this request reads from; one transaction, begun when first asked for.
    pub fn read(&self) -> Boxed<'_, Result<Arc<DatabaseTransaction>>> {
        Box::pin(async {
            let mut snapshot = self.snapshot.lock().await;
            if let Some(open) = &*snapshot {
                return Ok(Arc::clone(open));
            }
            let (db, scope) = (&self.app.db, self.scope());
            let is_program = matches!(self.standing().actor, Actor::System(_));
            let open = Arc::new(if is_program { db.read(&scope).await? } else { db.read_soon(&scope).await? });
            *snapshot = Some(Arc::clone(&open));
            Ok(open)
        })
    }

    /// A snapshot of its own that sees all boards: for sign-in, which comes before any scope. Give it back at once.
    pub async fn read_as_system(&self) -> Result<DatabaseTransaction> {
        Ok(self.app.db.look_up(self.today()).await?)
    }

    /// Begins a write transaction in the scope of this call.
    pub fn write(&self) -> Boxed<'_, Result<Write<'_>>> {
        Box::pin(async { Write::begin(self, &self.scope()).await })
    }

    /// As [`Call::write`], where the program itself does what somebody waits for.
    pub fn write_soon(&self) -> Boxed<'_, Result<Write<'_>>> {
        Box::pin(async { Write::begin_soon(self, &self.scope()).await })
    }

    /// Begins a write transaction that sees all boards: for sign-in, and for acts that make a board.
    pub fn write_as_system(&self) -> Boxed<'_, Result<Write<'_>>> {
        Box::pin(async { Write::begin(self, &Scope::system(self.today())).await })
    }

    /// How often something was committed by this call, or by one that it repeats.
    pub fn writes(&self) -> u32 {
        self.writes.load(Ordering::Relaxed)
    }

    fn wrote(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }

    /// From here on the call acts as `standing`: a sign-in answers with the viewer it made.
    pub async fn stand_as(&self, standing: Arc<Standing>) {
        self.renew(standing);
        self.look_again().await;
    }

    /// As [`Call::stand_as`], from the next snapshot on.
    pub fn renew(&self, standing: Arc<Standing>) {
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// The next read sees what was committed since.
    pub fn look_again(&self) -> Boxed<'_, ()> {
        Box::pin(async { *self.snapshot.lock().await = None })
    }

    /// The next read sees what was committed since, as far as the caller may see it by now.
    pub fn stand_anew(&self) -> Boxed<'_, Result<()>> {
        Box::pin(async {
            let standing = self.standing();
            if let Actor::Person(person) = &standing.actor {
                let fresh = self.app.standings.of_account(&self.app, person.account, person.session, self.board);
                self.renew(fresh.await?);
            }
            self.look_again().await;
            Ok(())
        })
    }
}

/// The calendar day in the Netherlands, where the boards are.
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Amsterdam).date_naive()
}

/// When that day begins in the Netherlands.
pub fn begin(on: NaiveDate) -> DateTime<Utc> {
    let midnight = on.and_time(NaiveTime::MIN);
    Amsterdam.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}
