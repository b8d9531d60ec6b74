//! An update that changes nothing is no change, whatever it is of: no version, no line in the log, and nobody is told.

use chrono::{Days, SubsecRound, TimeDelta};
use glans_entity::scope::{Scope, Scoped};
use glans_entity::{identity, platform};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::ask::{act, ask, refusals};

/// How many lines the audit log has, and how many events the outbox.
async fn told(world: &World) -> (u64, u64) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&scope).await.unwrap();
    let lines = identity::audit::Entity::within(&scope).count(&db).await.unwrap();
    (lines, platform::outbox::Entity::find().count(&db).await.unwrap())
}

/// Who updates a node of the seed, its type, its id, and which of its fields can be sent back as they are.
type Updated = (Who, &'static str, String, &'static str);

fn updated(world: &World) -> Vec<Updated> {
    let ours = &world.ours;
    let person = "givenName familyName displayName email language interpreterNeeded";
    let guardianship = "relationship access status contactPriority endsOn";
    let lesson = "title objectives theory practicalTips durationMinutes teamScript { durationMinutes text }";
    let material = "title kind audience body url durationMinutes bookReference";
    let event = "title description startsAt endsAt location capacity respondBy";
    vec![
        (Who::Admin, "Board", ours.id.to_string(), "name leastShown timeZone"),
        (Who::Admin, "Cluster", ours.clusters[0].to_string(), "name"),
        (Who::Admin, "School", ours.schools[0].to_string(), "name city"),
        (Who::Admin, "ClassGroup", ours.groups[0].to_string(), "name grades"),
        (Who::Admin, "Person", ours.teacher.person.to_string(), person),
        (Who::Admin, "Student", ours.students[0].to_string(), "displayName number"),
        (Who::Admin, "Guardianship", ours.guardianships[0].to_string(), guardianship),
        (Who::Admin, "WebhookEndpoint", ours.webhook_endpoint.to_string(), "description events"),
        (Who::Admin, "Lesson", ours.draft.lesson.to_string(), lesson),
        (Who::Admin, "Material", ours.draft.material.to_string(), material),
        (Who::Director, "Cohort", ours.cohorts[0].to_string(), "name"),
        (Who::Director, "Meeting", ours.meetings[0].to_string(), "startsAt endsAt location"),
        (Who::Leader, "TeamSession", ours.sessions[0].to_string(), "startsAt endsAt location"),
        (Who::Leader, "Experience", ours.experiences[0].to_string(), "kind text visibility"),
        (Who::Leader, "Event", ours.events[0].to_string(), event),
        (Who::Teacher, "Conversation", ours.partners[0].planned.to_string(), "startsAt endsAt location mode"),
        (Who::Teacher, "Partnership", ours.partners[0].partnership.to_string(), "needsIntake"),
        (Who::Teacher, "ContactMoment", ours.contact_moments[0].to_string(), "kind tone note occurredAt"),
    ]
}

/// A type as the field of it is called: `classGroup` of `ClassGroup`.
fn field_of(of_type: &str) -> String {
    let (first, rest) = of_type.split_at(1);
    first.to_lowercase() + rest
}

async fn a_node_that_is_sent_back_as_it_was_read_is_left_alone(world: &World) {
    world.app.clock.turn(TimeDelta::minutes(1));
    let before = told(world).await;
    for (who, of_type, id, fields) in updated(world) {
        let node = field_of(of_type);
        let update = format!("{node}Update");
        let answer = format!("{node} {{ version updatedAt }}");
        let document = format!(
            "query($id: ID!) {{ seen: node(id: $id) {{ ... on {of_type} {{ version updatedAt }} }}
            same: node(id: $id) {{ ... on {of_type} {{ id {fields} }} }} }}"
        );
        let asked = ask(world, who, &document, json!({ "id": id })).await;
        assert_eq!(asked["seen"]["version"], 1, "{update}");
        for input in [json!({ "id": id }), asked["same"].clone()] {
            let done = act(world, who, &update, &answer, input).await;
            assert_eq!((refusals(&done), &done[&node]), (vec![], &asked["seen"]), "{update}");
        }
    }
    assert_eq!(told(world).await, before);

    let named = json!({ "id": world.ours.schools[0], "name": "De Spreeuw", "ifVersion": 1 });
    let named = act(world, Who::Admin, "schoolUpdate", "school { version }", named).await;
    assert_eq!((refusals(&named), &named["school"]["version"]), (vec![], &Value::from(2)), "and one that does is one");
}

/// The version after the update `name` of `node`, which is not refused.
async fn version(world: &World, who: Who, node: &str, input: Value) -> i64 {
    let done = act(world, who, &format!("{node}Update"), &format!("{node} {{ version }}"), input).await;
    assert_eq!(refusals(&done), [""; 0], "{node}");
    done[node]["version"].as_i64().expect("a version")
}

fn with(input: &Value, more: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (input.clone(), more) else { panic!("an input is an object") };
    all.extend(more);
    Value::Object(all)
}

async fn what_belongs_to_a_node_counts(world: &World) {
    let ours = &world.ours;
    let draft = json!({
        "audience": { "include": [ours.groups[0], ours.students[0]] }, "title": "Schoolreis", "body": "Neem een lunch mee.",
        "language": "nl", "requiresAcknowledgement": true, "translations": [
            { "language": "tr", "title": "Okul gezisi", "body": "Öğle yemeği getirin." },
            { "language": "en", "title": "School trip", "body": "Bring a lunch." },
        ],
    });
    let closes = (world.app.clock.now() + TimeDelta::days(14)).trunc_subsecs(0);
    let asks = json!({
        "audience": { "include": [ours.groups[0]] }, "title": "Overblijven", "intro": "Wat vindt u?",
        "isAnonymous": true, "closesAt": closes, "questions": [
            { "kind": "TEXT", "text": "Wat kan beter?" },
            { "kind": "SINGLE", "text": "Hoe vaak?", "options": ["Nooit", "Vaak"], "isRequired": true },
        ],
    });
    let meeting = json!({ "id": ours.meetings[0], "prepares": [ours.published.lesson], "reviews": [] });
    let moment = json!({ "id": ours.contact_moments[0], "guardian": ours.guardians[0].person });
    let made = act(world, Who::Leader, "announcementCreate", "announcement { id }", draft.clone()).await;
    let draft = with(&draft, json!({ "id": made["announcement"]["id"] }));
    let made = act(world, Who::Leader, "surveyCreate", "survey { id }", asks.clone()).await;
    let asks = with(&asks, json!({ "id": made["survey"]["id"] }));

    let before = told(world).await;
    for (who, node, same) in [
        (Who::Leader, "announcement", &draft),
        (Who::Leader, "survey", &asks),
        (Who::Director, "meeting", &meeting),
        (Who::Teacher, "contactMoment", &moment),
    ] {
        assert_eq!(version(world, who, node, json!({ "id": same["id"] })).await, 1, "{node}");
        assert_eq!(version(world, who, node, same.clone()).await, 1, "{node}");
    }
    assert_eq!(told(world).await, before);

    let there = json!({ "audience": { "include": [ours.groups[0]] } });
    let translated = json!({ "translations": [{ "language": "en", "title": "Outing", "body": "Bring a lunch." }] });
    let asked = json!({ "questions": [{ "kind": "TEXT", "text": "Wat kan anders?" }] });
    let elsewhere = json!({ "audience": { "include": [ours.schools[0]] } });
    let looks_back = json!({ "prepares": [], "reviews": [ours.published.lesson] });
    for (who, node, same, change, expected) in [
        (Who::Leader, "announcement", &draft, there, 2),
        (Who::Leader, "announcement", &draft, translated, 3),
        (Who::Leader, "survey", &asks, asked, 2),
        (Who::Leader, "survey", &asks, elsewhere, 3),
        (Who::Director, "meeting", &meeting, looks_back, 2),
        (Who::Teacher, "contactMoment", &moment, json!({ "guardian": null }), 2),
    ] {
        let change = with(&json!({ "id": same["id"] }), change);
        assert_eq!(version(world, who, node, change.clone()).await, expected, "{change}");
        assert_eq!(version(world, who, node, change.clone()).await, expected, "{change} again");
    }
}

/// PostgreSQL keeps microseconds.
async fn an_instant_of_nanoseconds_that_is_sent_again_is_the_same(world: &World) {
    let ours = &world.ours;
    let (starts, ends) = ("2031-03-04T18:00:00.123456789Z", "2031-03-04T20:00:00.987654321Z");
    let by = "2031-03-04T17:00:00.000000999Z";
    let event = json!({ "id": ours.events[0], "startsAt": starts, "endsAt": ends, "respondBy": by });
    let contact = json!({ "id": ours.contact_moments[0], "occurredAt": "2020-03-04T18:00:00.123456789Z" });
    for (who, node, input) in [(Who::Leader, "event", event), (Who::Teacher, "contactMoment", contact)] {
        assert_eq!(version(world, who, node, input.clone()).await, 2, "{node}");
        let before = told(world).await;
        assert_eq!(version(world, who, node, input).await, 2, "{node} again");
        assert_eq!(told(world).await, before, "{node}");
    }
}

/// What is said of `id` by the mutation `name`, as `fields` of `node`; nothing of it is refused.
async fn said(world: &World, who: Who, name: &str, node: &str, fields: &str, input: Value) -> Value {
    let mut done = act(world, who, name, &format!("{node} {{ version updatedAt {fields} }}"), input).await;
    assert_eq!(refusals(&done), [""; 0], "{name}");
    done[node].take()
}

async fn what_is_said_again_is_said_once(world: &World) {
    let ours = &world.ours;
    let (goal, agreement) = (ours.partners[0].goal, ours.partners[0].agreement);
    let last = glans::call::today(world.app.clock.now()) + Days::new(30);
    for (who, name, node, fields, input) in [
        (Who::Teacher, "goalMark", "goal", "achieved", json!({ "id": goal, "achieved": true })),
        (Who::Teacher, "goalMark", "goal", "achieved", json!({ "id": goal, "achieved": false })),
        (Who::Teacher, "agreementMark", "agreement", "isKept", json!({ "id": agreement, "kept": true })),
        (Who::Teacher, "agreementMark", "agreement", "isKept", json!({ "id": agreement, "kept": null })),
        (Who::Leader, "studentLeave", "student", "leftOn", json!({ "id": ours.students[0], "on": last })),
    ] {
        let before = told(world).await;
        let first = said(world, who, name, node, fields, input.clone()).await;
        let after = told(world).await;
        assert!(after.1 > before.1, "{name}: it is told");
        world.app.clock.turn(TimeDelta::minutes(1));
        assert_eq!(said(world, who, name, node, fields, input).await, first, "{name}");
        assert_eq!(told(world).await, after, "{name}");
    }
}

async fn who_is_in_these_groups_already_is_not_placed_again(world: &World) {
    let (noor, group) = (world.ours.students[0], world.ours.groups[0]);
    // Where the seed has her; out of all groups; and back.
    for (groups, moves) in [(json!([group]), false), (json!([]), true), (json!([group, group]), true)] {
        let input = json!({ "student": noor, "classGroups": groups });
        for moves in [moves, false] {
            let before = told(world).await;
            let done = act(world, Who::Leader, "enrolmentSet", "", input.clone()).await;
            assert_eq!(refusals(&done), [""; 0], "{groups}");
            assert_eq!(told(world).await != before, moves, "{groups}");
        }
    }
}

async fn a_round_that_newcomers_hear_of_has_changed(world: &World) {
    let id = world.ours.rounds[0];
    let document = "query($id: ID!) { node(id: $id) { ... on BookingRound { id closesAt } } }";
    let same = ask(world, Who::Leader, document, json!({ "id": id })).await["node"].take();
    // The seed tells nobody of it: Ilse hears of it first, and Sara and Omar when they came.
    for expected in [2, 3] {
        if expected == 3 {
            world.family().await;
        }
        assert_eq!(version(world, Who::Leader, "bookingRound", json!({ "id": id })).await, expected);
        let before = told(world).await;
        assert_eq!(version(world, Who::Leader, "bookingRound", same.clone()).await, expected);
        assert_eq!(version(world, Who::Leader, "bookingRound", json!({ "id": id, "slots": [] })).await, expected);
        assert_eq!(told(world).await, before);
    }
}

async fn rules_and_wishes_that_were_never_set_stay_the_usual(world: &World) {
    let before = told(world).await;
    let document = "query($id: ID!) { school(id: $id) { contactRules { mayStart replyTermDays deliversAtNight
        hours { weekday from until } } }
        notificationPreferences { quietFrom quietUntil timeZone digest digestHour } }";
    let seen = ask(world, Who::Leader, document, json!({ "id": world.ours.schools[0] })).await;
    let school = json!({ "school": world.ours.schools[0] });
    let rules = with(&school, seen["school"]["contactRules"].clone());
    let (fields, usual) = ("contactRules { version updatedAt }", json!({ "version": 0, "updatedAt": null }));
    for same in [&school, &rules] {
        let done = act(world, Who::Leader, "contactRulesUpdate", fields, same.clone()).await;
        assert_eq!((refusals(&done), &done["contactRules"]), (vec![], &usual));
    }
    let fields = "notificationPreferences { version updatedAt }";
    for same in [json!({}), seen["notificationPreferences"].clone()] {
        let done = act(world, Who::Leader, "notificationPreferencesUpdate", fields, same).await;
        assert_eq!((refusals(&done), &done["notificationPreferences"]), (vec![], &usual));
    }
    let chosen =
        json!({ "digestHour": 8, "channels": [{ "category": "MESSAGE", "channel": "PUSH", "enabled": false }] });
    for _ in 0..2 {
        assert_eq!(version(world, Who::Leader, "notificationPreferences", chosen.clone()).await, 1);
        assert_eq!(version(world, Who::Leader, "contactRules", with(&school, json!({ "replyTermDays": 2 }))).await, 1);
    }
    assert_eq!(told(world).await, (before.0, before.1 + 1), "of the rules of the school, once");
}

on_each_database!(
    a_node_that_is_sent_back_as_it_was_read_is_left_alone,
    what_belongs_to_a_node_counts,
    an_instant_of_nanoseconds_that_is_sent_again_is_the_same,
    what_is_said_again_is_said_once,
    who_is_in_these_groups_already_is_not_placed_again,
    a_round_that_newcomers_hear_of_has_changed,
    rules_and_wishes_that_were_never_set_stay_the_usual,
);
