//! The school, and which schools are asked for.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::metrics::Level;
use glans_entity::organisation::school;
use glans_entity::people::{Role, ScopeKind};

use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::engagement::consents::{ConsentPurpose, PurposesOf};
use crate::engagement::contact_rules::{ContactRules, contact_rules_of};
use crate::loaders;
use crate::metrics::engagement::{self, EngagementInput, EngagementReport};
use crate::organisation::boards::Board;
use crate::organisation::class_groups::{self, ClassGroup};
use crate::organisation::clusters::Cluster;
use crate::organisation::school_years::{SchoolYear, SchoolYearsOf};
use crate::people::memberships::HoldersOf;
use crate::people::persons::{self, Person};
use crate::people::students::{self, Student};
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::size::list_size;
use crate::practice::cohorts::{CohortsOf, SchoolCohort};

pub struct School(pub school::Model);

impl From<school::Model> for School {
    fn from(row: school::Model) -> Self {
        Self(row)
    }
}

/// A school (*school*, *vestiging*): one location of an institution. Seen by its staff, by the guardians of its
/// students, and by who administers the board or directs the cluster.
#[Object]
impl School {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the school is called, 1 to 120 characters.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// Code of the institution in the national register (BRIN): two digits and two letters; null when it has none.
    pub async fn brin(&self) -> Option<&str> {
        self.0.brin.as_deref()
    }

    /// Which location of the institution (*vestigingscode*): two digits, `00` for the main one; null when unknown.
    pub async fn location_code(&self) -> Option<&str> {
        self.0.location_code.as_deref()
    }

    /// Street, without the number; null when unknown.
    pub async fn street(&self) -> Option<&str> {
        self.0.street.as_deref()
    }

    /// Number in the street, with its addition; null when unknown.
    pub async fn house_number(&self) -> Option<&str> {
        self.0.house_number.as_deref()
    }

    /// Postcode, as `9306 TC`; null when unknown.
    pub async fn postcode(&self) -> Option<&str> {
        self.0.postcode.as_deref()
    }

    /// Town; null when unknown.
    pub async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// How engaged the families are, and how far the teams are with the course: as `engagement` of this school. Null for who
    /// sees no figures of it.
    pub async fn engagement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: EngagementInput,
    ) -> Result<Option<EngagementReport>> {
        engagement::of_place(ctx, Level::School, self.0.id.0, input).await
    }

    /// Students in the last year of the national register; null when unknown or fewer than five.
    pub async fn pupil_count(&self) -> Option<i32> {
        self.0.pupil_count
    }

    /// The board that the school belongs to.
    pub async fn board(&self, ctx: &Context<'_>) -> Result<Board> {
        loaders::present(ctx, self.0.board_id).await.map(Board)
    }

    /// The cluster that the school is in; null when it is in none, or the viewer may not see it.
    pub async fn cluster(&self, ctx: &Context<'_>) -> Result<Option<Cluster>> {
        let Some(id) = self.0.cluster_id else { return Ok(None) };
        Ok(loaders::one(ctx, id).await?.map(Cluster))
    }

    /// The leaders of the school (*schoolleiders*) whom the viewer may see, by name.
    #[graphql(directive = list_size::apply(2))]
    pub async fn leaders(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let holders = HoldersOf { role: Role::SchoolLeader, kind: ScopeKind::School, scope: self.0.id.0 };
        loaders::list(ctx, holders, Person).await
    }

    /// The people who have a role in the school and whom the viewer may see, by name: all of them for the staff
    /// itself, the teachers of the own children for a guardian.
    pub async fn staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Person>> {
        let args = PageArgs { first, after, last, before };
        persons::page(Call::of(ctx), persons::Of::School(self.0.board_id, self.0.id), args).await
    }

    /// The students of the school whom the viewer may see, by name; who left is not among them.
    pub async fn students(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Student>> {
        let args = PageArgs { first, after, last, before };
        students::page(Call::of(ctx), students::Of::School(self.0.id), args).await
    }

    /// The school years of the board, newest first.
    #[graphql(directive = list_size::apply(3))]
    pub async fn school_years(&self, ctx: &Context<'_>) -> Result<Vec<SchoolYear>> {
        loaders::list(ctx, SchoolYearsOf(self.0.board_id), SchoolYear).await
    }

    /// The class groups of one school year that the viewer may see, by name: all of them for the staff, those of the
    /// own children for a guardian.
    pub async fn class_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which school year; that of today when absent.")] school_year: Option<ID>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<ClassGroup>> {
        let args = PageArgs { first, after, last, before };
        class_groups::page(Call::of(ctx), self.0.id, school_year.as_ref(), args).await
    }

    /// How the school takes part in each course that it follows or followed, oldest first. Read by its staff, the
    /// leaders, directors and trainers of the cohort, and who administers the board.
    #[graphql(directive = list_size::apply(2))]
    pub async fn programme(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this cohort; in all when absent.")] cohort: Option<ID>,
    ) -> Result<Vec<SchoolCohort>> {
        let all = loaders::list(ctx, CohortsOf(self.0.id), SchoolCohort).await?;
        let Some(cohort) = cohort else { return Ok(all) };
        Ok(all.into_iter().filter(|taken| cohort.parse() == Ok(taken.0.cohort_id)).collect())
    }

    /// How the school and families reach each other. Read by everybody of the school, its guardians among them; null for
    /// others.
    pub async fn contact_rules(&self, ctx: &Context<'_>) -> Result<Option<ContactRules>> {
        contact_rules_of(ctx, &self.0).await
    }

    /// What the school asks the guardians of its students for, each school year anew, oldest first.
    #[graphql(directive = list_size::apply(10))]
    pub async fn consent_purposes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Also those that are asked no more; false when absent.")] include_archived: Option<bool>,
    ) -> Result<Vec<ConsentPurpose>> {
        let mut purposes = loaders::list(ctx, PurposesOf(self.0.id), ConsentPurpose).await?;
        purposes.retain(|purpose| include_archived.unwrap_or_default() || purpose.0.archived_at.is_none());
        Ok(purposes)
    }

    /// Whether the viewer may change the details of the school; false once it was closed.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let may_edit = access::allows(&Call::of(ctx).standing().actor, Action::SchoolUpdate, &Place::from(&self.0));
        Ok(may_edit && self.0.archived_at.is_none())
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

    /// When the school was closed; null while it is in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }
}

/// Which schools.
#[derive(InputObject, Default)]
pub struct SchoolFilter {
    /// Only those of this cluster.
    pub cluster: Option<ID>,
    /// Also those that were closed; false when absent.
    pub include_archived: Option<bool>,
}

/// By what a list of schools is ordered.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchoolOrderField {
    /// By name.
    #[default]
    Name,
    /// By the time of making.
    CreatedAt,
}

/// In which direction a list goes.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderDirection {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

/// The order of a list of schools; the id breaks ties.
#[derive(InputObject, Clone, Copy, Default)]
pub struct SchoolOrder {
    /// By what.
    pub field: SchoolOrderField,
    /// In which direction.
    pub direction: OrderDirection,
}
