//! Who may do what. [`policy`] is the one table; [`authorize`] the one gate; a [`Permit`] the proof of having passed.

mod actor;
mod place;
pub mod policy;
mod standing;

pub use actor::{Actor, ApiScope, ClientActor, Held, PersonActor};
pub use place::Place;
pub use policy::Action;
pub use standing::{Standing, Standings};

use glans_entity::ids::{AccountId, BoardId, PersonId};

use crate::platform::error::{Code, Result, UserErrorCode, coded, refuse};

/// What whoever is not signed in reads.
pub const SIGN_IN: &str = "Sign in first: send an access token.";

/// Proof that the caller may do one act at one place. The fields are private: only [`authorize`] makes one.
#[derive(Debug)]
pub struct Permit {
    action: Action,
    place: Place,
    actor: String,
    account: Option<AccountId>,
    person: Option<PersonId>,
}

impl Permit {
    /// What was permitted.
    pub fn action(&self) -> Action {
        self.action
    }

    /// The board in which it was; none for what the platform owns.
    pub fn board(&self) -> Option<BoardId> {
        self.place.board
    }

    /// Who was permitted, as TypeID or name of a command.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The login that was permitted, if it was one.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// The person of the board that was permitted, if it was one.
    pub fn person(&self) -> Option<PersonId> {
        self.person
    }
}

/// What whoever would change something of a closed board reads.
pub const CLOSED: &str = "This board is closed: nothing of it can be changed any more.";

/// Refuses with `FORBIDDEN` unless `actor` may do `action` at `place`, and with `CONFLICT` where the board is closed; who
/// is not signed in is told to sign in.
pub fn authorize(actor: &Actor, action: Action, place: Place) -> Result<Permit> {
    if matches!(actor, Actor::Anonymous) {
        return Err(coded(Code::Unauthenticated, SIGN_IN));
    }
    if !policy::permits(actor, action, &place) {
        let message = "You do not have the right to do this here. Ask an administrator of the board.";
        return Err(refuse(UserErrorCode::Forbidden, "", message));
    }
    if is_closed(actor, action, &place) {
        return Err(refuse(UserErrorCode::Conflict, "", CLOSED));
    }
    let (account, person) = match actor {
        Actor::Person(person) => (Some(person.account), place.board.and_then(|board| person.at(board))),
        _ => (None, None),
    };
    let actor = actor.id().unwrap_or_default();
    Ok(Permit { action, place, actor, account, person })
}

/// Whether [`authorize`] would let `actor` do `action` at `place`.
pub fn allows(actor: &Actor, action: Action, place: &Place) -> bool {
    policy::permits(actor, action, place) && !is_closed(actor, action, place)
}

/// Whether the board of `place` is closed to what `actor` would change there by `action`.
pub fn is_closed(actor: &Actor, action: Action, place: &Place) -> bool {
    policy::changes_board(action) && actor.person().is_some_and(|person| person.sees_closed(place))
}
