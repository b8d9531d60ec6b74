//! The absence notice, and the inputs and payloads of its mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, absence_notice};

use super::rules;
use crate::call::Call;
use crate::loaders;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::scalars::{Instant, LocalDate};

/// Why a child does not come.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::AbsenceReason")]
pub enum AbsenceReason {
    /// It is ill.
    Sick,
    /// It is with a doctor, dentist or the like.
    Appointment,
    /// Something in the family.
    Family,
    /// Something else; the note may say what.
    Other,
}

pub struct AbsenceNotice(pub absence_notice::Model);

impl From<absence_notice::Model> for AbsenceNotice {
    fn from(row: absence_notice::Model) -> Self {
        Self(row)
    }
}

impl AbsenceNotice {
    /// Another guardian of the child sees that there is a notice, and neither why nor whose it is.
    fn is_open(&self, ctx: &Context<'_>) -> bool {
        let scope = Call::of(ctx).scope();
        !scope.kin.contains(&self.0.student_id) || scope.persons.contains(&self.0.guardian_id)
    }
}

/// What a guardian says of days that a child does not come (*absentiemelding*). Seen by the leaders of the school, the
/// teachers of the child's class groups, and the guardians who may have everything of the child.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id).with_guardian(self.0.guardian_id)")]
impl AbsenceNotice {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The child.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        loaders::present(ctx, self.0.student_id).await.map(Student)
    }

    /// The first day.
    pub async fn starts_on(&self) -> LocalDate {
        LocalDate(rules::day(self.0.starts_at))
    }

    /// The last day.
    pub async fn ends_on(&self) -> LocalDate {
        LocalDate(rules::last_day(self.0.ends_at))
    }

    /// From when on the first day; null for the whole day.
    pub async fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.0.has_start_time.then_some(self.0.starts_at)
    }

    /// Until when on the last day; null for the whole day.
    pub async fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.has_end_time.then_some(self.0.ends_at)
    }

    /// Why; null for another guardian than the one who reported it.
    pub async fn reason(&self, ctx: &Context<'_>) -> Option<AbsenceReason> {
        self.is_open(ctx).then(|| self.0.reason.into())
    }

    /// What the guardian adds, 1 to 500 characters; null where there is nothing, and for another guardian.
    pub async fn note(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.note.as_deref().filter(|_| self.is_open(ctx))
    }

    /// Who reported it; null for another guardian.
    pub async fn reported_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        if !self.is_open(ctx) {
            return Ok(None);
        }
        Ok(loaders::one(ctx, self.0.guardian_id).await?.map(Person))
    }

    /// When it was withdrawn; null while it stands.
    pub async fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.withdrawn_at
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` when you withdraw it.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A new notice.
#[derive(InputObject)]
pub struct AbsenceReportInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// Which child.
    pub student: ID,
    /// The first day, from yesterday on.
    pub starts_on: LocalDate,
    /// The last day, within 92 days; the first day when absent.
    pub ends_on: Option<LocalDate>,
    /// From when on the first day; the whole day when absent.
    pub starts_at: Option<Instant>,
    /// Until when on the last day; the whole day when absent.
    pub ends_at: Option<Instant>,
    /// Why.
    pub reason: AbsenceReason,
    /// More about it, for the teachers, 1 to 500 characters; absent for nothing.
    pub note: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Withdraws a notice.
#[derive(InputObject)]
pub struct AbsenceWithdrawInput {
    /// Which notice.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `absenceReport`.
    AbsenceReportPayload {
        /// The new notice; null when refused.
        absence_notice: AbsenceNotice
    }
}

payload! {
    /// The answer to `absenceWithdraw`.
    AbsenceWithdrawPayload {
        /// The notice as it is now; on a conflict, as it was left; null when refused otherwise.
        absence_notice: AbsenceNotice
    }
}
