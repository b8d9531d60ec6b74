use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ExportBreakdown, ExportFormat, ExportState, Level, Span};
use crate::ids::{AccountId, ApiClientId, BoardId, ExportId};
use crate::localized::Strings;

/// Figures that somebody fetches as a file. The file lies in `export_chunk`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "export")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportId,
    pub board_id: BoardId,
    /// Who started it: a login, or else a client.
    pub account_id: Option<AccountId>,
    pub client_id: Option<ApiClientId>,
    pub level: Level,
    /// The board, cluster, school or class group.
    pub place_id: Uuid,
    /// Whether it holds what only the team of the school sees.
    pub as_team: bool,
    /// Their names, in the order of the file.
    pub metrics: Strings,
    pub span: Span,
    /// The key of the first period, as of its figures.
    pub first_on: Date,
    /// The key of the last period.
    pub last_on: Date,
    pub breakdown: ExportBreakdown,
    pub format: ExportFormat,
    pub state: ExportState,
    /// How often somebody began to write it.
    pub attempts: i32,
    /// Who writes it proves by this that it is still theirs to write.
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
    /// None until it is ready, as the length of the file.
    pub row_count: Option<i32>,
    pub byte_length: Option<i32>,
    /// A sentence for who started it.
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    /// From then on there is nothing to fetch.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
