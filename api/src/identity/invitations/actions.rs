//! Inviting a person to an account.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::invitation::Model;
use glans_entity::ids::{GuardianshipId, InvitationId, PersonId};
use glans_entity::people::{GuardianshipStatus, guardianship, person};
use serde_json::json;

use super::code::Code;
use super::store;
use crate::access::{Action, Permit, Place, policy};
use crate::call::{Call, Write};
use crate::identity::audit::{self, Deed};
use crate::identity::memberships;
use crate::identity::passwords::verification;
use crate::identity::sealed::WithSecret;
use crate::people::places::{self, Capacity};
use crate::people::students;
use crate::platform::error::{Error, Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// Paper travels in school bags.
const LIFETIME: TimeDelta = TimeDelta::days(60);
/// 50 bits and five tries: one chance in 225 million million.
const MAX_TRIES: i32 = 5;

/// The event of a new invitation. Its payload: `id`, and for one that goes out by e-mail `sealed`, the code sealed with
/// that id as its context, in base64.
pub const CREATED: &str = "invitation.created";

/// A new invitation and its code.
pub type NewCode = WithSecret<Model>;

/// A code with the hash of its secret. Made before the transaction, which must not wait for a hash.
pub struct Prepared {
    pub code: Code,
    secret_hash: String,
}

pub async fn prepare(call: &Call) -> Result<Prepared> {
    let code = Code::random().map_err(Error::fault)?;
    let secret_hash = call.hashing().hash(code.secret()).await.map_err(verification::fault)?;
    Ok(Prepared { code, secret_hash })
}

/// Whom to invite, and how the code travels.
pub struct Request<'a> {
    pub person: &'a str,
    /// For a guardian: the child for which.
    pub guardianship: Option<&'a str>,
    /// Send the code by e-mail; else the inviter gets it, to print.
    pub by_email: bool,
}

/// Invites a person. Whoever does so can hand all that the person holds to whom they give the code, so they must be able
/// to grant all of it.
pub async fn create(write: &Write<'_>, request: Request<'_>, prepared: Prepared) -> Result<NewCode> {
    let id: PersonId = request.person.parse().map_err(|_| not_found("person"))?;
    let person = memberships::actions::present(write, id, "person").await?;
    let person = person.ok_or_else(|| not_found("person"))?;
    let mut checks = Checks::default();
    let guardianship = match request.guardianship {
        Some(id) => checks.heed(guardianship_of(write, &person, id).await)?.map(Some),
        None => Some(None),
    };
    let permit = match authorize(write, &person, guardianship.as_ref().and_then(Option::as_ref)).await {
        Ok(permit) => Some(permit),
        // For the child that was meant there might be a right, so no more is told than that it is not found.
        Err(Error::Refused(_)) if guardianship.is_none() => None,
        Err(error) => return Err(error),
    };
    if let Some(guardianship) = &guardianship {
        checks.heed(has_no_account(&person, guardianship.as_ref()))?;
    }
    if permit.is_some() {
        checks.heed(is_reached(&person, request.by_email))?;
    }
    let (permit, guardianship) = checks.all(permit.zip(guardianship))?;
    issue(write, &permit, &person, guardianship.map(|row| row.id), request.by_email, prepared).await
}

async fn guardianship_of(write: &Write<'_>, person: &person::Model, id: &str) -> Result<guardianship::Model> {
    let id = id.parse().map_err(|_| not_found("guardianship"))?;
    let row = store::guardianship(write.db(), &write.scope(), id).await?;
    let live = |row: &guardianship::Model| row.guardian_id == person.id && row.status != GuardianshipStatus::Ended;
    row.filter(live).ok_or_else(|| not_found("guardianship"))
}

async fn authorize(
    write: &Write<'_>,
    person: &person::Model,
    guardianship: Option<&guardianship::Model>,
) -> Result<Permit> {
    let mut permit = None;
    let today = write.call().today();
    let capacities = places::capacities(write.db(), today, &[person.id]).await?.remove(&person.id);
    for capacity in capacities.unwrap_or_default() {
        match capacity {
            Capacity::Staff(role, place) => permit = Some(write.authorize(policy::granting(role), place)?),
            // The account sees every child, so the inviter must be one who may invite for each. That alone is no right:
            // a guardian is invited for a named child.
            Capacity::Guardian(place) | Capacity::Invited(place) => {
                write.authorize(Action::InviteGuardian, place)?;
            }
        }
    }
    if let Some(guardianship) = guardianship {
        let student = students::store::by_id(write.db(), &write.scope(), guardianship.student_id).await?;
        let student = student.ok_or_else(|| not_found("guardianship"))?;
        let place = places::of_student(write.db(), today, &student).await?;
        permit = Some(write.authorize(Action::InviteGuardian, place)?);
    }
    match permit {
        Some(permit) => Ok(permit),
        // Somebody without a role or a named child: for administrators of the board.
        None => write.authorize(Action::StaffWrite, Place::board(person.board_id)),
    }
}

fn has_no_account(person: &person::Model, guardianship: Option<&guardianship::Model>) -> Result<()> {
    let waiting = guardianship.is_some_and(|row| row.status == GuardianshipStatus::Invited);
    if person.account_id.is_some() && !waiting {
        return Err(refuse(UserErrorCode::Conflict, "person", "This person has an account already."));
    }
    Ok(())
}

fn is_reached(person: &person::Model, by_email: bool) -> Result<()> {
    if by_email && person.email.is_none() {
        let message = "No e-mail address of this person is known. Fill it in, or print the code.";
        return Err(refuse(UserErrorCode::Required, "delivery", message));
    }
    Ok(())
}

/// Writes an invitation that may be made, and ends the earlier ones of the person.
pub async fn issue(
    write: &Write<'_>,
    permit: &Permit,
    person: &person::Model,
    guardianship: Option<GuardianshipId>,
    by_email: bool,
    prepared: Prepared,
) -> Result<NewCode> {
    let now = write.now();
    store::revoke_open(write.db(), permit, person.id, now).await?;
    let row = new(person, guardianship, &prepared, now);
    let invitation = store::insert(write.db(), permit, row).await?;
    let id = invitation.id.to_string();
    audit::record(write, Some(person.board_id), Deed::InvitationCreated, Some(id.clone())).await?;
    let master = &write.call().app().identity.master;
    let created = WithSecret::seal(master, &id, invitation, &prepared.code.to_string())?;
    let payload = if by_email { json!({ "id": id, "sealed": created.sealed() }) } else { json!({ "id": id }) };
    write.emit(permit, Event { kind: CREATED, payload }).await?;
    Ok(created)
}

fn new(
    person: &person::Model,
    guardianship_id: Option<GuardianshipId>,
    prepared: &Prepared,
    now: DateTime<Utc>,
) -> Model {
    Model {
        id: InvitationId::new(),
        board_id: person.board_id,
        person_id: person.id,
        guardianship_id,
        lookup: prepared.code.lookup(),
        secret_hash: prepared.secret_hash.clone(),
        tries_left: MAX_TRIES,
        expires_at: now + LIFETIME,
        accepted_at: None,
        revoked_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}
