//! The SQL of conversations, of who comes, and of what was agreed.

use chrono::{DateTime, Utc};
use glans_entity::engagement::conversation::{Column, Entity, Model};
use glans_entity::engagement::{agreement, conversation_attendee, conversation_note};
use glans_entity::ids::{AgreementId, ConversationId, PartnershipId, PersonId, StudentId};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use crate::access::Permit;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;

/// The conversations in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[ConversationId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The conversations in sight of these partnerships, by time.
pub(super) async fn of_partnerships(
    db: &impl ConnectionTrait,
    scope: &Scope,
    partnerships: &[PartnershipId],
) -> Result<Vec<Model>> {
    let rows = Entity::within(scope).filter(Column::PartnershipId.is_in(partnerships.iter().copied()));
    Ok(rows.order_by_asc(Column::StartsAt).order_by_asc(Column::Id).all(db).await?)
}

/// The next planned conversations to which the viewer comes and that end after `now`, by time.
pub async fn upcoming(db: &impl ConnectionTrait, scope: &Scope, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>> {
    let rows = own(scope, now).filter(Column::Status.eq(OccasionStatus::Planned));
    Ok(rows.order_by_asc(Column::StartsAt).order_by_asc(Column::Id).limit(most).all(db).await?)
}

/// The conversations of the viewer that end after `since`, whatever became of them, the latest first.
pub async fn own_since(
    db: &impl ConnectionTrait,
    scope: &Scope,
    since: DateTime<Utc>,
    most: u64,
) -> Result<Vec<Model>> {
    let rows = own(scope, since).order_by_desc(Column::StartsAt).order_by_desc(Column::Id).limit(most);
    Ok(rows.all(db).await?)
}

/// Those to which the viewer comes, as guardian or as staff, and that end after `since`.
fn own(scope: &Scope, since: DateTime<Utc>) -> Select<Entity> {
    let own = conversation_attendee::Entity::within(scope)
        .select_only()
        .column(conversation_attendee::Column::ConversationId)
        .filter(conversation_attendee::Column::PersonId.is_in(scope.persons.iter().copied()));
    Entity::within(scope).filter(Column::EndsAt.gt(since)).filter(Column::Id.in_subquery(own.into_query()))
}

/// The conversation, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: ConversationId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The conversations about a child that are planned and begin after `now`, by id; nobody else changes them until the
/// transaction ends.
pub(super) async fn lock_to_come(
    db: &impl ConnectionTrait,
    scope: &Scope,
    student: StudentId,
    now: DateTime<Utc>,
) -> Result<Vec<Model>> {
    let to_come = Entity::within(scope)
        .filter(Column::StudentId.eq(student))
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .filter(Column::StartsAt.gt(now));
    Ok(to_come.order_by_asc(Column::Id).lock_exclusive().all(db).await?)
}

/// Inserts a conversation.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores `changed` as the next version of the row that it was made from.
pub async fn update(db: &impl ConnectionTrait, _permit: &Permit, changed: Model, now: DateTime<Utc>) -> Result<Model> {
    let next = Model { version: changed.version + 1, updated_at: now, ..changed };
    Ok(next.into_active_model().reset_all().update(db).await?)
}

/// Who comes to these conversations, as far as it is in sight; staff first.
pub async fn attendees(
    db: &impl ConnectionTrait,
    scope: &Scope,
    conversations: &[ConversationId],
) -> Result<Vec<conversation_attendee::Model>> {
    use conversation_attendee::Column as Attendee;
    let rows = conversation_attendee::Entity::within(scope)
        .filter(Attendee::ConversationId.is_in(conversations.iter().copied()))
        .order_by_desc(Attendee::IsStaff)
        .order_by_asc(Attendee::PersonId);
    Ok(rows.all(db).await?)
}

/// Writes down who comes, or what became of it, in place of what was said before.
pub async fn put_attendees(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    rows: Vec<conversation_attendee::Model>,
) -> Result<()> {
    use conversation_attendee::Column as Attendee;
    if rows.is_empty() {
        return Ok(());
    }
    let replace = OnConflict::columns([Attendee::ConversationId, Attendee::PersonId])
        .update_columns([Attendee::Status, Attendee::RespondedAt])
        .to_owned();
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    conversation_attendee::Entity::insert_many(rows).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// The notes of the viewer about these conversations.
pub(super) async fn notes(
    db: &impl ConnectionTrait,
    scope: &Scope,
    conversations: &[ConversationId],
) -> Result<Vec<conversation_note::Model>> {
    let rows = conversation_note::Entity::within(scope)
        .filter(conversation_note::Column::ConversationId.is_in(conversations.iter().copied()));
    Ok(rows.all(db).await?)
}

/// Keeps a note, in place of the author's note before; none takes it away.
pub(super) async fn put_note(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    (conversation, author): (ConversationId, PersonId),
    note: Option<conversation_note::Model>,
) -> Result<()> {
    use conversation_note::Column as Note;
    let Some(note) = note else {
        conversation_note::Entity::delete_many()
            .filter(Note::ConversationId.eq(conversation))
            .filter(Note::AuthorId.eq(author))
            .exec(db)
            .await?;
        return Ok(());
    };
    let replace = OnConflict::columns([Note::ConversationId, Note::AuthorId])
        .update_columns([Note::Text, Note::UpdatedAt])
        .to_owned();
    let note = note.into_active_model().reset_all();
    conversation_note::Entity::insert(note).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// The agreements in sight of these conversations, in their order.
pub async fn agreements(
    db: &impl ConnectionTrait,
    scope: &Scope,
    conversations: &[ConversationId],
) -> Result<Vec<agreement::Model>> {
    let rows = agreement::Entity::within(scope)
        .filter(agreement::Column::ConversationId.is_in(conversations.iter().copied()))
        .order_by_asc(agreement::Column::Position);
    Ok(rows.all(db).await?)
}

/// Takes agreements away, with what was said to them.
pub(super) async fn drop_agreements(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    ids: impl IntoIterator<Item = AgreementId>,
) -> Result<()> {
    agreement::Entity::delete_many().filter(agreement::Column::Id.is_in(ids)).exec(db).await?;
    Ok(())
}

/// Puts an agreement in another place among those of its conversation.
pub(super) async fn place_agreement(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: AgreementId,
    position: i32,
) -> Result<()> {
    agreement::Entity::update_many()
        .col_expr(agreement::Column::Position, Expr::value(position))
        .filter(agreement::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Inserts an agreement.
pub(super) async fn insert_agreement(db: &impl ConnectionTrait, _permit: &Permit, row: agreement::Model) -> Result<()> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("agreements", ID_TAKEN))?;
    Ok(())
}
