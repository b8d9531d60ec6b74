//! How students stand, counted row by row: of whom there is a mark, and what is known of their families.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use glans_entity::ids::{PersonId, SchoolId, StudentId};
use glans_entity::metrics::Metric;
use glans_tests::World;

use super::calendar::today;
use super::channels::Channels;
use super::chronicle::Chronicle;
use super::line::{Line, Status};
use super::met::{self, Marks};
use super::places::{Place, Places};
use super::{Counts, Source, add, reading};

/// The marks of a metric.
pub(super) async fn marks(src: Source<'_>, metric: Metric) -> Marks {
    match metric {
        Metric::TwoWay => [met::talked(src).await, met::both_wrote(src).await].concat(),
        Metric::PositiveContact => met::praised(src).await,
        Metric::ConversationCoverage => met::talked(src).await,
        _ => panic!("there are no marks of {metric:?}"),
    }
}

/// The active students of the day `on`, and those of them of whom there is a mark on these days, at whatever school.
pub async fn covered(
    world: &World,
    chronicle: &Chronicle,
    metric: Metric,
    days: &RangeInclusive<NaiveDate>,
    on: NaiveDate,
) -> Counts {
    let db = reading(world, world.app.clock.now()).await;
    let src = Source { db: &db, board: world.ours.id, chronicle };
    let (places, marks) = (Places::of(src).await, marks(src, metric).await);
    let mut counts = Counts::new();
    for (student, place) in places.active(on) {
        let is_marked = marks.iter().any(|(of, worth)| *of == student && days.contains(&worth.day));
        add(&mut counts, place, (i64::from(is_marked), 1, 0));
    }
    counts
}

/// How an active student stands: numerator, denominator and of how many it is not known.
pub struct Stand {
    pub student: StudentId,
    place: Place,
    contactability: (i64, i64, i64),
    activation: (i64, i64, i64),
    engagement: (i64, i64, i64),
}

/// What it comes to.
pub(super) fn sum(stands: &[Stand], metric: Metric) -> Counts {
    let mut counts = Counts::new();
    for stand in stands {
        let own = match metric {
            Metric::Contactability => stand.contactability,
            Metric::Activation => stand.activation,
            Metric::FullEngagement => stand.engagement,
            _ => panic!("students do not stand to {metric:?}"),
        };
        add(&mut counts, stand.place.clone(), own);
    }
    counts
}

/// How the active students of the first board stand now.
pub(super) async fn standing(world: &World, chronicle: &Chronicle) -> Vec<Stand> {
    let now = world.app.clock.now();
    let db = reading(world, now).await;
    let src = Source { db: &db, board: world.ours.id, chronicle };
    let (places, channels, line) = (Places::of(src).await, Channels::of(src, now).await, Line::of(src, now).await);
    // A guardian of several children of a school counts at the first of them.
    let mut counted: BTreeSet<(SchoolId, PersonId)> = BTreeSet::new();
    let mut all = Vec::new();
    for (student, place) in places.active(today(now)) {
        let mut guardians = places.entitled(student, today(now));
        let is_reached = guardians.iter().any(|guardian| channels.leads_to(*guardian));
        guardians.retain(|guardian| counted.insert((place.school, *guardian)));
        let signed_in = guardians.iter().filter(|guardian| channels.has_signed_in(**guardian));
        all.push(Stand {
            student,
            place,
            contactability: (i64::from(is_reached), 1, 0),
            activation: (count(signed_in), count(guardians.iter()), 0),
            engagement: engaged(line.criteria(student, &places, &channels)),
        });
    }
    all
}

fn count(of: impl Iterator) -> i64 {
    i64::try_from(of.count()).unwrap()
}

/// Strict: what is not known is not met. Nothing is asked of whom there is no partnership.
fn engaged(criteria: Option<[Status; 6]>) -> (i64, i64, i64) {
    match criteria {
        None => (0, 0, 0),
        Some(all) if all.contains(&Status::NotYet) => (0, 1, 0),
        Some(all) if all.contains(&Status::Unknown) => (0, 1, 1),
        Some(_) => (1, 1, 0),
    }
}
