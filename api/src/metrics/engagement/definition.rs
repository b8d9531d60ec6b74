//! What each metric is, in words.

use async_graphql::{Context, Object};

use super::types::Metric;
use crate::call::Call;
use crate::metrics::definitions::{self, Counting, Definition};
use crate::metrics::texts;
use crate::platform::speech::Speech;

pub struct MetricDefinition(pub(super) Definition);

/// How a metric is made.
#[Object]
impl MetricDefinition {
    /// Which metric.
    pub async fn metric(&self) -> Metric {
        self.0.metric.into()
    }

    /// Counts up when the formula changes. A figure keeps the one by which it was made, as `definitionVersion`.
    pub async fn version(&self) -> i32 {
        self.0.version
    }

    /// What it is called, in a few words, in the viewer's language (Dutch or English).
    pub async fn title(&self, ctx: &Context<'_>) -> String {
        texts::title(speech(ctx), self.0.metric)
    }

    /// What is counted and of what, in a sentence, in the viewer's language.
    pub async fn formula(&self, ctx: &Context<'_>) -> String {
        texts::formula(speech(ctx), self.0.metric)
    }

    /// What the counts are of, in the plural and in the viewer's language, as `students`.
    pub async fn unit(&self, ctx: &Context<'_>) -> String {
        texts::unit(speech(ctx), self.0.metric)
    }

    /// Whether figures tell how it stands at the end of a period, and not what happened in it.
    #[graphql(name = "atPeriodEnd")]
    pub async fn is_at_period_end(&self) -> bool {
        self.0.counting == Counting::Standing
    }

    /// A figure of fewer is hidden; by language 10 for every metric. 1 of lessons, which are nobody.
    pub async fn least_shown(&self) -> i32 {
        i32::try_from(definitions::least(self.0.metric)).unwrap_or(i32::MAX)
    }
}

fn speech(ctx: &Context<'_>) -> &'static Speech {
    texts::speech_of_first(Call::of(ctx).languages.iter().map(String::as_str))
}
