//! What the metrics are, by a slow and obvious computation from the raw tables that shares nothing with the program but
//! the tables, and random histories on which both agree.
//!
//! It is written after the definitions, and not after the code: `texts/en.ftl` and `docs/metrics.md` say what counts.

mod accord;
mod acts;
mod agree;
mod announcing;
mod calendar;
mod channels;
mod chronicle;
mod circle;
mod erased;
mod history;
mod inviting;
mod life;
mod line;
mod met;
mod moves;
mod pacts;
mod places;
mod round;
mod sending;
mod standing;
mod told;
mod town;
mod writing;
mod year;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, ClassGroupId, SchoolId};
use glans_entity::metrics::{Metric, fact};
use glans_entity::scope::Scope;
use glans_tests::World;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

pub(super) use calendar::{covered_days, key, keys, looked_on};
pub(super) use chronicle::Chronicle;
pub(super) use history::History;
pub(super) use places::Place;
pub(super) use standing::covered;

use calendar::today;

/// Numerator and denominator of each place, and of how many it is not known.
pub type Counts = BTreeMap<Place, (i64, i64, i64)>;

/// What is counted: by the definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    /// What happened in the period.
    Events,
    /// The active students at its end, and those of them of whom there was a mark in it.
    Coverage,
    /// How they stand at its end.
    Standing,
}

pub(super) fn counting(metric: Metric) -> Counting {
    match metric {
        Metric::TwoWay | Metric::PositiveContact | Metric::ConversationCoverage => Counting::Coverage,
        Metric::Contactability | Metric::Activation | Metric::FullEngagement => Counting::Standing,
        _ => Counting::Events,
    }
}

/// Whence the computation has what it knows.
#[derive(Clone, Copy)]
struct Source<'s> {
    db: &'s DatabaseTransaction,
    board: BoardId,
    chronicle: &'s Chronicle,
}

impl Source<'_> {
    /// What is of a school and no student.
    fn school(self, school: SchoolId, on: NaiveDate) -> Place {
        let (cluster, group) = (self.chronicle.cluster(school, on), ClassGroupId(Uuid::nil()));
        Place { cluster, school, group, language: String::new() }
    }
}

/// What something is worth.
#[derive(Clone)]
pub struct Worth {
    place: Place,
    day: NaiveDate,
    /// When it is known for good.
    counts_at: DateTime<Utc>,
    counts: bool,
    is_unknown: bool,
}

impl Worth {
    fn new(place: Place, day: NaiveDate, counts_at: DateTime<Utc>, counts: bool) -> Self {
        Self { place, day, counts_at, counts, is_unknown: false }
    }
}

/// All that the raw tables say of a metric.
pub(super) async fn worth(world: &World, chronicle: &Chronicle, metric: Metric) -> Vec<Worth> {
    let db = reading(world, world.app.clock.now()).await;
    let src = Source { db: &db, board: world.ours.id, chronicle };
    match metric {
        Metric::Reach => told::reach(src).await,
        Metric::Confirmation => told::confirmation(src).await,
        Metric::EventParticipation => told::participation(src).await,
        Metric::SurveyResponse => told::response(src).await,
        Metric::GuardianTrust => told::trust(src, false).await,
        Metric::TeacherTrust => told::trust(src, true).await,
        Metric::Delivery => told::delivery(src).await,
        Metric::ContentUse => told::content_use(src).await,
        Metric::TwoWay | Metric::PositiveContact | Metric::ConversationCoverage => {
            standing::marks(src, metric).await.into_iter().map(|(_, worth)| worth).collect()
        }
        Metric::StaffReply => met::replies(src).await,
        Metric::Intake => met::intake(src).await,
        Metric::StartConversation => met::start(src).await,
        Metric::NoShow => met::no_show(src).await,
        Metric::AgreementsKept => met::agreements(src).await,
        Metric::Closing => met::closing(src).await,
        Metric::LessonsPrepared | Metric::LessonsTaught | Metric::ExperienceReturn => round::lessons(src, metric).await,
        Metric::TeamAttendance => round::attendance(src).await,
        Metric::Contactability | Metric::Activation | Metric::FullEngagement => Vec::new(),
    }
}

fn add(counts: &mut Counts, place: Place, (numerator, denominator, unknown): (i64, i64, i64)) {
    let sum = counts.entry(place).or_default();
    *sum = (sum.0 + numerator, sum.1 + denominator, sum.2 + unknown);
}

/// What it comes to on these days, as far as it is known for good by `now`.
pub(super) fn sum(all: &[Worth], metric: Metric, days: &RangeInclusive<NaiveDate>, now: DateTime<Utc>) -> Counts {
    // A mark is a numerator only.
    let each = i64::from(counting(metric) != Counting::Coverage);
    let mut counts = Counts::new();
    for worth in all.iter().filter(|worth| days.contains(&worth.day) && worth.counts_at <= now) {
        add(&mut counts, worth.place.clone(), (i64::from(worth.counts), each, i64::from(worth.is_unknown)));
    }
    counts
}

/// All facts of the first board.
async fn facts_of(world: &World) -> Vec<fact::Model> {
    let db = reading(world, world.app.clock.now()).await;
    fact::Entity::find().filter(fact::Column::BoardId.eq(world.ours.id)).all(&db).await.unwrap()
}

/// What the facts of a metric come to.
fn written(all: &[fact::Model], metric: Metric, days: &RangeInclusive<NaiveDate>, now: DateTime<Utc>) -> Counts {
    let mut counts = Counts::new();
    let own = all.iter().filter(|fact| fact.metric == metric && days.contains(&fact.day) && fact.counts_at <= now);
    for fact in own {
        let place = Place {
            cluster: fact.cluster_id,
            school: fact.school_id,
            group: fact.class_group_id,
            language: fact.language.clone(),
        };
        let (numerator, denominator) = (fact.numerator.into(), fact.denominator.into());
        add(&mut counts, place, (numerator, denominator, fact.unknown.into()));
    }
    counts
}

async fn reading(world: &World, now: DateTime<Utc>) -> DatabaseTransaction {
    world.app.db.read(&Scope::system(today(now))).await.unwrap()
}

/// All rows of a table that are the board's.
async fn rows<E: EntityTrait>(src: Source<'_>, column: E::Column) -> Vec<E::Model> {
    E::find().filter(column.eq(src.board)).all(src.db).await.unwrap()
}
