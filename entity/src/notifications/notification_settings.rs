use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Digest;
use crate::ids::AccountId;

/// When somebody wants to be left alone, and how often a digest comes. Without a row the usual holds.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "notification_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// Minutes since midnight by the wall clock of the zone.
    pub quiet_from: Option<i32>,
    /// Minutes since midnight; before `quiet_from` for a night.
    pub quiet_until: Option<i32>,
    /// A name of the IANA time zone database.
    #[sea_orm(column_type = "Text")]
    pub time_zone: String,
    pub digest: Digest,
    /// The hour at which a digest comes; a weekly one comes on Friday.
    pub digest_hour: i32,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1; 0 for the usual settings.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
