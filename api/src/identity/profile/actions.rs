//! Changing what is one's own.

use glans_entity::people::person;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::rules;
use super::types::ProfileUpdateInput;
use crate::access::{self, Action, Actor, PersonActor, Place};
use crate::call::Write;
use crate::identity::accounts;
use crate::people::persons;
use crate::platform::error::{Result, check_version};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

const DISPLAY_NAME_LENGTH: usize = 160;

/// Changes the account, and the person in each board of the request that is in use. The version that counts is that of the oldest,
/// whom apps see as `viewer.person`.
pub(super) async fn update(write: &Write<'_>, viewer: &PersonActor, input: ProfileUpdateInput) -> Result<()> {
    let persons = own(write, viewer).await?;
    match persons.first() {
        Some(oldest) => check_version(&(), oldest.version, input.if_version)?,
        None => rules::of_the_account_alone(&input)?,
    }
    let mut checks = Checks::default();
    let name = input.display_name.map(|name| checks.line("displayName", &name, DISPLAY_NAME_LENGTH));
    let name = checks.done(name)?;
    // The record of a board that was closed stays as it was; the account, and what other boards know, go on.
    let is_closed = |person: &person::Model| viewer.closed.contains(&person.board_id);
    let (closed, open): (Vec<_>, Vec<_>) = persons.into_iter().partition(is_closed);
    if open.is_empty() && !closed.is_empty() {
        rules::in_no_board_in_use(name.is_some(), input.interpreter_needed.is_some())?;
    }
    let language = input.language.map(|language| language.as_str().to_owned());
    if let Some(language) = &language {
        accounts::set_language(write.db(), viewer.account, language, write.now()).await?;
        write.rights_change();
    }
    for person in open {
        let mut changed = person.clone();
        changed.language = language.clone().unwrap_or(changed.language);
        changed.display_name = name.clone().unwrap_or(changed.display_name);
        changed.interpreter_needed = input.interpreter_needed.unwrap_or(changed.interpreter_needed);
        if changed != person {
            store(write, &person, changed).await?;
        }
    }
    Ok(())
}

/// The own persons in the boards of the request, oldest first; nobody else changes them until the transaction ends.
async fn own(write: &Write<'_>, viewer: &PersonActor) -> Result<Vec<person::Model>> {
    let mut own = Vec::new();
    for (_, id) in &viewer.persons {
        own.extend(persons::store::lock(write.db(), &write.scope(), *id).await?);
    }
    Ok(own)
}

/// That it is their own record is the right to change it: the program does it for them.
async fn store(write: &Write<'_>, person: &person::Model, changed: person::Model) -> Result<()> {
    let permit = access::authorize(&Actor::System("profile"), Action::StaffWrite, Place::board(person.board_id))?;
    let mut row = person.clone().into_active_model();
    row.language = Set(changed.language);
    row.display_name = Set(changed.display_name);
    row.interpreter_needed = Set(changed.interpreter_needed);
    persons::store::update(write.db(), &permit, row, person.version, write.now()).await?;
    write.emit(&permit, Event::about("person.updated", person.id)).await
}
