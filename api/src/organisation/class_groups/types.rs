//! The class group and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::organisation::class_group;
use glans_entity::people::{Role, ScopeKind};

use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::engagement::absences::{AbsenceNotice, AbsencesIn};
use crate::loaders;
use crate::organisation::school_years::SchoolYear;
use crate::organisation::schools::School;
use crate::payload;
use crate::people::memberships::HoldersOf;
use crate::people::persons::Person;
use crate::people::students::{self, Student};
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;

pub struct ClassGroup(pub class_group::Model);

impl From<class_group::Model> for ClassGroup {
    fn from(row: class_group::Model) -> Self {
        Self(row)
    }
}

/// A class group (*groep*, *klas*) of one school and school year. Seen by the staff of the school, by the guardians of
/// its students, and by who administers the board or directs the cluster.
#[Object]
impl ClassGroup {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the group is called, 1 to 40 characters, unique in its school and school year.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// The grades in the group, `1` to `8`, lowest first; several in a combination group (*combinatiegroep*), none
    /// where it has no grade.
    pub async fn grades(&self) -> &[String] {
        &self.0.grades.0
    }

    /// The school that the group belongs to.
    pub async fn school(&self, ctx: &Context<'_>) -> Result<School> {
        loaders::present(ctx, self.0.school_id).await.map(School)
    }

    /// The school year in which the group exists.
    pub async fn school_year(&self, ctx: &Context<'_>) -> Result<SchoolYear> {
        loaders::present(ctx, self.0.school_year_id).await.map(SchoolYear)
    }

    /// The teachers of the group (*leerkrachten*), by name.
    #[graphql(directive = list_size::apply(2))]
    pub async fn teachers(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let holders = HoldersOf { role: Role::Teacher, kind: ScopeKind::ClassGroup, scope: self.0.id.0 };
        loaders::list(ctx, holders, Person).await
    }

    /// The students who are in the group today and whom the viewer may see, by name: all of them for who leads the
    /// school or teaches the group, the own children for a guardian.
    pub async fn students(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Student>> {
        let args = PageArgs { first, after, last, before };
        students::page(Call::of(ctx), students::Of::ClassGroup(self.0.id), args).await
    }

    /// Who of its students does not come on a day, as their guardians say: all of them for who leads the school or teaches
    /// the group, the own children for a guardian. Without what was withdrawn.
    #[graphql(directive = list_size::apply(5))]
    pub async fn absences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today when absent.")] on: Option<LocalDate>,
    ) -> Result<Vec<AbsenceNotice>> {
        let on = on.map_or(Call::of(ctx).today(), |day| day.0);
        loaders::list(ctx, AbsencesIn { group: self.0.id, on }, AbsenceNotice).await
    }

    /// Whether the viewer may change the group; false once it or its school was closed.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let school = loaders::present(ctx, self.0.school_id).await?;
        let place = Place::class_group(&self.0, &school);
        let may_edit = access::allows(&Call::of(ctx).standing().actor, Action::ClassGroupUpdate, &place);
        Ok(may_edit && self.0.archived_at.or(school.archived_at).is_none())
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

    /// When the group was closed; null while it is in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }
}

/// A new class group.
#[derive(InputObject)]
pub struct ClassGroupCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The school that it belongs to.
    pub school: ID,
    /// The school year in which it exists; one of the board.
    pub school_year: ID,
    /// What the group is called, 1 to 40 characters, unique in its school and school year.
    pub name: String,
    /// The grades in it, `1` to `8`; empty for none.
    pub grades: Vec<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a class group. What is absent stays.
#[derive(InputObject)]
pub struct ClassGroupUpdateInput {
    /// Which class group.
    pub id: ID,
    /// What the group is called, 1 to 40 characters, unique in its school and school year.
    pub name: Option<String>,
    /// The grades in it, `1` to `8`; empty for none.
    pub grades: Option<Vec<String>>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Closes a class group. Its history stays.
#[derive(InputObject)]
pub struct ClassGroupArchiveInput {
    /// Which class group.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `classGroupCreate`.
    ClassGroupCreatePayload {
        /// The new class group; null when refused.
        class_group: ClassGroup,
        class_group_edge
    }
}

payload! {
    /// The answer to `classGroupUpdate`.
    ClassGroupUpdatePayload {
        /// The class group as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        class_group: ClassGroup
    }
}

payload! {
    /// The answer to `classGroupArchive`.
    ClassGroupArchivePayload {
        /// The closed class group; on a conflict, as somebody else left it; null when refused otherwise.
        class_group: ClassGroup
    }
}
