//! What waits for a word about the own children: conversations, what was agreed on, goals and consents.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{
    AttendeeStatus, agreement, agreement_confirmation, consent, consent_purpose, conversation, conversation_attendee,
    goal, goal_agreement, partnership,
};
use glans_entity::organisation::school_year;
use glans_entity::people::student;
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef};

use super::{at, list, never, own};
use crate::engagement::awaiting::types::AwaitedKind;

pub(super) fn invitations(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use conversation::Column;
    use conversation_attendee::Column as Attendee;
    let held: RelationDef = conversation_attendee::Entity::belongs_to(conversation::Entity)
        .from(Attendee::ConversationId)
        .to(Column::Id)
        .into();
    let rows = conversation_attendee::Entity::within(scope)
        .join(JoinType::InnerJoin, held)
        .filter(own(Attendee::PersonId, scope))
        .filter(Attendee::Status.eq(AttendeeStatus::Invited))
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .filter(Column::StartsAt.gt(now));
    let columns = (Column::Id.as_column_ref(), Attendee::StudentId.as_column_ref(), Column::CreatedAt.as_column_ref());
    list(AwaitedKind::Invitation, rows, columns, at(Column::StartsAt))
}

/// Partnerships of school years that are not over: what is older waits for nobody.
fn running(scope: &Scope) -> SelectStatement {
    use partnership::{Column, Entity};
    let years = school_year::Entity::within(scope)
        .select_only()
        .column(school_year::Column::Id)
        .filter(school_year::Column::EndsOn.gte(scope.on));
    let rows = Entity::within(scope).filter(Column::StudentId.is_in(scope.full_children.iter().copied()));
    rows.filter(Column::SchoolYearId.in_subquery(years.into_query())).select_only().column(Column::Id).into_query()
}

pub(super) fn agreements(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use agreement::Column;
    use agreement_confirmation::Column as Said;
    let held: RelationDef = agreement::Entity::belongs_to(conversation::Entity)
        .from(Column::ConversationId)
        .to(conversation::Column::Id)
        .into();
    let said = agreement_confirmation::Entity::within(scope).select_only().column(Said::AgreementId);
    let rows = agreement::Entity::within(scope)
        .join(JoinType::InnerJoin, held)
        .filter(Column::StudentId.is_in(scope.full_children.iter().copied()))
        .filter(conversation::Column::ReleaseAt.lte(now))
        .filter(conversation::Column::PartnershipId.in_subquery(running(scope)))
        .filter(Column::Id.not_in_subquery(said.filter(own(Said::GuardianId, scope)).into_query()));
    let asked = conversation::Column::ReleaseAt.as_column_ref();
    let columns = (Column::Id.as_column_ref(), Column::StudentId.as_column_ref(), asked);
    list(AwaitedKind::Agreement, rows, columns, never())
}

pub(super) fn goals(scope: &Scope) -> SelectStatement {
    use goal::Column;
    use goal_agreement::Column as Agreed;
    let agreed = goal_agreement::Entity::within(scope).select_only().column(Agreed::GoalId);
    let rows = goal::Entity::within(scope)
        .filter(Column::PartnershipId.in_subquery(running(scope)))
        .filter(Column::Achieved.is_null())
        .filter(Column::Id.not_in_subquery(agreed.filter(own(Agreed::PersonId, scope)).into_query()));
    let columns = (Column::Id.as_column_ref(), Column::StudentId.as_column_ref(), Column::CreatedAt.as_column_ref());
    list(AwaitedKind::Goal, rows, columns, never())
}

pub(super) fn consents(scope: &Scope) -> SelectStatement {
    use consent_purpose::Column;
    let children: RelationDef = consent_purpose::Entity::belongs_to(student::Entity)
        .from(Column::SchoolId)
        .to(student::Column::SchoolId)
        .into();
    let years = school_year::Entity::within(scope)
        .select_only()
        .column(school_year::Column::Id)
        .filter(school_year::Column::StartsOn.lte(scope.on))
        .filter(school_year::Column::EndsOn.gte(scope.on))
        .into_query();
    let answered = Query::select()
        .expr(Expr::val(1))
        .from(consent::Entity)
        .and_where(at(consent::Column::PurposeId).eq(at(Column::Id)))
        .and_where(at(consent::Column::StudentId).eq(at(student::Column::Id)))
        .and_where(own(consent::Column::GuardianId, scope))
        .and_where(consent::Column::SchoolYearId.in_subquery(years.clone()))
        .to_owned();
    let year = school_year::Entity::within(scope)
        .select_only()
        .column(school_year::Column::BoardId)
        .filter(school_year::Column::StartsOn.lte(scope.on))
        .filter(school_year::Column::EndsOn.gte(scope.on))
        .into_query();
    let rows = consent_purpose::Entity::within(scope)
        .join(JoinType::InnerJoin, children)
        .filter(student::Column::Id.is_in(scope.full_children.iter().copied()))
        .filter(Column::ArchivedAt.is_null())
        .filter(Column::AskedFrom.lte(scope.on))
        .filter(Column::BoardId.in_subquery(year))
        .filter(Expr::not_exists(answered));
    let columns = (Column::Id.as_column_ref(), student::Column::Id.as_column_ref(), Column::CreatedAt.as_column_ref());
    list(AwaitedKind::Consent, rows, columns, never())
}
