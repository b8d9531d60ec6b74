//! What can be done with purposes and consents.

use glans_entity::engagement::{ConsentAnswer, consent, consent_purpose};
use glans_entity::ids::{ConsentId, ConsentPurposeId, SchoolId};
use glans_entity::localized::Localized;
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::types::{ConsentGiveInput, ConsentPurposeArchiveInput, ConsentPurposeCreateInput};
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::engagement::speaking::speak_for;
use crate::organisation::schools;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::own_id::own_id;
use crate::platform::text::Checks;

const TEXT_LENGTH: usize = 500;

pub(super) async fn create(write: &Write<'_>, input: ConsentPurposeCreateInput) -> Result<consent_purpose::Model> {
    let id = own_id(input.id.as_ref(), ConsentPurposeId::new)?;
    let school: SchoolId = input.school.parse().map_err(|_| not_found("school"))?;
    let school = schools::store::by_id(write.db(), &write.scope(), school).await?;
    let school = school.ok_or_else(|| not_found("school"))?;
    let permit = write.authorize(Action::FamilyRulesWrite, Place::school(&school))?;
    let mut checks = Checks::default();
    let dutch = checks.text("text", &input.text, TEXT_LENGTH);
    let english = checks.optional_text("textEn", input.text_en.as_deref(), TEXT_LENGTH);
    let english = checks.done(english)?.map(|text| ("en".to_owned(), text));
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
    write.emit(&permit, Event::about("consent_purpose.created", purpose.id)).await?;
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
    let purpose: ConsentPurposeId = input.purpose.parse().map_err(|_| not_found("purpose"))?;
    let purpose = store::purposes(write.db(), &write.scope(), &[purpose]).await?.pop();
    let purpose = purpose.ok_or_else(|| not_found("purpose"))?;
    let (student, permit, guardian) = speak_for(write, &input.student).await?;
    if purpose.school_id != student.school_id {
        return Err(refuse(UserErrorCode::Invalid, "purpose", "The school of this child does not ask this."));
    }
    let today = write.call().today();
    if purpose.archived_at.is_some() || purpose.asked_from > today {
        return Err(refuse(UserErrorCode::Conflict, "purpose", "The school does not ask this now."));
    }
    let everywhere = Scope::system(today);
    let year = store::years(write.db(), &everywhere, &[student.board_id], today).await?.pop();
    let year = year.ok_or_else(|| {
        let message = "There is no school year today. Answer when it begins.";
        refuse(UserErrorCode::Conflict, "purpose", message)
    })?;
    // The child is locked: nobody answers for it in between.
    let mut given = store::of_students(write.db(), &everywhere, &[student.id], &[year.id]).await?;
    given.retain(|row| row.purpose_id == purpose.id && row.guardian_id == guardian);
    let last = given.pop();
    let answer: ConsentAnswer = input.answer.into();
    if !rules::is_new(last.as_ref().map(|row| row.answer), answer)? {
        return last.ok_or_else(|| Error::fault("the same answer without a first one"));
    }
    let row = consent::Model {
        id: ConsentId::new(),
        board_id: student.board_id,
        purpose_id: purpose.id,
        student_id: student.id,
        guardian_id: guardian,
        school_year_id: year.id,
        answer,
        answered_at: write.now(),
    };
    let consent = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("consent.answered", consent.id)).await?;
    Ok(consent)
}
