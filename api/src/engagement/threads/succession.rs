//! Threads whose staff has gone: what a guardian waits for is taken on by who answers for the child now.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use glans_entity::engagement::{thread, thread_participant};
use glans_entity::ids::{PersonId, StudentId, ThreadId};
use glans_entity::scope::Scope;
use sea_orm::IntoActiveModel;

use super::company::{Around, Company};
use super::{post, store};
use crate::access::{Action, Permit, Place};
use crate::app::App;
use crate::call::{Call, Write};
use crate::platform::error::{Error, Result};
use crate::platform::outbox::Event;
use crate::platform::rounds::in_vain;

/// Who is round the child of a thread today.
pub(super) async fn around(write: &Write<'_>, student: StudentId) -> Result<Around> {
    let found = Around::of(write.db(), write.call().today(), &[student]).await?.remove(&student);
    found.ok_or_else(|| Error::fault("a student with nobody round it"))
}

/// Lets who answers now take part, where no staff of the thread may read it any more; whether somebody came.
pub(super) async fn succeed(
    write: &Write<'_>,
    permit: &Permit,
    thread: &thread::Model,
    around: &Around,
) -> Result<bool> {
    let (db, everywhere) = (write.db(), Scope::system(write.call().today()));
    let parts = store::participants_of(db, &everywhere, &[thread.id]).await?;
    let company = Company::among(parts.iter(), around, thread.school_id);
    if !company.here || company.guardians.is_empty() || !company.staff.is_empty() {
        return Ok(false);
    }
    let gone: Vec<PersonId> = parts.iter().filter(|part| part.is_staff).map(|part| part.person_id).collect();
    let of_leaders = store::have_led(db, &everywhere, thread.school_id, &gone).await?;
    let successors = around.successors(of_leaders);
    join(write, permit, thread, successors, true).await?;
    Ok(!successors.is_empty())
}

/// Lets persons take part in a thread.
pub(super) async fn join(
    write: &Write<'_>,
    permit: &Permit,
    thread: &thread::Model,
    persons: &[PersonId],
    is_staff: bool,
) -> Result<()> {
    let row = |person: &PersonId| thread_participant::Model {
        thread_id: thread.id,
        person_id: *person,
        board_id: thread.board_id,
        school_id: thread.school_id,
        student_id: thread.student_id,
        is_staff,
        joined_at: write.now(),
        read_up_to: None,
    };
    store::join(write.db(), permit, persons.iter().map(row).collect()).await
}

/// Goes through the threads in which a guardian waits for an answer and all staff has gone; how many were taken on. `since`:
/// only where roles or class groups were written later; else all.
pub async fn take_on(app: &Arc<App>, since: Option<DateTime<Utc>>) -> Result<usize> {
    let call = Call::system(app, "threads");
    let left = store::left_alone(&*call.read().await?, call.today(), since).await?;
    call.look_again().await;
    let mut count = 0;
    for id in left {
        match take_on_one(&call, id).await {
            Ok(taken) => count += usize::from(taken),
            Err(error) => in_vain!(error, thread = %id, "a thread was not taken on and is tried again"),
        }
    }
    Ok(count)
}

async fn take_on_one(call: &Call, id: ThreadId) -> Result<bool> {
    let write = call.write().await?;
    let everywhere = Scope::system(call.today());
    let Some(thread) = store::lock(write.db(), &everywhere, write.now(), id).await? else { return Ok(false) };
    let permit = write.authorize(Action::ThreadWrite, Place::board(thread.board_id))?;
    let around = around(&write, thread.student_id).await?;
    if !succeed(&write, &permit, &thread, &around).await? {
        return Ok(false);
    }
    let parts = store::participants_of(write.db(), &everywhere, &[id]).await?;
    let new: Vec<_> = parts.into_iter().filter(|part| around.is_staff(part.person_id)).collect();
    post::address(&write, &permit, &thread, new.iter(), thread.last_at).await?;
    post::wake(&write, &thread, &new, None).await?;
    let version = thread.version;
    store::update(write.db(), &permit, thread.into_active_model(), version, write.now()).await?;
    write.emit(&permit, Event::about("thread.taken_on", id)).await?;
    write.commit().await?;
    Ok(true)
}
