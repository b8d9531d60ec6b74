//! What can be done with purposes and consents.

use glans_entity::engagement::{ConsentAnswer, consent, consent_purpose};
use glans_entity::ids::{ConsentId, ConsentPurposeId, SchoolId, SchoolYearId};
use glans_entity::localized::Localized;
use glans_entity::people::student;
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::types::{ConsentGiveInput, ConsentPurposeArchiveInput, ConsentPurposeCreateInput};
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::engagement::speaking::speak_for;
use crate::organisation::{in_use, school_in_use, schools};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

const TEXT_LENGTH: usize = 500;

pub(super) async fn create(write: &Write<'_>, input: ConsentPurposeCreateInput) -> Result<consent_purpose::Model> {
    let school: SchoolId = input.school.parse().map_err(|_| not_found("school"))?;
    let school = schools::store::by_id(write.db(), &write.scope(), school).await?;
    let school = school.ok_or_else(|| not_found("school"))?;
    let permit = write.authorize(Action::FamilyRulesWrite, Place::school(&school))?;
    let mut checks = Checks::default();
    checks.heed(in_use(school.archived_at, "school"))?;
    let id = checks.own_id(input.id.as_ref(), ConsentPurposeId::new);
    let dutch = checks.text("text", &input.text, TEXT_LENGTH);
    let english = checks.optional_text("textEn", input.text_en.as_deref(), TEXT_LENGTH);
    let english = checks.done(english)?.map(|text| ("en".to_owned(), text));
    let id = id.free(write.db(), &permit).await?;
    let row = consent_purpose::Model {
        id,
        board_id: school.board_id,
        school_id: school.id,
        text: Localized([("nl".to_owned(), dutch)].into_iter().chain(english).collect()),
        asked_from: input.asked_from.map_or(write.call().today(), |day| day.0),
        archived_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let purpose = store::insert_purpose(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("consent_purpose.created", purpose.id).by(permit.person())).await?;
    Ok(purpose)
}

pub(super) async fn archive(write: &Write<'_>, input: ConsentPurposeArchiveInput) -> Result<consent_purpose::Model> {
    let id: ConsentPurposeId = input.id.parse().map_err(|_| not_found("id"))?;
    let purpose = store::lock_purpose(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let everywhere = Scope::system(write.call().today());
    let school = schools::store::by_id(write.db(), &everywhere, purpose.school_id).await?;
    let school = school.ok_or_else(|| Error::fault("a purpose without a school"))?;
    let permit = write.authorize(Action::FamilyRulesWrite, Place::school(&school))?;
    if purpose.archived_at.is_some() {
        return Ok(purpose);
    }
    check_version(&purpose, purpose.version, input.if_version)?;
    let version = purpose.version;
    let mut row = purpose.into_active_model();
    row.archived_at = Set(Some(write.now()));
    let purpose = store::update_purpose(write.db(), &permit, row, version, write.now()).await?;
    write.emit(&permit, Event::about("consent_purpose.archived", purpose.id)).await?;
    Ok(purpose)
}

pub(super) async fn give(write: &Write<'_>, input: ConsentGiveInput) -> Result<consent::Model> {
    let id: ConsentPurposeId = input.purpose.parse().map_err(|_| not_found("purpose"))?;
    let answer: ConsentAnswer = input.answer.into();
    let purpose = store::purposes(write.db(), &write.scope(), &[id]).await?.pop();
    // What was granted is withdrawn also where it is out of sight by now, as at a school that the child has left.
    if purpose.is_none() && answer != ConsentAnswer::Withdrawn {
        return Err(not_found("purpose"));
    }
    // The child is locked: nobody answers for it in between.
    let (student, permit, guardian) = speak_for(write, &input.student).await?;
    let everywhere = Scope::system(write.call().today());
    let mut given = store::of_students(write.db(), &everywhere, &[student.id]).await?;
    given.retain(|row| row.purpose_id == id && row.guardian_id == guardian);
    let year = match rules::year_to_withdraw(&given, answer) {
        Some(year) => year,
        None => year_of_asking(write, &student, &purpose.ok_or_else(|| not_found("purpose"))?).await?,
    };
    let last = given.into_iter().rfind(|row| row.school_year_id == year);
    if !rules::is_new(last.as_ref().map(|row| row.answer), answer)? {
        return last.ok_or_else(|| Error::fault("the same answer without a first one"));
    }
    let row = consent::Model {
        id: ConsentId::new(),
        board_id: student.board_id,
        purpose_id: id,
        student_id: student.id,
        guardian_id: guardian,
        school_year_id: year,
        answer,
        answered_at: write.now(),
    };
    let consent = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("consent.answered", consent.id)).await?;
    Ok(consent)
}

/// The school year of today, in which the school of the child asks it.
async fn year_of_asking(
    write: &Write<'_>,
    student: &student::Model,
    purpose: &consent_purpose::Model,
) -> Result<SchoolYearId> {
    if purpose.school_id != student.school_id {
        return Err(refuse(UserErrorCode::Invalid, "purpose", "The school of this child does not ask this."));
    }
    school_in_use(write, purpose.school_id, "purpose").await?;
    let today = write.call().today();
    if !rules::is_asked(purpose, today) {
        return Err(refuse(UserErrorCode::Conflict, "purpose", "The school does not ask this now."));
    }
    let years = store::years(write.db(), &Scope::system(today), &[student.board_id], today).await?;
    let year = years.last().ok_or_else(|| {
        let message = "There is no school year today. Answer when it begins.";
        refuse(UserErrorCode::Conflict, "purpose", message)
    })?;
    Ok(year.id)
}
