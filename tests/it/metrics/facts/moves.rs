//! A child or a school moves: a fact counts where they were on its day.

use chrono::{DateTime, Days, TimeDelta, Utc};
use glans::call::{begin, today};
use glans::metrics::rollups;
use glans_entity::engagement::{ContactKind, ContactTone, contact_moment};
use glans_entity::ids::ContactMomentId;
use glans_entity::metrics::{Metric, Span, cell};
use glans_entity::organisation::school;
use glans_tests::seed::put;
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{MONDAY, counted, facts_of, hold, reading, told};
use crate::metrics::{day, now};

async fn praise(world: &World, occurred_at: DateTime<Utc>) -> ContactMomentId {
    let id = ContactMomentId::new();
    let row = contact_moment::Model {
        id,
        board_id: world.ours.id,
        school_id: world.ours.schools[0],
        student_id: world.ours.students[0],
        guardian_id: None,
        author_id: world.ours.teacher.person,
        kind: ContactKind::AtTheDoor,
        tone: ContactTone::Compliment,
        note: None,
        occurred_at,
        created_at: now(world),
        updated_at: now(world),
        version: 1,
    };
    let db = world.writing().await;
    put::<contact_moment::Entity>(&db, row).await;
    world.written(db).await;
    told(world, "contact_moment.logged", id).await;
    id
}

/// Numerator and denominator of compliments at each school in the week.
async fn praised(world: &World) -> [(i64, i64); 2] {
    let own = cell::Entity::find()
        .filter(cell::Column::Metric.eq(Metric::PositiveContact))
        .filter(cell::Column::Span.eq(Span::Week))
        .filter(cell::Column::StartsOn.eq(day(MONDAY)));
    let cells = own.all(&reading(world).await).await.unwrap();
    world.ours.schools.map(|school| {
        let here = cells.iter().filter(|cell| cell.school_id == school);
        here.fold((0, 0), |sum, cell| (sum.0 + cell.numerator, sum.1 + cell.denominator))
    })
}

async fn a_mark_counts_where_the_child_has_come_to(world: &World) {
    let monday = day(MONDAY);
    counted(world, (monday - Days::new(14), Some(monday + Days::new(2))), 0, 0).await;
    counted(world, (monday + Days::new(3), None), 1, 1).await;
    // The Monday after the move, at the school where the child was on Tuesday.
    world.app.clock.turn(begin(monday + Days::new(7)) + TimeDelta::hours(9) - now(world));
    let id = praise(world, begin(monday + Days::new(1)) + TimeDelta::hours(9)).await;
    rollups::roll_up(&world.app).await.unwrap();
    assert_eq!(praised(world).await, [(0, 0), (1, 1)]);
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    assert_eq!(praised(world).await, [(0, 0), (1, 1)], "made anew");

    let db = world.writing().await;
    contact_moment::Entity::delete_by_id(id).exec(&db).await.unwrap();
    world.written(db).await;
    told(world, "contact_moment.deleted", id).await;
    rollups::roll_up(&world.app).await.unwrap();
    assert_eq!(praised(world).await, [(0, 0), (0, 1)], "it was taken away");
}

async fn a_session_counts_in_the_cluster_of_its_day(world: &World) {
    let (moves_on, id) = (today(now(world)) - Days::new(5), world.ours.sessions[0].0);
    let before = moves_on - Days::new(1);
    counted(world, (before - Days::new(30), Some(before)), 0, 0).await;
    counted(world, (moves_on, None), 0, 1).await;
    let db = world.writing().await;
    school::Entity::update_many()
        .col_expr(school::Column::ClusterId, Expr::val(world.ours.clusters[1].0))
        .filter(school::Column::Id.eq(world.ours.schools[0]))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    hold(world, before, &[world.ours.teacher]).await;
    let facts = facts_of(world, Metric::TeamAttendance, id).await;
    assert_eq!(facts.iter().map(|fact| fact.cluster_id).collect::<Vec<_>>(), [world.ours.clusters[0]]);
}

on_each_database!(a_mark_counts_where_the_child_has_come_to, a_session_counts_in_the_cluster_of_its_day);
