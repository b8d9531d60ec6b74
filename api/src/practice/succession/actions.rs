//! Moving a cohort to another edition.

use std::sync::Arc;

use async_graphql::ID;
use glans_entity::ids::ProgrammeVersionId;
use glans_entity::practice::{cohort, lesson_progress, meeting_lesson};
use glans_entity::scope::Scope;

use super::rules::{self, Said, Succession};
use super::store;
use super::types::CohortMigrateInput;
use crate::access::Permit;
use crate::call::Write;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::practice::cohorts::actions as cohorts;
use crate::practice::progress::actions::{self as progress, At};
use crate::programme;
use crate::programme::content::{Content, Part, Place};
use crate::programme::shelf::Shelf;

pub(super) async fn migrate(write: &Write<'_>, input: CohortMigrateInput) -> Result<cohort::Model> {
    let cohort = cohorts::lock(write, "id", &input.id).await?;
    let permit = cohorts::authorize(write, &cohort).await?;
    check_version(&cohort, cohort.version, input.if_version)?;
    let from = cohorts::course_of(write, &cohort).await?;
    let to = edition(write, &from, &input.edition).await?;
    if to.edition.id == cohort.programme_version_id {
        return Ok(cohort);
    }
    // What happened is moved whole, whatever the caller may see of it.
    let scope = Scope::system(write.call().today());
    let said = Said {
        lessons: input.lessons.as_deref().unwrap_or_default(),
        ended: input.ended.as_deref().unwrap_or_default(),
    };
    let lived = store::lived(write.db(), &scope, cohort.id).await?;
    let succession = rules::succession(&from, &to, &said, &lived)?;
    let told = progress::stored(write, At::Cohort(cohort.id)).await?;
    if !succession.is_empty() {
        let lessons = store::of_meetings(write.db(), &scope, cohort.id).await?;
        let lessons = of_meetings(lessons, &to, &succession);
        store::set_of_meetings(write.db(), &permit, cohort.id, lessons, write.now()).await?;
        store::hand_over(write.db(), &permit, cohort.id, &succession, write.now()).await?;
        store::keep(write.db(), &permit, &cohort, &succession).await?;
    }
    // Since the edition came out people went on in the one before.
    programme::carry_states(write, &permit, (from.edition.id, to.edition.id), cohort.board_id).await?;
    let cohort = cohorts::set_edition(write, &permit, cohort, to.edition.id).await?;
    tell(write, &permit, &cohort, told, &succession).await?;
    write.emit(&permit, Event::about("cohort.migrated", cohort.id)).await?;
    Ok(cohort)
}

/// The published edition with this id, of the same programme as `present`.
async fn edition(write: &Write<'_>, present: &Content, id: &ID) -> Result<Arc<Content>> {
    let gone = || not_found("edition");
    let id: ProgrammeVersionId = id.parse().map_err(|_| gone())?;
    let shelf = Arc::new(Shelf::of(write.call(), write.db()).await?);
    let edition = shelf.edition(id).ok_or_else(gone)?;
    if edition.programme_id != present.edition.programme_id {
        return Err(refuse(
            UserErrorCode::Invalid,
            "edition",
            "Give an edition of the course that the cohort follows.",
        ));
    }
    if edition.published_at.is_none() {
        return Err(refuse(UserErrorCode::Conflict, "edition", "Publish this edition first."));
    }
    let view = shelf.open(write.db(), edition).await?;
    Ok(view.ok_or_else(|| Error::fault("an edition on the shelf has a content"))?.content)
}

/// The lessons of the meetings after the move, those of each meeting in the order of the course; ended ones come last.
fn of_meetings(
    mut lessons: Vec<meeting_lesson::Model>,
    course: &Content,
    succession: &Succession,
) -> Vec<meeting_lesson::Model> {
    for row in &mut lessons {
        row.lesson_id = succession.get(&row.lesson_id).copied().unwrap_or(row.lesson_id);
    }
    let place = |row: &meeting_lesson::Model| match course.place(Part::Lesson(row.lesson_id)) {
        Some(Place::Lesson(at)) => at,
        _ => usize::MAX,
    };
    lessons.sort_by_key(|row| (row.meeting_id, place(row), row.position));
    // One that came back to an edition may meet what was left there.
    lessons.dedup_by_key(|row| (row.meeting_id, row.lesson_id));
    for meeting in lessons.chunk_by_mut(|one, next| one.meeting_id == next.meeting_id) {
        (0..).zip(meeting).for_each(|(position, row)| row.position = position);
    }
    lessons
}

/// Tells those who follow the cohort how far the successors are: as far as the lessons before them.
async fn tell(
    write: &Write<'_>,
    permit: &Permit,
    cohort: &cohort::Model,
    told: Vec<lesson_progress::Model>,
    succession: &Succession,
) -> Result<()> {
    let handed_over = told.into_iter().filter_map(|row| {
        let lesson_id = *succession.get(&row.lesson_id)?;
        Some(lesson_progress::Model { lesson_id, ..row })
    });
    progress::tell(write, permit, cohort.id, handed_over.collect()).await?;
    progress::refresh(write, permit, At::Cohort(cohort.id)).await
}
