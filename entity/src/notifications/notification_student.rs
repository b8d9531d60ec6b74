use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, NotificationId, StudentId};
use crate::people::GuardianAccess;

/// A child that a notification concerns.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "notification_student")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub notification_id: NotificationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub student_id: StudentId,
    pub board_id: BoardId,
    /// The least that a guardian must have of the child to be told.
    pub least: GuardianAccess,
}

impl ActiveModelBehavior for ActiveModel {}
