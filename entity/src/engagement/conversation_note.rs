use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, ConversationId, PersonId};

/// What a member of staff notes about a conversation for themselves.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "conversation_note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub author_id: PersonId,
    pub board_id: BoardId,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
