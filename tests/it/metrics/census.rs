//! How students stand is counted once, from the day on which it was so, and by one meaning of every word.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans::call::today;
use glans::metrics::{self, census, rollups};
use glans::platform::outbox::Event;
use glans_entity::ids::{PersonId, SchoolId, StudentId};
use glans_entity::metrics::{cell, census as taken, stretch};
use glans_entity::notifications::{Channel, DeliveryState, LetterKind, delivery};
use glans_entity::people::{GuardianAccess, enrolment, person, student};
use glans_entity::roster::roster_change;
use glans_entity::scope::Scope;
use glans_tests::seed::waiting;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, SqlErr,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask::{act, ask, codes};

/// Long enough for the other one to come to the lock.
const MEANWHILE: Duration = Duration::from_millis(300);
const NOTHING: Vec<&str> = Vec::new();

pub(super) fn on(world: &World) -> NaiveDate {
    today(world.app.clock.now())
}

fn everywhere(world: &World) -> Scope {
    Scope::system(on(world))
}

pub(super) fn noor(world: &World) -> StudentId {
    world.ours.students[0]
}

/// What is written of a child, in order.
pub(super) async fn stretches(world: &World, child: StudentId) -> Vec<stretch::Model> {
    let db = world.app.db.read(&everywhere(world)).await.unwrap();
    let own = stretch::Entity::find().filter(stretch::Column::StudentId.eq(child));
    own.order_by_asc(stretch::Column::StartsOn).all(&db).await.unwrap()
}

/// First and last days, with the language.
pub(super) async fn days(world: &World, child: StudentId) -> Vec<(NaiveDate, Option<NaiveDate>, String)> {
    let rows = stretches(world, child).await;
    rows.into_iter().map(|row| (row.starts_on, row.ends_on, row.language)).collect()
}

async fn last(world: &World, child: StudentId) -> stretch::Model {
    stretches(world, child).await.pop().expect("a stretch")
}

/// The guardian speaks another language from now on, which no act tells.
pub(super) async fn speaks(world: &World, guardian: PersonId, language: &str) {
    let db = world.writing().await;
    let update = person::Entity::update_many().col_expr(person::Column::Language, Expr::value(language));
    update.filter(person::Column::Id.eq(guardian)).exec(&db).await.unwrap();
    world.written(db).await;
}

/// The act that emitted it is committed.
pub(super) async fn happens(world: &World, event: Event) {
    let db = world.writing().await;
    metrics::record(&db, world.ours.id, &event, world.app.clock.now()).await.unwrap();
    world.written(db).await;
}

pub(super) fn placed(child: StudentId) -> Event {
    Event::about("student.placed", child)
}

/// All cells of the first board, each as a line.
pub(super) async fn cells(world: &World) -> Vec<String> {
    let db = world.app.db.read(&everywhere(world)).await.unwrap();
    let rows = cell::Entity::find().filter(cell::Column::BoardId.eq(world.ours.id)).all(&db).await.unwrap();
    let mut lines: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    lines.sort_unstable();
    lines
}

/// Days pass, and the program looks.
async fn pass(world: &World, days: i64) {
    world.app.clock.turn(TimeDelta::days(days));
    rollups::round(&world.app).await.unwrap();
}

async fn who_left_before_it_was_told_is_in_no_week_after_it(world: &World) {
    pass(world, 0).await;
    pass(world, 7).await;
    speaks(world, world.ours.guardians[0].person, "pl").await;
    pass(world, 1).await;
    pass(world, 4).await;
    assert!(stretches(world, noor(world)).await.len() > 1, "she stands otherwise since some days");
    let before = cells(world).await;
    let last = on(world) - Days::new(10);
    let left = act(world, Who::Leader, "studentLeave", "", json!({ "id": noor(world), "on": last.to_string() })).await;
    assert_eq!(codes(&left), NOTHING);
    let ends: Vec<_> = stretches(world, noor(world)).await.into_iter().map(|row| row.ends_on).collect();
    assert_eq!(ends, [Some(last)]);
    rollups::roll_up(&world.app).await.unwrap();
    let after = cells(world).await;
    assert_ne!(after, before);
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    assert_eq!(cells(world).await, after, "made anew");

    // That it was some days earlier still is found where nothing of her goes on any more.
    let first = last - Days::new(5);
    let left = act(world, Who::Leader, "studentLeave", "", json!({ "id": noor(world), "on": first.to_string() })).await;
    assert_eq!(codes(&left), NOTHING);
    assert_eq!(self::last(world, noor(world)).await.ends_on, Some(first));
}

async fn what_no_place_covers_any_more_is_found_by_the_next_census(world: &World) {
    pass(world, 0).await;
    let last = on(world) - Days::new(3);
    let db = world.writing().await;
    let ends = |day: NaiveDate| {
        let update = enrolment::Entity::update_many().col_expr(enrolment::Column::EndsOn, Expr::value(day));
        update.filter(enrolment::Column::StudentId.eq(noor(world)))
    };
    ends(last).exec(&db).await.unwrap();
    world.written(db).await;
    pass(world, 1).await;
    assert_eq!(self::last(world, noor(world)).await.ends_on, Some(last));
    let earlier = last - Days::new(10);
    let db = world.writing().await;
    ends(earlier).exec(&db).await.unwrap();
    world.written(db).await;
    pass(world, 1).await;
    assert_eq!(self::last(world, noor(world)).await.ends_on, Some(earlier));
}

/// What another takes is not committed yet when the act comes to its own.
async fn an_act_and_a_census_beside_it_are_one_after_the_other(world: &World) {
    census::daily(&world.app).await.unwrap();
    speaks(world, world.ours.guardians[0].person, "pl").await;
    let db = world.writing().await;
    metrics::record(&db, world.ours.id, &placed(noor(world)), world.app.clock.now()).await.unwrap();
    let input = json!({ "id": world.ours.guardianships[0], "contactPriority": 1 });
    let (done, ()) = tokio::join!(act(world, Who::Leader, "guardianshipUpdate", "", input), async {
        tokio::time::sleep(MEANWHILE).await;
        world.written(db).await;
    });
    assert_eq!(codes(&done), NOTHING);
    let today = on(world);
    let rows = days(world, noor(world)).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].1, Some(today - Days::new(1)));
    assert_eq!(rows[1], (today, None, "pl".to_owned()));
}

async fn of_a_child_one_stretch_goes_on(world: &World) {
    census::daily(&world.app).await.unwrap();
    let known = last(world, noor(world)).await;
    let other = stretch::Model { starts_on: known.starts_on + Days::new(1), ..known };
    let db = world.writing().await;
    let insert = stretch::Entity::insert(other.into_active_model().reset_all());
    let refused = insert.exec_without_returning(&db).await.unwrap_err();
    assert!(matches!(refused.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{refused}");
}

/// How many schools have a census.
async fn counted(world: &World) -> u64 {
    let db = world.app.db.read(&everywhere(world)).await.unwrap();
    taken::Entity::find().count(&db).await.unwrap()
}

async fn a_board_is_known_once_its_first_census_is_whole(world: &World) {
    // As a process does that found another one at the first count of these boards.
    assert_eq!(census::next_late(&world.app, SchoolId(Uuid::nil())).await.unwrap(), None);
    assert_eq!(counted(world).await, 0);
    census::daily(&world.app).await.unwrap();
    assert_eq!(counted(world).await, 4);
}

async fn a_clock_that_was_a_year_ahead_leaves_nothing(world: &World) {
    let guardian = world.ours.guardians[0].person;
    census::daily(&world.app).await.unwrap();
    let first = last(world, noor(world)).await.starts_on;
    speaks(world, guardian, "pl").await;
    world.app.clock.turn(TimeDelta::days(365));
    census::daily(&world.app).await.unwrap();
    assert!(last(world, noor(world)).await.starts_on > first + Days::new(300));
    speaks(world, guardian, "ar").await;
    world.app.clock.turn(TimeDelta::days(-365));
    census::daily(&world.app).await.unwrap();
    let (today, rows) = (on(world), days(world, noor(world)).await);
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].0, rows[0].1), (first, Some(today - Days::new(1))));
    assert_eq!(rows[1], (today, None, "ar".to_owned()));
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

/// A child of the first group, with a guardian of its own.
pub(super) async fn family(world: &World, name: &str) -> (StudentId, PersonId) {
    let child = world.child(name, 0).await;
    let guardian = world.guardian(&format!("Ouder van {name}"), &[(child, GuardianAccess::Full)]).await;
    (child, guardian.person)
}

async fn an_event_counts_the_family_that_it_is_about(world: &World) {
    let (fien, parent) = family(world, "Fien").await;
    census::daily(&world.app).await.unwrap();
    for guardian in [parent, world.ours.guardians[0].person] {
        speaks(world, guardian, "pl").await;
    }
    happens(world, placed(noor(world))).await;
    let languages = async |world: &World| {
        let both = [last(world, noor(world)).await, last(world, fien).await];
        both.map(|row| row.language)
    };
    assert_eq!(languages(world).await, ["pl", "nl"]);
    speaks(world, world.ours.guardians[0].person, "ar").await;
    // An import that wrote a place of Fien.
    let db = world.writing().await;
    let places = enrolment::Entity::find().filter(enrolment::Column::StudentId.eq(fien));
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
    let insert = roster_change::Entity::insert(change.into_active_model().reset_all());
    insert.exec_without_returning(&db).await.unwrap();
    world.written(db).await;
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
    let input = json!({ "id": noor(world), "on": (on(world) - Days::new(1)).to_string() });
    assert_eq!(codes(&act(world, Who::Leader, "studentLeave", "", input).await), NOTHING);
    assert_eq!(entitled(fien).await, 1);
}

async fn a_relation_that_ends_is_counted_at_once(world: &World) {
    census::daily(&world.app).await.unwrap();
    assert_eq!(last(world, noor(world)).await.entitled, 1);
    let input = json!({ "id": world.ours.guardianships[0] });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipEnd", "", input).await), NOTHING);
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

/// An e-mail of the board to the guardian of Noor, and what became of it.
fn email(world: &World, state: DeliveryState, at: DateTime<Utc>) -> delivery::Model {
    let account = world.ours.guardians[0].account;
    delivery::Model {
        board_id: Some(world.ours.id),
        account_id: Some(account),
        channel: Channel::Email,
        address_id: account.0,
        lane: 2,
        state,
        attempts: 1,
        expires_at: at + TimeDelta::hours(72),
        finished_at: Some(at),
        failure: (state == DeliveryState::Failed).then(|| "550 5.1.1".to_owned()),
        ..waiting(at)
    }
}

/// A digest to the guardian of Noor, which is of no board.
fn digest(world: &World, state: DeliveryState, at: DateTime<Utc>) -> delivery::Model {
    delivery::Model { board_id: None, digest_until: Some(at), lane: 5, ..email(world, state, at) }
}

async fn mailed(world: &World, row: delivery::Model) {
    let db = world.writing().await;
    delivery::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// Whether Noor's family can be reached, as the census has it and as her teacher is told.
async fn reached(world: &World) -> (bool, bool) {
    happens(world, placed(noor(world))).await;
    let document = "query($group: ID!) { worklist(kind: UNREACHABLE, classGroup: $group) { student { displayName } } }";
    let told = ask(world, Who::Teacher, document, json!({ "group": world.ours.groups[0] })).await;
    let is_noor = |item: &Value| item["student"]["displayName"] == "Noor";
    let is_missing = told["worklist"].as_array().unwrap().iter().any(is_noor);
    (last(world, noor(world)).await.is_reachable, !is_missing)
}

async fn an_address_that_bounces_reaches_nobody_in_the_census_and_on_the_worklist(world: &World) {
    census::daily(&world.app).await.unwrap();
    let now = world.app.clock.now();
    assert_eq!(reached(world).await, (true, true));
    mailed(world, email(world, DeliveryState::Failed, now - TimeDelta::hours(3))).await;
    assert_eq!(reached(world).await, (false, false));
    mailed(world, email(world, DeliveryState::Sent, now - TimeDelta::hours(2))).await;
    assert_eq!(reached(world).await, (true, true));
    // What was wrong with the message or with us.
    for why in ["554 5.7.1", "552 5.3.4", "550 5.1.8", "the calendar part has no content type"] {
        let failed = email(world, DeliveryState::Failed, now - TimeDelta::minutes(90));
        mailed(world, delivery::Model { failure: Some(why.to_owned()), ..failed }).await;
    }
    assert_eq!(reached(world).await, (true, true));
    mailed(world, email(world, DeliveryState::Failed, now - TimeDelta::hours(1))).await;
    assert_eq!(reached(world).await, (false, false));
    // Another address is another login.
    let other = world.guardian("Wilhelmina", &[]).await;
    let guardian = world.ours.guardians[0].person;
    world
        .sow(&world.ours, async |sower| {
            sower.set_account(other.person, None).await;
            sower.set_account(guardian, Some(other.account)).await;
        })
        .await;
    assert_eq!(reached(world).await, (true, true));
}

async fn a_digest_that_bounces_reaches_nobody(world: &World) {
    census::daily(&world.app).await.unwrap();
    let ago = |hours: i64| world.app.clock.now() - TimeDelta::hours(hours);
    let of_another_board =
        delivery::Model { board_id: Some(world.theirs.id), ..email(world, DeliveryState::Failed, ago(9)) };
    let code = delivery::Model {
        board_id: None,
        letter: Some(LetterKind::PasswordReset),
        ..email(world, DeliveryState::Failed, ago(8))
    };
    for row in [of_another_board, code] {
        mailed(world, row).await;
        assert_eq!(reached(world).await, (true, true), "of this the board knows nothing");
    }
    for (row, is_reached) in [
        (digest(world, DeliveryState::Failed, ago(7)), false),
        (email(world, DeliveryState::Sent, ago(6)), true),
        (digest(world, DeliveryState::Failed, ago(5)), false),
        (digest(world, DeliveryState::Sent, ago(4)), true),
    ] {
        let what = format!("{row:?}");
        mailed(world, row).await;
        assert_eq!(reached(world).await, (is_reached, is_reached), "{what}");
    }
}

/// Nothing was refused for good, and nothing is taken.
async fn a_mailbox_that_is_full_for_days_reaches_nobody(world: &World) {
    census::daily(&world.app).await.unwrap();
    let ago = |days: i64| world.app.clock.now() - TimeDelta::days(days);
    let given_up = |row: delivery::Model, why: &str| delivery::Model { failure: Some(why.to_owned()), ..row };
    let dead = |days: i64| email(world, DeliveryState::Dead, ago(days));
    for row in [
        given_up(dead(20), "452 4.2.2"),
        given_up(dead(15), "452 4.2.2"),
        given_up(dead(6), "452 4.2.2"),
        given_up(dead(5), "451"),
        // The mail server was out of order or took no more from us, or nobody tried.
        given_up(dead(4), "421 4.3.2"),
        given_up(dead(4), "451 4.7.1"),
        given_up(dead(3), "GATEWAY_DOWN"),
        given_up(dead(2), "TIME_TO_LIVE"),
    ] {
        mailed(world, row).await;
    }
    assert_eq!(reached(world).await, (true, true), "twice of late");
    mailed(world, given_up(digest(world, DeliveryState::Dead, ago(1)), "452 4.2.2")).await;
    assert_eq!(reached(world).await, (false, false), "three times");
    mailed(world, email(world, DeliveryState::Sent, ago(0))).await;
    assert_eq!(reached(world).await, (true, true), "there is room again");
}

on_each_database!(
    who_left_before_it_was_told_is_in_no_week_after_it,
    what_no_place_covers_any_more_is_found_by_the_next_census,
    an_act_and_a_census_beside_it_are_one_after_the_other,
    of_a_child_one_stretch_goes_on,
    a_board_is_known_once_its_first_census_is_whole,
    a_clock_that_was_a_year_ahead_leaves_nothing,
    a_child_counts_at_the_school_of_its_class_group,
    an_event_counts_the_family_that_it_is_about,
    who_has_several_children_goes_on_to_count_when_one_leaves,
    a_relation_that_ends_is_counted_at_once,
    many_changes_take_as_many_statements_as_one,
    an_address_that_bounces_reaches_nobody_in_the_census_and_on_the_worklist,
    a_digest_that_bounces_reaches_nobody,
    a_mailbox_that_is_full_for_days_reaches_nobody,
);
