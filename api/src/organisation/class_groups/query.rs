//! Reading class groups.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::SchoolId;

use super::store::{self, Year};
use super::types::ClassGroup;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read class groups.
#[derive(Default)]
pub struct ClassGroupQuery;

#[Object]
impl ClassGroupQuery {
    /// One class group; null when there is none with this id that the viewer may see.
    async fn class_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which class group.")] id: ID,
    ) -> Result<Option<ClassGroup>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(store::by_id(&*call.read().await?, &call.scope(), id).await?.map(ClassGroup))
    }
}

/// One page of the class groups of `school` in the school year `year`, or in that of today.
pub async fn page(call: &Call, school: SchoolId, year: Option<&ID>, args: PageArgs) -> Result<Page<ClassGroup>> {
    let year = match year {
        // An id that is none matches nothing, like that of a year out of sight.
        Some(id) => id.parse().map_or(Year::Is(glans_entity::ids::SchoolYearId(uuid::Uuid::nil())), Year::Is),
        None => Year::Of(call.today()),
    };
    let rows = store::page(&*call.read().await?, &call.scope(), school, year, &args).await?;
    Ok(rows.into_page(ClassGroup))
}
