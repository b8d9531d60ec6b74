//! What staff sees of announcements: counts at a distance, names close by.

use chrono::TimeDelta;
use glans_entity::people::GuardianAccess;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{asked_by, done_by, drafted, opened, published, to_group, to_school};
use crate::ask::{act, ask, codes};
use crate::threads::end_roles;

const RECEIPTS: &str =
    "query($id: ID!, $state: ReceiptState, $first: Int, $after: String) { node(id: $id) { ... on Announcement {
    reach { recipients delivered read acknowledged unreachable }
    receipts(state: $state, first: $first, after: $after) { totalCount pageInfo { endCursor }
        nodes { guardian { givenName } students { displayName } receipt { acknowledgedAt } } } } } }";

fn names(data: &Value) -> Vec<&str> {
    let nodes = data["node"]["receipts"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["guardian"]["givenName"].as_str().unwrap()).collect()
}

async fn a_teacher_sees_who_has_not_confirmed_and_others_see_counts(world: &World) {
    let ours = &world.ours;
    let bram = world
        .sow(ours, async |sower| {
            let finn = sower.pupil("Finn", ours.schools[0], ours.groups[0]).await;
            let full = GuardianAccess::Full;
            let abel = sower.parent("Abel", &[(finn, full)]).await;
            sower.set_account(abel.person, None).await;
            sower.without_email(abel.person).await;
            sower.parent("Bram", &[(ours.students[0], full), (finn, full)]).await
        })
        .await;
    let mut asks = to_school(world);
    asks["requiresAcknowledgement"] = json!(true);
    let id = published(world, Who::Leader, "Toestemming", asks).await;
    done_by(world, bram.account, "announcementAcknowledge", "", json!({ "id": id })).await;
    act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id] })).await;
    let reach = json!({ "recipients": 3, "delivered": 2, "read": 2, "acknowledged": 1, "unreachable": 1 });
    for who in [Who::Teacher, Who::Leader] {
        for (state, expected) in [
            (Value::Null, &["Abel", "Bram", "Ilse"][..]),
            (json!("OPEN"), &["Abel", "Ilse"][..]),
            (json!("ACKNOWLEDGED"), &["Bram"][..]),
            (json!("UNREAD"), &["Abel"][..]),
            (json!("READ"), &["Bram", "Ilse"][..]),
        ] {
            let seen = ask(world, who, RECEIPTS, json!({ "id": id, "state": state })).await;
            assert_eq!(names(&seen), expected, "{} {state}", who.name());
            assert_eq!(seen["node"]["receipts"]["totalCount"], expected.len());
            assert_eq!(seen["node"]["reach"], reach);
        }
    }
    let page = ask(world, Who::Teacher, RECEIPTS, json!({ "id": id, "first": 2 })).await;
    assert_eq!(names(&page), ["Abel", "Bram"]);
    let of_bram = &page["node"]["receipts"]["nodes"][1]["students"];
    assert_eq!(of_bram.as_array().map(Vec::len), Some(2));
    let after = json!({ "id": id, "first": 2, "after": page["node"]["receipts"]["pageInfo"]["endCursor"] });
    assert_eq!(names(&ask(world, Who::Teacher, RECEIPTS, after).await), ["Ilse"]);
    for who in [Who::Director, Who::Admin] {
        let seen = ask(world, who, RECEIPTS, json!({ "id": id })).await;
        assert_eq!((names(&seen), &seen["node"]["reach"]), (vec![], &reach), "{}", who.name());
    }
    let seen = ask(world, Who::Guardian, RECEIPTS, json!({ "id": id })).await;
    assert_eq!((names(&seen), &seen["node"]["reach"]), (vec![], &Value::Null));
}

async fn who_teaches_another_group_sees_no_names(world: &World) {
    let ours = &world.ours;
    let other = world
        .sow(ours, async |sower| {
            let other = sower.parent("Wim", &[]).await;
            sower.teaches(other.person, ours.groups[1], ours.schools[1]).await;
            other
        })
        .await;
    let all = json!({ "audience": { "include": [ours.schools[0], ours.schools[1]] } });
    let id = published(world, Who::Admin, "Alle scholen", all).await;
    let of = async |account| super::asked_by(world, account, RECEIPTS, json!({ "id": id })).await;
    assert_eq!(names(&of(other.account).await), ["Hanna"]);
    assert_eq!(names(&of(ours.teacher.account).await), ["Ilse"]);
    assert_eq!(of(other.account).await["node"]["reach"]["recipients"], 2);
}

async fn a_draft_is_seen_by_its_author_and_by_who_answers_for_its_places(world: &World) {
    let ours = &world.ours;
    let colleague = world
        .sow(ours, async |sower| {
            let colleague = sower.parent("Wim", &[]).await;
            sower.teaches(colleague.person, ours.groups[0], ours.schools[0]).await;
            colleague
        })
        .await;
    let of_teacher = drafted(world, Who::Teacher, "Van de juf", to_group(world)).await;
    let of_cluster =
        drafted(world, Who::Director, "Cluster", json!({ "audience": { "include": [ours.clusters[0]] } })).await;
    let of_two = json!({ "audience": { "include": [ours.schools[0], ours.schools[1]] } });
    let of_two = drafted(world, Who::Admin, "Twee scholen", of_two).await;
    for (account, name, seen) in [
        (ours.teacher.account, "teacher", [true, false, false]),
        (colleague.account, "colleague", [false, false, false]),
        (ours.leader.account, "leader", [true, false, false]),
        (ours.director.account, "director", [true, true, false]),
        (ours.admin.account, "admin", [true, true, true]),
        (ours.trainer.account, "trainer", [false, false, false]),
        (ours.guardians[0].account, "guardian", [false, false, false]),
    ] {
        for (id, seen) in [&of_teacher, &of_cluster, &of_two].into_iter().zip(seen) {
            let draft = opened(world, account, id).await;
            assert_eq!(draft != Value::Null, seen, "{name}: {draft}");
            if seen {
                assert_eq!((&draft["viewerCanEdit"], &draft["reach"]), (&json!(true), &Value::Null), "{name}");
            }
        }
    }
    // Once it appears, all who work there see it, and who is no editor of all of its places edits nothing.
    act(world, Who::Admin, "announcementPublish", "", json!({ "id": of_two })).await;
    for account in [ours.teacher.account, ours.leader.account, ours.director.account] {
        assert_eq!(opened(world, account, &of_two).await["viewerCanEdit"], false);
    }
    let correct = json!({ "id": of_two, "title": "Anders", "note": "Anders." });
    assert_eq!(
        crate::ask::codes(&act(world, Who::Leader, "announcementCorrect", "", correct.clone()).await),
        ["FORBIDDEN"]
    );
    let colleague = done_by(world, colleague.account, "announcementWithdraw", "", json!({ "id": of_teacher })).await;
    assert_eq!(crate::ask::codes(&colleague), ["NOT_FOUND"]);
    let leader = act(
        world,
        Who::Leader,
        "announcementUpdate",
        "announcement { title }",
        json!({ "id": of_teacher, "title": "Van de school" }),
    )
    .await;
    assert_eq!(leader["announcement"]["title"], "Van de school");
}

async fn lists_are_narrowed_down(world: &World) {
    let ours = &world.ours;
    let draft = drafted(world, Who::Leader, "Schets", to_school(world)).await;
    world.app.clock.turn(TimeDelta::seconds(1));
    published(world, Who::Admin, "Iedereen", json!({ "audience": { "include": [ours.id] } })).await;
    let list = "query($filter: AnnouncementFilter) { announcements(filter: $filter) { nodes { title } } }";
    for (who, filter, expected) in [
        (Who::Leader, json!({}), &["Iedereen", "Schets", "Studiedag"][..]),
        (Who::Leader, json!({ "statuses": ["DRAFT", "SCHEDULED"] }), &["Schets"][..]),
        (Who::Leader, json!({ "school": ours.schools[0] }), &["Schets", "Studiedag"][..]),
        (Who::Leader, json!({ "priority": "URGENT" }), &[][..]),
        (Who::Leader, json!({ "isAddressedToViewer": true }), &[][..]),
        (Who::Guardian, json!({}), &["Iedereen", "Studiedag"][..]),
        (Who::Guardian, json!({ "student": ours.students[0] }), &["Iedereen", "Studiedag"][..]),
        (Who::Guardian, json!({ "student": ours.students[1] }), &[][..]),
        (Who::Guardian, json!({ "student": draft }), &[][..]),
        (Who::Client, json!({}), &[][..]),
    ] {
        let seen = ask(world, who, list, json!({ "filter": filter })).await;
        let titles: Vec<&str> = seen["announcements"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["title"].as_str().unwrap())
            .collect();
        assert_eq!(titles, expected, "{} {filter}", who.name());
    }
}

async fn who_is_family_sees_what_is_for_the_child_alone_as_family_only(world: &World) {
    let ours = &world.ours;
    world.guardian_of_another(ours.leader, ours.students[0]).await;
    let to_child = json!({ "audience": { "include": [ours.students[0]] } });
    let id = published(world, Who::Teacher, "Voor thuis", to_child.clone()).await;
    let seen = opened(world, ours.leader.account, &id).await;
    assert_eq!(seen["title"], "Voor thuis", "it reached the leader as a parent");
    assert_eq!((&seen["reach"], &seen["receipts"]["nodes"]), (&Value::Null, &json!([])));
    assert_eq!(seen["viewerCanEdit"], false);
    let own = json!({ "title": "Voor mijzelf", "body": "Dag.", "audience": to_child["audience"] });
    assert_eq!(codes(&act(world, Who::Leader, "announcementCreate", "", own).await), ["FORBIDDEN"]);
    assert!(opened(world, ours.teacher.account, &id).await["reach"].is_object());
}

async fn what_is_for_the_whole_board_is_not_for_trainers(world: &World) {
    let to_board = json!({ "audience": { "include": [world.ours.id] } });
    let id = published(world, Who::Admin, "Voor iedereen", to_board).await;
    assert_eq!(opened(world, world.ours.trainer.account, &id).await, Value::Null);
    assert!(opened(world, world.ours.leader.account, &id).await["reach"].is_object());
}

async fn what_was_addressed_to_staff_ends_with_the_role(world: &World) {
    let tarik = world.ours.teacher;
    // He stays in the board as a parent at another school.
    world.guardian_of_another(tarik, world.ours.students[1]).await;
    let mut ids = Vec::new();
    for place in [json!(world.ours.groups[0]), json!(world.ours.schools[0]), json!(world.ours.id)] {
        let to_team = json!({ "audience": { "include": [place], "roles": ["TEACHER"] } });
        ids.push(published(world, Who::Admin, "Voor het team", to_team).await);
    }
    for id in &ids {
        assert_eq!(opened(world, tarik.account, id).await["title"], "Voor het team");
    }
    let unread = async || asked_by(world, tarik.account, "{ feedUnreadCount feed { totalCount } }", Value::Null).await;
    let before = unread().await;
    end_roles(world, tarik.person).await;
    for id in &ids {
        assert_eq!(opened(world, tarik.account, id).await, Value::Null);
        assert_eq!(
            done_by(world, tarik.account, "announcementRead", "", json!({ "ids": [id] })).await["userErrors"][0]["code"],
            "NOT_FOUND"
        );
    }
    let after = unread().await;
    let count = |of: &Value| of["feed"]["totalCount"].as_i64().unwrap();
    assert!(count(&after) <= count(&before) - 3, "{before} {after}");
}

on_each_database!(
    a_teacher_sees_who_has_not_confirmed_and_others_see_counts,
    who_teaches_another_group_sees_no_names,
    a_draft_is_seen_by_its_author_and_by_who_answers_for_its_places,
    lists_are_narrowed_down,
    who_is_family_sees_what_is_for_the_child_alone_as_family_only,
    what_is_for_the_whole_board_is_not_for_trainers,
    what_was_addressed_to_staff_ends_with_the_role,
);
