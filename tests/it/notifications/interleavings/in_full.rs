//! The same, as often as it takes to trust it.

use glans_tests::{Engine, World, run};

use super::count_or;
use super::digests::raced_digests;
use super::erasures::erased;
use super::phones::former_users;
use super::wishes::withdrawn_wishes;

async fn users(world: &World) {
    former_users(world, count_or(1_000)).await;
}

async fn erasures(world: &World) {
    erased(world, count_or(1_000)).await;
}

async fn wishes(world: &World) {
    withdrawn_wishes(world, count_or(10_000)).await;
}

async fn digests(world: &World) {
    raced_digests(world, count_or(1_000)).await;
}

#[test]
#[ignore = "takes minutes"]
fn former_users_on_sqlite() {
    run(Engine::Sqlite, users);
}

#[test]
#[ignore = "takes minutes"]
fn former_users_on_postgres() {
    run(Engine::Postgres, users);
}

#[test]
#[ignore = "takes minutes"]
fn erasures_on_sqlite() {
    run(Engine::Sqlite, erasures);
}

#[test]
#[ignore = "takes minutes"]
fn erasures_on_postgres() {
    run(Engine::Postgres, erasures);
}

#[test]
#[ignore = "takes minutes"]
fn withdrawn_wishes_on_sqlite() {
    run(Engine::Sqlite, wishes);
}

#[test]
#[ignore = "takes minutes"]
fn withdrawn_wishes_on_postgres() {
    run(Engine::Postgres, wishes);
}

#[test]
#[ignore = "takes minutes"]
fn digests_on_sqlite() {
    run(Engine::Sqlite, digests);
}

#[test]
#[ignore = "takes minutes"]
fn digests_on_postgres() {
    run(Engine::Postgres, digests);
}
