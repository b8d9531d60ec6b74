//! An event that nobody can be told of keeps nobody else waiting, and does not stay for ever. Nor does a push that
//! nobody can read, or that ends whoever has it under their hands; what was only put off is not taken for one.

mod events;
mod suspected;
mod unreadable;

use chrono::TimeDelta;
use glans::notifications::deliveries::LEASE;
use glans::notifications::deliveries::sender::Sender;
use glans::platform::dispatch::Dispatch;
use glans_entity::notifications::{Channel, PushPlatform, delivery, notification};
use glans_tests::seed::Someone;
use glans_tests::{Who, World};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::stage::{Stage, daytime, to_confirm};
use crate::announcements::published;

/// By day, Sara and Omar, for each of whom a push waits.
async fn two_who_wait(world: &World) -> (Stage<'_>, [Someone; 2]) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::Fcm, "ok-omar").await;
    published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    stage.tells().await;
    (stage, [sara, omar])
}

/// Nobody can read what somebody is told, as if a later version of the program had left it.
async fn is_broken(world: &World, someone: Someone) {
    let db = world.writing().await;
    let own = notification::Entity::update_many().filter(notification::Column::PersonId.eq(someone.person));
    let broken = own.col_expr(notification::Column::Category, Expr::value("UNHEARD_OF")).exec(&db).await.unwrap();
    assert_eq!(broken.rows_affected, 1);
    world.written(db).await;
}

/// Whose it is, its lease, and what was claimed.
type Claimed = (<Sender as Dispatch>::Owner, Uuid, Vec<delivery::Model>);

/// What a process claims at once of the channel.
pub(super) async fn claimed(sender: &Sender, channel: Channel) -> Claimed {
    claimed_if_any(sender, channel).await.expect("something is due")
}

async fn claimed_if_any(sender: &Sender, channel: Channel) -> Option<Claimed> {
    for queue in sender.owners().await.unwrap() {
        let lease = Uuid::now_v7();
        let batch = sender.claim(queue, lease).await.unwrap();
        if batch.iter().any(|row| row.channel == channel) {
            return Some((queue, lease, batch));
        }
    }
    None
}

/// The process does what it claimed, and writes what became of it.
async fn carried(sender: &Sender, (queue, lease, batch): Claimed) {
    let done = sender.carry(queue, batch).await.unwrap();
    sender.settle(queue, &done, lease).await.unwrap();
}

/// Whoever claimed something does not come back in time.
fn leases_run_out(world: &World) {
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
}
