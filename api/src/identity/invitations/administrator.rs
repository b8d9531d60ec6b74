//! The first administrator of a board, invited by who operates the machine.

use glans_entity::ids::PersonId;
use glans_entity::organisation::board;
use glans_entity::people::{Role, ScopeKind, person};

use super::code::Code;
use super::{actions, store};
use crate::access::{Action, Permit, Place};
use crate::call::{Call, Write};
use crate::identity::email;
use crate::identity::memberships;
use crate::identity::memberships::actions::Term;
use crate::identity::memberships::places::Seat;
use crate::people::persons;
use crate::people::persons::rules::{Details, LANGUAGE};
use crate::platform::error::{Result, UserErrorCode, refuse};

/// Who becomes administrator.
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
    let prepared = actions::prepare(call.app()).await?;
    let code = prepared.code.clone();
    let write = call.write().await?;
    let permit = write.authorize(Action::GrantBoardAdmin, Place::from(board))?;
    let person = match store::person_by_email(write.db(), board.id, &email).await? {
        Some(person) if person.account_id.is_some() => {
            let message = "This person has an account already; grant the role with `membershipGrant`.";
            return Err(refuse(UserErrorCode::Conflict, "email", message));
        }
        Some(person) => person,
        None => make(&write, &permit, board, newcomer, email).await?,
    };
    let seat = Seat { kind: ScopeKind::Board, id: board.id.0, place: Place::from(board) };
    memberships::actions::appoint(&write, &permit, &person, &seat, Term::at_once(Role::BoardAdmin)).await?;
    actions::issue(&write, &permit, &person, None, false, prepared).await?;
    write.commit().await?;
    Ok(code)
}

async fn make(
    write: &Write<'_>,
    permit: &Permit,
    board: &board::Model,
    newcomer: Newcomer<'_>,
    email: String,
) -> Result<person::Model> {
    let local = email.split('@').next().unwrap_or_default().to_owned();
    let given_name = newcomer.given_name.map_or(local, str::to_owned);
    let family_name = newcomer.family_name.unwrap_or_default().to_owned();
    let details = Details {
        display_name: format!("{given_name} {family_name}").trim().to_owned(),
        given_name,
        family_name,
        email: Some(email),
        language: LANGUAGE.to_owned(),
        interpreter_needed: false,
    };
    persons::insert(write, permit, board.id, PersonId::new(), details).await
}
