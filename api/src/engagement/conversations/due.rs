//! What happens to conversations by itself: guardians see a record when it is released, and who may not have the child any
//! more does not come.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{conversation, conversation_attendee};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::store;
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::{Call, Write};
use crate::loaders::group;
use crate::people::rights::covers;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

const JOB: &str = "conversations";

/// Lets guardians see the records whose time has come. It is their time that opens them; this tells phones and others of it.
pub async fn release(app: &Arc<App>) -> Result<usize> {
    let call = Call::system(app, JOB);
    let due = |now| {
        conversation::Entity::within(&Scope::system(call.today()))
            .filter(conversation::Column::ReleasedAt.is_null())
            .filter(conversation::Column::ReleaseAt.lte(now))
    };
    if due(call.now()).count(&*call.read().await?).await? == 0 {
        return Ok(0);
    }
    let write = call.write().await?;
    let released = due(write.now()).order_by_asc(conversation::Column::Id).lock_exclusive().all(write.db()).await?;
    let count = released.len();
    for row in released {
        let permit = write.authorize(Action::PartnershipWrite, Place::board(row.board_id))?;
        let row = conversation::Model { released_at: Some(write.now()), ..row };
        let row = store::update(write.db(), &permit, row, write.now()).await?;
        write.emit(&permit, Event::about("conversation.released", row.id)).await?;
    }
    write.commit().await?;
    Ok(count)
}

/// Takes guardians who do not have everything of a child any more out of its planned conversations, and cancels those that
/// nobody is left for. `since`: only where the guardianship was written later; else all of them, as a day that passes ends
/// rights as well.
pub async fn take_leave(app: &Arc<App>, since: Option<DateTime<Utc>>) -> Result<usize> {
    let call = Call::system(app, JOB);
    let (now, today) = (call.now(), call.today());
    if strangers(now, today, since).count(&*call.read().await?).await? == 0 {
        return Ok(0);
    }
    let write = call.write().await?;
    let rows = strangers(now, today, since).all(write.db()).await?;
    let count = rows.len();
    let mut by_conversation: Vec<_> = group(rows, |row| row.conversation_id).into_iter().collect();
    by_conversation.sort_unstable_by_key(|(id, _)| *id);
    for (id, leaving) in by_conversation {
        let everywhere = Scope::system(today);
        let Some(row) = store::lock(write.db(), &everywhere, id).await? else { continue };
        leave(&write, row, &leaving).await?;
    }
    write.commit().await?;
    Ok(count)
}

async fn leave(write: &Write<'_>, row: conversation::Model, leaving: &[conversation_attendee::Model]) -> Result<()> {
    use conversation_attendee::Column;
    let permit = write.authorize(Action::PartnershipWrite, Place::board(row.board_id))?;
    conversation_attendee::Entity::delete_many()
        .filter(Column::ConversationId.eq(row.id))
        .filter(Column::PersonId.is_in(leaving.iter().map(|attendee| attendee.person_id)))
        .exec(write.db())
        .await?;
    let everywhere = Scope::system(write.call().today());
    let left = store::attendees(write.db(), &everywhere, &[row.id]).await?;
    let is_over = left.iter().all(|attendee| attendee.is_staff);
    let status = if is_over { OccasionStatus::Cancelled } else { row.status };
    let row = store::update(write.db(), &permit, conversation::Model { status, ..row }, write.now()).await?;
    let event = if is_over { "conversation.cancelled" } else { "conversation.updated" };
    write.emit(&permit, Event::about(event, row.id)).await
}

/// Guardians at planned conversations who have not everything of the child on the day.
fn strangers(
    now: DateTime<Utc>,
    today: NaiveDate,
    since: Option<DateTime<Utc>>,
) -> Select<conversation_attendee::Entity> {
    use conversation_attendee::Column as Attendee;
    use guardianship::Column as Guardianship;
    let everywhere = Scope::system(today);
    let of_attendee = || {
        let same = |one: Expr, other: Expr| one.eq(other);
        let column = |it: Guardianship| Expr::col(it.as_column_ref());
        let attendee = |it: Attendee| Expr::col(it.as_column_ref());
        guardianship::Entity::within(&everywhere)
            .select_only()
            .column(Guardianship::Id)
            .filter(same(column(Guardianship::GuardianId), attendee(Attendee::PersonId)))
            .filter(same(column(Guardianship::StudentId), attendee(Attendee::StudentId)))
    };
    let entitled = of_attendee()
        .filter(Guardianship::Access.eq(GuardianAccess::Full))
        .filter(Guardianship::Status.is_in([GuardianshipStatus::Active, GuardianshipStatus::Invited]))
        .filter(covers(Guardianship::StartsOn, Guardianship::EndsOn, today));
    let planned = conversation::Entity::within(&everywhere)
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::EndsAt.gt(now));
    let mut rows = conversation_attendee::Entity::within(&everywhere)
        .filter(Attendee::IsStaff.eq(false))
        .filter(Attendee::ConversationId.in_subquery(planned.into_query()))
        .filter(Condition::all().not().add(Expr::exists(entitled.into_query())));
    if let Some(since) = since {
        let changed = of_attendee().filter(Guardianship::UpdatedAt.gte(since));
        rows = rows.filter(Expr::exists(changed.into_query()));
    }
    rows
}
