//! Surveys and pulses, as those who ask and those who answer use them.

use chrono::{Days, NaiveTime, TimeDelta};
use glans::engagement::surveys::pulses;
use glans_entity::engagement::{recipient, survey_answer, survey_response};
use glans_entity::ids::{StudentId, SurveyId};
use glans_entity::people::GuardianAccess;
use glans_entity::platform::change;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{Engine, Who, World, on_each_database};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, PaginatorTrait, QueryFilter, Statement};
use serde_json::{Value, json};

use crate::announcements::{asked_by, done_by};
use crate::ask::{act, ask, codes, refusals, statements};

const RESULTS: &str =
    "query($id: ID!) { node(id: $id) { ... on Survey { status responseCount recipientCount resultsFrom
    results { responseCount questions { answerCount counts { value text count } mean texts { nodes { text } } } }
    staffResults { responseCount questions { mean } } } } }";
const OWN: &str = "query($id: ID!) { node(id: $id) { ... on Survey { viewerHasResponded questions { id }
    viewerResponses { student { displayName } answers { choices score text } } } } }";

/// Families of one child in the group of the teacher, besides the one that is there.
async fn families(world: &World, count: usize) -> Vec<(Someone, StudentId)> {
    let ours = &world.ours;
    world
        .sow(ours, async |sower| {
            let mut families = Vec::new();
            for at in 0..count {
                let child = sower.pupil(&format!("Kind{at}"), ours.schools[0], ours.groups[0]).await;
                families.push((sower.parent(&format!("Ouder{at}"), &[(child, GuardianAccess::Full)]).await, child));
            }
            families
        })
        .await
}

/// A survey of the leader for the first school: its id and its questions.
async fn opened(world: &World, more: Value) -> (Value, Vec<Value>) {
    let mut input = json!({
        "title": "Overblijven", "closesAt": world.app.clock.now() + TimeDelta::days(7),
        "audience": { "include": [world.ours.schools[0]] },
        "questions": [
            { "kind": "SINGLE", "text": "Blijft u?", "isRequired": true, "options": ["Ja", "Nee"] },
            { "kind": "MULTIPLE", "text": "Wanneer?", "options": ["Ma", "Di", "Wo"] },
            { "kind": "SCALE", "text": "Hoe is het?", "isRequired": true },
            { "kind": "TEXT", "text": "Wat kan beter?" },
        ],
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = act(world, Who::Leader, "surveyCreate", "survey { id status questions { id } }", input).await;
    assert_eq!((codes(&made), &made["survey"]["status"]), (vec![], &json!("DRAFT")), "{made}");
    let id = made["survey"]["id"].clone();
    let open = act(world, Who::Leader, "surveyOpen", "survey { status version }", json!({ "id": id })).await;
    assert_eq!(open["survey"], json!({ "status": "OPEN", "version": 2 }));
    let questions = made["survey"]["questions"].as_array().unwrap().iter().map(|question| question["id"].clone());
    (id, questions.collect())
}

fn answers(questions: &[Value], choice: i32, score: i32, text: &str) -> Value {
    json!([
        { "question": questions[0], "choices": [choice] }, { "question": questions[1], "choices": [0, 2] },
        { "question": questions[2], "score": score }, { "question": questions[3], "text": text },
    ])
}

async fn closed(world: &World, id: &Value) {
    let done = act(world, Who::Leader, "surveyClose", "survey { status }", json!({ "id": id })).await;
    assert_eq!(done["survey"]["status"], "CLOSED", "{done}");
}

fn system(world: &World) -> Scope {
    Scope::system(glans::call::today(world.app.clock.now()))
}

async fn an_anonymous_answer_is_nobodys(world: &World) {
    let families = families(world, 9).await;
    let (id, questions) = opened(world, json!({ "isAnonymous": true })).await;
    let mut input =
        json!({ "survey": id, "answers": answers(&questions, 0, 4, "Meer fruit."), "clientMutationId": "once" });
    let fields = "survey { viewerHasResponded viewerResponses { submittedAt } }";
    let done = act(world, Who::Guardian, "surveyRespond", fields, input.clone()).await;
    let expected = json!({ "survey": { "viewerHasResponded": true, "viewerResponses": [] }, "userErrors": [] });
    assert_eq!(done, expected);
    // The same again is the same, also with other answers: not even a digest of them was kept.
    input["answers"] = answers(&questions, 1, 1, "Anders.");
    assert_eq!(act(world, Who::Guardian, "surveyRespond", fields, input.clone()).await, expected);
    input["clientMutationId"] = json!("twice");
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", input).await), ["CONFLICT"]);

    let db = world.app.db.read(&system(world)).await.unwrap();
    let survey: SurveyId = id.as_str().unwrap().parse().unwrap();
    let rows = survey_response::Entity::within(&system(world))
        .filter(survey_response::Column::SurveyId.eq(survey))
        .all(&db)
        .await
        .unwrap();
    let [row] = &rows[..] else { panic!("one response: {rows:?}") };
    assert_eq!((row.person_id, row.student_id, row.submitted_at), (None, None, None));
    assert_eq!(row.id.0.get_version_num(), 4);
    let took_part = recipient::Entity::within(&system(world))
        .filter(recipient::Column::ItemId.eq(survey.0))
        .filter(recipient::Column::PersonId.eq(world.ours.guardians[0].person))
        .one(&db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(took_part.acknowledged_at.unwrap().time(), NaiveTime::MIN);
    // The log for the phones does not say when either.
    let told = change::Entity::within(&system(world))
        .filter(change::Column::NodeId.eq(survey.0))
        .filter(change::Column::AccountId.is_not_null())
        .count(&db)
        .await
        .unwrap();
    assert_eq!(told, 0);
    drop(db);

    for (family, _) in &families[..8] {
        let input = json!({ "survey": id, "answers": answers(&questions, 1, 2, "Minder fruit.") });
        assert_eq!(codes(&done_by(world, family.account, "surveyRespond", "", input).await), Vec::<&str>::new());
    }
    let seen = ask(world, Who::Leader, RESULTS, json!({ "id": id })).await;
    let nothing = json!({ "status": "OPEN", "responseCount": 9, "recipientCount": 10, "resultsFrom": 10, "results": null, "staffResults": null });
    assert_eq!(seen["node"], nothing);
    // The tenth leaves out what it need not answer.
    let input = json!({ "survey": id, "answers": [{ "question": questions[0], "choices": [1] }, { "question": questions[2], "score": 5 }] });
    done_by(world, families[8].0.account, "surveyRespond", "", input).await;
    // With another answer to come, it could be told from the difference.
    let seen = ask(world, Who::Leader, RESULTS, json!({ "id": id })).await;
    assert_eq!((&seen["node"]["responseCount"], &seen["node"]["results"]), (&json!(10), &Value::Null));
    closed(world, &id).await;
    let seen = ask(world, Who::Leader, RESULTS, json!({ "id": id })).await;
    let nothing = json!({ "nodes": [] });
    let none = json!({ "answerCount": null, "counts": [], "mean": null, "texts": nothing });
    let count = |value: i32, text: Value, count: i32| json!({ "value": value, "text": text, "count": count });
    let expected = json!({ "responseCount": 10, "questions": [
        { "answerCount": 10, "counts": [count(0, json!("Ja"), 1), count(1, json!("Nee"), 9)], "mean": null, "texts": nothing },
        none,
        { "answerCount": 10, "mean": 2.5, "texts": nothing, "counts": [
            count(1, Value::Null, 0), count(2, Value::Null, 8), count(3, Value::Null, 0), count(4, Value::Null, 1), count(5, Value::Null, 1),
        ] },
        none,
    ] });
    assert_eq!(seen["node"]["results"], expected);
    for who in [Who::Teacher, Who::Guardian] {
        assert_eq!(
            ask(world, who, RESULTS, json!({ "id": id })).await["node"]["results"],
            Value::Null,
            "{}",
            who.name()
        );
    }
}

/// The transaction in which somebody answered is known, and leads to many answers.
async fn an_anonymous_answer_is_written_among_others(world: &World) {
    let families = families(world, 25).await;
    let (id, questions) = opened(world, json!({ "isAnonymous": true })).await;
    for (at, (family, _)) in (0..).zip(&families) {
        let answers = answers(&questions, at % 2, at % 5 + 1, &format!("Antwoord {at}"));
        let done =
            done_by(world, family.account, "surveyRespond", "", json!({ "survey": id, "answers": answers })).await;
        assert_eq!(codes(&done), Vec::<&str>::new(), "{done}");
    }
    let survey: SurveyId = id.as_str().unwrap().parse().unwrap();
    let db = world.app.db.read(&system(world)).await.unwrap();
    let responses = survey_response::Entity::within(&system(world))
        .filter(survey_response::Column::SurveyId.eq(survey))
        .all(&db)
        .await
        .unwrap();
    let rows = survey_answer::Entity::within(&system(world))
        .filter(survey_answer::Column::SurveyId.eq(survey))
        .all(&db)
        .await
        .unwrap();
    let given = |response: &survey_response::Model| {
        let of = rows.iter().filter(|row| row.response_id == response.id);
        let of = of.map(|row| {
            let at = questions.iter().position(|question| *question == row.question_id.to_string()).unwrap();
            (at, row.value, row.text.clone())
        });
        let mut of: Vec<_> = of.collect();
        of.sort();
        of
    };
    let mut kept: Vec<_> = responses.iter().map(given).collect();
    kept.sort();
    let expected = |at: i32| {
        let text = Some(format!("Antwoord {at}"));
        vec![(0, at % 2, None), (1, 0, None), (1, 2, None), (2, at % 5 + 1, None), (3, 0, text)]
    };
    let mut expected: Vec<_> = (0..25).map(expected).collect();
    expected.sort();
    assert_eq!(kept, expected, "each of them once");

    if world.engine() == Engine::Postgres {
        let last = families[24].0.person.0;
        let sql = format!(
            "SELECT COUNT(*) AS number FROM survey_response r WHERE r.survey_id = '{}' AND r.xmin IN
             (SELECT p.xmin FROM recipient p WHERE p.item_id = r.survey_id AND p.person_id = '{last}')",
            survey.0
        );
        let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "number").unwrap(), 21);
    }
}

async fn texts_are_read_by_the_page(world: &World) {
    let families = families(world, 11).await;
    let (id, questions) = opened(world, json!({})).await;
    for (at, (family, _)) in families.iter().enumerate() {
        // Two of them say the same.
        let answers = answers(&questions, 0, 3, &format!("Antwoord {:02}", at.max(1)));
        done_by(world, family.account, "surveyRespond", "", json!({ "survey": id, "answers": answers })).await;
    }
    closed(world, &id).await;
    let page = async |args: &str| {
        let document = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on Survey {{ results {{ questions {{ texts({args}) {{ totalCount
                nodes {{ text }} pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }} }} }} }} }} }} }}"
        );
        let mut seen = ask(world, Who::Leader, &document, json!({ "id": id })).await;
        let mut of = seen["node"]["results"]["questions"].take();
        let chosen = &of[0]["texts"];
        assert_eq!((&chosen["totalCount"], &chosen["nodes"]), (&json!(0), &json!([])), "it has no words of their own");
        let texts = of[3]["texts"].take();
        assert_eq!(texts["totalCount"], 11);
        let nodes = texts["nodes"].as_array().unwrap().iter();
        let told: Vec<_> = nodes.map(|node| node["text"].as_str().unwrap().replace("Antwoord ", "")).collect();
        (told.join(" "), texts["pageInfo"].clone())
    };
    let more = |info: &Value| (info["hasPreviousPage"] == true, info["hasNextPage"] == true);
    let (told, info) = page("first: 4").await;
    assert_eq!((told.as_str(), more(&info)), ("01 01 02 03", (false, true)));
    let (told, info) = page(&format!("first: 4, after: {}", info["endCursor"])).await;
    assert_eq!((told.as_str(), more(&info)), ("04 05 06 07", (true, true)));
    let (told, end) = page(&format!("first: 4, after: {}", info["endCursor"])).await;
    assert_eq!((told.as_str(), more(&end)), ("08 09 10", (true, false)));
    let (told, info) = page(&format!("last: 2, before: {}", info["startCursor"])).await;
    assert_eq!((told.as_str(), more(&info)), ("02 03", (true, true)));
    let (told, _) = page(&format!("after: {}", end["endCursor"])).await;
    assert_eq!(told, "");
}

async fn an_answer_with_a_name_is_changed_as_long_as_it_is_open(world: &World) {
    let (id, questions) = opened(world, json!({})).await;
    let ilse = json!({ "survey": id, "answers": answers(&questions, 0, 4, "Meer fruit.") });
    act(world, Who::Guardian, "surveyRespond", "", ilse).await;
    let other = json!({ "survey": id, "answers": answers(&questions, 1, 2, " ") });
    act(world, Who::Guardian, "surveyRespond", "", other.clone()).await;
    let seen = ask(world, Who::Guardian, OWN, json!({ "id": id })).await;
    assert_eq!(seen["node"]["viewerHasResponded"], true);
    let of = |choices: &[i32], score: Value| json!({ "choices": choices, "score": score, "text": null });
    let expected =
        json!([{ "student": null, "answers": [of(&[1], Value::Null), of(&[0, 2], Value::Null), of(&[], json!(2))] }]);
    assert_eq!(seen["node"]["viewerResponses"], expected);
    let seen = ask(world, Who::Leader, OWN, json!({ "id": id })).await;
    assert_eq!(seen["node"]["viewerResponses"], json!([]));
    let count = ask(world, Who::Leader, RESULTS, json!({ "id": id })).await;
    assert_eq!((&count["node"]["responseCount"], &count["node"]["results"]), (&json!(1), &Value::Null));

    let close = json!({ "id": id, "ifVersion": 1 });
    assert_eq!(codes(&act(world, Who::Leader, "surveyClose", "", close).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Teacher, "surveyClose", "", json!({ "id": id })).await), ["FORBIDDEN"]);
    let closed = act(world, Who::Leader, "surveyClose", "survey { status version }", json!({ "id": id })).await;
    assert_eq!(closed["survey"], json!({ "status": "CLOSED", "version": 3 }));
    let again = act(world, Who::Leader, "surveyClose", "survey { status version }", json!({ "id": id })).await;
    assert_eq!(again, closed);
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", other).await), ["EXPIRED"]);
    it_stays_closed(world, &id).await;
    // One whose time is over is closed without anybody closing it.
    let (id, questions) = opened(world, json!({})).await;
    world.app.clock.turn(TimeDelta::days(8));
    let late = json!({ "survey": id, "answers": answers(&questions, 0, 3, "Te laat.") });
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", late).await), ["EXPIRED"]);
    assert_eq!(ask(world, Who::Guardian, RESULTS, json!({ "id": id })).await["node"]["status"], "CLOSED");
    it_stays_closed(world, &id).await;
}

async fn it_stays_closed(world: &World, id: &Value) {
    let later = json!({ "id": id, "closesAt": world.app.clock.now() + TimeDelta::days(7) });
    assert_eq!(codes(&act(world, Who::Leader, "surveyUpdate", "", later).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Leader, "surveyOpen", "", json!({ "id": id })).await), ["CONFLICT"]);
}

async fn only_whom_it_reached_answers(world: &World) {
    let ours = &world.ours;
    let fons = world
        .sow(ours, async |sower| sower.parent("Fons", &[(ours.students[0], GuardianAccess::OnRequest)]).await)
        .await;
    let (id, questions) = opened(world, json!({})).await;
    let input = json!({ "survey": id, "answers": answers(&questions, 0, 3, "") });
    assert_eq!(codes(&done_by(world, fons.account, "surveyRespond", "", input.clone()).await), ["NOT_FOUND"]);
    for (who, code) in [
        (Who::Teacher, "FORBIDDEN"),
        (Who::Leader, "FORBIDDEN"),
        (Who::Distant, "NOT_FOUND"),
        (Who::Trainer, "NOT_FOUND"),
    ] {
        assert_eq!(codes(&act(world, who, "surveyRespond", "", input.clone()).await), [code], "{}", who.name());
    }
    let wrong = json!({ "survey": id, "answers": [
        { "question": questions[0], "choices": [0, 1] }, { "question": questions[1], "choices": [7] },
        { "question": questions[2], "score": 6 }, { "question": world.theirs.questions[0], "text": "x" },
    ] });
    let refused = act(world, Who::Guardian, "surveyRespond", "", wrong).await;
    let problem = |code: &str, field: &[&str]| json!({ "code": code, "field": field });
    let expected = json!([
        problem("INVALID", &["answers", "0", "choices"]),
        problem("INVALID", &["answers", "1", "choices"]),
        problem("INVALID", &["answers", "2", "score"]),
        problem("NOT_FOUND", &["answers", "3", "question"]),
    ]);
    assert_eq!(refused["userErrors"], expected);
    let none = act(world, Who::Guardian, "surveyRespond", "", json!({ "survey": id, "answers": [] })).await;
    assert_eq!(codes(&none), ["REQUIRED", "REQUIRED"]);
    let child = json!({ "survey": id, "student": ours.students[0], "answers": [] });
    let all = ["INVALID student", "REQUIRED answers", "REQUIRED answers"];
    assert_eq!(refusals(&act(world, Who::Guardian, "surveyRespond", "", child).await), all);
    // Access that is lowered takes the survey and the own answer away.
    act(world, Who::Guardian, "surveyRespond", "", input.clone()).await;
    act(world, Who::Leader, "guardianshipUpdate", "", json!({ "id": ours.guardianships[0], "access": "ON_REQUEST" }))
        .await;
    assert_eq!(ask(world, Who::Guardian, OWN, json!({ "id": id })).await["node"], Value::Null);
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", input).await), ["NOT_FOUND"]);
}

async fn a_pulse_is_about_each_child_and_no_teacher_sees_who_said_what(world: &World) {
    let ours = &world.ours;
    let families = families(world, 10).await;
    let pulse = json!({ "kind": "PULSE", "title": "Vertrouwen", "questions": [{ "kind": "SCALE", "text": "Vertrouwt u ons?", "isRequired": true }] });
    let (id, questions) = opened(world, pulse).await;
    let says = |child: StudentId, score: i32| json!({ "survey": id, "student": child, "answers": [{ "question": questions[0], "score": score }] });
    let noor = ours.students[0];
    let none = act(world, Who::Guardian, "surveyRespond", "", json!({ "survey": id, "answers": [] })).await;
    assert_eq!(refusals(&none), ["REQUIRED student", "REQUIRED answers"]);
    // The child of somebody else, and one of another school.
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", says(families[0].1, 1)).await), ["NOT_FOUND"]);
    assert_eq!(codes(&act(world, Who::Teacher, "surveyRespond", "", says(ours.students[1], 1)).await), ["NOT_FOUND"]);
    act(world, Who::Guardian, "surveyRespond", "", says(noor, 2)).await;
    world.app.clock.turn(TimeDelta::minutes(1));
    act(world, Who::Guardian, "surveyRespond", "", says(noor, 5)).await;
    assert_eq!(codes(&act(world, Who::Teacher, "surveyRespond", "", says(noor, 4)).await), Vec::<&str>::new());
    assert_eq!(codes(&act(world, Who::Leader, "surveyRespond", "", says(noor, 4)).await), ["NOT_FOUND"]);
    let seen = ask(world, Who::Guardian, OWN, json!({ "id": id })).await;
    let answer = json!([{ "choices": [], "score": 5, "text": null }]);
    assert_eq!(seen["node"]["viewerResponses"], json!([{ "student": { "displayName": "Noor" }, "answers": answer }]));

    let db = world.app.db.read(&system(world)).await.unwrap();
    let today = system(world).on;
    let yesterday = today - Days::new(1);
    let asked = [(noor, today), (noor, yesterday), (families[0].1, today)];
    let latest = pulses::latest(&db, &system(world), &asked).await.unwrap();
    let of_noor = &latest[&(noor, today)];
    let scores: Vec<_> = of_noor.guardians.iter().map(|(person, score)| (*person, score.value)).collect();
    assert_eq!(scores, [(ours.guardians[0].person, 5)]);
    assert_eq!((of_noor.teacher.map(|score| score.value), latest.len()), (Some(4), 1));
    let rows = survey_answer::Entity::within(&world.standing(Who::Leader).await.scope).all(&db).await.unwrap();
    assert!(rows.iter().all(|row| row.survey_id.to_string() != id), "nobody reads what somebody else answered");
    drop(db);

    for (family, child) in &families {
        done_by(world, family.account, "surveyRespond", "", says(*child, 3)).await;
    }
    assert_eq!(ask(world, Who::Leader, RESULTS, json!({ "id": id })).await["node"]["results"], Value::Null);
    closed(world, &id).await;
    let seen = ask(world, Who::Leader, RESULTS, json!({ "id": id })).await;
    let results = &seen["node"]["results"];
    assert_eq!((&results["responseCount"], &results["questions"][0]["counts"][2]["count"]), (&json!(11), &json!(10)));
    assert_eq!(seen["node"]["staffResults"], Value::Null);
    for who in [Who::Director, Who::Admin] {
        assert_eq!(&ask(world, who, RESULTS, json!({ "id": id })).await["node"]["results"], results, "{}", who.name());
    }
    assert_eq!(ask(world, Who::Teacher, RESULTS, json!({ "id": id })).await["node"]["results"], Value::Null);
}

async fn who_teaches_the_own_child_answers_as_its_guardian(world: &World) {
    let ours = &world.ours;
    let finn = world
        .sow(ours, async |sower| {
            let finn = sower.pupil("Finn", ours.schools[0], ours.groups[0]).await;
            sower.parent_of(ours.teacher.person, finn, GuardianAccess::Full).await;
            finn
        })
        .await;
    let pulse = json!({ "kind": "PULSE", "title": "Vertrouwen", "questions": [{ "kind": "SCALE", "text": "Vertrouwt u ons?", "isRequired": true }] });
    let (id, questions) = opened(world, pulse).await;
    let input = json!({ "survey": id, "student": finn, "answers": [{ "question": questions[0], "score": 5 }] });
    assert_eq!(codes(&act(world, Who::Teacher, "surveyRespond", "", input).await), Vec::<&str>::new());
    let db = world.app.db.read(&system(world)).await.unwrap();
    let asked = (finn, system(world).on);
    let latest = pulses::latest(&db, &system(world), &[asked]).await.unwrap();
    assert_eq!((latest[&asked].guardians.len(), latest[&asked].teacher), (1, None));
}

async fn everything_that_is_wrong_with_a_survey_is_told_at_once(world: &World) {
    let input = json!({
        "kind": "PULSE", "isAnonymous": true, "title": "", "closesAt": "2001-01-01T00:00:00Z",
        "audience": { "include": [] },
        "questions": [{ "kind": "SINGLE", "text": "", "options": ["Ja"] }],
    });
    let refused = act(world, Who::Leader, "surveyCreate", "", input).await;
    let problem = |code: &str, field: &[&str]| json!({ "code": code, "field": field });
    let expected = json!([
        problem("REQUIRED", &["audience", "include"]),
        problem("INVALID", &["isAnonymous"]),
        problem("INVALID", &["closesAt"]),
        problem("REQUIRED", &["title"]),
        problem("INVALID", &["questions"]),
        problem("REQUIRED", &["questions", "0", "text"]),
        problem("INVALID", &["questions", "0", "options"]),
    ]);
    assert_eq!(refused["userErrors"], expected);
}

async fn a_draft_is_changed_and_what_is_open_is_not(world: &World) {
    let ours = &world.ours;
    let input = json!({
        "title": "Reis", "closesAt": world.app.clock.now() + TimeDelta::days(7), "intro": "Hallo",
        "audience": { "include": [ours.groups[0]] }, "questions": [{ "kind": "TEXT", "text": "Waarheen?" }],
        "clientMutationId": "made",
    });
    let fields = "survey { id version intro questions { text } viewerCanEdit recipientCount responseCount }";
    let made = act(world, Who::Teacher, "surveyCreate", fields, input.clone()).await;
    assert_eq!(act(world, Who::Teacher, "surveyCreate", fields, input).await, made);
    let id = &made["survey"]["id"];
    assert_eq!(made["survey"]["recipientCount"], Value::Null);
    assert_eq!(ask(world, Who::Guardian, OWN, json!({ "id": id })).await["node"], Value::Null);
    let respond = json!({ "survey": id, "answers": [] });
    assert_eq!(codes(&act(world, Who::Teacher, "surveyRespond", "", respond).await), ["FORBIDDEN"]);
    let wanted =
        json!({ "id": id, "intro": null, "questions": [{ "kind": "TEXT", "text": "Hoe laat?" }], "ifVersion": 1 });
    let changed = act(world, Who::Leader, "surveyUpdate", fields, wanted.clone()).await;
    let survey = &changed["survey"];
    assert_eq!((&survey["version"], &survey["intro"]), (&json!(2), &Value::Null));
    assert_eq!((&survey["questions"], &survey["viewerCanEdit"]), (&json!([{ "text": "Hoe laat?" }]), &json!(true)));
    assert_eq!(codes(&act(world, Who::Teacher, "surveyUpdate", "", wanted).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Teacher, "surveyClose", "", json!({ "id": id })).await), ["CONFLICT"]);
    let opened = act(world, Who::Teacher, "surveyOpen", fields, json!({ "id": id })).await;
    assert_eq!((&opened["survey"]["recipientCount"], &opened["survey"]["version"]), (&json!(1), &json!(3)));
    assert_eq!(act(world, Who::Teacher, "surveyOpen", fields, json!({ "id": id })).await, opened);
    assert_eq!(
        codes(&act(world, Who::Teacher, "surveyUpdate", "", json!({ "id": id, "title": "X" })).await),
        ["CONFLICT"]
    );
}

async fn who_will_see_it_stands_beside_the_questions(world: &World) {
    let document = "query($id: ID!) { node(id: $id) { ... on Survey { seenBy english: seenBy(locale: \"en\") } } }";
    let (id, _) = opened(world, json!({ "isAnonymous": true })).await;
    let seen = ask(world, Who::Guardian, document, json!({ "id": id })).await;
    assert!(seen["node"]["seenBy"].as_str().unwrap().starts_with("Anoniem: "), "{seen}");
    assert!(seen["node"]["english"].as_str().unwrap().starts_with("Anonymous: "), "{seen}");
}

async fn a_list_takes_as_many_statements_as_one(world: &World) {
    let document = "query($first: Int) { surveys(first: $first) { nodes { title status author { displayName } questions { text }
        concerns { displayName } viewerHasResponded viewerResponses { answers { text question { text } } } audience { __typename }
        recipientCount responseCount results { responseCount } viewerCanEdit } } }";
    for _ in 0..3 {
        opened(world, json!({})).await;
    }
    let list = ask(
        world,
        Who::Guardian,
        "{ surveys(filter: { status: OPEN, isAddressedToViewer: true }) { totalCount } }",
        Value::Null,
    )
    .await;
    assert_eq!(list["surveys"]["totalCount"], 4);
    for who in [Who::Guardian, Who::Leader, Who::Admin] {
        let some = statements(world, who, document, json!({ "first": 4 })).await;
        let one = statements(world, who, document, json!({ "first": 1 })).await;
        assert!(some <= one + 1, "{}: {one} for one, {some} for four", who.name());
    }
    let other =
        asked_by(world, world.theirs.guardians[0].account, "{ surveys { nodes { title } } }", Value::Null).await;
    assert_eq!(other["surveys"]["nodes"].as_array().map(Vec::len), Some(1));
}

on_each_database!(
    an_anonymous_answer_is_nobodys,
    an_anonymous_answer_is_written_among_others,
    texts_are_read_by_the_page,
    an_answer_with_a_name_is_changed_as_long_as_it_is_open,
    only_whom_it_reached_answers,
    a_pulse_is_about_each_child_and_no_teacher_sees_who_said_what,
    who_teaches_the_own_child_answers_as_its_guardian,
    everything_that_is_wrong_with_a_survey_is_told_at_once,
    a_draft_is_changed_and_what_is_open_is_not,
    who_will_see_it_stands_beside_the_questions,
    a_list_takes_as_many_statements_as_one,
);
