//! What the tests stand on: a database per test on each engine.
//!
//! A test is a plain async function that borrows its setting; [`on_each_database!`] at the end of a file makes of each
//! a test on SQLite and one on PostgreSQL. One that is forgotten there is an unused function, which CI refuses.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a harness that cannot go on fails its test"
)]

mod actor;
pub mod cluster;
mod database;
mod engine;
mod gateway;
mod ground;
mod maintenance;
mod nats;
mod ports;
pub mod post_office;
mod program;
mod reply;
mod room;
mod scratch;
pub mod seed;
mod server;
mod setting;
mod site;
mod sqlite_file;
mod template;
mod world;

pub use actor::Actor;
pub use database::{Snapshot, TestDatabase};
pub use engine::Engine;
pub use gateway::{Accepted, FakeGateway, Hooked};
pub use ground::{Ground, Left};
pub use nats::Nats;
pub use ports::lasting_port;
pub use program::Program;
pub use reply::Reply;
pub use setting::{EmptyDatabase, Setting, run};
pub use world::{Answer, Who, World};

/// Makes of each async function a test on SQLite and one on PostgreSQL:
/// `events::postgres::answers_are_taken_until_a_time`.
#[macro_export]
macro_rules! on_each_database {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { $crate::run($crate::Engine::Sqlite, super::$test); })+
        }
        mod postgres {
            $(#[test] fn $test() { $crate::run($crate::Engine::Postgres, super::$test); })+
        }
    };
}
