//! What stands below the plot first: the labels of the periods.

use super::{Anchor, Frame, Label, MARGIN, SPACE, Tone, label_width, quiet, slot};
use crate::metrics::charts::chart::{Chart, Tick};

/// Between the labels of periods.
const TICK_SPACE: f64 = 7.0;

/// The labels of the periods, measured from the end of the plot.
pub(super) struct Axis {
    pub height: f64,
    labels: Vec<Label>,
}

impl Axis {
    /// As many periods as there is room for, their years, and what they are.
    pub fn of(chart: &Chart, plot: &Frame) -> Self {
        let row = Tone::Quiet.height();
        let first = f64::midpoint(SPACE, row);
        let mut labels = periods(chart, plot, first);
        let years = years(chart, plot, first + row);
        let free_from = years.last().map_or(f64::MIN, |year| year.x + label_width(&year.text) / 2.0 + SPACE);
        // Beside the years where there is room, else below them.
        let rows = if plot.right - label_width(&chart.periods) >= free_from { 2.0 } else { 3.0 };
        labels.extend(years);
        labels.push(quiet(&chart.periods, plot.right, SPACE / 2.0 + row * (rows - 0.5), Anchor::End));
        Self { height: SPACE / 2.0 + row * rows, labels }
    }

    pub fn placed(self, top: f64) -> impl Iterator<Item = Label> {
        self.labels.into_iter().map(move |label| Label { y: label.y + top, ..label })
    }
}

fn periods(chart: &Chart, plot: &Frame, y: f64) -> Vec<Label> {
    let widest = chart.ticks.iter().map(|tick| label_width(&tick.label)).fold(0.0, f64::max) + TICK_SPACE;
    let count = chart.ticks.len();
    let (from, _) = slot(plot, count, 0);
    let step = (1..=count).find(|step| slot(plot, count, *step).0 - from >= widest).unwrap_or(count.max(1));
    let shown = chart.ticks.iter().enumerate().step_by(step);
    shown.map(|(at, tick)| quiet(&tick.label, slot(plot, count, at).0, y, Anchor::Middle)).collect()
}

/// Below the first period of each, where the year before leaves room.
fn years(chart: &Chart, plot: &Frame, y: f64) -> Vec<Label> {
    let mut free_from = f64::MIN;
    let year = |(at, tick): (usize, &Tick)| {
        let year = tick.year.as_deref()?;
        let (x, half) = (slot(plot, chart.ticks.len(), at).0, label_width(year) / 2.0);
        let fits = x - half >= free_from && x + half <= plot.right + MARGIN;
        fits.then(|| {
            free_from = x + half + TICK_SPACE;
            quiet(year, x, y, Anchor::Middle)
        })
    };
    chart.ticks.iter().enumerate().filter_map(year).collect()
}
