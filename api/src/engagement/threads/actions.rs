//! What can be done in threads.

use async_graphql::ID;
use glans_entity::engagement::{ThreadStatus, message, thread};
use glans_entity::ids::{MessageId, PersonId, StudentId, ThreadId};
use glans_entity::people::student;
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::company::{Around, Company};
use super::inputs::{MessageSendInput, ThreadCloseInput, ThreadReadInput, ThreadStartInput};
use super::post::{self, Letter};
use super::rules::Invited;
use super::succession::{self, around, join};
use super::{rules, store};
use crate::access::{Action, Permit};
use crate::call::Write;
use crate::engagement::contact_rules;
use crate::people::{guardianships, places, students};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// In what capacity somebody writes about a child.
struct Author {
    permit: Permit,
    person: PersonId,
    is_staff: bool,
}

/// Who has a child writes about it as its guardian, whatever role they hold at the school.
async fn author(write: &Write<'_>, student: &student::Model) -> Result<Author> {
    let place = places::of_student(write.db(), write.call().today(), student).await?;
    let is_staff = !write.scope().full_children.contains(&student.id);
    let action = if is_staff { Action::ThreadWrite } else { Action::ChildSpeakFor };
    let permit = write.authorize(action, place)?;
    if is_staff {
        guardianships::refuse_own_child(write, &permit, &[student.id]).await?;
    }
    let person = permit.person().ok_or_else(|| Error::fault("a person of no board writes about a child"))?;
    Ok(Author { permit, person, is_staff })
}

pub(super) async fn start(write: &Write<'_>, input: ThreadStartInput) -> Result<Vec<thread::Model>> {
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ThreadId::new);
    let about = checks.heed(about(write, &input.student).await)?;
    let opening = checks.heed(rules::opening(&input.subject, &input.body))?;
    let named = checks.heed(rules::named(input.participants.as_deref()))?;
    let companies = match about.as_ref().zip(named) {
        Some(((student, author), named)) => checks.heed(companies(write, student, author, &named).await)?,
        None => None,
    };
    let ((student, author), ((subject, body), companies)) = checks.all(about.zip(opening.zip(companies)))?;
    let id = id.free(write.db(), &author.permit).await?;
    let (around, companies) = companies;
    let mut threads = Vec::new();
    for invited in &companies {
        let id = if threads.is_empty() { id } else { ThreadId::new() };
        threads.push(begin(write, &author, &student, (id, &subject, &body), &around, invited).await?);
    }
    Ok(threads)
}

/// The child that is written about, and who begins.
async fn about(write: &Write<'_>, id: &ID) -> Result<(student::Model, Author)> {
    let id: StudentId = id.parse().map_err(|_| not_found("student"))?;
    let student = students::store::by_id(write.db(), &write.scope(), id).await?;
    let student = student.ok_or_else(|| not_found("student"))?;
    let author = author(write, &student).await?;
    students::rules::is_here(student.left_on, write.call().today())?;
    Ok((student, author))
}

/// Who is round the child, and whom of them `author` begins a thread with, each thread's own.
async fn companies(
    write: &Write<'_>,
    student: &student::Model,
    author: &Author,
    named: &[PersonId],
) -> Result<(Around, Vec<Invited>)> {
    let around = around(write, student.id).await?;
    let invited = if author.is_staff {
        rules::invited_by_staff(&around, author.person, named)?
    } else {
        let school = [(student.board_id, student.school_id)];
        let everywhere = Scope::system(write.call().today());
        let own = contact_rules::store::of_schools(write.db(), &everywhere, &school).await?.remove(&student.school_id);
        let own = own.unwrap_or_else(|| contact_rules::rules::usual(student.board_id, student.school_id));
        rules::invited_by_guardian(&around, own.may_start, author.person, named)?
    };
    let companies = rules::threads_for(&invited, around.family.apart);
    Ok((around, companies))
}

/// A thread with its first message.
async fn begin(
    write: &Write<'_>,
    author: &Author,
    student: &student::Model,
    (id, subject, body): (ThreadId, &str, &str),
    around: &Around,
    invited: &Invited,
) -> Result<thread::Model> {
    let now = write.now();
    let row = thread::Model {
        id,
        board_id: student.board_id,
        school_id: student.school_id,
        student_id: student.id,
        subject: subject.to_owned(),
        started_by: author.person,
        status: ThreadStatus::Open,
        closed_at: None,
        closed_by: None,
        opens_at: now,
        last_sent_at: now,
        last_at: now,
        awaits_since: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let letter =
        Letter { id: MessageId::new(), author: author.person, is_staff: author.is_staff, body: body.to_owned() };
    let (sent, arrives) = post::moments(write, &row, &letter, true).await?;
    let row = thread::Model { opens_at: arrives, last_sent_at: sent, last_at: arrives, ..row };
    let thread = store::insert(write.db(), &author.permit, row).await?;
    join(write, &author.permit, &thread, &invited.guardians, false).await?;
    join(write, &author.permit, &thread, &invited.staff, true).await?;
    write.emit(&author.permit, Event::about("thread.started", thread.id)).await?;
    let (thread, _) = post::send(write, &author.permit, thread, around, letter, (sent, arrives)).await?;
    Ok(thread)
}

/// The thread that the input names, locked, its child, and who writes.
async fn lock(write: &Write<'_>, id: &ID) -> Result<(thread::Model, Author)> {
    let id = id.parse().map_err(|_| not_found("thread"))?;
    let thread = store::lock(write.db(), &write.scope(), write.now(), id).await?.ok_or_else(|| not_found("thread"))?;
    let student = students::store::by_id(write.db(), &write.scope(), thread.student_id).await?;
    let student = student.ok_or_else(|| Error::fault("a thread in sight has no student in sight"))?;
    let author = author(write, &student).await?;
    Ok((thread, author))
}

pub(super) async fn send(write: &Write<'_>, input: MessageSendInput) -> Result<message::Model> {
    let (thread, author) = lock(write, &input.thread).await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), MessageId::new);
    let body = checks.with(rules::body(&input.body))?;
    let id = id.free(write.db(), &author.permit).await?;
    let everywhere = Scope::system(write.call().today());
    let around = around(write, thread.student_id).await?;
    let parts = store::participants_of(write.db(), &everywhere, &[thread.id]).await?;
    let company = Company::among(parts.iter(), &around, thread.school_id);
    if let Some(obstacle) = company.obstacle(&thread) {
        return Err(refuse(UserErrorCode::Conflict, "thread", obstacle));
    }
    succession::succeed(write, &author.permit, &thread, &around).await?;
    let letter = Letter { id, author: author.person, is_staff: author.is_staff, body };
    let moments = post::moments(write, &thread, &letter, false).await?;
    let (_, message) = post::send(write, &author.permit, thread, &around, letter, moments).await?;
    write.emit(&author.permit, Event::about("message.sent", message.id)).await?;
    Ok(message)
}

/// Reading is no taking part: of who does not, nothing is kept.
pub(super) async fn read(write: &Write<'_>, input: ThreadReadInput) -> Result<thread::Model> {
    let (thread, author) = lock(write, &input.thread).await?;
    let up_to = match &input.up_to {
        None => write.now(),
        Some(id) => {
            let id = id.parse().map_err(|_| not_found("upTo"))?;
            let found = store::messages_by_ids(write.db(), &write.scope(), write.now(), &[id]).await?.pop();
            found.filter(|message| message.thread_id == thread.id).ok_or_else(|| not_found("upTo"))?.arrives_at
        }
    };
    // The own one that is held says nothing of those that arrive before it.
    let up_to = up_to.min(write.now());
    store::read(write.db(), &author.permit, &[thread.id], author.person, up_to).await?;
    write.emit(&author.permit, Event::about("thread.read", thread.id).by(Some(author.person))).await?;
    Ok(thread)
}

pub(super) async fn close(write: &Write<'_>, input: ThreadCloseInput) -> Result<thread::Model> {
    let (thread, author) = lock(write, &input.thread).await?;
    if !author.is_staff {
        return Err(refuse(UserErrorCode::Forbidden, "thread", "Only staff close a thread."));
    }
    if thread.status == ThreadStatus::Closed {
        return Ok(thread);
    }
    check_version(&thread, thread.version, input.if_version)?;
    let version = thread.version;
    let row = store::closed(thread, author.permit.person(), write.now());
    let thread = store::update(write.db(), &author.permit, row, version, write.now()).await?;
    write.emit(&author.permit, Event::about("thread.closed", thread.id)).await?;
    Ok(thread)
}

/// Nothing of the id tells whether there is such a thread: it is only what the client meant.
pub(super) fn thread_id(id: &ID) -> ThreadId {
    id.parse().unwrap_or(ThreadId(Uuid::nil()))
}
