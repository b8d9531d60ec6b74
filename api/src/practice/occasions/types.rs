//! How far an occasion is, and who was there.

use async_graphql::{Context, Enum, ID, InputObject, Object, Union};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{AttendeeStatus, conversation_attendee};
use glans_entity::ids::{PersonId, SchoolId};
use glans_entity::practice;

use super::actions::Answered;
use super::loaders::{AttendanceOf, Occasion, RollOf};
use crate::loaders;
use crate::organisation::schools::School;
use crate::payload;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::practice::meetings::Meeting;
use crate::practice::team_sessions::TeamSession;

/// How far an occasion is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "practice::OccasionStatus")]
pub enum OccasionStatus {
    /// It is to come, or nobody has recorded yet how it went.
    Planned,
    /// It was held, and who was there is recorded.
    Held,
    /// It does not take place. It stays, so that calendars can show it.
    Cancelled,
}

/// What somebody said or did about an occasion.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttendanceStatus {
    /// Is to come, and said nothing yet.
    Invited,
    /// Said to come.
    Accepted,
    /// Said not to come.
    Declined,
    /// Was there.
    Present,
    /// Was not there.
    Absent,
    /// Was not there, and has caught up since: read the notes and what was prepared.
    CaughtUp,
}

impl From<practice::AttendanceStatus> for AttendanceStatus {
    fn from(status: practice::AttendanceStatus) -> Self {
        use practice::AttendanceStatus as Stored;
        match status {
            Stored::Accepted => Self::Accepted,
            Stored::Declined => Self::Declined,
            Stored::Present => Self::Present,
            Stored::Absent => Self::Absent,
            Stored::CaughtUp => Self::CaughtUp,
        }
    }
}

impl From<AttendeeStatus> for AttendanceStatus {
    fn from(status: AttendeeStatus) -> Self {
        match status {
            AttendeeStatus::Invited => Self::Invited,
            AttendeeStatus::Accepted => Self::Accepted,
            AttendeeStatus::Declined => Self::Declined,
            AttendeeStatus::Present => Self::Present,
            AttendeeStatus::Absent => Self::Absent,
        }
    }
}

/// Whether somebody was there.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Was there.
    Present,
    /// Was not there.
    Absent,
    /// Was not there, and has caught up since: read the notes and what was prepared.
    CaughtUp,
}

impl From<Presence> for practice::AttendanceStatus {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::Present => Self::Present,
            Presence::Absent => Self::Absent,
            Presence::CaughtUp => Self::CaughtUp,
        }
    }
}

/// Somebody who is to come to an occasion, or was there.
pub struct Attendance {
    person: PersonId,
    school: SchoolId,
    status: AttendanceStatus,
    expected: bool,
    responded_at: Option<DateTime<Utc>>,
}

impl Attendance {
    /// Somebody at a conversation about a child of `school`, or invited to it.
    pub fn of_attendee(row: &conversation_attendee::Model, school: SchoolId) -> Self {
        Self {
            person: row.person_id,
            school,
            status: row.status.into(),
            expected: true,
            responded_at: row.responded_at,
        }
    }
}

/// One person at one occasion. Until it is recorded, all who are to come today; then those who were to come that day, and
/// whoever else was there. Seen by who sees the occasion.
#[Object]
impl Attendance {
    /// Who.
    pub async fn person(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.person).await.map(Person)
    }

    /// For which school: who leads two schools of a cohort stands in the list once for each.
    pub async fn school(&self, ctx: &Context<'_>) -> Result<School> {
        loaders::present(ctx, self.school).await.map(School)
    }

    /// What the person said or did.
    pub async fn status(&self) -> AttendanceStatus {
        self.status
    }

    /// Whether the person was among those who were to come; false for a guest. The first record settles it.
    #[graphql(name = "isExpected")]
    pub async fn expected(&self) -> bool {
        self.expected
    }

    /// When the person said to come or not to come; null when nothing was said.
    pub async fn responded_at(&self) -> Option<DateTime<Utc>> {
        self.responded_at
    }
}

/// Who is to come or was there, by name: what is stored and, as long as it is planned, who of `roll` said nothing yet.
pub async fn attendance(
    ctx: &Context<'_>,
    occasion: Occasion,
    status: practice::OccasionStatus,
    roll: Vec<RollOf>,
) -> Result<Vec<Attendance>> {
    let mut listed: Vec<Attendance> = loaders::list(ctx, AttendanceOf(occasion), |row| Attendance {
        person: row.person_id,
        school: row.school_id,
        status: row.status.into(),
        expected: row.expected,
        responded_at: row.responded_at,
    })
    .await?;
    if status == practice::OccasionStatus::Planned {
        let rolls = loaders::many(ctx, roll).await?;
        let expected: Vec<(PersonId, SchoolId)> = rolls
            .into_iter()
            .flat_map(|(roll, persons)| persons.into_iter().map(move |person| (person, roll.school)))
            .collect();
        // Who answered and left since is not to come any more.
        listed.retain(|item| expected.contains(&(item.person, item.school)));
        for (person, school) in expected {
            if !listed.iter().any(|item| (item.person, item.school) == (person, school)) {
                let status = AttendanceStatus::Invited;
                listed.push(Attendance { person, school, status, expected: true, responded_at: None });
            }
        }
    }
    let persons = loaders::many(ctx, listed.iter().map(|item| item.person).collect()).await?;
    let name = |item: &Attendance| persons.get(&item.person).map(|person| person.display_name.clone());
    listed.sort_by_cached_key(|item| (name(item), item.person, item.school));
    Ok(listed)
}

/// Whether somebody was there.
#[derive(InputObject, Clone, Debug)]
pub struct AttendanceInput {
    /// Who: somebody who is to come, or another one of the same schools.
    pub person: ID,
    /// For which school, where the person leads several of the cohort; for all of them when absent.
    pub school: Option<ID>,
    /// Whether the person was there.
    pub status: Presence,
}

/// What people come to: a meeting or a team session.
#[derive(Union)]
#[graphql(name = "Occasion")]
pub enum OccasionNode {
    Meeting(Meeting),
    TeamSession(TeamSession),
}

impl From<Answered> for OccasionNode {
    fn from(answered: Answered) -> Self {
        match answered {
            Answered::Meeting(row) => Self::Meeting(Meeting(row)),
            Answered::TeamSession(row) => Self::TeamSession(TeamSession(row)),
        }
    }
}

/// Whether somebody is to come.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OccasionAnswer {
    /// Says to come.
    Accepted,
    /// Says not to come.
    Declined,
}

impl From<OccasionAnswer> for practice::AttendanceStatus {
    fn from(answer: OccasionAnswer) -> Self {
        match answer {
            OccasionAnswer::Accepted => Self::Accepted,
            OccasionAnswer::Declined => Self::Declined,
        }
    }
}

/// An answer to an invitation.
#[derive(InputObject)]
pub struct OccasionRespondInput {
    /// Which meeting or team session.
    pub occasion: ID,
    /// Whether the viewer is to come; who leads several schools of the cohort answers for all of them.
    pub answer: OccasionAnswer,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `occasionRespond`.
    OccasionRespondPayload {
        /// What was answered to; null when refused.
        occasion: OccasionNode
    }
}
