//! Where everything of a chart stands, in pixels from its upper left corner.

mod axis;
mod foot;
mod size;

use self::axis::Axis;
use self::foot::Foot;
use self::size::STEP;
pub use self::size::{HEIGHTS, Size, WIDTHS};
use super::chart::{Chart, Gap};
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
/// A row that shows the gaps of one of several lines.
const STRIP: f64 = 9.0;
/// Of a line in the legend, and of a gap in the notes.
pub const SAMPLE: f64 = 30.0;
/// Between what stands side by side.
const SPACE: f64 = 8.0;

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

fn label_width(text: &str) -> f64 {
    width(text, Weight::Regular, SMALL)
}

fn quiet(text: &str, x: f64, y: f64, anchor: Anchor) -> Label {
    Label { text: text.to_owned(), x, y, anchor, tone: Tone::Quiet }
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
