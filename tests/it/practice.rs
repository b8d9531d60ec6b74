//! Cohorts, as those who arrange, train and follow them use them.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, codes, statements};

const COHORTS: &str = "{ cohorts { nodes {
    name programme { title edition { number } } trainers { displayName }
    schools { school { name } leader { displayName } leaders { displayName } } } } }";

/// Who leads the second school.
async fn other_leader(world: &World) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ... on Membership { person { id } } } }";
    let mut seen = ask(world, Who::Admin, document, json!({ "id": world.ours.memberships[1] })).await;
    seen["node"]["person"]["id"].take()
}

/// The director's two schools of the first cluster, and a cohort of both with the trainer.
async fn two_schools_in_a_cohort(world: &World) -> (String, String) {
    let input = json!({ "board": world.ours.id, "cluster": world.ours.clusters[0], "name": "De Kievit" });
    let made = act(world, Who::Admin, "schoolCreate", "school { id }", input).await;
    let kievit = made["school"]["id"].as_str().unwrap().to_owned();
    let granted = json!({ "person": other_leader(world).await, "role": "SCHOOL_LEADER", "scope": kievit });
    assert_eq!(codes(&act(world, Who::Admin, "membershipGrant", "", granted).await), Vec::<&str>::new());
    let input = json!({
        "name": "Cohort Oost", "programme": world.ours.published.programme,
        "schools": [world.ours.schools[0], kievit], "trainers": [world.ours.trainer.person],
    });
    let made = act(world, Who::Director, "cohortCreate", "cohort { id }", input).await;
    (made["cohort"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned(), kievit)
}

fn oost(seen: &Value) -> &Value {
    let cohorts = seen["cohorts"]["nodes"].as_array().unwrap();
    cohorts.iter().find(|cohort| cohort["name"] == "Cohort Oost").unwrap_or(&Value::Null)
}

async fn a_director_makes_a_cohort_that_its_people_see(world: &World) {
    two_schools_in_a_cohort(world).await;
    let cohort = json!({
        "name": "Cohort Oost",
        "programme": { "title": "Samen sterk", "edition": { "number": 1 } },
        "trainers": [{ "displayName": "Trudy de Wit" }],
        "schools": [
            { "school": { "name": "De Zwaluw" }, "leader": { "displayName": "Marieke de Wit" },
              "leaders": [{ "displayName": "Marieke de Wit" }] },
            { "school": { "name": "De Kievit" }, "leader": { "displayName": "Laila de Wit" },
              "leaders": [{ "displayName": "Laila de Wit" }] },
        ],
    });
    for who in [Who::Director, Who::Leader, Who::Trainer, Who::Admin] {
        assert_eq!(oost(&ask(world, who, COHORTS, json!({})).await), &cohort, "{}", who.name());
    }
    // A teacher knows of the own school in it, and not of the others.
    let seen = ask(world, Who::Teacher, COHORTS, json!({})).await;
    assert_eq!(oost(&seen)["schools"].as_array().unwrap().len(), 1);
    for who in [Who::Guardian, Who::Distant, Who::Client] {
        let seen = ask(world, who, COHORTS, json!({})).await;
        assert_eq!(seen["cohorts"]["nodes"], json!([]), "{}", who.name());
    }
}

async fn the_schools_of_a_leader_are_the_own_ones(world: &World) {
    two_schools_in_a_cohort(world).await;
    let seen = ask(world, Who::Leader, "{ schools { nodes { name } } viewer { schools { name } } }", json!({})).await;
    let own = json!([{ "name": "De Zwaluw" }]);
    assert_eq!(seen, json!({ "schools": { "nodes": own }, "viewer": { "schools": own } }));
}

async fn a_school_that_shares_with_the_board_is_in_sight_and_none_of_the_own(world: &World) {
    let (there, jan) = (world.ours.schools[1], world.teacher("Jan", 1).await);
    let input = json!({ "name": "Cohort West", "programme": world.ours.published.programme, "schools": [there] });
    let made = act(world, Who::Admin, "cohortCreate", "cohort { schools { id } }", input).await;
    let shared = json!({
        "schoolCohort": made["cohort"]["schools"][0]["id"], "lesson": world.ours.published.lesson, "kind": "TIP",
        "text": "Bel even.", "visibility": "BOARD",
    });
    let shared = act_as(world, jan, "experienceShare", "experience { id }", shared).await;
    assert_eq!(codes(&shared), Vec::<&str>::new());

    let document = "query($id: ID!) { school(id: $id) { id } schools { nodes { name } } viewer { schools { name } } }";
    let seen = ask(world, Who::Leader, document, json!({ "id": there })).await;
    let own = json!([{ "name": "De Zwaluw" }]);
    let expected = json!({ "school": { "id": there }, "schools": { "nodes": own }, "viewer": { "schools": own } });
    assert_eq!(seen, expected);
}

async fn a_leader_sees_of_another_school_its_name_and_who_leads_it(world: &World) {
    let (_, kievit) = two_schools_in_a_cohort(world).await;
    let document = "query($id: ID!) { school(id: $id) { name leaders { displayName email }
        staff { nodes { displayName } } classGroups { nodes { name } } students { nodes { displayName } } } }";
    let seen = ask(world, Who::Leader, document, json!({ "id": kievit })).await;
    let leader = json!([{ "displayName": "Laila de Wit", "email": null }]);
    let staff = json!({ "nodes": [{ "displayName": "Laila de Wit" }] });
    let nobody = json!({ "nodes": [] });
    assert_eq!(
        seen["school"],
        json!({ "name": "De Kievit", "leaders": leader, "staff": staff, "classGroups": nobody, "students": nobody })
    );
}

async fn a_trainer_sees_the_staff_and_no_family(world: &World) {
    let document = "{ schools { nodes { name staff { nodes { displayName } } classGroups { nodes { name } }
        students { nodes { displayName } } } } }";
    let seen = ask(world, Who::Trainer, document, json!({})).await;
    let staff = json!([{ "displayName": "Marieke de Wit" }, { "displayName": "Tarik de Wit" }]);
    let (groups, nobody) = (json!({ "nodes": [{ "name": "3a" }] }), json!({ "nodes": [] }));
    let school = json!({ "name": "De Zwaluw", "staff": { "nodes": staff }, "classGroups": groups, "students": nobody });
    assert_eq!(seen["schools"]["nodes"], json!([school]));
}

async fn a_school_that_leaves_keeps_its_place_in_the_history_and_comes_back(world: &World) {
    let (cohort, kievit) = two_schools_in_a_cohort(world).await;
    let fields = "schoolCohort { id leftOn }";
    let days = json!({ "cohort": cohort, "school": kievit });
    let left = act(world, Who::Trainer, "cohortSchoolRemove", fields, days.clone()).await;
    assert!(left["schoolCohort"]["leftOn"].is_string(), "{left}");
    let again = act(world, Who::Admin, "cohortSchoolRemove", fields, days.clone()).await;
    assert_eq!(again["schoolCohort"], left["schoolCohort"]);

    let count =
        "query($id: ID!) { cohort(id: $id) { schools { id } all: schools(includeLeft: true) { id school { name } } } }";
    let seen = ask(world, Who::Leader, count, json!({ "id": cohort })).await;
    assert_eq!(seen["cohort"]["schools"].as_array().unwrap().len(), 1);
    assert_eq!(seen["cohort"]["all"].as_array().unwrap().len(), 2);

    let back = act(world, Who::Director, "cohortSchoolAdd", fields, days).await;
    assert_eq!(back["schoolCohort"], json!({ "id": left["schoolCohort"]["id"], "leftOn": null }));
}

async fn a_leader_of_a_school_that_left_sees_the_cohort_no_more(world: &World) {
    let (cohort, _) = two_schools_in_a_cohort(world).await;
    let document = "query($id: ID!) { cohort(id: $id) { name } }";
    assert_ne!(ask(world, Who::Leader, document, json!({ "id": cohort })).await["cohort"], Value::Null);
    let days = json!({ "cohort": cohort, "school": world.ours.schools[0] });
    act(world, Who::Director, "cohortSchoolRemove", "", days).await;
    assert_eq!(ask(world, Who::Leader, document, json!({ "id": cohort })).await["cohort"], Value::Null);
}

async fn what_cannot_be_arranged_is_refused(world: &World) {
    let ours = &world.ours;
    let cohort = |schools: Value, programme: Value, trainers: Value| json!({ "name": "Cohort Oost", "schools": schools, "programme": programme, "trainers": trainers });
    let (own, course) = (json!([ours.schools[0]]), json!(ours.published.programme));
    for (input, code) in [
        // A school of another cluster is out of a director's sight.
        (cohort(json!([ours.schools[0], ours.schools[1]]), course.clone(), json!([])), "NOT_FOUND"),
        (cohort(json!([]), course.clone(), json!([])), "REQUIRED"),
        (cohort(own.clone(), json!(ours.draft.programme), json!([])), "NOT_FOUND"),
        (cohort(own.clone(), json!(world.theirs.published.programme), json!([])), "NOT_FOUND"),
        (cohort(own.clone(), course.clone(), json!([ours.leader.person])), "INVALID"),
        (cohort(own.clone(), course.clone(), json!([world.theirs.trainer.person])), "NOT_FOUND"),
    ] {
        let refused = act(world, Who::Director, "cohortCreate", "cohort { id }", input.clone()).await;
        assert_eq!(codes(&refused), [code], "{input}");
    }
    let taken = json!({ "name": "Cohort Noord", "schools": own, "programme": course });
    assert_eq!(codes(&act(world, Who::Director, "cohortCreate", "", taken).await), ["TAKEN"]);
    let seen = ask(world, Who::Admin, "{ cohorts { totalCount } }", json!({})).await;
    assert_eq!(seen["cohorts"]["totalCount"], 2);
}

async fn a_page_of_cohorts_takes_as_many_statements_as_one(world: &World) {
    let first = "{ cohorts(first: 1) { nodes { name programme { title } trainers { displayName }
        schools { school { name cluster { name } } leaders { displayName } } } } }";
    // The course is read once and then kept.
    statements(world, Who::Admin, first, json!({})).await;
    let one = statements(world, Who::Admin, first, json!({})).await;
    for number in 0..5 {
        let (name, course) = (format!("Cohort {number}"), world.ours.published.programme);
        let input = json!({ "name": name, "schools": world.ours.schools, "programme": course });
        assert_eq!(codes(&act(world, Who::Admin, "cohortCreate", "", input).await), Vec::<&str>::new());
    }
    let all = first.replace("first: 1", "first: 10");
    assert_eq!(statements(world, Who::Admin, &all, json!({})).await, one);
    assert!(one <= 10, "{one} statements");
}

async fn a_trainer_brings_no_school_into_a_cohort(world: &World) {
    let (cohort, kievit) = two_schools_in_a_cohort(world).await;
    // In sight of the trainer by the one cohort, and no reason to bring it into the other.
    let joins = json!({ "cohort": world.ours.cohorts[0], "school": kievit });
    assert_eq!(codes(&act(world, Who::Trainer, "cohortSchoolAdd", "", joins.clone()).await), ["FORBIDDEN"]);
    assert_eq!(codes(&act(world, Who::Director, "cohortSchoolAdd", "", joins).await), Vec::<&str>::new());
    // To lead one back is another thing.
    let back = json!({ "cohort": cohort, "school": kievit });
    for name in ["cohortSchoolRemove", "cohortSchoolAdd"] {
        assert_eq!(codes(&act(world, Who::Trainer, name, "", back.clone()).await), Vec::<&str>::new(), "{name}");
    }
    let elsewhere = json!({ "cohort": cohort, "school": world.ours.schools[1] });
    assert_eq!(codes(&act(world, Who::Director, "cohortSchoolAdd", "", elsewhere).await), ["NOT_FOUND"]);
}

async fn who_trains_for_the_board_no_more_trains_none_of_its_cohorts(world: &World) {
    let roles = "{ viewer { memberships { id role scope { __typename } } } }";
    let held = async || {
        let seen = ask(world, Who::Trainer, roles, json!({})).await;
        seen["viewer"]["memberships"].as_array().unwrap().clone()
    };
    let before = held().await;
    let board = before.iter().find(|role| role["scope"]["__typename"] == "Board").unwrap();
    assert!(before.len() > 1, "{before:?}");
    let ended = act(world, Who::Admin, "membershipRevoke", "", json!({ "id": board["id"] })).await;
    assert_eq!(codes(&ended), Vec::<&str>::new());
    assert_eq!(held().await, Vec::<Value>::new());
    assert_eq!(ask(world, Who::Admin, COHORTS, json!({})).await["cohorts"]["nodes"][0]["trainers"], json!([]));
}

on_each_database!(
    a_trainer_brings_no_school_into_a_cohort,
    who_trains_for_the_board_no_more_trains_none_of_its_cohorts,
    a_director_makes_a_cohort_that_its_people_see,
    the_schools_of_a_leader_are_the_own_ones,
    a_school_that_shares_with_the_board_is_in_sight_and_none_of_the_own,
    a_leader_sees_of_another_school_its_name_and_who_leads_it,
    a_trainer_sees_the_staff_and_no_family,
    a_school_that_leaves_keeps_its_place_in_the_history_and_comes_back,
    a_leader_of_a_school_that_left_sees_the_cohort_no_more,
    what_cannot_be_arranged_is_refused,
    a_page_of_cohorts_takes_as_many_statements_as_one,
);
