//! How many items a list has.

use async_graphql::{Context, Object};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement};

use crate::call::Call;
use crate::platform::error::Result;

/// Counts the whole list, when it is asked for.
#[derive(Debug)]
pub enum TotalCount {
    /// As many as this selects.
    Of(Box<SelectStatement>),
    Known(usize),
}

#[Object]
impl TotalCount {
    /// How many items the whole list has for this viewer. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let select = match self {
            Self::Of(select) => (**select).clone(),
            Self::Known(count) => return Ok(i32::try_from(*count).ok()),
        };
        let db = Call::of(ctx).read().await?;
        let count = Query::select()
            .expr_as(Expr::cust("COUNT(*)"), Alias::new("count"))
            .from_subquery(select, Alias::new("list"))
            .to_owned();
        let row = db.query_one(&count).await?;
        let count: Option<i64> = row.map(|row| row.try_get("", "count")).transpose()?;
        Ok(count.and_then(|count| i32::try_from(count).ok()))
    }
}
