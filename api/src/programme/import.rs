//! Importing a course from the command line, by who operates the machine.

use std::sync::Arc;

use glans_entity::ids::BoardId;

use super::actions::{self, Imported};
use super::document::{self, Problems};
use crate::app::App;
use crate::call::Call;
use crate::platform::error::Error;

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
