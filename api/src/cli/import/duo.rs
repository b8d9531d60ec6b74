//! `glans import duo`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::{Failure, open};
use crate::call::Call;
use crate::organisation::register::actions::{self, Report};
use crate::organisation::register::{Absence, Problem, Registers, is_board_number, parse_locations, parse_pupils};
use crate::platform::config::Config;

/// Which files, and which board of them.
#[derive(Debug, Args)]
pub(in crate::cli) struct DuoArgs {
    /// The location register: `schoolvestigingen-basisonderwijs.csv`.
    file: PathBuf,
    /// Number of the board (*bevoegd gezag*), five digits.
    #[arg(long, value_name = "NUMBER", value_parser = board_number)]
    board: String,
    /// The pupil register, `leerlingen-per-vestiging.csv`: adds special schools and the numbers of pupils.
    #[arg(long, value_name = "FILE")]
    pupils: Option<PathBuf>,
}

pub(super) async fn run(config: Config, args: DuoArgs) -> Result<(), Failure> {
    let registers = read(&args)?;
    let app = open::app(config).await?;
    let call = Call::system(&app, "import duo");
    let write = call.write().await?;
    let report = actions::import(&write, &args.board, &registers).await?;
    write.commit().await?;
    say!("{}", text(&report));
    Ok(())
}

fn board_number(text: &str) -> Result<String, &'static str> {
    if is_board_number(text) { Ok(text.to_owned()) } else { Err("a board number has five digits, as 41613") }
}

/// Both files, or everything that is wrong with both.
fn read(args: &DuoArgs) -> Result<Registers, Failure> {
    let locations = parse(&args.file, parse_locations);
    let branches = args.pupils.as_deref().map(|file| parse(file, parse_pupils)).transpose();
    match (locations, branches) {
        (Ok(locations), Ok(branches)) => Ok(Registers { locations, branches }),
        (Err(one), Err(other)) => Err(Failure::Failed(format!("{one}\n{other}"))),
        (Err(wrong), _) | (_, Err(wrong)) => Err(Failure::Failed(wrong)),
    }
}

fn parse<T>(file: &Path, parse: fn(&[u8]) -> Result<T, Vec<Problem>>) -> Result<T, String> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|cause| format!("cannot read {name}: {cause}"))?;
    parse(&bytes).map_err(|problems| {
        let mut lines =
            vec![format!("nothing was imported, because {name} has {}:", counted(problems.len(), "problem"))];
        lines.extend(problems.iter().map(|problem| format!("  {problem}")));
        lines.join("\n")
    })
}

/// What an import did, for who typed the command.
fn text(report: &Report) -> String {
    let Report { board, board_is_new, created_count, updated_count, unchanged_count, named_by_hand, absent } = report;
    let number = board.number.as_deref().unwrap_or_default();
    let made = if *board_is_new { "made" } else { "known" };
    let mut text = format!(
        "board {number} \"{}\" {made}: {}\n\
         schools: {created_count} made, {updated_count} changed, {unchanged_count} unchanged\n",
        board.name, board.id
    );
    for school in named_by_hand {
        let _ = writeln!(
            text,
            "{}: keeps the name \"{}\" given by hand; the register has \"{}\"",
            school.code, school.name, school.registered_name
        );
    }
    for school in absent {
        let _ = writeln!(text, "{} \"{}\" stays, although {}", school.code, school.name, reason(&school.why));
    }
    text
}

fn reason(why: &Absence) -> String {
    match why {
        Absence::AtBoard(number) => format!("the register has it under board {number}"),
        Absence::NoPupils => "it has no pupils any more".to_owned(),
        Absence::NotLocated => {
            "it is not in the location register; special schools never are, give --pupils to look further".to_owned()
        }
        Absence::Unknown => "the register does not know it any more".to_owned(),
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use glans_entity::ids::BoardId;
    use glans_entity::organisation::board;

    use super::*;
    use crate::organisation::register::{Absent, BranchCode, NamedByHand};

    fn report() -> Report {
        let board = board::Model {
            id: BoardId(uuid::Uuid::nil()),
            number: Some("12345".to_owned()),
            name: "De Brug".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            least_shown: None,
            archived_at: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            version: 1,
        };
        let code = |location: &str| BranchCode { brin: "91AB".to_owned(), location: location.to_owned() };
        let named = |code, name: &str, registered_name: &str| NamedByHand {
            code,
            name: name.to_owned(),
            registered_name: registered_name.to_owned(),
        };
        Report {
            board,
            board_is_new: false,
            created_count: 1,
            updated_count: 2,
            unchanged_count: 3,
            named_by_hand: vec![named(code("00"), "Onze Egel", "De Egel")],
            absent: vec![Absent { code: code("01"), name: "De Das".to_owned(), why: Absence::NoPupils }],
        }
    }

    #[test]
    fn a_report_says_what_was_done_and_what_was_left() {
        assert_eq!(
            text(&report()),
            "board 12345 \"De Brug\" known: board_00000000000000000000000000\n\
             schools: 1 made, 2 changed, 3 unchanged\n\
             91AB00: keeps the name \"Onze Egel\" given by hand; the register has \"De Egel\"\n\
             91AB01 \"De Das\" stays, although it has no pupils any more\n"
        );
    }

    #[test]
    fn problems_stand_under_the_file_that_has_them() {
        let problems = |_: &[u8]| Err::<(), _>(vec![Problem { line: 2, column: None, message: "is odd".to_owned() }]);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let told = parse(&file, problems).unwrap_err();
        assert_eq!(told, format!("nothing was imported, because {} has 1 problem:\n  line 2: is odd", file.display()));
    }

    #[test]
    fn a_board_number_has_five_digits() {
        assert_eq!(board_number("41613").as_deref(), Ok("41613"));
        assert!(board_number("4161").is_err());
    }
}
