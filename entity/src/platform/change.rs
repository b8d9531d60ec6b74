use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, BoardId, SchoolId};

/// That a committed transaction touched a node. Written by triggers, read by phones that sync.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// The transaction, on PostgreSQL; 0 on SQLite.
    #[sea_orm(primary_key, auto_increment = false)]
    pub xid: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Prefix of the node's id.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub node_id: Uuid,
    /// Null for content of the platform, and for what concerns one account.
    pub board_id: Option<BoardId>,
    /// The school in which staff see the node.
    pub school_id: Option<SchoolId>,
    /// What else puts the node in sight: a class group, a cohort, an edition of a course.
    pub scope_id: Option<Uuid>,
    /// The one account that it concerns.
    pub account_id: Option<AccountId>,
    /// Only who answers for it saw it there: in the school who leads it, in the group who teaches it.
    pub narrow: bool,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
