//! A school year is published as it is decided, whatever stands, whoever changes a wish meanwhile and whoever is killed: in
//! one moment, or in several of which none tells more than it may.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::app::App;
use glans::call::today;
use glans::metrics::exports::{self, Making};
use glans::metrics::rollups::{self, Publication, Work};
use glans::platform::db::Database;
use glans_entity::metrics::{ExportState, Level, Metric, figure, milestone, unpublished};
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::exports::{row, started, wanted};
use super::rollups::{fifty, seen, wish};
use crate::ask::codes;

/// More than one statement takes away.
const STRAYS: usize = 120;
/// Of two metrics, more than one transaction takes away.
const MANY: usize = 1_800;
/// Less than a lease lasts, and with as much again more.
const A_WHILE: TimeDelta = TimeDelta::minutes(15);
/// How long something is waited for that must happen.
const SOON: Duration = Duration::from_mins(1);
/// Within it a process comes to its next statement.
const MEANWHILE: Duration = Duration::from_millis(300);

/// Publishes something of last year, of which the Monday is told.
async fn publish(world: &World) -> NaiveDate {
    rollups::round(&world.app).await.unwrap();
    world.app.clock.turn(TimeDelta::days(1));
    rollups::round(&world.app).await.unwrap();
    let week = fifty(world).await;
    is_to_be_published(world).await;
    rollups::round(&world.app).await.unwrap();
    week
}

/// As if nothing had been published today: all is looked at again.
async fn is_to_be_published(world: &World) {
    use milestone::Column;
    let own = Column::BoardId.eq(world.ours.id);
    let db = world.writing().await;
    milestone::Entity::delete_many().filter(own).filter(Column::Kind.eq("figures")).exec(&db).await.unwrap();
    world.written(db).await;
}

/// All of it was published earlier today.
async fn is_published(world: &World) {
    let now = world.app.clock.now();
    let (kind, reached) = ("figures".to_owned(), today(now).to_string());
    let row = milestone::Model { board_id: world.ours.id, kind, reached, at: now };
    let db = world.writing().await;
    milestone::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// The figures of the board until that week, and of the school year in which it is: each as a line.
async fn figures(world: &World, week: NaiveDate) -> Vec<String> {
    use figure::Column;
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    let own = figure::Entity::find()
        .filter(Column::BoardId.eq(world.ours.id))
        .filter(Column::StartsOn.lt(week + Days::new(7)));
    let mut lines: Vec<String> = own.all(&db).await.unwrap().iter().map(|row| format!("{row:?}")).collect();
    lines.sort_unstable();
    lines
}

/// As if other figures had been decided of the week: as many as that more, of a metric that has figures in that year and
/// of one that has none.
async fn spoil(world: &World, week: NaiveDate, strays: usize) {
    let before = figures(world, week).await.len();
    assert!(before > 0);
    world
        .sow(&world.ours, async |sower| {
            for metric in [Metric::Reach, Metric::NoShow] {
                let stray = |_| sower.figure(metric, Level::School, Uuid::now_v7(), week);
                sower.figures((0..strays).map(stray)).await;
            }
        })
        .await;
    assert_eq!(figures(world, week).await.len(), before + 2 * strays);
    let db = world.writing().await;
    let wrong = figure::Entity::update_many().col_expr(figure::Column::Numerator, Expr::value(24_i64));
    let wrong = wrong.filter(figure::Column::BoardId.eq(world.ours.id)).filter(figure::Column::StartsOn.eq(week));
    wrong.exec(&db).await.unwrap();
    world.written(db).await;
    is_to_be_published(world).await;
}

async fn what_stands_otherwise_than_it_is_decided_is_mended(world: &World) {
    let week = publish(world).await;
    let before = figures(world, week).await;
    spoil(world, week, STRAYS).await;
    rollups::round(&world.app).await.unwrap();
    assert_eq!(figures(world, week).await, before);
}

async fn claim(world: &World) -> Option<Publication> {
    Publication::claim(&world.app, world.ours.id, world.app.clock.now()).await.unwrap()
}

/// Publishes the school year; whether it was let.
async fn write(world: &World, year: &Work<'_>) -> bool {
    for batch in year.decide(&world.app).await.unwrap().batches() {
        if !year.write(&world.app, &batch).await.unwrap() {
            return false;
        }
    }
    true
}

async fn what_a_usual_week_changes_appears_in_one_moment(world: &World) {
    let week = publish(world).await;
    let before = figures(world, week).await;
    spoil(world, week, STRAYS).await;
    let spoilt = figures(world, week).await;
    let publication = claim(world).await.unwrap();
    let years = publication.years();
    let difference = years[0].decide(&world.app).await.unwrap();
    let batches = difference.batches();
    assert_eq!(batches.len(), 1);
    assert_eq!(figures(world, week).await, spoilt, "it is only decided");
    assert!(years[0].write(&world.app, &batches[0]).await.unwrap());
    assert_eq!(figures(world, week).await, before);
}

async fn of_very_many_changes_nothing_is_new_before_all_that_goes_is_gone(world: &World) {
    let week = publish(world).await;
    let before = figures(world, week).await;
    spoil(world, week, MANY).await;
    let spoilt = figures(world, week).await;
    let is_other = |line: &String| spoilt.binary_search(line).is_err();
    assert!(before.iter().any(is_other), "something is to be new");
    {
        let publication = claim(world).await.unwrap();
        let years = publication.years();
        let difference = years[0].decide(&world.app).await.unwrap();
        let batches = difference.batches();
        assert!(batches.len() > 1);
        assert!(years[0].write(&world.app, &batches[0]).await.unwrap());
    }
    let midway = figures(world, week).await;
    assert!(midway.len() < spoilt.len() && midway.len() > before.len(), "{} of {}", midway.len(), spoilt.len());
    assert!(!midway.iter().any(is_other), "nothing is new");

    // It was killed there. The next one goes on from what it finds, once the lease ran out and not only tomorrow.
    is_published(world).await;
    rollups::round(&world.app).await.unwrap();
    assert_eq!(figures(world, week).await, midway);
    world.app.clock.turn(A_WHILE * 2);
    rollups::round(&world.app).await.unwrap();
    assert_eq!(figures(world, week).await, before);
}

async fn a_file_has_no_part_of_what_is_being_published(world: &World) {
    let week = publish(world).await;
    spoil(world, week, MANY).await;
    let admin = world.actor(Who::Admin).await;
    let begun = started(&admin, wanted(world.ours.id)).await;
    let making = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    {
        let publication = claim(world).await.unwrap();
        let years = publication.years();
        let difference = years[0].decide(&world.app).await.unwrap();
        assert!(years[0].write(&world.app, &difference.batches()[0]).await.unwrap());
    }
    making.run().await.unwrap();
    let later = started(&admin, wanted(world.ours.id)).await;
    // Who published was killed.
    world.app.clock.turn(A_WHILE * 2);
    assert_eq!(exports::round(&world.app).await.unwrap(), 0);
    for waits in [&begun, &later] {
        assert_eq!(row(world, waits).await.unwrap().state, ExportState::Queued);
    }
    rollups::round(&world.app).await.unwrap();
    assert_eq!(exports::round(&world.app).await.unwrap(), 2);
    for ready in [&begun, &later] {
        assert_eq!(row(world, ready).await.unwrap().state, ExportState::Ready);
    }
}

async fn who_decides_for_long_keeps_the_lease(world: &World) {
    publish(world).await;
    is_to_be_published(world).await;
    let publication = claim(world).await.unwrap();
    let years = publication.years();
    let turns = async { world.app.clock.turn(A_WHILE) };
    let (decided, ()) = tokio::join!(years[0].decide(&world.app), turns);
    decided.unwrap();
    world.app.clock.turn(A_WHILE);
    assert!(claim(world).await.is_none(), "it is kept since the middle of that");
}

async fn who_goes_on_to_publish_keeps_the_other_school_years(world: &World) {
    publish(world).await;
    is_to_be_published(world).await;
    let publication = claim(world).await.unwrap();
    let years = publication.years();
    assert!(years.len() > 1);
    for year in &years {
        world.app.clock.turn(A_WHILE);
        assert!(claim(world).await.is_none(), "somebody publishes");
        assert!(write(world, year).await);
    }
    assert!(claim(world).await.is_some(), "all of it was given back");
}

async fn whose_lease_ran_out_writes_nothing_any_more(world: &World) {
    let week = publish(world).await;
    let before = figures(world, week).await;
    spoil(world, week, STRAYS).await;
    let late = claim(world).await.unwrap();
    let decided = late.years()[0].decide(&world.app).await.unwrap();
    world.app.clock.turn(A_WHILE * 2);
    let next = claim(world).await.unwrap();
    assert!(!late.years()[0].write(&world.app, &decided.batches()[0]).await.unwrap());
    assert!(!late.run(&world.app).await.unwrap());
    assert!(next.run(&world.app).await.unwrap(), "who was late gave back nothing of the other one");
    assert_eq!(figures(world, week).await, before);
}

async fn what_was_decided_by_a_wish_that_changed_is_not_written(world: &World) {
    let week = publish(world).await;
    spoil(world, week, STRAYS).await;
    let spoilt = figures(world, week).await;
    let publication = claim(world).await.unwrap();
    let decided = publication.years()[0].decide(&world.app).await.unwrap();
    for least in [Some(51), None] {
        assert_eq!(codes(&wish(world, least).await), Vec::<&str>::new());
    }
    assert!(!publication.years()[0].write(&world.app, &decided.batches()[0]).await.unwrap());
    assert_eq!(figures(world, week).await, spoilt);
}

/// The one has the board before it comes to what is published, and the other one the school years before the board.
async fn who_changes_a_wish_and_who_publishes_do_not_wait_for_each_other(world: &World) {
    use milestone::Column;
    publish(world).await;
    world.app.clock.turn(TimeDelta::days(7));
    let db = world.writing().await;
    let holds = milestone::Entity::update_many().col_expr(Column::At, Expr::value(world.app.clock.now()));
    holds.filter(Column::BoardId.eq(world.ours.id)).filter(Column::Kind.eq("figures")).exec(&db).await.unwrap();
    let wished = wish(world, Some(51));
    let claimed = async {
        sleep(MEANWHILE).await;
        claim(world).await
    };
    let lets_go_on = async {
        sleep(MEANWHILE * 2).await;
        world.written(db).await;
    };
    let (wished, claimed, ()) = tokio::join!(wished, claimed, lets_go_on);
    assert_eq!(codes(&wished), Vec::<&str>::new());
    assert!(claimed.is_some());
}

/// Another process, which goes round and tells by which database. It sees what stands, and decides nothing before it may.
fn go_round(world: &World, tells: Sender<Database>, may: Receiver<()>) -> JoinHandle<()> {
    let (config, clock) = (world.app.config.clone(), world.app.clock.clone());
    std::thread::spawn(move || {
        // It decides on threads for long work, of which this is the only one.
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
        runtime.block_on(async {
            let db = Database::connect(&config.database_url).await.unwrap();
            tells.send(db.clone()).unwrap();
            let app = App::new(config, db, clock).unwrap();
            let waits = tokio::task::spawn_blocking(move || may.recv().unwrap());
            rollups::round(&app).await.unwrap();
            waits.await.unwrap();
            if let Ok(app) = Arc::try_unwrap(app) {
                app.db.close().await.unwrap();
            }
        });
    })
}

/// Whether somebody publishes figures of the board.
async fn is_being_published(world: &World) -> bool {
    use unpublished::Column;
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    let leased = unpublished::Entity::find().filter(Column::BoardId.eq(world.ours.id));
    leased.filter(Column::LeasedUntil.is_not_null()).count(&db).await.unwrap() > 0
}

async fn a_wish_that_goes_there_and_back_meanwhile_is_heeded_in_the_next_round(world: &World) {
    let week = publish(world).await;
    let before = figures(world, week).await;
    assert!(!before.is_empty());
    is_to_be_published(world).await;
    let ((tells, told), (lets_go_on, may)) = (channel(), channel());
    let other = go_round(world, tells, may);
    let begun = async {
        while !is_being_published(world).await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, begun).await.unwrap();
    // Once it has seen what stands it asks nothing more. A busy machine comes to nothing for a while, too: the same so
    // often is the end of it.
    let (database, mut asked, mut looks) = (told.recv().unwrap(), 0, 0);
    while looks < 5 {
        sleep(MEANWHILE).await;
        let by_now = database.statement_count();
        looks = if by_now == asked { looks + 1 } else { 0 };
        asked = by_now;
    }
    drop(database);
    for least in [Some(51), None] {
        assert_eq!(codes(&wish(world, least).await), Vec::<&str>::new());
    }
    lets_go_on.send(()).unwrap();
    tokio::task::spawn_blocking(|| other.join()).await.unwrap().unwrap();
    assert_eq!(seen(world).await, 0, "it knew what was wished before");
    rollups::round(&world.app).await.unwrap();
    assert!(seen(world).await > 0);
    assert_eq!(figures(world, week).await, before);
}

on_each_database!(
    a_file_has_no_part_of_what_is_being_published,
    who_decides_for_long_keeps_the_lease,
    a_wish_that_goes_there_and_back_meanwhile_is_heeded_in_the_next_round,
    of_very_many_changes_nothing_is_new_before_all_that_goes_is_gone,
    what_a_usual_week_changes_appears_in_one_moment,
    what_stands_otherwise_than_it_is_decided_is_mended,
    what_was_decided_by_a_wish_that_changed_is_not_written,
    who_changes_a_wish_and_who_publishes_do_not_wait_for_each_other,
    who_goes_on_to_publish_keeps_the_other_school_years,
    whose_lease_ran_out_writes_nothing_any_more,
);
