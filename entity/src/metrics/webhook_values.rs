//! The enumerations of webhooks, stored as text.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a delivery to an endpoint is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WebhookState {
    Queued,
    /// Somebody holds a lease on it.
    Sending,
    /// The endpoint answered with 2xx.
    Delivered,
    /// Given up; it can be replayed.
    Failed,
}

/// Why an endpoint is told nothing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WebhookDisabled {
    ByHand,
    /// It answered with 410.
    Gone,
    /// For days nothing reached it.
    Failing,
}
