//! `extensions.replayed`: tells a client that its mutation was answered from an earlier one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::Response;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};

/// Set when a mutation of the request was answered from an earlier one.
#[derive(Debug, Default)]
pub struct Replayed(AtomicBool);

impl Replayed {
    /// From here on the answer says so.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Puts `replayed: true` beside the answer.
pub struct Replays;

impl ExtensionFactory for Replays {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Replays {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        if ctx.data_opt::<Arc<Replayed>>().is_some_and(|replayed| replayed.0.load(Ordering::Relaxed)) {
            response.extensions.insert("replayed".to_owned(), true.into());
        }
        response
    }
}
