//! Running an act once per `clientMutationId`.

use std::sync::Arc;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Context, Name, Value};
use glans_entity::scope::Scope;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Call, Write, kept};
use crate::loaders;
use crate::node;
use crate::platform::error::{Code, Error, Result, coded};
use crate::platform::idempotency::Key;
use crate::platform::opaque::Boxed;
use crate::platform::text::Checks;
use crate::replay::Replayed;

/// Fields of which not even a digest is kept beside who sent them: what is answered to an anonymous survey could be guessed
/// from it.
const KEPT_OUT: [(&str, &str); 1] = [("surveyRespond", "answers")];

/// A boxed future that borrows from the write it runs in.
pub type Act<'w, T> = Boxed<'w, Result<T>>;

impl Call {
    /// Runs `act` in a transaction, once per `clientMutationId`, and commits it.
    ///
    /// An earlier answer under the same id is given again and `extensions.replayed` says so; without what the caller may not
    /// see any more.
    ///
    /// An update is refused where its input has null for what cannot be cleared.
    pub fn once<'a, T, F>(&'a self, ctx: &'a Context<'_>, act: F) -> Boxed<'a, Result<T>>
    where
        T: Serialize + DeserializeOwned + Send + 'a,
        F: for<'w> FnOnce(&'w Write<'w>) -> Act<'w, T> + Send + 'a,
    {
        Box::pin(async move {
            self.signed_in()?;
            self.once_in(ctx, self.scope(), act).await
        })
    }

    /// As [`Call::once`], in a transaction that sees all boards.
    pub fn once_as_system<'a, T, F>(&'a self, ctx: &'a Context<'_>, act: F) -> Boxed<'a, Result<T>>
    where
        T: Serialize + DeserializeOwned + Send + 'a,
        F: for<'w> FnOnce(&'w Write<'w>) -> Act<'w, T> + Send + 'a,
    {
        Box::pin(self.once_in(ctx, Arc::new(Scope::system(self.today())), act))
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
        let (key, kept) = self.asked(ctx)?;
        let _busy = key.as_ref().map(|key| self.app.in_progress.begin(key)).transpose()?;
        let write = Write::begin(self, &scope).await?;
        let earlier = match &key {
            Some(key) => key.answer(write.db(), self.now()).await?,
            None => None,
        };
        if let Some(answer) = earlier {
            drop(write);
            return self.again(ctx, answer).await;
        }
        // After the act, so that what it refuses is told with it; what it wrote is not committed.
        let done = kept.with(act(&write).await)?;
        if let Some(key) = &key {
            key.keep(write.db(), serde_json::to_value(&done).map_err(Error::fault)?, self.now()).await?;
        }
        write.commit().await?;
        Ok(done)
    }

    /// The answer of an earlier request, for who the caller is now: their rights may have changed since, or by it.
    async fn again<T: DeserializeOwned>(&self, ctx: &Context<'_>, answer: serde_json::Value) -> Result<T> {
        if let Some(replayed) = ctx.data_opt::<Arc<Replayed>>() {
            replayed.set();
        }
        self.wrote();
        self.stand_anew().await?;
        if node::in_sight(ctx, &answer).await? {
            return serde_json::from_value(answer).map_err(Error::fault);
        }
        Err(Error::DoneOutOfSight)
    }

    /// Under which key the act is remembered, and what of its input would clear what cannot be cleared.
    fn asked(&self, ctx: &Context<'_>) -> Result<(Option<Key>, Checks)> {
        let field = ctx.field();
        let arguments = field.arguments().map_err(|error| coded(Code::BadUserInput, error.message))?;
        let Some(Value::Object(input)) = arguments.iter().find(|(name, _)| name == "input").map(|(_, value)| value)
        else {
            return Ok((None, Checks::default()));
        };
        Ok((self.idempotency_key(field.name(), input)?, kept::checks(field.name(), input)))
    }

    fn idempotency_key(&self, mutation: &str, input: &IndexMap<Name, Value>) -> Result<Option<Key>> {
        let (Some(Value::String(key)), Some(actor)) = (input.get("clientMutationId"), self.standing().actor.id())
        else {
            return Ok(None);
        };
        let mut telling = sorted(input);
        telling.retain(|name, _| !KEPT_OUT.contains(&(mutation, name.as_str())));
        let canonical = Value::Object(telling).to_string();
        Key::new(actor, key.clone(), mutation, &canonical).map(Some)
    }
}

/// Object fields in one order, whatever the order in which the client wrote them.
fn sorted(input: &IndexMap<Name, Value>) -> IndexMap<Name, Value> {
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
