//! The SQL of attendance.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;
use glans_entity::ids::{AttendanceId, BoardId, CohortId, MeetingId, SchoolId, TeamSessionId};
use glans_entity::people::{Role, ScopeKind, membership};
use glans_entity::practice::attendance::{Column, Entity, Model};
use glans_entity::practice::{OccasionStatus, cohort_school, meeting, team_session};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::attendance::{Entry, Seat};
use super::loaders::Occasion;
use crate::access::{Permit, PersonActor};
use crate::call::today;
use crate::people::rights::covers;
use crate::platform::error::Result;

/// What is stored of those who attend `occasions` in sight.
pub async fn attendance(db: &impl ConnectionTrait, scope: &Scope, occasions: &[Occasion]) -> Result<Vec<Model>> {
    let (mut meetings, mut sessions) = (Vec::new(), Vec::new());
    for occasion in occasions {
        match occasion {
            Occasion::Meeting(id) => meetings.push(*id),
            Occasion::TeamSession(id) => sessions.push(*id),
        }
    }
    let of_them = Condition::any().add(Column::MeetingId.is_in(meetings)).add(Column::TeamSessionId.is_in(sessions));
    Ok(Entity::within(scope).filter(of_them).order_by_asc(Column::Id).all(db).await?)
}

/// Who in sight leads or teaches at `schools` at that moment, each once.
pub async fn staff(
    db: &impl ConnectionTrait,
    scope: &Scope,
    schools: &[SchoolId],
    at: DateTime<Utc>,
) -> Result<Vec<(Role, Seat)>> {
    use membership::Column;
    let held = membership::Entity::within(scope)
        .filter(Column::SchoolId.is_in(schools.iter().copied()))
        .filter(Column::Role.is_in([Role::SchoolLeader, Role::Teacher]))
        .filter(Condition::any().add(Column::EndedAt.is_null()).add(Column::EndedAt.gt(at)))
        .filter(covers(Column::StartsOn, Column::EndsOn, today(at)))
        // A role that begins at once begins on the day on which it is given.
        .filter(Condition::any().add(Column::StartsOn.is_not_null()).add(Column::CreatedAt.lt(day_after(at))))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let mut staff = Vec::new();
    for row in held {
        let seat = row.school_id.map(|school| (row.role, (row.person_id, school)));
        staff.extend(seat.filter(|seat| !staff.contains(seat)));
    }
    Ok(staff)
}

/// When the day after that moment begins.
fn day_after(at: DateTime<Utc>) -> DateTime<Utc> {
    let midnight = (today(at) + Days::new(1)).and_time(NaiveTime::MIN).and_local_timezone(Amsterdam);
    midnight.earliest().map_or(at + TimeDelta::days(1), |midnight| midnight.to_utc())
}

/// Where attendance is stored.
#[derive(Clone, Copy, Debug)]
pub struct Where {
    pub board: BoardId,
    pub cohort: CohortId,
    pub occasion: Occasion,
}

/// Stores `entries` over what is stored of the same persons. The first record settles who was expected: who answered before
/// and is not in it was not to come any more, and who is added later was a guest.
pub async fn record(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    at: Where,
    entries: Vec<Entry>,
    now: DateTime<Utc>,
) -> Result<()> {
    let stored = attendance(db, &Scope::system(today(now)), &[at.occasion]).await?;
    let first = stored.iter().all(|row| row.recorded_at.is_none());
    let mut stored: HashMap<Seat, Model> =
        stored.into_iter().map(|row| ((row.person_id, row.school_id), row)).collect();
    for entry in entries {
        match stored.remove(&entry.seat) {
            Some(row) if row.recorded_at.is_some() && row.status == entry.status => {}
            Some(row) => {
                let (version, settled) = (row.version, row.recorded_at.is_some());
                let expected = if settled { row.expected } else { entry.expected };
                let mut row = row.into_active_model();
                (row.status, row.expected) = (Set(entry.status), Set(expected));
                (row.recorded_at, row.updated_at, row.version) = (Set(Some(now)), Set(now), Set(version + 1));
                row.update(db).await?;
            }
            None => {
                let expected = first && entry.expected;
                let mut row = fresh(at, Entry { expected, ..entry }, now);
                row.recorded_at = Some(now);
                row.into_active_model().reset_all().insert(db).await?;
            }
        }
    }
    if first && !stored.is_empty() {
        let gone = stored.into_values().map(|row| row.id);
        Entity::delete_many().filter(Column::Id.is_in(gone)).exec(db).await?;
    }
    Ok(())
}

/// A row that is not stored yet.
pub fn fresh(at: Where, entry: Entry, now: DateTime<Utc>) -> Model {
    let (meeting_id, team_session_id): (Option<MeetingId>, Option<TeamSessionId>) = match at.occasion {
        Occasion::Meeting(id) => (Some(id), None),
        Occasion::TeamSession(id) => (None, Some(id)),
    };
    Model {
        id: AttendanceId::new(),
        board_id: at.board,
        cohort_id: at.cohort,
        school_id: entry.seat.1,
        meeting_id,
        team_session_id,
        person_id: entry.seat.0,
        status: entry.status,
        expected: entry.expected,
        responded_at: None,
        recorded_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Stores what persons answered, over what they answered before.
pub async fn respond(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    at: Where,
    entries: Vec<Entry>,
    now: DateTime<Utc>,
) -> Result<()> {
    let stored = attendance(db, &Scope::system(today(now)), &[at.occasion]).await?;
    for entry in entries {
        match stored.iter().find(|row| (row.person_id, row.school_id) == entry.seat) {
            Some(row) if row.status == entry.status => {}
            Some(row) => {
                let version = row.version;
                let mut row = row.clone().into_active_model();
                (row.status, row.responded_at) = (Set(entry.status), Set(Some(now)));
                (row.updated_at, row.version) = (Set(now), Set(version + 1));
                row.update(db).await?;
            }
            None => {
                let mut row = fresh(at, entry, now);
                row.responded_at = Some(now);
                row.into_active_model().reset_all().insert(db).await?;
            }
        }
    }
    Ok(())
}

/// The meeting, if it is in sight; nobody else changes it until the transaction ends.
pub async fn meeting(db: &impl ConnectionTrait, scope: &Scope, id: MeetingId) -> Result<Option<meeting::Model>> {
    Ok(meeting::Entity::within(scope).filter(meeting::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The session, if it is in sight; nobody else changes it until the transaction ends.
pub async fn team_session(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: TeamSessionId,
) -> Result<Option<team_session::Model>> {
    Ok(team_session::Entity::within(scope).filter(team_session::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Where somebody is to come.
#[derive(Clone, Debug, Default)]
pub struct Diary {
    led: Vec<SchoolId>,
    trained: Vec<CohortId>,
    taught: Vec<SchoolId>,
}

impl Diary {
    /// The schools that `person` leads, the cohorts that the person trains, and the teams in sight.
    pub fn of(person: &PersonActor, scope: &Scope) -> Self {
        let of_role = |role, kind| person.held.iter().filter(move |held| (held.role, held.kind) == (role, kind));
        Self {
            led: of_role(Role::SchoolLeader, ScopeKind::School).filter_map(|held| held.school).collect(),
            trained: of_role(Role::Trainer, ScopeKind::Cohort).map(|held| CohortId(held.scope)).collect(),
            taught: scope.team_schools.clone(),
        }
    }

    fn meetings(&self, scope: &Scope) -> Select<meeting::Entity> {
        let led = cohort_school::Entity::within(scope)
            .select_only()
            .column(cohort_school::Column::CohortId)
            .filter(cohort_school::Column::SchoolId.is_in(self.led.iter().copied()))
            .filter(cohort_school::Column::LeftOn.is_null());
        let own = Condition::any()
            .add(meeting::Column::CohortId.is_in(self.trained.iter().copied()))
            .add(meeting::Column::CohortId.in_subquery(led.into_query()));
        meeting::Entity::within(scope).filter(own)
    }

    fn sessions(&self, scope: &Scope) -> Select<team_session::Entity> {
        let own = team_session::Column::SchoolId.is_in(self.taught.iter().copied());
        team_session::Entity::within(scope).filter(own)
    }
}

/// Meetings and team sessions.
pub type Occasions = (Vec<meeting::Model>, Vec<team_session::Model>);

/// The next planned ones of a diary that are not over, earliest first, `most` of each.
pub async fn upcoming(
    db: &impl ConnectionTrait,
    scope: &Scope,
    diary: &Diary,
    now: DateTime<Utc>,
    most: u32,
) -> Result<Occasions> {
    let meetings = diary
        .meetings(scope)
        .filter(meeting::Column::Status.eq(OccasionStatus::Planned))
        .filter(meeting::Column::EndsAt.gt(now))
        .order_by_asc(meeting::Column::StartsAt)
        .order_by_asc(meeting::Column::Id)
        .limit(u64::from(most));
    let sessions = diary
        .sessions(scope)
        .filter(team_session::Column::Status.eq(OccasionStatus::Planned))
        .filter(team_session::Column::EndsAt.gt(now))
        .order_by_asc(team_session::Column::StartsAt)
        .order_by_asc(team_session::Column::Id)
        .limit(u64::from(most));
    Ok((meetings.all(db).await?, sessions.all(db).await?))
}

/// All of a diary that ended after `since` or are to come, cancelled ones among them, latest first, `most` of each.
pub async fn since(
    db: &impl ConnectionTrait,
    scope: &Scope,
    diary: &Diary,
    since: DateTime<Utc>,
    most: u32,
) -> Result<Occasions> {
    let meetings = diary
        .meetings(scope)
        .filter(meeting::Column::EndsAt.gt(since))
        .order_by_desc(meeting::Column::StartsAt)
        .order_by_desc(meeting::Column::Id)
        .limit(u64::from(most));
    let sessions = diary
        .sessions(scope)
        .filter(team_session::Column::EndsAt.gt(since))
        .order_by_desc(team_session::Column::StartsAt)
        .order_by_desc(team_session::Column::Id)
        .limit(u64::from(most));
    Ok((meetings.all(db).await?, sessions.all(db).await?))
}
