//! Usage as it is shown.

use async_graphql::Object;
use glans_entity::identity::api_client_usage;

use crate::platform::scalars::LocalDate;

pub struct ApiClientUsage(pub api_client_usage::Model);

/// What an API client asked for on one day. Seen by administrators of the board and by the client itself.
#[Object]
impl ApiClientUsage {
    /// The day in the Netherlands on which the requests ended.
    pub async fn day(&self) -> LocalDate {
        LocalDate(self.0.day)
    }

    /// Operations that were sent to `/graphql`, also by a socket or as an event stream, and charts, reports and downloads that
    /// were asked for.
    pub async fn requests(&self) -> i32 {
        shown(self.0.requests)
    }

    /// How many of them were turned away before they were answered: not well formed, too dear, more than the bucket had
    /// points for, or stopped after the longest time that an operation may take.
    pub async fn refused(&self) -> i32 {
        shown(self.0.refused)
    }

    /// Points that were paid for them; `apiLimits` says how many there are. 2,147,483,647 stands for that many or more.
    pub async fn cost(&self) -> i32 {
        shown(self.0.cost)
    }
}

fn shown(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
