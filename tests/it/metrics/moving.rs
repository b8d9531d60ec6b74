//! History does not move: neither when a school goes to another cluster nor when somebody is forgotten.

use chrono::{Days, NaiveDate, TimeDelta};
use glans::call::{begin, today};
use glans::metrics::{periods, rollups};
use glans_entity::ids::{ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{Level, Metric, Span, fact, figure};
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::now;
use crate::ask::{act, codes};
use crate::people::erasure::dump;

/// Who was reached at each school in the school year before.
const REACHED: [i32; 2] = [12, 9];
const OF: i32 = 20;
/// From the last day of the school year before to the day of the facts.
const BEFORE: Days = Days::new(60);

/// All figures of the first board.
async fn figures(world: &World) -> Vec<figure::Model> {
    let db = world.app.db.read(&Scope::system(today(now(world)))).await.unwrap();
    figure::Entity::find().filter(figure::Column::BoardId.eq(world.ours.id)).all(&db).await.unwrap()
}

/// Each as a line, in an order of their own.
fn lines<'f>(figures: impl IntoIterator<Item = &'f figure::Model>) -> Vec<String> {
    let mut lines: Vec<String> = figures.into_iter().map(|figure| format!("{figure:?}")).collect();
    lines.sort_unstable();
    lines
}

async fn rebuild(world: &World) {
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
}

/// Facts of both schools on a day of the school year before, as they were written then.
async fn sow_last_year(world: &World) -> NaiveDate {
    let day = periods::start(Span::SchoolYear, today(now(world))) - BEFORE;
    let db = world.writing().await;
    for (at, reached) in REACHED.into_iter().enumerate() {
        let item = Uuid::now_v7();
        let row = |number: i32| fact::Model {
            metric: Metric::Reach,
            item_id: item,
            subject_id: Uuid::now_v7(),
            board_id: world.ours.id,
            cluster_id: world.ours.clusters[at],
            school_id: world.ours.schools[at],
            class_group_id: world.ours.groups[at],
            language: "nl".to_owned(),
            day,
            counts_at: begin(day),
            numerator: i32::from(number < reached),
            denominator: 1,
            unknown: 0,
        };
        let rows = (0..OF).map(|number| row(number).into_active_model().reset_all());
        fact::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
    }
    world.written(db).await;
    day
}

/// The counts of a metric in the week of the day of that place, with what it hangs on.
fn of_week(figures: &[figure::Model], metric: Metric, day: NaiveDate, place: Uuid) -> Vec<(Uuid, i64, i64)> {
    let week = periods::start(Span::Week, day);
    let own = figures.iter().filter(|row| {
        (row.metric, row.span, row.starts_on, row.place_id) == (metric, Span::Week, week, place)
            && row.language.is_empty()
    });
    own.map(|row| (row.parent_id, row.numerator, row.denominator)).collect()
}

fn ids(world: &World) -> ([ClusterId; 2], [SchoolId; 2], [ClassGroupId; 2]) {
    (world.ours.clusters, world.ours.schools, world.ours.groups)
}

async fn a_school_that_moves_leaves_its_history_where_it_was(world: &World) {
    let (clusters, schools, groups) = ids(world);
    rollups::round(&world.app).await.unwrap();
    let day = sow_last_year(world).await;
    rebuild(world).await;
    let before = figures(world).await;
    let reached = |figures: &[figure::Model], place| of_week(figures, Metric::Reach, day, place);
    for (at, count) in REACHED.into_iter().enumerate() {
        let (numerator, denominator) = (i64::from(count), i64::from(OF));
        assert_eq!(reached(&before, clusters[at].0), [(world.ours.id.0, numerator, denominator)]);
        assert_eq!(reached(&before, schools[at].0), [(clusters[at].0, numerator, denominator)]);
        assert_eq!(reached(&before, groups[at].0), [(schools[at].0, numerator, denominator)]);
    }

    let input = json!({ "id": schools[0], "cluster": clusters[1] });
    assert_eq!(codes(&act(world, Who::Admin, "schoolMove", "", input).await), Vec::<&str>::new());
    rollups::round(&world.app).await.unwrap();
    assert_eq!(lines(&figures(world).await), lines(&before), "as it was when the school moved");
    rebuild(world).await;
    assert_eq!(lines(&figures(world).await), lines(&before), "and made anew");

    // In the next week somebody is praised, who counts where the school is by then.
    world.app.clock.turn(TimeDelta::days(7));
    let praised = today(now(world));
    rollups::round(&world.app).await.unwrap();
    let input = json!({ "student": world.ours.students[0], "kind": "PHONE", "tone": "COMPLIMENT", "note": "Top!" });
    assert_eq!(codes(&act(world, Who::Teacher, "contactMomentLog", "", input).await), Vec::<&str>::new());
    for _ in 0..8 {
        world.app.clock.turn(TimeDelta::days(1));
        rollups::round(&world.app).await.unwrap();
    }
    let after = figures(world).await;
    let counted = |place| of_week(&after, Metric::PositiveContact, praised, place);
    assert_eq!(counted(schools[0].0), [(clusters[1].0, 1, 1)]);
    assert_eq!(counted(clusters[1].0), [(world.ours.id.0, 1, 2)], "with the student of the other school");
    assert_eq!(counted(clusters[0].0), Vec::new());
    let year = periods::start(Span::SchoolYear, day);
    let is_of_year = |row: &&figure::Model| {
        row.metric == Metric::Reach && periods::last(row.span, row.starts_on) <= periods::last(Span::SchoolYear, year)
    };
    let last_year = |figures: &[figure::Model]| lines(figures.iter().filter(is_of_year));
    assert_eq!(last_year(&after), last_year(&before));
    rebuild(world).await;
    assert_eq!(lines(&figures(world).await), lines(&after), "made anew a week later");
}

/// The rows of metrics in which the person is.
async fn traces(world: &World) -> Vec<String> {
    let person = world.ours.guardians[0].person;
    let words = [person.to_string(), person.0.to_string(), person.0.simple().to_string().to_uppercase()];
    let mut dump = dump::of(world).await;
    dump.retain(|table, _| table.starts_with("metric_"));
    assert!(dump.len() >= 7, "{:?}", dump.keys());
    dump::holding(&dump, &words)
}

async fn who_is_forgotten_goes_on_to_count_as_nobody(world: &World) {
    rollups::round(&world.app).await.unwrap();
    for _ in 0..3 {
        world.app.clock.turn(TimeDelta::days(12));
        rollups::round(&world.app).await.unwrap();
    }
    assert!(!traces(world).await.is_empty(), "the guardian counts");
    rebuild(world).await;
    let before = figures(world).await;
    assert!(before.iter().any(|row| row.metric == Metric::Confirmation && row.level == Level::School));

    let input = json!({ "id": world.ours.guardians[0].person });
    assert_eq!(codes(&act(world, Who::Admin, "personErase", "", input).await), Vec::<&str>::new());
    assert_eq!(traces(world).await, Vec::<String>::new());
    assert_eq!(lines(&figures(world).await), lines(&before), "as it was");
    rollups::round(&world.app).await.unwrap();
    assert_eq!(lines(&figures(world).await), lines(&before), "after a round");
    rebuild(world).await;
    assert_eq!(lines(&figures(world).await), lines(&before), "made anew");
    assert_eq!(traces(world).await, Vec::<String>::new());

    // Nor on the days after it.
    for _ in 0..2 {
        world.app.clock.turn(TimeDelta::days(1));
        rollups::round(&world.app).await.unwrap();
    }
    let over: Vec<String> = lines(&before);
    let after = lines(&figures(world).await);
    let changed: Vec<&String> = over.iter().filter(|line| after.binary_search(line).is_err()).take(5).collect();
    assert_eq!(changed, Vec::<&String>::new(), "what was published once");
    assert_eq!(traces(world).await, Vec::<String>::new());
}

on_each_database!(a_school_that_moves_leaves_its_history_where_it_was, who_is_forgotten_goes_on_to_count_as_nobody,);
