//! Nobody learns who gave an anonymous answer.

use chrono::NaiveTime;
use glans_entity::engagement::{recipient, survey_answer, survey_response};
use glans_entity::ids::SurveyId;
use glans_entity::platform::change;
use glans_entity::scope::Scoped;
use glans_tests::{Engine, Who, World, on_each_database};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, PaginatorTrait, QueryFilter, Statement};
use serde_json::{Value, json};

use super::{RESULTS, answers, closed, families, opened};
use crate::announcements::done_by;
use crate::ask::{act, ask, codes};

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

    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let survey: SurveyId = id.as_str().unwrap().parse().unwrap();
    let rows = survey_response::Entity::within(&world.everywhere())
        .filter(survey_response::Column::SurveyId.eq(survey))
        .all(&db)
        .await
        .unwrap();
    let [row] = &rows[..] else { panic!("one response: {rows:?}") };
    assert_eq!((row.person_id, row.student_id, row.submitted_at), (None, None, None));
    assert_eq!(row.id.0.get_version_num(), 4);
    let took_part = recipient::Entity::within(&world.everywhere())
        .filter(recipient::Column::ItemId.eq(survey.0))
        .filter(recipient::Column::PersonId.eq(world.ours.guardians[0].person))
        .one(&db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(took_part.acknowledged_at.unwrap().time(), NaiveTime::MIN);
    // The log for the phones does not say when either.
    let told = change::Entity::within(&world.everywhere())
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
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let responses = survey_response::Entity::within(&world.everywhere())
        .filter(survey_response::Column::SurveyId.eq(survey))
        .all(&db)
        .await
        .unwrap();
    let rows = survey_answer::Entity::within(&world.everywhere())
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

on_each_database!(an_anonymous_answer_is_nobodys, an_anonymous_answer_is_written_among_others);
