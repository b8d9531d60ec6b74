//! What a test is given, and how it is run.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use chrono::TimeDelta;
use glans::call::today;
use glans::platform::clock::Clock;
use tokio::time::sleep;

use crate::database::TestDatabase;
use crate::engine::Engine;
use crate::ground::Left;
use crate::room::Room;

/// What a test works in. It is prepared before and removed after, whether the test passes or not.
pub trait Setting: Sized {
    /// None where this engine is not there.
    fn prepare(engine: Engine) -> impl Future<Output = Option<Self>>;
    /// What is left when the test is over: to be removed when nothing of it runs any more.
    fn remove(self) -> impl Future<Output = Left>;
}

/// Runs a test on an engine; where the engine is not there it passes, and the harness has said so in its first line.
pub fn run<S: Setting>(engine: Engine, test: impl AsyncFnOnce(&S)) {
    crate::engine::postgres_source();
    let room = Room::enter::<S>(engine);
    room.runtime().block_on(the_day_lasts());
    let Some(setting) = room.runtime().block_on(S::prepare(engine)) else {
        return;
    };
    let at_rest = room.tasks();
    let outcome = catch_unwind(AssertUnwindSafe(|| room.runtime().block_on(test(&setting))));
    let left = room.runtime().block_on(setting.remove());
    match outcome {
        Ok(()) => room.leave(left, at_rest),
        Err(panic) => {
            room.close(left);
            resume_unwind(panic);
        }
    }
}

/// Waits for midnight where it would come in the middle of a test: what is of today would be of yesterday.
async fn the_day_lasts() {
    /// Longer than nearly all tests take.
    const SECONDS: u32 = 20;
    let now = Clock::default().now();
    if today(now) != today(now + TimeDelta::seconds(SECONDS.into())) {
        sleep(Duration::from_secs(SECONDS.into())).await;
    }
}

/// A database without a table, for tests of the migrations themselves.
#[derive(Debug)]
pub struct EmptyDatabase(TestDatabase);

impl EmptyDatabase {
    pub fn engine(&self) -> Engine {
        self.0.engine()
    }

    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// The same for a superuser, to look only; none on SQLite, and where nobody says who is one.
    pub fn superuser_url(&self) -> Option<String> {
        self.0.superuser_url()
    }
}

impl Setting for EmptyDatabase {
    async fn prepare(engine: Engine) -> Option<Self> {
        TestDatabase::empty(engine).await.map(Self)
    }

    async fn remove(self) -> Left {
        Left { database: self.0, db: None }
    }
}
