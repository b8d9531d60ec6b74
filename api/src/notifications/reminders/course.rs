//! Of the course: meetings, team sessions, and lessons that have no date with the team.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, LessonId, MeetingId, TeamSessionId};
use glans_entity::notifications::Category;
use glans_entity::practice::{attendance, lesson_progress, team_session};
use sea_orm::ConnectionTrait;

use super::{Look, Reminder, rules, store};
use crate::notifications::occasions::{Notice, people};
use crate::notifications::texts::Text;
use crate::platform::error::Result;

/// Whether the morning so many days before an occasion is there, which was planned and starts then.
fn has_come(look: &Look, board: BoardId, planned_and_starts: (DateTime<Utc>, DateTime<Utc>), days: u64) -> bool {
    let zone = look.zones.get(&board);
    let moment = zone.and_then(|zone| rules::of_occasion(*zone, planned_and_starts, days));
    moment.is_some_and(|moment| rules::has_come(moment, look.now))
}

/// A meeting tomorrow: to the leaders and trainers who have not said to stay away.
pub(super) async fn meetings(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let mut rows = store::meetings(db, &look.everywhere, look.now).await?;
    rows.retain(|row| has_come(look, row.board_id, (row.created_at, row.starts_at), rules::MEETING_DAYS));
    let ids: Vec<MeetingId> = rows.iter().map(|row| row.id).collect();
    let mut declined = store::declined(db, &look.everywhere, attendance::Column::MeetingId, &ids).await?;
    let mut due = Vec::new();
    for row in rows {
        let Some(zone) = look.zones.get(&row.board_id) else { continue };
        let away = declined.remove(&row.id).unwrap_or_default();
        let to = people::but(people::of_cohort(&look.everywhere, row.cohort_id, None), away);
        let notice = Notice::new(Text::MeetingTomorrow, Category::Programme, (MeetingId::PREFIX, row.id.0), to)
            .at(row.starts_at)
            .until(row.ends_at);
        let of = format!("{}.{}", row.id, rules::day(*zone, row.starts_at));
        due.push(Reminder::new(row.board_id, of, notice));
    }
    Ok(due)
}

/// A team session in a week: to who leads the school and is to give it. Tomorrow: to the whole team, but for those who said to
/// stay away.
pub(super) async fn sessions(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let comes =
        |row: &team_session::Model, days: u64| has_come(look, row.board_id, (row.created_at, row.starts_at), days);
    let rows = store::sessions(db, &look.everywhere, look.now).await?;
    let tomorrow: Vec<TeamSessionId> =
        rows.iter().filter(|row| comes(row, rules::SESSION_DAYS)).map(|row| row.id).collect();
    let mut declined = store::declined(db, &look.everywhere, attendance::Column::TeamSessionId, &tomorrow).await?;
    let mut due = Vec::new();
    for row in rows {
        let Some(zone) = look.zones.get(&row.board_id) else { continue };
        let (text, to) = if comes(&row, rules::SESSION_DAYS) {
            let away = declined.remove(&row.id).unwrap_or_default();
            (Text::SessionTomorrow, people::but(people::team_of(&look.everywhere, row.school_id), away))
        } else if comes(&row, rules::TO_REHEARSE_DAYS) {
            (Text::SessionNextWeek, people::leaders_of(&look.everywhere, row.school_id))
        } else {
            continue;
        };
        let notice = Notice::new(text, Category::Programme, (TeamSessionId::PREFIX, row.id.0), to)
            .at(row.starts_at)
            .until(row.ends_at);
        let of = format!("{}.{}", row.id, rules::day(*zone, row.starts_at));
        due.push(Reminder::new(row.board_id, of, notice));
    }
    Ok(due)
}

/// A lesson was prepared a week ago and has no date with the team yet: to who leads the school.
pub(super) async fn sessions_without_date(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let rows = store::prepared(db, &look.everywhere, look.now).await?;
    let reminder = |row: lesson_progress::Model| {
        let to = people::leaders_of(&look.everywhere, row.school_id);
        let about = (LessonId::PREFIX, row.lesson_id.0);
        let notice = Notice::new(Text::SessionWithoutDate, Category::Programme, about, to).at(row.due_at);
        Reminder::new(row.board_id, format!("{}.{}", row.cohort_school_id, row.lesson_id), notice)
    };
    Ok(rows.into_iter().map(reminder).collect())
}
