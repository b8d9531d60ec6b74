//! The table: a row for each metric, with a bar.

use chrono::Days;
use krilla::tagging::{TableHeaderScope, Tag, TagGroup};

use super::pen::{BLUE, Colour, Ends, INK, PALE, QUIET, bold, plain};
use super::{INNER, MARGIN, NOTE, Writing};
use crate::metrics::charts::report::Row;
use crate::metrics::texts;

/// The size of letters.
const CELL: f64 = 9.5;
/// Rows of the table: as high as there is room for.
const ROWS: (f64, f64) = (13.0, 20.0);
/// Where the columns of the table end, and where the bars are.
const VALUE_ENDS: f64 = MARGIN + 216.0;
const BARS: (f64, f64) = (MARGIN + 230.0, MARGIN + 312.0);
const COUNT_ENDS: f64 = MARGIN + 414.0;
const BEFORE_ENDS: f64 = MARGIN + INNER - 6.0;
const RULE: Colour = (205, 205, 205);

impl Writing<'_, '_> {
    pub(super) fn table(&mut self, room: f64) {
        let month = self.month;
        let before = texts::month(month.speech, month.first - Days::new(1));
        let heads = [
            (month.speech.say("report-metric"), MARGIN, Ends::Left),
            (texts::month(month.speech, month.first), VALUE_ENDS, Ends::Right),
            (month.speech.say("report-count"), COUNT_ENDS, Ends::Right),
            (before, BEFORE_ENDS, Ends::Right),
        ];
        if month.rows.is_empty() {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "there are a few rows")]
        let row_height = (room / (month.rows.len() + 1) as f64).clamp(ROWS.0, ROWS.1);
        let mut head = TagGroup::new(Tag::TR);
        self.y += row_height;
        for (text, x, ends) in heads {
            self.y -= row_height * 0.3;
            let said = self.said(&text, x, ends, bold(NOTE + 0.5, QUIET));
            self.y += row_height * 0.3;
            head.push(TagGroup::with_children(Tag::TH(TableHeaderScope::Column), vec![said]));
        }
        let mut body = TagGroup::new(Tag::TBody);
        for row in &month.rows {
            self.ground((MARGIN, self.y), (INNER, 0.5), RULE);
            self.y += row_height;
            body.push(self.row(row, row_height));
        }
        self.ground((MARGIN, self.y), (INNER, 0.5), RULE);
        let head = TagGroup::with_children(Tag::THead, vec![head.into()]);
        self.tags.push(TagGroup::with_children(Tag::Table, vec![head.into(), body.into()]));
    }

    /// A row that ends at the present height.
    fn row(&mut self, row: &Row, high: f64) -> TagGroup {
        let month = self.month;
        let end = self.y;
        self.bar(row.now.share(), (end - high / 2.0 - 2.5, 5.0));
        // The foot of the letters, so that they stand in the middle of the row.
        self.y = end - high / 2.0 + CELL * 0.36;
        let title = texts::title(month.speech, row.metric);
        let is_shown = row.now.share().is_some();
        let value = if is_shown { bold(CELL, INK) } else { plain(CELL, QUIET) };
        let title = self.said(&title, MARGIN, Ends::Left, plain(CELL, INK));
        let cells = [
            (month.value(row.now), VALUE_ENDS, value),
            (month.count(row.now), COUNT_ENDS, plain(CELL, INK)),
            (month.value(row.before), BEFORE_ENDS, plain(CELL, QUIET)),
        ];
        let mut group = TagGroup::with_children(
            Tag::TR,
            vec![TagGroup::with_children(Tag::TH(TableHeaderScope::Row), vec![title]).into()],
        );
        for (text, x, style) in cells {
            // A cell must have something in it, or it is no cell of the table.
            let text = if text.is_empty() { month.speech.say("report-missing") } else { text };
            let said = self.said(&text, x, Ends::Right, style);
            group.push(TagGroup::with_children(Tag::TD, vec![said]));
        }
        self.y = end;
        group
    }

    fn bar(&mut self, share: Option<f64>, (top, high): (f64, f64)) {
        let Some(share) = share else { return };
        let (left, right) = BARS;
        self.ground((left, top), (right - left, high), PALE);
        self.ground((left, top), ((right - left) * share, high), BLUE);
    }
}
