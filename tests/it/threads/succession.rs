//! Threads are of who takes part: who else is at the school does not read them, and who comes after staff that has gone takes on
//! what waits.

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use glans::engagement::threads::{post, succession};
use glans_entity::ids::{MembershipId, PersonId, ThreadId};
use glans_entity::people::{Role, ScopeKind, membership};

use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::{
    THREAD, bodies, change_school, choose, end_roles, listed, say, set_access, set_role, start, started, together,
    told_of, turn_to, words,
};
use crate::ask::{act, ask, codes};

async fn a_thread_goes_on_with_who_teaches_the_child_now(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Guardian).await;
    let tarik = world.ours.teacher;
    set_role(world, tarik.person, membership::Column::EndedAt, Expr::value(world.app.clock.now())).await;
    assert_eq!(bodies(world, tarik.account, thread).await, None);
    assert_eq!(codes(&act(world, Who::Teacher, "messageSend", "", words(thread, "Ik nog.")).await), ["NOT_FOUND"]);
    // Nobody teaches the child: the guardian is heard by who leads the school.
    say(world, Who::Guardian, thread, "Is daar iemand?").await;
    assert_eq!(listed(world, Who::Leader, json!({ "unread": true })).await, [thread.to_string()]);
    say(world, Who::Leader, thread, "Ja, ik.").await;
    let seen = ask(world, Who::Guardian, THREAD, json!({ "id": thread })).await["thread"].take();
    assert_eq!(seen["participants"], json!([{ "displayName": "Ilse de Wit" }, { "displayName": "Marieke de Wit" }]));
    // Who has gone is still named.
    let authors = "query($id: ID!) { thread(id: $id) { messages { nodes { author { givenName } } } } }";
    let seen = ask(world, Who::Guardian, authors, json!({ "id": thread })).await;
    assert_eq!(seen["thread"]["messages"]["nodes"][2]["author"]["givenName"], "Marieke");
    // In the team without the group, the teacher has colleagues there, and no children.
    let school = Expr::value(world.ours.schools[0].0);
    set_role(world, tarik.person, membership::Column::EndedAt, Expr::value(None::<DateTime<Utc>>)).await;
    assert_eq!(bodies(world, tarik.account, thread).await.map(|bodies| bodies.len()), Some(3));
    set_role(world, tarik.person, membership::Column::ScopeKind, Expr::value(ScopeKind::School)).await;
    set_role(world, tarik.person, membership::Column::ScopeId, school).await;
    assert_eq!(bodies(world, tarik.account, thread).await, None);
}

/// `person` holds the role at the place from now on.
async fn give_role(world: &World, person: PersonId, role: Role, scope_kind: ScopeKind, scope_id: uuid::Uuid) {
    let (db, now) = (world.writing().await, world.app.clock.now());
    let row = membership::Model {
        id: MembershipId::new(),
        board_id: world.ours.id,
        person_id: person,
        role,
        scope_kind,
        scope_id,
        school_id: Some(world.ours.schools[0]),
        starts_on: None,
        ends_on: None,
        ended_at: None,
        source_id: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    membership::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

async fn what_is_for_the_leader_is_not_for_the_teacher(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let mut complaint = started(world);
    complaint["participants"] = json!([world.ours.leader.person]);
    let made = act(world, Who::Guardian, "threadStart", "thread { id messages { nodes { id } } }", complaint).await;
    let thread: ThreadId = made["thread"]["id"].as_str().unwrap().parse().unwrap();
    let message = &made["thread"]["messages"]["nodes"][0]["id"];
    assert_eq!(listed(world, Who::Leader, json!({ "unread": true })).await, [thread.to_string()]);
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for id in [&json!(thread), message] {
        assert_eq!(ask(world, Who::Teacher, node, json!({ "id": id })).await["node"], Value::Null);
    }
    assert!(!listed(world, Who::Teacher, json!({})).await.contains(&thread.to_string()));
    assert_eq!(codes(&act(world, Who::Teacher, "messageSend", "", words(thread, "Ik lees mee.")).await), ["NOT_FOUND"]);
    // Nor does the leader read what is for the teacher.
    let of_teacher = start(world, Who::Guardian).await;
    assert_eq!(ask(world, Who::Leader, THREAD, json!({ "id": of_teacher })).await["thread"], Value::Null);

    // Its successor goes on with it, and the teacher still does not.
    end_roles(world, world.ours.leader.person).await;
    assert_eq!(succession::take_on(&world.app, None).await.unwrap(), 0, "nobody leads the school");
    let (anna, school) = (world.teacher("Anna", 0).await, world.ours.schools[0]);
    give_role(world, anna.person, Role::SchoolLeader, ScopeKind::School, school.0).await;
    let since = world.app.clock.now() - TimeDelta::minutes(1);
    assert_eq!(succession::take_on(&world.app, Some(since)).await.unwrap(), 1);
    assert_eq!(succession::take_on(&world.app, None).await.unwrap(), 0, "once");
    assert_eq!(bodies(world, anna.account, thread).await.map(|bodies| bodies.len()), Some(1));
    assert_eq!(bodies(world, world.ours.teacher.account, thread).await, None);
    assert!(told_of(world, thread).await.iter().any(|(person, _)| *person == anna.person), "it is in the own list");
}

async fn what_was_answered_is_not_taken_on(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Guardian).await;
    say(world, Who::Teacher, thread, "Goed.").await;
    end_roles(world, world.ours.teacher.person).await;
    // That of before in which the guardian waits, and no other.
    assert_eq!(succession::take_on(&world.app, None).await.unwrap(), 1);
    assert_eq!(bodies(world, world.ours.leader.account, thread).await, None);
}

async fn what_is_held_arrives_at_who_teaches_the_child_then(world: &World) {
    let night = turn_to(world, Weekday::Mon, 22, 0);
    let thread = start(world, Who::Guardian).await;
    end_roles(world, world.ours.teacher.person).await;
    let anna = world.teacher("Anna", 0).await;
    world.app.clock.turn(night + TimeDelta::hours(11) - world.app.clock.now());
    post::round(&world.app).await.unwrap();
    assert_eq!(bodies(world, anna.account, thread).await.map(|bodies| bodies.len()), Some(1));
    let told = told_of(world, thread).await;
    let ilse = world.ours.guardians[0].person;
    let mut persons: Vec<PersonId> = told.into_iter().map(|(person, _)| person).collect();
    persons.sort_unstable();
    let mut expected = vec![ilse, anna.person];
    expected.sort_unstable();
    assert_eq!(persons, expected, "who has gone is told nothing");
}

async fn what_nobody_reads_any_more_comes_back(world: &World) {
    let night = turn_to(world, Weekday::Mon, 22, 0);
    let thread = start(world, Who::Guardian).await;
    change_school(world).await;
    let asked = "query($id: ID!) { thread(id: $id) { messages { nodes { undeliverableAt hasArrived } } } }";
    let held = ask(world, Who::Guardian, asked, json!({ "id": thread })).await;
    let message = json!([{ "undeliverableAt": null, "hasArrived": false }]);
    assert_eq!(held["thread"]["messages"]["nodes"], message);
    world.app.clock.turn(night + TimeDelta::hours(11) - world.app.clock.now());
    let unread = "{ feedUnreadCount }";
    let before = ask(world, Who::Guardian, unread, json!({})).await["feedUnreadCount"].as_i64().unwrap();
    assert_eq!(post::round(&world.app).await.unwrap(), None);
    let seen = ask(world, Who::Guardian, asked, json!({ "id": thread })).await["thread"]["messages"]["nodes"][0].take();
    assert!(seen["undeliverableAt"].is_string() && seen["hasArrived"] == false, "{seen}");
    let after = ask(world, Who::Guardian, unread, json!({})).await["feedUnreadCount"].as_i64().unwrap();
    assert_eq!(after, before + 1, "its author is told");
    act(world, Who::Guardian, "threadRead", "", json!({ "thread": thread })).await;
    let read = ask(world, Who::Guardian, unread, json!({})).await["feedUnreadCount"].as_i64().unwrap();
    assert_eq!(read, before);
    for who in [Who::Teacher, Who::Leader] {
        assert_eq!(ask(world, who, THREAD, json!({ "id": thread })).await["thread"], Value::Null);
    }
}

async fn what_is_held_is_not_for_who_talks_apart_meanwhile(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let [ilse, hanna] = together(world).await;
    let thread = start(world, Who::Teacher).await;
    let night = turn_to(world, Weekday::Mon, 22, 0);
    say(world, Who::Guardian, thread, "Ook voor Hanna.").await;
    choose(world, world.ours.guardians[1].person, true).await;
    world.app.clock.turn(night + TimeDelta::hours(11) - world.app.clock.now());
    post::round(&world.app).await.unwrap();
    assert_eq!(bodies(world, ilse, thread).await.map(|bodies| bodies.len()), Some(2), "its author has it still");
    for account in [hanna, world.ours.teacher.account] {
        assert_eq!(bodies(world, account, thread).await.map(|bodies| bodies.len()), Some(1));
    }
}

async fn what_a_guardian_waits_for_who_has_gone_is_nobody_elses(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Guardian).await;
    set_access(world, "NONE").await;
    end_roles(world, world.ours.teacher.person).await;
    assert_eq!(succession::take_on(&world.app, None).await.unwrap(), 0);
    assert_eq!(bodies(world, world.ours.leader.account, thread).await, None);
}

async fn that_something_is_held_changes_nothing_for_others(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    let asked = "query($id: ID!) { thread(id: $id) { version updatedAt lastMessageAt } }";
    let before = ask(world, Who::Teacher, asked, json!({ "id": thread })).await;
    turn_to(world, Weekday::Sat, 23, 0);
    say(world, Who::Guardian, thread, "Pas maandag te lezen.").await;
    assert_eq!(ask(world, Who::Teacher, asked, json!({ "id": thread })).await, before);
}

on_each_database!(
    a_thread_goes_on_with_who_teaches_the_child_now,
    what_is_for_the_leader_is_not_for_the_teacher,
    what_was_answered_is_not_taken_on,
    what_is_held_arrives_at_who_teaches_the_child_then,
    what_nobody_reads_any_more_comes_back,
    what_is_held_is_not_for_who_talks_apart_meanwhile,
    what_a_guardian_waits_for_who_has_gone_is_nobody_elses,
    that_something_is_held_changes_nothing_for_others,
);
