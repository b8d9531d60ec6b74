//! Absence notices and consents, as guardians give them and schools read them.

use chrono::{Days, TimeDelta};
use glans_entity::engagement::consent;
use glans_entity::ids::{SchoolYearId, StudentId};
use glans_entity::organisation::school_year;
use glans_entity::people::{GuardianAccess, enrolment, student};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, ask_as, codes, refusals, statements};

const NOTICE: &str = "absenceNotice { id startsOn endsOn startsAt endsAt reason note withdrawnAt version }";
const ABSENCES: &str = "query($id: ID!, $from: LocalDate) { student(id: $id) { absences(from: $from) {
    startsOn endsOn reason note reportedBy { givenName } } } }";
const CONSENTS: &str =
    "query($id: ID!) { student(id: $id) { consents { purpose { text(locale: \"en\") } isGranted isAwaiting
    answers { answer guardian { givenName } } history { answer } } } }";

async fn a_guardian_reports_a_child_and_its_teacher_reads_it(world: &World) {
    let (child, sara, omar) = world.family().await;
    let input = json!({
        "student": child, "startsOn": "2031-03-04", "endsOn": "2031-03-05", "reason": "SICK", "note": "Koorts.",
        "clientMutationId": "ziek",
    });
    for _ in 0..2 {
        let made = act_as(world, sara, "absenceReport", NOTICE, input.clone()).await;
        let notice = &made["absenceNotice"];
        assert_eq!(
            (codes(&made), &notice["startsOn"], &notice["startsAt"]),
            (vec![], &json!("2031-03-04"), &Value::Null)
        );
    }
    let id = json!({ "id": child, "from": "2031-03-01" });
    let open = json!([{
        "startsOn": "2031-03-04", "endsOn": "2031-03-05", "reason": "SICK", "note": "Koorts.",
        "reportedBy": { "givenName": "Sara" },
    }]);
    assert_eq!(ask_as(world, sara, ABSENCES, id.clone()).await["student"]["absences"], open);
    for who in [Who::Teacher, Who::Leader] {
        assert_eq!(ask(world, who, ABSENCES, id.clone()).await["student"]["absences"], open, "{}", who.name());
    }
    // The other guardian knows that the child does not come, and not why.
    let closed = json!([{
        "startsOn": "2031-03-04", "endsOn": "2031-03-05", "reason": null, "note": null, "reportedBy": null,
    }]);
    assert_eq!(ask_as(world, omar, ABSENCES, id.clone()).await["student"]["absences"], closed);
    for who in [Who::Admin, Who::Director] {
        assert_eq!(ask(world, who, ABSENCES, id.clone()).await["student"]["absences"], json!([]), "{}", who.name());
    }
    let group =
        "query($id: ID!, $on: LocalDate) { classGroup(id: $id) { absences(on: $on) { student { displayName } } } }";
    let asked = json!({ "id": world.ours.groups[0], "on": "2031-03-05" });
    let shown = json!([{ "student": { "displayName": "Fien" } }]);
    assert_eq!(ask(world, Who::Teacher, group, asked.clone()).await["classGroup"]["absences"], shown);
    assert_eq!(ask(world, Who::Guardian, group, asked).await["classGroup"]["absences"], json!([]));
    let later = json!({ "id": world.ours.groups[0], "on": "2031-03-06" });
    assert_eq!(ask(world, Who::Teacher, group, later).await["classGroup"]["absences"], json!([]));
}

async fn what_cannot_be_reported_is_refused(world: &World) {
    let (child, sara, omar) = world.family().await;
    let wrong = json!({
        "student": child, "startsOn": "2020-03-04", "endsOn": "2020-03-03", "startsAt": "2020-03-05T10:00:00Z",
        "endsAt": "2020-03-05T09:00:00Z", "reason": "OTHER", "note": "x".repeat(501),
    });
    let expected =
        ["INVALID startsOn", "INVALID endsOn", "INVALID startsAt", "INVALID endsAt", "INVALID endsAt", "TOO_LONG note"];
    assert_eq!(refusals(&act_as(world, sara, "absenceReport", "", wrong).await), expected);

    let input = json!({ "student": child, "startsOn": "2031-03-04", "endsOn": "2031-03-06", "reason": "FAMILY" });
    act_as(world, sara, "absenceReport", "", input.clone()).await;
    let overlapping = json!({ "student": child, "startsOn": "2031-03-06", "reason": "SICK" });
    let twice = act_as(world, sara, "absenceReport", "", overlapping.clone()).await;
    assert_eq!(refusals(&twice), ["CONFLICT startsOn"]);
    // The other guardian may not know, and so may report the same.
    assert_eq!(codes(&act_as(world, omar, "absenceReport", "", overlapping).await), Vec::<&str>::new());

    let grandpa = world.guardian("Opa", &[(child, GuardianAccess::OnRequest)]).await;
    assert_eq!(refusals(&act_as(world, grandpa, "absenceReport", "", input.clone()).await), ["FORBIDDEN student"]);
    assert_eq!(codes(&act(world, Who::Teacher, "absenceReport", "", input.clone()).await), ["FORBIDDEN"]);
    for who in [Who::Distant, Who::Guardian] {
        assert_eq!(refusals(&act(world, who, "absenceReport", "", input.clone()).await), ["NOT_FOUND student"]);
    }
}

async fn a_time_of_no_calendar_is_no_time(world: &World) {
    let guardian = world.actor(Who::Guardian).await;
    let report = "mutation($input: AbsenceReportInput!) { absenceReport(input: $input) { userErrors { code } } }";
    for far in ["-262143-01-01T00:00:00Z", "+262142-12-31T23:59:59Z", "0000-12-31T23:59:59Z"] {
        for field in ["startsAt", "endsAt"] {
            let student = world.ours.students[0];
            let input = json!({ "student": student, "startsOn": "2031-03-04", "reason": "SICK", field: far });
            let reply = guardian.asks_with(report, json!({ "input": input })).await;
            assert_eq!((reply.codes(), reply.body.get("data")), (vec!["BAD_USER_INPUT"], None), "{field} {far}");
        }
    }
    // The farthest that there is lies on another day.
    for far in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"] {
        let student = world.ours.students[0];
        let input = json!({ "student": student, "startsOn": "2031-03-04", "reason": "SICK", "endsAt": far });
        let refused = act(world, Who::Guardian, "absenceReport", "", input).await;
        assert_eq!(refusals(&refused), ["INVALID endsAt"], "{far}");
    }
}

async fn a_notice_is_withdrawn_before_it_begins(world: &World) {
    let (child, sara, omar) = world.family().await;
    let day = glans::call::today(world.app.clock.now()) + Days::new(3);
    let input = json!({ "student": child, "startsOn": day, "reason": "APPOINTMENT" });
    let made = act_as(world, sara, "absenceReport", NOTICE, input.clone()).await;
    let id = json!({ "id": made["absenceNotice"]["id"] });
    assert_eq!(refusals(&act_as(world, omar, "absenceWithdraw", "", id.clone()).await), ["FORBIDDEN id"]);
    assert_eq!(codes(&act(world, Who::Teacher, "absenceWithdraw", "", id.clone()).await), ["FORBIDDEN"]);
    assert_eq!(refusals(&act(world, Who::Guardian, "absenceWithdraw", "", id.clone()).await), ["NOT_FOUND id"]);
    let stale = json!({ "id": id["id"], "ifVersion": 2 });
    assert_eq!(refusals(&act_as(world, sara, "absenceWithdraw", "", stale).await), ["CONFLICT ifVersion"]);
    for _ in 0..2 {
        let done = act_as(world, sara, "absenceWithdraw", NOTICE, id.clone()).await;
        assert!(done["absenceNotice"]["withdrawnAt"].is_string(), "{done}");
        assert_eq!(done["absenceNotice"]["version"], 2);
    }
    assert_eq!(ask(world, Who::Teacher, ABSENCES, json!({ "id": child })).await["student"]["absences"], json!([]));
    // What was withdrawn can be reported anew; what has begun cannot be withdrawn.
    let made = act_as(world, sara, "absenceReport", NOTICE, input).await;
    // One more than three: in a night of 25 hours it would be the day before.
    world.app.clock.turn(TimeDelta::days(4));
    let late = act_as(world, sara, "absenceWithdraw", "", json!({ "id": made["absenceNotice"]["id"] })).await;
    assert_eq!(refusals(&late), ["CONFLICT id"]);
}

async fn give(world: &World, someone: Someone, child: StudentId, answer: &str) -> Vec<String> {
    let input = json!({ "purpose": world.ours.purposes[0], "student": child, "answer": answer });
    refusals(&act_as(world, someone, "consentGive", "consent { answer }", input).await)
}

async fn all_guardians_consent_each_for_themselves(world: &World) {
    let (child, sara, omar) = world.family().await;
    let id = json!({ "id": child });
    let text = json!({ "text": "Foto's op de website" });
    let asked = ask_as(world, sara, CONSENTS, id.clone()).await;
    let nothing = json!([{ "purpose": text, "isGranted": null, "isAwaiting": true, "answers": [], "history": [] }]);
    assert_eq!(asked["student"]["consents"], nothing);
    assert_eq!(give(world, sara, child, "WITHDRAWN").await, ["CONFLICT answer"]);
    for _ in 0..2 {
        assert_eq!(give(world, sara, child, "GRANTED").await, Vec::<String>::new());
    }
    assert_eq!(give(world, sara, child, "REFUSED").await, ["CONFLICT answer"]);
    let own = json!([{ "purpose": text, "isGranted": null, "isAwaiting": false,
        "answers": [{ "answer": "GRANTED", "guardian": { "givenName": "Sara" } }], "history": [{ "answer": "GRANTED" }] }]);
    assert_eq!(ask_as(world, sara, CONSENTS, id.clone()).await["student"]["consents"], own);
    // What Sara says is not Omar's to know.
    assert_eq!(ask_as(world, omar, CONSENTS, id.clone()).await["student"]["consents"], nothing);
    let seen = ask(world, Who::Teacher, CONSENTS, id.clone()).await;
    let seen = &seen["student"]["consents"][0];
    assert_eq!((&seen["isGranted"], &seen["isAwaiting"]), (&json!(false), &json!(true)));

    assert_eq!(give(world, omar, child, "REFUSED").await, Vec::<String>::new());
    assert_eq!(give(world, omar, child, "GRANTED").await, Vec::<String>::new());
    let seen = ask(world, Who::Leader, CONSENTS, id.clone()).await;
    let seen = &seen["student"]["consents"][0];
    assert_eq!((&seen["isGranted"], &seen["isAwaiting"]), (&json!(true), &json!(false)));
    assert_eq!(seen["history"], json!([{ "answer": "GRANTED" }, { "answer": "REFUSED" }, { "answer": "GRANTED" }]));
    give(world, sara, child, "WITHDRAWN").await;
    let seen = ask(world, Who::Leader, CONSENTS, id.clone()).await;
    assert_eq!(seen["student"]["consents"][0]["isGranted"], false);
    for who in [Who::Admin, Who::Director] {
        assert_eq!(ask(world, who, CONSENTS, id.clone()).await["student"]["consents"], json!([]), "{}", who.name());
    }
    let input = json!({ "purpose": world.ours.purposes[0], "student": child, "answer": "GRANTED" });
    assert_eq!(codes(&act(world, Who::Teacher, "consentGive", "", input.clone()).await), ["FORBIDDEN"]);
    assert_eq!(refusals(&act(world, Who::Guardian, "consentGive", "", input).await), ["NOT_FOUND student"]);
}

async fn consent_is_asked_anew_each_year(world: &World) {
    let (child, sara, _) = world.family().await;
    give(world, sara, child, "GRANTED").await;
    let today = glans::call::today(world.app.clock.now());
    let db = world.writing().await;
    let ended = school_year::Entity::update_many()
        .col_expr(school_year::Column::EndsOn, Expr::value(today + Days::new(10)))
        .filter(school_year::Column::BoardId.eq(world.ours.id));
    ended.exec(&db).await.unwrap();
    let next = school_year::Model {
        id: SchoolYearId::new(),
        board_id: world.ours.id,
        title: "Next year".to_owned(),
        starts_on: today + Days::new(11),
        ends_on: today + Days::new(300),
        source_id: None,
        created_at: world.app.clock.now(),
        updated_at: world.app.clock.now(),
        version: 1,
    };
    school_year::Entity::insert(next.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    world.app.clock.turn(TimeDelta::days(20));
    world.app.standings.forget_all();
    let seen = ask_as(world, sara, CONSENTS, json!({ "id": child })).await;
    let seen = &seen["student"]["consents"][0];
    assert_eq!((&seen["isAwaiting"], &seen["answers"]), (&json!(true), &json!([])));
    assert_eq!(give(world, sara, child, "GRANTED").await, Vec::<String>::new());
    let everywhere = Scope::system(today);
    let db = world.app.db.read(&everywhere).await.unwrap();
    let kept = consent::Entity::within(&everywhere).filter(consent::Column::StudentId.eq(child));
    assert_eq!(kept.count(&db).await.unwrap(), 2);
}

async fn a_school_asks_and_stops_asking(world: &World) {
    let (child, sara, _) = world.family().await;
    let school = world.ours.schools[0];
    let input = json!({ "school": school, "text": " ", "textEn": "x".repeat(501) });
    let refused = act(world, Who::Leader, "consentPurposeCreate", "", input).await;
    assert_eq!(refusals(&refused), ["REQUIRED text", "TOO_LONG textEn"]);
    let input =
        json!({ "school": school, "text": "Mee op reis", "textEn": "Come on a trip", "askedFrom": "2031-01-01" });
    assert_eq!(codes(&act(world, Who::Teacher, "consentPurposeCreate", "", input.clone()).await), ["FORBIDDEN"]);
    let fields = "consentPurpose { id text version school { name } }";
    let made = act(world, Who::Admin, "consentPurposeCreate", fields, input).await;
    let purpose = &made["consentPurpose"];
    assert_eq!((codes(&made), &purpose["text"]), (vec![], &json!("Mee op reis")));
    let answer = |purpose: &Value| json!({ "purpose": purpose, "student": child, "answer": "GRANTED" });
    let early = act_as(world, sara, "consentGive", "", answer(&purpose["id"])).await;
    assert_eq!(refusals(&early), ["CONFLICT purpose"]);
    let elsewhere = act(
        world,
        Who::Admin,
        "consentPurposeCreate",
        fields,
        json!({ "school": world.ours.schools[1], "text": "Nee" }),
    )
    .await;
    let wrong = act_as(world, sara, "consentGive", "", answer(&elsewhere["consentPurpose"]["id"])).await;
    assert_eq!(refusals(&wrong), ["NOT_FOUND purpose"]);
    let foreign = act_as(world, sara, "consentGive", "", answer(&json!(world.theirs.purposes[0]))).await;
    assert_eq!(refusals(&foreign), ["NOT_FOUND purpose"]);

    let stop = json!({ "id": world.ours.purposes[0] });
    for _ in 0..2 {
        let done =
            act(world, Who::Leader, "consentPurposeArchive", "consentPurpose { archivedAt }", stop.clone()).await;
        assert!(done["consentPurpose"]["archivedAt"].is_string());
    }
    let stopped = act_as(world, sara, "consentGive", "", answer(&json!(world.ours.purposes[0]))).await;
    assert_eq!(refusals(&stopped), ["CONFLICT purpose"]);
    let listed = "query($id: ID!) { school(id: $id) { consentPurposes { text } all: consentPurposes(includeArchived: true) { text } } }";
    let seen = ask_as(world, sara, listed, json!({ "id": school })).await;
    assert_eq!(seen["school"]["consentPurposes"], json!([{ "text": "Mee op reis" }]));
    assert_eq!(seen["school"]["all"].as_array().map(Vec::len), Some(2));
}

/// Article 7(3) of the GDPR: it is as easy to withdraw as to grant.
async fn what_was_granted_is_withdrawn_when_it_is_not_asked_any_more(world: &World) {
    let standing =
        "query($id: ID!) { student(id: $id) { consents { isAsked isAwaiting isGranted purpose { text school { name } }
        answers { answer } history { answer } } } }";
    let (child, sara, omar) = world.family().await;
    let id = json!({ "id": child });
    for guardian in [sara, omar] {
        assert_eq!(give(world, guardian, child, "GRANTED").await, Vec::<String>::new());
    }
    let stop = json!({ "id": world.ours.purposes[0] });
    act(world, Who::Leader, "consentPurposeArchive", "", stop).await;
    // Archived: it stands, for guardians and school, and takes no other answer.
    let seen = ask_as(world, sara, standing, id.clone()).await["student"]["consents"].take();
    assert_eq!((seen[0]["isAsked"].clone(), seen[0]["isAwaiting"].clone()), (json!(false), json!(false)));
    assert_eq!(seen[0]["answers"], json!([{ "answer": "GRANTED" }]));
    let leaders = ask(world, Who::Leader, standing, id.clone()).await["student"]["consents"].take();
    assert_eq!(leaders[0]["isGranted"], true);
    assert_eq!(give(world, sara, child, "REFUSED").await, ["CONFLICT purpose"]);
    for _ in 0..2 {
        assert_eq!(give(world, sara, child, "WITHDRAWN").await, Vec::<String>::new());
    }
    assert_eq!(ask_as(world, sara, standing, id.clone()).await["student"]["consents"], json!([]));
    let leaders = ask(world, Who::Leader, standing, id.clone()).await["student"]["consents"].take();
    assert_eq!(leaders[0]["isGranted"], false);
    assert_eq!(leaders[0]["answers"].as_array().map(Vec::len), Some(2), "Omar's stands: {leaders}");

    // The child goes to another school, whose staff reads nothing of it.
    let db = world.writing().await;
    let moved = student::Entity::update_many()
        .col_expr(student::Column::SchoolId, Expr::val(world.ours.schools[1].0))
        .filter(student::Column::Id.eq(child));
    moved.exec(&db).await.unwrap();
    let today = glans::call::today(world.app.clock.now());
    let places = enrolment::Entity::update_many()
        .col_expr(enrolment::Column::EndsOn, Expr::val(today - Days::new(1)))
        .filter(enrolment::Column::StudentId.eq(child));
    places.exec(&db).await.unwrap();
    world.written(db).await;
    world.sow(&world.ours, async |sower| sower.placed(child, world.ours.groups[1]).await).await;
    let seen = ask_as(world, omar, standing, id.clone()).await["student"]["consents"].take();
    let [asked, left] = seen.as_array().expect("consents").as_slice() else { panic!("{seen}") };
    assert_eq!((&asked["isAsked"], &left["isAsked"]), (&json!(true), &json!(false)));
    let answers = json!([{ "answer": "GRANTED" }]);
    assert_eq!((&left["answers"], &left["purpose"]["school"]), (&answers, &Value::Null));
    let marit = world.teacher("Marit", 1).await;
    let theirs = ask_as(world, marit, standing, id.clone()).await["student"]["consents"].take();
    assert_eq!(theirs.as_array().map(Vec::len), Some(1), "{theirs}");
    // Between two school years as well; it is written in the year of the grant.
    world.app.clock.turn(TimeDelta::days(300));
    world.app.standings.forget_all();
    assert_eq!(give(world, omar, child, "GRANTED").await, ["NOT_FOUND purpose"]);
    assert_eq!(give(world, omar, child, "WITHDRAWN").await, Vec::<String>::new());
    assert_eq!(ask_as(world, omar, standing, id).await["student"]["consents"], json!([]));
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let kept = consent::Entity::within(&everywhere)
        .filter(consent::Column::GuardianId.eq(omar.person))
        .filter(consent::Column::SchoolYearId.eq(world.ours.school_year));
    assert_eq!(kept.count(&db).await.unwrap(), 2);
}

async fn a_class_costs_the_same_however_many_children_it_has(world: &World) {
    let page = "query($id: ID!, $first: Int) { classGroup(id: $id) { absences(on: \"2031-03-04\") { note } students(first: $first) {
        nodes { absences { note reportedBy { givenName } } consents { isGranted isAwaiting answers { guardian { givenName } } } } } } }";
    let asked = |first| json!({ "id": world.ours.groups[0], "first": first });
    for name in ["Guus", "Mila"] {
        let child = world.child(name, 0).await;
        let guardian = world.guardian(&format!("Ouder van {name}"), &[(child, GuardianAccess::Full)]).await;
        let input = json!({ "student": child, "startsOn": "2031-03-04", "reason": "SICK", "note": "Koorts." });
        act_as(world, guardian, "absenceReport", "", input).await;
        give(world, guardian, child, "GRANTED").await;
    }
    let one = statements(world, Who::Teacher, page, asked(1)).await;
    assert_eq!(statements(world, Who::Teacher, page, asked(3)).await, one);
}

on_each_database!(
    a_guardian_reports_a_child_and_its_teacher_reads_it,
    what_cannot_be_reported_is_refused,
    a_time_of_no_calendar_is_no_time,
    a_notice_is_withdrawn_before_it_begins,
    all_guardians_consent_each_for_themselves,
    consent_is_asked_anew_each_year,
    a_school_asks_and_stops_asking,
    what_was_granted_is_withdrawn_when_it_is_not_asked_any_more,
    a_class_costs_the_same_however_many_children_it_has,
);
