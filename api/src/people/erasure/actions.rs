//! Erasing a person.

use glans_entity::ids::{AccountId, PersonId};
use glans_entity::people::Role;
use glans_entity::people::person::Model;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ledger::NOTHING;
use super::login;
use super::store::{self, Whose};
use super::types::PersonEraseInput;
use crate::access::{Action, Permit, Place};
use crate::app::App;
use crate::audit;
use crate::call::Write;
use crate::notifications::devices;
use crate::people::persons::rules::LANGUAGE;
use crate::people::places::Capacity;
use crate::people::{guardianships, memberships, persons, places};
use crate::platform::error::{Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;

/// Who was erased, the login that they were reached by, and the leases under which something was on its way to them.
/// Settle it after the commit.
#[derive(Serialize, Deserialize)]
pub(super) struct Erased {
    pub person: Model,
    pub account: Option<AccountId>,
    pub leases: Vec<Uuid>,
}

pub(super) async fn erase(write: &Write<'_>, input: PersonEraseInput) -> Result<Erased> {
    let id: PersonId = input.id.parse().map_err(|_| not_found("id"))?;
    let person = persons::store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(Action::PersonErase, Place::board(person.board_id))?;
    if permit.person() == Some(person.id) {
        let message = "Another administrator of the board has to erase your own record.";
        return Err(refuse(UserErrorCode::Forbidden, "id", message));
    }
    guardianships::refuse_own_family(write, &permit, person.id).await?;
    if person.erased_at.is_some() {
        return Ok(Erased { person, account: None, leases: Vec::new() });
    }
    check_version(&person, person.version, input.if_version)?;
    let capacities = places::capacities(write.db(), write.call().today(), &[person.id]).await?.remove(&person.id);
    let administers = |held: &Capacity| matches!(held, Capacity::Staff(Role::BoardAdmin, _));
    if capacities.unwrap_or_default().iter().any(administers) {
        memberships::actions::keep_one_administrator(write, person.board_id, person.id).await?;
    }
    let erased = forget(write, &permit, person).await?;
    write.rights_change();
    audit::record(write, permit.board(), "person.erased", Some(erased.person.id.to_string())).await?;
    write.emit(&permit, Event::about("person.erased", erased.person.id)).await?;
    Ok(erased)
}

/// What custody gives back follows from the ends of roles and guardianships.
async fn forget(write: &Write<'_>, permit: &Permit, person: Model) -> Result<Erased> {
    let db = write.db();
    memberships::store::end_all(write, permit, person.id).await?;
    guardianships::store::end_all_of_guardian(write, permit, person.id).await?;
    store::forget_in_rosters(db, permit, &person).await?;
    let mut leases = store::forget_invitations(db, permit, person.id).await?;
    leases.extend(store::forget_notices(db, permit, person.id).await?);
    store::forget_reasons(db, permit, person.id).await?;
    let (account, mut leaving) = (person.account_id, None);
    if let Some(account) = account
        && !store::is_shared(db, account, person.id).await?
    {
        leases.extend(login::close(write, permit, account).await?);
        leaving = Some(account);
    }
    let whose = Whose { person: person.id, account: leaving };
    store::forget_answers(db, permit, whose).await?;
    let person = bury(write, permit, person).await?;
    store::scrub(db, permit, whose, write.now()).await?;
    Ok(Erased { person, account, leases })
}

/// Leaves the tombstone. What an import knows the person by stays: it must find them erased.
async fn bury(write: &Write<'_>, permit: &Permit, person: Model) -> Result<Model> {
    let (version, archived_at) = (person.version, person.archived_at.unwrap_or_else(|| write.now()));
    let mut row = person.into_active_model();
    row.account_id = Set(None);
    row.given_name = Set(NOTHING.to_owned());
    row.family_name = Set(NOTHING.to_owned());
    row.display_name = Set(NOTHING.to_owned());
    row.email = Set(None);
    row.language = Set(LANGUAGE.to_owned());
    row.interpreter_needed = Set(false);
    row.archived_at = Set(Some(archived_at));
    row.erased_at = Set(Some(write.now()));
    persons::store::update(write.db(), permit, row, version, write.now()).await
}

/// After the commit: nobody is taken to be signed in any more, nothing is on its way to a device, and no e-mail begins any
/// more.
pub(super) async fn settle(app: &App, erased: Option<&Erased>) -> Result<()> {
    let Some(erased) = erased else { return Ok(()) };
    app.identity.sessions.invalidate_all();
    if let Some(account) = erased.account {
        // Of a login that stays, for another board; what was cut loose from one that went is unbound.
        devices::settle_account(app, account).await?;
        devices::settle_unbound(app).await?;
    }
    devices::settle_leases(app, &erased.leases).await
}
