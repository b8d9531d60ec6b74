//! Operations that are validated and not run.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Data, Response, async_trait};

/// Stands in the data of an operation that is not to run.
struct Dry;

/// The data of an operation that is only validated. There is nothing else in it: a resolver would find nobody who asks.
pub(super) fn data() -> Data {
    let mut data = Data::default();
    data.insert(Dry);
    data
}

/// Answers what has [`data`] with nothing, once it was found valid.
#[derive(Debug, Clone, Copy)]
pub(super) struct DryRuns;

impl ExtensionFactory for DryRuns {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for DryRuns {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if ctx.data_opt::<Dry>().is_some() { Response::default() } else { next.run(ctx, operation_name).await }
    }
}
