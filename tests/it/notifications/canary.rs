//! What leaves the system names no child and quotes nobody: neither a push, nor an e-mail, nor a line of the log.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Timelike};
use glans::engagement::contact_rules::rules::zone;
use glans::notifications::deliveries::digests;
use glans::notifications::reminders;
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery};
use glans_entity::people::GuardianAccess;
use glans_entity::platform::outbox;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{World, on_each_database};
use mail_parser::MessageParser;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::letters;
use super::occasions::{done, in_days};
use super::stage::{Stage, read, turn_to};
use crate::cli;

/// Stands in every name and text of these tests, and nowhere else.
const CANARY: &str = "pimpelmees";

fn canary(word: &str) -> String {
    format!("{CANARY} {word}")
}

/// Every category by every way, at once, at this time of day.
fn everything(world: &World) -> Value {
    let categories = ["MESSAGE", "CONVERSATION", "ANNOUNCEMENT", "EVENT", "SURVEY", "CONFIRMATION", "ABSENCE"];
    let channels: Vec<_> = categories
        .into_iter()
        .flat_map(|category| {
            ["PUSH", "EMAIL"].map(|channel| json!({ "category": category, "channel": channel, "enabled": true }))
        })
        .collect();
    let hour = world.app.clock.now().with_timezone(&zone("Europe/Amsterdam")).hour();
    let at = |hours: u32| format!("{:02}:00", (hour + hours) % 24);
    json!({ "channels": channels, "digest": "IMMEDIATE", "quietFrom": at(4), "quietUntil": at(5) })
}

/// Staff writes of all kinds to the guardians, and they to staff.
async fn much_happens(world: &World) -> [Someone; 3] {
    let child = world.child(&canary("kind"), 0).await;
    let full = [(child, GuardianAccess::Full)];
    let (one, other) =
        (world.guardian(&format!("{CANARY}-een"), &full).await, world.guardian(&format!("{CANARY}-twee"), &full).await);
    let (teacher, leader) = (world.ours.teacher, world.ours.leader);
    for someone in [one, other, teacher] {
        done(world, someone, "notificationPreferencesUpdate", "", everything(world)).await;
    }
    let group = json!({ "include": [world.ours.groups[0]] });
    let text = json!({ "title": canary("titel"), "body": canary("tekst"), "audience": group });
    for more in [
        json!({}),
        json!({ "requiresAcknowledgement": true }),
        json!({ "priority": "URGENT",
        "urgentReason": canary("reden"), "requiresAcknowledgement": true }),
    ] {
        let mut input = text.clone();
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = done(world, leader, "announcementCreate", "announcement { id }", input).await;
        done(world, leader, "announcementPublish", "", json!({ "id": made["announcement"]["id"] })).await;
    }
    let thread = json!({ "student": child, "subject": canary("onderwerp"), "body": canary("bericht") });
    let made = done(world, teacher, "threadStart", "thread { id }", thread).await;
    let answer = json!({ "thread": made["thread"]["id"], "body": canary("antwoord") });
    done(world, one, "messageSend", "", answer).await;
    let starts = in_days(world, 3);
    let plan = json!({ "student": child, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
        "endsAt": starts + TimeDelta::minutes(20) });
    done(world, teacher, "conversationSchedule", "", plan).await;
    let evening = json!({ "title": canary("avond"), "location": canary("aula"), "audience": group,
        "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z" });
    done(world, leader, "eventCreate", "", evening).await;
    let survey = json!({ "title": canary("vragen"), "closesAt": in_days(world, 7), "audience": group,
        "questions": [{ "kind": "SCALE", "text": canary("vraag"), "isRequired": true }] });
    let made = done(world, leader, "surveyCreate", "survey { id }", survey).await;
    done(world, leader, "surveyOpen", "", json!({ "id": made["survey"]["id"] })).await;
    let purpose = json!({ "school": world.ours.schools[0], "text": canary("foto") });
    done(world, leader, "consentPurposeCreate", "", purpose).await;
    let absence = json!({ "student": child, "startsOn": "2031-03-04", "reason": "SICK", "note": canary("koorts") });
    done(world, one, "absenceReport", "", absence).await;
    done(world, one, "concernRaise", "", json!({ "student": child, "text": canary("zorg") })).await;
    let compliment = json!({ "student": child, "kind": "PHONE", "tone": "COMPLIMENT", "note": canary("compliment") });
    done(world, teacher, "contactMomentLog", "", compliment).await;
    [one, other, teacher]
}

/// What waits for a digest, and what people are reminded of.
async fn time_passes(world: &World, stage: &Stage<'_>, someone: Someone) {
    let daily = json!({ "digest": "DAILY", "digestHour": 17 });
    done(world, someone, "notificationPreferencesUpdate", "", daily).await;
    let text = json!({ "title": canary("titel"), "body": canary("tekst"),
        "audience": { "include": [world.ours.groups[0]] } });
    let made = done(world, world.ours.leader, "announcementCreate", "announcement { id }", text).await;
    done(world, world.ours.leader, "announcementPublish", "", json!({ "id": made["announcement"]["id"] })).await;
    stage.works().await;
    // Two days before the talk that was planned, in the morning: whatever time it is now, one of these is later that
    // day.
    let mut reminded = 0;
    for hours in [24, 9] {
        world.app.clock.turn(TimeDelta::hours(hours));
        reminded += reminders::round(&stage.app).await.unwrap();
    }
    assert!(reminded >= 1, "a reminder");
    turn_to(world, 17, 0);
    assert!(digests::round(&stage.app).await.unwrap() >= 1, "a digest");
    stage.sends().await;
}

/// `glans worker` over the database of `world`, with its log in `log`.
fn worker(folder: &Path, log: &Path, world: &World, stage: &Stage<'_>) -> Child {
    let (config, file) = (&stage.app.config, File::create(log).unwrap());
    cli::glans(folder, &["worker"])
        .env("GLANS_DATABASE_URL", &world.app.config.database_url)
        .env("GLANS_SECRET_KEY", world.app.config.secret_key.as_deref().expect("a key"))
        .env("GLANS_LOG", "info,glans=trace")
        .env("GLANS_SMTP_URL", stage.office.url())
        .env("GLANS_MAIL_FROM", letters::FROM)
        .env("GLANS_PUBLIC_URL", config.public_url())
        .env("GLANS_APP_URL", &config.app_url)
        .envs(stage.gateway.environment())
        .stdout(Stdio::from(file.try_clone().unwrap()))
        .stderr(Stdio::from(file))
        .spawn()
        .unwrap()
}

/// Whether nothing is left to be told or sent.
async fn is_done(world: &World) -> bool {
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let events = outbox::Entity::find().filter(outbox::Column::ToldAt.is_null());
    let waiting = [DeliveryState::Queued, DeliveryState::Sending];
    // But for the last digest of who chose to have none, which is due later.
    let due = delivery::Column::DueAt.lte(world.app.clock.now());
    let deliveries = delivery::Entity::within(&everywhere).filter(delivery::Column::State.is_in(waiting)).filter(due);
    events.count(&db).await.unwrap() == 0 && deliveries.count(&db).await.unwrap() == 0
}

fn is_silent(what: &str, text: &str) {
    let lowered = text.to_lowercase();
    let line = lowered.lines().find(|line| line.contains(CANARY));
    assert_eq!(line, None, "{what}");
}

async fn nothing_that_leaves_names_or_quotes_anybody(world: &World) {
    // What is told and sent is so by the worker, through the gateways of the stage.
    let stage = Stage::set(world).await;
    let people = much_happens(world).await;
    for (at, someone) in people.into_iter().enumerate() {
        stage.device(someone, PushPlatform::Fcm, &format!("ok-phone-{at}")).await;
        stage.device(someone, PushPlatform::Apns, &format!("ok-tablet-{at}")).await;
        stage.device(someone, PushPlatform::WebPush, &format!("ok-browser-{at}")).await;
        // One of them fails, so that the log has something to say.
        stage.device(someone, PushPlatform::Apns, &format!("toolarge-{at}")).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let worker = worker(folder.path(), &log, world, &stage);
    let began = Instant::now();
    while !is_done(world).await {
        assert!(began.elapsed() < Duration::from_mins(2), "{}", std::fs::read_to_string(&log).unwrap());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(cli::stop(worker), Some(0));
    let before = (stage.gateway.count(), stage.office.posted().len());
    time_passes(world, &stage, people[1]).await;
    let after = (stage.gateway.count(), stage.office.posted().len());
    assert!(after.0 > before.0 && after.1 > before.1 + 1, "{before:?} {after:?}");

    let accepted = stage.gateway.accepted();
    assert!(accepted.iter().any(|push| push.platform == PushPlatform::WebPush), "browsers, too");
    assert!(accepted.len() >= 20, "{} pushes", accepted.len());
    for push in &accepted {
        is_silent("a push", &push.body.to_string());
    }
    let posted = stage.office.posted();
    assert!(posted.len() >= 10, "{} e-mails", posted.len());
    for mail in &posted {
        let (subject, text) = read(mail);
        is_silent("a subject", &subject);
        is_silent("an e-mail", &text);
        // Whatever else is in it, HTML and calendar too; the address alone names its reader.
        let whole = MessageParser::default().parse(&mail.message).unwrap();
        for part in &whole.parts[1..] {
            let address = mail.to[0].to_lowercase();
            let contents = part.text_contents().unwrap_or_default().replace("\r\n ", "").to_lowercase();
            is_silent("a part of an e-mail", &contents.replace(&address, ""));
        }
    }
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(logged.contains("working"), "{logged}");
    is_silent("the log", &logged);
    // That the canary would have been heard.
    let [one, ..] = people;
    let rows = stage.deliveries(one, Channel::Push).await;
    assert!(rows.len() >= 9, "{rows:?}");
    let inbox = crate::ask::ask_as(world, one, "{ notifications { nodes { body } } }", Value::Null).await;
    assert!(inbox.to_string().contains(CANARY), "the app alone names the child: {inbox}");
}

on_each_database!(nothing_that_leaves_names_or_quotes_anybody);
