//! How figures are written into a file, and the file cut into blocks.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, format_any};
use glans_entity::metrics::{ExportFormat, Level, Metric, Span, Suppression, figure};
use serde::Serialize;
use uuid::Uuid;

use super::rules::{self, View};
use crate::metrics::engagement::Counts;
use crate::metrics::periods;
use crate::platform::error::{Error, Result};

/// Bytes of a block. A download holds one of them at a time.
pub(super) const BLOCK: usize = 64 * 1024;

/// The columns, as the fields of [`Line`].
const HEADER: &str = "period_start,period_end,interval,metric,definition_version,level,place_id,place_name,language,value,\
                      numerator,denominator,unknown,suppressed\r\n";

/// A row of the file. What is none is empty in CSV and null in JSON.
#[derive(Debug, Serialize)]
struct Line<'l> {
    /// The dates by which the period is named.
    period_start: NaiveDate,
    period_end: NaiveDate,
    interval: Span,
    metric: Metric,
    definition_version: i32,
    level: Level,
    place_id: String,
    place_name: Cow<'l, str>,
    language: Option<Cow<'l, str>>,
    value: Option<f64>,
    numerator: Option<i64>,
    denominator: Option<i64>,
    unknown: Option<i64>,
    suppressed: Option<Suppression>,
}

impl<'l> Line<'l> {
    fn of(figure: &'l figure::Model, view: View, name: &'l str) -> Self {
        let suppressed = rules::hidden(figure, view);
        let shown = |count: i64| suppressed.is_none().then_some(count);
        let counts = Counts { numerator: figure.numerator, denominator: figure.denominator, unknown: figure.unknown };
        Self {
            period_start: figure.starts_on,
            period_end: periods::until(figure.span, figure.starts_on),
            interval: figure.span,
            metric: figure.metric,
            definition_version: figure.version,
            level: figure.level,
            place_id: format_any(prefix(figure.level), figure.place_id),
            place_name: Cow::Borrowed(name),
            language: (!figure.language.is_empty()).then_some(Cow::Borrowed(figure.language.as_str())),
            value: counts.value().filter(|_| suppressed.is_none()),
            numerator: shown(figure.numerator),
            denominator: shown(figure.denominator),
            unknown: shown(figure.unknown),
            suppressed,
        }
    }

    /// The same for a spreadsheet. Of its cells only these hold words from outside of the program.
    fn tamed(self) -> Self {
        Self { place_name: tame(self.place_name), language: self.language.map(tame), ..self }
    }
}

const fn prefix(level: Level) -> &'static str {
    match level {
        Level::Board => BoardId::PREFIX,
        Level::Cluster => ClusterId::PREFIX,
        Level::School => SchoolId::PREFIX,
        Level::ClassGroup => ClassGroupId::PREFIX,
    }
}

/// What a spreadsheet takes for the beginning of a formula, also in the full width that some of them read alike.
const BEGIN_FORMULAS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// After these a cell begins where a spreadsheet was told of another separator than the comma, as the Dutch ones are.
const BEGIN_CELLS: [char; 5] = [';', ',', '\t', '|', '"'];

/// A text that a spreadsheet takes for no formula: an apostrophe stands before all that begins like one, wherever a cell
/// may begin (OWASP, *CSV Injection*).
fn tame(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut tamed = String::with_capacity(text.len());
    let mut begins = true;
    for sign in text.chars() {
        if begins && BEGIN_FORMULAS.contains(&sign) {
            tamed.push('\'');
        }
        tamed.push(sign);
        begins = BEGIN_CELLS.contains(&sign);
    }
    if tamed.len() == text.len() { text } else { Cow::Owned(tamed) }
}

/// A file that is being written, of which no more is kept than is less than a block.
#[derive(Debug)]
pub(super) struct File {
    format: ExportFormat,
    rest: Vec<u8>,
    blocks: i32,
    rows: usize,
}

/// A block and where it stands in the file.
pub(super) type Block = (i32, Vec<u8>);

/// How large a file became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub rows: usize,
    pub bytes: usize,
}

impl File {
    /// An empty one.
    pub(super) fn begin(format: ExportFormat) -> Self {
        let rest = match format {
            ExportFormat::Csv => HEADER.as_bytes().to_vec(),
            ExportFormat::Ndjson => Vec::new(),
        };
        Self { format, rest, blocks: 0, rows: 0 }
    }

    /// Writes figures; the blocks that are full by that.
    pub(super) fn add(
        &mut self,
        figures: &[figure::Model],
        view: View,
        names: &HashMap<Uuid, String>,
    ) -> Result<Vec<Block>> {
        let lines = figures.iter().map(|figure| {
            let name = names.get(&figure.place_id).map_or("", String::as_str);
            Line::of(figure, view, name)
        });
        match self.format {
            ExportFormat::Csv => as_csv(lines, &mut self.rest)?,
            ExportFormat::Ndjson => as_json(lines, &mut self.rest)?,
        }
        self.rows += figures.len();
        let mut full = Vec::new();
        while self.rest.len() >= BLOCK {
            let rest = self.rest.split_off(BLOCK);
            full.push((self.blocks, std::mem::replace(&mut self.rest, rest)));
            self.blocks += 1;
        }
        Ok(full)
    }

    /// How many rows there are so far.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The last block, if there is one, and how large all of it became.
    pub(super) fn end(self) -> (Option<Block>, Size) {
        let whole = usize::try_from(self.blocks).unwrap_or_default() * BLOCK;
        let size = Size { rows: self.rows, bytes: whole + self.rest.len() };
        ((!self.rest.is_empty()).then_some((self.blocks, self.rest)), size)
    }
}

fn as_csv<'l>(lines: impl Iterator<Item = Line<'l>>, out: &mut Vec<u8>) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).terminator(csv::Terminator::CRLF).from_writer(out);
    for line in lines {
        writer.serialize(line.tamed()).map_err(Error::fault)?;
    }
    writer.flush().map_err(Error::fault)
}

fn as_json<'l>(lines: impl Iterator<Item = Line<'l>>, out: &mut Vec<u8>) -> Result<()> {
    for line in lines {
        serde_json::to_writer(&mut *out, &line).map_err(Error::fault)?;
        out.push(b'\n');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(place: u128) -> figure::Model {
        figure::Model {
            board_id: BoardId(Uuid::from_u128(1)),
            span: Span::Week,
            metric: Metric::Reach,
            level: Level::School,
            language: String::new(),
            starts_on: "2026-08-03".parse().unwrap(),
            parent_id: Uuid::from_u128(2),
            place_id: Uuid::from_u128(place),
            version: 1,
            numerator: 15,
            denominator: 20,
            unknown: 0,
            inside: None,
            outside: None,
        }
    }

    fn written(format: ExportFormat, figure: &figure::Model, name: &str) -> String {
        let mut file = File::begin(format);
        let names = HashMap::from([(figure.place_id, name.to_owned())]);
        assert!(file.add(std::slice::from_ref(figure), View::Everybody, &names).unwrap().is_empty());
        String::from_utf8(file.end().0.unwrap().1).unwrap()
    }

    #[test]
    fn a_row_of_csv_has_the_columns_of_the_header() {
        let text = written(ExportFormat::Csv, &figure(3), "De Zwaluw");
        let (header, row) = text.split_once("\r\n").unwrap();
        assert_eq!(format!("{header}\r\n"), HEADER);
        let row = row.strip_suffix("\r\n").unwrap();
        assert_eq!(row.split(',').count(), header.split(',').count());
        let place = format_any("school", Uuid::from_u128(3));
        assert_eq!(row, format!("2026-08-03,2026-08-09,WEEK,REACH,1,SCHOOL,{place},De Zwaluw,,0.75,15,20,0,"));
    }

    #[test]
    fn a_month_is_named_by_its_dates() {
        let month = figure::Model { span: Span::Month, starts_on: "2026-10-01".parse().unwrap(), ..figure(3) };
        let text = written(ExportFormat::Csv, &month, "De Zwaluw");
        assert!(text.contains("\r\n2026-10-01,2026-10-31,MONTH,REACH,"), "{text}");
    }

    #[test]
    fn what_is_hidden_has_a_reason_and_no_counts() {
        let hidden = figure::Model { outside: Some(Suppression::SmallDenominator), ..figure(3) };
        let text = written(ExportFormat::Csv, &hidden, "De Zwaluw");
        assert!(text.ends_with(",De Zwaluw,,,,,,SMALL_DENOMINATOR\r\n"), "{text}");
        let text = written(ExportFormat::Ndjson, &hidden, "De Zwaluw");
        let shown =
            r#""value":null,"numerator":null,"denominator":null,"unknown":null,"suppressed":"SMALL_DENOMINATOR"}"#;
        assert!(text.ends_with(&format!("{shown}\n")), "{text}");
    }

    #[test]
    fn of_nothing_there_is_no_value() {
        let nothing = figure::Model { numerator: 0, denominator: 0, ..figure(3) };
        assert!(written(ExportFormat::Csv, &nothing, "De Zwaluw").ends_with(",De Zwaluw,,,0,0,0,\r\n"));
    }

    #[test]
    fn no_cell_begins_a_formula() {
        for begins in ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"] {
            let name = format!("{begins}1+1");
            let text = written(ExportFormat::Csv, &figure(3), &name);
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(&row[7], format!("'{name}"), "{name:?}");
            let text = written(ExportFormat::Ndjson, &figure(3), &name);
            let row: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(row["place_name"], name, "JSON is read by programs");
        }
        let text = written(ExportFormat::Csv, &figure(3), "'t Hof, \"Oost\"");
        assert!(text.contains(",\"'t Hof, \"\"Oost\"\"\","), "{text}");
        let text = written(ExportFormat::Csv, &figure(3), "Zwaluw - Oost;=1+1;\"@x");
        assert!(text.contains(",\"Zwaluw - Oost;'=1+1;\"\"'@x\","), "as if the separator were another: {text}");
    }

    #[test]
    fn blocks_are_of_one_size_and_make_the_file() {
        let figures: Vec<_> = (0..2_000).map(figure).collect();
        let mut file = File::begin(ExportFormat::Csv);
        let mut blocks = Vec::new();
        for page in figures.chunks(300) {
            blocks.extend(file.add(page, View::Everybody, &HashMap::new()).unwrap());
        }
        assert!(blocks.len() > 1 && blocks.iter().all(|(_, block)| block.len() == BLOCK));
        let (last, size) = file.end();
        blocks.extend(last);
        assert!(blocks.iter().zip(0..).all(|((at, _), position)| *at == position));
        let whole: Vec<u8> = blocks.into_iter().flat_map(|(_, block)| block).collect();
        assert_eq!(size, Size { rows: 2_000, bytes: whole.len() });
        assert_eq!(String::from_utf8(whole).unwrap().matches("\r\n").count(), 2_001);
        let (none, size) = File::begin(ExportFormat::Ndjson).end();
        assert_eq!((none, size), (None, Size { rows: 0, bytes: 0 }));
    }
}
