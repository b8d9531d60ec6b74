//! From an act to the phones and mailboxes of those whom it concerns: once, by the usual ways.

use chrono::TimeDelta;
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform};
use glans_tests::{Accepted, Who, World, on_each_database};
use mail_parser::MessageParser;
use serde_json::json;

use super::occasions::{done, in_days};
use super::stage::{Stage, daytime, ids, line, to_confirm, urgent};
use crate::announcements::{published, to_group};

async fn what_is_urgent_reaches_every_device_and_mailbox_once(world: &World) {
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
    let all = [("ilse", world.ours.guardians[0]), ("omar", omar), ("sara", sara)];
    let devices = [("phone", PushPlatform::Fcm), ("tablet", PushPlatform::Apns), ("laptop", PushPlatform::WebPush)];
    for (name, someone) in all {
        for (device, platform) in devices {
            stage.device(someone, platform, &format!("ok-{name}-{device}")).await;
        }
    }
    let id = published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.works().await;
    // Neither another round nor another process sends anything more.
    stage.works().await;
    stage.sends_anew().await;
    assert_eq!((stage.gateway.count(), stage.office.posted().len()), (9, 3));
    for (name, someone) in all {
        for (device, _) in devices {
            let token = format!("ok-{name}-{device}");
            let seen = stage.gateway.seen(&token);
            let [push] = seen.as_slice() else { panic!("{token}: {seen:?}") };
            assert_eq!(stage.gateway.tries(&token), 1, "{token}");
            assert_eq!(ids(push)["account"], someone.account.to_string());
            assert_eq!((&ids(push)["about"], &ids(push)["category"]), (&id, &json!("ALERT")));
            assert_eq!(line(push), ("Dringend bericht van school", "Lees het meteen in de app."));
        }
        let rows = stage.deliveries(someone, Channel::Email).await;
        let [row] = rows.as_slice() else { panic!("{name}: {rows:?}") };
        let posted = stage.office.posted_to(&format!("{name}@example.org"));
        let [posted] = posted.as_slice() else { panic!("{name}: {posted:?}") };
        let message = MessageParser::default().parse(&posted.message).unwrap();
        assert_eq!(message.message_id(), Some(format!("{}@glans.example.org", row.id).as_str()));
        assert_eq!(message.header_raw("List-Unsubscribe"), None, "it cannot be switched off");
        assert!(message.subject().unwrap().contains("Nieuwe mededeling"), "{:?}", message.subject());
        for channel in [Channel::Push, Channel::Email] {
            let rows = stage.deliveries(someone, channel).await;
            assert!(rows.iter().all(|row| row.state == DeliveryState::Sent && row.attempts == 1), "{rows:?}");
        }
    }
    assert_eq!(stage.gateway.faults(), [""; 0]);
}

/// To whom something went since the last look, by push and by e-mail.
async fn went(stage: &Stage<'_>, before: &mut (usize, usize)) -> [Vec<String>; 2] {
    stage.works().await;
    let (pushes, mails) = (stage.gateway.accepted(), stage.office.posted());
    let line = |push: &Accepted| format!("{} {}", push.token, ids(push)["category"].as_str().unwrap());
    let mut to_devices: Vec<_> = pushes[before.0..].iter().map(line).collect();
    let mut mailed: Vec<_> = mails[before.1..].iter().flat_map(|posted| posted.to.clone()).collect();
    to_devices.sort();
    mailed.sort();
    *before = (pushes.len(), mails.len());
    [to_devices, mailed]
}

async fn each_category_goes_by_the_usual_ways(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, omar) = world.family().await;
    let tarik = world.ours.teacher;
    for (name, someone) in [("omar", omar), ("sara", sara), ("tarik", tarik)] {
        stage.device(someone, PushPlatform::Fcm, &format!("ok-{name}")).await;
    }
    let mut before = (0, 0);
    let nobody: [&str; 0] = [];

    let message = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, tarik, "threadStart", "", message).await;
    let [pushed, mailed] = went(&stage, &mut before).await;
    assert_eq!(pushed, ["ok-omar MESSAGE", "ok-sara MESSAGE"]);
    assert_eq!(mailed, nobody);

    let absence = json!({ "student": fien, "startsOn": "2031-03-04", "reason": "SICK" });
    done(world, sara, "absenceReport", "", absence).await;
    let [pushed, mailed] = went(&stage, &mut before).await;
    assert_eq!(pushed, ["ok-omar ABSENCE"], "the teacher finds it in the app");
    assert_eq!(mailed, nobody);

    let starts = in_days(world, 3);
    let plan = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
        "endsAt": starts + TimeDelta::minutes(20) });
    done(world, tarik, "conversationSchedule", "", plan).await;
    let [pushed, mailed] = went(&stage, &mut before).await;
    assert_eq!(pushed, ["ok-omar CONVERSATION", "ok-sara CONVERSATION"]);
    assert_eq!(mailed, ["omar@example.org", "sara@example.org"]);
    let posted = stage.office.posted_to("sara@example.org");
    let message = MessageParser::default().parse(&posted[0].message).unwrap();
    assert_eq!(message.header_raw("List-Unsubscribe"), None, "that a talk is planned nobody misses");
    assert!(String::from_utf8_lossy(&posted[0].message).contains("text/calendar"), "with an entry for the calendar");

    published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    let [pushed, mailed] = went(&stage, &mut before).await;
    assert_eq!((pushed.len(), mailed.len()), (0, 0), "it waits for the digest");

    published(world, Who::Leader, "Studiedag", to_confirm(world)).await;
    let [pushed, mailed] = went(&stage, &mut before).await;
    assert_eq!(pushed, ["ok-omar CONFIRMATION", "ok-sara CONFIRMATION"]);
    assert_eq!(mailed, nobody);
    assert_eq!(stage.gateway.faults(), nobody);
}

async fn a_push_speaks_the_language_of_its_person_and_counts_what_waits(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
    done(world, sara, "profileUpdate", "", json!({ "language": "en" })).await;
    for (name, someone) in [("omar", omar), ("sara", sara)] {
        stage.device(someone, PushPlatform::Apns, &format!("ok-{name}")).await;
    }
    published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    published(world, Who::Leader, "Studiedag", to_confirm(world)).await;
    stage.works().await;
    let (in_dutch, in_english) = (stage.gateway.seen("ok-omar"), stage.gateway.seen("ok-sara"));
    assert_eq!(line(&in_dutch[0]).0, "Wilt u iets bevestigen?");
    assert_eq!(line(&in_english[0]).0, "Please confirm");
    assert_eq!(in_english[0].body["aps"]["badge"], 2);
}

on_each_database!(
    what_is_urgent_reaches_every_device_and_mailbox_once,
    each_category_goes_by_the_usual_ways,
    a_push_speaks_the_language_of_its_person_and_counts_what_waits,
);
