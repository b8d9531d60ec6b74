//! What is addressed to the viewer, and waits for a word.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{
    AnnouncementStatus, EventStatus, RecipientKind, SurveyKind, SurveyStatus, announcement, event, event_response,
    recipient, survey,
};
use glans_entity::scope::{Scope, Scoped, engagement::addressed_to_oneself};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef, Select,
};

use super::{at, list, own};
use crate::engagement::awaiting::types::AwaitedKind;

/// What is addressed to the viewer, beside the things themselves.
pub(super) fn addressed<E: EntityTrait>(
    scope: &Scope,
    kind: RecipientKind,
    id: E::Column,
) -> Select<recipient::Entity> {
    let item: RelationDef = recipient::Entity::belongs_to(E::default()).from(recipient::Column::ItemId).to(id).into();
    let own = recipient::Entity::within(scope).filter(addressed_to_oneself(scope));
    own.filter(recipient::Column::Kind.eq(kind)).join(JoinType::InnerJoin, item)
}

pub(super) fn acknowledgements(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use announcement::Column;
    let rows = addressed::<announcement::Entity>(scope, RecipientKind::Announcement, Column::Id)
        .filter(recipient::Column::AcknowledgedAt.is_null())
        .filter(Column::RequiresAcknowledgement.eq(true))
        .filter(Column::Status.eq(AnnouncementStatus::Published))
        .filter(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now)));
    let columns = reached(Column::Id);
    list(AwaitedKind::Acknowledgement, rows, columns, at(Column::AcknowledgeBy))
}

pub(super) fn reached<C: ColumnTrait>(
    id: C,
) -> (sea_orm::sea_query::ColumnRef, sea_orm::sea_query::ColumnRef, sea_orm::sea_query::ColumnRef) {
    (
        id.as_column_ref().into(),
        recipient::Column::StudentId.as_column_ref().into(),
        recipient::Column::At.as_column_ref().into(),
    )
}

pub(super) fn events(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use event::Column;
    let answered = event_response::Entity::within(scope)
        .select_only()
        .column(event_response::Column::EventId)
        .filter(own(event_response::Column::PersonId, scope));
    let until = Expr::from(sea_orm::sea_query::Func::coalesce([at(Column::RespondBy), at(Column::StartsAt)]));
    let rows = addressed::<event::Entity>(scope, RecipientKind::Event, Column::Id)
        .filter(Column::Status.eq(EventStatus::Planned))
        .filter(until.clone().gt(now))
        .filter(Column::Id.not_in_subquery(answered.into_query()));
    list(AwaitedKind::Rsvp, rows, reached(Column::Id), until)
}

pub(super) fn surveys(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use survey::Column;
    // A teacher answers a pulse about each child, and not about oneself.
    let asked = Condition::any()
        .add(Column::Kind.eq(SurveyKind::Survey))
        .add(recipient::Column::StudentId.ne(recipient::AS_STAFF));
    let rows = addressed::<survey::Entity>(scope, RecipientKind::Survey, Column::Id)
        .filter(recipient::Column::AcknowledgedAt.is_null())
        .filter(Column::Status.eq(SurveyStatus::Open))
        .filter(Column::ClosesAt.gt(now))
        .filter(asked);
    list(AwaitedKind::Survey, rows, reached(Column::Id), at(Column::ClosesAt))
}
