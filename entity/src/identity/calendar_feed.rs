use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::AccountId;

/// The address at which a calendar program finds what somebody is to come to.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "calendar_feed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// SHA-256 of the secret part of the address.
    pub secret_hash: Vec<u8>,
    pub renewed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
