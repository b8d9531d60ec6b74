//! A transaction in which something is changed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;

use super::Call;
use crate::access::{self, Action, Actor, Permit, Place};
use crate::metrics;
use crate::platform::error::Result;
use crate::platform::opaque::Boxed;
use crate::platform::outbox::{self, Event};

/// A write transaction of a call. Dropped without a commit, it leaves nothing behind.
pub struct Write<'c> {
    call: &'c Call,
    db: DatabaseTransaction,
    rights_changed: AtomicBool,
    emitted: AtomicBool,
    woken: Mutex<Vec<String>>,
}

impl<'c> Write<'c> {
    /// Begins one in `scope`.
    pub(super) async fn begin(call: &'c Call, scope: &Scope) -> Result<Self> {
        // Whom nobody waits for may wait long itself: an import for another one, what is due for an import.
        let is_program = matches!(call.standing().actor, Actor::System(_));
        Self::with_patience(call, scope, is_program).await
    }

    /// As [`Write::begin`], where somebody waits for it whoever the call is of.
    pub(super) async fn begin_soon(call: &'c Call, scope: &Scope) -> Result<Self> {
        Self::with_patience(call, scope, false).await
    }

    /// Who waits for the writer keeps no reader from others.
    async fn with_patience(call: &'c Call, scope: &Scope, is_long: bool) -> Result<Self> {
        call.look_again().await;
        let db = if is_long { call.app.db.write(scope).await? } else { call.app.db.write_soon(scope).await? };
        Ok(Self { call, db, rights_changed: false.into(), emitted: false.into(), woken: Mutex::default() })
    }

    /// The call that writes.
    pub fn call(&self) -> &'c Call {
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

    /// Writes an event of the permitted act to the outbox, and what it counts for.
    pub fn emit<'a>(&'a self, permit: &'a Permit, event: Event) -> Boxed<'a, Result<()>> {
        Box::pin(async move {
            if let Some(board) = permit.board() {
                metrics::record(&self.db, board, &event, self.now()).await?;
            }
            outbox::emit(&self.db, permit.board(), event, self.now()).await?;
            self.emitted.store(true, Ordering::Relaxed);
            Ok(())
        })
    }

    /// Memberships or guardianships change with this act: what was kept of them is void after the commit.
    pub fn rights_change(&self) {
        self.rights_changed.store(true, Ordering::Relaxed);
    }

    /// Wakes who follows `topic` after the commit.
    pub fn wake(&self, topic: impl std::fmt::Display) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push(topic.to_string());
    }

    /// Commits.
    pub async fn commit(self) -> Result<()> {
        let Self { call, db, rights_changed, emitted, woken } = self;
        db.commit().await?;
        call.wrote();
        for topic in woken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            call.app.bus.publish(&topic).await;
        }
        if emitted.into_inner() {
            // Other processes look by themselves.
            call.app.bus.wake(outbox::TOPIC);
        }
        if rights_changed.into_inner() {
            call.app.standings.forget_all();
            return call.stand_anew().await;
        }
        call.look_again().await;
        Ok(())
    }
}
