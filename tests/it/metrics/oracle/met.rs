//! Who met, wrote, agreed and praised, counted row by row.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use glans::call::{begin, today};
use glans_entity::engagement::{
    AttendeeStatus, ContactTone, StepKind, agreement, contact_moment, conversation, conversation_attendee, message,
    partnership,
};
use glans_entity::ids::{BoardId, PartnershipId, SchoolId, StudentId};
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, enrolment, guardianship};
use glans_entity::practice::OccasionStatus;
use sea_orm::DatabaseTransaction;

use super::places::Places;
use super::{Worth, rows};

/// What there is of conversations in a board.
struct Talks {
    held: Vec<conversation::Model>,
    attendees: Vec<conversation_attendee::Model>,
    guardianships: Vec<guardianship::Model>,
}

impl Talks {
    async fn of(db: &DatabaseTransaction, board: BoardId) -> Self {
        let mut held = rows::<conversation::Entity>(db, conversation::Column::BoardId, board).await;
        held.retain(|row| row.status == OccasionStatus::Held);
        Self {
            held,
            attendees: rows::<conversation_attendee::Entity>(db, conversation_attendee::Column::BoardId, board).await,
            guardianships: rows::<guardianship::Entity>(db, guardianship::Column::BoardId, board).await,
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

/// What the marks are worth, of whomever they are.
pub(super) fn worth(marks: Marks) -> Vec<Worth> {
    marks.into_iter().map(|(_, worth)| worth).collect()
}

/// Marks of the students with whom there was a conversation.
pub(super) async fn talked(db: &DatabaseTransaction, board: BoardId) -> Marks {
    let (places, talks) = (Places::of(db, board).await, Talks::of(db, board).await);
    let mut all = Vec::new();
    for row in &talks.held {
        let day = today(row.starts_at);
        let school = places.school(row.student_id, day).filter(|_| talks.somebody_came(row, day));
        let counts_at = row.recorded_at.unwrap();
        all.extend(school.map(|school| (row.student_id, Worth { school, day, counts_at, counts: true })));
    }
    all
}

pub(super) async fn no_show(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, talks) = (Places::of(db, board).await, Talks::of(db, board).await);
    let mut all = Vec::new();
    for row in &talks.held {
        let (day, counts_at) = (today(row.starts_at), row.recorded_at.unwrap());
        let Some(school) = places.school(row.student_id, day) else { continue };
        for guest in talks.attendees.iter().filter(|guest| guest.conversation_id == row.id && !guest.is_staff) {
            all.push(Worth { school, day, counts_at, counts: guest.status == AttendeeStatus::Absent });
        }
    }
    all
}

/// What counts from the day after on.
fn on(day: NaiveDate, school: SchoolId, counts: bool) -> Worth {
    Worth { school, day, counts_at: begin(day + Days::new(1)), counts }
}

pub(super) async fn intake(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, talks) = (Places::of(db, board).await, Talks::of(db, board).await);
    let years = rows::<school_year::Entity>(db, school_year::Column::BoardId, board).await;
    let groups = rows::<class_group::Entity>(db, class_group::Column::BoardId, board).await;
    let enrolments = rows::<enrolment::Entity>(db, enrolment::Column::BoardId, board).await;
    let mut all = Vec::new();
    for row in rows::<partnership::Entity>(db, partnership::Column::BoardId, board).await {
        let year = years.iter().find(|year| year.id == row.school_year_id).unwrap();
        let is_of_year = |place: &&enrolment::Model| {
            let mut of_year = groups.iter().filter(|group| group.school_year_id == year.id);
            place.student_id == row.student_id && of_year.any(|group| group.id == place.class_group_id)
        };
        let first = enrolments.iter().filter(is_of_year).map(|place| place.starts_on).min();
        let Some(first) = first.filter(|_| row.needs_intake) else { continue };
        let day = (first + Days::new(30)).min(year.ends_on);
        let Some(school) = places.school(row.student_id, day) else { continue };
        all.push(on(day, school, talks.met(&[row.id], row.student_id, StepKind::Intake, day)));
    }
    all
}

/// The years, each with its partnerships.
async fn years(db: &DatabaseTransaction, board: BoardId) -> Vec<(school_year::Model, Vec<PartnershipId>)> {
    let partnerships = rows::<partnership::Entity>(db, partnership::Column::BoardId, board).await;
    let mut all = Vec::new();
    for year in rows::<school_year::Entity>(db, school_year::Column::BoardId, board).await {
        let own = partnerships.iter().filter(|row| row.school_year_id == year.id).map(|row| row.id).collect();
        all.push((year, own));
    }
    all
}

pub(super) async fn start(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, talks) = (Places::of(db, board).await, Talks::of(db, board).await);
    let mut all = Vec::new();
    for (year, own) in years(db, board).await {
        let day = (year.starts_on + Days::new(44)).min(year.ends_on);
        for (student, school) in places.active(day) {
            all.push(on(day, school, talks.met(&own, student, StepKind::Expectations, day)));
        }
    }
    all
}

async fn compliments(db: &DatabaseTransaction, board: BoardId) -> Vec<contact_moment::Model> {
    let all = rows::<contact_moment::Entity>(db, contact_moment::Column::BoardId, board).await;
    all.into_iter().filter(|row| row.tone == ContactTone::Compliment).collect()
}

pub(super) async fn closing(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, talks) = (Places::of(db, board).await, Talks::of(db, board).await);
    let compliments = compliments(db, board).await;
    let mut all = Vec::new();
    for (year, own) in years(db, board).await {
        let day = year.ends_on;
        let weeks = day - Days::new(55)..=day;
        for (student, school) in places.active(day) {
            let praised =
                compliments.iter().any(|row| row.student_id == student && weeks.contains(&today(row.occurred_at)));
            all.push(on(day, school, praised || talks.met(&own, student, StepKind::Closing, day)));
        }
    }
    all
}

pub(super) async fn praised(db: &DatabaseTransaction, board: BoardId) -> Marks {
    let places = Places::of(db, board).await;
    let mut all = Vec::new();
    for row in compliments(db, board).await {
        let day = today(row.occurred_at);
        let school = places.school(row.student_id, day);
        let worth = |school| Worth { school, day, counts_at: row.created_at, counts: true };
        all.extend(school.map(|school| (row.student_id, worth(school))));
    }
    all
}

/// What arrived, in the order of arrival.
async fn arrived(db: &DatabaseTransaction, board: BoardId) -> Vec<message::Model> {
    let mut all = rows::<message::Entity>(db, message::Column::BoardId, board).await;
    all.retain(|row| row.announced_at.is_some());
    all.sort_by_key(|row| row.arrives_at);
    all
}

/// Marks of the students about whom both sides wrote.
pub(super) async fn both_wrote(db: &DatabaseTransaction, board: BoardId) -> Marks {
    let (places, arrived) = (Places::of(db, board).await, arrived(db, board).await);
    let mut all = Vec::new();
    for (at, row) in arrived.iter().enumerate() {
        let answers = arrived[..at].iter().any(|it| it.thread_id == row.thread_id && it.is_staff != row.is_staff);
        let day = today(row.arrives_at);
        let school = places.school(row.student_id, day).filter(|_| answers);
        let worth = |school| Worth { school, day, counts_at: row.arrives_at, counts: true };
        all.extend(school.map(|school| (row.student_id, worth(school))));
    }
    all
}

pub(super) async fn replies(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, arrived) = (Places::of(db, board).await, arrived(db, board).await);
    let mut all = Vec::new();
    for (at, row) in arrived.iter().enumerate().filter(|(_, row)| !row.is_staff) {
        let until = in_two_working_days(row.arrives_at);
        let mut later = arrived[at + 1..].iter().filter(|it| it.thread_id == row.thread_id && it.is_staff);
        let answered_at = later.next().map(|it| it.arrives_at).filter(|answered| *answered < until);
        let day = today(row.arrives_at);
        let Some(school) = places.school(row.student_id, day) else { continue };
        let (counts_at, counts) = (answered_at.unwrap_or(until), answered_at.is_some());
        all.push(Worth { school, day, counts_at, counts });
    }
    all
}

fn in_two_working_days(at: DateTime<Utc>) -> DateTime<Utc> {
    let mut day = today(at);
    let mut left = 2;
    while left > 0 {
        day = day.succ_opt().unwrap();
        if day.weekday() != Weekday::Sat && day.weekday() != Weekday::Sun {
            left -= 1;
        }
    }
    begin(day + Days::new(1))
}

/// As [`agreements`], of those of which nobody said whether they were kept.
pub(super) async fn unsaid(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let places = Places::of(db, board).await;
    let mut all = Vec::new();
    for row in rows::<agreement::Entity>(db, agreement::Column::BoardId, board).await {
        let school = row.due_on.and_then(|day| Some((day, places.school(row.student_id, day)?)));
        all.extend(school.filter(|_| row.kept.is_none()).map(|(day, school)| on(day, school, true)));
    }
    all
}

pub(super) async fn agreements(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let places = Places::of(db, board).await;
    let mut all = Vec::new();
    for row in rows::<agreement::Entity>(db, agreement::Column::BoardId, board).await {
        let school = row.due_on.and_then(|day| Some((day, places.school(row.student_id, day)?)));
        all.extend(school.map(|(day, school)| on(day, school, row.kept == Some(true))));
    }
    all
}
