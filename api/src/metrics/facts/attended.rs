//! Conversations in which somebody at home was met.

use chrono::NaiveDate;
use glans_entity::engagement::{AttendeeStatus, conversation, conversation_attendee};
use glans_entity::people::guardianship;
use glans_entity::practice::OccasionStatus;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveEnum, Condition};

use super::entitled::entitled;

/// The conversation of the statement was held, and a guardian came who is entitled on the day.
pub(super) fn attended(day: NaiveDate) -> Condition {
    use conversation_attendee::Column;
    let own = |column: conversation::Column| Expr::col((conversation::Entity, column));
    let guest = |column: Column| Expr::col((conversation_attendee::Entity, column));
    let link = |column: guardianship::Column| Expr::col((guardianship::Entity, column));
    let of_guest = entitled(day)
        .add(link(guardianship::Column::GuardianId).eq(guest(Column::PersonId)))
        .add(link(guardianship::Column::StudentId).eq(guest(Column::StudentId)));
    let came = Query::select()
        .expr(Expr::val(1))
        .from(conversation_attendee::Entity)
        .inner_join(guardianship::Entity, of_guest)
        .and_where(guest(Column::ConversationId).eq(own(conversation::Column::Id)))
        .and_where(guest(Column::IsStaff).eq(false))
        .and_where(guest(Column::Status).eq(AttendeeStatus::Present.to_value()))
        .to_owned();
    Condition::all().add(own(conversation::Column::Status).eq(OccasionStatus::Held.to_value())).add(Expr::exists(came))
}
