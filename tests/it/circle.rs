//! What a school does with a lesson: how far it is, what is coming up, who follows it, and a phone that sends twice.

use std::time::Duration;

use chrono::TimeDelta;
use glans::practice::progress::actions::At;
use glans::practice::progress::store as progress;
use glans_entity::platform::outbox;
use glans_entity::practice::{LessonStatus, lesson_progress};
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, statements};
use crate::realtime::Follower;

const PLACE: &str = "query($id: ID!) { node(id: $id) { ... on SchoolCohort { completedLessons totalLessons
    nextLesson { title } lessons { status overdue dueAt taughtAt teamSessions { status } } } } }";

/// The lesson at the first school, as `who` sees it.
async fn lesson(world: &World, who: Who) -> Value {
    let mut seen = ask(world, who, PLACE, json!({ "id": world.ours.school_cohorts[0] })).await;
    seen["node"]["lessons"][0].take()
}

/// What a plan, a record or a mark needs.
fn about(world: &World, more: &Value) -> Value {
    let mut input = json!({ "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A session that was an hour ago.
fn just_now(world: &World) -> Value {
    let starts = world.app.clock.now() - TimeDelta::hours(2);
    about(world, &json!({ "startsAt": starts, "endsAt": starts + TimeDelta::hours(1) }))
}

/// A held session of the first school.
async fn taught(world: &World) -> Value {
    for session in [world.ours.sessions[0].to_string()] {
        let cancelled = act(world, Who::Leader, "teamSessionCancel", "", json!({ "id": session })).await;
        assert_eq!(codes(&cancelled), Vec::<&str>::new());
    }
    let planned = act(world, Who::Leader, "teamSessionPlan", "teamSession { id }", just_now(world)).await;
    assert_eq!(codes(&planned), Vec::<&str>::new());
    let present = json!([{ "person": world.ours.teacher.person, "status": "PRESENT" }]);
    let input = json!({ "id": planned["teamSession"]["id"], "attendance": present });
    let mut held = act(world, Who::Leader, "teamSessionRecord", "teamSession { id status version }", input).await;
    assert_eq!(codes(&held), Vec::<&str>::new());
    held["teamSession"].take()
}

/// How often it was told that a lesson is taught.
async fn told_as_taught(world: &World) -> u64 {
    let db = world.writing().await;
    let told = outbox::Entity::find().filter(outbox::Column::Kind.eq("lesson.taught")).count(&db).await.unwrap();
    world.written(db).await;
    told
}

async fn that_a_lesson_is_taught_is_told_once_though_an_experience_came_first(world: &World) {
    taught(world).await;
    assert_eq!(lesson(world, Who::Leader).await["status"], "REFLECTED");
    assert_eq!(told_as_taught(world).await, 1);
    let again = about(world, &json!({ "reason": "Nog eens." }));
    assert_eq!(codes(&act(world, Who::Trainer, "lessonReopen", "", again).await), Vec::<&str>::new());
    assert_eq!(lesson(world, Who::Leader).await["status"], "TAUGHT");
    assert_eq!(told_as_taught(world).await, 1, "it only fell back");
}

async fn a_session_without_a_record_of_preparation_counts_all_the_same(world: &World) {
    assert_eq!(lesson(world, Who::Teacher).await["status"], "NOT_STARTED");
    taught(world).await;
    // The experience of the leader stood there before.
    assert_eq!(lesson(world, Who::Teacher).await["status"], "REFLECTED");
    let seen = ask(world, Who::Leader, PLACE, json!({ "id": world.ours.school_cohorts[0] })).await["node"].take();
    assert_eq!(
        (&seen["completedLessons"], &seen["totalLessons"], &seen["nextLesson"]),
        (&json!(1), &json!(1), &Value::Null)
    );
}

async fn a_lesson_is_skipped_and_taken_up_again_for_a_reason(world: &World) {
    let reason = |reason: &str| about(world, &json!({ "reason": reason }));
    assert_eq!(codes(&act(world, Who::Trainer, "lessonReopen", "", reason("Te vroeg.")).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Trainer, "lessonSkip", "", reason(" ")).await), ["REQUIRED"]);
    let skipped =
        act(world, Who::Trainer, "lessonSkip", "progress { status skippedReason }", reason("Verhuisd.")).await;
    assert_eq!(skipped["progress"], json!({ "status": "SKIPPED", "skippedReason": "Verhuisd." }));
    let again = act(world, Who::Director, "lessonSkip", "progress { skippedReason }", reason("Anders.")).await;
    assert_eq!(again["progress"]["skippedReason"], "Verhuisd.");
    let opened = act(world, Who::Trainer, "lessonReopen", "progress { status }", reason("Toch wel.")).await;
    assert_eq!(opened["progress"]["status"], "NOT_STARTED");
    taught(world).await;
    // What was shared before it was taken up again belongs to the time before.
    assert_eq!(lesson(world, Who::Leader).await["status"], "TAUGHT");
}

async fn a_session_after_the_next_meeting_is_late(world: &World) {
    let session = world.ours.sessions[0].to_string();
    let late = async || {
        let seen = "query($id: ID!) { node(id: $id) { ... on TeamSession { isLate } } }";
        ask(world, Who::Leader, seen, json!({ "id": session })).await["node"]["isLate"].take()
    };
    assert_eq!(late().await, false, "no next meeting is planned");
    let at = |days| world.app.clock.now() + TimeDelta::days(days);
    let next = json!({ "cohort": world.ours.cohorts[0], "reviews": [world.ours.published.lesson], "prepares": [],
        "startsAt": at(12), "endsAt": at(12) + TimeDelta::hours(2) });
    assert_eq!(codes(&act(world, Who::Trainer, "meetingPlan", "", next).await), Vec::<&str>::new());
    assert_eq!(late().await, true);
    let moved = json!({ "id": session, "startsAt": at(11), "endsAt": at(11) + TimeDelta::hours(1) });
    act(world, Who::Leader, "teamSessionUpdate", "", moved).await;
    assert_eq!(late().await, false, "close to it, and before it");
    let moved = json!({ "id": session, "startsAt": at(13), "endsAt": at(13) + TimeDelta::hours(1) });
    act(world, Who::Leader, "teamSessionUpdate", "", moved).await;
    assert_eq!(late().await, true);
    act(world, Who::Leader, "teamSessionCancel", "", json!({ "id": session })).await;
    assert_eq!(late().await, false);
}

async fn a_grid_takes_as_many_statements_as_one_school(world: &World) {
    let grid = "query($id: ID!) { cohort(id: $id) { schools { school { name } leader { displayName } completedLessons
        nextLesson { title } lessons { lesson { title } status overdue skippedReason teamSessions { status
        attendance { status person { displayName } } } } } } }";
    let asked = json!({ "id": world.ours.cohorts[0] });
    // The course is read once per process.
    ask(world, Who::Admin, grid, asked.clone()).await;
    let one = statements(world, Who::Admin, grid, asked.clone()).await;
    let input = json!({ "cohort": world.ours.cohorts[0], "school": world.ours.schools[1] });
    assert_eq!(codes(&act(world, Who::Admin, "cohortSchoolAdd", "", input).await), Vec::<&str>::new());
    assert_eq!(ask(world, Who::Admin, grid, asked.clone()).await["cohort"]["schools"].as_array().unwrap().len(), 2);
    assert_eq!(statements(world, Who::Admin, grid, asked).await, one);
}

async fn what_is_coming_up_is_answered(world: &World) {
    let coming = "{ upcoming { __typename ... on Meeting { id } ... on TeamSession { id } } }";
    let ids = async |who: Who| {
        let seen = ask(world, who, coming, Value::Null).await;
        seen["upcoming"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (meeting, session) = (world.ours.meetings[0].to_string(), world.ours.sessions[0].to_string());
    assert_eq!(ids(Who::Leader).await, [meeting.clone(), session.clone()]);
    assert_eq!(ids(Who::Trainer).await, [meeting.as_str()]);
    assert_eq!(ids(Who::Teacher).await, [session.as_str()]);
    for nobody in [Who::Director, Who::Admin, Who::Guardian] {
        assert_eq!(ids(nobody).await, Vec::<String>::new(), "{}", nobody.name());
    }

    let answer = |occasion: &str, answer: &str| json!({ "occasion": occasion, "answer": answer });
    let fields = "occasion { ... on Meeting { attendance { status person { givenName } } }
        ... on TeamSession { attendance { status person { givenName } } } }";
    let accepted = act(world, Who::Leader, "occasionRespond", fields, answer(&meeting, "ACCEPTED")).await;
    assert_eq!(
        accepted["occasion"]["attendance"],
        json!([{ "status": "ACCEPTED", "person": { "givenName": "Marieke" } }])
    );
    let declined = act(world, Who::Leader, "occasionRespond", fields, answer(&meeting, "DECLINED")).await;
    assert_eq!(declined["occasion"]["attendance"][0]["status"], "DECLINED");
    let teacher = act(world, Who::Teacher, "occasionRespond", fields, answer(&session, "ACCEPTED")).await;
    assert_eq!(
        teacher["occasion"]["attendance"],
        json!([{ "status": "ACCEPTED", "person": { "givenName": "Tarik" } }])
    );
    // A trainer holds the meeting, and a leader gives the session; a teacher sees no meeting.
    for (who, occasion, code) in [
        (Who::Trainer, &meeting, "FORBIDDEN"),
        (Who::Director, &meeting, "FORBIDDEN"),
        (Who::Leader, &session, "FORBIDDEN"),
        (Who::Teacher, &meeting, "NOT_FOUND"),
    ] {
        assert_eq!(codes(&act(world, who, "occasionRespond", "", answer(occasion, "ACCEPTED")).await), [code]);
    }
    world.app.clock.turn(TimeDelta::days(30));
    assert_eq!(ids(Who::Leader).await, Vec::<String>::new());
    assert_eq!(
        codes(&act(world, Who::Leader, "occasionRespond", "", answer(&meeting, "ACCEPTED")).await),
        ["CONFLICT"]
    );
}

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

/// A request that a phone gives up at a random moment, and sends again until it is answered.
async fn sends(world: &World, dice: &mut StdRng, name: &str, fields: &str, input: Value) -> Value {
    for _ in 0..dice.random_range(0..3) {
        let patience = Duration::from_micros(dice.random_range(0..8_000));
        let _ = tokio::time::timeout(patience, act(world, Who::Leader, name, fields, input.clone())).await;
    }
    loop {
        let answer = act(world, Who::Leader, name, fields, input.clone()).await;
        // The first attempt may still be at work.
        if codes(&answer) != ["IDEMPOTENCY_IN_PROGRESS"] {
            assert_eq!(codes(&answer), Vec::<&str>::new(), "{name} {input}");
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn what_a_phone_sends_again_has_one_effect(world: &World) {
    let session = taught(world).await["id"].clone();
    let mut dice = StdRng::seed_from_u64(2_026);
    let mut texts = Vec::new();
    for run in 0..500 {
        let key = format!("queue-{run}");
        match run % 4 {
            0 => {
                texts.push(format!("Ervaring {run}"));
                let input =
                    about(world, &json!({ "kind": "TIP", "text": format!("Ervaring {run}"), "clientMutationId": key }));
                sends(world, &mut dice, "experienceShare", "experience { id }", input).await;
            }
            1 => {
                let state = ["STARTED", "COMPLETED"][dice.random_range(0..2)];
                let input =
                    json!({ "material": world.ours.published.material, "state": state, "clientMutationId": key });
                let set = sends(world, &mut dice, "materialStateSet", "material { viewerState }", input).await;
                assert_eq!(set["material"]["viewerState"], state);
            }
            2 => {
                let presence = ["PRESENT", "ABSENT"][dice.random_range(0..2)];
                let attendance = json!([{ "person": world.ours.teacher.person, "status": presence }]);
                let input = json!({ "id": session, "attendance": attendance, "clientMutationId": key });
                let before = version(world, &session).await;
                sends(world, &mut dice, "teamSessionRecord", "teamSession { version }", input).await;
                assert_eq!(version(world, &session).await, before + 1);
            }
            _ => {
                let mut input = just_now(world);
                input["clientMutationId"] = json!(key);
                let id =
                    sends(world, &mut dice, "teamSessionPlan", "teamSession { id }", input).await["teamSession"]["id"]
                        .take();
                let attendance = json!([{ "person": world.ours.teacher.person, "status": "PRESENT" }]);
                let input = json!({ "id": id, "attendance": attendance, "clientMutationId": format!("held-{run}") });
                sends(world, &mut dice, "teamSessionRecord", "teamSession { version }", input).await;
                assert_eq!(version(world, &id).await, 2);
            }
        }
    }
    let all = "query($id: ID!) { node(id: $id) { ... on SchoolCohort { lessons { teamSessions { status experiences { text } } } } } }";
    let seen = ask(world, Who::Leader, all, json!({ "id": world.ours.school_cohorts[0] })).await;
    let sessions = seen["node"]["lessons"][0]["teamSessions"].as_array().unwrap();
    assert_eq!(sessions.iter().filter(|session| session["status"] == "HELD").count(), 1 + 125);
    let shared = sessions[0]["experiences"].as_array().unwrap();
    let mut shared: Vec<&str> = shared.iter().map(|it| it["text"].as_str().unwrap()).collect();
    shared.retain(|text| text.starts_with("Ervaring"));
    assert_eq!(shared, texts);
}

async fn version(world: &World, session: &Value) -> i64 {
    let query = "query($id: ID!) { node(id: $id) { ... on TeamSession { version } } }";
    ask(world, Who::Leader, query, json!({ "id": session })).await["node"]["version"].as_i64().unwrap()
}

const FOLLOWED: &str =
    "subscription($cohort: ID!, $after: String) { lessonProgressChanged(cohort: $cohort, after: $after) {
    cursor progress { status lesson { title } schoolCohort { school { name } } } } }";

async fn who_follows_a_cohort_hears_every_change_in_order_and_after_a_pause(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let variables = |after: Value| json!({ "cohort": world.ours.cohorts[0], "after": after });
    for kind in ["ws", "sse"] {
        let reason = || about(world, &json!({ "reason": "Zomaar." }));
        let Some(mut follower) = Follower::start(kind, &leader, FOLLOWED, &variables(Value::Null)) else { return };
        let begun = follower.event("lessonProgressChanged").await;
        assert_eq!(begun["progress"], Value::Null, "{kind}");
        act(world, Who::Trainer, "lessonSkip", "", reason()).await;
        act(world, Who::Trainer, "lessonReopen", "", reason()).await;
        let (first, second) =
            (follower.event("lessonProgressChanged").await, follower.event("lessonProgressChanged").await);
        let status = |event: &Value| event["progress"]["status"].as_str().unwrap_or_default().to_owned();
        assert_eq!((status(&first), status(&second)), ("SKIPPED".into(), "NOT_STARTED".into()), "{kind}");
        drop(follower);
        act(world, Who::Trainer, "lessonSkip", "", reason()).await;
        act(world, Who::Trainer, "lessonReopen", "", reason()).await;
        // From the first cursor on: the last three, each once.
        let after = variables(first["cursor"].clone());
        let Some(mut follower) = Follower::start(kind, &leader, FOLLOWED, &after) else { return };
        assert_eq!(follower.event("lessonProgressChanged").await["progress"], Value::Null);
        let mut heard = Vec::new();
        for _ in 0..3 {
            heard.push(status(&follower.event("lessonProgressChanged").await));
        }
        assert_eq!(heard, ["NOT_STARTED", "SKIPPED", "NOT_STARTED"], "{kind}");
    }
}

async fn who_may_see_a_cohort_no_longer_hears_nothing_more(world: &World) {
    let teacher = world.actor(Who::Teacher).await;
    let variables = json!({ "cohort": world.ours.cohorts[0] });
    let Some(mut follower) = Follower::start("ws", &teacher, FOLLOWED, &variables) else { return };
    follower.event("lessonProgressChanged").await;
    act(world, Who::Leader, "membershipRevoke", "", json!({ "id": world.ours.memberships[0] })).await;
    act(world, Who::Trainer, "lessonSkip", "", about(world, &json!({ "reason": "Zomaar." }))).await;
    let line = follower.line().await;
    assert!(!line.contains("SKIPPED") && line.contains("NOT_FOUND"), "{line}");
}

async fn an_old_or_strange_cursor_is_told_apart(world: &World) {
    let begun = ask(world, Who::Leader, FOLLOWED, json!({ "cohort": world.ours.cohorts[0] })).await;
    let cursor = begun["lessonProgressChanged"]["cursor"].clone();
    let standing = world.standing(Who::Leader).await;
    let code = async |after: Value| {
        let variables = json!({ "cohort": world.ours.cohorts[0], "after": after });
        let answer = world.execute(&standing, FOLLOWED, variables).await;
        answer.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(code(json!("abc")).await, "BAD_CURSOR");
    assert_eq!(code(cursor.clone()).await, "");
    world.app.clock.turn(TimeDelta::days(8));
    assert_eq!(code(cursor).await, "RESYNC_REQUIRED");
}

on_each_database!(
    a_session_without_a_record_of_preparation_counts_all_the_same,
    that_a_lesson_is_taught_is_told_once_though_an_experience_came_first,
    a_lesson_is_skipped_and_taken_up_again_for_a_reason,
    a_session_after_the_next_meeting_is_late,
    a_grid_takes_as_many_statements_as_one_school,
    what_is_coming_up_is_answered,
    what_is_stored_is_what_the_history_tells,
    what_a_phone_sends_again_has_one_effect,
    who_follows_a_cohort_hears_every_change_in_order_and_after_a_pause,
    who_may_see_a_cohort_no_longer_hears_nothing_more,
    an_old_or_strange_cursor_is_told_apart,
);
