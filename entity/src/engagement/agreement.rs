use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{AgreementId, BoardId, ConversationId, StudentId};

/// What a conversation agreed on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "agreement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgreementId,
    pub board_id: BoardId,
    pub conversation_id: ConversationId,
    pub student_id: StudentId,
    pub position: i32,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub due_on: Option<Date>,
    /// Whether it was kept; none while nobody said.
    pub kept: Option<bool>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
