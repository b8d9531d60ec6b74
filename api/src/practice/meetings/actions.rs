//! What can be done with a meeting.

use async_graphql::ID;
use glans_entity::ids::{LessonId, MeetingId};
use glans_entity::practice::{LessonPurpose, OccasionStatus, cohort, meeting, meeting_lesson};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::types::{MeetingCancelInput, MeetingPlanInput, MeetingUpdateInput};
use super::{rules, store};
use crate::access::Permit;
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::practice::cohorts::actions as cohorts;
use crate::practice::occasions::times;
use crate::practice::progress::actions::{self as progress, At};
use crate::programme::content::{Content, Part, Place};

pub(super) async fn plan(write: &Write<'_>, input: MeetingPlanInput) -> Result<meeting::Model> {
    let cohort = cohorts::lock(write, "cohort", &input.cohort).await?;
    let permit = cohorts::authorize(write, &cohort).await?;
    let course = cohorts::course_of(write, &cohort).await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), MeetingId::new);
    let prepares = checks.heed(lessons(&course, "prepares", &input.prepares))?;
    let reviews = checks.heed(lessons(&course, "reviews", input.reviews.as_deref().unwrap_or_default()))?;
    let hours = checks.heed(times::hours(input.starts_at.0, input.ends_at.0))?;
    let location = checks.heed(times::location(input.location.as_deref()))?;
    let (chosen, ((starts_at, ends_at), location)) = checks.all(prepares.zip(reviews).zip(hours.zip(location)))?;
    let id = id.free(write.db(), &permit).await?;
    let row = meeting::Model {
        id,
        board_id: cohort.board_id,
        cohort_id: cohort.id,
        starts_at,
        ends_at,
        location,
        status: OccasionStatus::Planned,
        notes: None,
        recorded_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let meeting = store::insert(write.db(), &permit, row).await?;
    store::set_lessons(write.db(), &permit, meeting.id, agenda(&meeting, &course, chosen)?).await?;
    done(write, &permit, &meeting, "meeting.planned").await?;
    Ok(meeting)
}

pub(super) async fn update(write: &Write<'_>, input: MeetingUpdateInput) -> Result<meeting::Model> {
    let (meeting, cohort, permit) = permitted(write, &input.id).await?;
    check_version(&meeting, meeting.version, input.if_version)?;
    if meeting.status != OccasionStatus::Planned {
        return Err(refuse(UserErrorCode::Conflict, "id", "This meeting was held or cancelled. Plan a new one."));
    }
    let (new_start, new_end) = (input.starts_at.map(|at| at.0), input.ends_at.map(|at| at.0));
    let (starts_at, ends_at) = times::moved((meeting.starts_at, meeting.ends_at), new_start, new_end)?;
    let location = times::relocated(&input.location, meeting.location.as_deref())?;
    let mut has_other_lessons = false;
    if input.prepares.is_some() || input.reviews.is_some() {
        let course = cohorts::course_of(write, &cohort).await?;
        let present = store::lessons_of(write.db(), &write.scope(), &[meeting.id]).await?;
        let chosen = |field: &'static str, ids: Option<&Vec<ID>>, purpose| match ids {
            Some(ids) => lessons(&course, field, ids),
            None => Ok(present.iter().filter(|row| row.purpose == purpose).map(|row| row.lesson_id).collect()),
        };
        let prepares = chosen("prepares", input.prepares.as_ref(), LessonPurpose::Prepares)?;
        let reviews = chosen("reviews", input.reviews.as_ref(), LessonPurpose::Reviews)?;
        let wanted = agenda(&meeting, &course, (prepares, reviews))?;
        has_other_lessons = wanted != present;
        if has_other_lessons {
            store::set_lessons(write.db(), &permit, meeting.id, wanted).await?;
        }
    }
    let mut row = meeting.clone().into_active_model();
    row.starts_at.set_ne(starts_at);
    row.ends_at.set_ne(ends_at);
    row.location.set_ne(location);
    let is_moved = row.is_changed();
    if !is_moved && !has_other_lessons {
        return Ok(meeting);
    }
    let meeting = store::update(write.db(), &permit, row, meeting.version, write.now()).await?;
    let event = if is_moved { "meeting.moved" } else { "meeting.updated" };
    done(write, &permit, &meeting, event).await?;
    Ok(meeting)
}

pub(super) async fn cancel(write: &Write<'_>, input: MeetingCancelInput) -> Result<meeting::Model> {
    let (meeting, _, permit) = permitted(write, &input.id).await?;
    if meeting.status == OccasionStatus::Cancelled {
        return Ok(meeting);
    }
    check_version(&meeting, meeting.version, input.if_version)?;
    if meeting.status == OccasionStatus::Held {
        let message = "This meeting was held: it cannot be cancelled any more.";
        return Err(refuse(UserErrorCode::Conflict, "id", message));
    }
    let version = meeting.version;
    let mut row = meeting.into_active_model();
    row.status = Set(OccasionStatus::Cancelled);
    let meeting = store::update(write.db(), &permit, row, version, write.now()).await?;
    done(write, &permit, &meeting, "meeting.cancelled").await?;
    Ok(meeting)
}

/// The meeting, its cohort, and the right to change them. The cohort is locked first, as everywhere.
pub(super) async fn permitted(write: &Write<'_>, id: &ID) -> Result<(meeting::Model, cohort::Model, Permit)> {
    let id: MeetingId = id.parse().map_err(|_| not_found("id"))?;
    let seen = store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("id"))?;
    let cohort = cohorts::lock(write, "id", &seen.cohort_id.to_string().into()).await?;
    let permit = cohorts::authorize(write, &cohort).await?;
    let meeting = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    Ok((meeting, cohort, permit))
}

pub(super) async fn done(
    write: &Write<'_>,
    permit: &Permit,
    meeting: &meeting::Model,
    event: &'static str,
) -> Result<()> {
    progress::refresh(write, permit, At::Cohort(meeting.cohort_id)).await?;
    write.emit(permit, Event::about(event, meeting.id).by(permit.person())).await
}

/// The lessons of `course` with these ids, each once.
fn lessons(course: &Content, field: &'static str, ids: &[ID]) -> Result<Vec<LessonId>> {
    if ids.len() > rules::MOST_LESSONS {
        let message = format!("Give at most {} lessons.", rules::MOST_LESSONS);
        return Err(refuse(UserErrorCode::LimitReached, field, message));
    }
    let mut found = Vec::new();
    for id in ids {
        let id: LessonId = id.parse().map_err(|_| not_found(field))?;
        course.place(Part::Lesson(id)).ok_or_else(|| not_found(field))?;
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Ok(found)
}

/// The rows of what a meeting is about, in the order of the course.
fn agenda(
    meeting: &meeting::Model,
    course: &Content,
    (prepares, reviews): (Vec<LessonId>, Vec<LessonId>),
) -> Result<Vec<meeting_lesson::Model>> {
    rules::must_be_sound(&prepares, &reviews)?;
    let with = |purpose| move |lesson| (lesson, purpose);
    let mut lessons: Vec<_> = prepares.into_iter().map(with(LessonPurpose::Prepares)).collect();
    lessons.extend(reviews.into_iter().map(with(LessonPurpose::Reviews)));
    lessons.sort_by_key(|(lesson, _)| match course.place(Part::Lesson(*lesson)) {
        Some(Place::Lesson(at)) => at,
        _ => usize::MAX,
    });
    let rows = (0..).zip(lessons).map(|(position, (lesson_id, purpose))| meeting_lesson::Model {
        meeting_id: meeting.id,
        lesson_id,
        board_id: meeting.board_id,
        cohort_id: meeting.cohort_id,
        purpose,
        position,
    });
    Ok(rows.collect())
}
