//! Of the course: meetings, and lessons that have no date with the team.

use glans_entity::ids::{LessonId, MeetingId};
use glans_entity::notifications::Category;
use glans_entity::practice::lesson_progress;
use sea_orm::ConnectionTrait;

use super::{Look, Reminder, rules, store};
use crate::notifications::occasions::{Notice, people};
use crate::notifications::texts::Text;
use crate::platform::error::Result;

/// A meeting tomorrow: to the leaders and trainers who have not said to stay away.
pub(super) async fn meetings(db: &impl ConnectionTrait, look: &Look) -> Result<Vec<Reminder>> {
    let mut due = Vec::new();
    for row in store::meetings(db, &look.everywhere, look.now).await? {
        let Some(zone) = look.zones.get(&row.board_id) else { continue };
        let moment = rules::of_occasion(*zone, (row.created_at, row.starts_at), rules::MEETING_DAYS);
        if !moment.is_some_and(|moment| rules::has_come(moment, look.now)) {
            continue;
        }
        let declined = store::declined(db, &look.everywhere, row.id).await?;
        let to = people::but(people::of_cohort(&look.everywhere, row.cohort_id, None), declined);
        let notice = Notice::new(Text::MeetingTomorrow, Category::Programme, (MeetingId::PREFIX, row.id.0), to)
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
