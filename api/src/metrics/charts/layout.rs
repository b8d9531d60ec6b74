//! Where everything of a chart stands, in pixels from its upper left corner.

use std::ops::RangeInclusive;

use super::chart::{Chart, Gap, Tick};
use super::letters::{Weight, fitted, width, wrapped};

/// Around everything.
const MARGIN: f64 = 18.0;
pub const TITLE: f64 = 17.0;
pub const TEXT: f64 = 11.5;
pub const SMALL: f64 = 10.5;
/// From one line of text to the next, of its size.
const LEADING: f64 = 1.35;
/// Lines of a heading at most.
const MOST_LINES: usize = 2;
/// A chart lower than this does without its formula.
const LOW: f64 = 300.0;
/// A plot lower than this cannot be read.
const LOWEST_PLOT: f64 = 75.0;
/// How high a plot is, of its width, where the height of the picture is left open.
const GOOD_PLOT: f64 = 0.32;
/// A row that shows the gaps of one of several lines.
const STRIP: f64 = 9.0;
/// Of a line in the legend, and of a gap in the notes.
pub const SAMPLE: f64 = 30.0;
/// Between what stands side by side.
const SPACE: f64 = 8.0;
/// Between the labels of periods.
const TICK_SPACE: f64 = 7.0;
/// How wide and high a picture is, in pixels.
pub const WIDTHS: RangeInclusive<u32> = 320..=2_000;
pub const HEIGHTS: RangeInclusive<u32> = 200..=1_200;
/// A picture of this size is drawn as large as it is laid out. In another, letters grow or shrink with it.
const COMMON: (f64, f64) = (800.0, 440.0);
const SMALLEST_SCALE: f64 = 0.8;
const LARGEST_SCALE: f64 = 2.0;
/// Heights that are tried until a chart fits.
const STEP: usize = 10;

/// How large a picture is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// How much larger everything is drawn than it is laid out.
    pub fn scale(self) -> f64 {
        let (width, height) = (f64::from(self.width) / COMMON.0, f64::from(self.height) / COMMON.1);
        width.min(height).clamp(SMALLEST_SCALE, LARGEST_SCALE)
    }

    /// The width and height in which a chart is laid out.
    pub fn laid_out(self) -> (f64, f64) {
        (f64::from(self.width) / self.scale(), f64::from(self.height) / self.scale())
    }

    /// As wide as was asked, and as high as the chart needs to be read well.
    pub fn of_width(width: u32, chart: &Chart) -> Self {
        let well = |size: &Self| {
            Layout::fitting(chart, *size).is_some_and(|layout| layout.plot.height() >= GOOD_PLOT * layout.plot.width())
        };
        let mut sizes = HEIGHTS.step_by(STEP).map(|height| Self { width, height });
        sizes.find(well).unwrap_or(Self { width, height: *HEIGHTS.end() })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Frame {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn middle(&self) -> (f64, f64) {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }
}

/// Which end of a text is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How loud a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Title,
    Plain,
    Quiet,
}

impl Tone {
    pub fn size(self) -> f64 {
        match self {
            Self::Title => TITLE,
            Self::Plain => TEXT,
            Self::Quiet => SMALL,
        }
    }

    pub fn weight(self) -> Weight {
        if self == Self::Title { Weight::Bold } else { Weight::Regular }
    }

    fn height(self) -> f64 {
        self.size() * LEADING
    }
}

/// A line of text. `y` is its middle.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub text: String,
    pub x: f64,
    pub y: f64,
    pub anchor: Anchor,
    pub tone: Tone,
}

/// A sample of what is drawn, and what it means. `y` is the middle of the first line.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<T> {
    pub of: T,
    pub x: f64,
    pub y: f64,
}

/// Where everything stands.
#[derive(Clone, Debug)]
pub struct Layout {
    pub plot: Frame,
    /// A row below the plot for each line, where there are several and one has a gap.
    pub strips: Vec<Frame>,
    pub labels: Vec<Label>,
    /// Lines, by their number.
    pub legend: Vec<Entry<usize>>,
    pub notes: Vec<Entry<Gap>>,
}

/// The chart does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLow {
    /// So high it must be at this width, in pixels; none where no height is enough.
    pub needed: Option<u32>,
}

impl Layout {
    /// Of a chart in a picture of that size.
    pub fn of(chart: &Chart, size: Size) -> Result<Self, TooLow> {
        Self::fitting(chart, size).ok_or_else(|| {
            let heights = (size.height..=*HEIGHTS.end()).step_by(STEP);
            let mut higher = heights.map(|height| Size { height, ..size });
            TooLow { needed: higher.find(|size| Self::fitting(chart, *size).is_some()).map(|size| size.height) }
        })
    }

    fn fitting(chart: &Chart, size: Size) -> Option<Self> {
        let (width, height) = size.laid_out();
        let mut labels = Vec::new();
        let top = head(chart, width, height, &mut labels);
        let foot = Foot::of(chart, width - 2.0 * MARGIN);
        let strips = if chart.lines.len() > 1 && chart.has_gaps() { chart.lines.len() } else { 0 };
        let (left, right) = (MARGIN + label_width("100%") + SPACE, width - MARGIN);
        let axis = Axis::of(chart, &Frame { left, right, ..Frame::default() });
        let bottom = height - MARGIN - foot.height - SPACE - axis.height - strips_height(strips);
        let plot = Frame { left, top, right, bottom };
        if plot.height() < LOWEST_PLOT {
            return None;
        }
        labels.extend(axis.placed(bottom + strips_height(strips)));
        let strips = (0..strips).map(|at| strip(&plot, at)).collect();
        let (legend, notes) = foot.placed(height - MARGIN, &mut labels);
        Some(Self { plot, strips, labels, legend, notes })
    }
}

fn label_width(text: &str) -> f64 {
    width(text, Weight::Regular, SMALL)
}

/// What stands above the plot; where that begins.
fn head(chart: &Chart, width: f64, height: f64, labels: &mut Vec<Label>) -> f64 {
    let formula = chart.formula.as_deref().filter(|_| height >= LOW);
    let said = [
        (Tone::Title, Some(chart.title.as_str())),
        (Tone::Plain, Some(chart.subtitle.as_str())),
        (Tone::Quiet, formula),
    ];
    let mut y = MARGIN - 2.0;
    for (tone, text) in said {
        let lines = wrapped(text.unwrap_or_default(), tone.weight(), tone.size(), width - 2.0 * MARGIN, MOST_LINES);
        for text in lines {
            y += tone.height();
            labels.push(Label { text, x: MARGIN, y: y - tone.height() / 2.0, anchor: Anchor::Start, tone });
        }
    }
    // What the upright axis shows, above it: nobody has to turn the head.
    y += SPACE + Tone::Quiet.height();
    let text = fitted(&chart.shares, Weight::Regular, SMALL, width - 2.0 * MARGIN);
    labels.push(quiet(&text, MARGIN, y - Tone::Quiet.height() / 2.0, Anchor::Start));
    y + SPACE
}

fn strip(plot: &Frame, at: usize) -> Frame {
    #[expect(clippy::cast_precision_loss, reason = "there are a few lines")]
    let top = plot.bottom + 5.0 + at as f64 * STRIP;
    Frame { top, bottom: top + STRIP - 2.0, ..*plot }
}

#[expect(clippy::cast_precision_loss, reason = "there are a few lines")]
fn strips_height(strips: usize) -> f64 {
    if strips == 0 { 0.0 } else { strips as f64 * STRIP + 4.0 }
}

/// The middle of a period, and how wide it is.
#[expect(clippy::cast_precision_loss, reason = "there are a few periods")]
pub fn slot(plot: &Frame, periods: usize, at: usize) -> (f64, f64) {
    let wide = plot.width() / periods.max(1) as f64;
    (plot.left + (at as f64 + 0.5) * wide, wide)
}

/// The labels of the periods, measured from the end of the plot.
struct Axis {
    height: f64,
    labels: Vec<Label>,
}

impl Axis {
    /// As many periods as there is room for, their years, and what they are.
    fn of(chart: &Chart, plot: &Frame) -> Self {
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

    fn placed(self, top: f64) -> impl Iterator<Item = Label> {
        self.labels.into_iter().map(move |label| Label { y: label.y + top, ..label })
    }
}

fn quiet(text: &str, x: f64, y: f64, anchor: Anchor) -> Label {
    Label { text: text.to_owned(), x, y, anchor, tone: Tone::Quiet }
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

/// What stands below the plot: the legend, and why something is not there. Measured from its upper left corner.
struct Foot {
    height: f64,
    legend: Vec<(Entry<usize>, String)>,
    notes: Vec<(Entry<Gap>, Vec<String>)>,
}

impl Foot {
    fn of(chart: &Chart, room: f64) -> Self {
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
    fn placed(self, bottom: f64, labels: &mut Vec<Label>) -> (Vec<Entry<usize>>, Vec<Entry<Gap>>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::charts::samples;

    const SIZES: [(u32, u32); 5] = [(960, 600), (640, 700), (1200, 630), (2000, 1200), (400, 1000)];

    fn of(chart: &Chart, (width, height): (u32, u32)) -> Layout {
        Layout::of(chart, Size { width, height }).unwrap_or_else(|error| panic!("{width} × {height}: {error:?}"))
    }

    /// From its first to its last letter.
    fn extent(label: &Label) -> (f64, f64) {
        let wide = width(&label.text, label.tone.weight(), label.tone.size());
        match label.anchor {
            Anchor::Start => (label.x, label.x + wide),
            Anchor::Middle => (label.x - wide / 2.0, label.x + wide / 2.0),
            Anchor::End => (label.x - wide, label.x),
        }
    }

    #[test]
    fn no_text_lies_over_another_or_leaves_the_picture() {
        for chart in [samples::one("nl"), samples::several("en"), samples::many("nl"), samples::long("nl")] {
            for size in SIZES {
                let layout = of(&chart, size);
                let (wide, high) = Size { width: size.0, height: size.1 }.laid_out();
                for (at, label) in layout.labels.iter().enumerate() {
                    let (left, right) = extent(label);
                    assert!(left >= 0.0 && right <= wide + 0.01, "{size:?}: {label:?}");
                    assert!(label.y > 0.0 && label.y < high, "{size:?}: {label:?}");
                    for other in &layout.labels[at + 1..] {
                        let (start, end) = extent(other);
                        let apart = (label.y - other.y).abs() >= 11.0 || end <= left || right <= start;
                        assert!(apart, "{size:?}: {label:?} over {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn several_lines_have_a_row_each_for_their_gaps() {
        assert_eq!(of(&samples::several("nl"), (960, 480)).strips.len(), samples::several("nl").lines.len());
        assert!(of(&samples::one("nl"), (960, 480)).strips.is_empty());
    }

    #[test]
    fn a_picture_that_is_too_low_says_how_high_it_must_be() {
        let chart = samples::many("nl");
        let low = Size { width: 600, height: 200 };
        let needed = Layout::of(&chart, low).unwrap_err().needed.unwrap();
        assert!(Layout::of(&chart, Size { height: needed, ..low }).is_ok());
        let lower = Size { height: needed - 10, ..low };
        assert_eq!(Layout::of(&chart, lower).unwrap_err(), TooLow { needed: Some(needed) });
    }

    #[test]
    fn a_height_that_is_left_open_follows_the_chart() {
        let of = |chart: &Chart| Size::of_width(960, chart).height;
        let (one, many) = (of(&samples::one("nl")), of(&samples::many("nl")));
        assert!((400..560).contains(&one) && (560..760).contains(&many), "{one}, {many}");
        assert!(Layout::of(&samples::many("nl"), Size::of_width(320, &samples::many("nl"))).is_ok());
    }

    #[test]
    fn the_smallest_picture_shows_one_line() {
        assert!(Layout::of(&samples::whole("nl"), Size { width: 320, height: 200 }).is_ok());
    }
}
