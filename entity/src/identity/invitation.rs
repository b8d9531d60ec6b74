use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, GuardianshipId, InvitationId, PersonId};

/// An invitation of a person of a board to an account.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub board_id: BoardId,
    pub person_id: PersonId,
    /// The child for which a guardian is invited.
    pub guardianship_id: Option<GuardianshipId>,
    /// Six characters of the code; unique, no secret.
    #[sea_orm(column_type = "Text")]
    pub lookup: String,
    /// Argon2id of the other ten, as PHC string.
    #[sea_orm(column_type = "Text")]
    pub secret_hash: String,
    pub tries_left: i32,
    pub expires_at: DateTimeUtc,
    pub accepted_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
