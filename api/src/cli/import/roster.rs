//! `glans import oneroster`, `glans import guardianships`, `glans import rollback`

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use glans_entity::ids::RosterImportId;

use super::super::board::NamedBoard;
use super::super::{Failure, open};
use crate::call::Call;
use crate::http::Signals;
use crate::platform::config::Config;
use crate::roster::diff::RowChange;
use crate::roster::outcome::{Options, Outcome};
use crate::roster::problem::{Problem, Severity};
use crate::roster::{self, Source};

/// Rows of each kind that a dry run shows.
const ROWS_SHOWN: usize = 50;

/// Which bundle, into which board, and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct OnerosterArgs {
    /// The bundle: a ZIP archive, or a folder of CSV files.
    path: PathBuf,
    /// The board to import into: its id, as `board_01jd…`, or its number in the national register.
    #[arg(long)]
    board: NamedBoard,
    /// Tell what would change, of 50 rows of each kind at most, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Go on when more than a tenth of the people, or of what ties them, would count no longer.
    #[arg(long)]
    accept_removals: bool,
}

/// Which file, into which board.
#[derive(Debug, Args)]
pub(in crate::cli) struct GuardianshipsArgs {
    /// The file. Its first columns are `student` and `guardian`.
    file: PathBuf,
    /// The board to import into: its id, as `board_01jd…`, or its number in the national register.
    #[arg(long)]
    board: NamedBoard,
    /// Tell what would change, of 50 rows of each kind at most, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Go on when more than a tenth of the guardianships would end.
    #[arg(long)]
    accept_removals: bool,
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
    import(config, &args.board, source, options).await
}

pub(super) async fn guardianships(config: Config, args: GuardianshipsArgs) -> Result<(), Failure> {
    let options = Options { dry_run: args.dry_run, accept_removals: args.accept_removals };
    let source = Source::guardianships(&args.file).map_err(|error| Failure::Failed(error.to_string()))?;
    import(config, &args.board, source, options).await
}

async fn import(config: Config, board: &NamedBoard, source: Source, options: Options) -> Result<(), Failure> {
    let mut signals = Signals::register()?;
    let Some(app) = signals.unless(Box::pin(open::known(config))).await else { return Err(stopped()) };
    let app = app?;
    let call = Call::system(&app, "import roster");
    let board = board.find(&call).await?.id;
    let done = roster::import_until(&call, board, source, options, signals.next()).await?;
    let outcome = done.ok_or_else(stopped)?;
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

fn stopped() -> Failure {
    Failure::Failed("stopped by a signal; nothing was imported".to_owned())
}

pub(super) async fn rollback(config: Config, args: RollbackArgs) -> Result<(), Failure> {
    let app = open::known(config).await?;
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
        report.push_str(&differences(&outcome.diff));
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

/// The rows of a dry run: `+` would be made, `~` changed. Of each kind so many that a screen can hold them.
fn differences(diff: &[RowChange]) -> String {
    let mut text = String::new();
    for rows in diff.chunk_by(|one, next| one.kind == next.kind) {
        for row in rows.iter().take(ROWS_SHOWN) {
            let fields = row.fields.as_deref();
            let _ = write!(text, "  {} {} {}", if fields.is_none() { '+' } else { '~' }, row.kind, row.label);
            for (at, field) in fields.unwrap_or_default().iter().enumerate() {
                let mark = if at == 0 { ":" } else { "," };
                let _ = write!(text, "{mark} {} {} → {}", field.name, field.before, field.after);
            }
            text.push('\n');
        }
        if let Some(more) = rows.len().checked_sub(ROWS_SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "  … and {more} more of this kind");
        }
    }
    text
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
    fn a_dry_run_reads_like_a_patch() {
        use crate::roster::diff::FieldChange;
        let field = |name: &str, before: &str, after: &str| FieldChange {
            name: name.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let row =
            |kind: &str, label: &str, fields| RowChange { kind: kind.to_owned(), label: label.to_owned(), fields };
        let changed = vec![field("email", "nothing", "a@b.example"), field("language", "nl", "en")];
        let mut diff = vec![row("person", "Ilse (u-1)", Some(changed))];
        diff.extend((0..52).map(|number| row("student", &number.to_string(), None)));
        let text = differences(&diff);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "  ~ person Ilse (u-1): email nothing → a@b.example, language nl → en");
        assert_eq!(lines[1], "  + student 0");
        assert_eq!((lines.len(), lines[51]), (52, "  … and 2 more of this kind"));
    }

    #[test]
    fn a_problem_reads_like_that_of_a_compiler() {
        let problem = |place| Problem { severity: Severity::Error, place, message: "is wrong".to_owned() };
        assert_eq!(line(&problem(Place::cell("users.csv", 12, "email"))), "users.csv:12: email: is wrong");
        assert_eq!(line(&problem(Place::file("orgs.csv"))), "orgs.csv: is wrong");
    }
}
