use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Engaged;
use crate::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId};

/// What held of an active student from one day to another: where, and how they stood. Of a student there is one at a time.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_stretch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub student_id: StudentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub starts_on: Date,
    /// Inclusive; none while it goes on.
    pub ends_on: Option<Date>,
    pub board_id: BoardId,
    /// Nil: the school was in none.
    pub cluster_id: ClusterId,
    /// Of the class group.
    pub school_id: SchoolId,
    pub class_group_id: ClassGroupId,
    /// Spoken at home, BCP 47; empty where it is not known.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// A guardian who is entitled can be reached, as the 100 % line asks.
    pub is_reachable: bool,
    /// Guardians who are entitled, each at one of their children of the school.
    pub entitled: i32,
    /// Those of them who have signed in.
    pub activated: i32,
    pub engaged: Engaged,
}

impl ActiveModelBehavior for ActiveModel {}
