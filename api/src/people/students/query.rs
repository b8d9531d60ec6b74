//! Reading students.

use async_graphql::{Context, ID, Object};

use super::store::{self, Of};
use super::types::Student;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read students.
#[derive(Default)]
pub struct StudentQuery;

#[Object]
impl StudentQuery {
    /// One student; null when there is none with this id that the viewer may see.
    async fn student(&self, ctx: &Context<'_>, #[graphql(desc = "Which student.")] id: ID) -> Result<Option<Student>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(store::by_id(&*call.read().await?, &call.scope(), id).await?.map(Student))
    }
}

/// The own children of the viewer, as far as the guardianships let them be seen, by name.
pub async fn of_viewer(call: &Call) -> Result<Vec<Student>> {
    let scope = call.scope();
    if scope.children.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::by_ids(&*call.read().await?, &scope, &scope.children).await?;
    Ok(rows.into_iter().map(Student).collect())
}

/// One page of the students of `of`.
pub async fn page(call: &Call, of: Of, args: PageArgs) -> Result<Page<Student>> {
    let rows = store::page(&*call.read().await?, &call.scope(), of, &args).await?;
    Ok(rows.into_page(Student))
}
