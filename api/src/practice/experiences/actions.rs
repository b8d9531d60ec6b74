//! What can be done with an experience.

use glans_entity::ids::{BoardId, CommentId, ExperienceId, SchoolId};
use glans_entity::practice::{ExperienceVisibility, comment, experience};
use glans_entity::scope::Scope;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::types::{ExperienceCommentInput, ExperienceShareInput, ExperienceUpdateInput};
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::organisation::school_in_use;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::practice::cohorts::actions as cohorts;
use crate::practice::progress::actions::{self as progress, At};

pub(super) async fn share(write: &Write<'_>, input: ExperienceShareInput) -> Result<experience::Model> {
    let school = input.school_cohort.parse().map_err(|_| not_found("schoolCohort"))?;
    let (cohort, school) = cohorts::lock_school(write, "schoolCohort", school).await?;
    let permit = write.authorize(Action::ExperienceWrite, cohorts::place_of(&school))?;
    cohorts::must_take_part(write, &school, "schoolCohort").await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ExperienceId::new);
    let lesson = checks.heed(cohorts::lesson_of(write, &cohort, "lesson", &input.lesson).await)?;
    let text = checks.heed(rules::text(&input.text))?;
    let (lesson, text) = checks.all(lesson.zip(text))?;
    let id = id.free(write.db(), &permit).await?;
    look_for_names(write, &text, &[school.school_id], input.names_nobody).await?;
    let visibility = input.visibility.map_or(ExperienceVisibility::Cohort, Into::into);
    let row = experience::Model {
        id,
        board_id: cohort.board_id,
        cohort_id: cohort.id,
        cohort_school_id: school.id,
        school_id: school.school_id,
        lesson_id: lesson,
        author_id: permit.person().ok_or_else(|| Error::fault("a person of no board shares an experience"))?,
        kind: input.kind.into(),
        text,
        visibility,
        shared_at: (visibility != ExperienceVisibility::School).then(|| write.now()),
        discussed_meeting_id: None,
        discussed_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let experience = store::insert(write.db(), &permit, row).await?;
    done(write, &permit, &experience, "experience.shared").await?;
    Ok(experience)
}

pub(super) async fn update(write: &Write<'_>, input: ExperienceUpdateInput) -> Result<experience::Model> {
    let id: ExperienceId = input.id.parse().map_err(|_| not_found("id"))?;
    let seen = store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("id"))?;
    let (_, school) = cohorts::lock_school(write, "id", seen.cohort_school_id).await?;
    let permit = write.authorize(Action::ExperienceWrite, cohorts::place_of(&school))?;
    let experience = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    if permit.person() != Some(experience.author_id) {
        return Err(refuse(UserErrorCode::Forbidden, "id", "Only its author changes an experience."));
    }
    cohorts::must_take_part(write, &school, "id").await?;
    check_version(&experience, experience.version, input.if_version)?;
    let text = rules::text(input.text.as_deref().unwrap_or(&experience.text))?;
    if text != experience.text {
        look_for_names(write, &text, &[school.school_id], input.names_nobody).await?;
    }
    let visibility = input.visibility.map_or(experience.visibility, Into::into);
    rules::must_widen(experience.visibility, visibility)?;
    let widened = experience.shared_at.is_none() && visibility != ExperienceVisibility::School;
    let shared = (visibility != ExperienceVisibility::School).then(|| experience.shared_at.unwrap_or(write.now()));
    let kind = input.kind.map_or(experience.kind, Into::into);
    let mut row = experience.clone().into_active_model();
    row.text.set_ne(text);
    row.kind.set_ne(kind);
    row.visibility.set_ne(visibility);
    row.shared_at.set_ne(shared);
    if !row.is_changed() {
        return Ok(experience);
    }
    let experience = store::update(write.db(), &permit, row, experience.version, write.now()).await?;
    done(write, &permit, &experience, if widened { "experience.widened" } else { "experience.updated" }).await?;
    Ok(experience)
}

pub(super) async fn comment(write: &Write<'_>, input: ExperienceCommentInput) -> Result<comment::Model> {
    let experience: ExperienceId = input.experience.parse().map_err(|_| not_found("experience"))?;
    let found = store::by_ids(write.db(), &write.scope(), &[experience]).await?.pop();
    let experience = found.ok_or_else(|| not_found("experience"))?;
    let place = Place {
        school: Some(experience.school_id),
        cohort: Some(experience.cohort_id),
        ..Place::board(experience.board_id)
    };
    let permit = write.authorize(Action::ExperienceComment, place)?;
    school_in_use(write, experience.school_id, "experience").await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), CommentId::new);
    let text = checks.with(rules::text(&input.text))?;
    let id = id.free(write.db(), &permit).await?;
    look_for_names(write, &text, &own_schools(write, experience.board_id), input.names_nobody).await?;
    let row = comment::Model {
        id,
        board_id: experience.board_id,
        cohort_id: experience.cohort_id,
        experience_id: experience.id,
        author_id: permit.person().ok_or_else(|| Error::fault("a person of no board comments on an experience"))?,
        text,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let comment = store::insert_comment(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("experience.commented", comment.id)).await?;
    Ok(comment)
}

/// The schools of the author: who comments learns nothing of the names of another school.
fn own_schools(write: &Write<'_>, board: BoardId) -> Vec<SchoolId> {
    let standing = write.call().standing();
    let held = standing.actor.person().map(|person| person.held.clone()).unwrap_or_default();
    held.iter().filter(|held| held.board == board).filter_map(|held| held.school).collect()
}

async fn look_for_names(write: &Write<'_>, text: &str, schools: &[SchoolId], confirmed: Option<bool>) -> Result<()> {
    if confirmed == Some(true) || schools.is_empty() {
        return Ok(());
    }
    let names = store::names(write.db(), &Scope::system(write.call().today()), schools).await?;
    rules::must_name_nobody(text, &names, false)
}

async fn done(write: &Write<'_>, permit: &Permit, experience: &experience::Model, event: &'static str) -> Result<()> {
    progress::refresh(write, permit, At::School(experience.cohort_id, experience.cohort_school_id)).await?;
    write.emit(permit, Event::about(event, experience.id)).await
}
