//! A guardian who acts for a child of whom they have everything.

use async_graphql::ID;
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::people::student;

use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::people::students;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};

/// The child under lock, the right to speak for it, and who speaks.
///
/// # Errors
/// `NOT_FOUND` on `student` for a child that is out of sight, `FORBIDDEN` for one of whom the caller has not everything as a
/// guardian.
pub(super) async fn speak_for(write: &Write<'_>, id: &ID) -> Result<(student::Model, Permit, PersonId)> {
    let id: StudentId = id.parse().map_err(|_| not_found("student"))?;
    let found = students::store::lock(write.db(), &write.scope(), id).await?;
    let student = found.ok_or_else(|| not_found("student"))?;
    let permit = write.authorize(Action::ChildSpeakFor, Place::board(student.board_id))?;
    let guardian = permit.person().filter(|_| write.scope().full_children.contains(&id));
    let Some(guardian) = guardian else {
        let message = "Only a guardian who may have everything of the child does this.";
        return Err(refuse(UserErrorCode::Forbidden, "student", message));
    };
    Ok((student, permit, guardian))
}
