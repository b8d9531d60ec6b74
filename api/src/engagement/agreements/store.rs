//! The SQL of agreements and of what guardians say to them.

use chrono::{DateTime, Utc};
use glans_entity::engagement::agreement::{Column, Entity, Model};
use glans_entity::engagement::agreement_confirmation;
use glans_entity::ids::{AgreementId, PersonId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::access::Permit;
use crate::platform::error::Result;

/// The agreements in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[AgreementId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The agreement, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: AgreementId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Stores `changed` as the next version of the row that it was made from.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    changed: Model,
    now: DateTime<Utc>,
) -> Result<Model> {
    let next = Model { version: changed.version + 1, updated_at: now, ..changed };
    Ok(next.into_active_model().reset_all().update(db).await?)
}

/// What guardians say to these agreements, as far as it is in sight.
pub(super) async fn confirmations(
    db: &impl ConnectionTrait,
    scope: &Scope,
    agreements: &[AgreementId],
) -> Result<Vec<agreement_confirmation::Model>> {
    use agreement_confirmation::Column as Confirmation;
    let rows = agreement_confirmation::Entity::within(scope)
        .filter(Confirmation::AgreementId.is_in(agreements.iter().copied()))
        .order_by_asc(Confirmation::GuardianId);
    Ok(rows.all(db).await?)
}

/// What one guardian says to an agreement.
pub(super) async fn confirmation(
    db: &impl ConnectionTrait,
    scope: &Scope,
    agreement: AgreementId,
    guardian: PersonId,
) -> Result<Option<agreement_confirmation::Model>> {
    use agreement_confirmation::Column as Confirmation;
    let row = agreement_confirmation::Entity::within(scope)
        .filter(Confirmation::AgreementId.eq(agreement))
        .filter(Confirmation::GuardianId.eq(guardian));
    Ok(row.one(db).await?)
}

/// Keeps what a guardian says, in place of what was said before.
pub(super) async fn put_confirmation(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: agreement_confirmation::Model,
) -> Result<()> {
    use agreement_confirmation::Column as Confirmation;
    let replace = OnConflict::columns([Confirmation::AgreementId, Confirmation::GuardianId])
        .update_columns([Confirmation::ConfirmedAt, Confirmation::Comment, Confirmation::CommentedAt])
        .to_owned();
    let row = row.into_active_model().reset_all();
    agreement_confirmation::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}
