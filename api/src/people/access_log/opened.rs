//! What one request opened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use glans_entity::ids::{BoardId, PersonId, StudentId};
use glans_entity::localized::Strings;

use super::journal;
use crate::app::App;
use crate::call::Call;

/// How long an answer waits for its lines to be written. They are written either way: a database that is busy with a
/// roster must not keep a teacher from a telephone number.
const PATIENCE: Duration = Duration::from_millis(250);

/// Whose record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Child(StudentId),
    Guardian(PersonId),
}

/// That somebody of a board opened a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Look {
    pub board: BoardId,
    pub reader: PersonId,
    pub subject: Subject,
}

/// What a request opened, and in which roles.
#[derive(Debug, Default)]
pub struct Opened(Mutex<BTreeMap<Look, Strings>>);

impl Opened {
    /// Whose records, of what is not written down yet.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        self.looks().keys().map(|look| look.subject).collect()
    }

    /// How many others it opened; none where this one is among them.
    pub(super) fn without(&self, look: &Look) -> Option<usize> {
        let looks = self.looks();
        (!looks.contains_key(look)).then(|| looks.len())
    }

    pub(super) fn add(&self, look: Look, roles: Strings) {
        self.looks().insert(look, roles);
    }

    fn take(&self) -> BTreeMap<Look, Strings> {
        std::mem::take(&mut *self.looks())
    }

    fn looks(&self) -> MutexGuard<'_, BTreeMap<Look, Strings>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What it takes to write down what a request opened, when its call has gone and has given its connection back.
#[derive(Clone)]
pub struct Pending {
    app: Arc<App>,
    opened: Arc<Opened>,
    request_id: String,
}

impl Pending {
    /// Of this request.
    pub fn of(call: &Call) -> Self {
        Self { app: Arc::clone(call.app()), opened: Arc::clone(&call.opened), request_id: call.request_id.clone() }
    }

    /// Writes down what was opened until now, before the answer goes out. What cannot be written now is kept for later.
    pub async fn settle(&self) {
        let looks = self.opened.take();
        if looks.is_empty() {
            return;
        }
        let own = self.app.access_log.add(looks, self.app.clock.now(), &self.request_id);
        if own.is_empty() {
            return;
        }
        // In a task of its own: who hangs up, or waits no longer, does not stop it halfway.
        let (app, request_id) = (Arc::clone(&self.app), self.request_id.clone());
        let writing = tokio::spawn(async move {
            if let Err(error) = journal::write_own(&app, &own).await {
                tracing::error!(?error, request_id, "the access log could not be written, which is tried again");
            }
        });
        let request_id = self.request_id.as_str();
        match tokio::time::timeout(PATIENCE, writing).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, request_id, "writing the access log broke off"),
            Err(_) => tracing::warn!(request_id, "an answer went out before its lines of the access log were written"),
        }
    }
}
