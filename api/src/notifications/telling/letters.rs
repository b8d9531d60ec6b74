//! E-mail with a secret, to somebody who cannot sign in: it stands in no inbox.

use chrono::{DateTime, Utc};
use glans_entity::ids::{AccountId, BoardId, DeliveryId, InvitationId, PasswordResetId};
use glans_entity::notifications::{Channel, DeliveryState, LetterKind, delivery};
use glans_entity::platform::outbox;
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseTransaction, EntityTrait};
use serde::Deserialize;
use uuid::Uuid;

use crate::identity::{invitations, passwords};
use crate::notifications::deliveries::rules;
use crate::platform::error::{Error, Result};

/// What an event says of a letter.
#[derive(Deserialize)]
struct Secret {
    #[serde(alias = "reset")]
    id: String,
    /// None of an invitation on paper.
    sealed: Option<String>,
}

/// Queues the letter that the event asks for; whether it is an event of that kind.
pub(super) async fn write(db: &DatabaseTransaction, event: &outbox::Model, now: DateTime<Utc>) -> Result<bool> {
    match event.kind.as_str() {
        passwords::RESET_REQUESTED => {
            let secret = secret_of(event)?;
            let id: PasswordResetId = secret.id.parse().map_err(Error::fault)?;
            // No such request: no such account. Nothing is sent, and who asked cannot tell.
            let Some(request) = passwords::store::by_id(db, id).await? else { return Ok(true) };
            let to = Some(request.account_id);
            queue(db, None, LetterKind::PasswordReset, id.0, to, secret.sealed, request.expires_at, now).await?;
        }
        invitations::CREATED => {
            let secret = secret_of(event)?;
            let id: InvitationId = secret.id.parse().map_err(Error::fault)?;
            let Some(invitation) = invitations::by_id(db, id).await? else { return Ok(true) };
            let board = Some(invitation.board_id);
            queue(db, board, LetterKind::Invitation, id.0, None, secret.sealed, invitation.expires_at, now).await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn secret_of(event: &outbox::Model) -> Result<Secret> {
    serde_json::from_value(event.payload.clone()).map_err(Error::fault)
}

async fn queue(
    db: &DatabaseTransaction,
    board_id: Option<BoardId>,
    letter: LetterKind,
    address_id: Uuid,
    account_id: Option<AccountId>,
    secret: Option<String>,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    // Without a code to send it goes on paper.
    let Some(secret) = secret else { return Ok(()) };
    let row = delivery::ActiveModel {
        id: Set(DeliveryId::new()),
        board_id: Set(board_id),
        notification_id: Set(None),
        digest_until: Set(None),
        letter: Set(Some(letter)),
        secret: Set(Some(secret)),
        account_id: Set(account_id),
        channel: Set(Channel::Email),
        address_id: Set(address_id),
        lane: Set(rules::LETTERS),
        state: Set(DeliveryState::Queued),
        attempts: Set(0),
        cut_off: Set(0),
        due_at: Set(now),
        expires_at: Set(expires_at),
        over_at: Set(Some(expires_at)),
        lease: Set(None),
        leased_until: Set(None),
        finished_at: Set(None),
        failure: Set(None),
        created_at: Set(now),
    };
    delivery::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}
