//! Short contacts and concerns: who notes them, and who reads them.

use chrono::{DateTime, TimeDelta, Utc};
use glans::engagement::contact::{ConcernSpan, ContactHistory, Exchange, history};
use glans_entity::ids::{ConcernId, ContactMomentId, PersonId, StudentId};
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, ask_as, codes, refusals, statements};

const NONE: [&str; 0] = [];
const MOMENTS: &str = "query($student: ID!) { contactMoments(student: $student) { totalCount nodes { note tone
    by { givenName } guardian { givenName } } } }";
const CONCERNS: &str =
    "query($student: ID, $open: Boolean) { concerns(student: $student, openOnly: $open) { nodes { text
    status raisedBy { givenName } } } }";

fn noted(world: &World, tone: &str, note: &str) -> Value {
    json!({ "student": world.ours.students[0], "kind": "PHONE", "tone": tone, "note": note })
}

async fn log(world: &World, tone: &str, note: &str, guardian: Option<PersonId>) -> Value {
    let mut input = noted(world, tone, note);
    input["guardian"] = json!(guardian);
    let mut made = act(world, Who::Teacher, "contactMomentLog", "contactMoment { id version }", input).await;
    assert_eq!(codes(&made), NONE, "{made}");
    made["contactMoment"].take()
}

fn notes(seen: &Value) -> Vec<&str> {
    let nodes = seen["contactMoments"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["note"].as_str().unwrap()).collect()
}

async fn a_guardian_reads_the_compliments_that_are_for_them(world: &World) {
    let [ilse, hanna] = world.ours.guardians;
    world.guardian_of_another(hanna, world.ours.students[0]).await;
    log(world, "NEUTRAL", "Gymtas.", Some(ilse.person)).await;
    log(world, "CONCERN", "Vaak te laat.", Some(ilse.person)).await;
    log(world, "COMPLIMENT", "Voor Ilse.", Some(ilse.person)).await;
    log(world, "COMPLIMENT", "Voor allebei.", None).await;
    let asked = json!({ "student": world.ours.students[0] });
    let everything = ["Voor allebei.", "Voor Ilse.", "Vaak te laat.", "Gymtas.", "Mooi gelezen!"];
    for who in [Who::Teacher, Who::Leader] {
        assert_eq!(notes(&ask(world, who, MOMENTS, asked.clone()).await), everything, "{}", who.name());
    }
    let seen = ask_as(world, ilse.account, MOMENTS, asked.clone()).await;
    assert_eq!(notes(&seen), ["Voor allebei.", "Voor Ilse.", "Mooi gelezen!"]);
    let first = json!({ "note": "Voor Ilse.", "tone": "COMPLIMENT", "by": { "givenName": "Tarik" },
        "guardian": { "givenName": "Ilse" } });
    assert_eq!(seen["contactMoments"]["nodes"][1], first);
    assert_eq!(notes(&ask_as(world, hanna.account, MOMENTS, asked.clone()).await), ["Voor allebei."]);
    for nobody in [Who::Director, Who::Admin, Who::Trainer, Who::Distant, Who::Client] {
        let seen = ask(world, nobody, MOMENTS, asked.clone()).await;
        assert_eq!(seen["contactMoments"]["totalCount"], 0, "{}", nobody.name());
    }
    let child = "query($id: ID!) { student(id: $id) { contactMoments(first: 1) { nodes { note } } } }";
    let seen = ask(world, Who::Guardian, child, json!({ "id": world.ours.students[0] })).await;
    assert_eq!(notes(&seen["student"]), ["Voor allebei."]);
    let access = json!({ "id": world.ours.guardianships[0], "access": "ON_REQUEST" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", access).await), NONE);
    assert_eq!(ask_as(world, ilse.account, MOMENTS, asked).await["contactMoments"]["totalCount"], 0);
}

async fn a_contact_is_corrected_for_a_day_by_its_author(world: &World) {
    let made = log(world, "COMPLIMENT", "Goed gedan.", None).await;
    let fields = "contactMoment { note tone guardian { givenName } version }";
    let input =
        json!({ "id": made["id"], "note": "Goed gedaan.", "guardian": world.ours.guardians[0].person, "ifVersion": 1 });
    let mended = act(world, Who::Teacher, "contactMomentUpdate", fields, input.clone()).await;
    let now =
        json!({ "note": "Goed gedaan.", "tone": "COMPLIMENT", "guardian": { "givenName": "Ilse" }, "version": 2 });
    assert_eq!(mended["contactMoment"], now);
    let stale = act(world, Who::Teacher, "contactMomentUpdate", fields, input).await;
    assert_eq!((refusals(&stale), &stale["contactMoment"]), (vec!["CONFLICT ifVersion".to_owned()], &now));
    let this = json!({ "id": made["id"] });
    for (who, code) in [(Who::Leader, "FORBIDDEN"), (Who::Guardian, "NOT_FOUND"), (Who::Admin, "NOT_FOUND")] {
        // The one for all guardians is Ilse's alone by now, who sees it and may not.
        let code = if who == Who::Guardian { "FORBIDDEN" } else { code };
        assert_eq!(codes(&act(world, who, "contactMomentDelete", "", this.clone()).await), [code], "{}", who.name());
    }
    world.app.clock.turn(TimeDelta::hours(24));
    for name in ["contactMomentUpdate", "contactMomentDelete"] {
        assert_eq!(refusals(&act(world, Who::Teacher, name, "", this.clone()).await), ["EXPIRED id"], "{name}");
    }
    let made = log(world, "NEUTRAL", "Vergissing.", None).await;
    let this = json!({ "id": made["id"] });
    let gone = act(world, Who::Teacher, "contactMomentDelete", "deletedId", this.clone()).await;
    assert_eq!(gone["deletedId"], made["id"]);
    assert_eq!(codes(&act(world, Who::Teacher, "contactMomentDelete", "", this).await), ["NOT_FOUND"]);
}

async fn what_cannot_be_noted_is_refused_at_once(world: &World) {
    let later = world.app.clock.now() + TimeDelta::hours(1);
    let mut both = noted(world, "NEUTRAL", &"x".repeat(1_001));
    both["occurredAt"] = json!(later);
    let with = |field: &str, value: Value| {
        let mut input = noted(world, "NEUTRAL", "Gymtas.");
        input[field] = value;
        input
    };
    for (input, told) in [
        (both, vec!["TOO_LONG note", "INVALID occurredAt"]),
        (with("student", json!(world.ours.students[1])), vec!["NOT_FOUND student"]),
        (with("student", json!(world.theirs.students[0])), vec!["NOT_FOUND student"]),
        (with("guardian", json!(world.ours.guardians[1].person)), vec!["NOT_FOUND guardian"]),
        (with("guardian", json!(world.theirs.guardians[0].person)), vec!["NOT_FOUND guardian"]),
        (with("id", json!(ConcernId::new())), vec!["INVALID id"]),
        (with("id", json!(world.ours.contact_moments[0])), vec!["TAKEN id"]),
    ] {
        assert_eq!(refusals(&act(world, Who::Teacher, "contactMomentLog", "", input.clone()).await), told, "{input}");
    }
    for (who, code) in [(Who::Guardian, "FORBIDDEN"), (Who::Admin, "FORBIDDEN"), (Who::Trainer, "NOT_FOUND")] {
        let done = act(world, who, "contactMomentLog", "", noted(world, "COMPLIMENT", "Top!")).await;
        assert_eq!(codes(&done), [code], "{}", who.name());
    }
    let mut twice = noted(world, "COMPLIMENT", "Top!");
    twice["id"] = json!(ContactMomentId::new());
    twice["clientMutationId"] = json!("twice");
    let first = act(world, Who::Teacher, "contactMomentLog", "contactMoment { id }", twice.clone()).await;
    assert_eq!(first["contactMoment"]["id"], twice["id"]);
    assert_eq!(act(world, Who::Teacher, "contactMomentLog", "contactMoment { id }", twice).await, first);
    // To the own child, staff are family.
    world.guardian_of_another(world.ours.teacher, world.ours.students[0]).await;
    let own = act(world, Who::Teacher, "contactMomentLog", "", noted(world, "COMPLIMENT", "Top!")).await;
    assert_eq!(codes(&own), ["FORBIDDEN"]);
    let asked = json!({ "student": world.ours.students[0] });
    assert_eq!(ask(world, Who::Teacher, MOMENTS, asked).await["contactMoments"]["totalCount"], 1);
}

fn texts(seen: &Value) -> Vec<&str> {
    let nodes = seen["concerns"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["text"].as_str().unwrap()).collect()
}

fn worry(world: &World, text: &str) -> Value {
    json!({ "student": world.ours.students[0], "text": text })
}

async fn a_concern_is_seen_by_who_raised_it_and_by_staff(world: &World) {
    let [ilse, hanna] = world.ours.guardians;
    world.guardian_of_another(hanna, world.ours.students[0]).await;
    for (account, text) in [(ilse.account, "Van Ilse."), (hanna.account, "Van Hanna.")] {
        assert_eq!(codes(&act_as(world, account, "concernRaise", "", worry(world, text)).await), NONE);
    }
    let mut shared = worry(world, "Van Tarik, gedeeld.");
    shared["sharedWithGuardians"] = json!(true);
    for input in [shared.clone(), worry(world, "Van Tarik.")] {
        assert_eq!(codes(&act(world, Who::Teacher, "concernRaise", "", input).await), NONE);
    }
    let asked = json!({ "student": world.ours.students[0] });
    let everything = ["Van Tarik.", "Van Tarik, gedeeld.", "Van Hanna.", "Van Ilse.", "Vaak moe."];
    for who in [Who::Teacher, Who::Leader] {
        assert_eq!(texts(&ask(world, who, CONCERNS, asked.clone()).await), everything, "{}", who.name());
    }
    let of_ilse = ask_as(world, ilse.account, CONCERNS, asked.clone()).await;
    assert_eq!(texts(&of_ilse), ["Van Tarik, gedeeld.", "Van Ilse.", "Vaak moe."]);
    assert_eq!(of_ilse["concerns"]["nodes"][0]["raisedBy"], json!({ "givenName": "Tarik" }));
    let of_hanna = ask_as(world, hanna.account, CONCERNS, asked.clone()).await;
    assert_eq!(texts(&of_hanna), ["Van Tarik, gedeeld.", "Van Hanna.", "Vaak moe."]);
    for nobody in [Who::Director, Who::Admin, Who::Trainer, Who::Distant, Who::Client] {
        assert_eq!(texts(&ask(world, nobody, CONCERNS, asked.clone()).await), NONE, "{}", nobody.name());
    }
    assert_eq!(
        refusals(&act(world, Who::Guardian, "concernRaise", "", shared.clone()).await),
        ["FORBIDDEN sharedWithGuardians"]
    );
    (shared["id"], shared["text"]) = (json!(world.ours.id), json!(" "));
    assert_eq!(
        refusals(&act(world, Who::Guardian, "concernRaise", "", shared).await),
        ["INVALID id", "REQUIRED text", "FORBIDDEN sharedWithGuardians"]
    );
    let access = json!({ "id": world.ours.guardianships[0], "access": "EMERGENCY_ONLY" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", access).await), NONE);
    assert_eq!(texts(&ask_as(world, ilse.account, CONCERNS, asked).await), NONE);
    assert_eq!(codes(&act(world, Who::Guardian, "concernRaise", "", worry(world, "Hallo?")).await), ["FORBIDDEN"]);
}

async fn a_concern_goes_forward_only(world: &World) {
    let fields = "concern { id status acknowledgedBy { givenName } resolvedBy { givenName } resolution version }";
    let mut input = worry(world, "Slaapt slecht.");
    input["urgency"] = json!("TODAY");
    let made = act(world, Who::Guardian, "concernRaise", "concern { id urgency status }", input).await;
    let id = &made["concern"]["id"];
    assert_eq!(made["concern"], json!({ "id": id, "urgency": "TODAY", "status": "OPEN" }));
    let this = json!({ "id": id });
    let done = json!({ "id": id, "resolution": "Eerder naar bed." });
    for (name, input) in [("concernAcknowledge", &this), ("concernResolve", &done)] {
        assert_eq!(codes(&act(world, Who::Guardian, name, "", input.clone()).await), ["FORBIDDEN"], "{name}");
        assert_eq!(codes(&act(world, Who::Admin, name, "", input.clone()).await), ["NOT_FOUND"], "{name}");
    }
    let seen = act(world, Who::Teacher, "concernAcknowledge", fields, json!({ "id": id, "ifVersion": 1 })).await;
    let acknowledged = json!({ "id": id, "status": "ACKNOWLEDGED", "acknowledgedBy": { "givenName": "Tarik" },
        "resolvedBy": null, "resolution": null, "version": 2 });
    assert_eq!(seen["concern"], acknowledged);
    assert_eq!(act(world, Who::Leader, "concernAcknowledge", fields, this.clone()).await["concern"], acknowledged);
    let stale = json!({ "id": id, "resolution": "Eerder naar bed.", "ifVersion": 1 });
    assert_eq!(refusals(&act(world, Who::Leader, "concernResolve", "", stale).await), ["CONFLICT ifVersion"]);
    let empty = json!({ "id": id, "resolution": " " });
    assert_eq!(refusals(&act(world, Who::Leader, "concernResolve", "", empty).await), ["REQUIRED resolution"]);
    let resolved = act(world, Who::Leader, "concernResolve", fields, done.clone()).await;
    let expected = json!({ "id": id, "status": "RESOLVED", "acknowledgedBy": { "givenName": "Tarik" },
        "resolvedBy": { "givenName": "Marieke" }, "resolution": "Eerder naar bed.", "version": 3 });
    assert_eq!(resolved["concern"], expected);
    assert_eq!(act(world, Who::Teacher, "concernResolve", fields, done).await["concern"], expected);
    assert_eq!(refusals(&act(world, Who::Teacher, "concernAcknowledge", "", this).await), ["CONFLICT id"]);
    let open = json!({ "student": world.ours.students[0], "open": true });
    assert_eq!(texts(&ask(world, Who::Guardian, CONCERNS, open).await), ["Vaak moe."]);
    // What nobody had looked at is looked at by who ends it.
    let at_once = json!({ "id": world.ours.concerns[0], "resolution": "Gesproken." });
    let ended = act(world, Who::Teacher, "concernResolve", "concern { acknowledgedAt }", at_once).await;
    assert_ne!(ended["concern"]["acknowledgedAt"], Value::Null);
}

async fn a_list_takes_as_many_statements_as_one(world: &World) {
    for number in 0..3 {
        log(world, "COMPLIMENT", &format!("Nummer {number}."), Some(world.ours.guardians[0].person)).await;
        let mut input = worry(world, "Slaapt slecht.");
        input["sharedWithGuardians"] = json!(true);
        assert_eq!(codes(&act(world, Who::Teacher, "concernRaise", "", input).await), NONE);
    }
    let moments = "query($student: ID!, $first: Int) { contactMoments(student: $student, first: $first) { nodes { note
        student { displayName } by { displayName } guardian { displayName } } } }";
    let concerns = "query($student: ID!, $first: Int) { concerns(student: $student, first: $first) { nodes { text
        student { displayName } raisedBy { displayName } acknowledgedBy { displayName } resolvedBy { displayName } } } }";
    let asked = |first: i32| json!({ "student": world.ours.students[0], "first": first });
    for document in [moments, concerns] {
        for who in [Who::Teacher, Who::Guardian] {
            let some = statements(world, who, document, asked(2)).await;
            assert_eq!(statements(world, who, document, asked(4)).await, some, "{} {document}", who.name());
        }
    }
}

async fn the_history_knows_concerns_and_threads_of_both_sides(world: &World) {
    let now = world.app.clock.now();
    let (long_ago, soon, later) =
        (now - TimeDelta::days(400), now + TimeDelta::minutes(2), now + TimeDelta::minutes(10));
    let of = async |students: &[StudentId], cuts: &[DateTime<Utc>]| {
        let db = world.app.db.look_up(world.everywhere().on).await.unwrap();
        history(&db, &world.everywhere(), world.app.clock.now(), students, cuts).await.unwrap()
    };
    let [noor, lotte] = world.ours.students;
    let before = of(&[noor, lotte], &[long_ago, later]).await;
    for student in [noor, lotte] {
        let is_one_sided = |thread: &Exchange| thread.of_guardians.is_empty() != thread.of_staff.is_empty();
        assert!(!before[&student].exchanges.is_empty() && before[&student].exchanges.iter().all(is_one_sided));
        assert_eq!(before[&student].open_concerns(world.everywhere().on).count(), 1);
    }
    let answer = json!({ "thread": world.ours.threads[0], "body": "Goed!" });
    let sent = act(world, Who::Teacher, "messageSend", "message { arrivesAt }", answer.clone()).await;
    let resolved = json!({ "id": world.ours.concerns[0], "resolution": "Gesproken." });
    let ended = act(world, Who::Teacher, "concernResolve", "concern { createdAt resolvedAt }", resolved).await;
    let instant = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    let first = instant(&sent["message"]["arrivesAt"]);
    let answers = |history: &ContactHistory| {
        let both: Vec<_> = history.exchanges.iter().filter(|thread| !thread.of_guardians.is_empty()).collect();
        both.iter().flat_map(|thread| thread.of_staff.clone()).collect::<Vec<_>>()
    };
    let after = of(&[noor, lotte], &[long_ago, later]).await;
    assert_eq!(answers(&after[&noor]), [first]);
    let span = ConcernSpan {
        opened_at: instant(&ended["concern"]["createdAt"]),
        resolved_at: Some(instant(&ended["concern"]["resolvedAt"])),
    };
    let today = world.everywhere().on;
    assert_eq!((after[&noor].concerns.as_slice(), after[&noor].open_concerns(today).count()), (&[span][..], 0));
    assert_eq!(after[&lotte], before[&lotte]);
    // What is written in another period is told anew, and not what was before the first one.
    world.app.clock.turn(TimeDelta::minutes(3));
    let again = act(world, Who::Teacher, "messageSend", "message { arrivesAt }", answer).await;
    let second = instant(&again["message"]["arrivesAt"]);
    assert_eq!(answers(&of(&[noor], &[long_ago, later]).await[&noor]), [first]);
    assert_eq!(answers(&of(&[noor], &[long_ago, soon, later]).await[&noor]), [first, second]);
    let late = of(&[noor], &[soon, later]).await;
    assert!(late[&noor].exchanges.iter().all(|thread| thread.of_guardians.is_empty()));
    assert_eq!(of(&[noor], &[]).await[&noor].exchanges, Vec::<Exchange>::new());
}

on_each_database!(
    a_guardian_reads_the_compliments_that_are_for_them,
    a_contact_is_corrected_for_a_day_by_its_author,
    what_cannot_be_noted_is_refused_at_once,
    a_concern_is_seen_by_who_raised_it_and_by_staff,
    a_concern_goes_forward_only,
    a_list_takes_as_many_statements_as_one,
    the_history_knows_concerns_and_threads_of_both_sides,
);
