//! What happened at random, and what is stored of it.

use chrono::TimeDelta;
use glans::practice::progress::actions::At;
use glans::practice::progress::store as progress;
use glans_entity::practice::{LessonStatus, lesson_progress};
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;

use super::about;
use crate::ask::act;

/// What the table says that is more than nothing, and what the history tells.
async fn must_agree(world: &World, seed: u64) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&scope).await.unwrap();
    let at = At::Cohort(world.ours.cohorts[0]);
    let key = |row: &lesson_progress::Model| (row.cohort_school_id, row.lesson_id);
    let says_something = |row: &lesson_progress::Model| row.status != LessonStatus::NotStarted || row.due_at.is_some();
    let mut told = progress::history(&db, &scope, at).await.unwrap().progress();
    let mut stored = progress::stored(&db, &scope, at).await.unwrap();
    for rows in [&mut told, &mut stored] {
        rows.retain(says_something);
        rows.sort_by_key(key);
    }
    assert_eq!(told, stored, "seed {seed}");
}

/// One act at random; what is not allowed at that moment is refused and changes nothing.
async fn something_happens(world: &World, dice: &mut StdRng, made: &mut Vec<String>) {
    let (now, lesson) = (world.app.clock.now(), world.ours.published.lesson);
    let starts = now + TimeDelta::days(dice.random_range(-20..20));
    let times = json!({ "startsAt": starts, "endsAt": starts + TimeDelta::hours(2) });
    let any = |dice: &mut StdRng, made: &[String]| made[dice.random_range(0..made.len())].clone();
    let presence = ["PRESENT", "ABSENT", "CAUGHT_UP"][dice.random_range(0..3)];
    let entry = |person: String| json!([{ "person": person, "status": presence }]);
    let (leader, teacher) = (world.ours.leader.person.to_string(), world.ours.teacher.person.to_string());
    let (who, name, fields, input) = match dice.random_range(0..11) {
        0 => {
            let lists = if dice.random() { ("prepares", "reviews") } else { ("reviews", "prepares") };
            let mut input = json!({ "cohort": world.ours.cohorts[0], lists.0: [lesson], lists.1: [] });
            input.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
            (Who::Trainer, "meetingPlan", "meeting { id }", input)
        }
        1 => (Who::Trainer, "meetingUpdate", "", json!({ "id": any(dice, made), "startsAt": starts })),
        2 => (Who::Trainer, "meetingCancel", "", json!({ "id": any(dice, made) })),
        3 => (Who::Leader, "teamSessionPlan", "teamSession { id }", about(world, &times)),
        4 => (Who::Leader, "teamSessionUpdate", "", json!({ "id": any(dice, made), "startsAt": starts })),
        5 => (Who::Leader, "teamSessionCancel", "", json!({ "id": any(dice, made) })),
        6 => (Who::Leader, "teamSessionRecord", "", json!({ "id": any(dice, made), "attendance": entry(teacher) })),
        7 => {
            let visibility = ["SCHOOL", "COHORT", "BOARD"][dice.random_range(0..3)];
            let input = about(world, &json!({ "kind": "TIP", "text": "Bel even.", "visibility": visibility }));
            (Who::Teacher, "experienceShare", "experience { id }", input)
        }
        8 => (Who::Teacher, "experienceUpdate", "", json!({ "id": any(dice, made), "visibility": "COHORT" })),
        9 => {
            let discussed: Vec<_> = made.iter().filter(|id| id.starts_with("experience_")).take(2).collect();
            let input = json!({ "id": any(dice, made), "attendance": entry(leader), "discussed": discussed });
            (Who::Trainer, "meetingRecord", "", input)
        }
        _ => {
            let name = if dice.random() { "lessonSkip" } else { "lessonReopen" };
            (Who::Trainer, name, "", about(world, &json!({ "reason": "Zomaar." })))
        }
    };
    let done = act(world, who, name, fields, input).await;
    let id = ["meeting", "teamSession", "experience"].iter().find_map(|field| done[*field]["id"].as_str());
    made.extend(id.map(str::to_owned));
}

async fn what_is_stored_is_what_the_history_tells(world: &World) {
    for seed in 0..4 {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut made = vec![world.ours.meetings[0].to_string(), world.ours.sessions[0].to_string()];
        // The rows of the seed were not told by the program.
        act(world, Who::Trainer, "meetingUpdate", "", json!({ "id": made[0], "location": "Aula" })).await;
        for _ in 0..25 {
            something_happens(world, &mut dice, &mut made).await;
            must_agree(world, seed).await;
        }
    }
}

on_each_database!(what_is_stored_is_what_the_history_tells);
