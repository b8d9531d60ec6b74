//! Events, as schools make them and guardians answer.

use std::time::Duration;

use chrono::TimeDelta;
use glans::engagement::custody;
use glans_entity::engagement::event_response;
use glans_entity::ids::EventId;
use glans_entity::people::{GuardianAccess, membership};
use glans_entity::platform::outbox;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, ask_as, codes, refusals, statements};
use crate::custody::lose;

const EVENT: &str = "event { id title status version freePlaceCount responses { yes no maybe waiting guestCount } }";
const OWN: &str = "event { viewerRsvp viewerGuestCount viewerWaitingPosition }";
const SEES: &str = "query($id: ID!) { event(id: $id) { title freePlaceCount viewerRsvp audience { __typename }
    responses { yes no maybe waiting guestCount checkedInCount }
    guests { nodes { person { givenName } answer guestCount isWaiting checkedInAt } } } }";

fn an_evening(world: &World) -> Value {
    json!({
        "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "audience": { "include": [world.ours.groups[0]] },
    })
}

async fn made(world: &World, capacity: Option<i32>) -> String {
    let mut input = an_evening(world);
    input["capacity"] = json!(capacity);
    let made = act(world, Who::Leader, "eventCreate", EVENT, input).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    made["event"]["id"].as_str().unwrap().to_owned()
}

/// Guardians of the first group, each with a child of their own.
async fn guardians<const N: usize>(world: &World, names: [&str; N]) -> [Someone; N] {
    let mut found = Vec::new();
    for name in names {
        let child = world.child(&format!("Kind van {name}"), 0).await;
        found.push(world.guardian(name, &[(child, GuardianAccess::Full)]).await);
    }
    found.try_into().unwrap_or_else(|_| panic!("as many as there are names"))
}

async fn answers(world: &World, someone: Someone, event: &str, answer: &str, guests: Option<i32>) -> Value {
    let input = json!({ "event": event, "answer": answer, "guestCount": guests });
    act_as(world, someone, "eventRespond", OWN, input).await
}

/// The answers to an event, in the order in which they wait.
async fn stored(world: &World, event: &str) -> Vec<event_response::Model> {
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let event: EventId = event.parse().unwrap();
    let rows = event_response::Entity::within(&everywhere).filter(event_response::Column::EventId.eq(event));
    let mut rows = rows.all(&db).await.unwrap();
    rows.sort_by_key(|row| row.waiting_position);
    rows
}

async fn told(world: &World, kind: &str) -> Vec<Value> {
    let db = world.writing().await;
    let rows = outbox::Entity::find().filter(outbox::Column::Kind.eq(kind)).order_by_asc(outbox::Column::Seq);
    rows.all(&db).await.unwrap().into_iter().map(|row| row.payload).collect()
}

async fn a_leader_invites_a_group_and_its_guardians_answer(world: &World) {
    let [sara] = guardians(world, ["Sara"]).await;
    let event = made(world, Some(20)).await;
    let own = answers(world, sara, &event, "YES", Some(3)).await;
    let expected = json!({ "viewerRsvp": "YES", "viewerGuestCount": 3, "viewerWaitingPosition": null });
    assert_eq!(own["event"], expected);
    act(world, Who::Guardian, "eventRespond", "", json!({ "event": event, "answer": "MAYBE" })).await;

    // Sara sees her own answer, and of the others how many places are left.
    let id = json!({ "id": event });
    let seen = ask_as(world, sara, SEES, id.clone()).await;
    let summary = |yes, maybe, guests| json!({ "yes": yes, "no": 0, "maybe": maybe, "waiting": 0, "guestCount": guests, "checkedInCount": 0 });
    assert_eq!(seen["event"]["responses"], summary(1, 0, 3));
    assert_eq!((&seen["event"]["freePlaceCount"], &seen["event"]["audience"]), (&json!(17), &json!([])));
    assert_eq!(seen["event"]["guests"]["nodes"].as_array().map(Vec::len), Some(1));
    // The teacher and the leader know by name who comes.
    for who in [Who::Teacher, Who::Leader] {
        let seen = ask(world, who, SEES, id.clone()).await;
        assert_eq!(seen["event"]["responses"], summary(1, 1, 3), "{}", who.name());
        let names: Vec<_> = (0..2).map(|at| &seen["event"]["guests"]["nodes"][at]["person"]["givenName"]).collect();
        assert_eq!(names, ["Sara", "Ilse"], "{}", who.name());
    }
    // The administrator counts, and reads no names.
    let seen = ask(world, Who::Admin, SEES, id.clone()).await;
    assert_eq!(seen["event"]["responses"], summary(1, 1, 3));
    assert_eq!(seen["event"]["guests"]["nodes"], json!([]));
    for who in [Who::Distant, Who::Trainer] {
        assert_eq!(ask(world, who, SEES, id.clone()).await["event"], Value::Null, "{}", who.name());
    }
    let outside = act(world, Who::Teacher, "eventRespond", "", json!({ "event": event, "answer": "YES" })).await;
    assert_eq!(refusals(&outside), ["FORBIDDEN event"]);
}

async fn every_problem_of_an_event_is_told_at_once(world: &World) {
    let input = json!({
        "title": " ", "description": "x".repeat(4_001), "startsAt": "2020-03-04T18:00:00Z",
        "endsAt": "2020-03-04T17:00:00Z", "location": "x".repeat(201), "capacity": 0,
        "respondBy": "2020-03-04T19:00:00Z", "audience": { "include": [], "roles": ["TRAINER"] },
    });
    let expected = [
        "INVALID audience.roles",
        "REQUIRED audience.include",
        "REQUIRED title",
        "TOO_LONG description",
        "INVALID startsAt",
        "INVALID endsAt",
        "TOO_LONG location",
        "INVALID capacity",
        "INVALID respondBy",
    ];
    assert_eq!(refusals(&act(world, Who::Leader, "eventCreate", "", input).await), expected);
    let mut abroad = an_evening(world);
    abroad["audience"] = json!({ "include": [world.theirs.groups[0]] });
    assert_eq!(refusals(&act(world, Who::Leader, "eventCreate", "", abroad).await), ["NOT_FOUND audience.include.0"]);
    let mut school = an_evening(world);
    school["audience"] = json!({ "include": [world.ours.schools[0]] });
    assert_eq!(codes(&act(world, Who::Teacher, "eventCreate", "", school.clone()).await), ["FORBIDDEN"]);
    let made = act(world, Who::Leader, "eventCreate", EVENT, school).await;
    let change = json!({ "id": made["event"]["id"], "title": "Anders" });
    assert_eq!(refusals(&act(world, Who::Teacher, "eventUpdate", "", change).await), ["FORBIDDEN id"]);
}

async fn forty_answer_at_once_and_ten_have_a_place(world: &World) {
    let mut phones = Vec::new();
    for number in 0..40 {
        let name = format!("Ouder{number}");
        let [guardian] = guardians(world, [name.as_str()]).await;
        phones.push(world.actor_of(&name, guardian).await);
    }
    let event = made(world, Some(10)).await;
    let racing = phones.into_iter().map(|phone| {
        let input = json!({ "event": event, "answer": "YES" });
        tokio::spawn(async move {
            let reply = phone.does("eventRespond", "event { viewerRsvp viewerWaitingPosition }", input).await;
            assert_eq!(reply.refusals("eventRespond"), Vec::<String>::new());
            reply.at("eventRespond.event.viewerWaitingPosition").as_i64()
        })
    });
    let racing: Vec<_> = racing.collect();
    let mut positions = Vec::new();
    for phone in racing {
        positions.push(tokio::time::timeout(Duration::from_mins(1), phone).await.unwrap().unwrap());
    }
    positions.sort_unstable();
    let expected: Vec<_> = (0..10).map(|_| None).chain((1..=30).map(Some)).collect();
    assert_eq!(positions, expected);
    let rows = stored(world, &event).await;
    assert_eq!(rows.iter().filter(|row| row.waiting_position.is_none()).count(), 10);
    let summary = json!({ "yes": 10, "no": 0, "maybe": 0, "waiting": 30, "guestCount": 10, "checkedInCount": 0 });
    let seen = ask(world, Who::Leader, SEES, json!({ "id": event })).await;
    assert_eq!((&seen["event"]["responses"], &seen["event"]["freePlaceCount"]), (&summary, &json!(0)));
}

async fn those_who_wait_move_up_in_their_order(world: &World) {
    let [sara, omar, siham, teun] = guardians(world, ["Sara", "Omar", "Siham", "Teun"]).await;
    let event = made(world, Some(4)).await;
    answers(world, sara, &event, "YES", Some(3)).await;
    let waits = answers(world, omar, &event, "YES", Some(2)).await;
    assert_eq!(waits["event"]["viewerWaitingPosition"], 1);
    // One place is left, and Omar was first.
    let waits = answers(world, siham, &event, "YES", None).await;
    assert_eq!(waits["event"]["viewerWaitingPosition"], 2);
    assert_eq!(refusals(&answers(world, sara, &event, "YES", Some(5)).await), ["LIMIT_REACHED guestCount"]);
    assert_eq!(refusals(&answers(world, teun, &event, "YES", Some(5)).await), ["LIMIT_REACHED guestCount"]);
    assert_eq!(told(world, "event.moved_up").await, Vec::<Value>::new());
    // Sara brings one less: Omar moves up, Siham is the first to wait now.
    answers(world, sara, &event, "YES", Some(2)).await;
    let moved = |persons: &[Someone]| json!({ "id": event, "persons": persons.iter().map(|someone| someone.person).collect::<Vec<_>>() });
    assert_eq!(told(world, "event.moved_up").await, [moved(&[omar])]);
    let seen = "query($id: ID!) { event(id: $id) { viewerRsvp viewerWaitingPosition } }";
    let position = async |someone| ask_as(world, someone, seen, json!({ "id": event })).await["event"].clone();
    assert_eq!(position(omar).await, json!({ "viewerRsvp": "YES", "viewerWaitingPosition": null }));
    assert_eq!(position(siham).await, json!({ "viewerRsvp": "YES", "viewerWaitingPosition": 1 }));
    answers(world, teun, &event, "YES", None).await;
    answers(world, omar, &event, "NO", None).await;
    assert_eq!(told(world, "event.moved_up").await, [moved(&[omar]), moved(&[siham, teun])]);
    // There is a limit to how small it may become; with place for all nobody waits.
    answers(world, omar, &event, "YES", None).await;
    let smaller = act(world, Who::Leader, "eventUpdate", EVENT, json!({ "id": event, "capacity": 3 })).await;
    assert_eq!(refusals(&smaller), ["CONFLICT capacity"]);
    let larger = json!({ "id": event, "capacity": null, "ifVersion": 1 });
    let larger = act(world, Who::Leader, "eventUpdate", EVENT, larger).await;
    assert_eq!(larger["event"]["responses"], json!({ "yes": 4, "no": 0, "maybe": 0, "waiting": 0, "guestCount": 5 }));
    assert_eq!(larger["event"]["freePlaceCount"], Value::Null);
    assert_eq!(told(world, "event.moved_up").await.last(), Some(&moved(&[omar])));
    let stale = json!({ "id": event, "title": "Anders", "ifVersion": 1 });
    let stale = act(world, Who::Leader, "eventUpdate", EVENT, stale).await;
    assert_eq!((refusals(&stale), &stale["event"]["version"]), (vec!["CONFLICT ifVersion".to_owned()], &json!(2)));
}

async fn answers_are_taken_until_a_time(world: &World) {
    let [sara] = guardians(world, ["Sara"]).await;
    let now = world.app.clock.now();
    let mut input = an_evening(world);
    input["startsAt"] = json!(now + TimeDelta::hours(20));
    input["endsAt"] = json!(now + TimeDelta::hours(22));
    input["respondBy"] = json!(now + TimeDelta::hours(1));
    let made = act(world, Who::Leader, "eventCreate", EVENT, input).await;
    let event = made["event"]["id"].as_str().unwrap().to_owned();
    assert_eq!(refusals(&answers(world, sara, &event, "NO", Some(1)).await), ["INVALID guestCount"]);
    assert_eq!(refusals(&answers(world, sara, &event, "YES", Some(11)).await), ["INVALID guestCount"]);
    assert_eq!(codes(&answers(world, sara, &event, "YES", Some(2)).await), Vec::<&str>::new());
    let check_in = json!({ "event": event, "person": sara.person });
    assert_eq!(refusals(&act(world, Who::Teacher, "eventCheckIn", "", check_in.clone()).await), ["CONFLICT event"]);

    world.app.clock.turn(TimeDelta::hours(9));
    assert_eq!(refusals(&answers(world, sara, &event, "NO", None).await), ["EXPIRED event"]);
    assert_eq!(codes(&act_as(world, sara, "eventCheckIn", "", check_in.clone()).await), ["FORBIDDEN"]);
    for _ in 0..2 {
        let done = act(world, Who::Teacher, "eventCheckIn", EVENT, check_in.clone()).await;
        assert_eq!(codes(&done), Vec::<&str>::new(), "{done}");
    }
    assert_eq!(told(world, "event.checked_in").await.len(), 1);
    // Ilse comes unannounced.
    let walk_in = json!({ "event": event, "person": world.ours.guardians[0].person });
    assert_eq!(codes(&act(world, Who::Leader, "eventCheckIn", "", walk_in).await), Vec::<&str>::new());
    let seen = ask(world, Who::Leader, SEES, json!({ "id": event })).await;
    assert_eq!(seen["event"]["responses"]["checkedInCount"], 2);
    for stranger in [world.ours.guardians[1].person, world.theirs.guardians[0].person] {
        let input = json!({ "event": event, "person": stranger });
        assert_eq!(refusals(&act(world, Who::Leader, "eventCheckIn", "", input).await), ["NOT_FOUND person"]);
    }

    let reason = json!({ "id": event, "reason": "Storm" });
    for _ in 0..2 {
        let done = act(world, Who::Leader, "eventCancel", EVENT, reason.clone()).await;
        assert_eq!(done["event"]["status"], "CANCELLED");
    }
    assert_eq!(told(world, "event.cancelled").await.len(), 1);
}

async fn who_loses_a_child_gives_the_place_back(world: &World) {
    let [sara, omar] = guardians(world, ["Sara", "Omar"]).await;
    let child = world.child("Fien", 0).await;
    world.guardian_of_another(sara, child).await;
    let event = made(world, Some(1)).await;
    answers(world, sara, &event, "YES", None).await;
    answers(world, omar, &event, "YES", None).await;
    // She is invited for her other child as well.
    lose(world, sara.person, child).await;
    assert_eq!(stored(world, &event).await.len(), 2);
    let [alone] = guardians(world, ["Jan"]).await;
    let second = made(world, Some(1)).await;
    answers(world, alone, &second, "YES", None).await;
    answers(world, omar, &second, "YES", None).await;
    let about = ask_as(world, alone, "{ viewer { children { id } } }", Value::Null).await;
    let student = about["viewer"]["children"][0]["id"].as_str().unwrap().parse().unwrap();
    lose(world, alone.person, student).await;
    let left = stored(world, &second).await;
    assert_eq!(left.iter().map(|row| (row.person_id, row.waiting_position)).collect::<Vec<_>>(), [(omar.person, None)]);
}

async fn a_colleague_who_works_there_no_more_gives_the_place_back(world: &World) {
    use membership::Column;
    let jan = world.teacher("Jan", 0).await;
    let [omar] = guardians(world, ["Omar"]).await;
    let mut input = an_evening(world);
    input["capacity"] = json!(1);
    input["audience"]["roles"] = json!(["GUARDIAN", "TEACHER"]);
    let made = act(world, Who::Leader, "eventCreate", EVENT, input).await;
    let event = made["event"]["id"].as_str().unwrap().to_owned();
    assert_eq!(codes(&answers(world, jan, &event, "YES", None).await), Vec::<&str>::new());
    answers(world, omar, &event, "YES", None).await;
    let now = world.app.clock.now();
    let lately = Some(now - TimeDelta::minutes(1));
    assert_eq!(custody::take_leave(&world.app, lately).await.unwrap(), 0);
    let db = world.writing().await;
    let ended = membership::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::val(now))
        .col_expr(Column::UpdatedAt, Expr::val(now))
        .filter(Column::PersonId.eq(jan.person));
    ended.exec(&db).await.unwrap();
    world.written(db).await;
    assert_eq!(custody::take_leave(&world.app, lately).await.unwrap(), 1);
    let left = stored(world, &event).await;
    assert_eq!(left.iter().map(|row| (row.person_id, row.waiting_position)).collect::<Vec<_>>(), [(omar.person, None)]);
}

async fn a_capacity_holds_who_waits_for_a_place(world: &World) {
    let [sara, omar] = guardians(world, ["Sara", "Omar"]).await;
    let event = made(world, Some(4)).await;
    answers(world, sara, &event, "YES", Some(2)).await;
    let waits = answers(world, omar, &event, "YES", Some(3)).await;
    assert_eq!(waits["event"]["viewerWaitingPosition"], 1);
    let smaller = act(world, Who::Leader, "eventUpdate", "", json!({ "id": event, "capacity": 2 })).await;
    assert_eq!(refusals(&smaller), ["CONFLICT capacity"]);
    let enough = act(world, Who::Leader, "eventUpdate", "", json!({ "id": event, "capacity": 3 })).await;
    assert_eq!(codes(&enough), Vec::<&str>::new());
}

async fn a_colleague_is_let_in_by_who_may_address_the_school(world: &World) {
    let jan = world.teacher("Jan", 0).await;
    let mut input = an_evening(world);
    input["startsAt"] = json!(world.app.clock.now() + TimeDelta::hours(3));
    input["endsAt"] = json!(world.app.clock.now() + TimeDelta::hours(5));
    input["audience"] = json!({ "include": [world.ours.schools[0]], "roles": ["TEACHER"] });
    let made = act(world, Who::Leader, "eventCreate", EVENT, input).await;
    let event = made["event"]["id"].clone();
    let input = json!({ "event": event, "person": jan.person });
    let by_another = act(world, Who::Teacher, "eventCheckIn", "", input.clone()).await;
    assert_eq!(refusals(&by_another), ["NOT_FOUND person"]);
    assert_eq!(codes(&act_as(world, jan, "eventCheckIn", "", input.clone()).await), ["FORBIDDEN"]);
    let fields = "event { responses { yes checkedInCount } }";
    let done = act(world, Who::Leader, "eventCheckIn", fields, input).await;
    assert_eq!(done["event"]["responses"], json!({ "yes": 1, "checkedInCount": 1 }), "{done}");
    let stranger = json!({ "event": event, "person": world.ours.guardians[0].person });
    assert_eq!(refusals(&act(world, Who::Leader, "eventCheckIn", "", stranger).await), ["NOT_FOUND person"]);

    world.app.clock.turn(TimeDelta::hours(6));
    let late = act(world, Who::Leader, "eventCancel", "", json!({ "id": event })).await;
    assert_eq!(refusals(&late), ["CONFLICT id"]);
}

async fn an_event_costs_the_same_however_many_there_are_and_answer(world: &World) {
    let all = guardians(world, ["Sara", "Omar", "Siham"]).await;
    let answered = async |guests: &[Someone]| {
        let event = made(world, Some(1)).await;
        for guest in guests {
            answers(world, *guest, &event, "YES", None).await;
        }
        let done = act(world, Who::Guardian, "eventRespond", OWN, json!({ "event": event, "answer": "YES" })).await;
        assert_eq!(done["event"]["viewerWaitingPosition"], guests.len());
    };
    let page = "query($last: Int) { events(last: $last) { nodes { title freePlaceCount viewerRsvp viewerWaitingPosition
        responses { yes waiting } audience { __typename ... on ClassGroup { name } } } } }";
    let cost = async |who: Who, last: i32| statements(world, who, page, json!({ "last": last })).await;
    answered(&all[..1]).await;
    let one = [cost(Who::Leader, 1).await, cost(Who::Guardian, 1).await];
    for _ in 0..3 {
        answered(&all[..]).await;
    }
    assert_eq!([cost(Who::Leader, 4).await, cost(Who::Guardian, 4).await], one);
    let mut twice = an_evening(world);
    twice["clientMutationId"] = json!("avond");
    let first = act(world, Who::Leader, "eventCreate", EVENT, twice.clone()).await;
    let again = act(world, Who::Leader, "eventCreate", EVENT, twice).await;
    assert_eq!(first["event"]["id"], again["event"]["id"]);
}

on_each_database!(
    a_leader_invites_a_group_and_its_guardians_answer,
    every_problem_of_an_event_is_told_at_once,
    forty_answer_at_once_and_ten_have_a_place,
    those_who_wait_move_up_in_their_order,
    answers_are_taken_until_a_time,
    who_loses_a_child_gives_the_place_back,
    a_colleague_who_works_there_no_more_gives_the_place_back,
    a_capacity_holds_who_waits_for_a_place,
    a_colleague_is_let_in_by_who_may_address_the_school,
    an_event_costs_the_same_however_many_there_are_and_answer,
);
