//! Persons, students, enrolments and guardianships.

use chrono::{Days, NaiveDate};
use glans_entity::scope::{Scope, Scoped};
use glans_entity::{identity, platform};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, refusals, statements};

const STUDENT: &str = "query($id: ID!) { student(id: $id) {
    displayName number viewerCanEdit school { name } classGroups { name }
    guardianships { access status viewerCanEdit guardian { displayName email } student { displayName } }
} }";

async fn staff_sees_all_guardians_of_a_student_and_a_guardian_only_the_own_relation(world: &World) {
    let relation = |name: &str, access: &str, may: bool| {
        let guardian = json!({
            "displayName": format!("{name} de Wit"),
            "email": format!("{}@example.org", name.to_lowercase()),
        });
        json!({
            "access": access, "status": "ACTIVE", "viewerCanEdit": may, "guardian": guardian,
            "student": { "displayName": "Noor" },
        })
    };
    let student = |number: Value, may: bool, guardianships: Value| {
        json!({ "student": {
            "displayName": "Noor", "number": number, "viewerCanEdit": may, "school": { "name": "De Zwaluw" },
            "classGroups": [{ "name": "3a" }], "guardianships": guardianships,
        } })
    };
    let variables = json!({ "id": world.ours.students[0] });
    for (who, may) in [(Who::Leader, true), (Who::Admin, true), (Who::Teacher, false)] {
        let both = json!([relation("Ilse", "FULL", may), relation("Ruud", "NONE", may)]);
        let expected = student(json!("Noor"), may, both);
        assert_eq!(ask(world, who, STUDENT, variables.clone()).await, expected, "{}", who.name());
    }
    let own = json!([relation("Ilse", "FULL", false)]);
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, student(Value::Null, false, own));
    for who in [Who::Distant, Who::Trainer, Who::Client] {
        assert_eq!(ask(world, who, STUDENT, variables.clone()).await, json!({ "student": null }), "{}", who.name());
    }
}

async fn a_guardian_is_not_told_that_another_is_called_first(world: &World) {
    let link = world.ours.guardianships[0];
    let input = json!({ "id": link, "contactPriority": 2 });
    assert!(codes(&act(world, Who::Teacher, "guardianshipUpdate", "", input).await).is_empty());
    let document = "query($id: ID!) { node(id: $id) { ... on Guardianship { contactPriority } } }";
    for (who, place) in [(Who::Teacher, json!(2)), (Who::Leader, json!(2)), (Who::Guardian, Value::Null)] {
        let seen = ask(world, who, document, json!({ "id": link })).await;
        assert_eq!(seen["node"], json!({ "contactPriority": place }), "{}", who.name());
    }
}

async fn an_address_is_for_oneself_and_who_administers_the_person(world: &World) {
    let document = "query($id: ID!) { node(id: $id) { ... on Person { email } } }";
    let email = async |who, person: glans_entity::ids::PersonId| {
        ask(world, who, document, json!({ "id": person })).await["node"]["email"].clone()
    };
    let ours = &world.ours;
    assert_eq!(email(Who::Leader, ours.leader.person).await, "marieke@example.org");
    assert_eq!(email(Who::Director, ours.leader.person).await, "marieke@example.org");
    assert_eq!(email(Who::Teacher, ours.leader.person).await, Value::Null);
    assert_eq!(email(Who::Leader, ours.teacher.person).await, "tarik@example.org");
    assert_eq!(email(Who::Director, ours.teacher.person).await, Value::Null);
    assert_eq!(email(Who::Guardian, ours.teacher.person).await, Value::Null);
    assert_eq!(email(Who::Teacher, ours.guardians[0].person).await, "ilse@example.org");
}

/// Lines in the audit log with this deed about this subject, and events in the outbox.
pub async fn told(world: &World, deed: &str, subject: &str) -> (u64, u64) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&scope).await.unwrap();
    let lines = identity::audit::Entity::within(&scope)
        .filter(identity::audit::Column::Action.eq(deed))
        .filter(identity::audit::Column::Subject.eq(subject))
        .count(&db)
        .await
        .unwrap();
    let events = platform::outbox::Entity::find().filter(platform::outbox::Column::Kind.eq(deed)).all(&db).await;
    let events = events.unwrap().into_iter().filter(|event| event.payload == json!({ "id": subject })).count();
    (lines, events as u64)
}

async fn a_change_of_custody_is_in_force_with_the_commit(world: &World) {
    let id = world.ours.guardianships[0].to_string();
    let variables = json!({ "id": world.ours.students[0] });
    let distant = ask(world, Who::Distant, STUDENT, variables.clone()).await;
    let before = ask(world, Who::Guardian, STUDENT, variables.clone()).await;
    assert_eq!(before["student"]["displayName"], "Noor");

    let input = json!({ "id": id, "access": "NONE", "ifVersion": 1 });
    let teacher = act(world, Who::Teacher, "guardianshipUpdate", "", input.clone()).await;
    assert_eq!(codes(&teacher), ["FORBIDDEN"]);
    let changed = act(world, Who::Leader, "guardianshipUpdate", "guardianship { access version }", input).await;
    assert_eq!(changed["guardianship"], json!({ "access": "NONE", "version": 2 }));

    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, json!({ "student": null }));
    assert_eq!(ask(world, Who::Distant, STUDENT, variables.clone()).await, distant);
    assert_eq!(told(world, "guardianship.access_changed", &id).await, (1, 1));

    let input = json!({ "id": id, "access": "FULL", "status": "SUSPENDED" });
    act(world, Who::Leader, "guardianshipUpdate", "", input).await;
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, json!({ "student": null }));
    let input = json!({ "id": id, "status": "ACTIVE" });
    act(world, Who::Leader, "guardianshipUpdate", "", input).await;
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables).await["student"]["displayName"], "Noor");
}

async fn a_guardianship_ends_and_is_revived(world: &World) {
    let id = world.ours.guardianships[0];
    let fields = "guardianship { status endsOn guardian { displayName } }";
    let ended = act(world, Who::Leader, "guardianshipEnd", fields, json!({ "id": id })).await;
    assert_eq!(ended["guardianship"]["status"], "ENDED");
    assert_eq!(ended["guardianship"]["guardian"]["displayName"], "Ilse de Wit");
    let again = act(world, Who::Leader, "guardianshipEnd", fields, json!({ "id": id })).await;
    assert_eq!(again, ended);
    assert_eq!(told(world, "guardianship.ended", &id.to_string()).await, (1, 1));

    let variables = json!({ "id": world.ours.students[0] });
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, json!({ "student": null }));
    let document = "query($id: ID!, $all: Boolean) { student(id: $id) { guardianships(includeEnded: $all) { id } } }";
    let listed = async |all| {
        let data = ask(world, Who::Leader, document, json!({ "id": world.ours.students[0], "all": all })).await;
        data["student"]["guardianships"].as_array().unwrap().len()
    };
    assert_eq!((listed(false).await, listed(true).await), (1, 2));

    let wrong = json!({ "id": id, "status": "ENDED" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", wrong).await), ["INVALID"]);
    let revived = act(world, Who::Leader, "guardianshipUpdate", fields, json!({ "id": id, "status": "ACTIVE" })).await;
    assert_eq!(revived["guardianship"]["status"], "ACTIVE");
    assert_eq!(revived["guardianship"]["endsOn"], Value::Null);
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables).await["student"]["displayName"], "Noor");
}

async fn nobody_decides_on_the_own_guardianship(world: &World) {
    let input = json!({
        "student": world.ours.students[0], "guardian": { "id": world.ours.leader.person },
        "relationship": "PARENT", "access": "NONE",
    });
    let own = act(world, Who::Leader, "guardianshipCreate", "", input.clone()).await;
    assert_eq!(codes(&own), ["FORBIDDEN"]);
    let made = act(world, Who::Admin, "guardianshipCreate", "guardianship { id status }", input).await;
    assert_eq!(made["guardianship"]["status"], "ACTIVE");
    let id = &made["guardianship"]["id"];
    let document = "query($id: ID!) { node(id: $id) { ... on Guardianship { access viewerCanEdit } } }";
    // Who has nothing of the child sees no more of it for leading the school.
    for (access, code, seen) in
        [("NONE", "NOT_FOUND", Value::Null), ("FULL", "FORBIDDEN", json!({ "access": "FULL", "viewerCanEdit": false }))]
    {
        let input = json!({ "id": id, "access": access });
        assert_eq!(codes(&act(world, Who::Admin, "guardianshipUpdate", "", input).await), Vec::<&str>::new());
        let none = json!({ "id": id, "access": "NONE" });
        assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", none).await), [code]);
        assert_eq!(ask(world, Who::Leader, document, json!({ "id": id })).await["node"], seen);
    }
}

async fn a_teacher_adds_guardians_to_the_own_group_and_the_school_verifies_them(world: &World) {
    let input = |student| {
        json!({
            "student": student, "relationship": "STEP_PARENT", "clientMutationId": "one",
            "guardian": { "newPerson": { "givenName": "Bas", "familyName": "Vos", "email": "Bas@Example.org" } },
        })
    };
    let fields = "guardianship { id status access guardian { id displayName email language } }";
    let made = act(world, Who::Teacher, "guardianshipCreate", fields, input(world.ours.students[0])).await;
    // The other guardian has no access, so the family may be separated.
    assert_eq!(made["guardianship"]["status"], "SUSPENDED");
    assert_eq!(made["guardianship"]["guardian"]["displayName"], "Bas Vos");
    assert_eq!(made["guardianship"]["guardian"]["email"], "bas@example.org");
    assert_eq!(made["guardianship"]["guardian"]["language"], "nl");
    let replayed = act(world, Who::Teacher, "guardianshipCreate", fields, input(world.ours.students[0])).await;
    assert_eq!(replayed, made);
    assert_eq!(told(world, "guardianship.created", made["guardianship"]["id"].as_str().unwrap()).await, (1, 1));

    let nameless = json!({
        "student": world.ours.students[0], "relationship": "PARENT",
        "guardian": { "newPerson": { "givenName": "", "familyName": "Vos" } },
    });
    let nameless = act(world, Who::Teacher, "guardianshipCreate", "", nameless).await;
    assert_eq!(
        nameless["userErrors"],
        json!([{ "code": "REQUIRED", "field": ["guardian", "newPerson", "givenName"] }])
    );

    let mut elsewhere = input(world.ours.students[1]);
    elsewhere["clientMutationId"] = json!("two");
    assert_eq!(codes(&act(world, Who::Teacher, "guardianshipCreate", "", elsewhere).await), ["NOT_FOUND"]);
    let person = &made["guardianship"]["guardian"]["id"];
    let twice = json!({
        "student": world.ours.students[0], "guardian": { "id": person }, "relationship": "PARENT",
    });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipCreate", "", twice).await), ["TAKEN"]);
    let named = json!({ "id": person, "familyName": "de Vos" });
    let named = act(world, Who::Teacher, "personUpdate", "person { displayName }", named).await;
    assert_eq!(named["person"]["displayName"], "Bas de Vos");
    let verified = json!({ "id": made["guardianship"]["id"], "status": "ACTIVE" });
    let verified = act(world, Who::Leader, "guardianshipUpdate", "guardianship { status }", verified).await;
    assert_eq!(verified["guardianship"]["status"], "ACTIVE");
}

async fn all_that_is_wrong_with_people_is_told_at_once(world: &World) {
    let ours = &world.ours;
    let nobody = json!({ "givenName": " ", "familyName": "x".repeat(200), "email": "nope" });
    let guardianship = json!({
        "id": "nope", "student": ours.students[0], "relationship": "PARENT", "guardian": { "newPerson": nobody },
        "startsOn": "2031-02-01", "endsOn": "2031-01-01", "contactPriority": 0,
    });
    let status = json!({
        "id": ours.guardianships[0], "status": "ENDED", "contactPriority": 400, "endsOn": "2001-01-01",
    });
    let student = json!({
        "school": ours.schools[0], "displayName": " ", "number": "111222333", "classGroups": ["group_x"],
    });
    let person = json!({ "board": ours.id, "school": "school_x", "details": nobody, "id": "q" });
    for (mutation, input, told) in [
        (
            "guardianshipCreate",
            guardianship,
            vec![
                "INVALID id",
                "INVALID endsOn",
                "INVALID contactPriority",
                "REQUIRED guardian.newPerson.givenName",
                "TOO_LONG guardian.newPerson.familyName",
                "INVALID guardian.newPerson.email",
            ],
        ),
        ("guardianshipUpdate", status, vec!["INVALID status", "INVALID endsOn", "INVALID contactPriority"]),
        ("studentCreate", student, vec!["REQUIRED displayName", "INVALID number", "NOT_FOUND classGroups"]),
        (
            "personCreate",
            person,
            vec![
                "NOT_FOUND school",
                "INVALID id",
                "REQUIRED details.givenName",
                "TOO_LONG details.familyName",
                "INVALID details.email",
            ],
        ),
    ] {
        assert_eq!(refusals(&act(world, Who::Leader, mutation, "", input).await), told, "{mutation}");
    }
}

async fn a_leader_adds_staff_and_reaches_no_higher_role(world: &World) {
    let details = json!({ "givenName": "Joost", "familyName": "Kuiper", "email": "joost@example.org" });
    let at = |school: Option<glans_entity::ids::SchoolId>| json!({ "board": world.ours.id, "school": school, "details": details });
    let fields = "person { id displayName memberships { role scope { ... on School { name } } } }";
    let made = act(world, Who::Leader, "personCreate", fields, at(Some(world.ours.schools[0]))).await;
    assert_eq!(made["person"]["memberships"], json!([{ "role": "TEACHER", "scope": { "name": "De Zwaluw" } }]));
    assert_eq!(codes(&act(world, Who::Leader, "personCreate", "", at(None)).await), ["FORBIDDEN"]);
    let elsewhere = act(world, Who::Leader, "personCreate", "", at(Some(world.ours.schools[1]))).await;
    assert_eq!(codes(&elsewhere), ["NOT_FOUND"]);
    let wrong = json!({ "board": world.ours.id, "details": { "givenName": "", "familyName": "x", "email": "y" } });
    let wrong = act(world, Who::Admin, "personCreate", "", wrong).await;
    assert_eq!(
        wrong["userErrors"],
        json!([
            { "code": "REQUIRED", "field": ["details", "givenName"] },
            { "code": "INVALID", "field": ["details", "email"] },
        ])
    );

    for (who, person) in [(Who::Teacher, world.ours.leader.person), (Who::Leader, world.ours.leader.person)] {
        let input = json!({ "id": person, "email": "mine@example.org" });
        assert_eq!(codes(&act(world, who, "personUpdate", "", input).await), ["FORBIDDEN"], "{}", who.name());
    }
    let archived =
        act(world, Who::Leader, "personArchive", "person { archivedAt }", json!({ "id": made["person"]["id"] }));
    assert!(archived.await["person"]["archivedAt"].is_string());
    let own = act(world, Who::Admin, "personArchive", "", json!({ "id": world.ours.admin.person })).await;
    assert_eq!(codes(&own), ["FORBIDDEN"]);
}

async fn all_rights_end_with_an_archived_record(world: &World) {
    let input = json!({ "id": world.ours.guardians[0].person });
    assert!(codes(&act(world, Who::Leader, "personArchive", "", input).await).is_empty());
    assert_eq!(
        ask(world, Who::Guardian, "{ schools { nodes { name } } }", json!({})).await["schools"]["nodes"],
        json!([])
    );
    let input = json!({ "id": world.ours.teacher.person });
    assert!(codes(&act(world, Who::Admin, "personArchive", "", input).await).is_empty());
    assert_eq!(
        ask(world, Who::Teacher, "{ schools { nodes { name } } }", json!({})).await["schools"]["nodes"],
        json!([])
    );
}

async fn a_relation_ended_with_the_record_stays_over(world: &World) {
    let (guardian, link) = (world.ours.guardians[0].person, world.ours.guardianships[0]);
    assert!(codes(&act(world, Who::Leader, "personArchive", "", json!({ "id": guardian })).await).is_empty());
    for status in ["ACTIVE", "SUSPENDED"] {
        let input = json!({ "id": link, "status": status });
        let refused = act(world, Who::Leader, "guardianshipUpdate", "", input).await;
        assert_eq!(refusals(&refused), ["CONFLICT status"], "{status}");
    }
    let document = "query($id: ID!) { node(id: $id) { ... on Guardianship { status } } }";
    let seen = ask(world, Who::Leader, document, json!({ "id": link })).await;
    assert_eq!(seen["node"]["status"], "ENDED");
}

async fn a_student_moves_to_another_group_and_its_teacher(world: &World) {
    let input = json!({
        "school": world.ours.schools[0], "schoolYear": world.ours.school_year, "name": "4b", "grades": ["4"],
    });
    let group = act(world, Who::Leader, "classGroupCreate", "classGroup { id }", input).await;
    let input = json!({ "student": world.ours.students[0], "classGroups": [group["classGroup"]["id"]] });
    assert_eq!(codes(&act(world, Who::Teacher, "enrolmentSet", "", input.clone()).await), ["FORBIDDEN"]);
    let moved = act(world, Who::Leader, "enrolmentSet", "student { classGroups { name } }", input).await;
    assert_eq!(moved["student"]["classGroups"], json!([{ "name": "4b" }]));
    let variables = json!({ "id": world.ours.students[0] });
    assert_eq!(ask(world, Who::Teacher, STUDENT, variables).await, json!({ "student": null }));

    for group in [world.ours.groups[1].to_string(), world.theirs.groups[0].to_string(), "x".to_owned()] {
        let input = json!({ "student": world.ours.students[0], "classGroups": [group] });
        assert_eq!(codes(&act(world, Who::Admin, "enrolmentSet", "", input).await), ["NOT_FOUND"], "{group}");
    }
    let back = json!({ "student": world.ours.students[0], "classGroups": [world.ours.groups[0]] });
    let back = act(world, Who::Leader, "enrolmentSet", "student { classGroups { name } }", back).await;
    assert_eq!(back["student"]["classGroups"], json!([{ "name": "3a" }]));
}

async fn a_student_comes_and_leaves(world: &World) {
    let input = json!({
        "school": world.ours.schools[0], "displayName": "Sem", "number": "204", "classGroups": [world.ours.groups[0]],
    });
    let fields = "student { id number version classGroups { name } }";
    let made = act(world, Who::Leader, "studentCreate", fields, input.clone()).await;
    assert_eq!(made["student"]["classGroups"], json!([{ "name": "3a" }]));
    assert_eq!(codes(&act(world, Who::Leader, "studentCreate", "", input).await), ["TAKEN"]);
    let id = &made["student"]["id"];
    let bsn = json!({ "id": id, "number": "111222333" });
    assert_eq!(codes(&act(world, Who::Leader, "studentUpdate", "", bsn).await), ["INVALID"]);
    let renamed = json!({ "id": id, "displayName": "Sem V.", "number": null, "ifVersion": 1 });
    let renamed = act(world, Who::Leader, "studentUpdate", "student { displayName number version }", renamed).await;
    assert_eq!(renamed["student"], json!({ "displayName": "Sem V.", "number": null, "version": 2 }));

    let today = glans::call::today(world.app.clock.now());
    let yesterday = today.pred_opt().unwrap();
    let left = json!({ "id": world.ours.students[0], "on": yesterday });
    let left = act(world, Who::Leader, "studentLeave", "student { leftOn guardianships { id } }", left).await;
    assert_eq!(left["student"], json!({ "leftOn": yesterday, "guardianships": [] }));
    let document = "query($id: ID!) { classGroup(id: $id) { students { nodes { displayName } } } }";
    let group = ask(world, Who::Leader, document, json!({ "id": world.ours.groups[0] })).await;
    assert_eq!(group["classGroup"]["students"]["nodes"], json!([{ "displayName": "Sem V." }]));
    let variables = json!({ "id": world.ours.students[0] });
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables).await, json!({ "student": null }));
    let place = json!({ "student": world.ours.students[0], "classGroups": [] });
    assert_eq!(codes(&act(world, Who::Leader, "enrolmentSet", "", place).await), ["CONFLICT"]);
}

async fn a_last_day_at_school_is_corrected(world: &World) {
    let (today, child) = (glans::call::today(world.app.clock.now()), world.ours.students[0]);
    let (typed, meant) = (today - Days::new(10), today + Days::new(200));
    let (starts, before) = (today + Days::new(30), today + Days::new(29));
    let input = json!({
        "student": child, "relationship": "PARENT", "startsOn": starts,
        "guardian": { "newPerson": { "givenName": "Bas", "familyName": "Vos" } },
    });
    let later = act(world, Who::Leader, "guardianshipCreate", "guardianship { id }", input).await;
    let later = later["guardianship"]["id"].clone();
    let leave = async |on: NaiveDate| {
        let fields = "student { leftOn classGroups { name } guardianships(includeEnded: true) { endsOn } }";
        act(world, Who::Leader, "studentLeave", fields, json!({ "id": child, "on": on })).await["student"].take()
    };
    let left = |on: NaiveDate, groups: Value, last: [NaiveDate; 3]| {
        let relations = last.map(|last| json!({ "endsOn": last }));
        json!({ "leftOn": on, "classGroups": groups, "guardianships": relations })
    };
    assert_eq!(leave(typed).await, left(typed, json!([]), [typed, typed, before]), "what has not begun never begins");
    let input = json!({ "id": later, "contactPriority": 3 });
    let changed = act(world, Who::Leader, "guardianshipUpdate", "", input).await;
    assert_eq!(refusals(&changed), Vec::<String>::new());
    let group = json!([{ "name": "3a" }]);
    assert_eq!(leave(meant).await, left(meant, group, [meant, meant, meant]));
    let seen = async || ask(world, Who::Guardian, STUDENT, json!({ "id": child })).await["student"].take();
    assert_eq!(seen().await, Value::Null, "it waits for the school");
    let input = json!({ "id": world.ours.guardianships[0], "status": "ACTIVE" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", input).await), Vec::<String>::new());
    assert_eq!(seen().await["displayName"], "Noor");
    let ended = act(world, Who::Leader, "guardianshipEnd", "guardianship { endsOn }", json!({ "id": later })).await;
    assert_eq!(ended["guardianship"]["endsOn"], json!(before));
}

async fn a_group_of_students_takes_as_many_statements_as_one_student(world: &World) {
    for number in 0..5 {
        let input = json!({
            "school": world.ours.schools[0], "displayName": format!("Sem {number}"), "number": format!("{number}"),
            "classGroups": [world.ours.groups[0]],
        });
        let made = act(world, Who::Leader, "studentCreate", "student { id }", input).await;
        let input = json!({
            "student": made["student"]["id"], "relationship": "PARENT",
            "guardian": { "newPerson": { "givenName": "Ouder", "familyName": "Jansen", "email": "o@example.org" } },
        });
        assert!(codes(&act(world, Who::Leader, "guardianshipCreate", "", input).await).is_empty());
    }
    let document = "query($id: ID!, $first: Int!) { classGroup(id: $id) { students(first: $first) { nodes {
        displayName number viewerCanEdit school { name } classGroups { name }
        guardianships { viewerCanEdit student { displayName } guardian { email memberships { role scope { __typename } } } }
    } } } }";
    let one = json!({ "id": world.ours.groups[0], "first": 1 });
    let six = json!({ "id": world.ours.groups[0], "first": 6 });
    let one = statements(world, Who::Leader, document, one).await;
    assert_eq!(statements(world, Who::Leader, document, six).await, one);
}

async fn a_viewer_is_a_person_with_roles_children_and_schools(world: &World) {
    let document = "{ viewer {
        person { displayName } memberships { role scope { ... on School { name } ... on ClassGroup { name } } }
        children { displayName } schools { name }
    } }";
    let viewer = |person: &str, role: &str, scope: &str, children: Value| {
        json!({ "viewer": {
            "person": { "displayName": person }, "memberships": [{ "role": role, "scope": { "name": scope } }],
            "children": children, "schools": [{ "name": "De Zwaluw" }],
        } })
    };
    let guardian = viewer("Ilse de Wit", "GUARDIAN", "De Zwaluw", json!([{ "displayName": "Noor" }]));
    assert_eq!(ask(world, Who::Guardian, document, json!({})).await, guardian);
    let teacher = viewer("Tarik de Wit", "TEACHER", "3a", json!([]));
    assert_eq!(ask(world, Who::Teacher, document, json!({})).await, teacher);
    let client = ask(world, Who::Client, document, json!({})).await;
    assert_eq!((&client["viewer"]["person"], &client["viewer"]["memberships"]), (&Value::Null, &json!([])));
    assert_eq!(client["viewer"]["schools"], json!([{ "name": "De Meent" }, { "name": "De Zwaluw" }]));
}

on_each_database!(
    a_viewer_is_a_person_with_roles_children_and_schools,
    staff_sees_all_guardians_of_a_student_and_a_guardian_only_the_own_relation,
    a_guardian_is_not_told_that_another_is_called_first,
    an_address_is_for_oneself_and_who_administers_the_person,
    a_change_of_custody_is_in_force_with_the_commit,
    a_guardianship_ends_and_is_revived,
    nobody_decides_on_the_own_guardianship,
    a_teacher_adds_guardians_to_the_own_group_and_the_school_verifies_them,
    all_that_is_wrong_with_people_is_told_at_once,
    a_leader_adds_staff_and_reaches_no_higher_role,
    all_rights_end_with_an_archived_record,
    a_relation_ended_with_the_record_stays_over,
    a_student_moves_to_another_group_and_its_teacher,
    a_student_comes_and_leaves,
    a_last_day_at_school_is_corrected,
    a_group_of_students_takes_as_many_statements_as_one_student,
);
