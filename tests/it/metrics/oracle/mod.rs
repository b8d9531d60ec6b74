//! What the metrics are, by a slow and obvious computation from the raw tables that shares nothing with the program,
//! and random histories on which both agree.

mod accord;
mod acts;
mod agree;
mod circle;
mod history;
mod life;
mod met;
mod places;
mod round;
mod standing;
mod told;
mod town;
mod year;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use glans::call::today;
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::{Metric, fact};
use glans_entity::scope::Scope;
use glans_tests::World;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

pub(super) use history::History;
pub(super) use standing::{Counts, covered};

/// Numerator and denominator of each school.
pub(super) type Sums = BTreeMap<(SchoolId, Metric), (i64, i64)>;

/// What something is worth.
#[derive(Clone, Copy)]
struct Worth {
    school: SchoolId,
    day: NaiveDate,
    counts_at: DateTime<Utc>,
    counts: bool,
}

/// What the raw tables say of a metric on these days, as far as it is known for good by `now`.
pub(super) async fn expected(
    world: &World,
    metric: Metric,
    board: BoardId,
    days: RangeInclusive<NaiveDate>,
    now: DateTime<Utc>,
) -> Sums {
    let db = reading(world, now).await;
    let all = match metric {
        Metric::Reach => told::reach(&db, board).await,
        Metric::Confirmation => told::confirmation(&db, board).await,
        Metric::EventParticipation => told::participation(&db, board).await,
        Metric::SurveyResponse => told::response(&db, board).await,
        Metric::GuardianTrust => told::trust(&db, board, false).await,
        Metric::TeacherTrust => told::trust(&db, board, true).await,
        Metric::Delivery => told::delivery(&db, board).await,
        Metric::ContentUse => told::content_use(&db, board).await,
        Metric::TwoWay | Metric::PositiveContact | Metric::ConversationCoverage => {
            met::worth(standing::marks(&db, metric, board).await)
        }
        Metric::StaffReply => met::replies(&db, board).await,
        Metric::Intake => met::intake(&db, board).await,
        Metric::StartConversation => met::start(&db, board).await,
        Metric::NoShow => met::no_show(&db, board).await,
        Metric::AgreementsKept => met::agreements(&db, board).await,
        Metric::Closing => met::closing(&db, board).await,
        Metric::LessonsPrepared | Metric::LessonsTaught | Metric::ExperienceReturn => {
            round::lessons(&db, board, metric).await
        }
        Metric::TeamAttendance => round::attendance(&db, board).await,
        Metric::Contactability | Metric::Activation | Metric::FullEngagement => {
            panic!("there are no facts of {metric:?}")
        }
    };
    let is_mark = matches!(metric, Metric::TwoWay | Metric::PositiveContact | Metric::ConversationCoverage);
    let mut sums = Sums::new();
    for worth in all.into_iter().filter(|worth| days.contains(&worth.day) && worth.counts_at <= now) {
        let sum = sums.entry((worth.school, metric)).or_default();
        sum.0 += i64::from(worth.counts);
        // A mark is a numerator only.
        sum.1 += i64::from(!is_mark);
    }
    sums
}

/// Of how many at each school it is not known, as the raw tables say.
pub(super) async fn unknown(
    world: &World,
    metric: Metric,
    board: BoardId,
    days: RangeInclusive<NaiveDate>,
    now: DateTime<Utc>,
) -> BTreeMap<SchoolId, i64> {
    let mut sums = BTreeMap::new();
    if metric == Metric::AgreementsKept {
        let all = met::unsaid(&reading(world, now).await, board).await;
        for worth in all.into_iter().filter(|worth| days.contains(&worth.day) && worth.counts_at <= now) {
            *sums.entry(worth.school).or_default() += 1;
        }
    }
    sums
}

/// What the facts of a metric say.
pub(super) async fn written(
    world: &World,
    metric: Metric,
    board: BoardId,
    days: RangeInclusive<NaiveDate>,
    now: DateTime<Utc>,
) -> Sums {
    let db = reading(world, now).await;
    let facts = fact::Entity::find().filter(fact::Column::BoardId.eq(board)).all(&db).await.unwrap();
    let mut sums = Sums::new();
    for fact in facts {
        if fact.metric == metric && days.contains(&fact.day) && fact.counts_at <= now {
            let sum = sums.entry((fact.school_id, metric)).or_default();
            sum.0 += i64::from(fact.numerator);
            sum.1 += i64::from(fact.denominator);
        }
    }
    sums
}

async fn reading(world: &World, now: DateTime<Utc>) -> DatabaseTransaction {
    world.app.db.read(&Scope::system(today(now))).await.unwrap()
}

/// All rows of a table that are the board's.
async fn rows<E: EntityTrait>(db: &DatabaseTransaction, column: E::Column, board: BoardId) -> Vec<E::Model> {
    E::find().filter(column.eq(board)).all(db).await.unwrap()
}
