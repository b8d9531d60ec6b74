//! Meetings, team sessions and experiences.

use glans_entity::ids::{CommentId, ExperienceId, MeetingId, TeamSessionId};
use glans_entity::notifications::Category;
use glans_entity::people::person;
use glans_entity::practice::{ExperienceVisibility, OccasionStatus, comment, experience, meeting, team_session};
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// Whether the text still says how it stands.
fn holds(text: Text, status: OccasionStatus) -> bool {
    let is_cancelled = matches!(text, Text::MeetingCancelled | Text::SessionCancelled);
    status == if is_cancelled { OccasionStatus::Cancelled } else { OccasionStatus::Planned }
}

/// To the leaders of the schools and the trainers of the cohort. What was told of it before does not hold any more, unless
/// the event is told so late that it does not hold itself.
pub(super) async fn meeting(db: &impl ConnectionTrait, fact: Fact<'_>, text: Text) -> Result<Told> {
    let (id, everywhere) = (fact.id::<MeetingId>()?, fact.everywhere());
    let row = meeting::Entity::within(&everywhere).filter(meeting::Column::Id.eq(id)).one(db).await?;
    // What became of it since was told already, and stands.
    let Some(row) = row.filter(|row| holds(text, row.status)) else { return Ok(Told::nothing()) };
    let notices = (row.ends_at > fact.at()).then(|| {
        let to = people::but(people::of_cohort(&everywhere, row.cohort_id, None), fact.by());
        let notice = Notice::new(text, Category::Programme, (MeetingId::PREFIX, id.0), to);
        notice.at(row.starts_at).until(row.ends_at)
    });
    Ok(Told::telling(notices).taking_back(id.0))
}

/// To the team of the school. What was told of it before does not hold any more, unless the event is told so late that it
/// does not hold itself.
pub(super) async fn session(db: &impl ConnectionTrait, fact: Fact<'_>, text: Text) -> Result<Told> {
    let (id, everywhere) = (fact.id::<TeamSessionId>()?, fact.everywhere());
    let row = team_session::Entity::within(&everywhere).filter(team_session::Column::Id.eq(id)).one(db).await?;
    // What became of it since was told already, and stands.
    let Some(row) = row.filter(|row| holds(text, row.status)) else { return Ok(Told::nothing()) };
    let notices = (row.ends_at > fact.at()).then(|| {
        let to = people::but(people::team_of(&everywhere, row.school_id), fact.by());
        let notice = Notice::new(text, Category::Programme, (TeamSessionId::PREFIX, id.0), to);
        notice.at(row.starts_at).until(row.ends_at)
    });
    Ok(Told::telling(notices).taking_back(id.0))
}

/// To the trainers and the leaders of the other schools, when its school first shares it with them.
pub(super) async fn shared(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let (id, everywhere) = (fact.id::<ExperienceId>()?, fact.everywhere());
    let row = experience::Entity::within(&everywhere).filter(experience::Column::Id.eq(id)).one(db).await?;
    let Some(row) = row.filter(|row| row.visibility != ExperienceVisibility::School) else {
        return Ok(Told::nothing());
    };
    let to = people::but(people::of_cohort(&everywhere, row.cohort_id, Some(row.school_id)), [row.author_id]);
    let about = (ExperienceId::PREFIX, id.0);
    Ok(Told::telling([Notice::new(Text::ExperienceShared, Category::Experience, about, to)]))
}

/// To who wrote the experience, and the others who commented on it.
pub(super) async fn commented(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let (id, everywhere) = (fact.id::<CommentId>()?, fact.everywhere());
    let row = comment::Entity::within(&everywhere).filter(comment::Column::Id.eq(id)).one(db).await?;
    let Some(row) = row else { return Ok(Told::nothing()) };
    let wrote = experience::Entity::within(&everywhere)
        .select_only()
        .column(experience::Column::AuthorId)
        .filter(experience::Column::Id.eq(row.experience_id));
    let joined_in = comment::Entity::within(&everywhere)
        .select_only()
        .column(comment::Column::AuthorId)
        .filter(comment::Column::ExperienceId.eq(row.experience_id));
    let either = Condition::any()
        .add(person::Column::Id.in_subquery(wrote.into_query()))
        .add(person::Column::Id.in_subquery(joined_in.into_query()));
    let to = people::but(people::colleagues(&everywhere, either), [row.author_id]);
    let about = (ExperienceId::PREFIX, row.experience_id.0);
    Ok(Told::telling([Notice::new(Text::ExperienceCommented, Category::Experience, about, to)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cancelled_since_is_not_told_as_planned() {
        use OccasionStatus::{Cancelled, Held, Planned};
        assert!(holds(Text::MeetingPlanned, Planned) && holds(Text::SessionMoved, Planned));
        assert!(!holds(Text::MeetingPlanned, Cancelled) && !holds(Text::SessionMoved, Held));
        assert!(holds(Text::SessionCancelled, Cancelled) && !holds(Text::MeetingCancelled, Planned));
    }
}
