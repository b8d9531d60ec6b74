//! What can be done with a person.

use async_graphql::ID;
use glans_entity::ids::{BoardId, MembershipId, PersonId, SchoolId};
use glans_entity::organisation::school;
use glans_entity::people::person::Model;
use glans_entity::people::{Role, ScopeKind, membership};
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::rules::{self, Details, Needs};
use super::store;
use super::types::{PersonArchiveInput, PersonCreateInput, PersonUpdateInput};
use crate::access::{Action, Permit, Place};
use crate::audit;
use crate::call::Write;
use crate::organisation::{boards, in_use, schools};
use crate::people::places::Capacity;
use crate::people::{guardianships, memberships, places};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: PersonCreateInput) -> Result<Model> {
    let board = input.board.parse().map_err(|_| not_found("board"))?;
    let board = boards::store::by_id(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    let mut checks = Checks::default();
    let school = match &input.school {
        Some(id) => checks.heed(school_of(write, board.id, id).await)?.map(Some),
        None => Some(None),
    };
    // Where no school is found under the id that is given, there is no place to have a right at, and nothing is made.
    let place = school.as_ref().map(|school| school.as_ref().map_or_else(|| Place::from(&board), Place::from));
    let permit = place.map(|place| write.authorize(Action::StaffWrite, place)).transpose()?;
    if let Some(Some(school)) = &school {
        checks.heed(in_use(school.archived_at, "school"))?;
    }
    let id = checks.own_id(input.id.as_ref(), PersonId::new);
    let details = checks.heed(input.details.details().checked("details."))?;
    let (permit, details) = checks.all(permit.zip(details))?;
    let id = id.free(write.db(), &permit).await?;
    let person = insert(write, &permit, board.id, id, details).await?;
    if let Some(school) = school.flatten() {
        let permit = write.authorize(Action::GrantTeacher, Place::from(&school))?;
        let scope = (ScopeKind::School, school.id.0, Some(school.id));
        grant(write, &permit, membership(write, &person, Role::Teacher, scope)).await?;
    }
    Ok(person)
}

/// The school with this id, in sight and of `board`.
async fn school_of(write: &Write<'_>, board: BoardId, id: &ID) -> Result<school::Model> {
    let id = id.parse().map_err(|_| not_found("school"))?;
    let school = schools::store::by_id(write.db(), &write.scope(), id).await?;
    school.filter(|school| school.board_id == board).ok_or_else(|| not_found("school"))
}

/// Stores a person with checked details in `board`, without a role and without a login.
pub async fn insert(
    write: &Write<'_>,
    permit: &Permit,
    board: BoardId,
    id: PersonId,
    details: Details,
) -> Result<Model> {
    let row = Model {
        id,
        board_id: board,
        account_id: None,
        given_name: details.given_name,
        family_name: details.family_name,
        display_name: details.display_name,
        email: details.email,
        language: details.language,
        interpreter_needed: details.interpreter_needed,
        source_id: None,
        archived_at: None,
        erased_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let person = store::insert(write.db(), permit, row).await?;
    write.emit(permit, Event::about("person.created", person.id)).await?;
    Ok(person)
}

pub(super) async fn update(write: &Write<'_>, input: PersonUpdateInput) -> Result<Model> {
    let person = lock(write, &input.id).await?;
    let capacities = places::capacities(write.db(), write.call().today(), &[person.id]).await?.remove(&person.id);
    let permit = permit(write, rules::to_update(&capacities.unwrap_or_default(), person.board_id))?;
    guardianships::refuse_own_family(write, &permit, person.id).await?;
    if person.erased_at.is_some() {
        return Err(refuse(UserErrorCode::Conflict, "id", "This person was erased. Make a new record instead."));
    }
    check_version(&person, person.version, input.if_version)?;
    in_use(person.archived_at, "id")?;
    let details = input.over(&person).checked("")?;
    let is_other_address = details.email != person.email;
    let mut row = person.clone().into_active_model();
    row.given_name.set_ne(details.given_name);
    row.family_name.set_ne(details.family_name);
    row.display_name.set_ne(details.display_name);
    row.email.set_ne(details.email);
    row.language.set_ne(details.language);
    row.interpreter_needed.set_ne(details.interpreter_needed);
    if !row.is_changed() {
        return Ok(person);
    }
    let person = store::update(write.db(), &permit, row, person.version, write.now()).await?;
    write.emit(&permit, Event::about("person.updated", person.id)).await?;
    if is_other_address {
        write.emit(&permit, Event::about("person.email_changed", person.id).by(permit.person())).await?;
    }
    Ok(person)
}

/// All roles and guardianships end with the record.
pub(super) async fn archive(write: &Write<'_>, input: PersonArchiveInput) -> Result<Model> {
    let person = lock(write, &input.id).await?;
    let capacities = places::capacities(write.db(), write.call().today(), &[person.id]).await?.remove(&person.id);
    let capacities = capacities.unwrap_or_default();
    let is_administrator = capacities.iter().any(|held| matches!(held, Capacity::Staff(Role::BoardAdmin, _)));
    let permit = permit(write, rules::to_archive(&capacities, person.board_id))?;
    if permit.person() == Some(person.id) {
        return Err(refuse(UserErrorCode::Forbidden, "id", "Somebody else has to archive your own record."));
    }
    guardianships::refuse_own_family(write, &permit, person.id).await?;
    if person.archived_at.is_some() {
        return Ok(person);
    }
    check_version(&person, person.version, input.if_version)?;
    if is_administrator {
        memberships::actions::keep_one_administrator(write, person.board_id, person.id).await?;
    }
    memberships::store::end_all(write, &permit, person.id).await?;
    guardianships::store::end_all_of_guardian(write, &permit, person.id).await?;
    let version = person.version;
    let mut row = person.into_active_model();
    row.archived_at = Set(Some(write.now()));
    let person = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.rights_change();
    audit::record(write, permit.board(), "person.archived", Some(person.id.to_string())).await?;
    write.emit(&permit, Event::about("person.archived", person.id)).await?;
    Ok(person)
}

/// Makes the caller the first administrator of a `board` they found: a person there with the name by which their oldest
/// board knows them. Does nothing when the program itself founds it.
pub async fn administer(write: &Write<'_>, board: BoardId) -> Result<()> {
    let permit = write.authorize(Action::BoardCreate, Place::board(board))?;
    let standing = write.call().standing();
    let Some(founder) = standing.actor.person() else { return Ok(()) };
    let everywhere = Scope::system(write.call().today());
    let known = founder.persons.first().map(|(_, person)| *person);
    let known = known.ok_or_else(|| Error::fault("a founder whom no board knows"))?;
    let known = store::by_id(write.db(), &everywhere, known).await?;
    let known = known.ok_or_else(|| Error::fault("a founder without a record"))?;
    let row = Model {
        id: PersonId::new(),
        board_id: board,
        source_id: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
        ..known
    };
    let person = store::insert(write.db(), &permit, row).await?;
    let row = membership(write, &person, Role::BoardAdmin, (ScopeKind::Board, board.0, None));
    grant(write, &permit, row).await
}

fn membership(
    write: &Write<'_>,
    person: &Model,
    role: Role,
    (scope_kind, scope_id, school_id): (ScopeKind, uuid::Uuid, Option<SchoolId>),
) -> membership::Model {
    membership::Model {
        id: MembershipId::new(),
        board_id: person.board_id,
        person_id: person.id,
        role,
        scope_kind,
        scope_id,
        school_id,
        starts_on: None,
        ends_on: None,
        ended_at: None,
        source_id: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    }
}

async fn grant(write: &Write<'_>, permit: &Permit, row: membership::Model) -> Result<()> {
    let granted = memberships::store::insert(write.db(), permit, row).await?;
    write.rights_change();
    audit::record(write, permit.board(), "membership.granted", Some(granted.id.to_string())).await?;
    write.emit(permit, Event::about("membership.granted", granted.id).by(Some(granted.person_id))).await
}

fn permit(write: &Write<'_>, needs: Needs) -> Result<Permit> {
    let nothing = || Error::fault("an act that takes no right");
    match needs {
        Needs::All(rights) => rights
            .into_iter()
            .map(|(action, place)| write.authorize(action, place))
            .reduce(Result::and)
            .ok_or_else(nothing)?,
        Needs::Any(rights) => rights
            .into_iter()
            .map(|(action, place)| write.authorize(action, place))
            .reduce(Result::or)
            .ok_or_else(nothing)?,
    }
}

async fn lock(write: &Write<'_>, id: &ID) -> Result<Model> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}
