//! Rounds in which guardians book a conversation, as teachers and guardians use them.

mod families;
mod refused;
mod rounds;
mod slots;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::{conversation, slot_booking};
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::people::GuardianAccess;
use glans_entity::platform::outbox;
use glans_entity::scope::Scoped;
use glans_tests::{Who, World};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::ask::{act, codes};

const ROUND: &str = "bookingRound { id kind status closesAt version slots { id startsAt endsAt isAvailable } }";
const SLOTS: &str = "query($id: ID!, $free: Boolean) { bookingRound(id: $id) { slots(availableOnly: $free) {
    id isAvailable bookedFor { displayName } bookedBy { givenName } } } }";
const BOOK: &str = "slot { id bookedFor { displayName } } freeSlots { id }";

/// Four o'clock in the afternoon (UTC) of a day in March 2031, and so many minutes later.
fn at(minutes: i64) -> DateTime<Utc> {
    "2031-03-04T16:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

/// A round of the first group that is open now, with `count` slots of ten minutes from `minute` on.
fn round_of(world: &World, teacher: PersonId, minute: i64, count: i64) -> Value {
    let window = json!({ "startsAt": at(minute), "endsAt": at(minute + 10 * count) });
    json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": at(-600), "slotMinutes": 10,
        "slots": [{ "teacher": teacher, "windows": [window] }],
    })
}

/// One more class group of the first school, and a child of Bas in it.
pub async fn another_group(world: &World) -> Value {
    let ours = &world.ours;
    let group = json!({ "school": ours.schools[0], "schoolYear": ours.school_year, "name": "3b", "grades": ["3"] });
    let mut made = act(world, Who::Leader, "classGroupCreate", "classGroup { id }", group).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    let group = made["classGroup"]["id"].take();
    let child = json!({ "school": ours.schools[0], "displayName": "Lotte", "classGroups": [group] });
    let made = act(world, Who::Admin, "studentCreate", "student { id }", child).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    let child: StudentId = made["student"]["id"].as_str().unwrap().parse().unwrap();
    world.guardian("Bas", &[(child, GuardianAccess::Full)]).await;
    group
}

/// The id of a new round and those of its slots.
async fn opened(world: &World, input: Value) -> (String, Vec<String>) {
    let mut made = act(world, Who::Leader, "bookingRoundOpen", ROUND, input).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    let round = made["bookingRound"].take();
    let slots = round["slots"].as_array().unwrap().iter();
    let ids = slots.map(|slot| slot["id"].as_str().unwrap().to_owned()).collect();
    (round["id"].as_str().unwrap().to_owned(), ids)
}

async fn open(world: &World, count: i64) -> (String, Vec<String>) {
    opened(world, round_of(world, world.ours.teacher.person, 0, count)).await
}

fn book(slot: &str, student: StudentId) -> Value {
    json!({ "slot": slot, "student": student })
}

async fn bookings(world: &World) -> u64 {
    let everywhere = world.everywhere();
    let db = world.app.db.read(&everywhere).await.unwrap();
    slot_booking::Entity::within(&everywhere).count(&db).await.unwrap()
}

/// The conversations of a child, earliest first: begin, end and status.
async fn conversations(world: &World, student: StudentId) -> Vec<(DateTime<Utc>, DateTime<Utc>, String)> {
    let everywhere = world.everywhere();
    let db = world.app.db.read(&everywhere).await.unwrap();
    let rows = conversation::Entity::within(&everywhere).filter(conversation::Column::StudentId.eq(student));
    let rows = rows.order_by_asc(conversation::Column::StartsAt).order_by_asc(conversation::Column::Id).all(&db).await;
    let told = |row: conversation::Model| (row.starts_at, row.ends_at, format!("{:?}", row.status));
    rows.unwrap().into_iter().map(told).collect()
}

/// The payloads of the events of a kind, oldest first.
async fn events(world: &World, kind: &str) -> Vec<Value> {
    let db = world.writing().await;
    let rows = outbox::Entity::find().filter(outbox::Column::Kind.eq(kind)).order_by_asc(outbox::Column::Seq);
    rows.all(&db).await.unwrap().into_iter().map(|row| row.payload).collect()
}
