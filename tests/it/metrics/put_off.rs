//! An act that moves very many students leaves their census to the rounds, which take it as of its day.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::metrics::{census, facts, periods, rollups};
use glans::platform::outbox::Event;
use glans_entity::ids::{AnnouncementId, ClassGroupId, EnrolmentId, SchoolId, StudentId};
use glans_entity::metrics::{Engaged, Metric, Span, fact, figure, stretch, uncounted, unrecorded};
use glans_entity::people::{enrolment, student};
use glans_entity::roster::roster_change;
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::census::{cells, days, family, happens, noor, on, placed, speaks, stretches};
use super::now;
use crate::announcements::published;
use crate::ask::{act, codes};

/// Rows of one statement.
const AT_ONCE: usize = 500;
/// More than an act counts.
const CHILDREN: u64 = census::AT_ONCE + 50;
/// Since when the children are in their group.
const SINCE: Days = Days::new(30);
/// What an act takes that leaves them to the rounds, at most.
const FEW: u64 = 12;

fn place(world: &World, child: StudentId, group: ClassGroupId, starts_on: NaiveDate) -> enrolment::Model {
    enrolment::Model {
        id: EnrolmentId::new(),
        board_id: world.ours.id,
        student_id: child,
        class_group_id: group,
        starts_on,
        ends_on: None,
        source_id: None,
        created_at: now(world),
        updated_at: now(world),
        version: 1,
    }
}

fn child(world: &World, id: StudentId) -> student::Model {
    student::Model {
        id,
        board_id: world.ours.id,
        school_id: world.ours.schools[0],
        display_name: "Kind".to_owned(),
        number: None,
        source_id: None,
        left_on: None,
        erased_at: None,
        created_at: now(world),
        updated_at: now(world),
        version: 1,
    }
}

/// Very many children of the first group.
async fn crowd(world: &World) -> Vec<StudentId> {
    let ids: Vec<StudentId> = (0..CHILDREN).map(|_| StudentId::new()).collect();
    let (group, since) = (world.ours.groups[0], on(world) - SINCE);
    let db = world.writing().await;
    for ids in ids.chunks(AT_ONCE) {
        let children = ids.iter().map(|id| child(world, *id).into_active_model().reset_all());
        student::Entity::insert_many(children).exec_without_returning(&db).await.unwrap();
        let places = ids.iter().map(|id| place(world, *id, group, since).into_active_model().reset_all());
        enrolment::Entity::insert_many(places).exec_without_returning(&db).await.unwrap();
    }
    world.written(db).await;
    ids
}

/// All students of the board may have been moved; how many statements that took.
async fn everybody_may_be_moved(world: &World) -> u64 {
    let before = world.app.db.statement_count();
    happens(world, Event::about("roster.rolled_back", world.ours.import)).await;
    world.app.db.statement_count() - before
}

/// Students who are to be counted.
async fn put_off(world: &World) -> u64 {
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    uncounted::Entity::find().count(&db).await.unwrap()
}

/// First and last days, with the school.
async fn at_schools(world: &World, child: StudentId) -> Vec<(NaiveDate, Option<NaiveDate>, SchoolId)> {
    let rows = stretches(world, child).await;
    rows.into_iter().map(|row| (row.starts_on, row.ends_on, row.school_id)).collect()
}

/// Where a child is and how the family stands, from when to when.
async fn stood(world: &World, child: StudentId) -> Vec<stretch::Model> {
    let anybody = |row| stretch::Model { student_id: StudentId(Uuid::nil()), engaged: Engaged::Unknown, ..row };
    stretches(world, child).await.into_iter().map(anybody).collect()
}

/// The compliments that count, by child and day.
async fn compliments(world: &World, child: StudentId) -> Vec<(NaiveDate, SchoolId)> {
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    let own = fact::Entity::find().filter(fact::Column::Metric.eq(Metric::PositiveContact));
    let rows = own.filter(fact::Column::SubjectId.eq(child.0)).all(&db).await.unwrap();
    rows.into_iter().map(|row| (row.day, row.school_id)).collect()
}

/// All figures of the first board, each as a line.
async fn figures(world: &World) -> Vec<String> {
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    let rows = figure::Entity::find().filter(figure::Column::BoardId.eq(world.ours.id)).all(&db).await.unwrap();
    let mut lines: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    lines.sort_unstable();
    lines
}

/// The last week that is published of the first board.
async fn last_week(world: &World) -> Option<NaiveDate> {
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    let own = figure::Entity::find().filter(figure::Column::BoardId.eq(world.ours.id));
    let rows = own.filter(figure::Column::Span.eq(Span::Week)).all(&db).await.unwrap();
    rows.into_iter().map(|row| row.starts_on).max()
}

/// The child goes to the second group today, and the act that tells it is committed.
async fn goes_on(world: &World, child: StudentId) {
    let today = on(world);
    let db = world.writing().await;
    let ends = enrolment::Entity::update_many().col_expr(enrolment::Column::EndsOn, Expr::value(today - Days::new(1)));
    ends.filter(enrolment::Column::StudentId.eq(child)).exec(&db).await.unwrap();
    let next = place(world, child, world.ours.groups[1], today).into_active_model().reset_all();
    enrolment::Entity::insert(next).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    happens(world, placed(child)).await;
}

async fn what_moves_very_many_is_counted_by_the_rounds_as_of_its_day(world: &World) {
    let (fien, parent) = family(world, "Fien").await;
    rollups::round(&world.app).await.unwrap();
    let (day, schools) = (on(world), world.ours.schools);
    let children = crowd(world).await;
    for guardian in [parent, world.ours.guardians[0].person] {
        speaks(world, guardian, "pl").await;
    }
    happens(world, placed(fien)).await;
    let statements = everybody_may_be_moved(world).await;
    assert!(statements <= FEW, "{statements}");
    assert!(put_off(world).await >= CHILDREN);
    assert!(stretches(world, children[0]).await.is_empty());
    assert_eq!(days(world, noor(world)).await.len(), 1, "as she was");

    // What happens meanwhile waits.
    let input = json!({ "student": children[7], "kind": "PHONE", "tone": "COMPLIMENT", "note": "Top!" });
    assert_eq!(codes(&act(world, Who::Teacher, "contactMomentLog", "", input).await), Vec::<&str>::new());
    assert!(compliments(world, children[7]).await.is_empty());

    // A night passes in which nobody looked. Who moves again was where they were until then.
    world.app.clock.turn(TimeDelta::days(1));
    goes_on(world, children[1]).await;
    let (since, today) = (day - SINCE, on(world));
    let moved = [(since, Some(day), schools[0]), (today, None, schools[1])];
    assert_eq!(at_schools(world, children[1]).await, moved);

    // A process that is killed leaves the rest to the next one.
    let before = put_off(world).await;
    assert!(census::settle_some(&world.app, world.ours.id).await.unwrap());
    let rest = put_off(world).await;
    assert!(0 < rest && rest < before, "{rest} of {before}");
    census::settle(&world.app).await.unwrap();
    assert_eq!(put_off(world).await, 0);
    for child in [children[0], children[7], children[children.len() - 1]] {
        assert_eq!(at_schools(world, child).await, [(since, None, schools[0])]);
    }
    assert_eq!(at_schools(world, children[1]).await, moved);
    assert_eq!(stood(world, noor(world)).await, stood(world, fien).await, "as one who was counted at once");
    let languages: Vec<_> = days(world, noor(world)).await.into_iter().skip(1).collect();
    assert_eq!(languages, [(day, None, "pl".to_owned())], "from the day of the act");
    assert_eq!(compliments(world, children[7]).await, [(day, schools[0])]);

    rollups::round(&world.app).await.unwrap();
    let made = (cells(world).await, figures(world).await);
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    assert!(made == (cells(world).await, figures(world).await), "made anew");
}

async fn facts_of_before_are_written_once_all_students_are_counted(world: &World) {
    rollups::round(&world.app).await.unwrap();
    crowd(world).await;
    everybody_may_be_moved(world).await;
    let to_group = json!({ "audience": { "include": [world.ours.groups[0]] } });
    let id: AnnouncementId =
        published(world, Who::Teacher, "Schoolreis", to_group).await.as_str().unwrap().parse().unwrap();
    facts::all(&world.app, world.ours.id).await.unwrap();
    assert_eq!(put_off(world).await, 0);
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    let reached = fact::Entity::find().filter(fact::Column::Metric.eq(Metric::Reach));
    let reached = reached.filter(fact::Column::ItemId.eq(id.0)).count(&db).await.unwrap();
    assert!(reached >= CHILDREN, "{reached}");
}

async fn nothing_is_published_while_something_waits_to_be_counted(world: &World) {
    rollups::round(&world.app).await.unwrap();
    let (before, day) = (last_week(world).await, on(world));
    crowd(world).await;
    everybody_may_be_moved(world).await;
    // It fails in every round.
    let waits = unrecorded::Model {
        id: Uuid::now_v7(),
        board_id: world.ours.id,
        kind: "contact_moment.logged".to_owned(),
        payload: json!({}),
        at: now(world),
    };
    let db = world.writing().await;
    let insert = unrecorded::Entity::insert(waits.into_active_model().reset_all());
    insert.exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    world.app.clock.turn(TimeDelta::days(7));
    rollups::round(&world.app).await.unwrap();
    assert_eq!(put_off(world).await, 0);
    assert_eq!(last_week(world).await, before);
    assert_eq!(facts::daily(&world.app).await.unwrap(), Some(BTreeSet::new()), "the calendar waits for nothing");
    let refused = rollups::rebuild(&world.app, world.ours.id).await.unwrap_err();
    assert!(format!("{refused:?}").contains("still to be counted"), "{refused:?}");

    let db = world.writing().await;
    unrecorded::Entity::delete_many().exec(&db).await.unwrap();
    world.written(db).await;
    rollups::round(&world.app).await.unwrap();
    assert_eq!(last_week(world).await, Some(periods::start(Span::Week, day)));
}

/// An import wrote a place of each of them, and is told of twice.
async fn whom_an_import_moves_with_very_many_is_counted_by_the_rounds(world: &World) {
    let children = crowd(world).await;
    let db = world.writing().await;
    let places = enrolment::Entity::find().filter(enrolment::Column::StudentId.is_in(children.iter().copied()));
    let places = places.all(&db).await.unwrap();
    let changes = places.iter().zip(10_000..).map(|(place, position)| {
        let change = roster_change::Model {
            import_id: world.ours.import,
            position,
            board_id: world.ours.id,
            table_name: "enrolment".to_owned(),
            row_id: place.id.0,
            before: None,
            version_after: 1,
        };
        change.into_active_model()
    });
    roster_change::Entity::insert_many(changes).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    let earlier = world.app.db.statement_count();
    happens(world, Event::about("roster.imported", world.ours.import)).await;
    let statements = world.app.db.statement_count() - earlier;
    assert!(statements < 2 * FEW, "{statements} statements");
    let waiting = put_off(world).await;
    assert!(waiting >= CHILDREN, "{waiting} of {CHILDREN} wait");
    happens(world, Event::about("roster.imported", world.ours.import)).await;
    assert_eq!(put_off(world).await, waiting);
    census::settle(&world.app).await.unwrap();
    assert_eq!(put_off(world).await, 0);
    assert_eq!(stretches(world, children[0]).await.len(), 1);
}

on_each_database!(
    whom_an_import_moves_with_very_many_is_counted_by_the_rounds,
    facts_of_before_are_written_once_all_students_are_counted,
    what_moves_very_many_is_counted_by_the_rounds_as_of_its_day,
    nothing_is_published_while_something_waits_to_be_counted,
);
