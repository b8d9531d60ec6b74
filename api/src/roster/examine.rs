//! The files by themselves: from bytes to what they want to be there.

use chrono::NaiveDate;

use super::known::Known;
use super::oneroster::mapping::{self, Mapped};
use super::oneroster::reading::Reading;
use super::oneroster::validate::validate;
use super::problem::{Place, Problems};
use super::source::Source;

/// What the files came down to; no mapping where something in them is wrong.
pub(super) struct Examined {
    pub mapped: Option<Mapped>,
    pub rows: usize,
    pub problems: Problems,
}

/// Reads, checks and maps, without a database.
pub(super) fn examine(source: Source, known: &Known, today: NaiveDate) -> Examined {
    let mut problems = Problems::default();
    let reading = match source {
        Source::OneRoster(mut bundle) => match Reading::of(&mut bundle, &mut problems) {
            Ok(reading) => reading,
            Err(error) => {
                problems.error(Place::file("bundle"), error.to_string());
                None
            }
        },
        Source::Guardianships(bytes) => Some(Reading::of_guardianships(&bytes, &mut problems)),
    };
    let Some(reading) = reading else { return Examined { mapped: None, rows: 0, problems } };
    validate(&reading, known, &mut problems);
    let mapped = mapping::map(&reading, known, today, &mut problems);
    Examined { mapped: (!problems.is_broken()).then_some(mapped), rows: reading.row_count(), problems }
}
