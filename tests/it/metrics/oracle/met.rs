//! Who met, wrote, agreed and praised, counted row by row.

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::engagement::{
    AttendeeStatus, ContactTone, StepKind, agreement, contact_moment, conversation, conversation_attendee, message,
    partnership,
};
use glans_entity::ids::{PartnershipId, StudentId};
use glans_entity::metrics::Span;
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, enrolment, guardianship};
use glans_entity::practice::OccasionStatus;

use super::calendar::{begin, is_working, key, last_counted, today};
use super::places::{Place, Places};
use super::{Source, Worth, rows};

/// What there is of conversations in a board.
struct Talks {
    held: Vec<conversation::Model>,
    attendees: Vec<conversation_attendee::Model>,
    guardianships: Vec<guardianship::Model>,
}

impl Talks {
    async fn of(src: Source<'_>) -> Self {
        let mut held = rows::<conversation::Entity>(src, conversation::Column::BoardId).await;
        held.retain(|row| row.status == OccasionStatus::Held);
        Self {
            held,
            attendees: rows::<conversation_attendee::Entity>(src, conversation_attendee::Column::BoardId).await,
            guardianships: rows::<guardianship::Entity>(src, guardianship::Column::BoardId).await,
        }
    }

    /// Somebody came who has everything of the child on the day.
    fn somebody_came(&self, row: &conversation::Model, day: NaiveDate) -> bool {
        self.attendees.iter().any(|guest| {
            guest.conversation_id == row.id
                && !guest.is_staff
                && guest.status == AttendeeStatus::Present
                && self.guardianships.iter().any(|link| {
                    link.guardian_id == guest.person_id
                        && link.student_id == row.student_id
                        && had_everything(link, day)
                })
        })
    }

    /// There was one of this kind with the student in that partnership, by the day.
    fn met(&self, partnerships: &[PartnershipId], student: StudentId, kind: StepKind, by: NaiveDate) -> bool {
        self.held.iter().any(|row| {
            row.kind == kind
                && row.student_id == student
                && partnerships.contains(&row.partnership_id)
                && today(row.starts_at) <= by
                && self.somebody_came(row, by)
        })
    }
}

pub(super) fn had_everything(link: &guardianship::Model, day: NaiveDate) -> bool {
    if link.access != GuardianAccess::Full || link.starts_on > day {
        return false;
    }
    match link.status {
        GuardianshipStatus::Active | GuardianshipStatus::Invited => link.ends_on.is_none_or(|last| last >= day),
        GuardianshipStatus::Ended => link.ends_on.is_some_and(|last| last >= day),
        GuardianshipStatus::Suspended => false,
    }
}

/// Marks of students, with whose they are.
pub(super) type Marks = Vec<(StudentId, Worth)>;

/// Marks of the students with whom there was a conversation.
pub(super) async fn talked(src: Source<'_>) -> Marks {
    let (places, talks) = (Places::of(src).await, Talks::of(src).await);
    let mut all = Vec::new();
    for row in &talks.held {
        let day = today(row.starts_at);
        let place = places.place(row.student_id, day).filter(|_| talks.somebody_came(row, day));
        let counts_at = row.recorded_at.unwrap();
        all.extend(place.map(|place| (row.student_id, Worth::new(place, day, counts_at, true))));
    }
    all
}

pub(super) async fn no_show(src: Source<'_>) -> Vec<Worth> {
    let (places, talks) = (Places::of(src).await, Talks::of(src).await);
    let mut all = Vec::new();
    for row in &talks.held {
        let (day, counts_at) = (today(row.starts_at), row.recorded_at.unwrap());
        let Some(place) = places.place(row.student_id, day) else { continue };
        for guest in talks.attendees.iter().filter(|guest| guest.conversation_id == row.id && !guest.is_staff) {
            all.push(Worth::new(place.clone(), day, counts_at, guest.status == AttendeeStatus::Absent));
        }
    }
    all
}

/// What counts from the day after on.
fn on(day: NaiveDate, place: Place, counts: bool) -> Worth {
    Worth::new(place, day, begin(day + Days::new(1)), counts)
}

pub(super) async fn intake(src: Source<'_>) -> Vec<Worth> {
    let (places, talks) = (Places::of(src).await, Talks::of(src).await);
    let years = rows::<school_year::Entity>(src, school_year::Column::BoardId).await;
    let groups = rows::<class_group::Entity>(src, class_group::Column::BoardId).await;
    let enrolments = rows::<enrolment::Entity>(src, enrolment::Column::BoardId).await;
    let mut all = Vec::new();
    for row in rows::<partnership::Entity>(src, partnership::Column::BoardId).await {
        let year = years.iter().find(|year| year.id == row.school_year_id).unwrap();
        let is_of_year = |place: &&enrolment::Model| {
            let mut of_year = groups.iter().filter(|group| group.school_year_id == year.id);
            place.student_id == row.student_id && of_year.any(|group| group.id == place.class_group_id)
        };
        let first = enrolments.iter().filter(is_of_year).map(|place| place.starts_on).min();
        let Some(first) = first.filter(|_| row.needs_intake) else { continue };
        let day = (first + Days::new(30)).min(year.ends_on);
        let Some(place) = places.place(row.student_id, day) else { continue };
        all.push(on(day, place, talks.met(&[row.id], row.student_id, StepKind::Intake, day)));
    }
    all
}

/// The years, each with its partnerships.
async fn years(src: Source<'_>) -> Vec<(school_year::Model, Vec<PartnershipId>)> {
    let partnerships = rows::<partnership::Entity>(src, partnership::Column::BoardId).await;
    let mut all = Vec::new();
    for year in rows::<school_year::Entity>(src, school_year::Column::BoardId).await {
        let own = partnerships.iter().filter(|row| row.school_year_id == year.id).map(|row| row.id).collect();
        all.push((year, own));
    }
    all
}

pub(super) async fn start(src: Source<'_>) -> Vec<Worth> {
    let (places, talks) = (Places::of(src).await, Talks::of(src).await);
    let mut all = Vec::new();
    for (year, own) in years(src).await {
        let day = (year.starts_on + Days::new(44)).min(year.ends_on);
        for (student, place) in places.active(day) {
            all.push(on(day, place, talks.met(&own, student, StepKind::Expectations, day)));
        }
    }
    all
}

async fn compliments(src: Source<'_>) -> Vec<contact_moment::Model> {
    let all = rows::<contact_moment::Entity>(src, contact_moment::Column::BoardId).await;
    all.into_iter().filter(|row| row.tone == ContactTone::Compliment).collect()
}

pub(super) async fn closing(src: Source<'_>) -> Vec<Worth> {
    let (places, talks) = (Places::of(src).await, Talks::of(src).await);
    let compliments = compliments(src).await;
    let mut all = Vec::new();
    for (year, own) in years(src).await {
        let day = last_counted(year.ends_on);
        let weeks = day - Days::new(55)..=day;
        for (student, place) in places.active(day) {
            let praised =
                compliments.iter().any(|row| row.student_id == student && weeks.contains(&today(row.occurred_at)));
            all.push(on(day, place, praised || talks.met(&own, student, StepKind::Closing, day)));
        }
    }
    all
}

pub(super) async fn praised(src: Source<'_>) -> Marks {
    let places = Places::of(src).await;
    let mut all = Vec::new();
    for row in compliments(src).await {
        let day = today(row.occurred_at);
        let place = places.place(row.student_id, day);
        let worth = |place| Worth::new(place, day, row.created_at, true);
        all.extend(place.map(|place| (row.student_id, worth(place))));
    }
    all
}

/// What arrived, in the order of arrival.
async fn arrived(src: Source<'_>) -> Vec<message::Model> {
    let mut all = rows::<message::Entity>(src, message::Column::BoardId).await;
    all.retain(|row| row.announced_at.is_some());
    all.sort_by_key(|row| row.arrives_at);
    all
}

/// Marks of the students about whom somebody answered: what arrived last in the thread before is of the other side and
/// the same school year.
pub(super) async fn both_wrote(src: Source<'_>) -> Marks {
    let (places, arrived) = (Places::of(src).await, arrived(src).await);
    let mut all = Vec::new();
    for (at, row) in arrived.iter().enumerate() {
        let day = today(row.arrives_at);
        let year = |row: &message::Model| key(Span::SchoolYear, today(row.arrives_at));
        let last = arrived[..at].iter().rfind(|it| it.thread_id == row.thread_id);
        let answers = last.is_some_and(|it| it.is_staff != row.is_staff && year(it) == year(row));
        let place = places.place(row.student_id, day).filter(|_| answers);
        let worth = |place| Worth::new(place, day, row.arrives_at, true);
        all.extend(place.map(|place| (row.student_id, worth(place))));
    }
    all
}

pub(super) async fn replies(src: Source<'_>) -> Vec<Worth> {
    let (places, arrived) = (Places::of(src).await, arrived(src).await);
    let mut all = Vec::new();
    for (at, row) in arrived.iter().enumerate().filter(|(_, row)| !row.is_staff) {
        let until = in_two_working_days(row.arrives_at);
        let mut later = arrived[at + 1..].iter().filter(|it| it.thread_id == row.thread_id && it.is_staff);
        let counts = later.next().is_some_and(|it| it.arrives_at < until);
        let day = today(row.arrives_at);
        let Some(place) = places.place(row.student_id, day) else { continue };
        all.push(Worth::new(place, day, until, counts));
    }
    all
}

fn in_two_working_days(at: DateTime<Utc>) -> DateTime<Utc> {
    let mut day = today(at);
    let mut left = 2;
    while left > 0 {
        day = day.succ_opt().unwrap();
        left -= i32::from(is_working(day));
    }
    begin(day + Days::new(1))
}

pub(super) async fn agreements(src: Source<'_>) -> Vec<Worth> {
    let places = Places::of(src).await;
    let mut all = Vec::new();
    for row in rows::<agreement::Entity>(src, agreement::Column::BoardId).await {
        let place = row.due_on.and_then(|day| Some((day, places.place(row.student_id, day)?)));
        let worth = |(day, place)| Worth { is_unknown: row.kept.is_none(), ..on(day, place, row.kept == Some(true)) };
        all.extend(place.map(worth));
    }
    all
}
