//! Of what people are asked: confirmations, surveys, consents.

use glans_entity::engagement::recipient::{AS_STAFF, Column};
use glans_entity::engagement::{SurveyKind, announcement, consent_purpose, survey};
use glans_entity::ids::AnnouncementId;
use glans_entity::notifications::Category;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};

use super::{Look, Reminder, rules, store};
use crate::notifications::occasions::{Notice, people, surveys as asking};
use crate::notifications::texts::Text;
use crate::platform::error::Result;

/// A confirmation is missing: to those who have not given it. However urgent the announcement was, the reminder waits for
/// the end of quiet hours.
pub(super) async fn acknowledgements(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let mut rows = store::announcements(db, &look.everywhere, look.now).await?;
    rows.retain(|row| {
        let moment = row.published_at.and_then(|published| rules::of_acknowledgement(published, row.acknowledge_by));
        moment.is_some_and(|moment| rules::has_come(moment, look.now))
    });
    let reminder = |row: announcement::Model| {
        let missing = Condition::all().add(Column::AcknowledgedAt.is_null());
        let to = people::but(people::addressed_where(&look.everywhere, row.id.0, missing), [row.author_id]);
        let about = (AnnouncementId::PREFIX, row.id.0);
        let notice = Notice::new(Text::AcknowledgementMissing, Category::Confirmation, about, to);
        Reminder::new(row.board_id, row.id, notice.at(row.acknowledge_by).until(row.expires_at))
    };
    Ok(rows.into_iter().map(reminder).collect())
}

/// A survey closes soon: to those who have not answered. Also of one without names it is known who has.
pub(super) async fn surveys(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let mut rows = store::surveys(db, &look.everywhere, look.now).await?;
    rows.retain(|row| {
        let moment = rules::of_closing((row.opens_at, row.closes_at), rules::TO_ANSWER);
        moment.is_some_and(|moment| rules::has_come(moment, look.now))
    });
    let reminder = |row: survey::Model| {
        let mut missing = Condition::all().add(Column::AcknowledgedAt.is_null());
        if row.kind == SurveyKind::Pulse {
            // A teacher answers a pulse about each child, and not about oneself.
            missing = missing.add(Column::StudentId.ne(AS_STAFF));
        }
        let to = people::addressed_where(&look.everywhere, row.id.0, missing);
        Reminder::new(row.board_id, row.id, asking::notice(Text::SurveyReminder, &row, to))
    };
    Ok(rows.into_iter().map(reminder).collect())
}

/// A school asks something from today on that it wrote down before: to the guardians of its children.
pub(super) async fn consents(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let mut rows = store::purposes(db, &look.everywhere).await?;
    rows.retain(|row| {
        let Some(zone) = look.zones.get(&row.board_id) else { return false };
        let was_to_come = row.asked_from > rules::day(*zone, row.created_at);
        was_to_come && rules::has_come(rules::morning(*zone, row.asked_from), look.now)
    });
    let reminder = |row: consent_purpose::Model| {
        let to = people::guardians_at(&look.everywhere, row.school_id, Condition::all());
        Reminder::new(row.board_id, row.id, asking::question(&row, to))
    };
    Ok(rows.into_iter().map(reminder).collect())
}
