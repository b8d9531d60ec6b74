//! Conversations in which somebody at home was met.

use chrono::NaiveDate;
use glans_entity::engagement::{AttendeeStatus, conversation, conversation_attendee};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship};
use glans_entity::practice::OccasionStatus;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveEnum, Condition};

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

/// The guardianship gives everything of the child on the day, as it does in partnerships: with or without a login, for
/// who has none yet comes to school as well, and up to the last day of one that ended since.
fn entitled(day: NaiveDate) -> Condition {
    use GuardianshipStatus::{Active, Ended, Invited};
    use guardianship::Column;
    let link = |column: Column| Expr::col((guardianship::Entity, column));
    let present = [Active, Invited].map(|status| status.to_value());
    let past = [Active, Invited, Ended].map(|status| status.to_value());
    let open = Condition::all().add(link(Column::Status).is_in(present)).add(link(Column::EndsOn).is_null());
    let over = Condition::all().add(link(Column::Status).is_in(past)).add(link(Column::EndsOn).gte(day));
    Condition::all()
        .add(link(Column::Access).eq(GuardianAccess::Full.to_value()))
        .add(link(Column::StartsOn).lte(day))
        .add(Condition::any().add(open).add(over))
}
