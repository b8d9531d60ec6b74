//! What staff may not do to people: to guardians, to the own family, and to those who are not there yet or any more.

use chrono::{Days, NaiveDate};
use glans_entity::ids::{PersonId, StudentId, format_any};
use glans_entity::people::{ScopeKind, membership};
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, statements};

const CHILD: &str = "query($id: ID!) { student(id: $id) { number viewerCanEdit guardianships { viewerCanEdit } } }";
const PERSON: &str = "query($id: ID!) { node(id: $id) { ... on Person { id email interpreterNeeded } } }";

fn today(world: &World) -> NaiveDate {
    glans::call::today(world.app.clock.now())
}

/// Changes all memberships of `person`.
async fn set_role(world: &World, person: PersonId, change: &[(membership::Column, Expr)]) {
    let db = world.app.db.write(&Scope::system(today(world))).await.unwrap();
    let mut update = membership::Entity::update_many().filter(membership::Column::PersonId.eq(person));
    for (column, value) in change {
        update = update.col_expr(*column, value.clone());
    }
    assert!(update.exec(&db).await.unwrap().rows_affected > 0);
    db.commit().await.unwrap();
    world.app.standings.forget_all();
}

fn new_guardian(student: StudentId) -> Value {
    let person = json!({ "givenName": "Bas", "familyName": "Vos", "email": "bas@example.org" });
    json!({ "student": student, "relationship": "PARENT", "guardian": { "newPerson": person } })
}

async fn a_teacher_archives_no_guardian(world: &World) {
    let input = json!({ "id": world.ours.guardians[0].person });
    assert_eq!(codes(&act(world, Who::Teacher, "personArchive", "", input).await), ["FORBIDDEN"]);
    let seen = ask(world, Who::Guardian, CHILD, json!({ "id": world.ours.students[0] })).await;
    assert_eq!(seen["student"]["guardianships"], json!([{ "viewerCanEdit": false }]));
}

async fn an_ended_relation_still_hints_at_separation(world: &World) {
    let fields = "guardianship { status }";
    let document = "query($id: ID!) { student(id: $id) { guardianships { id access } } }";
    let found = ask(world, Who::Leader, document, json!({ "id": world.ours.students[0] })).await;
    let links = found["student"]["guardianships"].as_array().unwrap();
    let distant = links.iter().find(|link| link["access"] == "NONE").unwrap();
    let ended = act(world, Who::Leader, "guardianshipEnd", fields, json!({ "id": distant["id"] })).await;
    assert_eq!(ended["guardianship"]["status"], "ENDED");
    let input = new_guardian(world.ours.students[0]);
    let made = act(world, Who::Teacher, "guardianshipCreate", fields, input).await;
    assert_eq!(made["guardianship"]["status"], "SUSPENDED");
}

async fn a_teacher_of_the_school_is_only_a_parent_to_the_own_child(world: &World) {
    let (teacher, child) = (world.ours.teacher, world.ours.students[0]);
    world.guardian_of_another(teacher, child).await;
    let teacher = teacher.person;
    // As a teacher of the group: staff, and yet family.
    let own_group = act(world, Who::Teacher, "guardianshipCreate", "", new_guardian(child)).await;
    assert_eq!(codes(&own_group), ["FORBIDDEN"]);

    let school = [
        (membership::Column::ScopeKind, Expr::value(ScopeKind::School)),
        (membership::Column::ScopeId, Expr::value(world.ours.schools[0].0)),
    ];
    set_role(world, teacher, &school).await;
    let fields = "guardianship { status guardian { displayName } }";
    let refused = act(world, Who::Teacher, "guardianshipCreate", fields, new_guardian(child)).await;
    assert_eq!(codes(&refused), ["FORBIDDEN"]);
    let seen = ask(world, Who::Teacher, CHILD, json!({ "id": child })).await;
    let own = json!([{ "viewerCanEdit": false }]);
    assert_eq!(seen["student"], json!({ "number": null, "viewerCanEdit": false, "guardianships": own }));
}

async fn a_leader_writes_nothing_about_the_own_child(world: &World) {
    let (ours, child) = (&world.ours, world.ours.students[0]);
    world.guardian_of_another(ours.leader, child).await;
    let other = ours.guardianships[0];
    let acts = [
        ("studentUpdate", json!({ "id": child, "displayName": "Anders" })),
        ("studentLeave", json!({ "id": child })),
        ("enrolmentSet", json!({ "student": child, "classGroups": [] })),
        ("guardianshipCreate", new_guardian(child)),
    ];
    for (name, input) in acts {
        assert_eq!(codes(&act(world, Who::Leader, name, "", input).await), ["FORBIDDEN"], "{name}");
    }
    // The other guardians are out of sight, as they are of any guardian.
    let acts = [
        ("guardianshipUpdate", json!({ "id": other, "access": "NONE" })),
        ("guardianshipUpdate", json!({ "id": other, "contactPriority": 2 })),
        ("guardianshipEnd", json!({ "id": other })),
        ("personUpdate", json!({ "id": ours.guardians[0].person, "email": "mine@example.org" })),
    ];
    for (name, input) in acts {
        assert_eq!(codes(&act(world, Who::Leader, name, "", input).await), ["NOT_FOUND"], "{name}");
    }
    let seen = ask(world, Who::Leader, CHILD, json!({ "id": child })).await;
    let links = json!([{ "viewerCanEdit": false }]);
    assert_eq!(seen["student"], json!({ "number": "Noor", "viewerCanEdit": false, "guardianships": links }));
    let colleague = act(world, Who::Admin, "guardianshipEnd", "guardianship { status }", json!({ "id": other })).await;
    assert_eq!(colleague["guardianship"]["status"], "ENDED");
}

async fn a_group_named_twice_is_one_place(world: &World) {
    let group = world.ours.groups[0];
    let fields = "student { id classGroups { name } }";
    let input = json!({ "school": world.ours.schools[0], "displayName": "Sem", "classGroups": [group, group] });
    let made = act(world, Who::Leader, "studentCreate", fields, input).await;
    assert_eq!(made["student"]["classGroups"], json!([{ "name": "3a" }]));
    let none = json!({ "student": world.ours.students[0], "classGroups": [group, group] });
    let set = act(world, Who::Leader, "enrolmentSet", fields, none).await;
    assert_eq!(set["student"]["classGroups"], json!([{ "name": "3a" }]));
}

async fn naming_a_leader_as_guardian_opens_no_address(world: &World) {
    let leader = world.ours.leader.person;
    let input = json!({
        "student": world.ours.students[0], "relationship": "OTHER", "guardian": { "id": leader },
    });
    assert!(codes(&act(world, Who::Teacher, "guardianshipCreate", "", input).await).is_empty());
    let closed = json!({ "id": leader, "email": null, "interpreterNeeded": null });
    assert_eq!(ask(world, Who::Teacher, PERSON, json!({ "id": leader })).await["node"], closed);
    let open = json!({ "id": leader, "email": "marieke@example.org", "interpreterNeeded": false });
    assert_eq!(ask(world, Who::Leader, PERSON, json!({ "id": leader })).await["node"], open);
    let guardian = world.ours.guardians[0].person;
    let open = json!({ "id": guardian, "email": "ilse@example.org", "interpreterNeeded": false });
    assert_eq!(ask(world, Who::Teacher, PERSON, json!({ "id": guardian })).await["node"], open);
}

async fn a_role_shows_its_person_while_it_counts(world: &World) {
    let details = json!({ "givenName": "Joost", "familyName": "Kuiper" });
    let input = json!({ "board": world.ours.id, "school": world.ours.schools[0], "details": details });
    let made = act(world, Who::Leader, "personCreate", "person { id }", input).await;
    let id = made["person"]["id"].as_str().unwrap().to_owned();
    let person: PersonId = id.parse().unwrap();
    let seen = async |who| !ask(world, who, PERSON, json!({ "id": id })).await["node"].is_null();
    let days = |starts: Option<NaiveDate>, ends: Option<NaiveDate>| {
        [(membership::Column::StartsOn, Expr::value(starts)), (membership::Column::EndsOn, Expr::value(ends))]
    };
    let (yesterday, tomorrow) = (today(world) - Days::new(1), today(world) + Days::new(1));
    assert_eq!((seen(Who::Teacher).await, seen(Who::Leader).await), (true, true));
    set_role(world, person, &days(Some(tomorrow), None)).await;
    assert_eq!((seen(Who::Teacher).await, seen(Who::Leader).await), (false, true));
    set_role(world, person, &days(None, Some(yesterday))).await;
    assert_eq!((seen(Who::Teacher).await, seen(Who::Leader).await), (false, false));

    let parent_sees = async || !ask(world, Who::Guardian, PERSON, json!({ "id": id })).await["node"].is_null();
    set_role(world, person, &days(None, None)).await;
    assert!(!parent_sees().await);
    let input = json!({ "person": id, "role": "TEACHER", "scope": world.ours.groups[0] });
    assert_eq!(codes(&act(world, Who::Leader, "membershipGrant", "", input).await), Vec::<&str>::new());
    assert!(parent_sees().await);
    for days in [days(Some(tomorrow), None), days(None, Some(yesterday))] {
        set_role(world, person, &days).await;
        assert!(!parent_sees().await);
    }
}

/// Whether `who` is told that they can change the node; false of what is out of sight.
async fn can_edit(world: &World, who: Who, id: &str) -> bool {
    let document = "query($id: ID!) { node(id: $id) { ... on Board { viewerCanEdit } ... on Cluster { viewerCanEdit }
        ... on Person { viewerCanEdit } ... on Membership { viewerCanEdit } ... on Material { viewerCanEdit } } }";
    let seen = ask(world, who, document, json!({ "id": id })).await;
    seen["node"]["viewerCanEdit"].as_bool().unwrap_or_default()
}

/// Whether what `who` is told of the node holds, and what that is.
async fn told(world: &World, who: Who, mutation: &str, change: &Value) -> bool {
    let told = can_edit(world, who, change["id"].as_str().expect("an id")).await;
    let changed = act(world, who, mutation, "", change.clone()).await;
    assert_eq!(told, codes(&changed).is_empty(), "{} {mutation} {change} {changed}", who.name());
    told
}

async fn who_can_change_something_is_told_so(world: &World) {
    use Who::{Admin, Director, Distant, Guardian, Leader, Teacher, Trainer};
    let ours = &world.ours;
    // A role is taken by the first who can.
    let by_rank = [Distant, Guardian, Teacher, Trainer, Director, Leader, Admin];
    for (mutation, change, able) in [
        ("boardUpdate", json!({ "id": ours.id, "name": "Anders" }), vec![Admin]),
        ("clusterUpdate", json!({ "id": ours.clusters[0], "name": "Anders" }), vec![Admin]),
        ("materialUpdate", json!({ "id": ours.draft.material, "title": "Anders" }), vec![Trainer, Admin]),
        ("materialUpdate", json!({ "id": ours.published.material, "title": "Anders" }), vec![]),
        ("personUpdate", json!({ "id": ours.guardians[0].person, "givenName": "An" }), vec![Teacher, Leader, Admin]),
        ("personUpdate", json!({ "id": ours.teacher.person, "givenName": "An" }), vec![Leader, Admin]),
        ("personUpdate", json!({ "id": ours.leader.person, "givenName": "An" }), vec![Director, Admin]),
        ("membershipRevoke", json!({ "id": ours.memberships[1] }), vec![Admin]),
        ("membershipRevoke", json!({ "id": ours.memberships[0] }), vec![Leader]),
    ] {
        let mut found = Vec::new();
        for who in by_rank {
            if told(world, who, mutation, &change).await {
                found.push(who);
                if mutation == "membershipRevoke" {
                    break;
                }
            }
        }
        assert_eq!(found, able, "{mutation} {change}");
    }
}

async fn a_guardian_of_the_same_child_is_no_staff_to_the_other(world: &World) {
    let guardian = world.ours.guardians[0];
    let change = json!({ "id": guardian.person, "givenName": "An" });
    assert!(told(world, Who::Leader, "personUpdate", &change).await);
    world.guardian_of_another(world.ours.leader, world.ours.students[0]).await;
    // The other child is nobody's family, so the guardian stays in sight.
    let other = world.child("Sem", 0).await;
    world.guardian_of_another(guardian, other).await;
    let seen = ask(world, Who::Leader, PERSON, json!({ "id": guardian.person })).await;
    assert_eq!(seen["node"]["id"], json!(guardian.person));
    assert!(!told(world, Who::Leader, "personUpdate", &change).await);
    let role = format_any("membership", world.ours.guardianships[0].0);
    assert!(!can_edit(world, Who::Admin, &role).await, "a role that is a guardianship");
}

async fn what_can_be_changed_takes_as_many_statements_for_many_as_for_some(world: &World) {
    let document = "query($id: ID!, $first: Int!) { board(id: $id) { people(first: $first) { nodes {
        viewerCanEdit memberships { viewerCanEdit } } } } }";
    // Guardians and a leader are among the first five.
    let five = statements(world, Who::Admin, document, json!({ "id": world.ours.id, "first": 5 })).await;
    assert_eq!(statements(world, Who::Admin, document, json!({ "id": world.ours.id, "first": 9 })).await, five);
}

on_each_database!(
    a_teacher_archives_no_guardian,
    an_ended_relation_still_hints_at_separation,
    a_teacher_of_the_school_is_only_a_parent_to_the_own_child,
    a_leader_writes_nothing_about_the_own_child,
    a_group_named_twice_is_one_place,
    naming_a_leader_as_guardian_opens_no_address,
    a_role_shows_its_person_while_it_counts,
    who_can_change_something_is_told_so,
    a_guardian_of_the_same_child_is_no_staff_to_the_other,
    what_can_be_changed_takes_as_many_statements_for_many_as_for_some,
);
