//! What `/graphql` keeps between requests.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use async_graphql::parser::parse_schema;
use async_graphql::{ObjectType, SchemaBuilder, SubscriptionType, parser};

use super::cost::TypeCosts;
use super::departing::Departing;
use super::documents::Documents;
use super::dry::DryRuns;
use super::health::Stopping;
use super::nulls::NearestNull;
use super::settings::Settings;
use super::stream::Streams;
use super::till::Till;
use super::variables::Inputs;
use crate::platform::size::ByInput;

/// A schema behind its walls.
pub struct Endpoint<S, H> {
    pub(super) schema: S,
    pub(super) house: H,
    pub(super) settings: Settings,
    pub(super) types: TypeCosts,
    pub(super) inputs: Inputs,
    pub(super) departing: Departing,
    pub(super) documents: Documents,
    pub(super) till: Till,
    pub(super) streams: Streams,
    pub(super) stopping: Stopping,
}

impl<S, H> Endpoint<S, H> {
    /// `sdl` is the schema's own: costs are read from it, but for what costs `by_input`, and what it takes.
    pub fn new(
        schema: S,
        sdl: &str,
        by_input: &[ByInput],
        house: H,
        settings: Settings,
    ) -> Result<Self, parser::Error> {
        let types = parse_schema(sdl)?;
        Ok(Self {
            types: TypeCosts::of(&types).counting(by_input),
            inputs: Inputs::of(&types),
            departing: Departing::of(&types),
            documents: Documents::new(),
            till: Till::new(settings.rate_limits),
            streams: Streams::default(),
            stopping: Stopping::default(),
            schema,
            house,
            settings,
        })
    }

    /// Where doors beside GraphQL are paid for, from the same buckets as operations.
    pub fn till(&self) -> Till {
        self.till.clone()
    }

    /// Keeps in `open` how many sockets and event streams there are.
    #[must_use]
    pub fn counting_streams_in(mut self, open: Arc<AtomicUsize>) -> Self {
        self.streams = Streams::counted_in(open);
        self
    }
}

/// What every schema behind these walls needs of the engine: null where the specification puts it, dry runs that stop after
/// validation, and no hints about names that the client did not guess right.
pub fn hardened<Q, M, S>(schema: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    schema.disable_suggestions().extension(NearestNull).extension(DryRuns)
}
