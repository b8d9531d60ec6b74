//! Threads: what guardians and staff write to each other about a child, who may read it, and when it arrives.

use async_graphql::futures_util::future::join_all;
use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use glans::engagement::contact_rules::rules::zone;
use glans_entity::engagement::{RecipientKind, recipient, talk_choice};
use glans_entity::ids::{AccountId, MessageId, PersonId, ThreadId};
use glans_entity::people::{enrolment, membership, student};
use glans_entity::platform::outbox;
use glans_entity::scope::Scoped;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::ask::{act, ask, ask_as, codes, refusals, statements};

mod arrival;
mod families;
mod following;
mod succession;

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

async fn a_guardian_and_a_teacher_write_to_each_other(world: &World) {
    let sent = turn_to(world, Weekday::Mon, 10, 0);
    let thread = start(world, Who::Guardian).await;
    let seen = ask(world, Who::Teacher, THREAD, json!({ "id": thread })).await["thread"].take();
    // Five working days: the end of the next Monday.
    let due = (sent + TimeDelta::days(7) + TimeDelta::minutes(450)).to_rfc3339();
    let first = json!({ "body": "Hoe gaat het rekenen?", "authorName": "Ilse de Wit", "isFromStaff": false });
    assert_eq!(
        seen,
        json!({
            "subject": "Rekenen", "unread": 1, "isClosed": false, "replyDueBy": due, "viewerCanWrite": true,
            "guardianNames": ["Ilse de Wit"], "messages": { "nodes": [first] },
            "participants": [{ "displayName": "Ilse de Wit" }, { "displayName": "Tarik de Wit" }],
        })
    );
    let answer = say(world, Who::Teacher, thread, "Goed!").await;
    let read = json!({ "thread": thread, "upTo": answer });
    let fields = "thread { unread replyDueBy }";
    let read_by_teacher = act(world, Who::Teacher, "threadRead", fields, json!({ "thread": thread })).await;
    assert_eq!(read_by_teacher["thread"], json!({ "unread": 0, "replyDueBy": null }));
    let unread = json!({ "unread": true });
    assert_eq!(listed(world, Who::Guardian, unread.clone()).await, [thread.to_string()]);
    assert_eq!(act(world, Who::Guardian, "threadRead", fields, read).await["thread"]["unread"], 0);
    assert_eq!(listed(world, Who::Guardian, unread).await, NONE);

    let readers =
        "query($id: ID!) { thread(id: $id) { messages { nodes { readBy { givenName } author { givenName } } } } }";
    for who in [Who::Teacher, Who::Guardian] {
        let seen = ask(world, who, readers, json!({ "id": thread })).await;
        let expected = json!([
            { "readBy": [{ "givenName": "Tarik" }], "author": { "givenName": "Ilse" } },
            { "readBy": [{ "givenName": "Ilse" }], "author": { "givenName": "Tarik" } },
        ]);
        assert_eq!(seen["thread"]["messages"]["nodes"], expected, "{}", who.name());
    }
    // Reading never goes back.
    let first = ask(
        world,
        Who::Guardian,
        "query($id: ID!) { thread(id: $id) { messages { nodes { id } } } }",
        json!({ "id": thread }),
    )
    .await["thread"]["messages"]["nodes"][0]["id"]
        .take();
    let back = json!({ "thread": thread, "upTo": first });
    assert_eq!(act(world, Who::Guardian, "threadRead", fields, back).await["thread"]["unread"], 0);
}

async fn messages_are_paged_both_ways(world: &World) {
    turn_to(world, Weekday::Mon, 10, 0);
    let thread = start(world, Who::Teacher).await;
    for number in 1..=4 {
        say(world, if number % 2 == 0 { Who::Teacher } else { Who::Guardian }, thread, &number.to_string()).await;
    }
    let page = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { thread(id: $id) {
        messages(first: $first, after: $after, last: $last, before: $before) { totalCount nodes { body }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }";
    let asked = async |more: Value| {
        let mut variables = json!({ "id": thread });
        variables.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(world, Who::Guardian, page, variables).await["thread"]["messages"].take()
    };
    let texts = |page: &Value| {
        let nodes = page["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let last = asked(json!({ "last": 2 })).await;
    assert_eq!((texts(&last), &last["totalCount"]), (vec!["3".to_owned(), "4".to_owned()], &json!(5)));
    assert_eq!(last["pageInfo"]["hasPreviousPage"], true);
    let before = asked(json!({ "last": 2, "before": last["pageInfo"]["startCursor"] })).await;
    assert_eq!(texts(&before), ["1", "2"]);
    let after = asked(json!({ "first": 9, "after": before["pageInfo"]["endCursor"] })).await;
    assert_eq!((texts(&after), &after["pageInfo"]["hasNextPage"]), (texts(&last), &json!(false)));
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

async fn twenty_messages_at_once_keep_order_and_count(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    let sent = join_all((0..20).map(async |number| {
        let who = if number % 2 == 0 { Who::Guardian } else { Who::Teacher };
        let body = number.to_string();
        act(world, who, "messageSend", "message { id sentAt arrivesAt }", words(thread, &body)).await
    }))
    .await;
    assert!(sent.iter().all(|one| codes(one).is_empty()), "{sent:?}");
    let page = "query($id: ID!) { thread(id: $id) { unread messages(first: 100) { totalCount nodes { id sentAt arrivesAt } } } }";
    let moment = |node: &Value, field: &str| node[field].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    for who in [Who::Guardian, Who::Teacher] {
        let seen = ask(world, who, page, json!({ "id": thread })).await["thread"].take();
        let nodes = seen["messages"]["nodes"].as_array().unwrap();
        assert_eq!((nodes.len(), &seen["messages"]["totalCount"]), (21, &json!(21)));
        // In the order in which they were sent, each at a moment of its own.
        for field in ["sentAt", "arrivesAt"] {
            assert!(nodes.windows(2).all(|two| moment(&two[0], field) < moment(&two[1], field)), "{field}");
        }
        let unread = if who == Who::Guardian { 11 } else { 10 };
        assert_eq!(seen["unread"], unread, "{}", who.name());
        let ids: Vec<_> = nodes.iter().map(|node| &node["id"]).collect();
        assert!(sent.iter().all(|one| ids.contains(&&one["message"]["id"])));
    }
}

async fn what_is_wrong_is_told_at_once_and_leaves_nothing(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let with = |field: &str, value: Value| {
        let mut input = started(world);
        input[field] = value;
        input
    };
    let mut both = with("subject", json!(" "));
    both["body"] = json!("x".repeat(4_001));
    let mut nameless = with("subject", json!(" "));
    nameless["participants"] = json!(["person_x"]);
    let mut lost = with("student", json!(world.ours.students[1]));
    lost["subject"] = json!(" ");
    let stranger = json!([world.ours.trainer.person]);
    for (input, told) in [
        (both, vec!["REQUIRED subject", "TOO_LONG body"]),
        (nameless, vec!["REQUIRED subject", "NOT_FOUND participants"]),
        (lost, vec!["NOT_FOUND student", "REQUIRED subject"]),
        (with("subject", json!("x".repeat(121))), vec!["TOO_LONG subject"]),
        (with("subject", json!("a\nb")), vec!["INVALID subject"]),
        (with("id", json!(world.ours.id)), vec!["INVALID id"]),
        (with("student", json!(world.ours.students[1])), vec!["NOT_FOUND student"]),
        (with("student", json!(world.theirs.students[0])), vec!["NOT_FOUND student"]),
        (with("participants", stranger), vec!["NOT_FOUND participants"]),
        (with("participants", json!([world.ours.distant.person])), vec!["NOT_FOUND participants"]),
        (with("participants", json!([world.theirs.teacher.person])), vec!["NOT_FOUND participants"]),
        (with("participants", json!(vec![world.ours.teacher.person; 21])), vec!["LIMIT_REACHED participants"]),
    ] {
        for who in [Who::Teacher, Who::Guardian] {
            assert_eq!(
                refusals(&act(world, who, "threadStart", "", input.clone()).await),
                told,
                "{} {input}",
                who.name()
            );
        }
    }
    assert_eq!(listed(world, Who::Guardian, json!({})).await, NONE);
    let thread = world.ours.threads[0];
    for (input, told) in [
        (words(thread, " "), "REQUIRED body"),
        (words(thread, &"x".repeat(4_001)), "TOO_LONG body"),
        (words(world.ours.threads[1], "Hallo"), "NOT_FOUND thread"),
        (words(world.theirs.threads[0], "Hallo"), "NOT_FOUND thread"),
        (words(ThreadId::new(), "Hallo"), "NOT_FOUND thread"),
    ] {
        assert_eq!(refusals(&act(world, Who::Guardian, "messageSend", "", input).await), [told]);
    }
    let elsewhere = json!({ "thread": thread, "upTo": world.ours.messages[1] });
    assert_eq!(refusals(&act(world, Who::Guardian, "threadRead", "", elsewhere).await), ["NOT_FOUND upTo"]);
    // Not of the school, or above it.
    for who in [Who::Director, Who::Admin] {
        assert_eq!(codes(&act(world, who, "threadStart", "", started(world)).await), ["FORBIDDEN"], "{}", who.name());
        assert_eq!(ask(world, who, THREAD, json!({ "id": thread })).await["thread"], Value::Null);
    }
    for who in [Who::Trainer, Who::Distant] {
        assert_eq!(codes(&act(world, who, "threadStart", "", started(world)).await), ["NOT_FOUND"], "{}", who.name());
    }
}

async fn where_staff_begin_a_guardian_answers(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let rules = json!({ "school": world.ours.schools[0], "mayStart": "STAFF_ONLY" });
    assert_eq!(codes(&act(world, Who::Leader, "contactRulesUpdate", "", rules).await), NONE);
    assert_eq!(codes(&act(world, Who::Guardian, "threadStart", "", started(world)).await), ["FORBIDDEN"]);
    let thread = start(world, Who::Teacher).await;
    say(world, Who::Guardian, thread, "Dank u.").await;
}

async fn what_a_phone_sends_twice_is_there_once(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let (thread, message) = (ThreadId::new(), MessageId::new());
    let mut input = started(world);
    input["id"] = json!(thread);
    input["clientMutationId"] = json!("begin");
    let first = act(world, Who::Guardian, "threadStart", "thread { id } threads { id }", input.clone()).await;
    assert_eq!(first["thread"]["id"], json!(thread));
    assert_eq!(act(world, Who::Guardian, "threadStart", "thread { id } threads { id }", input.clone()).await, first);
    input["clientMutationId"] = json!("anew");
    assert_eq!(refusals(&act(world, Who::Guardian, "threadStart", "", input).await), ["TAKEN id"]);
    let mut sent = words(thread, "Nog iets.");
    sent["id"] = json!(message);
    sent["clientMutationId"] = json!("send");
    for _ in 0..2 {
        let done = act(world, Who::Guardian, "messageSend", "message { id body }", sent.clone()).await;
        assert_eq!(done["message"], json!({ "id": message, "body": "Nog iets." }));
    }
    sent["clientMutationId"] = json!("send anew");
    assert_eq!(refusals(&act(world, Who::Guardian, "messageSend", "", sent).await), ["TAKEN id"]);
    assert_eq!(bodies(world, world.ours.teacher.account, thread).await.map(|bodies| bodies.len()), Some(2));
}

async fn a_closed_thread_stays_to_be_read(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Guardian).await;
    assert_eq!(codes(&act(world, Who::Guardian, "threadClose", "", json!({ "thread": thread })).await), ["FORBIDDEN"]);
    let stale = json!({ "thread": thread, "ifVersion": 1 });
    let fields = "thread { isClosed status closedAt replyDueBy }";
    let refused_as_stale = act(world, Who::Teacher, "threadClose", fields, stale).await;
    assert_eq!(refusals(&refused_as_stale), ["CONFLICT ifVersion"]);
    assert_eq!(refused_as_stale["thread"]["isClosed"], false);
    let closed = act(world, Who::Teacher, "threadClose", fields, json!({ "thread": thread })).await;
    assert_eq!((&closed["thread"]["status"], &closed["thread"]["replyDueBy"]), (&json!("CLOSED"), &Value::Null));
    assert_eq!(act(world, Who::Teacher, "threadClose", fields, json!({ "thread": thread })).await, closed);
    for who in [Who::Teacher, Who::Guardian] {
        let sent = act(world, who, "messageSend", "", words(thread, "Nog iets.")).await;
        assert_eq!(refusals(&sent), ["CONFLICT thread"]);
        let seen = ask(world, who, THREAD, json!({ "id": thread })).await["thread"].take();
        assert_eq!((&seen["isClosed"], &seen["viewerCanWrite"]), (&json!(true), &json!(false)));
    }
}

async fn what_was_said_at_another_school_stays_there(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    change_school(world).await;
    let db = world.writing().await;
    // The leader of the school leads the other one from now on.
    membership::Entity::update_many()
        .col_expr(membership::Column::ScopeId, Expr::value(world.ours.schools[1].0))
        .col_expr(membership::Column::SchoolId, Expr::value(world.ours.schools[1].0))
        .filter(membership::Column::PersonId.eq(world.ours.leader.person))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(bodies(world, world.ours.leader.account, thread).await, None);
    let seen = ask(world, Who::Guardian, THREAD, json!({ "id": thread })).await["thread"].take();
    assert_eq!((&seen["viewerCanWrite"], &seen["unread"]), (&json!(false), &json!(1)));
    assert_eq!(
        refusals(&act(world, Who::Guardian, "messageSend", "", words(thread, "Dag!")).await),
        ["CONFLICT thread"]
    );
}

async fn a_list_takes_as_many_statements_as_one(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let list = "query($first: Int) { threads(first: $first) { nodes { subject unread replyDueBy viewerCanWrite
        about { displayName } participants { displayName } guardianNames
        lastMessage { body authorName author { displayName } readBy { displayName } } } } }";
    for who in [Who::Teacher, Who::Guardian, Who::Teacher] {
        let thread = start(world, who).await;
        say(world, Who::Guardian, thread, "Dank u.").await;
    }
    for who in [Who::Teacher, Who::Guardian] {
        let seen = ask(world, who, list, json!({ "first": 9 })).await;
        let bodies: Vec<_> = seen["threads"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["lastMessage"]["body"].clone())
            .collect();
        assert_eq!(bodies, ["Dank u.", "Dank u.", "Dank u.", "Hoe gaat het lezen?"]);
        let one = statements(world, who, list, json!({ "first": 1 })).await;
        assert_eq!(statements(world, who, list, json!({ "first": 4 })).await, one, "{}", who.name());
    }
}

async fn a_school_says_when_it_is_reached(world: &World) {
    let rules =
        "query($id: ID!) { school(id: $id) { contactRules { mayStart replyTermDays deliversAtNight timeZone version
        updatedAt viewerCanEdit hours { weekday from until } } } }";
    let school = json!({ "id": world.ours.schools[0] });
    let hours: Vec<_> = (1..=5).map(|day| json!({ "weekday": day, "from": "08:00", "until": "17:30" })).collect();
    let usual = |can_edit: bool| {
        json!({
            "mayStart": "EVERYONE", "replyTermDays": 5, "deliversAtNight": false, "timeZone": "Europe/Amsterdam",
            "version": 0, "updatedAt": null, "viewerCanEdit": can_edit, "hours": hours,
        })
    };
    for (who, can_edit) in
        [(Who::Guardian, false), (Who::Teacher, false), (Who::Director, false), (Who::Leader, true), (Who::Admin, true)]
    {
        let seen = ask(world, who, rules, school.clone()).await;
        assert_eq!(seen["school"]["contactRules"], usual(can_edit), "{}", who.name());
    }
    let wrong = json!({ "school": world.ours.schools[0], "replyTermDays": 0, "hours": [
        { "weekday": 1, "from": "22:00", "until": "06:00" }, { "weekday": 8, "from": "08:00", "until": "09:00" },
    ] });
    let told = refusals(&act(world, Who::Leader, "contactRulesUpdate", "", wrong).await);
    assert_eq!(told, ["INVALID hours.0.until", "INVALID hours.1.weekday", "INVALID replyTermDays"]);
    let input = json!({ "school": world.ours.schools[0], "ifVersion": 0, "replyTermDays": 2, "mayStart": "STAFF_ONLY",
        "hours": [{ "weekday": 3, "from": "09:00", "until": "12:00" }] });
    let fields = "contactRules { version replyTermDays mayStart hours { weekday from until } }";
    let changed = act(world, Who::Leader, "contactRulesUpdate", fields, input.clone()).await;
    let now = json!({ "version": 1, "replyTermDays": 2, "mayStart": "STAFF_ONLY",
        "hours": [{ "weekday": 3, "from": "09:00", "until": "12:00" }] });
    assert_eq!(changed["contactRules"], now);
    let stale = act(world, Who::Admin, "contactRulesUpdate", fields, input).await;
    assert_eq!((refusals(&stale), &stale["contactRules"]), (vec!["CONFLICT ifVersion".to_owned()], &now));
    let more = json!({ "school": world.ours.schools[0], "deliversAtNight": true });
    let again = act(world, Who::Admin, "contactRulesUpdate", fields, more).await;
    assert_eq!((&again["contactRules"]["version"], &again["contactRules"]["replyTermDays"]), (&json!(2), &json!(2)));
    for who in [Who::Teacher, Who::Guardian, Who::Director] {
        let input = json!({ "school": world.ours.schools[0], "replyTermDays": 9 });
        assert_eq!(codes(&act(world, who, "contactRulesUpdate", "", input).await), ["FORBIDDEN"], "{}", who.name());
    }
}

on_each_database!(
    a_guardian_and_a_teacher_write_to_each_other,
    messages_are_paged_both_ways,
    twenty_messages_at_once_keep_order_and_count,
    what_is_wrong_is_told_at_once_and_leaves_nothing,
    where_staff_begin_a_guardian_answers,
    what_a_phone_sends_twice_is_there_once,
    a_closed_thread_stays_to_be_read,
    what_was_said_at_another_school_stays_there,
    a_list_takes_as_many_statements_as_one,
    a_school_says_when_it_is_reached,
);
