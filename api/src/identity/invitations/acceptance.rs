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
use crate::identity::passwords::actions::{acceptable, hash_new};
use crate::identity::passwords::verification;
use crate::identity::sessions::actions::{Opened, Tokens, finish, open};
use crate::identity::{accounts, email, memberships, throttle};
use crate::platform::error::{Error, Result, UserErrorCode, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

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
    let code = parsed(call, answer)?;
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

/// The code as it was typed; with a typing mistake in it, all that can be told without it is told.
fn parsed(call: &Call, answer: &Answer<'_>) -> Result<Code> {
    let code = Code::parse(answer.code);
    let mut checks = Checks::default();
    if code.is_none() {
        let message = "There is a typing mistake in the code. Compare it with the paper.";
        checks.add(UserErrorCode::Invalid, "code", message);
        if call.standing().actor.person().is_none() {
            credentials(&mut checks, answer, None)?;
        }
    }
    checks.all(code)
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
    let mut checks = Checks::default();
    let given = credentials(&mut checks, answer, Some(person))?;
    let (email, password) = checks.all(given)?;
    let guess = throttle::begin(call, throttle::Purpose::SignIn, &email).await?;
    let account = accounts::by_email(&call.read_as_system().await?, &email).await?;
    let is_new = account.is_none();
    let verified = verification::verify(call, account, password).await?;
    if let Some(account) = verified.account {
        return Ok(Some(Login::Known { account, guess, rehashed: verified.rehashed }));
    }
    // An account may have a password that the rules refuse by now, so they are asked only once it is not the right one.
    let hashed = hash_new(call, "password", password, &own_words(Some(&email), Some(person))).await;
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

/// The address, as it is compared, and the password of an answer; `person` is not known where the code is none.
fn credentials<'a>(
    checks: &mut Checks,
    answer: &Answer<'a>,
    person: Option<&person::Model>,
) -> Result<Option<(String, &'a str)>> {
    let typed = answer.email.or(person.and_then(|person| person.email.as_deref()));
    let email = typed.and_then(email::canonical);
    let problem = match (typed, &email, person) {
        (None, _, Some(_)) => Some((UserErrorCode::Required, "Fill in your e-mail address.")),
        (Some(_), None, _) => Some((UserErrorCode::Invalid, "This is no e-mail address. It looks like a@b.nl.")),
        _ => None,
    };
    if let Some((code, message)) = problem {
        checks.add(code, "email", message);
    }
    match answer.password {
        None => checks.add(UserErrorCode::Required, "password", "Fill in a password."),
        // Where there is an address, there may be an account with an older password.
        Some(password) if problem.is_some() => {
            checks.heed(acceptable("password", password, &own_words(typed, person)))?;
        }
        Some(_) => {}
    }
    Ok(email.zip(answer.password))
}

/// What is no secret of the person.
fn own_words<'a>(email: Option<&'a str>, person: Option<&'a person::Model>) -> Vec<&'a str> {
    let names = person.map(|person| [person.given_name.as_str(), &person.family_name, &person.display_name]);
    email.into_iter().chain(names.into_iter().flatten()).collect()
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
