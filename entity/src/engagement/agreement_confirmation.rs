use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{AgreementId, BoardId, PersonId, StudentId};

/// What a guardian says to an agreement.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "agreement_confirmation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement_id: AgreementId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub guardian_id: PersonId,
    pub board_id: BoardId,
    pub student_id: StudentId,
    pub confirmed_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub comment: Option<String>,
    pub commented_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
