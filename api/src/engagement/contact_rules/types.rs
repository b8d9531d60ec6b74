//! The rules of a school, and the input and payload of their mutation.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, contact_rules};
use glans_entity::organisation::school;

use super::RulesOf;
use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::loaders;
use crate::payload;
use crate::platform::error::Result;
use crate::platform::scalars::LocalTime;
use crate::platform::size::list_size;

/// Who begins a thread at a school.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ThreadStarter")]
pub enum ThreadStarter {
    /// Teachers and leaders only; guardians answer.
    StaffOnly,
    /// Guardians as well.
    Everyone,
}

/// The hours of one day of the week, by the wall clock of the board.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct ContactHours {
    /// The day of the week (ISO 8601): 1 for Monday to 7 for Sunday.
    pub weekday: i32,
    /// When they begin.
    pub from: LocalTime,
    /// When they end, on the same day.
    pub until: LocalTime,
}

pub struct ContactRules(pub contact_rules::Model);

impl From<contact_rules::Model> for ContactRules {
    fn from(row: contact_rules::Model) -> Self {
        Self(row)
    }
}

/// How a school and families reach each other (*bereikbaarheid*). Read by everybody of the school, its guardians among them.
#[Object]
impl ContactRules {
    /// Who begins a thread.
    pub async fn may_start(&self) -> ThreadStarter {
        self.0.may_start.into()
    }

    /// The hours in which staff are reached, in the order of the week; on a day that is not there, they are not reached.
    #[graphql(directive = list_size::apply(5))]
    pub async fn hours(&self) -> Vec<ContactHours> {
        let day = |day: &engagement::DayHours| ContactHours {
            weekday: day.weekday.into(),
            from: LocalTime(day.from),
            until: LocalTime(day.until),
        };
        self.0.hours.0.iter().map(day).collect()
    }

    /// The zone of the hours, as `Europe/Amsterdam` (IANA): that of the board.
    pub async fn time_zone(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(loaders::present(ctx, self.0.board_id).await?.time_zone)
    }

    /// Working days within which staff answer, 1 to 20. A day with hours is a working day.
    pub async fn reply_term_days(&self) -> i32 {
        self.0.reply_days
    }

    /// Whether what a guardian sends outside the hours arrives at once; otherwise it arrives when the next hours begin. What
    /// staff send arrives at once always.
    pub async fn delivers_at_night(&self) -> bool {
        self.0.delivers_at_night
    }

    /// When they were changed last; null while the school keeps the usual ones.
    pub async fn updated_at(&self) -> Option<DateTime<Utc>> {
        (self.0.version > 0).then_some(self.0.updated_at)
    }

    /// Counts up with every change; give it as `ifVersion` to an update. 0 while the school keeps the usual ones.
    pub async fn version(&self) -> i32 {
        self.0.version
    }

    /// Whether the viewer may change them.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let place = Place { school: Some(self.0.school_id), ..Place::board(self.0.board_id) };
        if !access::allows(&Call::of(ctx).standing().actor, Action::FamilyRulesWrite, &place) {
            return Ok(false);
        }
        let school = loaders::one(ctx, self.0.school_id).await?;
        Ok(school.is_some_and(|school| school.archived_at.is_none()))
    }
}

/// The rules of a school in sight; none for who does not belong to it.
pub async fn contact_rules_of(ctx: &Context<'_>, school: &school::Model) -> Result<Option<ContactRules>> {
    let scope = Call::of(ctx).scope();
    if !scope.schools.contains(&school.id) && !scope.organisation_boards.contains(&school.board_id) {
        return Ok(None);
    }
    let rules = loaders::present(ctx, RulesOf(school.board_id, school.id)).await?;
    Ok(Some(ContactRules(rules)))
}

/// The hours of one day of the week.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct ContactHoursInput {
    /// The day of the week (ISO 8601): 1 for Monday to 7 for Sunday, each once.
    pub weekday: i32,
    /// When they begin.
    pub from: LocalTime,
    /// When they end: later than `from`, on the same day.
    pub until: LocalTime,
}

/// Changes to how a school and families reach each other. What is absent stays.
#[derive(InputObject)]
pub struct ContactRulesUpdateInput {
    /// Which school.
    pub school: ID,
    /// Who begins a thread.
    pub may_start: Option<ThreadStarter>,
    /// The hours in which staff are reached, in place of those before: 1 to 7 days.
    pub hours: Option<Vec<ContactHoursInput>>,
    /// Working days within which staff answer, 1 to 20.
    pub reply_term_days: Option<i32>,
    /// Whether what a guardian sends outside the hours arrives at once.
    pub delivers_at_night: Option<bool>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `contactRulesUpdate`.
    ContactRulesUpdatePayload {
        /// The rules as they are now; on a conflict, as somebody else left them; null when refused otherwise.
        contact_rules: ContactRules
    }
}
