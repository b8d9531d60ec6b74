//! The SQL of what somebody may have to be reminded of. The windows are wide: the rules know the moment.

use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;
use glans_entity::engagement::{
    AnnouncementStatus, AttendeeStatus, BookingRoundStatus, SurveyStatus, agreement, announcement, booking_round,
    consent_purpose, conversation, conversation_attendee, survey,
};
use glans_entity::ids::{BoardId, ConversationId, MeetingId, PersonId};
use glans_entity::organisation::board;
use glans_entity::practice::{
    AttendanceStatus, LessonStatus, OccasionStatus, attendance, cohort_school, lesson_progress, meeting,
};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait};

use super::rules::{LATE, TO_PLAN};
use crate::engagement::contact_rules::rules::zone;
use crate::platform::error::Result;

/// A morning some days before lies at most so long before what it is of.
const AHEAD: TimeDelta = TimeDelta::days(4);

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

/// Who said not to come to a meeting.
pub(super) async fn declined(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    meeting: MeetingId,
) -> Result<Vec<PersonId>> {
    use attendance::Column;
    let rows = attendance::Entity::within(everywhere)
        .select_only()
        .column(Column::PersonId)
        .filter(Column::MeetingId.eq(meeting))
        .filter(Column::Status.eq(AttendanceStatus::Declined));
    Ok(rows.into_tuple().all(db).await?)
}

/// Lessons that were prepared a while ago and have no date with the team, at schools that take part still.
pub(super) async fn prepared(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<lesson_progress::Model>> {
    use lesson_progress::Column;
    let taking_part = cohort_school::Entity::within(everywhere)
        .select_only()
        .column(cohort_school::Column::Id)
        .filter(cohort_school::Column::LeftOn.is_null().or(cohort_school::Column::LeftOn.gt(everywhere.on)));
    let rows = lesson_progress::Entity::within(everywhere)
        .filter(Column::Status.eq(LessonStatus::Prepared))
        .filter(Column::PreparedAt.lte(now - TO_PLAN))
        .filter(Column::PreparedAt.gt(now - TO_PLAN - LATE))
        .filter(Column::CohortSchoolId.in_subquery(taking_part.into_query()));
    Ok(rows.all(db).await?)
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
