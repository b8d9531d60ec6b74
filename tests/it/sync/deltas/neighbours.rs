//! What happens where somebody has no sight is not told, not even as gone.

use glans_entity::ids::ExperienceId;
use glans_entity::people::person;
use glans_entity::practice::{ExperienceVisibility, experience, team_session};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use crate::ask::done;
use crate::sync::phone::{settled, synced, told, writes};

async fn a_name_that_changes_tells_nothing_to_who_cannot_see_it(world: &World) {
    let mut phones = [synced(world, Who::Guardian).await, synced(world, Who::Teacher).await];
    writes(world, async |db| {
        let names = person::Entity::update_many()
            .col_expr(person::Column::DisplayName, Expr::value("Anders"))
            .filter(person::Column::Id.is_in([world.ours.guardians[1].person, world.theirs.leader.person]));
        names.exec(db).await.unwrap();
    })
    .await;
    settled(world).await;
    for phone in &mut phones {
        assert_eq!(phone.page(world).await["changes"], json!([]), "{}", phone.who.name());
    }
}

/// A cohort of both schools, whose second leader shares an experience within the own team: its id.
async fn what_the_neighbours_keep_to_themselves(world: &World) -> String {
    let joins = json!({ "cohort": world.ours.cohorts[1], "school": world.ours.schools[0] });
    done(world, Who::Admin, "cohortSchoolAdd", "", joins).await;
    let id = ExperienceId::new();
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
    settled(world).await;
    let page = phone.page(world).await;
    let ids = told(&page);
    assert!(ids.contains(&world.ours.experiences[1].to_string().as_str()), "{ids:?}");
    assert!(![own, world.ours.sessions[1].to_string()].iter().any(|id| ids.contains(&id.as_str())), "{ids:?}");
    phone.agrees(world).await;
}

async fn staff_and_groups_of_neighbours_are_not_told(world: &World) {
    what_the_neighbours_keep_to_themselves(world).await;
    let mut leader = synced(world, Who::Leader).await;
    let mut teacher = synced(world, Who::Teacher).await;
    let details = json!({ "givenName": "Floor", "familyName": "Bos", "displayName": "Floor Bos" });
    let floor = json!({ "board": world.ours.id, "school": world.ours.schools[1], "details": details });
    done(world, Who::Admin, "personCreate", "", floor).await;
    let group = json!({ "id": world.ours.groups[1], "name": "5d" });
    done(world, Who::Admin, "classGroupUpdate", "", group).await;
    let (at, lesson) = (world.ours.school_cohorts[1], world.ours.published.lesson);
    let skipped = json!({ "schoolCohort": at, "lesson": lesson, "reason": "Al gedaan." });
    done(world, Who::Admin, "lessonSkip", "", skipped).await;
    settled(world).await;
    assert_eq!(told(&leader.page(world).await), [at.to_string()]);
    assert_eq!(told(&teacher.page(world).await), [""; 0]);
    leader.agrees(world).await;
    teacher.agrees(world).await;
}

on_each_database!(
    a_name_that_changes_tells_nothing_to_who_cannot_see_it,
    what_happens_at_another_school_is_not_told_even_as_gone,
    staff_and_groups_of_neighbours_are_not_told,
);
