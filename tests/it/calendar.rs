//! The calendar feed, as a calendar program reads it.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::ask::{act, codes};

/// Longer than a line of a calendar may be, with all that must be escaped in it.
const ODD: &str =
    "Zaal 2; gang \\ links, 1e étage: „De Brug” — daar waar de kinderen uit groep zeven elke ochtend hun jas ophangen";

/// The path of a feed that is made for `actor`.
async fn feed(actor: &Actor) -> String {
    let made = actor.does("calendarFeedRenew", "url calendarFeed { renewedAt }", json!({})).await;
    path(&made)
}

fn path(made: &Reply) -> String {
    let url = made.text_at("calendarFeedRenew.url");
    url[url.find("/calendar/").expect("an address of a calendar")..].to_owned()
}

/// A calendar program, which cannot sign in.
async fn fetched(world: &World, path: &str) -> Reply {
    Actor::anonymous("calendar", world.actor(Who::Admin).await.address()).gets(path).await
}

/// The uids in a calendar, in order, by its plain text.
fn uids(calendar: &str) -> Vec<&str> {
    let mut uids: Vec<_> = calendar.lines().filter_map(|line| line.strip_prefix("UID:")).collect();
    uids.sort_unstable();
    uids
}

/// What ical.js makes of a calendar: its name, and its events by their uid. None where there is no node.
fn read(calendar: &str) -> Option<(String, HashMap<String, Value>)> {
    for line in calendar.split_inclusive("\r\n") {
        assert!(line.ends_with("\r\n") && line.len() <= 77, "a line of at most 75 octets and CRLF: {line:?}");
    }
    let clients = crate::repository().join("tests/clients");
    if !clients.join("node_modules/ical.js").exists() {
        crate::http_audits::skip("reading a calendar needs `npm ci` in tests/clients");
        return None;
    }
    let mut node = Command::new("node");
    node.arg("calendar.mjs").current_dir(clients).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut reader = node.spawn().expect("node");
    reader.stdin.take().expect("its input").write_all(calendar.as_bytes()).expect("it reads");
    let said = reader.wait_with_output().expect("it ends");
    assert!(said.status.success(), "ical.js refuses {calendar}");
    let mut said: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    let name = said["name"].as_str().expect("a name").to_owned();
    let Value::Array(events) = said["events"].take() else { panic!("no events: {said}") };
    Some((name, events.into_iter().map(|event| (event["uid"].as_str().expect("a uid").to_owned(), event)).collect()))
}

fn at(instant: DateTime<Utc>) -> Value {
    json!(instant.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

async fn a_leader_finds_meetings_and_sessions_moved_and_cancelled(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let (meeting, session) = (world.ours.meetings[0].to_string(), world.ours.sessions[0].to_string());
    let path = feed(&leader).await;
    let first = fetched(world, &path).await;
    assert_eq!(
        (first.status.as_u16(), &first.headers[header::CONTENT_TYPE]),
        (200, &"text/calendar; charset=utf-8".parse().unwrap())
    );
    let mut both = [meeting.as_str(), session.as_str()];
    both.sort_unstable();
    assert_eq!(uids(&first.text), both);

    let starts: DateTime<Utc> = "2031-03-30T00:30:00Z".parse().unwrap();
    let moved = json!({ "id": meeting, "startsAt": starts, "endsAt": starts + TimeDelta::hours(2), "location": ODD });
    let moved =
        act(world, Who::Trainer, "meetingUpdate", "meeting { cohort { name } prepares { title } updatedAt }", moved)
            .await;
    let cancelled = act(
        world,
        Who::Leader,
        "teamSessionCancel",
        "teamSession { lesson { title } schoolCohort { school { name } } }",
        json!({ "id": session }),
    )
    .await;
    let second = fetched(world, &path).await;
    assert_eq!((uids(&second.text), second.text.matches("STATUS:CANCELLED").count()), (both.to_vec(), 1));
    assert!(second.text.contains("DTSTART:20310330T003000Z"), "{}", second.text);
    if let (Some((name, before)), Some((_, after))) = (read(&first.text), read(&second.text)) {
        assert_eq!((name.as_str(), before.len()), ("Ouderbetrokkenheid: mijn afspraken", 2));
        let (moved, cancelled) = (&moved["meeting"], &cancelled["teamSession"]);
        let stamped: DateTime<Utc> = moved["updatedAt"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            after[&meeting],
            json!({
                "uid": meeting, "startsAt": at(starts), "endsAt": at(starts + TimeDelta::hours(2)), "location": ODD,
                "summary": format!("Bijeenkomst: {}", moved["cohort"]["name"].as_str().unwrap()),
                "description": format!("Voorbereiden: {}", moved["prepares"][0]["title"].as_str().unwrap()),
                "status": "CONFIRMED", "sequence": 1, "stamped": at(chrono::SubsecRound::trunc_subsecs(stamped, 0)),
            })
        );
        let gone = &after[&session];
        assert_eq!((&gone["status"], &gone["sequence"]), (&json!("CANCELLED"), &json!(1)));
        assert_eq!(gone["startsAt"], before[&session]["startsAt"]);
        assert_eq!(gone["summary"], format!("Teambijeenkomst: {}", cancelled["lesson"]["title"].as_str().unwrap()));
        assert_eq!(gone["description"], cancelled["schoolCohort"]["school"]["name"]);
    }

    world.app.clock.turn(TimeDelta::days(366) + (starts - world.app.clock.now()));
    let late = fetched(world, &path).await;
    assert_eq!(uids(&late.text), Vec::<&str>::new(), "more than a year ago");
}

async fn an_address_ends_when_it_is_renewed_or_revoked(world: &World) {
    let trainer = world.actor(Who::Trainer).await;
    let shown = async || trainer.asks("{ calendarFeed { renewedAt } }").await.at("calendarFeed").clone();
    assert_eq!(shown().await, Value::Null);
    let input = json!({ "clientMutationId": "once" });
    let first = trainer.does("calendarFeedRenew", "url calendarFeed { renewedAt }", input.clone()).await;
    let again = trainer.does("calendarFeedRenew", "url calendarFeed { renewedAt }", input).await;
    assert_eq!(path(&first), path(&again), "sent twice, made once");
    assert_eq!(&shown().await, first.at("calendarFeedRenew.calendarFeed"));
    let first = path(&first);

    let seen = fetched(world, &first).await;
    let tag = seen.headers[header::ETAG].to_str().unwrap().to_owned();
    let program = trainer.request(Method::GET, &first).header(header::IF_NONE_MATCH, &tag);
    let unchanged = trainer.sends(program).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.text.as_str()), (304, ""));

    let second = feed(&trainer).await;
    assert_eq!(fetched(world, &first).await.status, 404);
    assert_eq!(fetched(world, &second).await.status, 200);
    let ended = trainer.does("calendarFeedRevoke", "calendarFeed { renewedAt }", json!({})).await;
    assert!(ended.at("calendarFeedRevoke.calendarFeed").is_object());
    let ended = trainer.does("calendarFeedRevoke", "calendarFeed { renewedAt }", json!({})).await;
    assert_eq!(ended.at("calendarFeedRevoke.calendarFeed"), &Value::Null);
    assert_eq!((fetched(world, &second).await.status.as_u16(), shown().await), (404, Value::Null));
}

async fn an_odd_address_finds_nothing(world: &World) {
    let path = feed(&world.actor(Who::Leader).await).await;
    let without = path.strip_suffix(".ics").unwrap();
    for odd in [
        without,
        &format!("{without}A.ics"),
        &path.replace("glans_cf_", "glans_rt_"),
        "/calendar/.ics",
        "/calendar/%00.ics",
    ] {
        assert_eq!(fetched(world, odd).await.status, 404, "{odd}");
    }
    let posted = Actor::anonymous("calendar", world.actor(Who::Leader).await.address()).posts(&path, &json!({})).await;
    assert_eq!(posted.status, 405);
}

async fn who_may_see_nothing_any_more_finds_an_empty_calendar(world: &World) {
    let path = feed(&world.actor(Who::Teacher).await).await;
    let before = fetched(world, &path).await;
    let talks = world.ours.partners[0];
    let mut expected = [talks.held.to_string(), talks.planned.to_string(), world.ours.sessions[0].to_string()];
    expected.sort_unstable();
    assert_eq!(uids(&before.text), expected);
    if let Some((_, before)) = read(&before.text) {
        let mut shown: Vec<_> = before.into_keys().collect();
        shown.sort_unstable();
        assert_eq!(shown, expected);
    }
    let revoked = act(world, Who::Leader, "membershipRevoke", "", json!({ "id": world.ours.memberships[0] })).await;
    assert_eq!(codes(&revoked), Vec::<&str>::new());
    let after = fetched(world, &path).await;
    assert_eq!((after.status.as_u16(), uids(&after.text)), (200, Vec::new()));
    assert!(after.text.starts_with("BEGIN:VCALENDAR") && !after.text.contains("BEGIN:VEVENT"), "{}", after.text);
}

on_each_database!(
    a_leader_finds_meetings_and_sessions_moved_and_cancelled,
    an_address_ends_when_it_is_renewed_or_revoked,
    an_odd_address_finds_nothing,
    who_may_see_nothing_any_more_finds_an_empty_calendar,
);
