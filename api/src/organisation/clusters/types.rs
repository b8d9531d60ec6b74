//! The cluster and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::metrics::Level;
use glans_entity::organisation::cluster;
use glans_entity::people::{Role, ScopeKind};

use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::loaders;
use crate::metrics::engagement::{self, EngagementInput, EngagementReport};
use crate::organisation::boards::Board;
use crate::organisation::schools::{self, School, SchoolFilter, SchoolOrder};
use crate::payload;
use crate::people::memberships::HoldersOf;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::size::list_size;

pub struct Cluster(pub cluster::Model);

impl From<cluster::Model> for Cluster {
    fn from(row: cluster::Model) -> Self {
        Self(row)
    }
}

/// A cluster (*cluster*): schools of one board under one director. Seen by who administers the board, by its director
/// and by the staff of its schools.
#[Object]
impl Cluster {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the cluster is called, 1 to 120 characters, unique in the board.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// The board that the cluster belongs to.
    pub async fn board(&self, ctx: &Context<'_>) -> Result<Board> {
        loaders::present(ctx, self.0.board_id).await.map(Board)
    }

    /// How engaged the families are, and how far the teams are with the course: as `engagement` of this cluster. Null for who
    /// sees no figures of it.
    pub async fn engagement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: EngagementInput,
    ) -> Result<Option<EngagementReport>> {
        engagement::of_place(ctx, Level::Cluster, self.0.id.0, input).await
    }

    /// The directors of the cluster (*clusterdirecteuren*) whom the viewer may see, by name.
    #[graphql(directive = list_size::apply(2))]
    pub async fn directors(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let holders = HoldersOf { role: Role::ClusterDirector, kind: ScopeKind::Cluster, scope: self.0.id.0 };
        loaders::list(ctx, holders, Person).await
    }

    /// The schools of the cluster that the viewer may see, by name unless told otherwise.
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
        schools::page(Call::of(ctx), schools::Of::Cluster(self.0.id), filter, order_by, args).await
    }

    /// Whether the viewer may change the cluster; false once it was closed.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let may_edit = access::allows(&Call::of(ctx).standing().actor, Action::ClusterUpdate, &Place::from(&self.0));
        may_edit && self.0.archived_at.is_none()
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

    /// When the cluster was closed; null while it is in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }
}

/// Which clusters.
#[derive(InputObject, Default)]
pub struct ClusterFilter {
    /// Also those that were closed; false when absent.
    pub include_archived: Option<bool>,
}

/// A new cluster.
#[derive(InputObject)]
pub struct ClusterCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The board that it belongs to.
    pub board: ID,
    /// What the cluster is called, 1 to 120 characters, unique in the board.
    pub name: String,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a cluster. What is absent stays.
#[derive(InputObject)]
pub struct ClusterUpdateInput {
    /// Which cluster.
    pub id: ID,
    /// What the cluster is called, 1 to 120 characters, unique in the board.
    pub name: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Closes a cluster. Its history stays.
#[derive(InputObject)]
pub struct ClusterArchiveInput {
    /// Which cluster.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `clusterCreate`.
    ClusterCreatePayload {
        /// The new cluster; null when refused.
        cluster: Cluster,
        cluster_edge
    }
}

payload! {
    /// The answer to `clusterUpdate`.
    ClusterUpdatePayload {
        /// The cluster as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        cluster: Cluster
    }
}

payload! {
    /// The answer to `clusterArchive`.
    ClusterArchivePayload {
        /// The closed cluster; on a conflict, as somebody else left it; null when refused otherwise.
        cluster: Cluster
    }
}
