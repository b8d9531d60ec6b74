//! Granting and taking roles.

use chrono::NaiveDate;
use glans_entity::ids::{MembershipId, PersonId};
use glans_entity::people::membership::Model;
use glans_entity::people::{Role, ScopeKind, person};
use glans_entity::scope::Scope;

use super::places::{self, Seat};
use super::types::{MembershipGrantInput, MembershipRevokeInput};
use super::{rules, store};
use crate::access::{Action, Permit, Place, policy};
use crate::call::Write;
use crate::identity::audit::{self, Deed};
use crate::identity::invitations;
use crate::organisation::in_use;
use crate::people::{memberships, persons};
use crate::platform::error::{Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// A role, under which id it is to be held, and on which days.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub id: MembershipId,
    pub role: Role,
    /// None: at once, and without an end.
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

impl Term {
    /// From now on, without an end.
    pub fn at_once(role: Role) -> Self {
        Self { id: MembershipId::new(), role, starts_on: None, ends_on: None }
    }
}

/// Grants a role to a person of the board in which the scope lies. Granting it again changes nothing; with other days it
/// is refused.
pub async fn grant(write: &Write<'_>, input: MembershipGrantInput) -> Result<Model> {
    let role = input.role.into();
    let (starts_on, ends_on) = (input.starts_on.map(|day| day.0), input.ends_on.map(|day| day.0));
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), MembershipId::new);
    if !rules::is_in_order((starts_on, ends_on), write.call().today()) {
        checks.add(UserErrorCode::Invalid, "endsOn", "The last day cannot come before the first.");
    }
    let seat = checks.heed(seat_for(write, role, &input.scope).await)?;
    // Where no place is found for the role, there is none to have a right at, and nothing is granted.
    let place = seat.as_ref().map(|seat| seat.place.clone());
    let permit = place.map(|place| write.authorize(policy::granting(role), place)).transpose()?;
    if let Some(seat) = &seat {
        checks.heed(in_use(seat.archived_at, "scope"))?;
    }
    let person = checks.heed(holder(write, &input.person, seat.as_ref()).await)?;
    let (permit, (seat, person)) = checks.all(permit.zip(seat.zip(person)))?;
    let id = id.free(write.db(), &permit).await?;
    let is_own = person.account_id.is_some() && person.account_id == permit.account();
    if is_own && write.authorize(Action::GrantBoardAdmin, Place::board(person.board_id)).is_err() {
        let message = "Somebody else has to give you a role. Ask an administrator of the board.";
        return Err(refuse(UserErrorCode::Forbidden, "person", message));
    }
    appoint(write, &permit, &person, &seat, Term { id, role, starts_on, ends_on }).await
}

/// The scope in sight with this id, where `role` is held in one of its kind.
async fn seat_for(write: &Write<'_>, role: Role, id: &str) -> Result<Seat> {
    let seat = places::seat(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("scope"))?;
    if !rules::fits(role, seat.kind) {
        return Err(refuse(UserErrorCode::Invalid, "scope", rules::expected(role)));
    }
    Ok(seat)
}

/// The person with this id who is to have the role: of the board of `seat`, where that is known.
async fn holder(write: &Write<'_>, id: &str, seat: Option<&Seat>) -> Result<person::Model> {
    let id = id.parse().map_err(|_| not_found("person"))?;
    let person = present(write, id, "person").await?;
    let is_near = |person: &person::Model| seat.is_none_or(|seat| seat.place.board == Some(person.board_id));
    person.filter(is_near).ok_or_else(|| not_found("person"))
}

/// The person, if in sight; nobody else changes them until the transaction ends. Refuses, at `field`, whose record was
/// closed.
pub async fn present(write: &Write<'_>, id: PersonId, field: &str) -> Result<Option<person::Model>> {
    let person = known(write, &write.scope(), id).await?;
    in_use(person.as_ref().and_then(|person| person.archived_at), field)?;
    Ok(person)
}

/// As [`present`], in `scope`; none whose record was closed.
pub async fn present_in(write: &Write<'_>, scope: &Scope, id: PersonId) -> Result<Option<person::Model>> {
    let person = known(write, scope, id).await?;
    Ok(person.filter(|person| person.archived_at.is_none()))
}

/// The person, if in `scope` and not erased; locked.
async fn known(write: &Write<'_>, scope: &Scope, id: PersonId) -> Result<Option<person::Model>> {
    let person = persons::store::lock(write.db(), scope, id).await?;
    Ok(person.filter(|person| person.erased_at.is_none()))
}

/// Writes down a role that may be granted.
pub async fn appoint(
    write: &Write<'_>,
    permit: &Permit,
    person: &person::Model,
    seat: &Seat,
    Term { id, role, starts_on, ends_on }: Term,
) -> Result<Model> {
    let today = write.call().today();
    match store::lock_held(write.db(), person.id, role, seat.id).await? {
        Some(held) if rules::is_over(&held, today) => {
            // It stays as it was, and makes room.
            store::end(write.db(), permit, held, write.now()).await?;
        }
        Some(held) if rules::has_days(&held, (starts_on, ends_on), today) => return Ok(held),
        Some(_) => {
            let message = "This person has this role here already, with other days. Take it with `membershipRevoke` \
                           first, then grant it with the new days.";
            return Err(refuse(UserErrorCode::Taken, "role", message));
        }
        None => {}
    }
    let row = Model {
        id,
        board_id: person.board_id,
        person_id: person.id,
        role,
        scope_kind: seat.kind,
        scope_id: seat.id,
        school_id: seat.place.school,
        starts_on,
        ends_on,
        ended_at: None,
        source_id: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let held = memberships::store::insert(write.db(), permit, row).await?;
    // Who invited the person before had not to be one who may grant this role.
    invitations::revoke_open(write.db(), permit, person.id, write.now()).await?;
    write.rights_change();
    audit::record(write, Some(held.board_id), Deed::MembershipGranted, Some(held.id.to_string())).await?;
    write.emit(permit, Event::about("membership.granted", held.id).by(permit.person())).await?;
    Ok(held)
}

/// Takes a role from a person. Taking it again changes nothing.
pub async fn revoke(write: &Write<'_>, input: MembershipRevokeInput) -> Result<Model> {
    let id = input.id.parse().map_err(|_| not_found("id"))?;
    let held = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let place = places::place_of(write.db(), &held).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(policy::granting(held.role), place)?;
    if held.ended_at.is_some() {
        return Ok(held);
    }
    check_version(&held, held.version, input.if_version)?;
    if held.role == Role::BoardAdmin {
        memberships::actions::keep_one_administrator(write, held.board_id, held.person_id).await?;
    }
    if (held.role, held.scope_kind) == (Role::Trainer, ScopeKind::Board) {
        // Who trains for the board no more trains none of its cohorts either.
        for cohort in store::trained(write.db(), &write.scope(), held.person_id).await? {
            end(write, &permit, cohort).await?;
        }
    }
    end(write, &permit, held).await
}

async fn end(write: &Write<'_>, permit: &Permit, held: Model) -> Result<Model> {
    let held = store::end(write.db(), permit, held, write.now()).await?;
    write.rights_change();
    audit::record(write, Some(held.board_id), Deed::MembershipRevoked, Some(held.id.to_string())).await?;
    write.emit(permit, Event::about("membership.revoked", held.id)).await?;
    Ok(held)
}
