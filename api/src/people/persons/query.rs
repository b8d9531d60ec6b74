//! Reading persons.

use super::store::{self, Of};
use super::types::Person;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// One page of the people of `of`.
pub async fn page(call: &Call, of: Of, args: PageArgs) -> Result<Page<Person>> {
    let rows = store::page(&*call.read().await?, &call.scope(), of, &args).await?;
    Ok(rows.into_page(Person))
}
