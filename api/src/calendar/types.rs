//! A calendar feed, as its owner sees it.

use async_graphql::{InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::identity::calendar_feed;

use super::actions::NewFeed;
use super::route;
use crate::app::App;
use crate::platform::error::{Error, Result, UserError, outcome};
use crate::sync_cursor;

pub struct CalendarFeed(calendar_feed::Model);

impl From<calendar_feed::Model> for CalendarFeed {
    fn from(row: calendar_feed::Model) -> Self {
        Self(row)
    }
}

/// That calendar programs can follow what the viewer is to come to, in all boards.
#[Object]
impl CalendarFeed {
    /// When its address was made.
    async fn renewed_at(&self) -> DateTime<Utc> {
        self.0.renewed_at
    }
}

/// A new address for the own calendar feed.
#[derive(InputObject)]
pub struct CalendarFeedRenewInput {
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `calendarFeedRenew`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CalendarFeedRenewPayload {
    /// The feed; null when refused.
    pub calendar_feed: Option<CalendarFeed>,
    /// Its address, shown here and never again: who has it reads the feed. Give it to the calendar program of the person, with
    /// `webcal` for `https` where the program is to subscribe at once. Null when refused.
    pub url: Option<String>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

impl CalendarFeedRenewPayload {
    pub(super) fn of(app: &App, done: Result<NewFeed>) -> Result<Self> {
        let (made, user_errors) = outcome(done)?;
        let url = made.as_ref().map(|made| {
            let secret = made.open(&app.identity.master, &made.row.account_id.to_string())?;
            Ok::<_, Error>(route::url(app, &secret))
        });
        Ok(Self { url: url.transpose()?, calendar_feed: made.map(|made| made.row.into()), user_errors })
    }
}

/// An end to the own calendar feed.
#[derive(InputObject)]
pub struct CalendarFeedRevokeInput {
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `calendarFeedRevoke`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CalendarFeedRevokePayload {
    /// The feed that ended; null when there was none.
    pub calendar_feed: Option<CalendarFeed>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(CalendarFeedRenewPayload, CalendarFeedRevokePayload);
