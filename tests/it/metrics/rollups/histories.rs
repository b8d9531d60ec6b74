//! What is made while facts come in, in histories of what people do, is what is made anew, and what the raw tables say.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;
use glans::call::today;
use glans::metrics::rollups;
use glans_entity::metrics::{Metric, Span, cell};
use glans_tests::{Engine, World, on_each_database, run};
use sea_orm::Iterable;

use super::{Made, cells, rebuilt};
use crate::metrics::now;
use crate::metrics::oracle::{
    Chronicle, Counting, Counts, History, Place, counting, covered, covered_days, keys, looked_on, sum, worth,
};

/// Histories of the suite, which follow each other in one database.
const HISTORIES: u64 = 3;
/// As many as there are in a database of the long run.
const AT_ONCE: u64 = 5;
/// Times at which something happens in a history: about five days.
const STEPS: u32 = 12;

/// What the cells of a metric in a period say of each place.
fn counts(cells: &[cell::Model], metric: Metric, (span, key): (Span, NaiveDate)) -> Counts {
    let own = cells.iter().filter(|cell| (cell.metric, cell.span, cell.starts_on) == (metric, span, key));
    let count = |cell: &cell::Model| {
        let place = Place {
            cluster: cell.cluster_id,
            school: cell.school_id,
            group: cell.class_group_id,
            language: cell.language.clone(),
        };
        (place, (cell.numerator, cell.denominator, cell.unknown))
    };
    own.map(count).collect()
}

async fn live(world: &World, chronicle: &mut Chronicle, number: u64) -> History {
    let mut history = History::begin(world, chronicle, number).await;
    for _ in 0..STEPS {
        history.go_on(world, chronicle).await;
    }
    history.end(world, chronicle).await;
    let made = Made::of(world).await;
    must_say_what_the_tables_say(world, chronicle, &history, number).await;
    made.must_be(&rebuilt(world).await, &format!("history {number}, made anew"));
    history
}

/// The weeks and months of the history, those that are not over too, and the school years that meet in it.
async fn must_say_what_the_tables_say(world: &World, chronicle: &Chronicle, history: &History, number: u64) {
    let (cells, now) = (cells(world).await, now(world));
    let spans = Span::iter().filter(|span| *span != Span::SchoolYear || history.is_of_summer());
    let periods = spans.flat_map(|span| keys(span, history.from, today(now)).into_iter().map(move |key| (span, key)));
    let of = |(span, key)| (span, key, covered_days(span, key), looked_on(span, key).min(today(now)));
    let periods: Vec<_> = periods.map(of).collect();
    for metric in Metric::iter() {
        let all = worth(world, chronicle, metric).await;
        for (span, key, days, on) in &periods {
            let told = match counting(metric) {
                Counting::Events => sum(&all, metric, days, now),
                Counting::Coverage => covered(world, chronicle, metric, days, *on).await,
                Counting::Standing => history.standing(*on, metric),
            };
            let made = counts(&cells, metric, (*span, *key));
            assert_eq!(made, told, "history {number}: {metric:?} of the {span:?} {key}");
        }
    }
}

async fn live_all(world: &World, histories: Range<u64>) {
    let mut chronicle = Chronicle::begin(world).await;
    let mut last = None;
    for number in histories {
        last = Some(live(world, &mut chronicle, number).await);
    }
    somebody_is_forgotten(world, &last.unwrap()).await;
}

/// What was published stays, in the next round and made anew.
async fn somebody_is_forgotten(world: &World, history: &History) {
    history.write_all(world).await;
    rollups::round(&world.app).await.unwrap();
    let before = rebuilt(world).await.figures;
    history.forget_somebody(world).await;
    rollups::round(&world.app).await.unwrap();
    let after = Made::of(world).await.figures;
    assert!(after == before, "somebody is forgotten, and figures changed: {:?}", first_of_one(&after, &before));
    let after = rebuilt(world).await.figures;
    assert!(after == before, "made anew, figures changed: {:?}", first_of_one(&after, &before));
}

/// The first line that is in one alone.
fn first_of_one<'l>(one: &'l [String], other: &'l [String]) -> Option<&'l String> {
    let only = |these: &'l [String], those: &'l [String]| these.iter().find(|line| those.binary_search(line).is_err());
    only(one, other).or_else(|| only(other, one))
}

async fn what_is_made_while_facts_come_in_is_what_is_made_anew(world: &World) {
    live_all(world, 0..HISTORIES).await;
    something_was_made(world).await;
}

/// Nothing and nothing are the same as well.
async fn something_was_made(world: &World) {
    let made = cells(world).await;
    let sum = |of: fn(&cell::Model) -> i64, metric: Metric| -> i64 {
        made.iter().filter(|cell| cell.metric == metric).map(of).sum()
    };
    for metric in Metric::iter() {
        assert!(sum(|cell| cell.denominator, metric) > 0, "nothing is counted for {metric:?}");
    }
    let common =
        [Metric::Contactability, Metric::Activation, Metric::Delivery, Metric::TwoWay, Metric::ConversationCoverage];
    for metric in common {
        assert!(sum(|cell| cell.numerator, metric) > 0, "nothing counts for {metric:?}");
    }
    assert!(sum(|cell| cell.unknown, Metric::FullEngagement) > 0, "of some not everything is known");
    let spoken: BTreeSet<&str> = made.iter().map(|cell| cell.language.as_str()).collect();
    assert!(spoken.len() > 2, "{spoken:?}");
}

/// As many as `HISTORIES` says, some in a database.
fn many(engine: Engine) {
    let histories = std::env::var("HISTORIES").map_or(60, |count| count.parse().expect("HISTORIES is a number"));
    for first in (0..histories).step_by(usize::try_from(AT_ONCE).unwrap()) {
        run(engine, async |world: &World| live_all(world, first..(first + AT_ONCE).min(histories)).await);
    }
}

#[test]
#[ignore = "long: HISTORIES=60 cargo test --test it many_histories -- --ignored"]
fn sqlite_many_histories_are_rolled_up() {
    many(Engine::Sqlite);
}

#[test]
#[ignore = "long: HISTORIES=60 cargo test --test it many_histories -- --ignored"]
fn postgres_many_histories_are_rolled_up() {
    many(Engine::Postgres);
}

on_each_database!(what_is_made_while_facts_come_in_is_what_is_made_anew);
