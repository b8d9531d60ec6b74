//! What every resolver and action receives: who calls, what they may see, the time, and the database.

use std::sync::{Arc, Mutex as StdMutex, PoisonError, RwLock};

use async_graphql::{Context, Data, Value};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Amsterdam;
use glans_entity::ids::BoardId;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::access::{self, Action, Actor, Permit, PersonActor, Place, Standing};
use crate::app::App;
use crate::loaders;
use crate::platform::error::{Code, Error, Result, coded};
use crate::platform::idempotency::Key;
use crate::platform::outbox::{self, Event};
use crate::replay::Replayed;
use crate::turns::Turns;

/// A boxed future that borrows from the write it runs in.
pub type Act<'w, T> = std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send + 'w>>;

/// One request.
pub struct Call {
    app: Arc<App>,
    standing: RwLock<Arc<Standing>>,
    snapshot: Mutex<Option<Arc<DatabaseTransaction>>>,
    /// Names the request in answers, logs and the audit log.
    pub request_id: String,
    /// Languages that the client asked for, most wanted first.
    pub languages: Vec<String>,
    /// Where the request comes from, for throttling only; never logged.
    pub address: Option<std::net::IpAddr>,
    /// The board that the request named, if it named one.
    pub board: Option<BoardId>,
}

impl Call {
    /// A request of `standing`.
    pub fn new(app: Arc<App>, standing: Arc<Standing>, request_id: String) -> Self {
        Self {
            app,
            standing: RwLock::new(standing),
            snapshot: Mutex::new(None),
            request_id,
            languages: Vec::new(),
            address: None,
            board: None,
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

    /// The time of this request.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// The day of this request in the Netherlands.
    pub fn today(&self) -> NaiveDate {
        today(self.now())
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
    pub async fn read(&self) -> Result<Arc<DatabaseTransaction>> {
        let mut snapshot = self.snapshot.lock().await;
        if let Some(open) = &*snapshot {
            return Ok(Arc::clone(open));
        }
        let open = Arc::new(self.app.db.read(&self.scope()).await?);
        *snapshot = Some(Arc::clone(&open));
        Ok(open)
    }

    /// A snapshot of its own that sees all boards: for sign-in, which comes before any scope.
    pub async fn read_as_system(&self) -> Result<DatabaseTransaction> {
        Ok(self.app.db.read(&Scope::system(self.today())).await?)
    }

    /// Begins a write transaction in the scope of this call.
    pub async fn write(&self) -> Result<Write<'_>> {
        let db = self.app.db.write(&self.scope()).await?;
        Ok(Write { call: self, db, rights_changed: false.into(), woken: StdMutex::default() })
    }

    /// Begins a write transaction that sees all boards: for sign-in, and for acts that make a board.
    pub async fn write_as_system(&self) -> Result<Write<'_>> {
        let db = self.app.db.write(&Scope::system(self.today())).await?;
        Ok(Write { call: self, db, rights_changed: false.into(), woken: StdMutex::default() })
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
    pub async fn look_again(&self) {
        *self.snapshot.lock().await = None;
    }

    /// The next read sees what was committed since, as far as the caller may see it by now.
    pub async fn stand_anew(&self) -> Result<()> {
        let standing = self.standing();
        if let Actor::Person(person) = &standing.actor {
            let fresh = self.app.standings.of_account(&self.app, person.account, person.session, self.board).await?;
            self.renew(fresh);
        }
        self.look_again().await;
        Ok(())
    }

    /// Runs `act` in a transaction, once per `clientMutationId`, and commits it.
    ///
    /// An earlier answer under the same id is given again and `extensions.replayed` says so.
    pub async fn once<T, F>(&self, ctx: &Context<'_>, act: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send,
        F: for<'w> FnOnce(&'w Write<'w>) -> Act<'w, T> + Send,
    {
        self.signed_in()?;
        self.once_in(ctx, self.scope(), act).await
    }

    /// As [`Call::once`], in a transaction that sees all boards.
    pub async fn once_as_system<T, F>(&self, ctx: &Context<'_>, act: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send,
        F: for<'w> FnOnce(&'w Write<'w>) -> Act<'w, T> + Send,
    {
        self.once_in(ctx, Arc::new(Scope::system(self.today())), act).await
    }

    async fn once_in<T, F>(&self, ctx: &Context<'_>, scope: Arc<Scope>, act: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send,
        F: for<'w> FnOnce(&'w Write<'w>) -> Act<'w, T> + Send,
    {
        // What the batches keep may change with this act, and the payload must show it as it is then.
        if let Some(loaders) = ctx.data_opt::<loaders::Loaders>() {
            loaders.enable_all_cache(false);
        }
        let key = self.idempotency_key(ctx)?;
        let _busy = key.as_ref().map(|key| self.app.in_progress.begin(key)).transpose()?;
        let write = Write {
            call: self,
            db: self.app.db.write(&scope).await?,
            rights_changed: false.into(),
            woken: StdMutex::default(),
        };
        if let Some(key) = &key
            && let Some(answer) = key.answer(&write.db, self.now()).await?
        {
            if let Some(replayed) = ctx.data_opt::<Arc<Replayed>>() {
                replayed.set();
            }
            return serde_json::from_value(answer).map_err(Error::fault);
        }
        let done = act(&write).await?;
        if let Some(key) = &key {
            key.keep(&write.db, serde_json::to_value(&done).map_err(Error::fault)?, self.now()).await?;
        }
        write.commit().await?;
        Ok(done)
    }

    fn idempotency_key(&self, ctx: &Context<'_>) -> Result<Option<Key>> {
        let field = ctx.field();
        let arguments = field.arguments().map_err(|error| coded(Code::BadUserInput, error.message))?;
        let Some(Value::Object(input)) = arguments.iter().find(|(name, _)| name == "input").map(|(_, value)| value)
        else {
            return Ok(None);
        };
        let (Some(Value::String(key)), Some(actor)) = (input.get("clientMutationId"), self.standing().actor.id())
        else {
            return Ok(None);
        };
        let canonical = Value::Object(sorted(input)).to_string();
        Key::new(actor, key.clone(), field.name(), &canonical).map(Some)
    }
}

/// Object fields in one order, whatever the order in which the client wrote them.
fn sorted(
    input: &async_graphql::indexmap::IndexMap<async_graphql::Name, Value>,
) -> async_graphql::indexmap::IndexMap<async_graphql::Name, Value> {
    let mut fields: Vec<_> = input.iter().map(|(name, value)| (name.clone(), canonical(value))).collect();
    fields.sort_by(|(left, _), (right, _)| left.as_str().cmp(right.as_str()));
    fields.into_iter().collect()
}

fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(sorted(fields)),
        Value::List(items) => Value::List(items.iter().map(canonical).collect()),
        other => other.clone(),
    }
}

/// A write transaction of a call. Dropped without a commit, it leaves nothing behind.
pub struct Write<'c> {
    call: &'c Call,
    db: DatabaseTransaction,
    rights_changed: std::sync::atomic::AtomicBool,
    woken: StdMutex<Vec<String>>,
}

impl Write<'_> {
    /// The call that writes.
    pub fn call(&self) -> &Call {
        self.call
    }

    /// Where to run statements.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.db
    }

    /// What the caller may see.
    pub fn scope(&self) -> Arc<Scope> {
        self.call.scope()
    }

    /// The time of the act.
    pub fn now(&self) -> DateTime<Utc> {
        self.call.now()
    }

    /// Refuses with `FORBIDDEN` unless the caller may do `action` at `place`.
    pub fn authorize(&self, action: Action, place: Place) -> Result<Permit> {
        access::authorize(&self.call.standing().actor, action, place)
    }

    /// Writes an event of the permitted act to the outbox.
    pub async fn emit(&self, permit: &Permit, event: Event) -> Result<()> {
        Ok(outbox::emit(&self.db, permit.board(), event, self.now()).await?)
    }

    /// Memberships or guardianships change with this act: what was kept of them is void after the commit.
    pub fn rights_change(&self) {
        self.rights_changed.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Wakes who follows `topic` after the commit.
    pub fn wake(&self, topic: impl std::fmt::Display) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push(topic.to_string());
    }

    /// Commits.
    pub async fn commit(self) -> Result<()> {
        let Self { call, db, rights_changed, woken } = self;
        db.commit().await?;
        for topic in woken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            call.app.bus.publish(call.app.db.connection(), &topic).await;
        }
        if rights_changed.into_inner() {
            call.app.standings.forget_all();
            return call.stand_anew().await;
        }
        call.look_again().await;
        Ok(())
    }
}

/// The calendar day in the Netherlands, where the boards are.
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Amsterdam).date_naive()
}
