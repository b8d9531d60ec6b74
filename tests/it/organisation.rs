//! Boards, clusters, schools, school years and class groups.

use glans::call::Call;
use glans::organisation::boards;
use glans_entity::ids::BoardId;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, refusals, statements};

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

async fn a_cluster_is_closed_once_its_schools_are_gone(world: &World) {
    let made = act(
        world,
        Who::Admin,
        "clusterCreate",
        "cluster { id name version board { name } }",
        json!({ "board": world.ours.id, "name": " Oost " }),
    )
    .await;
    assert_eq!(made["cluster"]["name"], "Oost");
    assert_eq!(made["cluster"]["board"]["name"], "De Sterrenwacht");
    let id = &made["cluster"]["id"];

    let twice = json!({ "board": world.ours.id, "name": "Oost" });
    assert_eq!(codes(&act(world, Who::Admin, "clusterCreate", "", twice).await), ["TAKEN"]);

    let named = json!({ "id": id, "name": "West", "ifVersion": 1 });
    let named = act(world, Who::Admin, "clusterUpdate", "cluster { name version }", named).await;
    assert_eq!(named["cluster"], json!({ "name": "West", "version": 2 }));
    let stale = json!({ "id": id, "name": "Oost", "ifVersion": 1 });
    let stale = act(world, Who::Admin, "clusterUpdate", "cluster { name version }", stale).await;
    assert_eq!(codes(&stale), ["CONFLICT"]);
    assert_eq!(stale["cluster"], json!({ "name": "West", "version": 2 }));

    let input = json!({ "id": world.ours.clusters[0] });
    assert_eq!(codes(&act(world, Who::Admin, "clusterArchive", "", input).await), ["CONFLICT"]);
    let closed = act(world, Who::Admin, "clusterArchive", "cluster { archivedAt }", json!({ "id": id })).await;
    assert!(closed["cluster"]["archivedAt"].is_string());
    let listed = ask(world, Who::Admin, "{ clusters { nodes { name } } }", json!({})).await;
    assert_eq!(listed, json!({ "clusters": { "nodes": [{ "name": "Noord" }, { "name": "Zuid" }] } }));
}

async fn a_cluster_is_changed_by_administrators_of_its_board_only(world: &World) {
    for who in [Who::Director, Who::Leader, Who::Teacher] {
        let payload = act(world, who, "clusterCreate", "", json!({ "board": world.ours.id, "name": "Oost" })).await;
        assert_eq!(codes(&payload), ["FORBIDDEN"], "{}", who.name());
    }
    for board in [world.theirs.id.to_string(), "board_00000000000000000000000000".to_owned(), "x".to_owned()] {
        let payload = act(world, Who::Admin, "clusterCreate", "", json!({ "board": board, "name": "Oost" })).await;
        assert_eq!(payload["userErrors"], json!([{ "code": "NOT_FOUND", "field": ["board"] }]));
    }
}

async fn school_years_follow_one_another(world: &World) {
    let input = json!({ "board": world.ours.id, "startsOn": "2031-08-01" });
    let made = act(world, Who::Admin, "schoolYearCreate", "schoolYear { title startsOn endsOn current }", input).await;
    assert_eq!(
        made["schoolYear"],
        json!({ "title": "2031–2032", "startsOn": "2031-08-01", "endsOn": "2032-07-31", "current": false })
    );
    for day in ["2031-08-01", "2032-07-31", "2030-10-01"] {
        let input = json!({ "board": world.ours.id, "startsOn": day });
        assert_eq!(codes(&act(world, Who::Admin, "schoolYearCreate", "", input).await), ["TAKEN"], "{day}");
    }
    let input = json!({ "board": world.ours.id, "startsOn": "2032-08-01" });
    assert!(codes(&act(world, Who::Admin, "schoolYearCreate", "", input).await).is_empty());
}

async fn a_leader_makes_class_groups_and_a_teacher_does_not(world: &World) {
    let input =
        |school| json!({ "school": school, "schoolYear": world.ours.school_year, "name": "7/8", "grades": ["8", "7"] });
    let made = act(world, Who::Leader, "classGroupCreate", "classGroup { id grades }", input(world.ours.schools[0]));
    let made = made.await;
    assert_eq!(made["classGroup"]["grades"], json!(["7", "8"]));
    let again = act(world, Who::Leader, "classGroupCreate", "", input(world.ours.schools[0])).await;
    assert_eq!(codes(&again), ["TAKEN"]);
    let teacher = act(world, Who::Teacher, "classGroupCreate", "", input(world.ours.schools[0])).await;
    assert_eq!(codes(&teacher), ["FORBIDDEN"]);
    let elsewhere = act(world, Who::Leader, "classGroupCreate", "", input(world.ours.schools[1])).await;
    assert_eq!(codes(&elsewhere), ["NOT_FOUND"]);

    let id = &made["classGroup"]["id"];
    let wrong = json!({ "id": id, "name": "", "grades": ["9"] });
    assert_eq!(codes(&act(world, Who::Leader, "classGroupUpdate", "", wrong).await), ["REQUIRED", "INVALID"]);
    let closed = act(world, Who::Leader, "classGroupArchive", "classGroup { archivedAt }", json!({ "id": id })).await;
    assert!(closed["classGroup"]["archivedAt"].is_string());
    let document = "query($id: ID!) { school(id: $id) { classGroups { nodes { name } } } }";
    let listed = ask(world, Who::Leader, document, json!({ "id": world.ours.schools[0] })).await;
    assert_eq!(listed["school"]["classGroups"]["nodes"], json!([{ "name": "3a" }]));
}

async fn who_founds_a_board_administers_it(world: &World) {
    let fields = "board { id clusters { nodes { name } } people { nodes { displayName memberships { role } } } }";
    let made = act(world, Who::Admin, "boardCreate", fields, json!({ "name": "De Horizon" })).await;
    assert_eq!(
        made["board"]["people"]["nodes"],
        json!([{ "displayName": "Annelies de Wit", "memberships": [{ "role": "BOARD_ADMIN" }] }])
    );
    let input = json!({ "board": made["board"]["id"], "name": "Midden" });
    let cluster = act(world, Who::Admin, "clusterCreate", "cluster { name }", input).await;
    assert_eq!(cluster["cluster"]["name"], "Midden");
}

/// Whoever had the number of another board would get its schools and its director, and hear which boards are here.
async fn the_number_of_a_board_is_for_no_person_to_set(world: &World) {
    let call = Call::system(&world.app, "import duo");
    let write = call.write().await.unwrap();
    boards::found(&write, BoardId::new(), "Schoolbestuur 41613", Some("41613")).await.unwrap();
    write.commit().await.unwrap();

    for number in ["41613", "41614", "4161"] {
        let input = json!({ "name": "De Horizon", "number": number });
        let made = act(world, Who::Admin, "boardCreate", "board { id }", input).await;
        assert_eq!(made["board"], json!(null));
        assert_eq!(refusals(&made), ["FORBIDDEN number"], "{number}");
        let input = json!({ "id": world.ours.id, "number": number });
        assert_eq!(refusals(&act(world, Who::Admin, "boardUpdate", "", input).await), ["FORBIDDEN number"], "{number}");
    }
    let same = json!({ "id": world.ours.id, "number": null, "name": "De Horizon" });
    let same = act(world, Who::Admin, "boardUpdate", "board { name number }", same).await;
    assert_eq!(same["board"], json!({ "name": "De Horizon", "number": null }));
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

const CAN_EDIT: &str =
    "query($id: ID!) { node(id: $id) { ... on Board { viewerCanEdit } ... on Cluster { viewerCanEdit }
    ... on School { viewerCanEdit } ... on ClassGroup { viewerCanEdit } ... on Person { viewerCanEdit }
    ... on Membership { viewerCanEdit } ... on Student { viewerCanEdit } ... on Guardianship { viewerCanEdit }
    ... on Material { viewerCanEdit } ... on Announcement { viewerCanEdit } ... on Survey { viewerCanEdit } } }";
/// What is private of a person and of a student.
const PRIVATE: &str =
    "query($id: ID!) { node(id: $id) { ... on Person { email interpreterNeeded } ... on Student { number } } }";

async fn nothing_of_a_closed_board_changes(world: &World) {
    let ours = &world.ours;
    let (client, boards) = (world.actor(Who::Client).await, "{ boards { nodes { name } } }");
    let close = json!({ "id": ours.id });
    let fields = "board { archivedAt version }";
    let private = async |id: String| ask(world, Who::Admin, PRIVATE, json!({ "id": id })).await["node"].clone();
    let (student, teacher) = (ours.students[0].to_string(), ours.teacher.person.to_string());
    let before = [private(student.clone()).await, private(teacher.clone()).await];
    assert!(before[0]["number"].is_string() && before[1]["email"].is_string(), "{before:?}");
    let closed = act(world, Who::Admin, "boardArchive", fields, close.clone()).await;
    assert!(closed["board"]["archivedAt"].is_string(), "{closed}");

    for (who, name, input) in [
        (Who::Admin, "boardUpdate", json!({ "id": ours.id, "name": "Anders" })),
        (Who::Admin, "clusterCreate", json!({ "board": ours.id, "name": "Oost" })),
        (Who::Admin, "membershipRevoke", json!({ "id": ours.memberships[0] })),
        (Who::Admin, "rosterImportStart", json!({ "board": ours.id })),
        (Who::Director, "cohortSchoolRemove", json!({ "cohort": ours.cohorts[0], "school": ours.schools[0] })),
        (Who::Leader, "schoolUpdate", json!({ "id": ours.schools[0], "name": "Anders" })),
        (Who::Teacher, "guardianshipUpdate", json!({ "id": ours.guardianships[0], "contactPriority": 2 })),
    ] {
        assert_eq!(codes(&act(world, who, name, "", input).await), ["CONFLICT"], "{name}");
    }
    for id in [
        ours.id.to_string(),
        ours.clusters[0].to_string(),
        ours.schools[0].to_string(),
        ours.groups[0].to_string(),
        ours.teacher.person.to_string(),
        ours.memberships[0].to_string(),
        ours.students[0].to_string(),
        ours.guardianships[0].to_string(),
        ours.draft.material.to_string(),
        ours.announcements[0].to_string(),
        ours.surveys[0].to_string(),
    ] {
        let seen = ask(world, Who::Admin, CAN_EDIT, json!({ "id": id })).await;
        assert_eq!(seen["node"]["viewerCanEdit"], json!(false), "{id}");
    }
    let thread = "query($id: ID!) { thread(id: $id) { viewerCanWrite } }";
    let seen = ask(world, Who::Teacher, thread, json!({ "id": ours.threads[0] })).await;
    assert_eq!(seen["thread"], json!({ "viewerCanWrite": false }));
    assert_eq!([private(student).await, private(teacher).await], before, "it is read as before");
    // Who may not do it anyway is told no more than before.
    let update = json!({ "id": ours.id, "name": "Anders" });
    assert_eq!(codes(&act(world, Who::Guardian, "boardUpdate", "", update).await), ["FORBIDDEN"]);

    assert_eq!(act(world, Who::Admin, "boardArchive", fields, close).await["board"], closed["board"]);
    let own = json!({ "material": ours.published.material, "state": "COMPLETED" });
    assert_eq!(codes(&act(world, Who::Teacher, "materialStateSet", "", own).await), Vec::<&str>::new());
    let seen = ask(world, Who::Leader, "{ schools { nodes { name } } }", json!({})).await;
    assert_eq!(seen["schools"]["nodes"], json!([{ "name": "De Zwaluw" }]));
    assert_eq!(client.asks(boards).await.codes(), ["UNAUTHENTICATED"]);
}

async fn all_that_is_wrong_is_told_at_once(world: &World) {
    let school = json!({
        "board": world.ours.id, "id": "q", "cluster": "x", "name": "", "city": "x".repeat(100), "brin": "3ab",
        "locationCode": "1",
    });
    let told =
        ["INVALID id", "NOT_FOUND cluster", "REQUIRED name", "TOO_LONG city", "INVALID brin", "INVALID locationCode"];
    assert_eq!(refusals(&act(world, Who::Admin, "schoolCreate", "", school).await), told);
    let group = json!({
        "school": world.ours.schools[0], "id": "q", "schoolYear": world.theirs.school_year, "name": "", "grades": ["9"],
    });
    let told = ["INVALID id", "NOT_FOUND schoolYear", "REQUIRED name", "INVALID grades"];
    assert_eq!(refusals(&act(world, Who::Admin, "classGroupCreate", "", group).await), told);
}

async fn a_school_leaves_its_cluster_only_when_that_is_said(world: &World) {
    let id = world.ours.schools[0];
    let fields = "school { cluster { name } }";
    let unsaid = act(world, Who::Admin, "schoolMove", fields, json!({ "id": id })).await;
    assert_eq!((refusals(&unsaid), &unsaid["school"]), (vec!["REQUIRED cluster".to_owned()], &Value::Null));
    let document = "query($id: ID!) { school(id: $id) { cluster { name } } }";
    let stands = ask(world, Who::Admin, document, json!({ "id": id })).await;
    assert_eq!(stands["school"]["cluster"], json!({ "name": "Noord" }));
    let out = act(world, Who::Admin, "schoolMove", fields, json!({ "id": id, "cluster": null })).await;
    assert_eq!((refusals(&out), &out["school"]), (vec![], &json!({ "cluster": null })));
}

/// Each of them is refused, in these words.
async fn are_refused(world: &World, told: &str, attempts: &[(&str, Value)]) {
    for (name, input) in attempts {
        assert_eq!(refusals(&act(world, Who::Admin, name, "", input.clone()).await), [told], "{name}");
    }
}

async fn what_is_closed_is_neither_changed_nor_filled(world: &World) {
    let (ours, person) = (&world.ours, world.ours.trainer.person);
    let close = async |name: &str, id: &str| {
        assert_eq!(refusals(&act(world, Who::Admin, name, "", json!({ "id": id })).await), [""; 0], "{name}");
        let seen = ask(world, Who::Admin, CAN_EDIT, json!({ "id": id })).await;
        assert_eq!(seen["node"]["viewerCanEdit"], json!(false), "{name}");
    };
    let grant = |role: &str, scope: &str| json!({ "person": person, "role": role, "scope": scope });
    let (group, school) = (ours.groups[0].to_string(), ours.schools[0].to_string());

    let empty = json!({ "board": ours.id, "name": "Oost" });
    let empty = act(world, Who::Admin, "clusterCreate", "cluster { id }", empty).await;
    let cluster = empty["cluster"]["id"].as_str().expect("a cluster");
    close("clusterArchive", cluster).await;
    are_refused(world, "CONFLICT id", &[("clusterUpdate", json!({ "id": cluster, "name": "West" }))]).await;
    let put = [
        ("schoolCreate", json!({ "board": ours.id, "name": "De Spreeuw", "cluster": cluster })),
        ("schoolMove", json!({ "id": school, "cluster": cluster })),
    ];
    are_refused(world, "CONFLICT cluster", &put).await;
    are_refused(world, "CONFLICT scope", &[("membershipGrant", grant("CLUSTER_DIRECTOR", cluster))]).await;

    close("classGroupArchive", &group).await;
    are_refused(world, "CONFLICT id", &[("classGroupUpdate", json!({ "id": group, "name": "3b" }))]).await;
    are_refused(world, "CONFLICT scope", &[("membershipGrant", grant("TEACHER", &group))]).await;
    let revoked = act(world, Who::Admin, "membershipRevoke", "", json!({ "id": ours.memberships[0] })).await;
    assert_eq!(refusals(&revoked), [""; 0], "a role there can be taken");

    close("schoolArchive", &school).await;
    let changed = [
        ("schoolUpdate", json!({ "id": school, "name": "De Spreeuw" })),
        ("schoolMove", json!({ "id": school, "cluster": ours.clusters[1] })),
    ];
    are_refused(world, "CONFLICT id", &changed).await;
    let details = json!({ "givenName": "Joost", "familyName": "Vink" });
    let put = [
        ("classGroupCreate", json!({ "school": school, "schoolYear": ours.school_year, "name": "4", "grades": ["4"] })),
        ("studentCreate", json!({ "school": school, "displayName": "Fien" })),
        ("personCreate", json!({ "board": ours.id, "school": school, "details": details })),
    ];
    are_refused(world, "CONFLICT school", &put).await;
    are_refused(world, "CONFLICT scope", &[("membershipGrant", grant("SCHOOL_LEADER", &school))]).await;
}

on_each_database!(
    a_leader_sees_the_own_school_whole,
    a_guardian_sees_the_school_of_the_child_and_its_teachers_only,
    a_page_of_schools_takes_as_many_statements_as_one_school,
    a_cluster_is_closed_once_its_schools_are_gone,
    a_cluster_is_changed_by_administrators_of_its_board_only,
    school_years_follow_one_another,
    a_leader_makes_class_groups_and_a_teacher_does_not,
    who_founds_a_board_administers_it,
    the_number_of_a_board_is_for_no_person_to_set,
    nodes_come_in_the_order_of_the_ids,
    nothing_of_a_closed_board_changes,
    what_is_closed_is_neither_changed_nor_filled,
    all_that_is_wrong_is_told_at_once,
    a_school_leaves_its_cluster_only_when_that_is_said,
);
