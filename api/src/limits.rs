//! How much one request may ask for, readable.

use async_graphql::{Context, Object, SimpleObject};

use crate::call::Call;
use crate::door;
use crate::http::Allowance;
use crate::platform::page;

/// How much one request of this viewer may ask for. A request over a limit is refused before anything runs.
#[derive(SimpleObject)]
pub struct ApiLimits {
    /// Bytes of a request body.
    body_bytes: i32,
    /// Lexical tokens of a document.
    tokens: i32,
    /// Fields below each other, fragments expanded.
    depth: i32,
    /// Fields of a document, fragments expanded.
    fields: i32,
    /// Aliases of a document.
    aliases: i32,
    /// Root fields of one operation, fragments expanded.
    root_fields: i32,
    /// Directives of a document.
    directives: i32,
    /// Points that one operation may cost: one for each object, and a connection as often as its page has items.
    cost: i32,
    /// Points in the full bucket that operations, charts, reports and downloads are paid from.
    bucket: i32,
    /// Points that come back to the bucket every second.
    restore_rate: i32,
    /// Items in a page at most.
    page_size: i32,
}

/// Reading the limits.
#[derive(Default)]
pub struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// The limits of who is asking; also for who is not signed in.
    async fn api_limits(&self, ctx: &Context<'_>) -> ApiLimits {
        let kind = door::kind(&Call::of(ctx).standing());
        let (limits, allowance) = (kind.limits(), Allowance::of(kind));
        ApiLimits {
            body_bytes: shown(limits.body_bytes),
            tokens: shown(limits.tokens),
            depth: shown(limits.selection_depth),
            fields: shown(limits.fields),
            aliases: shown(limits.aliases),
            root_fields: shown(limits.root_fields),
            directives: shown(limits.directives),
            cost: shown(limits.cost),
            bucket: shown(allowance.capacity),
            restore_rate: shown(allowance.per_second),
            page_size: shown(page::LARGEST_SIZE),
        }
    }
}

fn shown(limit: impl TryInto<i32>) -> i32 {
    limit.try_into().unwrap_or(i32::MAX)
}
