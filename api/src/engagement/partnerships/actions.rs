//! What can be done with a partnership as a whole.

use async_graphql::ID;
use glans_entity::engagement::{partnership, talk_choice};
use glans_entity::ids::{PartnershipId, PersonId, StudentId};
use glans_entity::people::student;
use glans_entity::scope::Scope;

use super::family::Family;
use super::inputs::{PartnershipUpdateInput, TalkChoiceSetInput};
use super::store;
use crate::access::{Action, Permit};
use crate::call::Write;
use crate::engagement::conversations;
use crate::organisation::school_years;
use crate::people::guardianships::actions::refuse_own_child;
use crate::people::{places, students};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;

pub(super) async fn update(write: &Write<'_>, input: PartnershipUpdateInput) -> Result<partnership::Model> {
    let (partnership, permit) = of_staff(write, "id", &input.id).await?;
    check_version(&partnership, partnership.version, input.if_version)?;
    must_not_be_over(write, &partnership).await?;
    let needs_intake = input.needs_intake.unwrap_or(partnership.needs_intake);
    if needs_intake == partnership.needs_intake {
        return Ok(partnership);
    }
    let changed = partnership::Model { needs_intake, ..partnership };
    let partnership = store::update(write.db(), &permit, changed, write.now()).await?;
    write.emit(&permit, Event::about("partnership.updated", partnership.id)).await?;
    Ok(partnership)
}

/// What a year that is over came to stays as it is.
async fn must_not_be_over(write: &Write<'_>, partnership: &partnership::Model) -> Result<()> {
    let everywhere = Scope::system(write.call().today());
    let year = school_years::store::by_id(write.db(), &everywhere, partnership.school_year_id).await?;
    if year.is_some_and(|year| year.ends_on < write.call().today()) {
        let message = "The school year of this partnership is over. Change that of the present one.";
        return Err(refuse(UserErrorCode::Conflict, "id", message));
    }
    Ok(())
}

/// The partnership that the caller works on as staff: who leads the school or teaches the group, and is no family. The child
/// is locked first, as everywhere.
pub async fn of_staff(write: &Write<'_>, field: &str, id: &ID) -> Result<(partnership::Model, Permit)> {
    let id: PartnershipId = id.parse().map_err(|_| not_found(field))?;
    let known = store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found(field))?;
    let (_, permit) = student_of_staff(write, field, known.student_id).await?;
    let partnership = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found(field))?;
    Ok((partnership, permit))
}

/// The student whom the caller knows as staff, locked, and the right to work on the partnership.
pub async fn student_of_staff(write: &Write<'_>, field: &str, id: StudentId) -> Result<(student::Model, Permit)> {
    let student = students::store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found(field))?;
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    let permit = write.authorize(Action::PartnershipWrite, place)?;
    refuse_own_child(write, &permit, &[student.id]).await?;
    Ok((student, permit))
}

/// The own child of whom the caller has everything, locked, and the right to speak for it.
pub async fn child_of_guardian(write: &Write<'_>, field: &str, id: StudentId) -> Result<(student::Model, Permit)> {
    let student = students::store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found(field))?;
    if !write.scope().full_children.contains(&id) {
        return Err(not_found(field));
    }
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    Ok((student, write.authorize(Action::ChildSpeakFor, place)?))
}

/// A guardian chooses for themselves; staff writes down what a guardian said. The child is locked first: who books at the
/// same time finds the choice, or is parted by it.
pub(super) async fn choose(write: &Write<'_>, input: TalkChoiceSetInput) -> Result<student::Model> {
    let id: StudentId = input.student.parse().map_err(|_| not_found("student"))?;
    let (student, permit, guardian) = match &input.guardian {
        None => {
            let (student, permit) = child_of_guardian(write, "student", id).await?;
            let guardian = permit.person().ok_or_else(|| Error::fault("a guardian who is nobody in the board"))?;
            (student, permit, guardian)
        }
        Some(guardian) => {
            let (student, permit) = student_of_staff(write, "student", id).await?;
            let guardian: PersonId = guardian.parse().map_err(|_| not_found("guardian"))?;
            (student, permit, guardian)
        }
    };
    let family = Family::of_one(write.db(), write.call().today(), student.id).await?;
    if !family.entitled.contains(&guardian) {
        let message = "Choose a guardian who has everything of this student.";
        return Err(refuse(UserErrorCode::Invalid, "guardian", message));
    }
    let row = talk_choice::Model {
        student_id: student.id,
        guardian_id: guardian,
        board_id: student.board_id,
        apart: input.apart,
        chosen_by: permit.person().ok_or_else(|| Error::fault("a choice that nobody made"))?,
        chosen_at: write.now(),
    };
    store::choose(write.db(), &permit, row).await?;
    if input.apart {
        conversations::part(write, &permit, student.id).await?;
    }
    write.emit(&permit, Event::about("talk_choice.set", student.id)).await?;
    Ok(student)
}
