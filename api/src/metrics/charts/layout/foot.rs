//! What stands at the foot: the legend, and why something is not there.

use super::{Anchor, Entry, Label, MARGIN, MOST_LINES, SAMPLE, SMALL, SPACE, TEXT, Tone, label_width};
use crate::metrics::charts::chart::{Chart, Gap};
use crate::metrics::charts::letters::{Weight, fitted, width, wrapped};

/// What stands below the plot: the legend, and why something is not there. Measured from its upper left corner.
pub(super) struct Foot {
    pub height: f64,
    legend: Vec<(Entry<usize>, String)>,
    notes: Vec<(Entry<Gap>, Vec<String>)>,
}

impl Foot {
    pub fn of(chart: &Chart, room: f64) -> Self {
        let mut foot = Self { height: 0.0, legend: Vec::new(), notes: Vec::new() };
        if chart.has_legend() {
            foot.add_legend(chart, room);
        }
        for gap in chart.gaps() {
            foot.add_note(gap, &gap.reason(chart.speech), room);
        }
        foot
    }

    /// In columns of one width.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few columns"
    )]
    fn add_legend(&mut self, chart: &Chart, room: f64) {
        let longest = room - SAMPLE - SPACE;
        let names = chart.lines.iter().map(|line| fitted(&line.name, Weight::Regular, TEXT, longest));
        let names: Vec<String> = names.collect();
        let widest = names.iter().map(|name| width(name, Weight::Regular, TEXT)).fold(0.0, f64::max);
        let column = SAMPLE + SPACE + widest + 2.0 * SPACE;
        let columns = ((room + 2.0 * SPACE) / column).floor().max(1.0) as usize;
        let row = Tone::Plain.height() + 1.0;
        for (of, name) in names.into_iter().enumerate() {
            let (x, y) = ((of % columns) as f64 * column, (of / columns) as f64 * row + row / 2.0);
            self.legend.push((Entry { of, x, y }, name));
        }
        self.height += chart.lines.len().div_ceil(columns) as f64 * row + SPACE;
    }

    /// Beside the one before it where there is room.
    #[expect(clippy::cast_precision_loss, reason = "there are a few lines of text")]
    fn add_note(&mut self, gap: Gap, reason: &str, room: f64) {
        let row = Tone::Quiet.height() + 1.0;
        let lines = wrapped(reason, Weight::Regular, SMALL, room - SAMPLE - SPACE, MOST_LINES + 1);
        let wide = SAMPLE + SPACE + lines.iter().map(|line| label_width(line)).fold(0.0, f64::max);
        let beside = self
            .notes
            .last()
            .filter(|(_, before)| before.len() == 1 && lines.len() == 1)
            .map(|(entry, before)| (entry.x + SAMPLE + SPACE + label_width(&before[0]) + 2.0 * SPACE, entry.y));
        let (x, y) = beside.filter(|(x, _)| x + wide <= room).unwrap_or_else(|| {
            let y = self.height + row / 2.0;
            self.height += lines.len() as f64 * row;
            (0.0, y)
        });
        self.notes.push((Entry { of: gap, x, y }, lines));
    }

    /// With its lower end at `bottom`.
    #[expect(clippy::cast_precision_loss, reason = "there are a few lines of text")]
    pub fn placed(self, bottom: f64, labels: &mut Vec<Label>) -> (Vec<Entry<usize>>, Vec<Entry<Gap>>) {
        let top = bottom - self.height;
        let mut say = |text: String, x: f64, y: f64, tone: Tone| {
            labels.push(Label { text, x: x + SAMPLE + SPACE, y, anchor: Anchor::Start, tone });
        };
        let mut legend = Vec::new();
        for (entry, name) in self.legend {
            let entry = Entry { x: entry.x + MARGIN, y: entry.y + top, ..entry };
            say(name, entry.x, entry.y, Tone::Plain);
            legend.push(entry);
        }
        let mut notes = Vec::new();
        for (entry, lines) in self.notes {
            let entry = Entry { x: entry.x + MARGIN, y: entry.y + top, ..entry };
            for (at, line) in lines.into_iter().enumerate() {
                say(line, entry.x, entry.y + at as f64 * (Tone::Quiet.height() + 1.0), Tone::Quiet);
            }
            notes.push(entry);
        }
        (legend, notes)
    }
}
