//! What those whom an announcement reaches do with it.

use chrono::{DateTime, TimeDelta, Utc};
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{opened, published, reached, to_group, to_school};
use crate::ask::{act, codes, statements};

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap_or_else(|| panic!("no time: {value}")).parse().unwrap()
}

async fn receipt(world: &World, id: &Value) -> Value {
    opened(world, world.ours.guardians[0].account, id).await["viewerReceipt"].take()
}

async fn the_first_time_of_reading_stays(world: &World) {
    let id = published(world, Who::Teacher, "Schoolreis", to_group(world)).await;
    let before = opened(world, world.ours.guardians[0].account, &id).await;
    assert_eq!((&before["isUnread"], &before["viewerReceipt"]["readAt"]), (&json!(true), &Value::Null));
    world.app.clock.turn(TimeDelta::minutes(5));
    let read = json!({ "ids": [id] });
    act(world, Who::Guardian, "announcementRead", "", read.clone()).await;
    let first = receipt(world, &id).await;
    world.app.clock.turn(TimeDelta::minutes(5));
    let again = act(world, Who::Guardian, "announcementRead", "announcements { isUnread }", read).await;
    assert_eq!(again, json!({ "announcements": [{ "isUnread": false }], "userErrors": [] }));
    assert_eq!(receipt(world, &id).await, first);
}

async fn a_phone_that_was_offline_says_when(world: &World) {
    let ids = [
        published(world, Who::Teacher, "Een", to_group(world)).await,
        published(world, Who::Teacher, "Twee", to_group(world)).await,
        published(world, Who::Teacher, "Drie", to_group(world)).await,
    ];
    let appeared = world.app.clock.now();
    world.app.clock.turn(TimeDelta::hours(2));
    let said = [appeared + TimeDelta::hours(1), appeared - TimeDelta::days(3), appeared + TimeDelta::days(3)];
    let told = world.app.clock.now();
    for (id, said) in ids.iter().zip(said) {
        act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id], "readAt": said })).await;
    }
    let mut times = Vec::new();
    for id in &ids {
        times.push(instant(&receipt(world, id).await["readAt"]));
    }
    let near = |at: DateTime<Utc>, expected: DateTime<Utc>| (at - expected).abs() < TimeDelta::seconds(30);
    assert_eq!(times[0].timestamp_millis(), said[0].timestamp_millis());
    assert!(near(times[1], appeared), "not before it appeared: {} {appeared}", times[1]);
    assert!(near(times[2], told), "not before now: {} {told}", times[2]);
}

async fn what_did_not_reach_the_reader_is_refused_and_the_rest_is_read(world: &World) {
    let id = published(world, Who::Teacher, "Schoolreis", to_group(world)).await;
    let (sibling, other) = (world.ours.announcements[1], world.theirs.announcements[0]);
    let input = json!({ "ids": [sibling, id, other, world.ours.id] });
    let read = act(world, Who::Guardian, "announcementRead", "announcements { title }", input).await;
    let missing = |at: &str| json!({ "code": "NOT_FOUND", "field": ["ids", at] });
    let expected = json!({
        "announcements": [{ "title": "Schoolreis" }], "userErrors": [missing("0"), missing("2"), missing("3")],
    });
    assert_eq!(read, expected);
    assert_eq!(codes(&act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [] })).await), ["REQUIRED"]);
    let many = json!({ "ids": vec![id; 101] });
    assert_eq!(codes(&act(world, Who::Guardian, "announcementRead", "", many).await), ["TOO_LONG"]);
    // The staff sees it without having received it.
    assert_eq!(
        codes(&act(world, Who::Leader, "announcementRead", "", json!({ "ids": [input_id(world).await] })).await),
        ["NOT_FOUND"]
    );
}

async fn input_id(world: &World) -> Value {
    published(world, Who::Leader, "Ouders", to_school(world)).await
}

async fn confirming_is_reading_and_done_once(world: &World) {
    let mut asks = to_group(world);
    asks["requiresAcknowledgement"] = json!(true);
    let id = published(world, Who::Teacher, "Toestemming", asks).await;
    let confirm = json!({ "id": id, "clientMutationId": "confirmed" });
    let fields = "announcement { viewerReceipt { readAt acknowledgedAt } }";
    let done = act(world, Who::Guardian, "announcementAcknowledge", fields, confirm.clone()).await;
    let receipt = &done["announcement"]["viewerReceipt"];
    assert_eq!(receipt["readAt"], receipt["acknowledgedAt"]);
    assert_ne!(receipt["readAt"], Value::Null);
    world.app.clock.turn(TimeDelta::minutes(1));
    assert_eq!(act(world, Who::Guardian, "announcementAcknowledge", fields, confirm).await, done);
    let anew = act(world, Who::Guardian, "announcementAcknowledge", fields, json!({ "id": id })).await;
    assert_eq!(anew, done);
    let plain = published(world, Who::Teacher, "Weetje", to_group(world)).await;
    let refused = act(world, Who::Guardian, "announcementAcknowledge", "", json!({ "id": plain })).await;
    assert_eq!(codes(&refused), ["CONFLICT"]);
    // Who wrote it received nothing to confirm.
    assert_eq!(
        codes(&act(world, Who::Teacher, "announcementAcknowledge", "", json!({ "id": id })).await),
        ["FORBIDDEN"]
    );
}

async fn a_correction_is_read_anew_and_stands_on_top(world: &World) {
    let ilse = world.ours.guardians[0].account;
    let id = published(world, Who::Teacher, "Schoolreis", to_group(world)).await;
    act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id] })).await;
    let first = receipt(world, &id).await;
    world.app.clock.turn(TimeDelta::hours(1));
    let corrected = json!({ "id": id, "body": "Het is dinsdag.", "note": "De dag was verkeerd.", "ifVersion": 2 });
    let fields = "announcement { status version revisions { number body } }";
    let done = act(world, Who::Teacher, "announcementCorrect", fields, corrected.clone()).await;
    let expected = json!({ "announcement": {
        "status": "PUBLISHED", "version": 3, "revisions": [{ "number": 1, "body": "De school is dicht." }],
    }, "userErrors": [] });
    assert_eq!(done, expected);
    assert_eq!(codes(&act(world, Who::Teacher, "announcementCorrect", "", corrected).await), ["CONFLICT"]);
    let seen = opened(world, ilse, &id).await;
    assert_eq!((&seen["isUnread"], &seen["body"]), (&json!(true), &json!("Het is dinsdag.")));
    assert_eq!(seen["correctionNote"], "De dag was verkeerd.");
    assert_eq!(seen["viewerReceipt"], first);
    // What was read before the correction does not count as reading it.
    let offline = json!({ "ids": [id], "readAt": first["readAt"] });
    act(world, Who::Guardian, "announcementRead", "", offline).await;
    assert_eq!(opened(world, ilse, &id).await["isUnread"], true);
    act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id] })).await;
    let seen = opened(world, ilse, &id).await;
    assert_eq!(seen["isUnread"], false);
    assert!(instant(&seen["viewerReceipt"]["readAt"]) > instant(&first["readAt"]));
    // Those who correct nothing, or what has not appeared, are told so; guardians do not see what it was.
    let nothing = json!({ "id": id, "note": " ", "body": "Het is dinsdag." });
    let refused = act(world, Who::Teacher, "announcementCorrect", "", nothing).await;
    assert_eq!(codes(&refused), ["REQUIRED", "INVALID"]);
    let hidden = "query($id: ID!) { node(id: $id) { ... on Announcement { revisions { body } } } }";
    let seen = crate::ask::ask(world, Who::Guardian, hidden, json!({ "id": id })).await;
    assert_eq!(seen["node"]["revisions"], json!([]));
}

async fn what_is_withdrawn_is_emptied_on_every_phone(world: &World) {
    let ilse = world.ours.guardians[0].account;
    let mut more = to_group(world);
    more["translations"] = json!([{ "language": "en", "title": "School trip", "body": "Secret." }]);
    more["requiresAcknowledgement"] = json!(true);
    let id = published(world, Who::Teacher, "Schoolreis", more).await;
    let correct = json!({ "id": id, "title": "Schoolreisje", "note": "Klein." });
    act(world, Who::Teacher, "announcementCorrect", "", correct).await;
    let withdraw = json!({ "id": id });
    let done =
        act(world, Who::Teacher, "announcementWithdraw", "announcement { status title version }", withdraw.clone())
            .await;
    assert_eq!(done["announcement"], json!({ "status": "WITHDRAWN", "title": "Schoolreisje", "version": 4 }));
    let again =
        act(world, Who::Leader, "announcementWithdraw", "announcement { status title version }", withdraw).await;
    assert_eq!(again, done);
    let document =
        "query($id: ID!) { node(id: $id) { ... on Announcement { title english: title(locale: \"en\") body status
        correctionNote isUnread translations { title } } } }";
    let seen = crate::ask::ask(world, Who::Guardian, document, json!({ "id": id })).await;
    let emptied = json!({
        "title": "Ingetrokken bericht", "english": "Withdrawn announcement", "body": "", "status": "WITHDRAWN",
        "correctionNote": null, "isUnread": false, "translations": [],
    });
    assert_eq!(seen["node"], emptied);
    assert!(reached(world, ilse).await.iter().all(|item| item["id"] != id));
    assert_eq!(opened(world, world.ours.leader.account, &id).await["title"], "Schoolreisje");
    for (name, input) in [
        ("announcementAcknowledge", json!({ "id": id })),
        ("announcementPublish", json!({ "id": id })),
        ("announcementUpdate", json!({ "id": id, "title": "Toch" })),
        ("announcementCorrect", json!({ "id": id, "title": "Toch", "note": "Toch." })),
    ] {
        let who = if name == "announcementAcknowledge" { Who::Guardian } else { Who::Teacher };
        assert_eq!(codes(&act(world, who, name, "", input).await), ["CONFLICT"], "{name}");
    }
}

async fn what_has_expired_leaves_the_lists_and_can_be_opened(world: &World) {
    let ilse = world.ours.guardians[0].account;
    let mut more = to_group(world);
    more["expiresAt"] = json!(world.app.clock.now() + TimeDelta::hours(1));
    let id = published(world, Who::Teacher, "Vandaag", more).await;
    assert!(reached(world, ilse).await.iter().any(|item| item["id"] == id));
    world.app.clock.turn(TimeDelta::hours(2));
    assert!(reached(world, ilse).await.iter().all(|item| item["id"] != id));
    assert_eq!(opened(world, ilse, &id).await["title"], "Vandaag");
    let document =
        "{ announcements(filter: { includesExpired: true, isUnread: true }) { totalCount nodes { title } } }";
    let seen = crate::ask::ask(world, Who::Guardian, document, Value::Null).await;
    let expected = json!({ "totalCount": 2, "nodes": [{ "title": "Vandaag" }, { "title": "Studiedag" }] });
    assert_eq!(seen["announcements"], expected);
}

async fn a_list_takes_as_many_statements_as_one(world: &World) {
    let document = "query($first: Int) { announcements(first: $first) { nodes { title body author { displayName }
        audience { __typename } reach { recipients read } viewerReceipt { readAt } concerns { displayName } isUnread
        viewerCanEdit translations { title } revisions { body correctedBy { displayName } } } } }";
    for at in 0..3 {
        let mut more = to_school(world);
        more["language"] = json!("en");
        published(world, Who::Leader, &format!("Bericht {at}"), more).await;
    }
    for who in [Who::Guardian, Who::Leader, Who::Admin] {
        let one = statements(world, who, document, json!({ "first": 1 })).await;
        let all = statements(world, who, document, json!({ "first": 4 })).await;
        assert!(all <= one + 1, "{}: {one} for one, {all} for four", who.name());
    }
}

on_each_database!(
    the_first_time_of_reading_stays,
    a_phone_that_was_offline_says_when,
    what_did_not_reach_the_reader_is_refused_and_the_rest_is_read,
    confirming_is_reading_and_done_once,
    a_correction_is_read_anew_and_stands_on_top,
    what_is_withdrawn_is_emptied_on_every_phone,
    what_has_expired_leaves_the_lists_and_can_be_opened,
    a_list_takes_as_many_statements_as_one,
);
