use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, BookingRoundId, ClassGroupId};

/// A class group whose guardians book in a round.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "booking_round_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub round_id: BookingRoundId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub class_group_id: ClassGroupId,
    pub board_id: BoardId,
}

impl ActiveModelBehavior for ActiveModel {}
