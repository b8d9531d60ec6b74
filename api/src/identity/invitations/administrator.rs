//! The first administrator of a board, invited by who operates the machine.

use glans_entity::ids::PersonId;
use glans_entity::organisation::board;
use glans_entity::people::{Role, ScopeKind};

use super::code::Code;
use super::{actions, store};
use crate::access::{Action, Place};
use crate::call::Call;
use crate::identity::email;
use crate::identity::memberships;
use crate::identity::memberships::actions::Term;
use crate::identity::memberships::places::Seat;
use crate::people::persons;
use crate::people::persons::rules::{Details, LANGUAGE, NAME_LENGTH};
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// Who becomes administrator.
#[derive(Clone, Copy)]
pub struct Newcomer<'a> {
    pub email: &'a str,
    pub given_name: Option<&'a str>,
    pub family_name: Option<&'a str>,
}

/// Makes the person (or takes the one of the board with this address), grants the role, and answers with the code of an
/// invitation. The second time it makes a new code and ends the first.
pub async fn invite(call: &Call, board: &board::Model, newcomer: Newcomer<'_>) -> Result<Code> {
    let email = email::canonical(newcomer.email)
        .ok_or_else(|| refuse(UserErrorCode::Invalid, "email", "This is no e-mail address. It looks like a@b.nl."))?;
    let details = details(newcomer, &email);
    let prepared = actions::prepare(call).await?;
    let code = prepared.code.clone();
    let write = call.write().await?;
    let permit = write.authorize(Action::GrantBoardAdmin, Place::from(board))?;
    let person = match store::person_by_email(write.db(), board.id, &email).await? {
        Some(person) if person.account_id.is_some() => {
            let message = "This person has an account already; grant the role with `membershipGrant`.";
            return Err(refuse(UserErrorCode::Conflict, "email", message));
        }
        Some(person) => person,
        None => persons::insert(&write, &permit, board.id, PersonId::new(), details?).await?,
    };
    let place = Place::from(board);
    let seat = Seat { kind: ScopeKind::Board, id: board.id.0, place, archived_at: board.archived_at };
    memberships::actions::appoint(&write, &permit, &person, &seat, Term::at_once(Role::BoardAdmin)).await?;
    actions::issue(&write, &permit, &person, None, false, prepared).await?;
    write.commit().await?;
    Ok(code)
}

/// Without a given name the one before the @; the family name may be missing.
fn details(newcomer: Newcomer<'_>, email: &str) -> Result<Details> {
    let local = email.split('@').next().unwrap_or_default();
    let mut checks = Checks::default();
    let given_name = checks.line("givenName", newcomer.given_name.unwrap_or(local), NAME_LENGTH);
    let family_name = checks.optional_line("familyName", newcomer.family_name, NAME_LENGTH).unwrap_or_default();
    checks.done(Details {
        display_name: format!("{given_name} {family_name}").trim().to_owned(),
        given_name,
        family_name,
        email: Some(email.to_owned()),
        language: LANGUAGE.to_owned(),
        interpreter_needed: false,
    })
}
