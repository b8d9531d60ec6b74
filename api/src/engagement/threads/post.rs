//! How a message gets to those whom it is for: at once, or when it was held, by the round that looks for what is due.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use glans_entity::engagement::recipient::AS_STAFF;
use glans_entity::engagement::{RecipientKind, message, thread, thread_participant};
use glans_entity::ids::{AccountId, MessageId, PersonId};
use glans_entity::people::GuardianAccess;
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::company::{Around, Company};
use super::{rules, store, succession};
use crate::access::{Action, Permit, Place};
use crate::app::App;
use crate::call::{Call, Write};
use crate::engagement::audience::store::{Item, address_each};
use crate::engagement::contact_rules;
use crate::organisation::boards;
use crate::platform::error::{Error, Result};
use crate::platform::outbox::Event;
use crate::platform::rounds::in_vain;

/// Messages that are looked up at once.
const AT_ONCE: u64 = 50;
/// How long the round waits at most: a message that was sent meanwhile may arrive before the next one it knew of.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// What wakes those who follow all messages of a login.
pub(super) fn topic(account: AccountId) -> String {
    format!("messages.{account}")
}

/// Who writes, and what.
pub(super) struct Letter {
    pub id: MessageId,
    pub author: PersonId,
    pub is_staff: bool,
    pub body: String,
}

/// When a first message of a guardian or staff of the school would be sent, and when it would arrive.
pub(super) async fn moments(
    write: &Write<'_>,
    thread: &thread::Model,
    letter: &Letter,
    is_first: bool,
) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let (db, everywhere) = (write.db(), Scope::system(write.call().today()));
    let sent = rules::sent_at(write.now(), (!is_first).then_some(thread.last_sent_at));
    let wanted = if letter.is_staff {
        sent
    } else {
        let school = [(thread.board_id, thread.school_id)];
        let own = contact_rules::store::of_schools(db, &everywhere, &school).await?.remove(&thread.school_id);
        let own = own.unwrap_or_else(|| contact_rules::rules::usual(thread.board_id, thread.school_id));
        let board = boards::store::by_id(db, &everywhere, thread.board_id).await?;
        let board = board.ok_or_else(|| Error::fault("a thread of no board"))?;
        contact_rules::rules::arrival(&own, contact_rules::rules::zone(&board.time_zone), sent)
    };
    if is_first {
        return Ok((sent, wanted));
    }
    let last = store::last_of_author(db, thread.id, letter.author, &everywhere).await?;
    let wanted = rules::sent_at(wanted, last);
    let taken = store::arrivals_from(db, thread.id, wanted, &everywhere).await?;
    Ok((sent, rules::arrives_at(wanted, last, &taken)))
}

/// Stores a message in a thread that the caller has locked, and tells those of its company of it whom it reaches at once.
pub(super) async fn send(
    write: &Write<'_>,
    permit: &Permit,
    thread: thread::Model,
    around: &Around,
    letter: Letter,
    (sent_at, arrives_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(thread::Model, message::Model)> {
    let row = message::Model {
        id: letter.id,
        board_id: thread.board_id,
        thread_id: thread.id,
        school_id: thread.school_id,
        student_id: thread.student_id,
        author_id: letter.author,
        is_staff: letter.is_staff,
        body: letter.body,
        sent_at,
        arrives_at,
        announced_at: None,
        undeliverable_at: None,
        updated_at: sent_at,
        version: 1,
    };
    let message = store::insert_message(write.db(), permit, row).await?;
    store::note_sent(write.db(), permit, thread.id, sent_at).await?;
    let thread = thread::Model { last_sent_at: sent_at, ..thread };
    let parts = present(write, &thread, around).await?;
    if arrives_at > sent_at {
        // The author has it in the own list at once.
        let own = parts.iter().filter(|part| part.person_id == message.author_id);
        address(write, permit, &thread, own, sent_at).await?;
        read_own(write, permit, &parts, message.author_id, sent_at).await?;
        wake(write, &thread, &parts, Some(message.author_id)).await?;
        return Ok((thread, message));
    }
    announce(write, permit, thread, message, &parts).await
}

/// Those who take part and may read the thread today.
async fn present(write: &Write<'_>, thread: &thread::Model, around: &Around) -> Result<Vec<thread_participant::Model>> {
    let everywhere = Scope::system(write.call().today());
    let mut parts = store::participants_of(write.db(), &everywhere, &[thread.id]).await?;
    let company = Company::among(parts.iter(), around, thread.school_id);
    parts.retain(|part| company.has(part.person_id));
    Ok(parts)
}

/// Tells of a message that has arrived: the thread moves up in the lists of all who take part, and who follows is woken.
async fn announce(
    write: &Write<'_>,
    permit: &Permit,
    thread: thread::Model,
    message: message::Model,
    parts: &[thread_participant::Model],
) -> Result<(thread::Model, message::Model)> {
    let (db, at) = (write.db(), message.arrives_at);
    address(write, permit, &thread, parts.iter(), at).await?;
    let readers: Vec<PersonId> = parts.iter().map(|part| part.person_id).collect();
    store::lift(db, permit, thread.id, &readers, at).await?;
    read_own(write, permit, parts, message.author_id, at).await?;
    let awaits = if message.is_staff { None } else { thread.awaits_since.or(Some(at)) };
    let (version, last) = (thread.version, thread.last_at.max(at));
    let mut row = thread.into_active_model();
    (row.last_at, row.awaits_since) = (Set(last), Set(awaits));
    let thread = store::update(db, permit, row, version, write.now()).await?;
    let message = store::announced(db, permit, message, write.now()).await?;
    write.emit(permit, Event::about("message.arrived", message.id)).await?;
    wake(write, &thread, parts, None).await?;
    Ok((thread, message))
}

/// Who had read all there was by `at` has read the own message too.
async fn read_own(
    write: &Write<'_>,
    permit: &Permit,
    parts: &[thread_participant::Model],
    author: PersonId,
    at: DateTime<Utc>,
) -> Result<()> {
    let Some(own) = parts.iter().find(|part| part.person_id == author) else { return Ok(()) };
    let everywhere = Scope::system(write.call().today());
    if store::has_read_all(write.db(), &everywhere, own, at).await? {
        store::read(write.db(), permit, &[own.thread_id], author, at).await?;
    }
    Ok(())
}

/// The thread in the lists of `parts`.
pub(super) async fn address(
    write: &Write<'_>,
    permit: &Permit,
    thread: &thread::Model,
    parts: impl Iterator<Item = &thread_participant::Model>,
    at: DateTime<Utc>,
) -> Result<()> {
    let item =
        Item { id: thread.id.0, kind: RecipientKind::Thread, board: thread.board_id, at, least: GuardianAccess::Full };
    let to = parts.map(|part| (part.person_id, if part.is_staff { AS_STAFF } else { part.student_id }));
    address_each(write.db(), permit, &item, to).await
}

/// Wakes who follows the thread or all messages; `only` one person.
pub(super) async fn wake(
    write: &Write<'_>,
    thread: &thread::Model,
    parts: &[thread_participant::Model],
    only: Option<PersonId>,
) -> Result<()> {
    let persons: Vec<PersonId> =
        parts.iter().map(|part| part.person_id).filter(|person| only.is_none_or(|only| only == *person)).collect();
    let everywhere = Scope::system(write.call().today());
    for account in store::accounts(write.db(), &everywhere, &persons).await? {
        write.wake(topic(account));
    }
    // Also of one that is held: who follows looks when it arrives.
    write.wake(thread.id);
    Ok(())
}

/// Goes round as long as the process serves: what was held is told of when it arrives. A round that fails is logged, and
/// the next one tries again.
pub async fn run(app: Arc<App>) {
    loop {
        let wait = match round(&app).await {
            Ok(next) => next.map_or(LOOK_AGAIN, |next| {
                (next - app.clock.now()).to_std().unwrap_or_default().clamp(Duration::from_millis(10), LOOK_AGAIN)
            }),
            Err(error) => {
                in_vain!(error, "messages that arrive were not told of; trying again");
                LOOK_AGAIN
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Tells of all that has arrived; when to look again, if anything is held. Each message in a transaction of its own, so that one
/// that fails keeps no other.
pub async fn round(app: &Arc<App>) -> Result<Option<DateTime<Utc>>> {
    let call = Call::system(app, "post");
    let everywhere = Scope::system(call.today());
    loop {
        call.look_again().await;
        let db = call.read().await?;
        let due = store::due(&*db, &everywhere, call.now(), AT_ONCE).await?;
        let next = store::next_due(&*db, &everywhere).await?;
        drop(db);
        call.look_again().await;
        if due.is_empty() {
            return Ok(next);
        }
        let mut all_told = true;
        for message in due {
            if let Err(error) = deliver(&call, &message).await {
                in_vain!(error, message = %message.id, "a message that arrives was not told of and is tried again");
                all_told = false;
            }
        }
        if !all_told {
            return Ok(Some(call.now() + LOOK_AGAIN));
        }
    }
}

/// Who may read it, and whether its author may still write, is asked when it arrives.
async fn deliver(call: &Call, due: &message::Model) -> Result<()> {
    let (write, everywhere) = (call.write().await?, Scope::system(call.today()));
    let thread = store::lock(write.db(), &everywhere, write.now(), due.thread_id).await?;
    let thread = thread.ok_or_else(|| Error::fault("a message of no thread"))?;
    // Another process may have told of it meanwhile.
    let Some(message) = store::lock_held(write.db(), &everywhere, due.id).await? else { return Ok(()) };
    let permit = write.authorize(Action::ThreadWrite, Place::board(thread.board_id))?;
    let around = succession::around(&write, thread.student_id).await?;
    succession::succeed(&write, &permit, &thread, &around).await?;
    let parts = present(&write, &thread, &around).await?;
    if Company::among(parts.iter(), &around, thread.school_id).hears(message.author_id) {
        announce(&write, &permit, thread, message, &parts).await?;
    } else {
        give_back(&write, &permit, &thread, message, &parts).await?;
    }
    write.commit().await
}

/// Tells who wrote a message that it reaches nobody.
async fn give_back(
    write: &Write<'_>,
    permit: &Permit,
    thread: &thread::Model,
    message: message::Model,
    parts: &[thread_participant::Model],
) -> Result<()> {
    let (db, now) = (write.db(), write.now());
    let message = store::undeliverable(db, permit, message, now).await?;
    store::lift(db, permit, thread.id, &[message.author_id], message.arrives_at).await?;
    write.emit(permit, Event::about("message.undeliverable", message.id)).await?;
    wake(write, thread, parts, Some(message.author_id)).await
}
