//! A pulse is about each child.

use chrono::{Days, TimeDelta};
use glans::engagement::surveys::pulses;
use glans_entity::engagement::survey_answer;
use glans_entity::ids::StudentId;
use glans_entity::people::GuardianAccess;
use glans_entity::scope::Scoped;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{OWN, RESULTS, closed, families, opened};
use crate::announcements::done_by;
use crate::ask::{act, ask, codes, refusals};

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

    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let today = world.everywhere().on;
    let yesterday = today - Days::new(1);
    let asked = [(noor, today), (noor, yesterday), (families[0].1, today)];
    let latest = pulses::latest(&db, &world.everywhere(), &asked).await.unwrap();
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
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let asked = (finn, world.everywhere().on);
    let latest = pulses::latest(&db, &world.everywhere(), &[asked]).await.unwrap();
    assert_eq!((latest[&asked].guardians.len(), latest[&asked].teacher), (1, None));
}

on_each_database!(
    a_pulse_is_about_each_child_and_no_teacher_sees_who_said_what,
    who_teaches_the_own_child_answers_as_its_guardian,
);
