use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::MaterialState;
use crate::ids::{AccountId, MaterialId};

/// How far an account is with a material.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "material_state")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub material_id: MaterialId,
    pub state: MaterialState,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
