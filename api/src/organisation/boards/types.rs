//! The board and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use glans_entity::organisation::board;

use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::loaders;
use crate::organisation::clusters::{self, Cluster, ClusterFilter};
use crate::organisation::school_years::{SchoolYear, SchoolYearsOf};
use crate::organisation::schools::{self, School, SchoolFilter, SchoolOrder};
use crate::payload;
use crate::people::persons::{self, Person};
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::size::list_size;

pub struct Board(pub board::Model);

impl From<board::Model> for Board {
    fn from(row: board::Model) -> Self {
        Self(row)
    }
}

/// A school board (*schoolbestuur*, *bevoegd gezag*): the tenant. Nothing crosses its border except the content of
/// courses. Seen by everybody who has a role or a child in it.
#[Object]
impl Board {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the board is called, 1 to 120 characters.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// Number in the national register (*bevoegd-gezagnummer*), five digits; null when the board is not in it.
    pub async fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// IANA name of the zone by whose clock the contact hours of its schools, reminders and the times in letters go;
    /// `Europe/Amsterdam` unless the board told another. Today, and the weeks and months of metrics, are those of the
    /// Netherlands everywhere.
    pub async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Engagement metrics show no figure of fewer than this, 5 to 100; null where the board leaves it to each metric
    /// (`MetricDefinition.leastShown`, 10 by language). Where that is more, it holds. Lessons are shown all the same.
    pub async fn least_shown(&self) -> Option<i32> {
        self.0.least_shown
    }

    /// The schools of the board that the viewer may see, by name unless told otherwise.
    pub async fn schools(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all when absent.")] filter: Option<SchoolFilter>,
        #[graphql(desc = "In which order; by name when absent.")] order_by: Option<SchoolOrder>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<School>> {
        let args = PageArgs { first, after, last, before };
        schools::page(Call::of(ctx), schools::Of::Board(self.0.id), filter, order_by, args).await
    }

    /// The clusters of the board that the viewer may see, by name.
    pub async fn clusters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all that are in use when absent.")] filter: Option<ClusterFilter>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Cluster>> {
        let args = PageArgs { first, after, last, before };
        clusters::page(Call::of(ctx), Some(self.0.id), filter, args).await
    }

    /// The people of the board whom the viewer may see, staff and guardians alike, by name; archived ones are not
    /// among them.
    pub async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Person>> {
        let args = PageArgs { first, after, last, before };
        persons::page(Call::of(ctx), persons::Of::Board(self.0.id), args).await
    }

    /// The school years of the board, newest first.
    #[graphql(directive = list_size::apply(3))]
    pub async fn school_years(&self, ctx: &Context<'_>) -> Result<Vec<SchoolYear>> {
        loaders::list(ctx, SchoolYearsOf(self.0.id), SchoolYear).await
    }

    /// Whether the viewer may change the board.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        access::allows(&Call::of(ctx).standing().actor, Action::BoardUpdate, &Place::from(&self.0))
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

    /// When the board was closed; null while it is in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }
}

/// A new board. Who founds it becomes its first administrator.
#[derive(InputObject)]
pub struct BoardCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// What the board is called, 1 to 120 characters.
    pub name: String,
    /// Leave it out: the number in the national register is set by who operates Glans, with `glans import duo`. Anything else
    /// is refused with FORBIDDEN.
    pub number: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a board. What is absent stays.
#[derive(InputObject)]
pub struct BoardUpdateInput {
    /// Which board.
    pub id: ID,
    /// What the board is called, 1 to 120 characters.
    pub name: Option<String>,
    /// The number that it has, or leave it out: the number in the national register is set by who operates Glans, with
    /// `glans import duo`. Any other, and null where it has one, is refused with FORBIDDEN.
    pub number: MaybeUndefined<String>,
    /// Show no metrics of fewer, 5 to 100; null leaves it to each metric. All published figures are hidden at once, and
    /// shown again by the new number within some minutes. Files that were exported are gone: start them again.
    pub least_shown: MaybeUndefined<i32>,
    /// By which clock contact hours, reminders and the times in letters go: a name of the IANA time zone database, as
    /// `Europe/Amsterdam`. What is planned stays at its instant.
    pub time_zone: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Closes a board. Its history stays.
#[derive(InputObject)]
pub struct BoardArchiveInput {
    /// Which board.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `boardCreate`.
    BoardCreatePayload {
        /// The new board; null when refused.
        board: Board,
        board_edge
    }
}

payload! {
    /// The answer to `boardUpdate`.
    BoardUpdatePayload {
        /// The board as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        board: Board
    }
}

payload! {
    /// The answer to `boardArchive`.
    BoardArchivePayload {
        /// The closed board; on a conflict, as somebody else left it; null when refused otherwise.
        board: Board
    }
}
