//! What can be done with a guardianship. Every change is in force with the commit.

use async_graphql::ID;
use glans_entity::ids::{GuardianshipId, PersonId, StudentId};
use glans_entity::people::guardianship::Model;
use glans_entity::people::{GuardianAccess, GuardianshipStatus, person, student};
use glans_entity::scope::Scope;

use super::store::Of;
use super::types::{GuardianChoice, GuardianshipCreateInput, GuardianshipEndInput, GuardianshipUpdateInput};
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::audit;
use crate::call::{Call, Write};
use crate::notifications::devices;
use crate::organisation::school_in_use;
use crate::people::persons::rules::Details;
use crate::people::{persons, places, students};
use crate::platform::error::{Error, Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: GuardianshipCreateInput) -> Result<Model> {
    let today = write.call().today();
    let student = input.student.parse().map_err(|_| not_found("student"))?;
    let student = students::store::lock(write.db(), &write.scope(), student).await?;
    let student = student.ok_or_else(|| not_found("student"))?;
    let place = places::of_student(write.db(), today, &student).await?;
    let permit = write.authorize(Action::GuardianWrite, place.clone())?;
    refuse_own_child(write, &permit, &[student.id]).await?;
    let starts_on = input.starts_on.map_or(today, |day| day.0);
    let ends_on = input.ends_on.map(|day| day.0);
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), GuardianshipId::new);
    checks.heed(school_in_use(write, student.school_id, "student").await)?;
    checks.heed(students::rules::is_here(student.left_on, today))?;
    checks.heed(rules::is_sound(starts_on, ends_on, input.contact_priority))?;
    let chosen = checks.with(chosen(write, &student, input.guardian).await)?;
    let id = id.free(write.db(), &permit).await?;
    let guardian = match chosen {
        Chosen::Known(person) => person,
        Chosen::New(details) => persons::insert(write, &permit, student.board_id, PersonId::new(), details).await?,
    };
    rules::is_not_own(guardian.id, permit.person())?;
    let verified = write.authorize(Action::GuardianshipWrite, place).is_ok();
    // All of them: what the caller does not see of the family may be what separates it.
    let others = store::all(write.db(), &Scope::system(today), Of::Students(&[student.id])).await?;
    let separated = rules::hints_at_separation(&others);
    let row = Model {
        id,
        board_id: student.board_id,
        guardian_id: guardian.id,
        student_id: student.id,
        relationship: input.relationship.into(),
        access: input.access.map_or(GuardianAccess::Full, GuardianAccess::from),
        status: rules::first_status(verified, guardian.account_id.is_some(), separated),
        contact_priority: input.contact_priority,
        starts_on,
        ends_on,
        source_id: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let row = store::insert(write.db(), &permit, row).await?;
    tell(write, &permit, "guardianship.created", &row).await?;
    Ok(row)
}

/// Refuses with `FORBIDDEN` who is or was a guardian of one of `children`, whatever came of it: staff that is family as
/// well must not decide on the other guardian, or undo what was decided on themselves.
pub async fn refuse_own_child(write: &Write<'_>, permit: &Permit, children: &[StudentId]) -> Result<()> {
    let Some(person) = permit.person() else { return Ok(()) };
    let everywhere = Scope::system(write.call().today());
    let links = store::all(write.db(), &everywhere, Of::Students(children)).await?;
    rules::is_not_own_child(links.iter().any(|link| link.guardian_id == person))
}

/// As [`refuse_own_child`], for an act on the record of a guardian: it reaches all children of that guardian.
pub async fn refuse_own_family(write: &Write<'_>, permit: &Permit, guardian: PersonId) -> Result<()> {
    if permit.person() == Some(guardian) {
        return Ok(());
    }
    let everywhere = Scope::system(write.call().today());
    let links = store::all(write.db(), &everywhere, Of::Guardians(&[guardian])).await?;
    let children: Vec<StudentId> = links.into_iter().map(|link| link.student_id).collect();
    refuse_own_child(write, permit, &children).await
}

/// Who becomes guardian.
enum Chosen {
    Known(person::Model),
    New(Details),
}

/// The person that the input names, in sight, in the student's board and with a record in use, or the details of a new
/// one. Writes nothing.
async fn chosen(write: &Write<'_>, student: &student::Model, choice: GuardianChoice) -> Result<Chosen> {
    let missing = || not_found("guardian.id");
    match choice {
        GuardianChoice::Id(id) => {
            let id = id.parse().map_err(|_| missing())?;
            let person = persons::store::lock(write.db(), &write.scope(), id).await?.ok_or_else(missing)?;
            if person.board_id != student.board_id {
                return Err(missing());
            }
            rules::has_a_record(person.archived_at, "guardian.id")?;
            Ok(Chosen::Known(person))
        }
        GuardianChoice::NewPerson(person) => person.details().checked("guardian.newPerson.").map(Chosen::New),
    }
}

pub(super) async fn update(write: &Write<'_>, input: GuardianshipUpdateInput) -> Result<Model> {
    let (row, student, place) = lock(write, &input.id).await?;
    let action = if input.decides() { Action::GuardianshipWrite } else { Action::GuardianWrite };
    let permit = write.authorize(action, place)?;
    rules::is_not_own(row.guardian_id, permit.person())?;
    refuse_own_child(write, &permit, &[row.student_id]).await?;
    check_version(&row, row.version, input.if_version)?;
    let changed = input.over(&row);
    let mut checks = Checks::default();
    if input.status.is_some() {
        checks.heed(rules::may_set(changed.status))?;
    }
    let today = write.call().today();
    if rules::is_over(&row, today) && !rules::is_over(&changed, today) {
        checks.heed(school_in_use(write, student.school_id, "status").await)?;
        checks.heed(students::rules::is_here(student.left_on, today))?;
        checks.heed(must_have_a_record(write, row.guardian_id).await)?;
    }
    let names_last_day = !input.ends_on.is_undefined() && changed.ends_on != row.ends_on;
    if names_last_day && [row.status, changed.status] == [GuardianshipStatus::Ended; 2] {
        checks.heed(rules::has_passed(changed.ends_on, today))?;
    }
    // What the input does not name may be as it was left: a relation that never began ends before its first day.
    let ends_on = changed.ends_on.filter(|_| !input.ends_on.is_undefined());
    let priority = changed.contact_priority.filter(|_| !input.contact_priority.is_undefined());
    checks.with(rules::is_sound(changed.starts_on, ends_on, priority))?;
    if changed == row {
        return Ok(row);
    }
    let deeds = deeds(&row, &changed);
    let row = store::update(write.db(), &permit, changed, write.now()).await?;
    for deed in deeds {
        tell(write, &permit, deed, &row).await?;
    }
    Ok(row)
}

/// Refuses for a guardian whose record is closed. Locked: who archives it just now does not see the relation go on.
async fn must_have_a_record(write: &Write<'_>, guardian: PersonId) -> Result<()> {
    let everywhere = Scope::system(write.call().today());
    let guardian = persons::store::lock(write.db(), &everywhere, guardian).await?;
    let guardian = guardian.ok_or_else(|| Error::fault("a guardianship without a guardian"))?;
    rules::has_a_record(guardian.archived_at, "status")
}

/// What an update did, each with a line of its own in the log.
fn deeds(old: &Model, new: &Model) -> Vec<&'static str> {
    let mut deeds = Vec::new();
    if old.access != new.access {
        deeds.push("guardianship.access_changed");
    }
    if old.status != new.status {
        deeds.push("guardianship.status_changed");
    }
    if deeds.is_empty() {
        deeds.push("guardianship.updated");
    }
    deeds
}

pub(super) async fn end(write: &Write<'_>, input: GuardianshipEndInput) -> Result<Model> {
    let (row, _, place) = lock(write, &input.id).await?;
    let permit = write.authorize(Action::GuardianshipWrite, place)?;
    rules::is_not_own(row.guardian_id, permit.person())?;
    refuse_own_child(write, &permit, &[row.student_id]).await?;
    if row.status == GuardianshipStatus::Ended {
        return Ok(row);
    }
    check_version(&row, row.version, input.if_version)?;
    let last = students::rules::last_of(row.starts_on, write.call().today());
    let last = row.ends_on.map_or(last, |earlier| earlier.min(last));
    let ended = Model { status: GuardianshipStatus::Ended, ends_on: Some(last), ..row };
    let row = store::update(write.db(), &permit, ended, write.now()).await?;
    tell(write, &permit, "guardianship.ended", &row).await?;
    Ok(row)
}

/// After the commit: nothing is on its way any more to the guardian that was looked at before it.
pub(super) async fn settle(call: &Call, changed: Option<&Model>) -> Result<()> {
    let Some(guardian) = changed.map(|row| row.guardian_id) else { return Ok(()) };
    let everywhere = Scope::system(call.today());
    let db = call.app().db.read_soon(&everywhere).await?;
    let account = persons::store::by_id(&db, &everywhere, guardian).await?.and_then(|person| person.account_id);
    drop(db);
    match account {
        Some(account) => devices::settle_account(call.app(), account).await,
        None => Ok(()),
    }
}

/// Rights change, the log has a line, and the outbox an event. It names this guardianship and no other.
async fn tell(write: &Write<'_>, permit: &Permit, deed: &'static str, row: &Model) -> Result<()> {
    write.rights_change();
    audit::record(write, permit.board(), deed, Some(row.id.to_string())).await?;
    write.emit(permit, Event::about(deed, row.id)).await
}

async fn lock(write: &Write<'_>, id: &ID) -> Result<(Model, student::Model, Place)> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    let row = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let student = students::store::by_id(write.db(), &write.scope(), row.student_id).await?;
    let student = student.ok_or_else(|| Error::fault("a guardianship in sight has no student in sight"))?;
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    Ok((row, student, place))
}
