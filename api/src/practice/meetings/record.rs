//! Recording how a meeting went.

use std::collections::HashMap;

use async_graphql::ID;
use glans_entity::ids::{ExperienceId, MeetingId, SchoolId};
use glans_entity::people::Role;
use glans_entity::practice::{OccasionStatus, experience, meeting};
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::actions::{done, permitted};
use super::store;
use super::types::MeetingRecordInput;
use crate::access::Permit;
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, check_version, not_found, refuse};
use crate::practice::cohorts::actions as cohorts;
use crate::practice::experiences::store as experiences;
use crate::practice::occasions::attendance::{Roll, take};
use crate::practice::occasions::store::{self as attendance, Where};
use crate::practice::occasions::{Occasion, times};

pub(super) async fn record(write: &Write<'_>, input: MeetingRecordInput) -> Result<meeting::Model> {
    let (meeting, _, permit) = permitted(write, &input.id).await?;
    check_version(&meeting, meeting.version, input.if_version)?;
    if meeting.status == OccasionStatus::Cancelled {
        return Err(refuse(UserErrorCode::Conflict, "id", "This meeting is cancelled. Plan a new one."));
    }
    times::must_have_begun(meeting.starts_at, write.now())?;
    let roll = roll(write, &meeting).await?;
    let entries = take(&roll, &input.attendance, meeting.status == OccasionStatus::Planned)?;
    let notes = times::notes(input.notes.as_deref().or(meeting.notes.as_deref()))?;
    let occasion = Occasion::Meeting(meeting.id);
    let at = Where { board: meeting.board_id, cohort: meeting.cohort_id, occasion };
    attendance::record(write.db(), &permit, at, entries, write.now()).await?;
    if let Some(discussed) = &input.discussed {
        set_discussed(write, &permit, &meeting, discussed).await?;
    }
    let version = meeting.version;
    let recorded_at = meeting.recorded_at.or(Some(write.now()));
    let mut row = meeting.into_active_model();
    (row.status, row.notes, row.recorded_at) = (Set(OccasionStatus::Held), Set(notes), Set(recorded_at));
    let meeting = store::update(write.db(), &permit, row, version, write.now()).await?;
    done(write, &permit, &meeting, "meeting.recorded").await?;
    Ok(meeting)
}

/// The leaders of the schools on the day of the meeting; those of today may have been there or caught up as well.
async fn roll(write: &Write<'_>, meeting: &meeting::Model) -> Result<Roll> {
    let scope = Scope::system(write.call().today());
    let schools = cohorts::schools_of(write, meeting.cohort_id).await?;
    let ids: Vec<SchoolId> = schools.iter().map(|school| school.school_id).collect();
    let that_day = attendance::staff(write.db(), &scope, &ids, meeting.starts_at).await?;
    let today = attendance::staff(write.db(), &scope, &ids, write.now()).await?;
    let leads = |(role, _): &&(Role, _)| *role == Role::SchoolLeader;
    let day = crate::call::today(meeting.starts_at);
    let was_in = |school: SchoolId| {
        let of_school = schools.iter().find(|row| row.school_id == school);
        of_school.is_some_and(|row| row.joined_on <= day && row.left_on.is_none_or(|left| day < left))
    };
    let expected = that_day.iter().filter(leads).map(|(_, seat)| *seat).filter(|seat| was_in(seat.1)).collect();
    let guests = that_day.iter().chain(&today).filter(leads).map(|(_, seat)| *seat).collect();
    Ok(Roll { expected, guests })
}

/// The meeting took up these experiences and no others. What an earlier one took up stays with that.
async fn set_discussed(write: &Write<'_>, permit: &Permit, meeting: &meeting::Model, ids: &[ID]) -> Result<()> {
    let scope = Scope::system(write.call().today());
    let shared = experiences::shared_in(write.db(), &scope, &[meeting.cohort_id]).await?;
    let mut shared: HashMap<ExperienceId, experience::Model> = shared.into_iter().map(|row| (row.id, row)).collect();
    let at = meeting.ends_at.min(write.now());
    for (place, id) in ids.iter().enumerate() {
        let unknown = || not_found(&format!("discussed.{place}"));
        let id: ExperienceId = id.parse().map_err(|_| unknown())?;
        let row = shared.remove(&id).ok_or_else(unknown)?;
        if row.discussed_meeting_id.is_none() {
            experiences::set_discussed(write.db(), permit, row, Some((meeting.id, at)), write.now()).await?;
        }
    }
    let mistaken = |row: &experience::Model| row.discussed_meeting_id == Some::<MeetingId>(meeting.id);
    for row in shared.into_values().filter(mistaken) {
        experiences::set_discussed(write.db(), permit, row, None, write.now()).await?;
    }
    Ok(())
}
