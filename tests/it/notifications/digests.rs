//! What can wait, told of together: one e-mail over all schools and children, with counts and without names.

use std::sync::Arc;

use chrono::{TimeDelta, Weekday};
use glans::notifications::deliveries::digests;
use glans_entity::notifications::Channel;
use glans_entity::people::GuardianAccess;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use mail_parser::MessageParser;
use serde_json::{Value, json};

use super::occasions::{done, family};
use super::stage::{Stage, daytime, process, read, turn_to, turn_to_weekday};
use crate::announcements::{published, to_group};
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

async fn one_email_tells_how_much_waits_at_all_schools(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = at_two_schools(world).await;
    for title in ["IJsvrij", "Studiedag"] {
        published(world, Who::Leader, title, to_group(world)).await;
    }
    let there = json!({ "audience": { "include": [world.ours.schools[1]] } });
    published(world, Who::Admin, "Schoolreis", there).await;
    let event = json!({ "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "audience": { "include": [world.ours.groups[0]] } });
    done(world, world.ours.leader, "eventCreate", "", event).await;
    stage.works().await;
    turn_to(world, 16, 58);
    assert_eq!(digest(&stage).await, 0, "it is not five yet");
    turn_to(world, 17, 0);
    assert!(digest(&stage).await >= 1);
    assert_eq!(digest(&stage).await, 0, "once is enough");

    let posted = stage.office.posted_to(SARA);
    let [posted] = posted.as_slice() else { panic!("{posted:?}") };
    let (subject, text) = read(posted);
    assert_eq!(subject, "Dit staat voor u klaar");
    assert!(text.contains("3 mededelingen"), "{text}");
    for name in ["Fien", "Piet", "Sara", "IJsvrij", "Studiedag", "Schoolreis", "Kijkavond"] {
        assert!(!subject.contains(name) && !text.contains(name), "{name}: {text}");
    }
    let row = stage.deliveries(sara, Channel::Email).await.remove(0);
    let message = MessageParser::default().parse(&posted.message).unwrap();
    assert_eq!(message.message_id(), Some(format!("{}@glans.example.org", row.id).as_str()));

    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1, "nothing came since");
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
    one_email_tells_how_much_waits_at_all_schools,
    what_was_read_is_not_counted,
    each_chooses_how_often,
    who_chooses_an_hour_that_has_passed_gets_it_today,
    who_gets_no_email_of_a_category_finds_none_in_the_digest,
    of_two_processes_one_makes_the_digest,
);
