//! The student and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::SchoolYearId;
use glans_entity::people::student;

use super::loaders::PlaceOf;
use crate::access::{self, Action};
use crate::call::Call;
use crate::engagement::absences::{AbsenceNotice, AbsencesOf};
use crate::engagement::consents::{AskedAbout, StudentConsent};
use crate::engagement::contact::ContactMoment;
use crate::engagement::contact::moments::contact_moments_of;
use crate::engagement::partnerships::{Partnership, PartnershipOf};
use crate::loaders;
use crate::organisation::class_groups::ClassGroup;
use crate::organisation::schools::School;
use crate::payload;
use crate::people::access_log::{self, AccessLogEntry, Opens, Subject};
use crate::people::enrolments::ClassGroupsOf;
use crate::people::guardianships::{Guardianship, GuardianshipsOf, OwnChild};
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;

/// Fields of a list of students: the name, where the child is, and what an app keeps the list by.
const LISTED: &[&str] =
    &["displayName", "school", "classGroups", "leftOn", "viewerCanEdit", "createdAt", "updatedAt", "version"];

pub struct Student(pub student::Model);

impl From<student::Model> for Student {
    fn from(row: student::Model) -> Self {
        Self(row)
    }
}

impl Student {
    async fn viewer_may(&self, ctx: &Context<'_>, action: Action) -> Result<bool> {
        let place = loaders::present(ctx, PlaceOf(self.0.id)).await?;
        Ok(access::allows(&Call::of(ctx).standing().actor, action, &place))
    }
}

/// A student (*leerling*): minimal data. Seen by who leads the school or teaches the class group, by the own guardians,
/// and by who administers the board or directs the cluster.
#[Object(guard = "Opens::child(self.0.board_id, self.0.id).beyond(LISTED)")]
impl Student {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The name to show, 1 to 120 characters.
    pub async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The school's own number (*leerlingnummer*), never the citizen service number; for staff only, null for others
    /// and when there is none.
    pub async fn number(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let Some(number) = &self.0.number else { return Ok(None) };
        Ok(self.viewer_may(ctx, Action::StudentNumberRead).await?.then_some(number))
    }

    /// The school that the student goes to, or went to last.
    pub async fn school(&self, ctx: &Context<'_>) -> Result<School> {
        loaders::present(ctx, self.0.school_id).await.map(School)
    }

    /// The class groups in which the student is today.
    #[graphql(directive = list_size::apply(2))]
    pub async fn class_groups(&self, ctx: &Context<'_>) -> Result<Vec<ClassGroup>> {
        loaders::list(ctx, ClassGroupsOf(self.0.id), ClassGroup).await
    }

    /// The relations to guardians: all of them for staff, only the own one for a guardian. Those to be called first come
    /// first.
    #[graphql(directive = list_size::apply(2))]
    pub async fn guardianships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Also those that are over; false when absent.")] include_ended: Option<bool>,
    ) -> Result<Vec<Guardianship>> {
        let (all, today) = (include_ended.unwrap_or_default(), Call::of(ctx).today());
        let mut found = loaders::list(ctx, GuardianshipsOf(self.0.id), Guardianship).await?;
        found.retain(|guardianship| all || !guardianship.is_over(today));
        Ok(found)
    }

    /// The partnership with the guardians in a school year; null when there is none that the viewer may see.
    pub async fn partnership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which school year; that of today when absent.")] school_year: Option<ID>,
    ) -> Result<Option<Partnership>> {
        let year = school_year.map(|id| id.parse().unwrap_or_else(|_| SchoolYearId::new()));
        Ok(loaders::one(ctx, PartnershipOf { student: self.0.id, year }).await?.map(Partnership))
    }

    /// The short contacts with guardians, the latest first: all of them for who teaches the student or leads the school; for
    /// a guardian who has everything of the student, the compliments that are for them.
    pub async fn contact_moments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<ContactMoment>> {
        contact_moments_of(Call::of(ctx), self.0.id, PageArgs { first, after, last, before }).await
    }

    /// What guardians say of days that the student does not come, earliest first, without what was withdrawn. Only for the
    /// leaders of the school, the teachers of the class groups, and guardians who may have everything of the student.
    #[graphql(directive = list_size::apply(5))]
    pub async fn absences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; today when absent.")] from: Option<LocalDate>,
        #[graphql(desc = "The last day; a year after the first when absent.")] until: Option<LocalDate>,
    ) -> Result<Vec<AbsenceNotice>> {
        let from = from.map_or(Call::of(ctx).today(), |day| day.0);
        let year = || from.checked_add_days(chrono::Days::new(366)).unwrap_or(from);
        let until = until.map_or_else(year, |day| day.0);
        loaders::list(ctx, AbsencesOf { student: self.0.id, from, until }, AbsenceNotice).await
    }

    /// What the school asks the guardians of the student this school year, and what they answered; also what they granted
    /// before and is not asked any more. Only for the leaders of the school, the teachers of the class groups, and guardians
    /// who may have everything of the student.
    #[graphql(directive = list_size::apply(10))]
    pub async fn consents(&self, ctx: &Context<'_>) -> Result<Vec<StudentConsent>> {
        loaders::list(ctx, AskedAbout(self.0.id), StudentConsent).await
    }

    /// Which staff opened the record of the child in the last year, the last one first: what there is of the child beyond the
    /// name, the school and the class groups. For guardians who have everything of the child, and for administrators of the
    /// board, but not of their own family; empty for others. Guardians do not stand in it.
    pub async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<AccessLogEntry>> {
        access_log::page(Call::of(ctx), Subject::Child(self.0.id), PageArgs { first, after, last, before }).await
    }

    /// The last day at the school; null while no end is known.
    pub async fn left_on(&self) -> Option<LocalDate> {
        self.0.left_on.map(LocalDate)
    }

    /// Whether the viewer may change the student; false for the guardians of the student.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        if !self.viewer_may(ctx, Action::StudentWrite).await? {
            return Ok(false);
        }
        let own = loaders::one(ctx, OwnChild(self.0.id)).await?;
        Ok(!own.unwrap_or_default())
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A new student.
#[derive(InputObject)]
pub struct StudentCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The school that the student goes to.
    pub school: ID,
    /// The name to show, 1 to 120 characters.
    pub display_name: String,
    /// The school's own number, 1 to 40 characters, unique in the school; a citizen service number (BSN) is refused.
    pub number: Option<String>,
    /// The class groups in which the student is from today on, at most 10; absent for none.
    pub class_groups: Option<Vec<ID>>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a student. What is absent stays.
#[derive(InputObject)]
pub struct StudentUpdateInput {
    /// Which student.
    pub id: ID,
    /// The name to show, 1 to 120 characters.
    pub display_name: Option<String>,
    /// The school's own number, 1 to 40 characters, unique in the school; null clears it.
    pub number: MaybeUndefined<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Lets a student leave the school.
#[derive(InputObject)]
pub struct StudentLeaveInput {
    /// Which student.
    pub id: ID,
    /// The last day at the school, within a year of today; today when absent.
    pub on: Option<LocalDate>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `studentCreate`.
    StudentCreatePayload {
        /// The new student; null when refused.
        student: Student,
        student_edge
    }
}

payload! {
    /// The answer to `studentUpdate`.
    StudentUpdatePayload {
        /// The student as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        student: Student
    }
}

payload! {
    /// The answer to `studentLeave`.
    StudentLeavePayload {
        /// The student with the last day; on a conflict, as somebody else left it; null when refused otherwise.
        student: Student
    }
}
