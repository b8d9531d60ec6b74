//! `glans import programme`

use std::fs::File;
use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::board::NamedBoard;
use super::super::{Failure, open};
use crate::call::Call;
use crate::platform::config::Config;
use crate::programme::document::{self, MAX_BYTES, Problems};
use crate::programme::{ImportError, Imported, import};

/// Which document, and for whom.
#[derive(Debug, Args)]
pub(in crate::cli) struct ProgrammeArgs {
    /// The course: one YAML or JSON document of at most 4 MiB.
    file: PathBuf,
    /// The board that owns the course: its id, as `board_01jd…`, or its number in the national register. Without it the
    /// platform does, for all boards.
    #[arg(long)]
    board: Option<NamedBoard>,
    /// Publish it at once; without it the course becomes a draft.
    #[arg(long)]
    publish: bool,
}

pub(super) async fn run(config: Config, args: ProgrammeArgs) -> Result<(), Failure> {
    let name = args.file.display();
    let text = read(&args.file).map_err(|cause| Failure::Failed(format!("cannot read {name}: {cause}")))?;
    // Before anything is made for it: what is broken leaves no database behind.
    document::parse(&text).map_err(|problems| broken(&args.file, &problems))?;
    let app = open::app(config).await?;
    let board = match &args.board {
        Some(named) => Some(named.find(&Call::system(&app, "import programme")).await?.id),
        None => None,
    };
    match import(&app, &text, board, args.publish).await {
        Ok(imported) => {
            say!("{}", told(&imported));
            Ok(())
        }
        Err(ImportError::Document(problems)) => Err(broken(&args.file, &problems)),
        Err(ImportError::Other(error)) => Err(error.into()),
    }
}

fn broken(file: &Path, problems: &Problems) -> Failure {
    let (name, count) = (file.display(), problems.0.len());
    let noun = if count == 1 { "problem" } else { "problems" };
    Failure::Failed(format!("nothing was imported, because {name} has {count} {noun}:\n{problems}"))
}

/// At most one byte more than a document may have: its size is then told as a problem of the document.
fn read(file: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        // The cut may have halved a letter. What takes its place is no shorter.
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "it is no text in UTF-8"))
}

fn told(imported: &Imported) -> String {
    let Imported { programme, number, changed, released } = imported;
    let did = match (changed, released) {
        (_, true) => "is published",
        (true, false) => "is a draft; publish it with --publish or with programmePublish",
        (false, false) => "says this already; nothing changed",
    };
    format!("{}: edition {number} of {} {did}", programme.key, programme.id)
}
