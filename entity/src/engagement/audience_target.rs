use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::TargetKind;
use crate::ids::{BoardId, SchoolId};

/// A place that an announcement, event or survey is for, or is not for.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "audience_target")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub target_id: Uuid,
    pub board_id: BoardId,
    pub kind: TargetKind,
    /// The school in which it lies, if it lies in one.
    pub school_id: Option<SchoolId>,
    pub excluded: bool,
}

impl ActiveModelBehavior for ActiveModel {}
