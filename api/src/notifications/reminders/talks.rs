//! Of conversations: those to come, what was agreed in them, and rounds in which they are booked.

use glans_entity::engagement::{booking_round, conversation_attendee};
use glans_entity::ids::{AgreementId, ConversationId, PersonId, StudentId};
use glans_entity::notifications::{Category, notification};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};

use super::{Look, Reminder, rules, store};
use crate::engagement::bookings::unbooked::to_remind;
use crate::notifications::occasions::{Notice, bookings, people};
use crate::notifications::texts::Text;
use crate::platform::error::Result;

/// A conversation soon: to those who come and have not said to stay away.
pub(super) async fn conversations(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let mut due = Vec::new();
    for row in store::conversations(db, &look.everywhere, look.now).await? {
        let Some(zone) = look.zones.get(&row.board_id) else { continue };
        let moment = rules::of_occasion(*zone, (row.created_at, row.starts_at), rules::CONVERSATION_DAYS);
        if !moment.is_some_and(|moment| rules::has_come(moment, look.now)) {
            continue;
        }
        let to = people::attendees(&look.everywhere, store::coming(row.id));
        let about = (ConversationId::PREFIX, row.id.0);
        let notice =
            Notice::new(Text::ConversationSoon, Category::Conversation, about, to).at(row.starts_at).until(row.ends_at);
        let of = format!("{}.{}", row.id, rules::day(*zone, row.starts_at));
        due.push(Reminder::new(row.board_id, of, notice));
    }
    Ok(due)
}

/// An agreement is due tomorrow: to all who came to the conversation, for nobody wrote down who is to do it.
pub(super) async fn agreements(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let mut due = Vec::new();
    for row in store::agreements(db, &look.everywhere, look.now).await? {
        let (Some(zone), Some(day)) = (look.zones.get(&row.board_id), row.due_on) else { continue };
        if !rules::has_come(rules::morning_before(*zone, day, rules::AGREEMENT_DAYS), look.now) {
            continue;
        }
        let there = conversation_attendee::Column::ConversationId.eq(row.conversation_id);
        let to = people::attendees(&look.everywhere, Condition::all().add(there));
        let notice = Notice::new(Text::AgreementDue, Category::Conversation, (AgreementId::PREFIX, row.id.0), to)
            .at(rules::morning(*zone, day));
        due.push(Reminder::new(row.board_id, format!("{}.{day}", row.id), notice));
    }
    Ok(due)
}

/// A round opens that was made before: to the guardians of its groups, but for those who were told when it was changed since.
pub(super) async fn rounds_that_open(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let window = (look.now - rules::LATE, look.now);
    let rows = store::rounds(db, &look.everywhere, booking_round::Column::OpensAt, window).await?;
    let later = rows.into_iter().filter(|row| row.opens_at > row.created_at && row.closes_at > look.now);
    let reminder = |row: booking_round::Model| {
        let source = Reminder::source_of(Text::BookingOpened, row.id);
        let opened = Condition::all().add(notification::Column::Text.eq(Text::BookingOpened.key()));
        let to = bookings::untold(&look.everywhere, row.id, &source, opened);
        Reminder::new(row.board_id, row.id, bookings::notice(Text::BookingOpened, &row, to))
    };
    Ok(later.map(reminder).collect())
}

/// A round closes soon: to those of its groups who have yet to book, about the children for whom they have.
pub(super) async fn rounds_that_close(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let window = (look.now, look.now + rules::TO_BOOK);
    let mut rows = store::rounds(db, &look.everywhere, booking_round::Column::ClosesAt, window).await?;
    rows.retain(|row| {
        let moment = rules::of_closing((row.opens_at.max(row.created_at), row.closes_at), rules::TO_BOOK);
        moment.is_some_and(|moment| rules::has_come(moment, look.now))
    });
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut open = to_remind(db, &look.everywhere, &rows).await?;
    let mut due = Vec::new();
    for row in rows {
        let children = open.remove(&row.id).unwrap_or_default();
        let pairs: Vec<(StudentId, Vec<PersonId>)> =
            children.into_iter().map(|child| (child.student, child.guardians)).collect();
        if let Some(to) = people::each_about(&look.everywhere, &pairs) {
            let of = format!("{}.{}", row.id, row.closes_at.date_naive());
            due.push(Reminder::new(row.board_id, of, bookings::notice(Text::BookingReminder, &row, to)));
        }
    }
    Ok(due)
}
