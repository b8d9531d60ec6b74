//! The SQL of what a right that ends takes along.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{
    EventStatus, conversation, conversation_attendee, event, event_response, recipient, slot_booking,
};
use glans_entity::ids::{ConversationId, PersonId};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::access::Permit;
use crate::people::rights::covers;
use crate::platform::error::Result;

/// Guardians at planned conversations who have not everything of the child on the day.
pub(super) async fn attendees(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    now: DateTime<Utc>,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<conversation_attendee::Model>> {
    use conversation_attendee::Column;
    let everywhere = Scope::system(today);
    let planned = conversation::Entity::within(&everywhere)
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::EndsAt.gt(now));
    let rows = conversation_attendee::Entity::within(&everywhere)
        .filter(Column::IsStaff.eq(false))
        .filter(Column::ConversationId.in_subquery(planned.into_query()))
        .filter(Expr::not_exists(entitled(Column::PersonId, Column::StudentId, today)))
        .filter(changed(Column::PersonId, since));
    Ok(rows.order_by_asc(Column::ConversationId).order_by_asc(Column::PersonId).all(db).await?)
}

/// Answers to events to come of guardians whom they reach about no child any more of whom they have everything.
pub(super) async fn guests(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    now: DateTime<Utc>,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<event_response::Model>> {
    use event_response::Column;
    use recipient::Column as Reached;
    let everywhere = Scope::system(today);
    let to_come = event::Entity::within(&everywhere)
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::StartsAt.gt(now))
        .filter(event::Column::Status.eq(EventStatus::Planned));
    let still = Condition::any().add(Reached::StudentId.eq(recipient::AS_STAFF)).add(Expr::exists(entitled(
        Reached::PersonId,
        Reached::StudentId,
        today,
    )));
    let invited = Query::select()
        .expr(Expr::val(1))
        .from(recipient::Entity)
        .and_where(column(Reached::ItemId).eq(column(Column::EventId)))
        .and_where(column(Reached::PersonId).eq(column(Column::PersonId)))
        .cond_where(still)
        .to_owned();
    let rows = event_response::Entity::within(&everywhere)
        .filter(Column::EventId.in_subquery(to_come.into_query()))
        .filter(Expr::not_exists(invited))
        .filter(changed(Column::PersonId, since));
    Ok(rows.order_by_asc(Column::EventId).order_by_asc(Column::PersonId).all(db).await?)
}

fn column(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

/// That `person` has everything of `student` on the day.
fn entitled(person: impl ColumnTrait, student: impl ColumnTrait, today: NaiveDate) -> SelectStatement {
    use guardianship::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(guardianship::Entity)
        .and_where(column(Column::GuardianId).eq(column(person)))
        .and_where(column(Column::StudentId).eq(column(student)))
        .and_where(Column::Access.eq(GuardianAccess::Full))
        .and_where(Column::Status.is_in([GuardianshipStatus::Active, GuardianshipStatus::Invited]))
        .cond_where(covers(Column::StartsOn, Column::EndsOn, today))
        .to_owned()
}

/// That a guardianship of `person` was written since then; of everybody, where it is none. By the few who changed, not by all
/// who come.
fn changed(person: impl ColumnTrait, since: Option<DateTime<Utc>>) -> Condition {
    use guardianship::Column;
    let written = since.map(|since| {
        let guardians = Query::select()
            .column(Column::GuardianId)
            .from(guardianship::Entity)
            .and_where(Column::UpdatedAt.gte(since))
            .to_owned();
        person.in_subquery(guardians)
    });
    written.map_or_else(Condition::all, |written| Condition::all().add(written))
}

/// Takes guardians out of a conversation: how many there were.
pub(super) async fn uninvite(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: ConversationId,
    leaving: &[PersonId],
) -> Result<usize> {
    use conversation_attendee::Column;
    let rows = conversation_attendee::Entity::delete_many()
        .filter(Column::ConversationId.eq(id))
        .filter(Column::PersonId.is_in(leaving.iter().copied()));
    Ok(usize::try_from(rows.exec(db).await?.rows_affected).unwrap_or(usize::MAX))
}

/// Puts what was booked for those who leave in the name of another guardian who comes.
pub(super) async fn hand_over(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: ConversationId,
    leaving: &[PersonId],
    other: PersonId,
) -> Result<()> {
    use slot_booking::Column;
    let rows = slot_booking::Entity::update_many()
        .col_expr(Column::GuardianId, Expr::val(other.0))
        .filter(Column::ConversationId.eq(id))
        .filter(Column::GuardianId.is_in(leaving.iter().copied()));
    rows.exec(db).await?;
    Ok(())
}
