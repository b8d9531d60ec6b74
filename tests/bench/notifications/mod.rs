//! What notifications promise: how soon a whole board is told and another is not kept waiting, and that no fault of a
//! gateway costs anybody a device.

mod alarm;
mod fan_out;
mod tokens;

use glans::platform::db::Database;
use glans_tests::{Engine, TestDatabase};
use sea_orm::{ConnectionTrait, DbBackend};

/// Each on both databases, one line of a table for each.
pub(crate) async fn measure_fan_out(guardians: usize) {
    fan_out::head();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::migrated(engine).await else {
            println!("{engine} is not there");
            continue;
        };
        fan_out::line(engine, &fan_out::measure(database.url(), guardians).await);
        database.remove().await;
    }
    alarm::head();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::migrated(engine).await else { continue };
        alarm::line(engine, &alarm::measure(database.url(), guardians).await);
        database.remove().await;
    }
}

/// The same for what becomes of devices.
pub(crate) async fn measure_tokens(live: usize, dead: usize) {
    tokens::head();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::migrated(engine).await else {
            println!("{engine} is not there");
            continue;
        };
        tokens::line(engine, &tokens::measure(database.url(), live, dead).await);
        database.remove().await;
    }
}

/// What PostgreSQL finds out by itself of a database that was not filled a moment ago.
async fn analyse(db: &Database) {
    if db.backend() == DbBackend::Postgres {
        db.connection().execute_unprepared("ANALYZE").await.expect("a database of ours");
    }
}
