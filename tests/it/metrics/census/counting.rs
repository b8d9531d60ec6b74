//! Who is counted, when and where, and at what cost.

use chrono::Days;
use glans::metrics::census;
use glans::platform::outbox::Event;
use glans_entity::ids::{SchoolId, StudentId};
use glans_entity::metrics::census as taken;
use glans_entity::people::{enrolment, student};
use glans_entity::roster::roster_change;
use glans_tests::seed::put;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{family, happens, ilse, last, noor, noor_left, on, placed, speaks};
use crate::ask::done;

/// How many schools have a census.
async fn counted(world: &World) -> u64 {
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    taken::Entity::find().count(&db).await.unwrap()
}

async fn a_board_is_known_once_its_first_census_is_whole(world: &World) {
    // As a process does that found another one at the first count of these boards.
    assert_eq!(census::next_late(&world.app, SchoolId(Uuid::nil())).await.unwrap(), None);
    assert_eq!(counted(world).await, 0);
    census::daily(&world.app).await.unwrap();
    assert_eq!(counted(world).await, 4);
}

async fn a_child_counts_at_the_school_of_its_class_group(world: &World) {
    // An import knows already that she goes to the other school next year.
    let db = world.writing().await;
    let update = student::Entity::update_many().col_expr(student::Column::SchoolId, Expr::value(world.ours.schools[1]));
    update.filter(student::Column::Id.eq(noor(world))).exec(&db).await.unwrap();
    world.written(db).await;
    census::daily(&world.app).await.unwrap();
    let row = last(world, noor(world)).await;
    assert_eq!((row.school_id, row.class_group_id), (world.ours.schools[0], world.ours.groups[0]));
    assert_eq!(row.cluster_id, world.ours.clusters[0]);
}

/// The import of the first board wrote a place of the child.
async fn is_imported(world: &World, child: StudentId) {
    let db = world.writing().await;
    let places = enrolment::Entity::find().filter(enrolment::Column::StudentId.eq(child));
    let place = places.one(&db).await.unwrap().unwrap();
    let change = roster_change::Model {
        import_id: world.ours.import,
        position: 9_999,
        board_id: world.ours.id,
        table_name: "enrolment".to_owned(),
        row_id: place.id.0,
        before: None,
        version_after: 1,
    };
    put::<roster_change::Entity>(&db, change).await;
    world.written(db).await;
}

async fn an_event_counts_the_family_that_it_is_about(world: &World) {
    let (fien, parent) = family(world, "Fien").await;
    census::daily(&world.app).await.unwrap();
    for guardian in [parent, ilse(world)] {
        speaks(world, guardian, "pl").await;
    }
    happens(world, placed(noor(world))).await;
    let languages = async |world: &World| {
        let both = [last(world, noor(world)).await, last(world, fien).await];
        both.map(|row| row.language)
    };
    assert_eq!(languages(world).await, ["pl", "nl"]);
    speaks(world, ilse(world), "ar").await;
    is_imported(world, fien).await;
    happens(world, Event::about("roster.imported", world.ours.import)).await;
    assert_eq!(languages(world).await, ["pl", "pl"]);
    happens(world, Event::about("roster.rolled_back", world.ours.import)).await;
    assert_eq!(languages(world).await, ["ar", "pl"]);
}

async fn who_has_several_children_goes_on_to_count_when_one_leaves(world: &World) {
    let fien = world.child("Fien", 0).await;
    world.guardian_of_another(world.ours.guardians[0], fien).await;
    census::daily(&world.app).await.unwrap();
    let entitled = async |child: StudentId| last(world, child).await.entitled;
    assert_eq!((entitled(noor(world)).await, entitled(fien).await), (1, 0), "counted at the first");
    noor_left(world, on(world) - Days::new(1)).await;
    assert_eq!(entitled(fien).await, 1);
}

async fn a_relation_that_ends_is_counted_at_once(world: &World) {
    census::daily(&world.app).await.unwrap();
    assert_eq!(last(world, noor(world)).await.entitled, 1);
    done(world, Who::Leader, "guardianshipEnd", "", json!({ "id": world.ours.guardianships[0] })).await;
    let row = last(world, noor(world)).await;
    assert_eq!((row.starts_on, row.entitled, row.is_reachable), (on(world), 0, false));
}

async fn many_changes_take_as_many_statements_as_one(world: &World) {
    let mut guardians = Vec::new();
    for number in 0..6 {
        guardians.push(family(world, &format!("Kind {number}")).await.1);
    }
    let all = || Event::about("roster.rolled_back", world.ours.import);
    happens(world, all()).await;
    let mut statements = Vec::new();
    for some in [&guardians[..1], &guardians[1..]] {
        for guardian in some {
            speaks(world, *guardian, "pl").await;
        }
        let before = world.app.db.statement_count();
        happens(world, all()).await;
        statements.push(world.app.db.statement_count() - before);
    }
    assert_eq!(statements[0], statements[1]);
}

on_each_database!(
    a_board_is_known_once_its_first_census_is_whole,
    a_child_counts_at_the_school_of_its_class_group,
    an_event_counts_the_family_that_it_is_about,
    who_has_several_children_goes_on_to_count_when_one_leaves,
    a_relation_that_ends_is_counted_at_once,
    many_changes_take_as_many_statements_as_one,
);
