//! What was told, asked and offered, counted row by row.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeDelta};
use glans_entity::engagement::{
    EventStatus, SurveyKind, SurveyStatus, announcement, event, event_response, recipient, survey, survey_answer,
    survey_response,
};
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::notifications::{DeliveryState, delivery, notification, notification_student};
use glans_entity::people::person;
use glans_entity::practice::{OccasionStatus, attendance, team_session};
use glans_entity::programme::{Audience, MaterialState, material, material_state};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::calendar::{begin, today};
use super::places::{Place, Places};
use super::{Source, Worth, rows};

/// To guardians.
async fn receipts(src: Source<'_>) -> Vec<recipient::Model> {
    let all = rows::<recipient::Entity>(src, recipient::Column::BoardId).await;
    all.into_iter().filter(|row| !row.student_id.0.is_nil()).collect()
}

pub(super) async fn reach(src: Source<'_>) -> Vec<Worth> {
    let (places, receipts) = (Places::of(src).await, receipts(src).await);
    let mut all = Vec::new();
    for row in rows::<announcement::Entity>(src, announcement::Column::BoardId).await {
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
            let Some(place) = places.place(student, day) else { continue };
            let counts = own.iter().any(|receipt| {
                let in_time = receipt.read_at.is_some_and(|at| at <= until)
                    || receipt.acknowledged_at.is_some_and(|at| at <= until);
                let entitled = places.is_entitled(receipt.person_id.0, student, day);
                receipt.student_id == student && in_time && entitled
            });
            all.push(Worth::new(place, day, until, counts));
        }
    }
    all
}

pub(super) async fn confirmation(src: Source<'_>) -> Vec<Worth> {
    let (places, receipts) = (Places::of(src).await, receipts(src).await);
    let mut all = Vec::new();
    for row in rows::<announcement::Entity>(src, announcement::Column::BoardId).await {
        let Some(published_at) = row.published_at.filter(|_| row.requires_acknowledgement) else { continue };
        let until = row.acknowledge_by.unwrap_or(published_at + TimeDelta::days(7));
        if !row.roles.0.iter().any(|role| role == "GUARDIAN") || row.withdrawn_at.is_some_and(|at| at < until) {
            continue;
        }
        let day = today(published_at);
        for (place, own) in each_guardian(&places, &receipts, row.id.0, day) {
            let counts = own.iter().any(|receipt| receipt.acknowledged_at.is_some_and(|at| at <= until));
            all.push(Worth::new(place, day, until, counts));
        }
    }
    all
}

/// The guardians to whom the item is addressed, each with their rows.
fn each_guardian<'r>(
    places: &Places<'_>,
    receipts: &'r [recipient::Model],
    item: Uuid,
    day: NaiveDate,
) -> Vec<(Place, Vec<&'r recipient::Model>)> {
    let of_item = || receipts.iter().filter(|receipt| receipt.item_id == item);
    let persons: BTreeSet<PersonId> = of_item().map(|receipt| receipt.person_id).collect();
    let mut all = Vec::new();
    for person in persons {
        let own: Vec<_> = of_item().filter(|receipt| receipt.person_id == person).collect();
        let place = places.first_place(own.iter().map(|receipt| receipt.student_id), day);
        all.extend(place.map(|place| (place, own)));
    }
    all
}

pub(super) async fn participation(src: Source<'_>) -> Vec<Worth> {
    let (places, receipts) = (Places::of(src).await, receipts(src).await);
    let answers = rows::<event_response::Entity>(src, event_response::Column::BoardId).await;
    let mut all = Vec::new();
    for row in rows::<event::Entity>(src, event::Column::BoardId).await {
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
            let Some(place) = places.place(student, day) else { continue };
            let mut invited = own.iter().filter(|receipt| receipt.student_id == student);
            let counts =
                invited.any(|receipt| came(receipt.person_id) && places.is_entitled(receipt.person_id.0, student, day));
            all.push(Worth::new(place, day, row.ends_at, counts));
        }
    }
    all
}

async fn opened(src: Source<'_>) -> Vec<survey::Model> {
    let all = rows::<survey::Entity>(src, survey::Column::BoardId).await;
    all.into_iter().filter(|row| row.status != SurveyStatus::Draft).collect()
}

pub(super) async fn response(src: Source<'_>) -> Vec<Worth> {
    let (places, receipts) = (Places::of(src).await, receipts(src).await);
    let mut all = Vec::new();
    for row in opened(src).await {
        let day = today(row.opens_at);
        for (place, own) in each_guardian(&places, &receipts, row.id.0, day) {
            let counts = own.iter().any(|receipt| receipt.acknowledged_at.is_some());
            all.push(Worth::new(place, day, row.closes_at, counts));
        }
    }
    all
}

pub(super) async fn trust(src: Source<'_>, as_staff: bool) -> Vec<Worth> {
    let places = Places::of(src).await;
    let responses = rows::<survey_response::Entity>(src, survey_response::Column::BoardId).await;
    let answers = rows::<survey_answer::Entity>(src, survey_answer::Column::BoardId).await;
    let mut all = Vec::new();
    for row in opened(src).await.into_iter().filter(|row| row.kind == SurveyKind::Pulse) {
        let day = today(row.opens_at);
        for response in responses.iter().filter(|given| given.survey_id == row.id && given.as_staff == as_staff) {
            let place = response.student_id.and_then(|student| places.place(student, day));
            let Some(place) = place else { continue };
            for answer in answers.iter().filter(|answer| answer.response_id == response.id) {
                all.push(Worth::new(place.clone(), day, row.closes_at, answer.value >= 4));
            }
        }
    }
    all
}

pub(super) async fn delivery(src: Source<'_>) -> Vec<Worth> {
    let places = Places::of(src).await;
    let children = rows::<notification_student::Entity>(src, notification_student::Column::BoardId).await;
    let deliveries = delivery::Entity::find().all(src.db).await.unwrap();
    let mut all = Vec::new();
    for row in rows::<notification::Entity>(src, notification::Column::BoardId).await {
        if row.as_staff {
            continue;
        }
        let day = today(row.created_at);
        let own = children.iter().filter(|child| child.notification_id == row.id).map(|child| child.student_id);
        let Some(place) = places.first_place(own, day) else { continue };
        for sent in deliveries.iter().filter(|sent| sent.notification_id == Some(row.id)) {
            let counts_at = begin(day + Days::new(1)) + TimeDelta::hours(96);
            match sent.state {
                DeliveryState::Sent => all.push(Worth::new(place.clone(), day, counts_at, true)),
                DeliveryState::Failed | DeliveryState::Dead => {
                    all.push(Worth::new(place.clone(), day, counts_at, false));
                }
                DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Suppressed => {}
            }
        }
    }
    all
}

pub(super) async fn content_use(src: Source<'_>) -> Vec<Worth> {
    let people = rows::<person::Entity>(src, person::Column::BoardId).await;
    let attendances = rows::<attendance::Entity>(src, attendance::Column::BoardId).await;
    let materials = material::Entity::find().all(src.db).await.unwrap();
    let states = material_state::Entity::find().all(src.db).await.unwrap();
    let mut all = Vec::new();
    for row in rows::<team_session::Entity>(src, team_session::Column::BoardId).await {
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
            let day = today(row.starts_at);
            all.push(Worth::new(src.school(row.school_id, day), day, row.starts_at, counts));
        }
    }
    all
}
