//! Threads: what guardians and staff write to each other about a child, who may read it, and when it arrives.

mod arrival;
mod families;
mod following;
mod reading;
mod rules;
mod succession;
mod writing;

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeZone, Utc, Weekday};
use glans::engagement::contact_rules::rules::zone;
use glans_entity::engagement::{RecipientKind, recipient, talk_choice};
use glans_entity::ids::{AccountId, PersonId, ThreadId};
use glans_entity::people::{enrolment, membership, student};
use glans_entity::platform::outbox;
use glans_entity::scope::Scoped;
use glans_tests::{Who, World};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::ask::{act, ask, ask_as, codes};

const NONE: [&str; 0] = [];
const THREAD: &str = "query($id: ID!) { thread(id: $id) { subject unread isClosed replyDueBy viewerCanWrite
    participants { displayName } guardianNames messages { nodes { body authorName isFromStaff } } } }";
const THREADS: &str = "query($student: ID, $unread: Boolean) {
    threads(student: $student, unreadOnly: $unread) { totalCount nodes { id subject unread } } }";
const RECEIVED: &str = "subscription($thread: ID, $after: String) { messageReceived(thread: $thread, after: $after) {
    cursor message { body } } }";

/// Turns the clock to the next such day and time in the Netherlands, at least a day from now.
fn turn_to(world: &World, weekday: Weekday, hour: u32, minute: u32) -> DateTime<Utc> {
    let (zone, now) = (zone("Europe/Amsterdam"), world.app.clock.now());
    let mut day = now.with_timezone(&zone).date_naive() + Days::new(1);
    while day.weekday() != weekday {
        day = day + Days::new(1);
    }
    let local = day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap());
    let wanted = zone.from_local_datetime(&local).unwrap().with_timezone(&Utc);
    world.app.clock.turn(wanted - now);
    wanted
}

/// Turns the clock to a night in which the school is not reached, twelve hours before it is.
pub fn turn_to_night(world: &World) {
    turn_to(world, Weekday::Sun, 21, 0);
}

/// What the guardians of the first child say: to talk apart or not.
async fn choose(world: &World, guardian: PersonId, apart: bool) {
    let (db, now) = (world.app.db.write(&world.everywhere()).await.unwrap(), world.app.clock.now());
    let row = talk_choice::Model {
        student_id: world.ours.students[0],
        guardian_id: guardian,
        board_id: world.ours.id,
        apart,
        chosen_by: guardian,
        chosen_at: now,
    };
    talk_choice::Entity::delete_many().filter(talk_choice::Column::GuardianId.eq(guardian)).exec(&db).await.unwrap();
    talk_choice::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    db.commit().await.unwrap();
}

/// Ilse and Hanna are both parents of the first child, and go together.
async fn together(world: &World) -> [AccountId; 2] {
    let [ilse, hanna] = world.ours.guardians;
    world.guardian_of_another(hanna, world.ours.students[0]).await;
    choose(world, ilse.person, false).await;
    choose(world, hanna.person, false).await;
    [ilse.account, hanna.account]
}

async fn set_access(world: &World, access: &str) {
    let input = json!({ "id": world.ours.guardianships[0], "access": access });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", input).await), NONE);
}

/// Changes the memberships of `person`.
async fn set_role(world: &World, person: PersonId, column: membership::Column, value: Expr) {
    let db = world.writing().await;
    let update = membership::Entity::update_many().filter(membership::Column::PersonId.eq(person));
    update.col_expr(column, value).exec(&db).await.unwrap();
    world.written(db).await;
}

/// All roles of `person` end now.
pub async fn end_roles(world: &World, person: PersonId) {
    let now = world.app.clock.now();
    set_role(world, person, membership::Column::UpdatedAt, Expr::value(now)).await;
    set_role(world, person, membership::Column::EndedAt, Expr::value(now)).await;
}

/// The first child goes to the second school, and is in no group there yet.
async fn change_school(world: &World) {
    let (db, child) = (world.writing().await, world.ours.students[0]);
    let school = Expr::value(world.ours.schools[1].0);
    let moved = student::Entity::update_many().filter(student::Column::Id.eq(child));
    moved.col_expr(student::Column::SchoolId, school).exec(&db).await.unwrap();
    enrolment::Entity::delete_many().filter(enrolment::Column::StudentId.eq(child)).exec(&db).await.unwrap();
    world.written(db).await;
}

fn started(world: &World) -> Value {
    json!({ "student": world.ours.students[0], "subject": " Rekenen ", "body": "Hoe gaat het rekenen?" })
}

/// A thread that `who` begins about the first child.
async fn start(world: &World, who: Who) -> ThreadId {
    let made = act(world, who, "threadStart", "thread { id }", started(world)).await;
    assert_eq!(codes(&made), NONE, "{made}");
    made["thread"]["id"].as_str().unwrap().parse().unwrap()
}

fn words(thread: ThreadId, body: &str) -> Value {
    json!({ "thread": thread, "body": body })
}

async fn say(world: &World, who: Who, thread: ThreadId, body: &str) -> String {
    let sent = act(world, who, "messageSend", "message { id }", words(thread, body)).await;
    assert_eq!(codes(&sent), NONE, "{sent}");
    sent["message"]["id"].as_str().unwrap().to_owned()
}

/// The messages of the thread that the login sees; none where it sees no thread.
async fn bodies(world: &World, account: AccountId, thread: ThreadId) -> Option<Vec<String>> {
    let seen = ask_as(world, account, THREAD, json!({ "id": thread })).await;
    let nodes = seen["thread"]["messages"]["nodes"].as_array()?;
    Some(nodes.iter().map(|node| node["body"].as_str().unwrap().to_owned()).collect())
}

/// The threads of the first child in a list, without that of the seed.
async fn listed(world: &World, who: Who, more: Value) -> Vec<String> {
    let mut asked = json!({ "student": world.ours.students[0] });
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let seen = ask(world, who, THREADS, asked).await;
    let nodes = seen["threads"]["nodes"].as_array().unwrap();
    let ids = nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned());
    ids.filter(|id| *id != world.ours.threads[0].to_string()).collect()
}

/// In whose lists the thread stands, and where.
async fn told_of(world: &World, thread: ThreadId) -> Vec<(PersonId, DateTime<Utc>)> {
    let db = world.app.db.look_up(world.everywhere().on).await.unwrap();
    let rows = recipient::Entity::within(&world.everywhere())
        .filter(recipient::Column::ItemId.eq(thread.0))
        .filter(recipient::Column::Kind.eq(RecipientKind::Thread))
        .order_by_asc(recipient::Column::PersonId);
    rows.all(&db).await.unwrap().into_iter().map(|row| (row.person_id, row.at)).collect()
}

async fn events(world: &World, kind: &str) -> usize {
    let db = world.app.db.look_up(world.everywhere().on).await.unwrap();
    let rows = outbox::Entity::find().filter(outbox::Column::Kind.eq(kind));
    rows.all(&db).await.unwrap().len()
}
