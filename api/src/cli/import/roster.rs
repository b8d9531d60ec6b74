//! `glans import oneroster`, `glans import guardianships`, `glans import rollback`

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use glans_entity::ids::{BoardId, RosterImportId};

use super::super::{Failure, open};
use crate::call::Call;
use crate::platform::config::Config;
use crate::roster::outcome::{Options, Outcome};
use crate::roster::problem::{Problem, Severity};
use crate::roster::{self, Source};

/// Which bundle, into which board, and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct OnerosterArgs {
    /// The bundle: a ZIP archive, or a folder of CSV files.
    path: PathBuf,
    /// The board to import into, as `board_01jd…`.
    #[arg(long, value_name = "ID")]
    board: BoardId,
    /// Tell what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Go on when more than a tenth of the active people would count no longer.
    #[arg(long)]
    accept_removals: bool,
}

/// Which file, into which board.
#[derive(Debug, Args)]
pub(in crate::cli) struct GuardianshipsArgs {
    /// The file. Its first columns are `student` and `guardian`.
    file: PathBuf,
    /// The board to import into, as `board_01jd…`.
    #[arg(long, value_name = "ID")]
    board: BoardId,
    /// Tell what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Which import.
#[derive(Debug, Args)]
pub(in crate::cli) struct RollbackArgs {
    /// The id that the import printed, as `import_01jd…`.
    id: RosterImportId,
}

pub(super) async fn oneroster(config: Config, args: OnerosterArgs) -> Result<(), Failure> {
    let options = Options { dry_run: args.dry_run, accept_removals: args.accept_removals };
    let source = Source::oneroster(&args.path).map_err(|error| Failure::Failed(error.to_string()))?;
    import(config, args.board, source, options).await
}

pub(super) async fn guardianships(config: Config, args: GuardianshipsArgs) -> Result<(), Failure> {
    let options = Options { dry_run: args.dry_run, accept_removals: false };
    let source = Source::guardianships(&args.file).map_err(|error| Failure::Failed(error.to_string()))?;
    import(config, args.board, source, options).await
}

async fn import(config: Config, board: BoardId, source: Source, options: Options) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let call = Call::system(&app, "import roster");
    let outcome = roster::import(&call, board, source, options).await?;
    let (report, errors) = texts(&outcome);
    say!("{}", report.trim_end());
    if outcome.is_broken() {
        return Err(Failure::Failed(errors));
    }
    if outcome.lacks_consent() {
        return Err(Failure::Failed("the import would be refused without --accept-removals".to_owned()));
    }
    Ok(())
}

pub(super) async fn rollback(config: Config, args: RollbackArgs) -> Result<(), Failure> {
    let app = open::app(config).await?;
    roster::rollback(&Call::system(&app, "import rollback"), args.id).await?;
    say!("{} is rolled back", args.id);
    Ok(())
}

/// What was done, and what is wrong, for who typed the command.
fn texts(outcome: &Outcome) -> (String, String) {
    let (errors, notices): (Vec<&Problem>, Vec<&Problem>) =
        outcome.problems.iter().partition(|problem| problem.severity == Severity::Error);
    let mut report = format!("{}\n", outcome.import.id);
    for notice in notices {
        let _ = writeln!(report, "  {}", line(notice));
    }
    if let Some(changes) = outcome.counts.changes {
        let dry = if outcome.import.dry_run { " (dry run: nothing was written)" } else { "" };
        let _ = writeln!(report, "{} rows{dry}", outcome.import.rows_total);
        for (kind, counts) in changes.by_name() {
            let _ = writeln!(
                report,
                "  {kind}: {} created, {} updated, {} ended, {} unchanged",
                counts.created, counts.updated, counts.ended, counts.unchanged
            );
        }
        let skipped = outcome.counts.skipped;
        let _ = writeln!(
            report,
            "  left out: {} scheduled classes, {} users without a role here, {} enrolments, {} links",
            skipped.scheduled_classes, skipped.users_without_role, skipped.enrolments, skipped.links
        );
    }
    let count = outcome.counts.errors;
    let noun = if count == 1 { "problem" } else { "problems" };
    let mut wrong = format!("nothing was imported, because the files have {count} {noun}:");
    for error in errors {
        let _ = write!(wrong, "\n  {}", line(error));
    }
    (report, wrong)
}

/// `users.csv:12: email: is no e-mail address`
fn line(problem: &Problem) -> String {
    let place = &problem.place;
    let number = place.line.map(|line| format!(":{line}")).unwrap_or_default();
    let column = place.column.as_deref().map(|column| format!("{column}: ")).unwrap_or_default();
    format!("{}{number}: {column}{}", place.file, problem.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::problem::Place;

    #[test]
    fn a_problem_reads_like_that_of_a_compiler() {
        let problem = |place| Problem { severity: Severity::Error, place, message: "is wrong".to_owned() };
        assert_eq!(line(&problem(Place::cell("users.csv", 12, "email"))), "users.csv:12: email: is wrong");
        assert_eq!(line(&problem(Place::file("orgs.csv"))), "orgs.csv: is wrong");
    }
}
