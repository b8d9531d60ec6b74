//! What was told, asked and offered, counted row by row.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::call::{begin, today};
use glans_entity::engagement::{
    EventStatus, SurveyKind, SurveyStatus, announcement, event, event_response, recipient, survey, survey_answer,
    survey_response,
};
use glans_entity::ids::{BoardId, PersonId, SchoolId, StudentId};
use glans_entity::notifications::{DeliveryState, delivery, notification, notification_student};
use glans_entity::people::person;
use glans_entity::practice::{OccasionStatus, attendance, team_session};
use glans_entity::programme::{Audience, MaterialState, material, material_state};
use sea_orm::{DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::places::Places;
use super::{Worth, rows};

/// To guardians.
async fn receipts(db: &DatabaseTransaction, board: BoardId) -> Vec<recipient::Model> {
    let all = rows::<recipient::Entity>(db, recipient::Column::BoardId, board).await;
    all.into_iter().filter(|row| !row.student_id.0.is_nil()).collect()
}

pub(super) async fn reach(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, receipts) = (Places::of(db, board).await, receipts(db, board).await);
    let mut all = Vec::new();
    for row in rows::<announcement::Entity>(db, announcement::Column::BoardId, board).await {
        let Some(published_at) = row.published_at else { continue };
        let until = published_at + TimeDelta::hours(72);
        if !row.roles.0.iter().any(|role| role == "GUARDIAN") || row.withdrawn_at.is_some_and(|at| at < until) {
            continue;
        }
        let day = today(published_at);
        let own: Vec<_> = receipts.iter().filter(|receipt| receipt.item_id == row.id.0).collect();
        let received = own.iter().map(|receipt| receipt.student_id);
        let students: BTreeSet<StudentId> = received.chain(places.at_places_of(row.id.0, day)).collect();
        for student in students {
            let Some(school) = places.school(student, day) else { continue };
            let counts = own.iter().any(|receipt| {
                let in_time = receipt.read_at.is_some_and(|at| at <= until)
                    || receipt.acknowledged_at.is_some_and(|at| at <= until);
                let entitled = places.is_entitled(receipt.person_id.0, student, day);
                receipt.student_id == student && in_time && entitled
            });
            all.push(Worth { school, day, counts_at: until, counts });
        }
    }
    all
}

pub(super) async fn confirmation(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, receipts) = (Places::of(db, board).await, receipts(db, board).await);
    let mut all = Vec::new();
    for row in rows::<announcement::Entity>(db, announcement::Column::BoardId, board).await {
        let Some(published_at) = row.published_at.filter(|_| row.requires_acknowledgement) else { continue };
        let until = row.acknowledge_by.unwrap_or(published_at + TimeDelta::days(7));
        if !row.roles.0.iter().any(|role| role == "GUARDIAN") || row.withdrawn_at.is_some_and(|at| at < until) {
            continue;
        }
        let day = today(published_at);
        for (school, own) in each_guardian(&places, &receipts, row.id.0, day) {
            let counts = own.iter().any(|receipt| receipt.acknowledged_at.is_some_and(|at| at <= until));
            all.push(Worth { school, day, counts_at: until, counts });
        }
    }
    all
}

/// The guardians to whom the item is addressed, each with their rows.
fn each_guardian<'r>(
    places: &Places,
    receipts: &'r [recipient::Model],
    item: Uuid,
    day: NaiveDate,
) -> Vec<(SchoolId, Vec<&'r recipient::Model>)> {
    let of_item = || receipts.iter().filter(|receipt| receipt.item_id == item);
    let persons: BTreeSet<PersonId> = of_item().map(|receipt| receipt.person_id).collect();
    let mut all = Vec::new();
    for person in persons {
        let own: Vec<_> = of_item().filter(|receipt| receipt.person_id == person).collect();
        let school = places.first_school(own.iter().map(|receipt| receipt.student_id), day);
        all.extend(school.map(|school| (school, own)));
    }
    all
}

pub(super) async fn participation(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, receipts) = (Places::of(db, board).await, receipts(db, board).await);
    let answers = rows::<event_response::Entity>(db, event_response::Column::BoardId, board).await;
    let mut all = Vec::new();
    for row in rows::<event::Entity>(db, event::Column::BoardId, board).await {
        let own: Vec<_> = receipts.iter().filter(|receipt| receipt.item_id == row.id.0).collect();
        if row.status != EventStatus::Planned || own.is_empty() {
            continue;
        }
        let day = today(row.starts_at);
        let came = |guest: PersonId| {
            let mut own = answers.iter().filter(|answer| answer.event_id == row.id && answer.person_id == guest);
            own.any(|answer| answer.checked_in_at.is_some())
        };
        let received = own.iter().map(|receipt| receipt.student_id);
        let students: BTreeSet<_> = received.chain(places.at_places_of(row.id.0, today(row.created_at))).collect();
        for student in students {
            let Some(school) = places.school(student, day) else { continue };
            let mut invited = own.iter().filter(|receipt| receipt.student_id == student);
            let counts =
                invited.any(|receipt| came(receipt.person_id) && places.is_entitled(receipt.person_id.0, student, day));
            all.push(Worth { school, day, counts_at: row.ends_at, counts });
        }
    }
    all
}

async fn opened(db: &DatabaseTransaction, board: BoardId) -> Vec<survey::Model> {
    let all = rows::<survey::Entity>(db, survey::Column::BoardId, board).await;
    all.into_iter().filter(|row| row.status != SurveyStatus::Draft).collect()
}

pub(super) async fn response(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let (places, receipts) = (Places::of(db, board).await, receipts(db, board).await);
    let mut all = Vec::new();
    for row in opened(db, board).await {
        let day = today(row.opens_at);
        for (school, own) in each_guardian(&places, &receipts, row.id.0, day) {
            let counts = own.iter().any(|receipt| receipt.acknowledged_at.is_some());
            all.push(Worth { school, day, counts_at: row.closes_at, counts });
        }
    }
    all
}

pub(super) async fn trust(db: &DatabaseTransaction, board: BoardId, as_staff: bool) -> Vec<Worth> {
    let places = Places::of(db, board).await;
    let responses = rows::<survey_response::Entity>(db, survey_response::Column::BoardId, board).await;
    let answers = rows::<survey_answer::Entity>(db, survey_answer::Column::BoardId, board).await;
    let mut all = Vec::new();
    for row in opened(db, board).await.into_iter().filter(|row| row.kind == SurveyKind::Pulse) {
        let day = today(row.opens_at);
        for response in responses.iter().filter(|given| given.survey_id == row.id && given.as_staff == as_staff) {
            let school = response.student_id.and_then(|student| places.school(student, day));
            let Some(school) = school else { continue };
            for answer in answers.iter().filter(|answer| answer.response_id == response.id) {
                all.push(Worth { school, day, counts_at: row.closes_at, counts: answer.value >= 4 });
            }
        }
    }
    all
}

pub(super) async fn delivery(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let places = Places::of(db, board).await;
    let children = rows::<notification_student::Entity>(db, notification_student::Column::BoardId, board).await;
    let deliveries = delivery::Entity::find().all(db).await.unwrap();
    let mut all = Vec::new();
    for row in rows::<notification::Entity>(db, notification::Column::BoardId, board).await {
        if row.as_staff {
            continue;
        }
        let day = today(row.created_at);
        let own = children.iter().filter(|child| child.notification_id == row.id).map(|child| child.student_id);
        let Some(school) = places.first_school(own, day) else { continue };
        for sent in deliveries.iter().filter(|sent| sent.notification_id == Some(row.id)) {
            let counts_at = begin(day + Days::new(1)) + TimeDelta::hours(96);
            match sent.state {
                DeliveryState::Sent => all.push(Worth { school, day, counts_at, counts: true }),
                DeliveryState::Failed | DeliveryState::Dead => {
                    all.push(Worth { school, day, counts_at, counts: false });
                }
                DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Suppressed => {}
            }
        }
    }
    all
}

pub(super) async fn content_use(db: &DatabaseTransaction, board: BoardId) -> Vec<Worth> {
    let people = rows::<person::Entity>(db, person::Column::BoardId, board).await;
    let attendances = rows::<attendance::Entity>(db, attendance::Column::BoardId, board).await;
    let materials = material::Entity::find().all(db).await.unwrap();
    let states = material_state::Entity::find().all(db).await.unwrap();
    let mut all = Vec::new();
    for row in rows::<team_session::Entity>(db, team_session::Column::BoardId, board).await {
        let wanted: Vec<_> = materials
            .iter()
            .filter(|material| material.lesson_id == row.lesson_id)
            .filter(|material| material.audience == Audience::Teacher || material.audience == Audience::Everyone)
            .collect();
        if row.status != OccasionStatus::Held || wanted.is_empty() {
            continue;
        }
        for seat in attendances.iter().filter(|seat| seat.team_session_id == Some(row.id) && seat.expected) {
            let account = people.iter().find(|person| person.id == seat.person_id).and_then(|person| person.account_id);
            let counts = wanted.iter().all(|material| {
                states.iter().any(|state| {
                    Some(state.account_id) == account
                        && state.material_id == material.id
                        && state.state == MaterialState::Completed
                        && state.updated_at <= row.starts_at
                })
            });
            all.push(Worth { school: row.school_id, day: today(row.starts_at), counts_at: row.starts_at, counts });
        }
    }
    all
}
