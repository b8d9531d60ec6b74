//! Accepting an invitation.

use glans_entity::identity::invitation::Model;
use glans_entity::ids::AccountId;
use glans_entity::people::person;
use glans_entity::scope::Scope;

use super::code::Code;
use super::{rules, store};
use crate::access::{self, Action, Actor, Place};
use crate::call::{Call, Write};
use crate::identity::audit::{self, Deed};
use crate::identity::passwords::{actions::hash_new, verification};
use crate::identity::sessions::actions::{Opened, Tokens, finish, open};
use crate::identity::{accounts, email, memberships, throttle};
use crate::platform::error::{Error, Result, UserErrorCode, refuse};
use crate::platform::outbox::Event;

/// What somebody with a code gives.
pub struct Answer<'a> {
    pub code: &'a str,
    pub password: Option<&'a str>,
    /// For an invitation on paper to somebody whose address the board does not know.
    pub email: Option<&'a str>,
    pub device: Option<&'a str>,
}

/// Which account the person gets.
enum Login {
    /// The one that is signed in.
    SignedIn(AccountId),
    /// One that exists, whose password was given.
    Known { account: AccountId, guess: throttle::Guess, rehashed: Option<String> },
    /// One to be made.
    New { email: String, guess: throttle::Guess, password_hash: String },
}

/// Gives the invited person an account: the signed-in one, the one with their e-mail address, or a new one. Answers with
/// tokens unless somebody was signed in.
pub async fn accept(call: &Call, answer: &Answer<'_>) -> Result<Option<Tokens>> {
    let code = Code::parse(answer.code).ok_or_else(|| {
        refuse(UserErrorCode::Invalid, "code", "There is a typing mistake in the code. Compare it with the paper.")
    })?;
    let invitation = opened_by(call, &code).await?;
    let person = store::person(&call.read_as_system().await?, invitation.person_id).await?;
    let person = person.ok_or_else(|| Error::fault("an invitation of nobody"))?;
    let Some(login) = login(call, &person, answer).await? else { return Err(known_address(call, &invitation).await?) };
    let write = call.write_as_system().await?;
    let (account, opened) = enter(&write, &person, login, answer.device).await?;
    join(&write, &invitation, account).await?;
    write.rights_change();
    write.commit().await?;
    match opened {
        Some(opened) => finish(call, opened).await.map(Some),
        None => Ok(None),
    }
}

/// The open invitation whose secret was shown. Unknown, used, ended and too often tried ones cost the same work and get the
/// same answer.
async fn opened_by(call: &Call, code: &Code) -> Result<Model> {
    let write = call.write_as_system().await?;
    let invitation = store::take_try(write.db(), &code.lookup(), write.now()).await?;
    write.commit().await?;
    let stored = invitation.as_ref().map(|row| row.secret_hash.clone());
    let verdict = call.hashing().verify(code.secret(), stored).await;
    let is_wrong = verdict.as_ref().is_ok_and(|verdict| !verdict.is_right());
    let write = call.write_as_system().await?;
    let Some(invitation) = invitation.filter(|_| !is_wrong) else {
        audit::record(&write, None, Deed::InvitationRefused, None).await?;
        write.commit().await?;
        verdict.map_err(verification::fault)?;
        return Err(closed());
    };
    // The secret was right, or not looked at.
    store::give_back_try(write.db(), invitation.id).await?;
    write.commit().await?;
    verdict.map(|_| invitation).map_err(verification::fault)
}

/// To tell that an address has an account costs a try: a code tells it of no more addresses than it has tries.
async fn known_address(call: &Call, invitation: &Model) -> Result<Error> {
    let write = call.write_as_system().await?;
    let taken = store::take_try(write.db(), &invitation.lookup, write.now()).await?;
    write.commit().await?;
    Ok(taken.map_or_else(closed, |_| has_account()))
}

fn closed() -> Error {
    refuse(UserErrorCode::Expired, "code", "This code cannot be used. Ask the school for a new one.")
}

fn has_account() -> Error {
    let message = "There is an account with this e-mail address. Fill in the password of that account.";
    refuse(UserErrorCode::Invalid, "password", message)
}

/// Which account the person gets; none where there is one with the address and the password is not its own. Whatever is
/// refused says the same, after the same work, of an address with an account and of one without.
async fn login(call: &Call, person: &person::Model, answer: &Answer<'_>) -> Result<Option<Login>> {
    if let Some(signed_in) = call.standing().actor.person() {
        return Ok(Some(Login::SignedIn(signed_in.account)));
    }
    let typed = answer.email.or(person.email.as_deref());
    let typed = typed.ok_or_else(|| refuse(UserErrorCode::Required, "email", "Fill in your e-mail address."))?;
    let email = email::canonical(typed)
        .ok_or_else(|| refuse(UserErrorCode::Invalid, "email", "This is no e-mail address. It looks like a@b.nl."))?;
    let password = answer.password.ok_or_else(|| refuse(UserErrorCode::Required, "password", "Fill in a password."))?;
    let guess = throttle::begin(call, throttle::Purpose::SignIn, &email).await?;
    let account = accounts::by_email(&call.read_as_system().await?, &email).await?;
    let is_new = account.is_none();
    let verified = verification::verify(call, account, password).await?;
    if let Some(account) = verified.account {
        return Ok(Some(Login::Known { account, guess, rehashed: verified.rehashed }));
    }
    // An account may have a password that the rules refuse by now, so they are asked only once it is not the right one.
    let own_words = [email.as_str(), &person.given_name, &person.family_name, &person.display_name];
    let hashed = hash_new(call, "password", password, &own_words).await;
    match hashed {
        Ok(password_hash) if is_new => Ok(Some(Login::New { email, guess, password_hash })),
        found => {
            // That we could not hash is no wrong guess of a newcomer.
            if !is_new || matches!(found, Err(Error::Refused(_))) {
                let write = call.write_as_system().await?;
                guess.failed(&write).await?;
                write.commit().await?;
            }
            found.map(|_| None)
        }
    }
}

async fn enter(
    write: &Write<'_>,
    person: &person::Model,
    login: Login,
    device: Option<&str>,
) -> Result<(AccountId, Option<Opened>)> {
    let account = match login {
        Login::SignedIn(account) => return Ok((account, None)),
        Login::Known { account, guess, rehashed } => {
            guess.succeeded(write).await?;
            verification::keep_rehashed(write, account, rehashed).await?;
            account
        }
        Login::New { email, guess, password_hash } => {
            guess.succeeded(write).await?;
            accounts::insert(write.db(), &email, password_hash, &person.language, write.now()).await?
        }
    };
    Ok((account, Some(open(write, account, device).await?)))
}

/// The right to do this is the code's: the program does it for who showed it.
async fn join(write: &Write<'_>, invitation: &Model, account: AccountId) -> Result<()> {
    let board = invitation.board_id;
    let permit = access::authorize(&Actor::System("invitation"), Action::StaffWrite, Place::board(board))?;
    let now = write.now();
    // From here on nobody grants the person anything until the transaction ends.
    let everything = Scope::system(write.call().today());
    if memberships::actions::present_in(write, &everything, invitation.person_id).await?.is_none() {
        return Err(closed());
    }
    if !rules::still_counts(invitation, &store::standing(write.db(), invitation.person_id).await?) {
        return Err(closed());
    }
    if !store::accept(write.db(), &permit, invitation.id, now).await? {
        return Err(closed());
    }
    if !store::link(write.db(), &permit, invitation.person_id, account, now).await? {
        return Err(closed());
    }
    if let Some(guardianship) = invitation.guardianship_id {
        store::activate(write.db(), &permit, guardianship, now).await?;
    }
    audit::record(write, Some(board), Deed::InvitationAccepted, Some(invitation.id.to_string())).await?;
    write.emit(&permit, Event::about("invitation.accepted", invitation.id)).await
}
