//! What outlives a test: a runtime, and in it the connections to a database that is as new.
//!
//! A room goes to a test of the same kind, and only when nothing of the one before is left in it.

use std::any::type_name;
use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

use crate::engine::Engine;
use crate::ground::{Ground, Left, PATIENCE};
use crate::maintenance;

/// Of those that nobody is in, each has a ground.
static FREE: Mutex<Vec<(Room, Ground)>> = Mutex::new(Vec::new());

thread_local! {
    /// What the room of the test that runs here has for it.
    static IN_HAND: RefCell<Option<Ground>> = const { RefCell::new(None) };
}

/// The ground that is there already, once.
pub(crate) fn in_hand() -> Option<Ground> {
    IN_HAND.take()
}

/// Where a test runs.
pub(crate) struct Room {
    kind: (&'static str, Engine),
    runtime: Option<Runtime>,
}

impl Room {
    /// One for a test with this setting on this engine.
    pub(crate) fn enter<S>(engine: Engine) -> Self {
        let kind = (type_name::<S>(), engine);
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        match free.iter().position(|(room, _)| room.kind == kind) {
            Some(at) => {
                let (room, ground) = free.swap_remove(at);
                IN_HAND.set(Some(ground));
                room
            }
            None => Self { kind, runtime: Some(runtime()) },
        }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("a room has one until it is dropped")
    }

    /// How much goes on.
    pub(crate) fn tasks(&self) -> usize {
        self.runtime().metrics().num_alive_tasks()
    }

    /// Leaves the room to the next test, if no more goes on than `at_rest`.
    pub(crate) fn leave(self, left: Left, at_rest: usize) {
        match left {
            Left { database, db: Some(db) } if database.can_be_brought_back() && self.comes_to_rest(at_rest) => {
                maintenance::in_background(self.tidied(Ground { database, db }));
            }
            left => self.close(left),
        }
    }

    /// Ends what the test left running, so that it does not disturb the next one.
    pub(crate) fn close(mut self, left: Left) {
        let database = self.runtime().block_on(left.closed());
        drop(self.runtime.take());
        database.remove_later();
    }

    fn comes_to_rest(&self, at_rest: usize) -> bool {
        self.runtime().block_on(async {
            for _ in 0..PATIENCE {
                if self.tasks() <= at_rest {
                    return true;
                }
                sleep(Duration::from_millis(1)).await;
            }
            false
        })
    }

    async fn tidied(self, ground: Ground) {
        if let Some(ground) = ground.brought_back().await {
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push((self, ground));
        }
    }
}

impl Drop for Room {
    /// A runtime must not be waited for within another.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
