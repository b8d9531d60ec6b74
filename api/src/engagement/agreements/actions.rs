//! What can be done with an agreement.

use glans_entity::engagement::{agreement, agreement_confirmation};
use glans_entity::ids::{AgreementId, PersonId};

use super::store;
use super::types::{AgreementCommentInput, AgreementConfirmInput, AgreementMarkInput};
use crate::access::Permit;
use crate::call::Write;
use crate::engagement::conversations::{rules, store as conversations};
use crate::engagement::partnerships::actions as partners;
use crate::platform::error::{Error, Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

const COMMENT_LENGTH: usize = 1_000;

/// Confirms; who did already, did, and may add a comment.
pub(super) async fn confirm(write: &Write<'_>, input: AgreementConfirmInput) -> Result<agreement::Model> {
    let (agreement, permit, guardian) = of_guardian(write, &input.id).await?;
    let mut checks = Checks::default();
    let comment = checks.optional_text("comment", input.comment.as_deref(), COMMENT_LENGTH);
    checks.done(())?;
    let before = store::confirmation(write.db(), &write.scope(), agreement.id, guardian).await?;
    let confirmed_at = before.as_ref().and_then(|row| row.confirmed_at).or_else(|| Some(write.now()));
    let commented_at = match comment {
        Some(_) => Some(write.now()),
        None => before.as_ref().and_then(|row| row.commented_at),
    };
    let comment = comment.or_else(|| before.and_then(|row| row.comment));
    say(write, &permit, agreement, (guardian, confirmed_at, comment, commented_at), "agreement.confirmed").await
}

/// Comments without confirming; what was confirmed stays so.
pub(super) async fn comment(write: &Write<'_>, input: AgreementCommentInput) -> Result<agreement::Model> {
    let (agreement, permit, guardian) = of_guardian(write, &input.id).await?;
    let mut checks = Checks::default();
    let comment = checks.text("comment", &input.comment, COMMENT_LENGTH);
    checks.done(())?;
    let before = store::confirmation(write.db(), &write.scope(), agreement.id, guardian).await?;
    let confirmed_at = before.and_then(|row| row.confirmed_at);
    let said = (guardian, confirmed_at, Some(comment), Some(write.now()));
    say(write, &permit, agreement, said, "agreement.commented").await
}

type Said = (PersonId, Option<chrono::DateTime<chrono::Utc>>, Option<String>, Option<chrono::DateTime<chrono::Utc>>);

async fn say(
    write: &Write<'_>,
    permit: &Permit,
    agreement: agreement::Model,
    (guardian_id, confirmed_at, comment, commented_at): Said,
    event: &'static str,
) -> Result<agreement::Model> {
    let row = agreement_confirmation::Model {
        agreement_id: agreement.id,
        guardian_id,
        board_id: agreement.board_id,
        student_id: agreement.student_id,
        confirmed_at,
        comment,
        commented_at,
    };
    store::put_confirmation(write.db(), permit, row).await?;
    write.emit(permit, Event::about(event, agreement.id).by(Some(guardian_id))).await?;
    Ok(agreement)
}

/// The agreement of a conversation to which the caller is invited, once it is released.
async fn of_guardian(write: &Write<'_>, id: &str) -> Result<(agreement::Model, Permit, PersonId)> {
    let known = in_sight(write, id).await?;
    let (_, permit) = partners::child_of_guardian(write, "id", known.student_id).await?;
    let agreement = lock(write, known.id).await?;
    let held = conversations::by_ids(write.db(), &write.scope(), &[agreement.conversation_id]).await?.pop();
    if !held.is_some_and(|held| rules::is_released(&held, write.now())) {
        return Err(not_found("id"));
    }
    let guardian = permit.person().ok_or_else(|| Error::fault("a guardian who is nobody in the board"))?;
    Ok((agreement, permit, guardian))
}

pub(super) async fn mark(write: &Write<'_>, input: AgreementMarkInput) -> Result<agreement::Model> {
    let known = in_sight(write, &input.id).await?;
    let (_, permit) = partners::student_of_staff(write, "id", known.student_id).await?;
    let agreement = lock(write, known.id).await?;
    check_version(&agreement, agreement.version, input.if_version)?;
    if agreement.kept == input.kept {
        return Ok(agreement);
    }
    let changed = agreement::Model { kept: input.kept, ..agreement };
    let agreement = store::update(write.db(), &permit, changed, write.now()).await?;
    write.emit(&permit, Event::about("agreement.marked", agreement.id)).await?;
    Ok(agreement)
}

async fn in_sight(write: &Write<'_>, id: &str) -> Result<agreement::Model> {
    let id: AgreementId = id.parse().map_err(|_| not_found("id"))?;
    store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("id"))
}

/// The agreement, once its child is locked.
async fn lock(write: &Write<'_>, id: AgreementId) -> Result<agreement::Model> {
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}
