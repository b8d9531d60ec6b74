//! Importing a course: for who asks for it through the API, and for who operates the machine.

use std::sync::Arc;

use glans_entity::ids::BoardId;

use super::actions::{self, Imported};
use super::document::{self, Document, Problems};
use super::rules;
use super::types::ProgrammeImportInput;
use crate::app::App;
use crate::call::{Call, Write};
use crate::platform::error::{self, Error};

/// Why a course was not imported.
#[derive(Debug)]
pub enum ImportError {
    /// The document has problems, all of them told. Nothing was written.
    Document(Problems),
    Other(Error),
}

impl From<Error> for ImportError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Imports the course in `text` as a draft of `board`, or of the platform for all boards, and publishes it where asked.
pub async fn import(
    app: &Arc<App>,
    text: &str,
    board: Option<BoardId>,
    publish: bool,
) -> Result<Imported, ImportError> {
    let document = document::parse(text).map_err(ImportError::Document)?;
    let call = Call::system(app, "import programme");
    let write = call.write().await?;
    if let Some(board) = board {
        actions::board(&write, &board.to_string()).await?;
    }
    let imported = actions::import(&write, board, document, publish).await?;
    write.commit().await?;
    Ok(imported)
}

/// Imports the course that `input` names, which may have been read `ahead`.
pub(super) async fn asked(
    write: &Write<'_>,
    input: ProgrammeImportInput,
    ahead: Option<Result<Document, Problems>>,
) -> error::Result<Imported> {
    let board = actions::board(write, &input.board).await?;
    let (field, text) = actions::text(write, board, &input).await?;
    // Bytes that arrived in between are read here.
    let read = ahead.unwrap_or_else(|| document::parse(&text));
    let document = read.map_err(|problems| rules::unsound(field, &problems))?;
    actions::import(write, Some(board), document, input.publish.unwrap_or_default()).await
}
