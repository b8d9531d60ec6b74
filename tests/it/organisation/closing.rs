//! What is closed is read as before, and neither changed nor filled.

use chrono::TimeDelta;
use glans::engagement::schedule;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, ask_as, codes, refusals};

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
        (Who::Admin, "eventUpdate", json!({ "id": ours.events[0], "title": "Anders" })),
        (Who::Leader, "eventCancel", json!({ "id": ours.events[0] })),
        (Who::Teacher, "profileUpdate", json!({ "displayName": "Juf Tarik", "language": "en" })),
    ] {
        assert_eq!(codes(&act(world, who, name, "", input).await), ["CONFLICT"], "{name}");
    }
    let course = json!({ "board": ours.id, "document": "key: anders" });
    let refused = act(world, Who::Admin, "programmeImport", "", course.clone()).await;
    assert_eq!(refusals(&refused), ["CONFLICT "], "of the whole, as everything else");
    assert_eq!(codes(&act(world, Who::Teacher, "programmeImport", "", course).await), ["FORBIDDEN"]);
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

    let language = act(world, Who::Teacher, "profileUpdate", "", json!({ "language": "en" })).await;
    assert_eq!(refusals(&language), [""; 0], "the account goes on");

    assert_eq!(act(world, Who::Admin, "boardArchive", fields, close).await["board"], closed["board"]);
    let own = json!({ "material": ours.published.material, "state": "COMPLETED" });
    assert_eq!(codes(&act(world, Who::Teacher, "materialStateSet", "", own).await), Vec::<&str>::new());
    let seen = ask(world, Who::Leader, "{ schools { nodes { name } } }", json!({})).await;
    assert_eq!(seen["schools"]["nodes"], json!([{ "name": "De Zwaluw" }]));
    assert_eq!(client.asks(boards).await.codes(), ["UNAUTHENTICATED"]);
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
    let event =
        act(world, Who::Admin, "eventCreate", "event { id }", invitation_to(&school)).await["event"]["id"].take();

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
    no_round_is_opened_or_changed(world).await;
    are_refused(world, "CONFLICT id", &[("classGroupUpdate", json!({ "id": group, "name": "3b" }))]).await;
    are_refused(world, "CONFLICT scope", &[("membershipGrant", grant("TEACHER", &group))]).await;
    let put = json!({ "school": school, "displayName": "Fien", "classGroups": [group] });
    are_refused(world, "CONFLICT classGroups", &[("studentCreate", put)]).await;
    let fien = json!({ "school": school, "displayName": "Fien" });
    let fien = act(world, Who::Admin, "studentCreate", "student { id }", fien).await["student"]["id"].take();
    let put = json!({ "student": fien, "classGroups": [group] });
    are_refused(world, "CONFLICT classGroups", &[("enrolmentSet", put)]).await;
    let kept = json!({ "student": ours.students[0], "classGroups": [group] });
    let kept = act(world, Who::Admin, "enrolmentSet", "", kept).await;
    assert_eq!(refusals(&kept), [""; 0], "who is there stays there");
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
    let called_off = act(world, Who::Admin, "eventCancel", "", json!({ "id": event })).await;
    assert_eq!(refusals(&called_off), [""; 0], "what was to be there is called off");
}

fn invitation_to(place: &str) -> Value {
    json!({
        "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "audience": { "include": [place] },
    })
}

async fn nobody_and_nothing_comes_into_a_closed_school(world: &World) {
    let (ours, school) = (&world.ours, world.ours.schools[0].to_string());
    let (group, student) = (ours.groups[0].to_string(), ours.students[0].to_string());
    let closed = act(world, Who::Admin, "schoolArchive", "", json!({ "id": school })).await;
    assert_eq!(refusals(&closed), [""; 0]);

    let placed = json!({ "student": student, "classGroups": [group] });
    are_refused(world, "CONFLICT classGroups", &[("enrolmentSet", placed)]).await;
    let purpose = json!({ "school": school, "text": "Mee op schoolreis" });
    are_refused(world, "CONFLICT school", &[("consentPurposeCreate", purpose)]).await;
    let guardian = json!({ "newPerson": { "givenName": "Bas", "familyName": "Vos" } });
    let guardianship = json!({ "student": student, "guardian": guardian, "relationship": "PARENT" });
    are_refused(world, "CONFLICT student", &[("guardianshipCreate", guardianship)]).await;
    let client = json!({
        "board": ours.id, "name": "Rooster", "scopes": ["LESSONS_READ"], "schools": [ours.schools[1], school],
    });
    are_refused(world, "CONFLICT schools", &[("apiClientCreate", client)]).await;
    for place in [&school, &group, &student] {
        let announcement = json!({ "title": "Dicht", "body": "De deur is dicht.", "audience": { "include": [place] } });
        let put = [("eventCreate", invitation_to(place)), ("announcementCreate", announcement)];
        are_refused(world, "CONFLICT audience.include.0", &put).await;
    }

    let link = ours.guardianships[0];
    for (name, input) in [
        ("enrolmentSet", json!({ "student": student, "classGroups": [] })),
        ("guardianshipUpdate", json!({ "id": link, "access": "NONE" })),
        ("guardianshipEnd", json!({ "id": link })),
    ] {
        assert_eq!(refusals(&act(world, Who::Admin, name, "", input).await), [""; 0], "{name}");
    }
    are_refused(world, "CONFLICT status", &[("guardianshipUpdate", json!({ "id": link, "status": "ACTIVE" }))]).await;
    let left = act(world, Who::Admin, "studentLeave", "", json!({ "id": student })).await;
    assert_eq!(refusals(&left), [""; 0]);
}

async fn what_belongs_to_a_closed_school_stays_and_what_people_say_goes_on(world: &World) {
    let (ours, school) = (&world.ours, world.ours.schools[0].to_string());
    let (student, guardian) = (ours.students[0], ours.guardians[0]);
    let purpose = json!({ "school": school, "text": "Mee op schoolreis" });
    let mut purpose = act(world, Who::Admin, "consentPurposeCreate", "consentPurpose { id }", purpose).await;
    let purpose = purpose["consentPurpose"]["id"].take();
    let closed = act(world, Who::Admin, "schoolArchive", "", json!({ "id": school })).await;
    assert_eq!(refusals(&closed), [""; 0]);

    let slots = json!([{ "teacher": ours.teacher.person, "times": ["2031-03-04T16:00:00Z"] }]);
    let consent = |purpose: Value, answer: &str| json!({ "purpose": purpose, "student": student, "answer": answer });
    for (who, name, input, told) in [
        (Who::Leader, "contactRulesUpdate", json!({ "school": school, "replyTermDays": 2 }), "CONFLICT school"),
        (Who::Leader, "bookingRoundUpdate", json!({ "id": ours.rounds[0], "slots": slots }), "CONFLICT id"),
        (Who::Leader, "bookingRoundRemind", json!({ "id": ours.rounds[0] }), "CONFLICT id"),
        (Who::Leader, "eventUpdate", json!({ "id": ours.events[0], "title": "Anders" }), "CONFLICT id"),
        (Who::Guardian, "consentGive", consent(purpose, "GRANTED"), "CONFLICT purpose"),
        (
            Who::Trainer,
            "experienceComment",
            json!({ "experience": ours.experiences[0], "text": "Dat proberen wij ook." }),
            "CONFLICT experience",
        ),
    ] {
        assert_eq!(refusals(&act(world, who, name, "", input).await), [told], "{name}");
    }
    let rules = "query($id: ID!) { school(id: $id) { contactRules { viewerCanEdit } } }";
    let seen = ask(world, Who::Leader, rules, json!({ "id": school })).await;
    assert_eq!(seen["school"]["contactRules"], json!({ "viewerCanEdit": false }));

    let moment = json!({ "student": student, "guardian": guardian.person, "kind": "PHONE", "tone": "NEUTRAL" });
    let starts = world.app.clock.now() + TimeDelta::days(33);
    let talk = json!({
        "student": student, "kind": "PROGRESS", "mode": "PHONE",
        "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20),
    });
    let goal = json!({ "partnership": ours.partners[0].partnership, "text": "Hij leest elke dag." });
    for (who, name, input) in [
        (Who::Guardian, "messageSend", json!({ "thread": ours.threads[0], "body": "Goed." })),
        (Who::Teacher, "contactMomentLog", moment),
        (Who::Teacher, "goalPropose", goal),
        (Who::Teacher, "goalMark", json!({ "id": ours.partners[0].goal, "achieved": true })),
        (Who::Leader, "concernRaise", json!({ "student": student, "text": "Vaak moe." })),
        (Who::Guardian, "eventRespond", json!({ "event": ours.events[0], "answer": "YES" })),
        (Who::Guardian, "consentGive", consent(json!(ours.purposes[0]), "WITHDRAWN")),
        (Who::Leader, "bookingRoundCancel", json!({ "id": ours.rounds[0] })),
        (Who::Leader, "eventCancel", json!({ "id": ours.events[0] })),
        (Who::Leader, "conversationSchedule", talk),
    ] {
        assert_eq!(refusals(&act(world, who, name, "", input).await), [""; 0], "{name}");
    }
}

/// Guardians of the first group are asked to book: by who leads the school.
async fn no_round_is_opened_or_changed(world: &World) {
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": "2031-03-04T06:00:00Z",
        "slotMinutes": 10, "slots": [{ "teacher": world.ours.teacher.person, "times": ["2031-03-04T16:00:00Z"] }],
    });
    let opened = act(world, Who::Leader, "bookingRoundOpen", "", input).await;
    assert_eq!(refusals(&opened), ["CONFLICT classGroups"]);
    let later = json!({ "id": world.ours.rounds[0], "closesAt": "2031-03-04T06:00:00Z" });
    let changed = act(world, Who::Leader, "bookingRoundUpdate", "", later).await;
    assert_eq!(refusals(&changed), ["CONFLICT id"]);
}

/// A draft of the administrator, an `announcement` or a `survey`, for these places: its id.
async fn drafted(world: &World, kind: &str, places: &[&String]) -> Value {
    let mut input = json!({ "title": "Feest", "audience": { "include": places } });
    if kind == "survey" {
        input["closesAt"] = json!(world.app.clock.now() + TimeDelta::days(7));
        input["questions"] = json!([{ "kind": "TEXT", "text": "Wat neemt u mee?" }]);
    } else {
        input["body"] = json!("Het is feest.");
    }
    let mut made = act(world, Who::Admin, &format!("{kind}Create"), &format!("{kind} {{ id }}"), input).await;
    assert_eq!(refusals(&made), [""; 0], "{kind}");
    made[kind]["id"].take()
}

async fn what_was_written_for_a_place_that_closed_is_not_put_into_it(world: &World) {
    let (ours, school, other) = (&world.ours, world.ours.schools[0].to_string(), world.ours.schools[1].to_string());
    let (group, student) = (ours.groups[0].to_string(), ours.students[0].to_string());
    let later = world.app.clock.now() + TimeDelta::hours(3);
    let scheduled = drafted(world, "announcement", &[&school]).await;
    let set = json!({ "id": scheduled, "publishAt": later });
    assert_eq!(refusals(&act(world, Who::Admin, "announcementPublish", "", set.clone()).await), [""; 0]);
    let mut attempts = vec![("announcementPublish", set), ("announcementPublish", json!({ "id": scheduled }))];
    for place in [&school, &group, &student] {
        let [announcement, survey] =
            [drafted(world, "announcement", &[place]).await, drafted(world, "survey", &[place]).await];
        attempts.push(("announcementPublish", json!({ "id": announcement })));
        attempts.push(("announcementPublish", json!({ "id": announcement, "publishAt": later })));
        attempts.push(("surveyOpen", json!({ "id": survey })));
    }
    let both = [&school, &other];
    let of_both = [drafted(world, "announcement", &both).await, drafted(world, "survey", &both).await];
    let closed = act(world, Who::Admin, "schoolArchive", "", json!({ "id": school })).await;
    assert_eq!(refusals(&closed), [""; 0]);

    are_refused(world, "CONFLICT id", &attempts).await;
    no_round_is_opened_or_changed(world).await;
    let status = "query($id: ID!) { node(id: $id) { ... on Announcement { status } } }";
    world.app.clock.turn(TimeDelta::hours(4));
    schedule::round(&world.app, None).await.unwrap();
    let seen = ask(world, Who::Admin, status, json!({ "id": scheduled })).await;
    assert_eq!(seen["node"]["status"], "DRAFT", "it does not appear at its time either");

    // Where a place is left that is in use, it goes there.
    for (name, kind, id) in
        [("announcementPublish", "Announcement", &of_both[0]), ("surveyOpen", "Survey", &of_both[1])]
    {
        assert_eq!(refusals(&act(world, Who::Admin, name, "", json!({ "id": id })).await), [""; 0], "{name}");
        let seen = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ title }} }} }}");
        for (guardian, title) in [(ours.guardians[0], Value::Null), (ours.guardians[1], json!("Feest"))] {
            let seen = ask_as(world, guardian, &seen, json!({ "id": id })).await;
            assert_eq!(seen["node"]["title"], title, "{name}");
        }
    }
}

async fn a_closed_record_of_a_person_stays_as_it_was(world: &World) {
    let (ours, person) = (&world.ours, world.ours.trainer.person);
    let closed = act(world, Who::Admin, "personArchive", "person { archivedAt }", json!({ "id": person })).await;
    assert!(closed["person"]["archivedAt"].is_string(), "{closed}");
    let seen = ask(world, Who::Admin, CAN_EDIT, json!({ "id": person })).await;
    assert_eq!(seen["node"]["viewerCanEdit"], json!(false));

    are_refused(world, "CONFLICT id", &[("personUpdate", json!({ "id": person, "givenName": "Anders" }))]).await;
    let put = [
        ("membershipGrant", json!({ "person": person, "role": "TEACHER", "scope": ours.schools[0] })),
        ("invitationCreate", json!({ "person": person, "delivery": "PAPER" })),
    ];
    are_refused(world, "CONFLICT person", &put).await;
    let guardianship =
        json!({ "student": ours.students[0], "guardian": { "id": person }, "relationship": "GRANDPARENT" });
    are_refused(world, "CONFLICT guardian.id", &[("guardianshipCreate", guardianship)]).await;
}

on_each_database!(
    nothing_of_a_closed_board_changes,
    what_is_closed_is_neither_changed_nor_filled,
    nobody_and_nothing_comes_into_a_closed_school,
    what_belongs_to_a_closed_school_stays_and_what_people_say_goes_on,
    what_was_written_for_a_place_that_closed_is_not_put_into_it,
    a_closed_record_of_a_person_stays_as_it_was,
);
