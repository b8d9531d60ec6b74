//! The enumerations of these tables, stored as text.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a key stands in its life.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SigningKeyState {
    Next,
    Current,
    Retired,
}
