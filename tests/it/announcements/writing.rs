//! Writing announcements: drafts, refusals, times, and what is urgent.

use chrono::{TimeDelta, Timelike};
use glans::engagement::schedule;
use glans_entity::people::GuardianAccess;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{drafted, opened, published, titles, to_group, to_school};
use crate::ask::{act, ask, codes, refusals, statements};

async fn everything_that_is_wrong_is_told_at_once(world: &World) {
    let soon = world.app.clock.now() + TimeDelta::days(1);
    let input = json!({
        "title": " ", "body": "x".repeat(20_001), "language": "nl",
        "audience": { "include": [], "roles": ["TRAINER"] },
        "translations": [{ "language": "nl-BE", "title": "Een", "body": "" }],
        "priority": "URGENT", "acknowledgeBy": soon, "expiresAt": "2001-01-01T00:00:00Z",
    });
    let refused = act(world, Who::Leader, "announcementCreate", "announcement { id }", input).await;
    let problem = |code: &str, field: &[&str]| json!({ "code": code, "field": field });
    let expected = json!([
        problem("INVALID", &["audience", "roles"]),
        problem("REQUIRED", &["audience", "include"]),
        problem("REQUIRED", &["title"]),
        problem("TOO_LONG", &["body"]),
        problem("TAKEN", &["translations", "0", "language"]),
        problem("REQUIRED", &["translations", "0", "body"]),
        problem("REQUIRED", &["urgentReason"]),
        problem("INVALID", &["acknowledgeBy"]),
        problem("INVALID", &["expiresAt"]),
    ]);
    assert_eq!((&refused["userErrors"], &refused["announcement"]), (&expected, &Value::Null));
}

async fn every_place_that_is_out_of_sight_is_told_with_the_rest(world: &World) {
    let (ours, theirs) = (&world.ours, &world.theirs);
    let input = json!({
        "title": " ", "body": "De school is dicht.",
        "audience": { "include": [ours.groups[1], ours.schools[0], theirs.groups[0]] },
    });
    let refused = act(world, Who::Leader, "announcementCreate", "", input).await;
    assert_eq!(refusals(&refused), ["NOT_FOUND audience.include.0", "NOT_FOUND audience.include.2", "REQUIRED title"]);
    let input = json!({
        "title": "T", "body": "B", "priority": "URGENT", "urgentReason": "R",
        "audience": { "include": [ours.groups[0], ours.schools[0], "school_x"], "exclude": [theirs.id] },
    });
    let refused = act(world, Who::Teacher, "announcementCreate", "", input).await;
    let expected = ["FORBIDDEN audience.include.1", "NOT_FOUND audience.include.2", "NOT_FOUND audience.exclude.0"];
    assert_eq!(refusals(&refused), expected);
    let draft = json!({
        "id": drafted(world, Who::Leader, "Schets", to_school(world)).await, "title": " ",
        "audience": { "include": [theirs.schools[0]] },
    });
    let refused = act(world, Who::Leader, "announcementUpdate", "", draft).await;
    assert_eq!(refusals(&refused), ["NOT_FOUND audience.include.0", "REQUIRED title"]);
}

async fn many_places_take_as_many_statements_as_one(world: &World) {
    let ours = &world.ours;
    let mut children = Vec::new();
    for number in 0..8 {
        children.push(world.child(&format!("Kind {number}"), 0).await);
    }
    let create = "mutation($input: AnnouncementCreateInput!) { announcementCreate(input: $input) {
        announcement { id } userErrors { code } } }";
    let taken = async |who, include: Value, exclude: Value| {
        let audience = json!({ "include": include, "exclude": exclude });
        let input = json!({ "title": "Sneeuw", "body": "De school is dicht.", "audience": audience });
        statements(world, who, create, json!({ "input": input })).await
    };
    drafted(world, Who::Leader, "Acht", json!({ "audience": { "include": children } })).await;
    let one = taken(Who::Leader, json!([children[0]]), json!([])).await;
    assert_eq!(taken(Who::Leader, json!(children), json!([])).await, one);
    let several = json!([ours.schools[0], ours.schools[1], ours.groups[0], ours.groups[1]]);
    let audience = json!({ "include": several, "exclude": children[..4] });
    drafted(world, Who::Admin, "Acht", json!({ "audience": audience })).await;
    let few = taken(Who::Admin, json!([ours.schools[0], ours.groups[0]]), json!([children[0]])).await;
    assert_eq!(taken(Who::Admin, several, json!(children[..4])).await, few);
}

async fn only_the_own_places_are_addressed(world: &World) {
    let (ours, theirs) = (&world.ours, &world.theirs);
    let write = async |who, include: Value, exclude: Value| {
        let input = json!({ "title": "T", "body": "B", "audience": { "include": include, "exclude": exclude } });
        codes(&act(world, who, "announcementCreate", "", input).await).join("+")
    };
    for (who, include, exclude, expected) in [
        (Who::Teacher, json!([ours.groups[0]]), json!([ours.students[0]]), ""),
        (Who::Teacher, json!([ours.students[0]]), json!([]), ""),
        (Who::Teacher, json!([ours.schools[0]]), json!([]), "FORBIDDEN"),
        (Who::Teacher, json!([ours.groups[0], ours.schools[0]]), json!([]), "FORBIDDEN"),
        (Who::Leader, json!([ours.schools[0]]), json!([]), ""),
        (Who::Leader, json!([ours.clusters[0]]), json!([]), "FORBIDDEN"),
        (Who::Leader, json!([ours.groups[1]]), json!([]), "NOT_FOUND"),
        (Who::Leader, json!([ours.schools[0]]), json!([theirs.groups[0]]), "NOT_FOUND"),
        (Who::Director, json!([ours.clusters[0]]), json!([ours.schools[0]]), ""),
        (Who::Director, json!([ours.id]), json!([]), "FORBIDDEN"),
        (Who::Admin, json!([ours.id]), json!([ours.clusters[1]]), ""),
        (Who::Admin, json!([theirs.id]), json!([]), "NOT_FOUND"),
        (Who::Trainer, json!([ours.id]), json!([]), "FORBIDDEN"),
        (Who::Guardian, json!([ours.students[0]]), json!([]), "FORBIDDEN"),
    ] {
        assert_eq!(write(who, include.clone(), exclude).await, expected, "{} {include}", who.name());
    }
}

async fn a_draft_is_changed_and_published_once(world: &World) {
    let fields = "announcement { id title version status urgentReason acknowledgeBy translations { title } }";
    let made = json!({
        "id": glans_entity::ids::AnnouncementId::new(), "title": "Een", "body": "B", "clientMutationId": "made",
        "audience": { "include": [world.ours.groups[0]] }, "requiresAcknowledgement": true,
        "acknowledgeBy": world.app.clock.now() + TimeDelta::days(3),
        "translations": [{ "language": "en", "title": "One", "body": "B" }],
    });
    let first = act(world, Who::Teacher, "announcementCreate", fields, made.clone()).await;
    let id = &first["announcement"]["id"];
    assert_eq!(codes(&first), Vec::<&str>::new());
    assert_eq!(act(world, Who::Teacher, "announcementCreate", fields, made.clone()).await, first);
    let mut twice = made;
    twice["clientMutationId"] = json!("again");
    assert_eq!(codes(&act(world, Who::Teacher, "announcementCreate", "", twice).await), ["TAKEN"]);
    let wanted =
        json!({ "id": id, "title": "Twee", "requiresAcknowledgement": false, "translations": [], "ifVersion": 1 });
    let changed = act(world, Who::Teacher, "announcementUpdate", fields, wanted.clone()).await;
    let expected = json!({ "id": id, "title": "Twee", "version": 2, "status": "DRAFT", "urgentReason": null,
        "acknowledgeBy": null, "translations": [] });
    assert_eq!(changed["announcement"], expected);
    let stale = act(world, Who::Teacher, "announcementUpdate", fields, wanted).await;
    assert_eq!((codes(&stale), &stale["announcement"]), (vec!["CONFLICT"], &expected));
    let urgent = json!({ "id": id, "priority": "URGENT", "urgentReason": "Nu." });
    assert_eq!(codes(&act(world, Who::Teacher, "announcementUpdate", "", urgent).await), ["FORBIDDEN"]);
    let audience = json!({ "id": id, "audience": { "include": [world.ours.students[1]] } });
    assert_eq!(codes(&act(world, Who::Teacher, "announcementUpdate", "", audience).await), ["NOT_FOUND"]);
    let publish = json!({ "id": id });
    let shown = act(world, Who::Teacher, "announcementPublish", fields, publish.clone()).await;
    assert_eq!((&shown["announcement"]["status"], &shown["announcement"]["version"]), (&json!("PUBLISHED"), &json!(3)));
    assert_eq!(act(world, Who::Teacher, "announcementPublish", fields, publish).await, shown);
    let later = json!({ "id": id, "title": "Drie" });
    assert_eq!(codes(&act(world, Who::Teacher, "announcementUpdate", "", later).await), ["CONFLICT"]);
    let correct =
        json!({ "id": drafted(world, Who::Teacher, "Schets", to_group(world)).await, "title": "X", "note": "Y" });
    assert_eq!(codes(&act(world, Who::Teacher, "announcementCorrect", "", correct).await), ["CONFLICT"]);
}

async fn what_is_scheduled_appears_at_its_time_to_who_is_there_then(world: &World) {
    let ours = &world.ours;
    let ilse = ours.guardians[0].account;
    let id = drafted(world, Who::Teacher, "Morgen", to_group(world)).await;
    let at = world.app.clock.now() + TimeDelta::hours(3);
    let fields = "announcement { status publishAt publishedAt }";
    let set = act(world, Who::Teacher, "announcementPublish", fields, json!({ "id": id, "publishAt": at })).await;
    assert_eq!(
        (&set["announcement"]["status"], &set["announcement"]["publishedAt"]),
        (&json!("SCHEDULED"), &Value::Null)
    );
    assert_eq!(schedule::round(&world.app, None).await.unwrap(), 0);
    assert_eq!(opened(world, ilse, &id).await, Value::Null);
    assert_eq!(opened(world, ours.leader.account, &id).await["status"], "SCHEDULED");
    // Bram comes, Ilse's access ends, before it appears.
    let bram =
        world.sow(ours, async |sower| sower.parent("Bram", &[(ours.students[0], GuardianAccess::Full)]).await).await;
    act(world, Who::Leader, "guardianshipUpdate", "", json!({ "id": ours.guardianships[0], "access": "NONE" })).await;
    world.app.clock.turn(TimeDelta::hours(4));
    // Two processes at the same time: one of them lets it appear, and takes back what Ilse answered to an event.
    let (first, second) = tokio::join!(schedule::round(&world.app, None), schedule::round(&world.app, None));
    assert_eq!(first.unwrap() + second.unwrap(), 2);
    assert_eq!(schedule::round(&world.app, None).await.unwrap(), 0);
    assert_eq!(titles(world, bram.account).await, ["Morgen"]);
    assert_eq!(opened(world, ilse, &id).await, Value::Null);
    // A time that lies too far ahead, one after it is to be confirmed, and one that is past.
    let far = json!({ "id": drafted(world, Who::Teacher, "Ooit", to_group(world)).await, "publishAt": "2199-01-01T00:00:00Z" });
    assert_eq!(codes(&act(world, Who::Teacher, "announcementPublish", "", far).await), ["INVALID"]);
    let mut short = to_group(world);
    short["expiresAt"] = json!(world.app.clock.now() + TimeDelta::hours(1));
    let late = json!({ "id": drafted(world, Who::Teacher, "Kort", short).await, "publishAt": world.app.clock.now() + TimeDelta::hours(2) });
    assert_eq!(codes(&act(world, Who::Teacher, "announcementPublish", "", late).await), ["INVALID"]);
    let past =
        json!({ "id": drafted(world, Who::Teacher, "Nu", to_group(world)).await, "publishAt": "2001-01-01T00:00:00Z" });
    let shown = act(world, Who::Teacher, "announcementPublish", fields, past).await;
    assert_eq!(shown["announcement"]["status"], "PUBLISHED");
}

async fn what_somebody_scheduled_who_has_gone_is_a_draft_again(world: &World) {
    let ours = &world.ours;
    let id = drafted(world, Who::Teacher, "Morgen", to_group(world)).await;
    let at = world.app.clock.now() + TimeDelta::hours(3);
    act(world, Who::Teacher, "announcementPublish", "", json!({ "id": id, "publishAt": at })).await;
    crate::threads::end_roles(world, ours.teacher.person).await;
    world.app.clock.turn(TimeDelta::hours(4));
    schedule::round(&world.app, None).await.unwrap();
    assert_eq!(opened(world, ours.guardians[0].account, &id).await, Value::Null);
    assert_eq!(opened(world, ours.leader.account, &id).await["status"], "DRAFT");
    // Who answers for its places decides.
    let fields = "announcement { status }";
    let made = act(world, Who::Leader, "announcementPublish", fields, json!({ "id": id })).await;
    assert_eq!(made["announcement"]["status"], "PUBLISHED");
}

async fn what_was_scheduled_can_be_withdrawn_before_it_appears(world: &World) {
    let id = drafted(world, Who::Teacher, "Morgen", to_group(world)).await;
    let at = world.app.clock.now() + TimeDelta::hours(3);
    act(world, Who::Teacher, "announcementPublish", "", json!({ "id": id, "publishAt": at })).await;
    act(world, Who::Teacher, "announcementWithdraw", "", json!({ "id": id })).await;
    world.app.clock.turn(TimeDelta::hours(4));
    assert_eq!(schedule::round(&world.app, None).await.unwrap(), 0);
    assert_eq!(opened(world, world.ours.guardians[0].account, &id).await, Value::Null);
    assert_eq!(opened(world, world.ours.teacher.account, &id).await["status"], "WITHDRAWN");
}

/// Turns the clock to noon in the Netherlands, so that the day does not end during the test.
fn turn_to_noon(world: &World) {
    let hour = i64::from(world.app.clock.now().with_timezone(&chrono_tz()).hour());
    world.app.clock.turn(TimeDelta::hours(24 + 12 - hour));
}

async fn what_is_urgent_is_corrected_as_it_is_said(world: &World) {
    turn_to_noon(world);
    let mut urgent = to_group(world);
    (urgent["priority"], urgent["urgentReason"]) = (json!("URGENT"), json!("Gaslek."));
    let correct = |id: &Value, title: &str| json!({ "id": id, "title": title, "note": "Het was anders." });
    let first = published(world, Who::Leader, "Een", urgent.clone()).await;
    published(world, Who::Leader, "Twee", urgent.clone()).await;
    let refused = act(world, Who::Teacher, "announcementCorrect", "", correct(&first, "Van de juf")).await;
    assert_eq!(refusals(&refused), ["FORBIDDEN priority"]);
    // It is one of the two of its day, and no third.
    let done = act(world, Who::Leader, "announcementCorrect", "", correct(&first, "Anders")).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
    world.app.clock.turn(TimeDelta::hours(24));
    let third = published(world, Who::Leader, "Drie", urgent.clone()).await;
    published(world, Who::Leader, "Vier", urgent).await;
    let refused = act(world, Who::Leader, "announcementCorrect", "", correct(&first, "Weer anders")).await;
    assert_eq!(refusals(&refused), ["LIMIT_REACHED id"]);
    let done = act(world, Who::Leader, "announcementCorrect", "", correct(&third, "Anders")).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
}

async fn what_is_urgent_has_a_reason_and_a_limit(world: &World) {
    turn_to_noon(world);
    let urgent =
        |place: Value| json!({ "audience": { "include": [place] }, "priority": "URGENT", "urgentReason": "Gaslek." });
    let school = json!(world.ours.schools[0]);
    let input = json!({ "title": "T", "body": "B", "audience": { "include": [world.ours.groups[0]] }, "priority": "URGENT", "urgentReason": "R" });
    let refused = act(world, Who::Teacher, "announcementCreate", "", input).await;
    assert_eq!(refused["userErrors"], json!([{ "code": "FORBIDDEN", "field": ["priority"] }]));
    let first = published(world, Who::Leader, "Een", urgent(school.clone())).await;
    let second = drafted(world, Who::Leader, "Twee", urgent(school.clone())).await;
    let at = world.app.clock.now() + TimeDelta::hours(2);
    act(world, Who::Leader, "announcementPublish", "", json!({ "id": second, "publishAt": at })).await;
    let third = drafted(world, Who::Leader, "Drie", urgent(school.clone())).await;
    let refused = act(world, Who::Leader, "announcementPublish", "", json!({ "id": third })).await;
    assert_eq!(refused["userErrors"], json!([{ "code": "LIMIT_REACHED", "field": ["publishAt"] }]));
    // Another place has its own, and so has another day.
    published(world, Who::Admin, "Bestuur", urgent(json!(world.ours.id))).await;
    published(world, Who::Admin, "De Meent", urgent(json!(world.ours.schools[1]))).await;
    let tomorrow = json!({ "id": third, "publishAt": world.app.clock.now() + TimeDelta::days(1) });
    let shown = act(world, Who::Leader, "announcementPublish", "announcement { status }", tomorrow).await;
    assert_eq!(shown["announcement"]["status"], "SCHEDULED");
    // A normal one that is on its way does not become the third.
    let normal = drafted(world, Who::Leader, "Vier", to_school(world)).await;
    act(world, Who::Leader, "announcementPublish", "", json!({ "id": normal, "publishAt": at })).await;
    let hurry = json!({ "id": normal, "priority": "URGENT", "urgentReason": "Toch." });
    assert_eq!(codes(&act(world, Who::Leader, "announcementUpdate", "", hurry).await), ["LIMIT_REACHED"]);
    let reason = "query($id: ID!) { node(id: $id) { ... on Announcement { priority urgentReason } } }";
    let seen = ask(world, Who::Guardian, reason, json!({ "id": first })).await;
    assert_eq!(seen["node"], json!({ "priority": "URGENT", "urgentReason": null }));
    let seen = ask(world, Who::Teacher, reason, json!({ "id": first })).await;
    assert_eq!(seen["node"]["urgentReason"], "Gaslek.");
}

fn chrono_tz() -> chrono::FixedOffset {
    chrono::FixedOffset::east_opt(3600).unwrap()
}

on_each_database!(
    everything_that_is_wrong_is_told_at_once,
    every_place_that_is_out_of_sight_is_told_with_the_rest,
    many_places_take_as_many_statements_as_one,
    only_the_own_places_are_addressed,
    a_draft_is_changed_and_published_once,
    what_is_scheduled_appears_at_its_time_to_who_is_there_then,
    what_somebody_scheduled_who_has_gone_is_a_draft_again,
    what_was_scheduled_can_be_withdrawn_before_it_appears,
    what_is_urgent_is_corrected_as_it_is_said,
    what_is_urgent_has_a_reason_and_a_limit,
);
