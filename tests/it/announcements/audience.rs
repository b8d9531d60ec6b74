//! Whom an announcement reaches, and what each of them sees of it.

use chrono::TimeDelta;
use glans_entity::people::GuardianAccess;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{drafted, opened, published, reached, titles, to_group, to_school};
use crate::ask::{act, ask, codes};

async fn separated_parents_and_their_new_partners_see_only_their_own(world: &World) {
    let ours = &world.ours;
    let (bram, eva, koen) = world
        .sow(ours, async |sower| {
            let finn = sower.pupil("Finn", ours.schools[0], ours.groups[0]).await;
            let mila = sower.pupil("Mila", ours.schools[0], ours.groups[0]).await;
            let full = GuardianAccess::Full;
            let bram = sower.parent("Bram", &[(ours.students[0], full), (finn, full)]).await;
            (bram, sower.parent("Eva", &[(finn, full)]).await, sower.parent("Koen", &[(mila, full)]).await)
        })
        .await;
    published(world, Who::Teacher, "Schoolreis", to_group(world)).await;
    let ilse = ours.guardians[0];
    for (who, children, strangers) in [
        (ilse, json!(["Noor"]), &["Finn", "Mila", "Bram", "Eva", "Koen"][..]),
        (bram, json!(["Finn", "Noor"]), &["Mila", "Ilse", "Eva", "Koen"][..]),
        (eva, json!(["Finn"]), &["Noor", "Mila", "Ilse", "Bram", "Koen"][..]),
        (koen, json!(["Mila"]), &["Noor", "Finn", "Ilse", "Bram", "Eva"][..]),
    ] {
        let mut items = reached(world, who.account).await;
        items.retain(|item| item["title"] == "Schoolreis");
        let [item] = &items[..] else { panic!("one item for each: {items:?}") };
        let mut concerned: Vec<&str> =
            item["concerns"].as_array().unwrap().iter().map(|child| child["displayName"].as_str().unwrap()).collect();
        concerned.sort_unstable();
        assert_eq!(json!(concerned), children);
        let told = item.to_string();
        assert!(!strangers.iter().any(|stranger| told.contains(stranger)), "{told}");
        assert_eq!((&item["audience"], &item["excludedAudience"]), (&json!([]), &json!([])));
        assert_eq!((&item["reach"], &item["receipts"]["nodes"]), (&Value::Null, &json!([])));
        assert_eq!(item["viewerCanEdit"], false);
    }
}

async fn what_is_left_out_reaches_nobody(world: &World) {
    let ours = &world.ours;
    let (bram, koen) = world
        .sow(ours, async |sower| {
            let finn = sower.pupil("Finn", ours.schools[0], ours.groups[0]).await;
            let full = GuardianAccess::Full;
            let bram = sower.parent("Bram", &[(ours.students[0], full), (finn, full)]).await;
            (bram, sower.parent("Koen", &[(finn, full)]).await)
        })
        .await;
    let without_noor = json!({ "audience": { "include": [ours.schools[0]], "exclude": [ours.students[0]] } });
    published(world, Who::Leader, "Zonder Noor", without_noor).await;
    assert!(!titles(world, ours.guardians[0].account).await.contains(&"Zonder Noor".to_owned()));
    assert!(titles(world, koen.account).await.contains(&"Zonder Noor".to_owned()));
    let of_bram = reached(world, bram.account).await;
    assert_eq!(of_bram[0]["concerns"], json!([{ "displayName": "Finn" }]));
    let without_group = json!({ "audience": { "include": [ours.schools[0]], "exclude": [ours.groups[0]] } });
    published(world, Who::Leader, "Zonder 3a", without_group).await;
    assert!(!titles(world, koen.account).await.contains(&"Zonder 3a".to_owned()));
}

async fn the_less_a_guardian_may_have_the_less_arrives(world: &World) {
    let ours = &world.ours;
    let (fons, emma) = world
        .sow(ours, async |sower| {
            let fons = sower.parent("Fons", &[(ours.students[0], GuardianAccess::OnRequest)]).await;
            (fons, sower.parent("Emma", &[(ours.students[0], GuardianAccess::EmergencyOnly)]).await)
        })
        .await;
    let mut facts = to_school(world);
    facts["hasImportantFacts"] = json!(true);
    let mut urgent = to_school(world);
    (urgent["priority"], urgent["urgentReason"]) = (json!("URGENT"), json!("Gaslek."));
    published(world, Who::Leader, "Gewoon", to_school(world)).await;
    world.app.clock.turn(TimeDelta::seconds(1));
    published(world, Who::Leader, "Feiten", facts).await;
    world.app.clock.turn(TimeDelta::seconds(1));
    published(world, Who::Leader, "Spoed", urgent).await;
    assert_eq!(titles(world, ours.guardians[0].account).await, ["Spoed", "Feiten", "Gewoon", "Studiedag"]);
    assert_eq!(titles(world, fons.account).await, ["Spoed", "Feiten"]);
    assert_eq!(titles(world, emma.account).await, ["Spoed"]);
    assert_eq!(titles(world, ours.distant.account).await, Vec::<String>::new());
}

async fn access_that_is_lowered_takes_it_away_with_the_next_read(world: &World) {
    let ilse = world.ours.guardians[0].account;
    let id = published(world, Who::Teacher, "Schoolreis", to_group(world)).await;
    assert_eq!(opened(world, ilse, &id).await["title"], "Schoolreis");
    let lower = |access: &str| json!({ "id": world.ours.guardianships[0], "access": access });
    for access in ["ON_REQUEST", "EMERGENCY_ONLY", "NONE"] {
        assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", lower(access)).await), Vec::<&str>::new());
        assert_eq!(opened(world, ilse, &id).await, Value::Null, "{access}");
        assert_eq!(titles(world, ilse).await, Vec::<String>::new());
    }
    let read = act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id] })).await;
    assert_eq!(codes(&read), ["NOT_FOUND"]);
    act(world, Who::Leader, "guardianshipUpdate", "", lower("FULL")).await;
    assert_eq!(opened(world, ilse, &id).await["title"], "Schoolreis");
}

async fn one_login_of_two_boards_has_the_announcements_of_both(world: &World) {
    let (ours, theirs) = (&world.ours, &world.theirs);
    let ilse = ours.guardians[0];
    world
        .sow(theirs, async |sower| {
            sower.known_here("Ilse-elders", ilse.account, &[(theirs.students[0], GuardianAccess::Full)]).await
        })
        .await;
    let leader = world.standing_in(theirs, Who::Leader).await;
    let write =
        "mutation($input: AnnouncementCreateInput!) { announcementCreate(input: $input) { announcement { id } } }";
    let input = json!({ "title": "Elders", "body": "Elders.", "audience": { "include": [theirs.schools[0]] } });
    let made = world.execute(&leader, write, json!({ "input": input })).await.body;
    let id = &made["data"]["announcementCreate"]["announcement"]["id"];
    let publish = "mutation($id: ID!) { announcementPublish(input: { id: $id }) { announcement { status } } }";
    world.execute(&leader, publish, json!({ "id": id })).await;
    world.app.clock.turn(TimeDelta::seconds(1));
    let here = published(world, Who::Leader, "Hier", to_school(world)).await;
    assert_eq!(titles(world, ilse.account).await, ["Hier", "Elders", "Studiedag"]);
    // Each is read as the person that its board knows.
    let read =
        act(world, Who::Guardian, "announcementRead", "announcements { isUnread }", json!({ "ids": [here, id] })).await;
    assert_eq!(read, json!({ "announcements": [{ "isUnread": false }, { "isUnread": false }], "userErrors": [] }));
    // Nobody else of the first board has it.
    assert_eq!(opened(world, ours.admin.account, id).await, Value::Null);
}

async fn who_teaches_and_has_a_child_there_gets_it_once_as_each(world: &World) {
    let ours = &world.ours;
    world
        .sow(ours, async |sower| {
            let finn = sower.pupil("Finn", ours.schools[0], ours.groups[0]).await;
            sower.parent_of(ours.teacher.person, finn, GuardianAccess::Full).await;
        })
        .await;
    let both = json!({ "audience": { "include": [ours.schools[0]], "roles": ["GUARDIAN", "TEACHER"] } });
    let id = published(world, Who::Leader, "Allen", both).await;
    let items = reached(world, ours.teacher.account).await;
    assert_eq!(items.iter().filter(|item| item["id"] == id).count(), 1);
    assert_eq!(items[0]["concerns"], json!([{ "displayName": "Finn" }]));
    // Only guardians are counted: Ilse, and Tarik as the father of Finn.
    assert_eq!(opened(world, ours.leader.account, &id).await["reach"], json!({ "recipients": 2 }));
    let read = act(world, Who::Teacher, "announcementRead", "announcements { isUnread }", json!({ "ids": [id] })).await;
    assert_eq!(read["announcements"], json!([{ "isUnread": false }]));
    // For the team alone: no guardian has it.
    let team = json!({ "audience": { "include": [ours.schools[0]], "roles": ["TEACHER"] } });
    let id = published(world, Who::Leader, "Team", team).await;
    assert_eq!(opened(world, ours.guardians[0].account, &id).await, Value::Null);
    assert_eq!(reached(world, ours.teacher.account).await[0]["concerns"], json!([]));
}

async fn a_text_is_in_the_language_of_its_reader(world: &World) {
    let more = json!({
        "audience": { "include": [world.ours.groups[0]] }, "language": "nl",
        "translations": [{ "language": "en-GB", "title": "Snow", "body": "Closed." }, { "language": "tr", "title": "Kar", "body": "Kapalı." }],
    });
    let id = published(world, Who::Teacher, "Sneeuw", more).await;
    let document =
        "query($id: ID!) { node(id: $id) { ... on Announcement { language title english: title(locale: \"en\")
        turkish: body(locale: \"tr\") arabic: title(locale: \"ar\") translations { language title } } } }";
    let seen = ask(world, Who::Guardian, document, json!({ "id": id })).await;
    let expected = json!({
        "language": "nl", "title": "Sneeuw", "english": "Snow", "turkish": "Kapalı.", "arabic": "Sneeuw",
        "translations": [{ "language": "en-GB", "title": "Snow" }, { "language": "tr", "title": "Kar" }],
    });
    assert_eq!(seen["node"], expected);
}

async fn a_draft_reaches_nobody(world: &World) {
    let id = drafted(world, Who::Teacher, "Schets", to_group(world)).await;
    assert_eq!(opened(world, world.ours.guardians[0].account, &id).await, Value::Null);
    assert_eq!(codes(&act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id] })).await), ["NOT_FOUND"]);
}

on_each_database!(
    separated_parents_and_their_new_partners_see_only_their_own,
    what_is_left_out_reaches_nobody,
    the_less_a_guardian_may_have_the_less_arrives,
    access_that_is_lowered_takes_it_away_with_the_next_read,
    one_login_of_two_boards_has_the_announcements_of_both,
    who_teaches_and_has_a_child_there_gets_it_once_as_each,
    a_text_is_in_the_language_of_its_reader,
    a_draft_reaches_nobody,
);
