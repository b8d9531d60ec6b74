//! What changed since the last sync.

use chrono::TimeDelta;
use glans_entity::ids::{GuardianshipId, StudentId};
use glans_entity::people::{GuardianAccess, enrolment, guardianship, membership, person, student};
use glans_entity::practice::{ExperienceVisibility, experience, meeting, team_session};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::phone::{Phone, truth, writes};
use crate::ask::{act, ask, codes};

async fn synced(world: &World, who: Who) -> Phone {
    let mut phone = Phone::of(who, 500);
    phone.agrees(world).await;
    phone.strict = true;
    phone
}

async fn what_is_made_and_changed_comes_and_nothing_else(world: &World) {
    let mut phone = synced(world, Who::Leader).await;
    let mut teacher = synced(world, Who::Teacher).await;
    let made = act(
        world,
        Who::Admin,
        "meetingPlan",
        "meeting { id }",
        json!({
            "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson],
            "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z",
        }),
    )
    .await;
    assert_eq!(codes(&made), Vec::<&str>::new());
    let input = json!({ "id": world.ours.schools[0], "city": "Rotterdam" });
    assert_eq!(codes(&act(world, Who::Admin, "schoolUpdate", "", input).await), Vec::<&str>::new());
    // Elsewhere: nothing of it is told.
    let input = json!({ "id": world.ours.schools[1], "city": "Rotterdam" });
    assert_eq!(codes(&act(world, Who::Admin, "schoolUpdate", "", input).await), Vec::<&str>::new());
    super::phone::settled(world).await;
    let page = phone.page(world).await;
    let told: Vec<&str> = page["changes"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    // With the meeting, the lesson that it prepares has a day before which it is to be taught.
    let [meeting, school] = [made["meeting"]["id"].as_str().unwrap(), &world.ours.schools[0].to_string()];
    assert_eq!(told, [meeting, &world.ours.school_cohorts[0].to_string(), school]);
    assert_eq!(page["hasMore"], false);
    assert_eq!(phone.page(world).await["changes"], json!([]));
    teacher.agrees(world).await;
    assert!(!teacher.holds.keys().any(|id| id.starts_with("meeting_")));
}

async fn what_is_deleted_is_wiped(world: &World) {
    // A child of whom there is no more than a roster makes: with a history it stays.
    let input = json!({
        "school": world.ours.schools[0], "displayName": "Fien", "classGroups": [world.ours.groups[0]],
    });
    let made = act(world, Who::Leader, "studentCreate", "student { id partnership { id } }", input).await;
    let first: StudentId = made["student"]["id"].as_str().unwrap().parse().unwrap();
    let partnership = made["student"]["partnership"]["id"].as_str().unwrap().to_owned();
    let guardian = json!({
        "student": first, "guardian": { "id": world.ours.guardians[0].person }, "relationship": "PARENT",
    });
    let made = act(world, Who::Leader, "guardianshipCreate", "guardianship { id }", guardian).await;
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
    let mut phone = synced(world, Who::Teacher).await;
    let before = phone.holds.len();
    let ended = |at: Option<chrono::DateTime<chrono::Utc>>| async move {
        writes(world, async |db| {
            let ends = membership::Entity::update_many()
                .col_expr(membership::Column::EndedAt, Expr::value(at))
                .filter(membership::Column::Id.eq(world.ours.memberships[0]));
            ends.exec(db).await.unwrap();
        })
        .await;
    };
    ended(Some(world.app.clock.now())).await;
    phone.agrees(world).await;
    let wiped = phone.wipes();
    for id in [world.ours.students[0].to_string(), world.ours.guardianships[0].to_string(), world.ours.id.to_string()] {
        assert!(wiped.contains(&format!("{id} ACCESS")), "{id} is not among {wiped:?}");
    }
    assert!(wiped.contains(&format!("{} ACCESS", world.ours.published.lesson)));
    ended(None).await;
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
    let wiped = leader.wipes();
    for id in [moving.to_string(), world.ours.guardianships[0].to_string(), world.ours.guardians[0].person.to_string()]
    {
        assert!(wiped.contains(&format!("{id} ACCESS")), "{id} is not among {wiped:?}");
    }
    assert_eq!(admin.wipes().len(), 0);
}

async fn a_child_at_access_none_is_wiped(world: &World) {
    let mut phone = synced(world, Who::Guardian).await;
    let set = async |id: GuardianshipId, access: GuardianAccess| {
        writes(world, async |db| {
            let sets = guardianship::Entity::update_many()
                .col_expr(guardianship::Column::Access, Expr::value(access))
                .filter(guardianship::Column::Id.eq(id));
            sets.exec(db).await.unwrap();
        })
        .await;
    };
    set(world.ours.guardianships[0], GuardianAccess::None).await;
    phone.agrees(world).await;
    assert!(phone.wipes().contains(&format!("{} ACCESS", world.ours.students[0])));
    set(world.ours.guardianships[0], GuardianAccess::Full).await;
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
    assert!(teacher.wipes().contains(&format!("{} ACCESS", world.ours.students[0])));
    // The role goes. The teacher with whom the guardian had a conversation stays to be seen with it.
    assert!(guardian.wipes().contains(&format!("{} ACCESS", world.ours.memberships[0])));
    assert!(guardian.holds.contains_key(&world.ours.teacher.person.to_string()));
}

async fn a_cohort_that_a_school_leaves_is_wiped(world: &World) {
    let mut phone = synced(world, Who::Leader).await;
    let input = json!({ "cohort": world.ours.cohorts[0], "school": world.ours.schools[0] });
    assert_eq!(codes(&act(world, Who::Admin, "cohortSchoolRemove", "", input).await), Vec::<&str>::new());
    phone.agrees(world).await;
    let wiped = phone.wipes();
    for id in [world.ours.cohorts[0].to_string(), world.ours.meetings[0].to_string()] {
        assert!(wiped.contains(&format!("{id} ACCESS")), "{id} is not among {wiped:?}");
    }
}

async fn rights_that_change_between_two_pages_lose_nothing(world: &World) {
    for at in [1, 3, 6, 10, 15] {
        let mut phone = Phone::of(Who::Teacher, 2);
        for _ in 0..at {
            phone.page(world).await;
        }
        let ended = async |at: Option<chrono::DateTime<chrono::Utc>>| {
            writes(world, async |db| {
                let ends = membership::Entity::update_many()
                    .col_expr(membership::Column::EndedAt, Expr::value(at))
                    .filter(membership::Column::Id.eq(world.ours.memberships[0]));
                ends.exec(db).await.unwrap();
            })
            .await;
        };
        ended(Some(world.app.clock.now())).await;
        phone.page(world).await;
        ended(None).await;
        phone.agrees(world).await;
        ended(Some(world.app.clock.now())).await;
        phone.agrees(world).await;
        ended(None).await;
    }
}

async fn what_was_lost_in_a_board_before_the_board_was_lost_is_wiped(world: &World) {
    let mut phone = synced(world, Who::Leader).await;
    writes(world, async |db| {
        let [gone, _] = world.ours.meetings;
        glans_entity::practice::meeting_lesson::Entity::delete_many()
            .filter(glans_entity::practice::meeting_lesson::Column::MeetingId.eq(gone))
            .exec(db)
            .await
            .unwrap();
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

async fn an_app_learns_which_page_has_what_it_wrote(world: &World) {
    let mut phone = synced(world, Who::Admin).await;
    let admin = world.actor(Who::Admin).await;
    let writes = async |city: &str| {
        let done = admin.does("schoolUpdate", "", json!({ "id": world.ours.schools[0], "city": city })).await;
        done.body["extensions"]["syncCursor"].clone()
    };
    let first = writes("Delft").await;
    let input = json!({ "id": world.ours.clusters[0], "name": "Noordoost" });
    assert_eq!(admin.does("clusterUpdate", "", input).await.refusals("clusterUpdate"), Vec::<String>::new());
    let last = writes("Assen").await;
    super::phone::settled(world).await;
    let document = "query($since: String, $of: String!) { changes(since: $since, first: 1) { cursor hasMore includes(syncCursor: $of) } }";
    let mut seen = Vec::new();
    for of in [&first, &last, &last] {
        let page = ask(world, Who::Admin, document, json!({ "since": phone.cursor, "of": of })).await["changes"].take();
        seen.push((page["includes"].clone(), page["hasMore"].clone()));
        phone.cursor = page["cursor"].clone();
    }
    assert_eq!(seen[1..], [(json!(false), json!(true)), (json!(true), json!(false))], "{seen:?}");
    let odd = admin.asks_with(document, json!({ "since": phone.cursor, "of": phone.cursor })).await;
    assert_eq!(odd.codes(), ["BAD_CURSOR"]);
    assert_eq!(admin.asks("{ __typename }").await.body["extensions"].get("syncCursor"), None);
}

async fn a_name_that_changes_tells_nothing_to_who_cannot_see_it(world: &World) {
    let mut phones = [synced(world, Who::Guardian).await, synced(world, Who::Teacher).await];
    writes(world, async |db| {
        let names = person::Entity::update_many()
            .col_expr(person::Column::DisplayName, Expr::value("Anders"))
            .filter(person::Column::Id.is_in([world.ours.guardians[1].person, world.theirs.leader.person]));
        names.exec(db).await.unwrap();
    })
    .await;
    super::phone::settled(world).await;
    for phone in &mut phones {
        assert_eq!(phone.page(world).await["changes"], json!([]), "{}", phone.who.name());
    }
}

/// A cohort of both schools, whose second leader shares an experience within the own team: its id.
async fn what_the_neighbours_keep_to_themselves(world: &World) -> String {
    let joins = json!({ "cohort": world.ours.cohorts[1], "school": world.ours.schools[0] });
    assert_eq!(codes(&act(world, Who::Admin, "cohortSchoolAdd", "", joins).await), Vec::<&str>::new());
    let id = glans_entity::ids::ExperienceId::new();
    writes(world, async |db| {
        let own = experience::Entity::find_by_id(world.ours.experiences[1]).one(db).await.unwrap().unwrap();
        let own = experience::Model { id, visibility: ExperienceVisibility::School, shared_at: None, ..own };
        own.into_active_model().reset_all().insert(db).await.unwrap();
    })
    .await;
    id.to_string()
}

async fn what_happens_at_another_school_is_not_told_even_as_gone(world: &World) {
    let own = what_the_neighbours_keep_to_themselves(world).await;
    let mut phone = synced(world, Who::Leader).await;
    assert!(phone.holds.contains_key(&world.ours.experiences[1].to_string()));
    writes(world, async |db| {
        let notes = experience::Entity::update_many()
            .col_expr(experience::Column::Version, Expr::col(experience::Column::Version).add(1))
            .filter(experience::Column::SchoolId.eq(world.ours.schools[1]));
        notes.exec(db).await.unwrap();
        let moves = team_session::Entity::update_many()
            .col_expr(team_session::Column::Version, Expr::col(team_session::Column::Version).add(1))
            .filter(team_session::Column::Id.eq(world.ours.sessions[1]));
        moves.exec(db).await.unwrap();
    })
    .await;
    super::phone::settled(world).await;
    let page = phone.page(world).await["changes"].take();
    let told: Vec<&str> = page.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(told.contains(&world.ours.experiences[1].to_string().as_str()), "{told:?}");
    assert!(![own, world.ours.sessions[1].to_string()].iter().any(|id| told.contains(&id.as_str())), "{told:?}");
    phone.agrees(world).await;
}

async fn a_board_role_of_ones_own_that_ends_is_wiped(world: &World) {
    let input = json!({ "person": world.ours.teacher.person, "role": "TRAINER", "scope": world.ours.id });
    let granted = act(world, Who::Admin, "membershipGrant", "membership { id }", input).await;
    let id = granted["membership"]["id"].as_str().unwrap().to_owned();
    let mut phone = synced(world, Who::Teacher).await;
    assert!(phone.holds.contains_key(&id));
    assert_eq!(codes(&act(world, Who::Admin, "membershipRevoke", "", json!({ "id": id })).await), Vec::<&str>::new());
    phone.agrees(world).await;
    assert!(phone.wipes().contains(&format!("{id} ACCESS")));
}

async fn staff_and_groups_of_neighbours_are_not_told(world: &World) {
    what_the_neighbours_keep_to_themselves(world).await;
    let mut phones = [synced(world, Who::Leader).await, synced(world, Who::Teacher).await];
    let details = json!({ "givenName": "Floor", "familyName": "Bos", "displayName": "Floor Bos" });
    let floor = json!({ "board": world.ours.id, "school": world.ours.schools[1], "details": details });
    assert_eq!(codes(&act(world, Who::Admin, "personCreate", "", floor).await), Vec::<&str>::new());
    let group = json!({ "id": world.ours.groups[1], "name": "5d" });
    assert_eq!(codes(&act(world, Who::Admin, "classGroupUpdate", "", group).await), Vec::<&str>::new());
    let marked = json!({ "schoolCohort": world.ours.school_cohorts[1], "lesson": world.ours.published.lesson });
    let mut marked = marked;
    marked["reason"] = json!("Al gedaan.");
    assert_eq!(codes(&act(world, Who::Admin, "lessonSkip", "", marked).await), Vec::<&str>::new());
    super::phone::settled(world).await;
    let [leader, teacher] = &mut phones;
    let told = |page: &serde_json::Value| -> Vec<String> {
        page["changes"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(told(&leader.page(world).await), [world.ours.school_cohorts[1].to_string()]);
    assert_eq!(told(&teacher.page(world).await), Vec::<String>::new());
    leader.agrees(world).await;
    teacher.agrees(world).await;
}

/// More than there are connections to read from.
const AT_ONCE: usize = 40;

async fn many_phones_pull_at_once(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let mut pulls = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let leader = leader.clone();
        pulls.spawn(async move { leader.asks("{ changes(first: 100) { hasMore } viewer { sessions { id } } }").await });
    }
    while let Some(reply) = pulls.join_next().await {
        let reply = reply.unwrap();
        assert_eq!(reply.codes(), Vec::<String>::new(), "{}", reply.text);
    }
}

on_each_database!(
    many_phones_pull_at_once,
    a_board_role_of_ones_own_that_ends_is_wiped,
    staff_and_groups_of_neighbours_are_not_told,
    what_happens_at_another_school_is_not_told_even_as_gone,
    what_is_made_and_changed_comes_and_nothing_else,
    what_is_deleted_is_wiped,
    a_teacher_who_loses_the_group_loses_the_children_and_gets_them_back,
    a_student_who_moves_is_wiped_at_the_old_school,
    a_child_at_access_none_is_wiped,
    a_role_that_ends_with_a_day_is_wiped_on_the_next,
    a_cohort_that_a_school_leaves_is_wiped,
    rights_that_change_between_two_pages_lose_nothing,
    what_was_lost_in_a_board_before_the_board_was_lost_is_wiped,
    an_app_learns_which_page_has_what_it_wrote,
    a_name_that_changes_tells_nothing_to_who_cannot_see_it,
);
