//! What everybody sees of schools and what is in them.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, statements};

async fn a_leader_sees_the_own_school_whole(world: &World) {
    let document = "{ schools { nodes {
        name viewerCanEdit
        board { name } cluster { name directors { displayName } }
        leaders { displayName } staff { nodes { displayName } totalCount } students { nodes { displayName } }
        schoolYears { title current }
        classGroups { nodes { name grades viewerCanEdit school { name } schoolYear { title }
                              teachers { displayName } students { nodes { displayName } } } }
    } } }";
    assert_eq!(
        ask(world, Who::Leader, document, json!({})).await,
        json!({ "schools": { "nodes": [{
            "name": "De Zwaluw", "viewerCanEdit": true,
            "board": { "name": "De Sterrenwacht" },
            "cluster": { "name": "Noord", "directors": [] },
            "leaders": [{ "displayName": "Marieke de Wit" }],
            "staff": { "nodes": [{ "displayName": "Marieke de Wit" }, { "displayName": "Tarik de Wit" }], "totalCount": 2 },
            "students": { "nodes": [{ "displayName": "Noor" }] },
            "schoolYears": [{ "title": "This year", "current": true }],
            "classGroups": { "nodes": [{
                "name": "3a", "grades": ["3", "4"], "viewerCanEdit": true,
                "school": { "name": "De Zwaluw" }, "schoolYear": { "title": "This year" },
                "teachers": [{ "displayName": "Tarik de Wit" }],
                "students": { "nodes": [{ "displayName": "Noor" }] },
            }] },
        }] } })
    );
}

async fn a_guardian_sees_the_school_of_the_child_and_its_teachers_only(world: &World) {
    let document = "{ schools { nodes {
        name viewerCanEdit cluster { name } leaders { displayName } staff { nodes { displayName } }
        classGroups { nodes { name viewerCanEdit teachers { displayName } } }
    } } }";
    assert_eq!(
        ask(world, Who::Guardian, document, json!({})).await,
        json!({ "schools": { "nodes": [{
            "name": "De Zwaluw", "viewerCanEdit": false, "cluster": null, "leaders": [],
            "staff": { "nodes": [{ "displayName": "Tarik de Wit" }] },
            "classGroups": { "nodes": [
                { "name": "3a", "viewerCanEdit": false, "teachers": [{ "displayName": "Tarik de Wit" }] },
            ] },
        }] } })
    );
}

async fn a_page_of_schools_takes_as_many_statements_as_one_school(world: &World) {
    let document = "query($first: Int!) { schools(first: $first) { nodes {
        name board { name } cluster { name directors { displayName email } board { name } }
        leaders { displayName email memberships { role scope { __typename } } } schoolYears { title }
    } } }";
    for number in 0..6 {
        let input =
            json!({ "board": world.ours.id, "name": format!("School {number}"), "cluster": world.ours.clusters[0] });
        let payload = act(world, Who::Admin, "schoolCreate", "school { name }", input).await;
        assert!(codes(&payload).is_empty());
    }
    // The first two have a leader and a director between them, as any larger page.
    let two = statements(world, Who::Admin, document, json!({ "first": 2 })).await;
    let eight = statements(world, Who::Admin, document, json!({ "first": 8 })).await;
    assert_eq!(two, eight);
}

async fn nodes_come_in_the_order_of_the_ids(world: &World) {
    let ours = &world.ours;
    let ids = json!([
        ours.students[0],
        world.theirs.schools[0],
        ours.groups[0],
        ours.schools[0],
        "school_x",
        ours.schools[1],
        ours.schools[0],
        ours.memberships[0],
        ours.guardianships[0],
        ours.school_year,
        ours.clusters[0],
        ours.leader.person,
        ours.id,
    ]);
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }";
    let types = |data: Value| -> Vec<String> {
        let nodes = data["nodes"].as_array().expect("a list").clone();
        nodes.iter().map(|node| node["__typename"].as_str().unwrap_or("-").to_owned()).collect()
    };
    let seen = types(ask(world, Who::Leader, document, json!({ "ids": ids })).await);
    assert_eq!(
        seen,
        [
            "Student",
            "-",
            "ClassGroup",
            "School",
            "-",
            "-",
            "School",
            "Membership",
            "Guardianship",
            "SchoolYear",
            "Cluster",
            "Person",
            "Board"
        ]
    );
    let one = statements(world, Who::Admin, document, json!({ "ids": [ours.schools[0]] })).await;
    let two = statements(world, Who::Admin, document, json!({ "ids": ours.schools })).await;
    assert_eq!(one, two);
}

on_each_database!(
    a_leader_sees_the_own_school_whole,
    a_guardian_sees_the_school_of_the_child_and_its_teachers_only,
    a_page_of_schools_takes_as_many_statements_as_one_school,
    nodes_come_in_the_order_of_the_ids,
);
