//! What a phone is told to wipe.

use std::fmt::Display;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::StudentId;
use glans_entity::people::{GuardianAccess, enrolment, guardianship, membership, student};
use glans_entity::practice::{meeting, meeting_lesson};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::ask::done;
use crate::sync::phone::{Phone, synced, truth, writes};

/// The phone was told to wipe these, as its owner may not see them any more.
fn lost(phone: &mut Phone, ids: &[&dyn Display]) {
    let wiped = phone.wipes();
    for id in ids {
        assert!(wiped.contains(&format!("{id} ACCESS")), "{id} is not among {wiped:?}");
    }
}

/// The role of the teacher ended at that time; at none it goes on.
async fn role_ended(world: &World, at: Option<DateTime<Utc>>) {
    writes(world, async |db| {
        let ends = membership::Entity::update_many()
            .col_expr(membership::Column::EndedAt, Expr::value(at))
            .filter(membership::Column::Id.eq(world.ours.memberships[0]));
        ends.exec(db).await.unwrap();
    })
    .await;
}

async fn what_is_deleted_is_wiped(world: &World) {
    // A child of whom there is no more than a roster makes: with a history it stays.
    let input = json!({
        "school": world.ours.schools[0], "displayName": "Fien", "classGroups": [world.ours.groups[0]],
    });
    let made = done(world, Who::Leader, "studentCreate", "student { id partnership { id } }", input).await;
    let first: StudentId = made["student"]["id"].as_str().unwrap().parse().unwrap();
    let partnership = made["student"]["partnership"]["id"].as_str().unwrap().to_owned();
    let guardian = json!({
        "student": first, "guardian": { "id": world.ours.guardians[0].person }, "relationship": "PARENT",
    });
    let made = done(world, Who::Leader, "guardianshipCreate", "guardianship { id }", guardian).await;
    let guardianship = made["guardianship"]["id"].as_str().unwrap().to_owned();
    let mut phones = [
        synced(world, Who::Leader).await,
        synced(world, Who::Teacher).await,
        synced(world, Who::Admin).await,
        synced(world, Who::Guardian).await,
    ];
    let mut elsewhere = synced(world, Who::Director).await;
    writes(world, async |db| {
        guardianship::Entity::delete_many().filter(guardianship::Column::StudentId.eq(first)).exec(db).await.unwrap();
        enrolment::Entity::delete_many().filter(enrolment::Column::StudentId.eq(first)).exec(db).await.unwrap();
        student::Entity::delete_by_id(first).exec(db).await.unwrap();
    })
    .await;
    for phone in &mut phones {
        phone.agrees(world).await;
        let wiped = phone.wipes();
        let lost = |id: &str| wiped.iter().any(|line| line.starts_with(id));
        assert!(lost(&first.to_string()) && lost(&guardianship), "{}: {wiped:?}", phone.who.name());
        assert_eq!(lost(&partnership), phone.who != Who::Admin, "{}: {wiped:?}", phone.who.name());
    }
    elsewhere.agrees(world).await;
    let mut theirs = Phone::of(Who::Guardian, 500);
    theirs.agrees(world).await;
}

async fn a_teacher_who_loses_the_group_loses_the_children_and_gets_them_back(world: &World) {
    let ours = &world.ours;
    let mut phone = synced(world, Who::Teacher).await;
    let before = phone.holds.len();
    role_ended(world, Some(world.app.clock.now())).await;
    phone.agrees(world).await;
    lost(&mut phone, &[&ours.students[0], &ours.guardianships[0], &ours.id, &ours.published.lesson]);
    role_ended(world, None).await;
    phone.agrees(world).await;
    assert_eq!(phone.holds.len(), before);
}

async fn a_student_who_moves_is_wiped_at_the_old_school(world: &World) {
    let mut leader = synced(world, Who::Leader).await;
    let mut admin = synced(world, Who::Admin).await;
    let [moving, _] = world.ours.students;
    writes(world, async |db| {
        enrolment::Entity::delete_many().filter(enrolment::Column::StudentId.eq(moving)).exec(db).await.unwrap();
        let moves = student::Entity::update_many()
            .col_expr(student::Column::SchoolId, Expr::value(world.ours.schools[1].0))
            .filter(student::Column::Id.eq(moving));
        moves.exec(db).await.unwrap();
    })
    .await;
    leader.agrees(world).await;
    admin.agrees(world).await;
    lost(&mut leader, &[&moving, &world.ours.guardianships[0], &world.ours.guardians[0].person]);
    assert_eq!(admin.wipes().len(), 0);
}

async fn a_child_at_access_none_is_wiped(world: &World) {
    let mut phone = synced(world, Who::Guardian).await;
    let set = async |access: GuardianAccess| {
        writes(world, async |db| {
            let sets = guardianship::Entity::update_many()
                .col_expr(guardianship::Column::Access, Expr::value(access))
                .filter(guardianship::Column::Id.eq(world.ours.guardianships[0]));
            sets.exec(db).await.unwrap();
        })
        .await;
    };
    set(GuardianAccess::None).await;
    phone.agrees(world).await;
    lost(&mut phone, &[&world.ours.students[0]]);
    set(GuardianAccess::Full).await;
    phone.agrees(world).await;
    assert!(phone.holds.contains_key(&world.ours.students[0].to_string()));
}

async fn a_role_that_ends_with_a_day_is_wiped_on_the_next(world: &World) {
    let today = glans::call::today(world.app.clock.now());
    writes(world, async |db| {
        let ends = membership::Entity::update_many()
            .col_expr(membership::Column::EndsOn, Expr::value(today))
            .filter(membership::Column::Id.eq(world.ours.memberships[0]));
        ends.exec(db).await.unwrap();
    })
    .await;
    let mut teacher = synced(world, Who::Teacher).await;
    let mut guardian = synced(world, Who::Guardian).await;
    let mut leader = synced(world, Who::Leader).await;
    world.app.clock.turn(TimeDelta::days(1));
    world.app.standings.forget_all();
    for phone in [&mut teacher, &mut guardian, &mut leader] {
        phone.agrees(world).await;
    }
    lost(&mut teacher, &[&world.ours.students[0]]);
    // The role goes. The teacher with whom the guardian had a conversation stays to be seen with it.
    lost(&mut guardian, &[&world.ours.memberships[0]]);
    assert!(guardian.holds.contains_key(&world.ours.teacher.person.to_string()));
}

async fn a_cohort_that_a_school_leaves_is_wiped(world: &World) {
    let mut phone = synced(world, Who::Leader).await;
    let input = json!({ "cohort": world.ours.cohorts[0], "school": world.ours.schools[0] });
    done(world, Who::Admin, "cohortSchoolRemove", "", input).await;
    phone.agrees(world).await;
    lost(&mut phone, &[&world.ours.cohorts[0], &world.ours.meetings[0]]);
}

async fn a_board_role_of_ones_own_that_ends_is_wiped(world: &World) {
    let input = json!({ "person": world.ours.teacher.person, "role": "TRAINER", "scope": world.ours.id });
    let granted = done(world, Who::Admin, "membershipGrant", "membership { id }", input).await;
    let id = granted["membership"]["id"].as_str().unwrap().to_owned();
    let mut phone = synced(world, Who::Teacher).await;
    assert!(phone.holds.contains_key(&id));
    done(world, Who::Admin, "membershipRevoke", "", json!({ "id": id })).await;
    phone.agrees(world).await;
    lost(&mut phone, &[&id]);
}

async fn rights_that_change_between_two_pages_lose_nothing(world: &World) {
    for at in [1, 3, 6, 10, 15] {
        let mut phone = Phone::of(Who::Teacher, 2);
        for _ in 0..at {
            phone.page(world).await;
        }
        role_ended(world, Some(world.app.clock.now())).await;
        phone.page(world).await;
        role_ended(world, None).await;
        phone.agrees(world).await;
        role_ended(world, Some(world.app.clock.now())).await;
        phone.agrees(world).await;
        role_ended(world, None).await;
    }
}

async fn what_was_lost_in_a_board_before_the_board_was_lost_is_wiped(world: &World) {
    let mut phone = synced(world, Who::Leader).await;
    writes(world, async |db| {
        let [gone, _] = world.ours.meetings;
        let lessons = meeting_lesson::Entity::delete_many().filter(meeting_lesson::Column::MeetingId.eq(gone));
        lessons.exec(db).await.unwrap();
        meeting::Entity::delete_by_id(gone).exec(db).await.unwrap();
        let leaves = membership::Entity::update_many()
            .col_expr(membership::Column::EndedAt, Expr::value(world.app.clock.now()))
            .filter(membership::Column::PersonId.eq(world.ours.leader.person));
        leaves.exec(db).await.unwrap();
    })
    .await;
    phone.agrees(world).await;
    assert_eq!(phone.holds.keys().filter(|id| id.starts_with("meeting_")).count(), 0);
    assert!(truth(world, Who::Leader).await.keys().all(|id| !id.starts_with("school_")));
}

on_each_database!(
    what_is_deleted_is_wiped,
    a_teacher_who_loses_the_group_loses_the_children_and_gets_them_back,
    a_student_who_moves_is_wiped_at_the_old_school,
    a_child_at_access_none_is_wiped,
    a_role_that_ends_with_a_day_is_wiped_on_the_next,
    a_cohort_that_a_school_leaves_is_wiped,
    a_board_role_of_ones_own_that_ends_is_wiped,
    rights_that_change_between_two_pages_lose_nothing,
    what_was_lost_in_a_board_before_the_board_was_lost_is_wiped,
);
