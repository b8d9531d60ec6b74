//! Saying to come or not to come.

use glans_entity::ids::{MeetingId, PersonId, SchoolId, TeamSessionId, parse_any};
use glans_entity::people::Role;
use glans_entity::practice::{AttendanceStatus, OccasionStatus, meeting, team_session};
use glans_entity::scope::Scope;
use serde::{Deserialize, Serialize};

use super::Occasion;
use super::attendance::{Entry, Seat};
use super::store::{self, Where};
use super::types::OccasionRespondInput;
use crate::access::{Action, Place};
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::practice::cohorts::actions as cohorts;

/// What was answered to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answered {
    Meeting(meeting::Model),
    TeamSession(team_session::Model),
}

pub(super) async fn respond(write: &Write<'_>, input: OccasionRespondInput) -> Result<Answered> {
    let found = match parse_any(&input.occasion) {
        Some((MeetingId::PREFIX, id)) => {
            store::meeting(write.db(), &write.scope(), MeetingId(id)).await?.map(Answered::Meeting)
        }
        Some((TeamSessionId::PREFIX, id)) => {
            store::team_session(write.db(), &write.scope(), TeamSessionId(id)).await?.map(Answered::TeamSession)
        }
        _ => None,
    };
    let found = found.ok_or_else(|| not_found("occasion"))?;
    let (at, status, ends_at) = match &found {
        Answered::Meeting(row) => {
            let occasion = Occasion::Meeting(row.id);
            (Where { board: row.board_id, cohort: row.cohort_id, occasion }, row.status, row.ends_at)
        }
        Answered::TeamSession(row) => {
            let occasion = Occasion::TeamSession(row.id);
            (Where { board: row.board_id, cohort: row.cohort_id, occasion }, row.status, row.ends_at)
        }
    };
    let permit = write.authorize(Action::OccasionRespond, Place::board(at.board))?;
    if status != OccasionStatus::Planned || ends_at < write.now() {
        let message = "This is over or cancelled: there is nothing to answer any more.";
        return Err(refuse(UserErrorCode::Conflict, "occasion", message));
    }
    let seats = own_seats(write, &found, permit.person()).await?;
    if seats.is_empty() {
        let message = "You are not among those who are to come.";
        return Err(refuse(UserErrorCode::Forbidden, "occasion", message));
    }
    let status = AttendanceStatus::from(input.answer);
    let entries = seats.into_iter().map(|seat| Entry { seat, status, expected: true }).collect();
    store::respond(write.db(), &permit, at, entries, write.now()).await?;
    Ok(found)
}

/// Where the caller is to come: a leader for each school that they lead, a teacher for the own school.
async fn own_seats(write: &Write<'_>, occasion: &Answered, person: Option<PersonId>) -> Result<Vec<Seat>> {
    let (role, schools): (Role, Vec<SchoolId>) = match occasion {
        Answered::Meeting(row) => {
            let schools = cohorts::schools_of(write, row.cohort_id).await?;
            let there = schools.iter().filter(|school| school.left_on.is_none());
            (Role::SchoolLeader, there.map(|school| school.school_id).collect())
        }
        Answered::TeamSession(row) => (Role::Teacher, vec![row.school_id]),
    };
    let scope = Scope::system(write.call().today());
    let staff = store::staff(write.db(), &scope, &schools, write.now()).await?;
    let own = |(held, seat): &&(Role, Seat)| *held == role && Some(seat.0) == person;
    Ok(staff.iter().filter(own).map(|(_, seat)| *seat).collect())
}
