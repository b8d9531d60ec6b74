//! What can be done with an event.

use async_graphql::{ID, MaybeUndefined};
use glans_entity::engagement::{EventStatus, RecipientKind, Rsvp, TargetKind, event, event_response, recipient};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, EventId, PersonId, SchoolId, StudentId};
use glans_entity::people::GuardianAccess;
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::inputs::{EventCancelInput, EventCheckInInput, EventCreateInput, EventRespondInput, EventUpdateInput};
use super::rules::{self, Details, Places};
use super::store;
use crate::access::{self, Action, Permit, Place};
use crate::call::Write;
use crate::engagement::audience::actions as audience;
use crate::engagement::audience::store::{Item, address};
use crate::organisation::in_use;
use crate::people::guardianships::actions::refuse_own_child;
use crate::people::{places, students};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: EventCreateInput) -> Result<event::Model> {
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), EventId::new);
    let named = audience::named(write, &mut checks, Action::FamiliesAddress, input.audience).await?;
    let details = Details {
        title: input.title,
        description: input.description,
        starts_at: input.starts_at.0,
        ends_at: input.ends_at.0,
        location: input.location,
        capacity: input.capacity,
        respond_by: input.respond_by.map(|at| at.0),
    };
    let details = details.checked(&mut checks, write.now());
    let (targets, roles) = checks.all(named)?;
    let permit = &targets.permit;
    let id = id.free(write.db(), permit).await?;
    let row = event::Model {
        id,
        board_id: targets.board,
        school_id: targets.school(),
        author_id: permit.person().ok_or_else(|| Error::fault("a person of no board makes an event"))?,
        title: details.title,
        description: details.description,
        starts_at: details.starts_at,
        ends_at: details.ends_at,
        location: details.location,
        capacity: details.capacity,
        respond_by: details.respond_by,
        status: EventStatus::Planned,
        cancel_reason: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let event = store::insert(write.db(), permit, row).await?;
    audience::keep(write, event.id.0, &targets).await?;
    let item = Item {
        id: event.id.0,
        kind: RecipientKind::Event,
        board: event.board_id,
        at: write.now(),
        least: GuardianAccess::Full,
    };
    address(write.db(), permit, &everywhere(write), &item, &targets.rows(item.id), &roles).await?;
    write.emit(permit, Event::about("event.created", event.id)).await?;
    Ok(event)
}

pub(super) async fn update(write: &Write<'_>, input: EventUpdateInput) -> Result<event::Model> {
    let (event, permit) = permitted(write, &input.id).await?;
    let targets = audience::stored(write, Action::FamiliesAddress, event.id.0, event.board_id).await?;
    in_use(targets.archived_at(), "id")?;
    check_version(&event, event.version, input.if_version)?;
    rules::must_take_place(&event, "id")?;
    if event.starts_at <= write.now() {
        return Err(refuse(UserErrorCode::Conflict, "id", "This event has begun."));
    }
    let kept = event.ends_at - event.starts_at;
    let starts_at = input.starts_at.map_or(event.starts_at, |at| at.0);
    let same_length = || starts_at.checked_add_signed(kept).unwrap_or(starts_at);
    let details = Details {
        title: input.title.unwrap_or_else(|| event.title.clone()),
        description: over(input.description, event.description.clone()),
        starts_at,
        ends_at: input.ends_at.map_or_else(same_length, |at| at.0),
        location: over(input.location, event.location.clone()),
        capacity: over(input.capacity, event.capacity),
        respond_by: over(input.respond_by.map_value(|at| at.0), event.respond_by),
    };
    let mut checks = Checks::default();
    let details = details.checked(&mut checks, write.now());
    let details = checks.done(details)?;
    let places = store::places(write.db(), write.call().today(), event.id, None).await?;
    rules::must_hold(details.capacity, &places)?;
    let mut row = event.clone().into_active_model();
    row.title.set_ne(details.title);
    row.description.set_ne(details.description);
    row.location.set_ne(details.location);
    row.starts_at.set_ne(details.starts_at);
    row.ends_at.set_ne(details.ends_at);
    row.capacity.set_ne(details.capacity);
    row.respond_by.set_ne(details.respond_by);
    if !row.is_changed() {
        return Ok(event);
    }
    let event = store::update(write.db(), &permit, row, event.version, write.now()).await?;
    move_up(write, &permit, &event, &places).await?;
    write.emit(&permit, Event::about("event.updated", event.id).by(permit.person())).await?;
    Ok(event)
}

pub(super) async fn cancel(write: &Write<'_>, input: EventCancelInput) -> Result<event::Model> {
    let (event, permit) = permitted(write, &input.id).await?;
    if event.status == EventStatus::Cancelled {
        return Ok(event);
    }
    check_version(&event, event.version, input.if_version)?;
    rules::must_not_be_over(&event, write.now())?;
    let mut checks = Checks::default();
    let reason = checks.optional_line("reason", input.reason.as_deref(), 200);
    let reason = checks.done(reason)?;
    let version = event.version;
    let mut row = event.into_active_model();
    (row.status, row.cancel_reason) = (Set(EventStatus::Cancelled), Set(reason));
    let event = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.emit(&permit, Event::about("event.cancelled", event.id).by(permit.person())).await?;
    Ok(event)
}

pub(super) async fn respond(write: &Write<'_>, input: EventRespondInput) -> Result<event::Model> {
    let id: EventId = input.event.parse().map_err(|_| not_found("event"))?;
    let event = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("event"))?;
    let permit = write.authorize(Action::Answer, Place::board(event.board_id))?;
    let person = permit.person().ok_or_else(|| not_found("event"))?;
    let invited = store::reaches(write.db(), &write.scope(), id, person).await?;
    if invited.is_empty() {
        let message = "You are not invited to this event.";
        return Err(refuse(UserErrorCode::Forbidden, "event", message));
    }
    rules::must_be_awaited(&event, write.now())?;
    let answer: Rsvp = input.answer.into();
    let guest_count = rules::guests(answer, input.guest_count)?;
    let today = write.call().today();
    let own = store::answer_of(write.db(), today, id, person).await?;
    let others = match event.capacity {
        Some(_) => store::places(write.db(), today, id, Some(person)).await?,
        None => Places::default(),
    };
    let waiting_position = match answer {
        Rsvp::Yes => rules::position(event.capacity, &others, own.as_ref(), guest_count)?,
        Rsvp::No | Rsvp::Maybe => None,
    };
    let row = event_response::Model {
        event_id: id,
        person_id: person,
        board_id: event.board_id,
        answer,
        guest_count,
        waiting_position,
        answered_at: write.now(),
        checked_in_at: own.and_then(|own| own.checked_in_at),
    };
    store::answer(write.db(), &permit, row.clone()).await?;
    move_up(write, &permit, &event, &others.with(row)).await?;
    let payload = json!({ "id": id, "person": person });
    write.emit(&permit, Event { kind: "event.answered", payload }).await?;
    Ok(event)
}

/// Lets a guest in, whatever they answered. Who works at the door knows the child: its school leader or a teacher of its
/// group; of a colleague, who may address the whole school.
pub(super) async fn check_in(write: &Write<'_>, input: EventCheckInInput) -> Result<event::Model> {
    let id: EventId = input.event.parse().map_err(|_| not_found("event"))?;
    let person: PersonId = input.person.parse().map_err(|_| not_found("person"))?;
    let event = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("event"))?;
    let (permit, student) = at_the_door(write, &event, person).await?;
    refuse_own_child(write, &permit, &[student]).await?;
    rules::doors_are_open(&event, write.now())?;
    let known = store::answer_of(write.db(), write.call().today(), id, person).await?;
    if known.as_ref().is_some_and(|known| known.checked_in_at.is_some()) {
        return Ok(event);
    }
    let guest_count = known.as_ref().map_or(1, |known| known.guest_count.max(1));
    let row = event_response::Model {
        event_id: id,
        person_id: person,
        board_id: event.board_id,
        answer: Rsvp::Yes,
        guest_count,
        waiting_position: None,
        answered_at: known.map_or(write.now(), |known| known.answered_at),
        checked_in_at: Some(write.now()),
    };
    store::answer(write.db(), &permit, row).await?;
    let payload = json!({ "id": id, "person": person });
    write.emit(&permit, Event { kind: "event.checked_in", payload }).await?;
    Ok(event)
}

/// The right to let a guest in, and about which child the guest is invited: [`recipient::AS_STAFF`] for a colleague, of whom
/// nobody but the guest sees that they are.
async fn at_the_door(write: &Write<'_>, event: &event::Model, person: PersonId) -> Result<(Permit, StudentId)> {
    let seen = store::reaches(write.db(), &write.scope(), event.id, person).await?;
    if let Some(row) = seen.into_iter().next() {
        let permit = write.authorize(Action::FamiliesAddress, door_of(write, event, &row).await?)?;
        return Ok((permit, row.student_id));
    }
    let colleague = store::reaches_colleague(write.db(), write.call().today(), event.id, person).await?;
    let row = colleague.ok_or_else(|| not_found("person"))?;
    let permit = write.authorize(Action::FamiliesAddress, door_of(write, event, &row).await?);
    Ok((permit.map_err(|_| not_found("person"))?, row.student_id))
}

async fn door_of(write: &Write<'_>, event: &event::Model, row: &recipient::Model) -> Result<Place> {
    if row.student_id == recipient::AS_STAFF {
        return Ok(Place { school: event.school_id, ..Place::board(event.board_id) });
    }
    let student = students::store::by_id(write.db(), &everywhere(write), row.student_id).await?;
    let student = student.ok_or_else(|| Error::fault("an event about a child who is not there"))?;
    places::of_student(write.db(), write.call().today(), &student).await
}

/// Takes back what somebody answered who is not invited any more, and seats those who wait. How many answers that were: none
/// where another process was first.
pub async fn give_back(write: &Write<'_>, permit: &Permit, id: EventId, person: PersonId) -> Result<usize> {
    let Some(event) = store::lock(write.db(), &everywhere(write), id).await? else { return Ok(0) };
    let given_back = store::unanswer(write.db(), permit, id, person).await?;
    if given_back > 0 {
        let places = store::places(write.db(), write.call().today(), id, None).await?;
        move_up(write, permit, &event, &places).await?;
    }
    Ok(given_back)
}

/// Gives the places that are free to those who wait. The event is locked.
async fn move_up(write: &Write<'_>, permit: &Permit, event: &event::Model, places: &Places) -> Result<()> {
    let persons = rules::moved_up(event.capacity, places);
    if persons.is_empty() {
        return Ok(());
    }
    store::seat(write.db(), permit, event.id, &persons).await?;
    let payload = json!({ "id": event.id, "persons": persons });
    write.emit(permit, Event { kind: "event.moved_up", payload }).await
}

/// The event under lock, and the right to change it: that to address all for whom it is.
///
/// # Errors
/// `CONFLICT` where the board was closed, as of everything in it.
async fn permitted(write: &Write<'_>, id: &ID) -> Result<(event::Model, Permit)> {
    let id: EventId = id.parse().map_err(|_| not_found("id"))?;
    let event = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let rows = store::targets(write.db(), write.call().today(), id).await?;
    let included = rows.iter().filter(|row| !row.excluded).map(|row| {
        let id = row.target_id;
        ID(match row.kind {
            TargetKind::Board => BoardId(id).to_string(),
            TargetKind::Cluster => ClusterId(id).to_string(),
            TargetKind::School => SchoolId(id).to_string(),
            TargetKind::ClassGroup => ClassGroupId(id).to_string(),
            TargetKind::Student => StudentId(id).to_string(),
        })
    });
    let included: Vec<ID> = included.collect();
    match audience::targets_since(write, Action::FamiliesAddress, &included).await {
        Ok(targets) => Ok((event, targets.permit)),
        // Who might do it while the board was in use is told that it is not any more.
        Err(Error::Refused(problems)) if problems.iter().all(|problem| problem.message == access::CLOSED) => {
            Err(refuse(UserErrorCode::Conflict, "", access::CLOSED))
        }
        // Who sees the event but not all of its places may not change it.
        Err(Error::Refused(_)) => {
            let message = "Only who may address all for whom this event is changes it.";
            Err(refuse(UserErrorCode::Forbidden, "id", message))
        }
        Err(error) => Err(error),
    }
}

/// What is absent stays; null clears.
fn over<T>(given: MaybeUndefined<T>, kept: Option<T>) -> Option<T> {
    if given.is_undefined() { kept } else { given.take() }
}

fn everywhere(write: &Write<'_>) -> Scope {
    Scope::system(write.call().today())
}
