//! What can wait, told of together: one e-mail over all schools and children, by school and then by child, with counts and
//! without names of people.

use std::sync::Arc;

use chrono::{TimeDelta, Weekday};
use glans::notifications::dead::replay_all;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::deliveries::{LEASE, digests};
use glans::platform::dispatch::Dispatch;
use glans::platform::outbox::Event;
use glans_entity::ids::{ClassGroupId, StudentId};
use glans_entity::notifications::Channel;
use glans_entity::people::{GuardianAccess, guardianship};
use glans_entity::programme::{Audience, material};
use glans_tests::post_office::Posted;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use mail_parser::MessageParser;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::mail_faults::message_id;
use super::occasions::{done, family, happens, notifications, standing};
use super::poison::claimed;
use super::stage::{Stage, daytime, nothing_is_dead, process, read, turn_to, turn_to_weekday};
use crate::announcements::{published, to_group, to_school};
use crate::ask::ask_as;

const SARA: &str = "sara@example.org";

/// Queues the digests whose time has come, and sends them.
async fn digest(stage: &Stage<'_>) -> u64 {
    let queued = digests::round(&stage.app).await.unwrap();
    stage.sends().await;
    queued
}

/// Sara has a child at each of the two schools.
async fn at_two_schools(world: &World) -> Someone {
    let (fien, piet) = (world.child("Fien", 0).await, world.child("Piet", 1).await);
    world.guardian("Sara", &[(fien, GuardianAccess::Full), (piet, GuardianAccess::Full)]).await
}

/// A class group more, of the first school.
async fn class_group(world: &World, name: &str) -> ClassGroupId {
    let input = json!({ "school": world.ours.schools[0], "schoolYear": world.ours.school_year, "name": name,
        "grades": ["4"] });
    let made = done(world, world.ours.leader, "classGroupCreate", "classGroup { id }", input).await;
    made["classGroup"]["id"].as_str().expect("a class group").parse().unwrap()
}

/// A child in it.
async fn child_of(world: &World, name: &str, group: ClassGroupId) -> StudentId {
    let school = world.ours.schools[0];
    world.sow(&world.ours, async |sower| sower.pupil(name, school, group).await).await
}

/// What a digest tells, between its first line and its button.
fn told(posted: &Posted) -> String {
    let text = read(posted).1.replace("\r\n", "\n");
    let (_, told) = text.split_once("Sinds de vorige keer is dit erbij gekomen:\n").expect("a digest");
    told.split_once("\nOpen de app").expect("a button").0.to_owned()
}

async fn one_email_tells_how_much_waits_by_school_and_child(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = at_two_schools(world).await;
    let group = class_group(world, "4b").await;
    world.guardian_of_another(sara, child_of(world, "Bram", group).await).await;
    let event_too = json!({ "channels": [{ "category": "EVENT", "channel": "EMAIL", "enabled": true }] });
    done(world, sara, "notificationPreferencesUpdate", "", event_too).await;
    let to = |place: Value| json!({ "audience": { "include": [place] } });
    let read_there = published(world, Who::Leader, "Gelezen", to_group(world)).await;
    for title in ["IJsvrij", "Studiedag"] {
        published(world, Who::Leader, title, to_group(world)).await;
    }
    published(world, Who::Leader, "Luizen", to(json!(group))).await;
    published(world, Who::Leader, "Rapporten", to(json!(world.ours.schools[0]))).await;
    published(world, Who::Admin, "Schoolreis", to(json!(world.ours.schools[1]))).await;
    let event = json!({ "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "audience": { "include": [world.ours.groups[0]] } });
    done(world, world.ours.leader, "eventCreate", "", event).await;
    stage.works().await;
    done(world, sara, "announcementRead", "", json!({ "ids": [read_there] })).await;
    turn_to(world, 16, 58);
    assert_eq!(digest(&stage).await, 0, "it is not five yet");
    turn_to(world, 17, 0);
    assert!(digest(&stage).await >= 1);
    assert_eq!(digest(&stage).await, 0, "once is enough");

    let posted = stage.office.posted_to(SARA);
    let [posted] = posted.as_slice() else { panic!("{posted:?}") };
    assert_eq!(read(posted).0, "Dit staat voor u klaar");
    let expected = "
De Meent
  Uw kind in 5c
  - 1 mededeling

De Zwaluw
  Uw kind in 3a
  - 2 mededelingen
  - 1 bericht over een activiteit
  Uw kinderen in 3a en 4b
  - 1 mededeling
  Uw kind in 4b
  - 1 mededeling
";
    assert_eq!(told(posted), expected);
    let message = MessageParser::default().parse(&posted.message).unwrap();
    let (html, plain) = (message.body_html(0).unwrap(), message.body_text(0).unwrap());
    for name in ["Fien", "Piet", "Bram", "IJsvrij", "Studiedag", "Luizen", "Rapporten", "Schoolreis", "Kijkavond"] {
        assert!(!html.contains(name) && !plain.contains(name), "{name}: {plain}");
    }
    assert_eq!(message.header_raw("List-Unsubscribe-Post").map(str::trim), Some("List-Unsubscribe=One-Click"));
    let row = stage.deliveries(sara, Channel::Email).await.remove(0);
    assert_eq!(message.message_id(), Some(format!("{}@glans.example.org", row.id).as_str()));

    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1, "nothing came since");
}

/// What comes by itself says what a digest says of the children.
async fn an_email_of_its_own_says_about_which_child_it_is(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let group = class_group(world, "4b").await;
    let (fien, bram) = (world.child("Fien", 0).await, child_of(world, "Bram", group).await);
    let sara = world.guardian("Sara", &[(fien, GuardianAccess::Full), (bram, GuardianAccess::Full)]).await;
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "IMMEDIATE" })).await;
    published(world, Who::Leader, "Luizen", json!({ "audience": { "include": [group] } })).await;
    stage.works().await;
    published(world, Who::Leader, "Rapporten", to_school(world)).await;
    stage.works().await;
    let whom = |posted: &Posted| {
        let text = read(posted).1;
        text.lines().find(|line| line.starts_with("Uw kind")).unwrap_or_default().to_owned()
    };
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.iter().map(whom).collect::<Vec<_>>(), ["Uw kind in 4b", "Uw kinderen in 3a en 4b"]);
}

async fn a_child_whom_somebody_lost_is_not_told_of(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, bram) = (world.child("Fien", 0).await, child_of(world, "Bram", class_group(world, "4b").await).await);
    let sara = world.guardian("Sara", &[(fien, GuardianAccess::Full), (bram, GuardianAccess::Full)]).await;
    published(world, Who::Leader, "Rapporten", to_school(world)).await;
    stage.tells().await;
    let db = world.writing().await;
    guardianship::Entity::update_many()
        .col_expr(guardianship::Column::Access, Expr::value(GuardianAccess::None.to_value()))
        .filter(guardianship::Column::GuardianId.eq(sara.person))
        .filter(guardianship::Column::StudentId.eq(bram))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(told(&posted[0]), "\nDe Zwaluw\n  Uw kind in 3a\n  - 1 mededeling\n");
}

async fn staff_are_told_by_school_and_by_board(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let meeting = json!({ "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson],
        "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z" });
    done(world, world.ours.trainer, "meetingPlan", "", meeting).await;
    let comment = json!({ "experience": world.ours.experiences[0], "text": "Mooi gedaan." });
    done(world, world.ours.trainer, "experienceComment", "", comment).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    let posted = stage.office.posted_to("marieke@example.org");
    let expected = "
De Sterrenwacht
  - 1 bericht over de cursus

De Zwaluw
  - 1 ervaring of reactie
";
    assert_eq!(posted.iter().map(told).collect::<Vec<_>>(), [expected]);
}

/// The team of the first school had the lesson.
async fn taught(world: &World) {
    let (school, lesson) = (world.ours.schools[0], world.ours.published.lesson);
    let payload = json!({ "schoolCohort": world.ours.school_cohorts[0], "school": school, "lesson": lesson });
    happens(world, Event { kind: "lesson.taught", payload }).await;
}

async fn what_is_for_home_is_mailed_to_who_asks_for_it(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    taught(world).await;
    stage.tells().await;
    assert_eq!(standing(world, "lesson-for-home").await, [""; 0], "there is nothing for guardians alone");

    let db = world.writing().await;
    material::Entity::update_many()
        .col_expr(material::Column::Audience, Expr::value(Audience::Guardian.to_value()))
        .filter(material::Column::Id.eq(world.ours.published.material))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    let asks = json!({ "channels": [{ "category": "LESSON_FOR_HOME", "channel": "EMAIL", "enabled": true }] });
    done(world, sara, "notificationPreferencesUpdate", "", asks.clone()).await;
    for _ in 0..2 {
        taught(world).await;
        stage.tells().await;
    }
    assert_eq!(standing(world, "lesson-for-home").await, ["Ilse", "Omar", "Sara"], "the inbox has it");
    let rows = notifications(world, "lesson-for-home").await;
    assert_eq!(rows.len(), 3, "once is enough");
    let waiting: Vec<_> = rows.iter().filter(|row| row.bundled).map(|row| row.person_id).collect();
    assert_eq!(waiting, [sara.person], "it waits for a digest of nobody else");
    done(world, omar, "notificationPreferencesUpdate", "", asks).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.iter().map(told).collect::<Vec<_>>(), ["\nDe Zwaluw\n  Uw kind in 3a\n  - 1 tip voor thuis\n"]);
    assert_eq!(stage.office.posted().len(), 1, "nobody else asked for it by then");
    assert_eq!(stage.fates(omar, Channel::Email).await, [""; 0], "for who did not, none is made up");
}

async fn however_much_waits_it_is_read_in_as_many_statements(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let groups = [class_group(world, "4b").await, class_group(world, "5b").await];
    let (bram, kim) = (child_of(world, "Bram", groups[0]).await, child_of(world, "Kim", groups[1]).await);
    let full = [(bram, GuardianAccess::Full), (kim, GuardianAccess::Full)];
    world.guardian("Sara", &full).await;
    let mut statements = Vec::new();
    for audience in [vec![groups[0]], vec![groups[0], groups[1], groups[0], groups[1]]] {
        for group in audience {
            published(world, Who::Leader, "Luizen", json!({ "audience": { "include": [group] } })).await;
        }
        stage.tells().await;
        turn_to(world, 17, 0);
        assert_eq!(digests::round(&stage.app).await.unwrap(), 1, "for Sara alone");
        let before = stage.app.db.statement_count();
        stage.sends().await;
        statements.push(stage.app.db.statement_count() - before);
    }
    assert_eq!(statements[0], statements[1]);
    let posted = stage.office.posted_to(SARA);
    let expected = "\nDe Zwaluw\n  Uw kind in 4b\n  - 2 mededelingen\n  Uw kind in 5b\n  - 2 mededelingen\n";
    assert_eq!(told(&posted[1]), expected);
}

async fn what_was_read_is_not_counted(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    let mut ids = Vec::new();
    for title in ["Een", "Twee", "Drie"] {
        ids.push(published(world, Who::Leader, title, to_group(world)).await);
    }
    stage.tells().await;
    // Nobody has told yet that she read it where it stands.
    done(world, sara, "announcementRead", "", json!({ "ids": [ids[0]] })).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    let texts = |to: &str| stage.office.posted_to(to).iter().map(|posted| read(posted).1).collect::<Vec<_>>();
    assert!(texts(SARA)[0].contains("2 mededelingen"), "{:?}", texts(SARA));
    assert!(texts("omar@example.org")[0].contains("3 mededelingen"));

    let id = published(world, Who::Leader, "Vier", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    digests::round(&stage.app).await.unwrap();
    // Between making and sending.
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT", "SUPPRESSED NOTHING"]);
    assert_eq!(stage.fates(omar, Channel::Email).await, ["SENT", "SENT"]);

    published(world, Who::Leader, "Vijf", to_group(world)).await;
    stage.tells().await;
    let inbox = ask_as(world, sara, "{ notifications(first: 1) { nodes { id } } }", Value::Null).await;
    let all = json!({ "upTo": inbox["notifications"]["nodes"][0]["id"] });
    done(world, sara, "notificationsRead", "", all).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.fates(sara, Channel::Email).await.len(), 2, "all is read: none is made");
    assert_eq!((texts(SARA).len(), texts("omar@example.org").len()), (1, 3));
}

async fn each_chooses_how_often(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "WEEKLY", "digestHour": 8 })).await;
    done(world, omar, "notificationPreferencesUpdate", "", json!({ "digest": "IMMEDIATE" })).await;
    for title in ["Een", "Twee"] {
        published(world, Who::Leader, title, to_group(world)).await;
        stage.works().await;
    }
    let posted = stage.office.posted_to("omar@example.org");
    assert_eq!(posted.len(), 2, "one by one, at once");
    let message = MessageParser::default().parse(&posted[0].message).unwrap();
    assert!(message.header_raw("List-Unsubscribe").is_some());
    for _ in 0..2 {
        turn_to(world, 17, 0);
        digest(&stage).await;
    }
    assert_eq!(stage.office.posted_to("ilse@example.org").len(), 1, "who chose nothing");
    assert_eq!(stage.office.posted_to(SARA).len(), 0, "Wednesday");
    turn_to_weekday(world, Weekday::Fri, 8, 0);
    digest(&stage).await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 1);
    assert!(read(&posted[0]).1.contains("2 mededelingen"));
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!((stage.office.posted_to(SARA).len(), stage.office.posted_to("omar@example.org").len()), (1, 2));
}

/// The workers were away on Friday evening, and the mail server until Monday.
async fn a_weekly_digest_is_of_use_over_the_weekend(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "WEEKLY" })).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    turn_to_weekday(world, Weekday::Fri, 17, 0);
    world.app.clock.turn(TimeDelta::hours(21));
    stage.office.set_dead(true);
    assert_eq!(digest(&stage).await, 1, "the next one of Ilse and Omar comes today");
    let row = stage.deliveries(sara, Channel::Email).await.remove(0);
    assert_eq!(Some(row.expires_at - TimeDelta::hours(72)), row.digest_until);
    stage.passes(24, TimeDelta::hours(2)).await;
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("QUEUED "));
    stage.office.set_dead(false);
    // Between two tries it waits for a quarter of an hour at most.
    stage.passes(4, TimeDelta::minutes(10)).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1);
}

/// The database takes no digest to this account.
async fn refuses(world: &World, someone: Someone) {
    let id = someone.account.0;
    let sql = match world.app.db.backend() {
        DbBackend::Postgres => format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON delivery FOR EACH ROW WHEN (NEW.account_id = '{id}')
             EXECUTE FUNCTION refuse()"
        ),
        _ => format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON delivery WHEN hex(NEW.account_id) = '{}'
             BEGIN SELECT RAISE(ABORT, 'no'); END",
            id.simple().to_string().to_uppercase()
        ),
    };
    world.app.db.connection().execute_unprepared(&sql).await.unwrap();
}

async fn takes_all(world: &World) {
    let sql = match world.app.db.backend() {
        DbBackend::Postgres => "DROP TRIGGER refuse ON delivery",
        _ => "DROP TRIGGER refuse",
    };
    world.app.db.connection().execute_unprepared(sql).await.unwrap();
}

async fn a_time_that_fails_keeps_no_other_from_its_digest(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    // Looked at before the time of those who chose none.
    let earlier = json!({ "digest": "DAILY", "digestHour": 16 });
    done(world, sara, "notificationPreferencesUpdate", "", earlier).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    refuses(world, sara).await;
    turn_to(world, 17, 0);
    let mut before = digests::Done::default();
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 2, "Ilse and Omar");
    takes_all(world).await;
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 1, "Sara, in the next round");
}

async fn who_chooses_an_hour_that_has_passed_gets_it_today(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    let at = |hour: i32| json!({ "digest": "DAILY", "digestHour": hour });
    done(world, sara, "notificationPreferencesUpdate", "", at(20)).await;
    done(world, omar, "notificationPreferencesUpdate", "", at(17)).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    let mut before = digests::Done::default();
    turn_to(world, 17, 3);
    // Ilse, who chose nothing, and Omar.
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 2);
    done(world, sara, "notificationPreferencesUpdate", "", at(17)).await;
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 0, "a moment ago it was looked");
    turn_to(world, 17, 9);
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 1);
    stage.sends().await;
    for to in ["ilse@example.org", "omar@example.org", SARA] {
        assert_eq!(stage.office.posted_to(to).len(), 1, "{to}");
    }
}

/// The mail server was away at five; at half past, somebody chooses four o'clock.
async fn who_has_a_digest_waiting_gets_no_second_one_of_the_same(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    assert!(digests::round(&stage.app).await.unwrap() >= 3, "Ilse, Omar and Sara");
    let earlier = json!({ "digest": "DAILY", "digestHour": 16 });
    done(world, sara, "notificationPreferencesUpdate", "", earlier).await;
    turn_to(world, 17, 30);
    assert_eq!(digests::round(&stage.app).await.unwrap(), 0);
    stage.sends().await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1);
    published(world, Who::Leader, "Twee", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 16, 0);
    digest(&stage).await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 2);
    assert_eq!(told(&posted[1]), "\nDe Zwaluw\n  Uw kind in 3a\n  - 1 mededeling\n");
}

async fn who_wants_each_thing_by_itself_hears_once_more_of_what_waited(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    for title in ["Een", "Twee"] {
        published(world, Who::Leader, title, to_group(world)).await;
    }
    stage.tells().await;
    let immediate = json!({ "digest": "IMMEDIATE" });
    for _ in 0..2 {
        done(world, sara, "notificationPreferencesUpdate", "", immediate.clone()).await;
    }
    published(world, Who::Leader, "Drie", to_group(world)).await;
    stage.works().await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1, "at once, by itself");
    world.app.clock.turn(TimeDelta::minutes(3));
    stage.sends().await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 2);
    assert_eq!(told(&posted[1]), "\nDe Zwaluw\n  Uw kind in 3a\n  - 2 mededelingen\n");
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 2, "nothing is told again");
}

/// The mail server was away at five, and a digest waits still.
async fn who_wants_each_thing_by_itself_hears_once_of_what_a_digest_was_to_tell(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    assert!(digests::round(&stage.app).await.unwrap() >= 3, "Ilse, Omar and Sara");
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "IMMEDIATE" })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SUPPRESSED NOTHING", "QUEUED"]);
    let last = stage.deliveries(sara, Channel::Email).await.remove(1);
    assert_eq!(last.expires_at - last.due_at, TimeDelta::hours(72), "no other digest would tell it");
    world.app.clock.turn(TimeDelta::minutes(3));
    stage.sends().await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.iter().map(told).collect::<Vec<_>>(), ["\nDe Zwaluw\n  Uw kind in 3a\n  - 1 mededeling\n"]);
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SUPPRESSED NOTHING", "SENT"]);
}

/// A digest to Sara that the mail server took, and nobody heard of it. And how to write to her alone.
async fn of_which_nobody_heard(world: &World, stage: &Stage<'_>) -> (Someone, Value) {
    let group = class_group(world, "4b").await;
    let bram = child_of(world, "Bram", group).await;
    let sara = world.guardian("Sara", &[(bram, GuardianAccess::Full)]).await;
    let to_bram = json!({ "audience": { "include": [group] } });
    published(world, Who::Leader, "Een", to_bram.clone()).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    stage.office.lose(1);
    assert_eq!(digest(stage).await, 1, "for Sara alone");
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("QUEUED "));
    (sara, to_bram)
}

/// The first digest came twice under its own name, and the other one told the rest.
async fn each_is_told_by_one(stage: &Stage<'_>, sara: Someone) {
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT", "SENT"]);
    let posted = stage.office.posted_to(SARA);
    let one = "\nDe Zwaluw\n  Uw kind in 4b\n  - 1 mededeling\n";
    assert_eq!(posted.iter().map(told).collect::<Vec<_>>(), [one; 3]);
    let ids: Vec<_> = posted.iter().map(message_id).collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "the first comes again as itself, the other tells the rest: {ids:?}");
}

async fn a_digest_that_may_have_arrived_is_told_again_by_no_other(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (sara, to_bram) = of_which_nobody_heard(world, &stage).await;
    published(world, Who::Leader, "Twee", to_bram).await;
    stage.tells().await;
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "IMMEDIATE" })).await;
    stage.passes(3, TimeDelta::minutes(3)).await;
    each_is_told_by_one(&stage, sara).await;
}

/// Then the mail server was away until it was given up. It is back, and the next one is there.
async fn of_which_nobody_heard_until_the_next_one(world: &World, stage: &Stage<'_>) -> Someone {
    nothing_is_dead(world).await;
    let (sara, to_bram) = of_which_nobody_heard(world, stage).await;
    stage.office.set_dead(true);
    stage.passes(21, TimeDelta::hours(1)).await;
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("DEAD "));
    published(world, Who::Leader, "Twee", to_bram).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    assert_eq!(digests::round(&stage.app).await.unwrap(), 1, "for Sara alone");
    stage.office.set_dead(false);
    sara
}

async fn a_digest_that_may_have_arrived_is_told_by_no_other_when_it_is_replayed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = of_which_nobody_heard_until_the_next_one(world, &stage).await;
    assert_eq!(replay_all(&stage.app).await.unwrap(), (0, 1));
    for _ in 0..4 {
        stage.sends_anew().await;
        world.app.clock.turn(TimeDelta::minutes(3));
    }
    each_is_told_by_one(&stage, sara).await;
}

/// The next one saw no other, and is with the mail server when the first one is replayed.
async fn a_digest_that_is_replayed_waits_for_one_that_is_under_way(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = of_which_nobody_heard_until_the_next_one(world, &stage).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    let (queue, lease, batch) = claimed(&sender, Channel::Email).await;
    let done = sender.carry(queue, batch).await.unwrap();
    assert_eq!(replay_all(&stage.app).await.unwrap(), (0, 1));
    stage.sends_anew().await;
    sender.settle(queue, &done, lease).await.unwrap();
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
    stage.sends_anew().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SUPPRESSED NOTHING", "SENT"]);
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 2, "the one of which nobody heard, and the next one");
    assert_eq!(told(&posted[1]), "\nDe Zwaluw\n  Uw kind in 4b\n  - 2 mededelingen\n");
}

async fn who_gets_no_email_of_a_category_finds_none_in_the_digest(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    let off = json!({ "channels": [{ "category": "ANNOUNCEMENT", "channel": "EMAIL", "enabled": false }] });
    done(world, sara, "notificationPreferencesUpdate", "", off).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 0);
    assert_eq!(stage.office.posted_to("omar@example.org").len(), 1);
}

async fn of_two_processes_one_makes_the_digest(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    let other = process(world, stage.app.config.clone()).await;
    for turn in 1..=20 {
        published(world, Who::Leader, "Een", to_group(world)).await;
        stage.tells().await;
        turn_to(world, 17, 0);
        let (one, two) = (Arc::clone(&stage.app), Arc::clone(&other));
        let (one, two) = tokio::join!(
            tokio::spawn(async move { digests::round(&one).await }),
            tokio::spawn(async move { digests::round(&two).await }),
        );
        // Ilse, Omar and Sara.
        assert_eq!(one.unwrap().unwrap() + two.unwrap().unwrap(), 3, "turn {turn}");
        stage.sends().await;
        assert_eq!(stage.deliveries(sara, Channel::Email).await.len(), turn);
        assert_eq!(stage.office.posted_to(SARA).len(), turn);
        world.app.clock.turn(TimeDelta::minutes(1));
    }
}

on_each_database!(
    what_is_for_home_is_mailed_to_who_asks_for_it,
    one_email_tells_how_much_waits_by_school_and_child,
    an_email_of_its_own_says_about_which_child_it_is,
    a_child_whom_somebody_lost_is_not_told_of,
    staff_are_told_by_school_and_by_board,
    however_much_waits_it_is_read_in_as_many_statements,
    what_was_read_is_not_counted,
    each_chooses_how_often,
    a_weekly_digest_is_of_use_over_the_weekend,
    a_time_that_fails_keeps_no_other_from_its_digest,
    who_chooses_an_hour_that_has_passed_gets_it_today,
    who_has_a_digest_waiting_gets_no_second_one_of_the_same,
    who_wants_each_thing_by_itself_hears_once_more_of_what_waited,
    who_wants_each_thing_by_itself_hears_once_of_what_a_digest_was_to_tell,
    a_digest_that_may_have_arrived_is_told_again_by_no_other,
    a_digest_that_may_have_arrived_is_told_by_no_other_when_it_is_replayed,
    a_digest_that_is_replayed_waits_for_one_that_is_under_way,
    who_gets_no_email_of_a_category_finds_none_in_the_digest,
    of_two_processes_one_makes_the_digest,
);
