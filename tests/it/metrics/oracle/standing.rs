//! How students stand, counted row by row: of whom there is a mark, and what is known of their families.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use glans::call::today;
use glans::engagement::partnerships::criteria::{self, CriterionStatus};
use glans::engagement::partnerships::{history, store};
use glans_entity::identity::account;
use glans_entity::ids::{BoardId, PersonId, SchoolId, StudentId};
use glans_entity::metrics::Metric;
use glans_entity::people::{GuardianshipStatus, guardianship, person};
use glans_entity::scope::Scope;
use glans_tests::World;
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::met::{self, Marks};
use super::places::Places;
use super::{reading, rows};

/// Numerator and denominator of each school, and of how many it is not known.
pub type Counts = BTreeMap<SchoolId, (i64, i64, i64)>;

fn add(counts: &mut Counts, school: SchoolId, (numerator, denominator, unknown): (i64, i64, i64)) {
    let sum = counts.entry(school).or_default();
    *sum = (sum.0 + numerator, sum.1 + denominator, sum.2 + unknown);
}

/// The marks of a metric.
pub(super) async fn marks(db: &DatabaseTransaction, metric: Metric, board: BoardId) -> Marks {
    match metric {
        Metric::TwoWay => [met::talked(db, board).await, met::both_wrote(db, board).await].concat(),
        Metric::PositiveContact => met::praised(db, board).await,
        Metric::ConversationCoverage => met::talked(db, board).await,
        _ => panic!("there are no marks of {metric:?}"),
    }
}

/// The active students of the day `on`, and those of them of whom there is a mark on these days, at whatever school.
pub async fn covered(world: &World, metric: Metric, days: RangeInclusive<NaiveDate>, on: NaiveDate) -> Counts {
    let db = reading(world, world.app.clock.now()).await;
    let (places, marks) = (Places::of(&db, world.ours.id).await, marks(&db, metric, world.ours.id).await);
    let mut counts = Counts::new();
    for (student, school) in places.active(on) {
        let is_marked = marks.iter().any(|(of, worth)| *of == student && days.contains(&worth.day));
        add(&mut counts, school, (i64::from(is_marked), 1, 0));
    }
    counts
}

/// How the active students of the first board stand now.
pub(super) async fn standing(world: &World) -> BTreeMap<Metric, Counts> {
    let on = today(world.app.clock.now());
    let db = reading(world, world.app.clock.now()).await;
    let active = Places::of(&db, world.ours.id).await.active(on);
    let families = Families::of(&db, world.ours.id).await;
    let (mut contactability, mut activation, mut engagement) = (Counts::new(), Counts::new(), Counts::new());
    let mut counted: BTreeSet<(SchoolId, PersonId)> = BTreeSet::new();
    for (student, school) in active {
        let guardians = families.entitled(student, on);
        let is_reached = guardians.iter().any(|guardian| families.has_login(*guardian));
        add(&mut contactability, school, (i64::from(is_reached), 1, 0));
        add(&mut activation, school, (0, 0, 0));
        for guardian in guardians {
            if counted.insert((school, guardian)) {
                add(&mut activation, school, (i64::from(families.has_signed_in(guardian)), 1, 0));
            }
        }
        add(&mut engagement, school, engaged(world, &db, student).await);
    }
    BTreeMap::from([
        (Metric::Contactability, contactability),
        (Metric::Activation, activation),
        (Metric::FullEngagement, engagement),
    ])
}

/// Guardians and their logins.
struct Families {
    links: Vec<guardianship::Model>,
    people: Vec<person::Model>,
    accounts: Vec<account::Model>,
}

impl Families {
    async fn of(db: &DatabaseTransaction, board: BoardId) -> Self {
        Self {
            links: rows::<guardianship::Entity>(db, guardianship::Column::BoardId, board).await,
            people: rows::<person::Entity>(db, person::Column::BoardId, board).await,
            accounts: account::Entity::find().all(db).await.unwrap(),
        }
    }

    /// Who has everything of the student today.
    fn entitled(&self, student: StudentId, on: NaiveDate) -> Vec<PersonId> {
        let own = self.links.iter().filter(|link| link.student_id == student);
        let holds =
            |link: &&guardianship::Model| link.status != GuardianshipStatus::Ended && met::had_everything(link, on);
        own.filter(holds).map(|link| link.guardian_id).collect()
    }

    /// No e-mail bounces in these histories, so that a login is a way to somebody.
    fn has_login(&self, guardian: PersonId) -> bool {
        self.people.iter().any(|person| person.id == guardian && person.account_id.is_some())
    }

    fn has_signed_in(&self, guardian: PersonId) -> bool {
        let mut own = self.people.iter().filter(|person| person.id == guardian);
        let account = own.find_map(|person| person.account_id);
        self.accounts.iter().any(|row| Some(row.id) == account && row.first_signed_in_at.is_some())
    }
}

/// What a student is worth by the criteria of the partnership, which have tests of their own; nothing without one.
async fn engaged(world: &World, db: &DatabaseTransaction, student: StudentId) -> (i64, i64, i64) {
    let now = world.app.clock.now();
    let rows = store::of_students(db, &Scope::system(today(now)), &[student], None).await.unwrap();
    let Some(row) = rows.last() else { return (0, 0, 0) };
    let histories = history::of(db, now, &rows).await.unwrap();
    let mut unknown = false;
    for criterion in criteria::criteria(&histories[&row.id]) {
        match criterion.status {
            CriterionStatus::NotYet => return (0, 1, 0),
            CriterionStatus::Unknown => unknown = true,
            CriterionStatus::Met | CriterionStatus::NotDue => {}
        }
    }
    (i64::from(!unknown), 1, i64::from(unknown))
}
