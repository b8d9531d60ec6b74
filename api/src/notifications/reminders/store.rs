//! The SQL of what somebody may have to be reminded of. The windows are wide: the rules know the moment.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;
use glans_entity::engagement::{
    AnnouncementStatus, AttendeeStatus, BookingRoundStatus, SurveyStatus, agreement, announcement, booking_round,
    consent_purpose, conversation, conversation_attendee, survey,
};
use glans_entity::ids::{BoardId, ClusterId, ConversationId, PersonId, SchoolId};
use glans_entity::organisation::{board, school};
use glans_entity::people::{Role, ScopeKind, membership};
use glans_entity::practice::{
    AttendanceStatus, LessonStatus, OccasionStatus, attendance, cohort_school, experience, lesson_progress, meeting,
    team_session,
};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, TryGetable, Value,
};

use super::rules::{LATE, TO_PLAN};
use crate::engagement::contact_rules::rules::zone;
use crate::people::memberships::store::live;
use crate::platform::error::Result;

/// A morning some days before lies at most so long before what it is of.
const AHEAD: TimeDelta = TimeDelta::days(4);
/// The same of team sessions, of which the first is a week before.
const SESSIONS_AHEAD: TimeDelta = TimeDelta::days(9);

/// The time zones of the boards that are open.
pub(super) async fn zones(db: &impl ConnectionTrait, everywhere: &Scope) -> Result<HashMap<BoardId, Tz>> {
    let open = board::Entity::within(everywhere).filter(board::Column::ArchivedAt.is_null());
    Ok(open.all(db).await?.into_iter().map(|board| (board.id, zone(&board.time_zone))).collect())
}

/// Meetings that are planned and begin soon.
pub(super) async fn meetings(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<meeting::Model>> {
    use meeting::Column;
    let rows = meeting::Entity::within(everywhere)
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .filter(Column::StartsAt.gt(now))
        .filter(Column::StartsAt.lte(now + AHEAD));
    Ok(rows.all(db).await?)
}

/// Schools in cohorts of which they are part still.
fn taking_part(everywhere: &Scope) -> SelectStatement {
    use cohort_school::Column;
    cohort_school::Entity::within(everywhere)
        .select_only()
        .column(Column::Id)
        .filter(Column::LeftOn.is_null().or(Column::LeftOn.gt(everywhere.on)))
        .into_query()
}

/// Team sessions that are planned and begin within days, at schools that take part still.
pub(super) async fn sessions(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<team_session::Model>> {
    use team_session::Column;
    let rows = team_session::Entity::within(everywhere)
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .filter(Column::StartsAt.gt(now))
        .filter(Column::StartsAt.lte(now + SESSIONS_AHEAD))
        .filter(Column::CohortSchoolId.in_subquery(taking_part(everywhere)));
    Ok(rows.all(db).await?)
}

/// Who said not to come to which of these occasions: meetings or team sessions, as `column` has it.
pub(super) async fn declined<I>(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    column: attendance::Column,
    occasions: &[I],
) -> Result<HashMap<I, Vec<PersonId>>>
where
    I: Copy + Eq + Hash + Into<Value> + TryGetable,
{
    use attendance::Column;
    let mut declined: HashMap<I, Vec<PersonId>> = HashMap::new();
    if occasions.is_empty() {
        return Ok(declined);
    }
    let rows = attendance::Entity::within(everywhere)
        .select_only()
        .columns([column, Column::PersonId])
        .filter(column.is_in(occasions.iter().copied()))
        .filter(Column::Status.eq(AttendanceStatus::Declined));
    for (occasion, person) in rows.into_tuple::<(I, PersonId)>().all(db).await? {
        declined.entry(occasion).or_default().push(person);
    }
    Ok(declined)
}

/// Lessons that were prepared a while ago and have no date with the team, at schools that take part still.
pub(super) async fn prepared(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<lesson_progress::Model>> {
    use lesson_progress::Column;
    let rows = lesson_progress::Entity::within(everywhere)
        .filter(Column::Status.eq(LessonStatus::Prepared))
        .filter(Column::PreparedAt.lte(now - TO_PLAN))
        .filter(Column::PreparedAt.gt(now - TO_PLAN - LATE))
        .filter(Column::CohortSchoolId.in_subquery(taking_part(everywhere)));
    Ok(rows.all(db).await?)
}

/// The boards, the schools that are open, and the clusters in which they are, as far as these have a director to tell.
pub(super) async fn clusters(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
) -> Result<Vec<(BoardId, SchoolId, ClusterId)>> {
    use membership::Column as Held;
    use school::Column;
    let cluster = Expr::col(Column::ClusterId.as_column_ref());
    let directed = live(everywhere)
        .select_only()
        .column(Held::Id)
        .filter(Held::Role.eq(Role::ClusterDirector))
        .filter(Held::ScopeKind.eq(ScopeKind::Cluster))
        .filter(cluster.equals(Held::ScopeId.as_column_ref()));
    let rows = school::Entity::within(everywhere)
        .select_only()
        .columns([Column::BoardId, Column::Id, Column::ClusterId])
        .filter(Column::ArchivedAt.is_null())
        .filter(Column::ClusterId.is_not_null())
        .filter(Expr::exists(directed.into_query()));
    Ok(rows.into_tuple().all(db).await?)
}

/// How many lessons were taught at these schools by what was recorded in the week, however long before that they were held.
pub(super) async fn taught(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    schools: &[SchoolId],
    week: &Range<DateTime<Utc>>,
) -> Result<Vec<(SchoolId, i64)>> {
    use lesson_progress::Column;
    use team_session::Column as Session;
    let of = |session: Session, own: Column| Expr::col(session.as_column_ref()).equals(own.as_column_ref());
    let recorded = team_session::Entity::within(everywhere)
        .select_only()
        .column(Session::Id)
        .filter(of(Session::CohortSchoolId, Column::CohortSchoolId))
        .filter(of(Session::LessonId, Column::LessonId))
        .filter(Session::Status.eq(OccasionStatus::Held))
        .filter(Session::RecordedAt.gte(week.start))
        .filter(Session::RecordedAt.lt(week.end));
    let which = Condition::all().add(Column::TaughtAt.is_not_null()).add(Expr::exists(recorded.into_query()));
    lessons(db, everywhere, schools, which).await
}

/// How many lessons at these schools were to be taught before then and are not.
pub(super) async fn overdue(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    schools: &[SchoolId],
    then: DateTime<Utc>,
) -> Result<Vec<(SchoolId, i64)>> {
    use lesson_progress::Column;
    let ahead = [LessonStatus::NotStarted, LessonStatus::Prepared, LessonStatus::Scheduled];
    let which = Condition::all().add(Column::Status.is_in(ahead)).add(Column::DueAt.lt(then));
    lessons(db, everywhere, schools, which).await
}

/// How many lessons each school has that meet the condition, as far as it takes part still.
async fn lessons(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    schools: &[SchoolId],
    which: Condition,
) -> Result<Vec<(SchoolId, i64)>> {
    use lesson_progress::Column;
    let rows = lesson_progress::Entity::within(everywhere)
        .select_only()
        .column(Column::SchoolId)
        .column_as(Column::LessonId.count(), "lessons")
        .filter(Column::SchoolId.is_in(schools.iter().copied()))
        .filter(which)
        .filter(Column::CohortSchoolId.in_subquery(taking_part(everywhere)))
        .group_by(Column::SchoolId);
    Ok(rows.into_tuple().all(db).await?)
}

/// How many experiences of each of these schools others than the own school first saw in the week.
pub(super) async fn shared(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    schools: &[SchoolId],
    week: &Range<DateTime<Utc>>,
) -> Result<Vec<(SchoolId, i64)>> {
    use experience::Column;
    let rows = experience::Entity::within(everywhere)
        .select_only()
        .column(Column::SchoolId)
        .column_as(Column::Id.count(), "experiences")
        .filter(Column::SchoolId.is_in(schools.iter().copied()))
        .filter(Column::SharedAt.gte(week.start))
        .filter(Column::SharedAt.lt(week.end))
        .group_by(Column::SchoolId);
    Ok(rows.into_tuple().all(db).await?)
}

/// Conversations that are planned and begin soon.
pub(super) async fn conversations(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<conversation::Model>> {
    use conversation::Column;
    let rows = conversation::Entity::within(everywhere)
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .filter(Column::StartsAt.gt(now))
        .filter(Column::StartsAt.lte(now + AHEAD));
    Ok(rows.all(db).await?)
}

/// Of a conversation, those who have not said to stay away.
pub(super) fn coming(conversation: ConversationId) -> Condition {
    use conversation_attendee::Column;
    Condition::all().add(Column::ConversationId.eq(conversation)).add(Column::Status.ne(AttendeeStatus::Declined))
}

/// Agreements of which guardians know, that are due soon, and of which nobody said yet whether they were kept.
pub(super) async fn agreements(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<agreement::Model>> {
    use agreement::Column;
    let released = conversation::Entity::within(everywhere)
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::ReleaseAt.lte(now));
    let rows = agreement::Entity::within(everywhere)
        .filter(Column::Kept.is_null())
        .filter(Column::DueOn.gte(everywhere.on))
        .filter(Column::DueOn.lte(everywhere.on.checked_add_days(Days::new(3)).unwrap_or(everywhere.on)))
        .filter(Column::ConversationId.in_subquery(released.into_query()));
    Ok(rows.all(db).await?)
}

/// Rounds in which guardians may book and that are not over, whose column lies between these moments.
pub(super) async fn rounds(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    column: booking_round::Column,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<booking_round::Model>> {
    let rows = booking_round::Entity::within(everywhere)
        .filter(booking_round::Column::Status.eq(BookingRoundStatus::Open))
        .filter(column.gt(from))
        .filter(column.lte(until));
    Ok(rows.all(db).await?)
}

/// Announcements that ask for a confirmation, and have not run out.
pub(super) async fn announcements(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<announcement::Model>> {
    use super::rules::{BEFORE_TERM, WITHOUT_TERM};
    use announcement::Column;
    let with_term =
        Condition::all().add(Column::AcknowledgeBy.gt(now)).add(Column::AcknowledgeBy.lte(now + BEFORE_TERM));
    let without_term = Condition::all()
        .add(Column::AcknowledgeBy.is_null())
        .add(Column::PublishedAt.lte(now - WITHOUT_TERM))
        .add(Column::PublishedAt.gt(now - WITHOUT_TERM - LATE));
    let rows = announcement::Entity::within(everywhere)
        .filter(Column::Status.eq(AnnouncementStatus::Published))
        .filter(Column::RequiresAcknowledgement.eq(true))
        .filter(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now)))
        .filter(Condition::any().add(with_term).add(without_term));
    Ok(rows.all(db).await?)
}

/// Surveys that are open and close soon.
pub(super) async fn surveys(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<survey::Model>> {
    use super::rules::TO_ANSWER;
    use survey::Column;
    let rows = survey::Entity::within(everywhere)
        .filter(Column::Status.eq(SurveyStatus::Open))
        .filter(Column::ClosesAt.gt(now))
        .filter(Column::ClosesAt.lte(now + TO_ANSWER));
    Ok(rows.all(db).await?)
}

/// Questions that schools ask from about today on.
pub(super) async fn purposes(db: &impl ConnectionTrait, everywhere: &Scope) -> Result<Vec<consent_purpose::Model>> {
    use consent_purpose::Column;
    let rows = consent_purpose::Entity::within(everywhere)
        .filter(Column::ArchivedAt.is_null())
        .filter(Column::AskedFrom.lte(everywhere.on))
        .filter(Column::AskedFrom.gte(everywhere.on.checked_sub_days(Days::new(1)).unwrap_or(everywhere.on)));
    Ok(rows.all(db).await?)
}
