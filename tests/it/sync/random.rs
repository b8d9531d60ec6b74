//! Whatever happens, in whatever order, and whenever a phone pulls: it ends with what its owner may see, and nothing else.

use chrono::TimeDelta;
use glans::programme::import;
use glans_entity::people::{GuardianAccess, Role, enrolment, guardianship, membership, student};
use glans_tests::{Who, World, on_each_database};
use rand::rngs::StdRng;
use rand::seq::{IndexedMutRandom, IndexedRandom};
use rand::{Rng, SeedableRng};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::phone::{Phone, writes};
use crate::ask::act;

const OWNERS: [Who; 7] =
    [Who::Admin, Who::Director, Who::Leader, Who::Teacher, Who::Trainer, Who::Guardian, Who::Distant];
const STEPS: u32 = 60;

/// What was made on the way and can be acted on.
#[derive(Default)]
struct Made {
    meetings: Vec<Value>,
    sessions: Vec<Value>,
    experiences: Vec<Value>,
    editions: usize,
}

/// An act that a random person tries; a refusal is as good as any other outcome.
async fn somebody_acts(world: &World, dice: &mut StdRng, made: &mut Made) {
    let what = dice.random_range(0..13);
    // Mostly somebody who may.
    let who = match what {
        _ if dice.random_bool(0.2) => *OWNERS.choose(dice).unwrap(),
        0 | 1 | 7 | 8 => Who::Trainer,
        2..=6 => *[Who::Leader, Who::Teacher].choose(dice).unwrap(),
        _ => Who::Admin,
    };
    let at = dice.random_range(0..2_usize);
    let (school, cohort) = (world.ours.schools[at], world.ours.cohorts[dice.random_range(0..2_usize)]);
    let lesson = world.ours.published.lesson;
    let starts = world.app.clock.now() + TimeDelta::hours(dice.random_range(-200..200));
    let hours = json!({ "startsAt": starts, "endsAt": starts + TimeDelta::hours(2) });
    let about = json!({ "schoolCohort": world.ours.school_cohorts[at], "lesson": lesson });
    let with = |mut one: Value, other: Value| {
        one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        one
    };
    let any = |dice: &mut StdRng, of: &[Value]| of.choose(dice).cloned().unwrap_or(Value::from("meeting_0"));
    let visibility = *["SCHOOL", "COHORT", "BOARD"].choose(dice).unwrap();
    match what {
        0 => {
            let input = with(json!({ "cohort": cohort, "prepares": [lesson] }), hours);
            let done = act(world, who, "meetingPlan", "meeting { id }", input).await;
            made.meetings.extend(done["meeting"].get("id").cloned());
        }
        1 => _ = act(world, who, "meetingCancel", "", json!({ "id": any(dice, &made.meetings) })).await,
        2 => {
            let done = act(world, who, "teamSessionPlan", "teamSession { id }", with(about, hours)).await;
            made.sessions.extend(done["teamSession"].get("id").cloned());
        }
        3 => {
            let present = json!([{ "person": world.ours.teacher.person, "status": "PRESENT" }]);
            let input = json!({ "id": any(dice, &made.sessions), "attendance": present });
            act(world, who, "teamSessionRecord", "", input).await;
        }
        4 => {
            let input = with(about, json!({ "kind": "TIP", "text": "Bel even.", "visibility": visibility }));
            let done = act(world, who, "experienceShare", "experience { id }", input).await;
            made.experiences.extend(done["experience"].get("id").cloned());
        }
        5 => {
            let input = json!({ "id": any(dice, &made.experiences), "visibility": visibility });
            act(world, who, "experienceUpdate", "", input).await;
        }
        6 => {
            let input = json!({ "experience": any(dice, &made.experiences), "text": "Dat proberen wij ook." });
            act(world, who, "experienceComment", "", input).await;
        }
        7 => {
            let name = *["lessonSkip", "lessonReopen"].choose(dice).unwrap();
            act(world, who, name, "", with(about, json!({ "reason": "Zomaar." }))).await;
        }
        8 => {
            let name = *["cohortSchoolAdd", "cohortSchoolRemove"].choose(dice).unwrap();
            act(world, who, name, "", json!({ "cohort": cohort, "school": school })).await;
        }
        9 => {
            let cluster = world.ours.clusters[dice.random_range(0..2_usize)];
            act(world, who, "schoolMove", "", json!({ "id": school, "cluster": cluster })).await;
        }
        10 => {
            let city = format!("Stad {}", dice.random_range(0..100));
            act(world, who, "schoolUpdate", "", json!({ "id": school, "city": city })).await;
        }
        11 => {
            let role = *["TEACHER", "SCHOOL_LEADER", "TRAINER"].choose(dice).unwrap();
            let scope = match role {
                "TEACHER" => json!(world.ours.groups[at]),
                "SCHOOL_LEADER" => json!(school),
                _ => json!(cohort),
            };
            let person = [world.ours.teacher, world.ours.leader, world.ours.trainer].choose(dice).unwrap().person;
            let input = json!({ "person": person, "role": role, "scope": scope });
            act(world, Who::Admin, "membershipGrant", "", input).await;
        }
        _ => {
            made.editions += 1;
            let document = format!(
                "{{key: willekeur, languages: [nl], title: Willekeur, summary: Kort, years: [{{title: Een, modules: [{{title: Een,
                goal: Doel, lessons: [{{key: een, title: Les {}, durationMinutes: 30, objectives: [Doel], theory: Tekst,
                practicalTips: [], materials: []}}]}}]}}]}}",
                made.editions
            );
            let published = dice.random_bool(0.5);
            import(&world.app, &document, Some(world.ours.id), published).await.unwrap();
        }
    }
}

/// What the office or the calendar does to rights.
async fn rights_change(world: &World, dice: &mut StdRng) {
    let at = dice.random_range(0..2_usize);
    match dice.random_range(0..5) {
        0 => {
            act(world, Who::Admin, "membershipRevoke", "", json!({ "id": world.ours.memberships[at] })).await;
        }
        1 => {
            let access = *[GuardianAccess::None, GuardianAccess::OnRequest, GuardianAccess::Full].choose(dice).unwrap();
            writes(world, async |db| {
                let sets = guardianship::Entity::update_many()
                    .col_expr(guardianship::Column::Access, Expr::value(access))
                    .filter(guardianship::Column::Id.eq(world.ours.guardianships[at]));
                sets.exec(db).await.unwrap();
            })
            .await;
        }
        2 => {
            let to = dice.random_range(0..2_usize);
            writes(world, async |db| {
                let moving = world.ours.students[at];
                let groups = enrolment::Entity::update_many()
                    .col_expr(enrolment::Column::ClassGroupId, Expr::value(world.ours.groups[to].0))
                    .filter(enrolment::Column::StudentId.eq(moving));
                groups.exec(db).await.unwrap();
                let schools = student::Entity::update_many()
                    .col_expr(student::Column::SchoolId, Expr::value(world.ours.schools[to].0))
                    .filter(student::Column::Id.eq(moving));
                schools.exec(db).await.unwrap();
            })
            .await;
        }
        3 => {
            let on = glans::call::today(world.app.clock.now()) + TimeDelta::days(dice.random_range(0..3));
            writes(world, async |db| {
                let ends = membership::Entity::update_many()
                    .col_expr(membership::Column::EndsOn, Expr::value(Some(on)))
                    .filter(membership::Column::Role.eq(Role::Teacher))
                    .filter(membership::Column::PersonId.eq(world.ours.leader.person));
                ends.exec(db).await.unwrap();
            })
            .await;
        }
        _ => {
            world.app.clock.turn(TimeDelta::days(1));
            world.app.standings.forget_all();
        }
    }
}

async fn every_phone_ends_with_the_truth(world: &World) {
    let mut counts = vec![0; 4];
    for seed in 0..6 {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut phones: Vec<Phone> = OWNERS.map(|who| Phone::of(who, dice.random_range(1..40))).into();
        let mut made = Made::default();
        for _ in 0..STEPS {
            if dice.random_bool(0.3) {
                rights_change(world, &mut dice).await;
            } else {
                somebody_acts(world, &mut dice, &mut made).await;
            }
            let phone = phones.choose_mut(&mut dice).unwrap();
            phone.page(world).await;
        }
        for phone in &mut phones {
            phone.agrees(world).await;
        }
        counts = [made.meetings.len(), made.sessions.len(), made.experiences.len(), made.editions]
            .iter()
            .zip(counts)
            .map(|(made, before)| made + before)
            .collect();
    }
    assert!(counts.iter().all(|count| *count > 0), "too little happened: {counts:?}");
}

on_each_database!(every_phone_ends_with_the_truth);
