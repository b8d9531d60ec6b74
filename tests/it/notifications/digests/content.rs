//! What a digest tells: how much waits, by school and child, as far as it is of use and wanted.

use glans::notifications::deliveries::digests;
use glans::platform::outbox::Event;
use glans_entity::notifications::Channel;
use glans_entity::people::{GuardianAccess, guardianship};
use glans_entity::programme::{Audience, material};
use glans_tests::post_office::Posted;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use mail_parser::MessageParser;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{SARA, child_of, class_group, digest, told};
use crate::announcements::{published, to_group, to_school};
use crate::notifications::occasions::{done, happens, notifications, standing};
use crate::notifications::stage::{Stage, daytime, read, turn_to};

/// Sara has a child at each of the two schools.
async fn at_two_schools(world: &World) -> Someone {
    let (fien, piet) = (world.child("Fien", 0).await, world.child("Piet", 1).await);
    world.guardian("Sara", &[(fien, GuardianAccess::Full), (piet, GuardianAccess::Full)]).await
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
    let (_, sara, omar) = world.family().await;
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

on_each_database!(
    what_is_for_home_is_mailed_to_who_asks_for_it,
    one_email_tells_how_much_waits_by_school_and_child,
    an_email_of_its_own_says_about_which_child_it_is,
    a_child_whom_somebody_lost_is_not_told_of,
    staff_are_told_by_school_and_by_board,
    however_much_waits_it_is_read_in_as_many_statements,
);
