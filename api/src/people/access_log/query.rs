//! Reading the log.

use super::opened::Subject;
use super::store;
use super::types::AccessLogEntry;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// One page of the log of a record, as far as the viewer may read it.
pub async fn page(call: &Call, of: Subject, args: PageArgs) -> Result<Page<AccessLogEntry>> {
    let rows = store::page(&*call.read().await?, &call.scope(), of, &args).await?;
    Ok(rows.into_page(AccessLogEntry))
}
