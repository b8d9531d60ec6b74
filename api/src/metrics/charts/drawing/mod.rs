//! From a chart to SVG.

mod gaps;
mod lines;

use std::fmt::Write;
use std::io;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea, PathElement, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle, WHITE};

use super::chart::Chart;
use super::layout::{Anchor, Frame, Label, Layout, SAMPLE, Size, Tone, TooLow, slot};
use super::letters::FAMILIES;
use super::marks::look;
use crate::metrics::texts;
use crate::platform::error::{Error, Result};

/// Plotters draws at whole numbers: parts of a pixel.
const PARTS: f64 = 10.0;
/// What plotters divides the size of letters by.
const LETTERS: f64 = 1.24;
/// Shares that have a line across the plot, and fewer where that is low.
const SHARES: [u8; 5] = [0, 25, 50, 75, 100];
const FEW_SHARES: [u8; 3] = [0, 50, 100];
const LOW_PLOT: f64 = 120.0;
/// A line that is drawn, and one of a hatch or grid.
const THICK: f64 = 2.2;
const THIN: f64 = 0.8;

const INK: RGBColor = RGBColor(34, 34, 34);
const QUIET: RGBColor = RGBColor(89, 89, 89);
const GRID: RGBColor = RGBColor(222, 222, 222);
const AXIS: RGBColor = RGBColor(120, 120, 120);
const HATCHED: RGBColor = RGBColor(150, 150, 150);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<T = ()> = std::result::Result<T, DrawingAreaErrorKind<io::Error>>;

/// The chart as SVG, or how high it must be to fit.
pub fn svg(chart: &Chart, size: Size) -> Result<std::result::Result<String, TooLow>> {
    let layout = match Layout::of(chart, size) {
        Ok(layout) => layout,
        Err(low) => return Ok(Err(low)),
    };
    let (wide, high) = size.laid_out();
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, (parts(wide).unsigned_abs(), parts(high).unsigned_abs()));
        Drawing { area: area.into_drawing_area(), chart, layout: &layout }.draw().map_err(Error::fault)?;
    }
    let body = drawn.split_once('\n').map_or("", |(_, body)| body);
    Ok(Ok(opened(chart, size, parts(wide), parts(high)) + body))
}

/// The beginning of the picture: for who cannot see it, it says in words what it shows.
fn opened(chart: &Chart, size: Size, wide: i32, high: i32) -> String {
    let (language, title, told) = (chart.speech.tag(), escaped(&chart.title), escaped(&chart.told()));
    let Size { width, height } = size;
    let mut head = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {wide} {high}\" \
         lang=\"{language}\" role=\"img\" aria-labelledby=\"chart-title chart-told\">\n"
    );
    // Writing to a text cannot fail.
    let _ = writeln!(head, "<title id=\"chart-title\">{title}</title>\n<desc id=\"chart-told\">{told}</desc>");
    head
}

/// A text that comes from outside, as it stands in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A chart that is being drawn.
struct Drawing<'a, 'c> {
    area: Area<'a>,
    chart: &'c Chart,
    layout: &'c Layout,
}

impl Drawing<'_, '_> {
    fn draw(&self) -> Drawn {
        self.area.fill(&WHITE)?;
        let only = self.chart.lines.first().filter(|_| self.chart.lines.len() == 1);
        let bands = only.map_or_else(Vec::new, |only| self.bands(only));
        for (gap, frame) in &bands {
            self.gap(*gap, frame, HATCHED)?;
        }
        self.grid()?;
        for (gap, frame) in &bands {
            self.mark(*gap, frame)?;
        }
        for (at, frame) in self.layout.strips.iter().enumerate() {
            self.strip(at, frame)?;
        }
        self.lines()?;
        for label in &self.layout.labels {
            self.label(label)?;
        }
        if self.chart.is_empty() {
            self.nothing()?;
        }
        for entry in &self.layout.legend {
            self.sample(look(entry.of), entry.x, entry.y)?;
        }
        for entry in &self.layout.notes {
            let (top, bottom) = (entry.y - 5.5, entry.y + 5.5);
            let frame = Frame { left: entry.x, top, right: entry.x + SAMPLE, bottom };
            self.gap(entry.of, &frame, HATCHED)?;
            self.outline(&frame)?;
        }
        self.area.present()
    }

    /// A line across the plot for each share, and the share beside it.
    fn grid(&self) -> Drawn {
        let plot = &self.layout.plot;
        let shares = if plot.height() < LOW_PLOT { FEW_SHARES.as_slice() } else { &SHARES };
        for share in shares {
            let y = plot.bottom - plot.height() * f64::from(*share) / 100.0;
            let colour = if *share == 0 { AXIS } else { GRID };
            self.stroke([(plot.left, y), (plot.right, y)], line(colour, 1.0))?;
            let text = texts::about(self.chart.speech, "percent", &[("number", &share.to_string())]);
            self.label(&Label { text, x: plot.left - 6.0, y, anchor: Anchor::End, tone: Tone::Quiet })?;
        }
        for at in 0..self.chart.ticks.len() {
            let (x, _) = slot(plot, self.chart.ticks.len(), at);
            let long = if self.chart.ticks[at].year.is_some() { 5.0 } else { 3.0 };
            self.stroke([(x, plot.bottom), (x, plot.bottom + long)], line(AXIS, 1.0))?;
        }
        Ok(())
    }

    /// In place of lines.
    fn nothing(&self) -> Drawn {
        // Above the line of 50 %, not on it.
        let (x, y) = self.layout.plot.middle();
        let at = (x, y - self.layout.plot.height() / 8.0);
        self.text(&self.chart.speech.say("chart-of-nothing"), at, Tone::Plain, Anchor::Middle, FontTransform::None)
    }

    fn slot(&self, at: usize) -> (f64, f64) {
        slot(&self.layout.plot, self.chart.ticks.len(), at)
    }

    fn stroke(&self, ends: [(f64, f64); 2], style: ShapeStyle) -> Drawn {
        self.area.draw(&PathElement::new(ends.map(point), style))
    }

    fn label(&self, label: &Label) -> Drawn {
        self.text(&label.text, (label.x, label.y), label.tone, label.anchor, FontTransform::None)
    }

    /// Plotters escapes it.
    fn text(&self, text: &str, at: (f64, f64), tone: Tone, anchor: Anchor, turn: FontTransform) -> Drawn {
        let (colour, style) = match tone {
            Tone::Title => (INK, FontStyle::Bold),
            Tone::Plain => (INK, FontStyle::Normal),
            Tone::Quiet => (QUIET, FontStyle::Normal),
        };
        let across = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font = FontDesc::new(FontFamily::Name(FAMILIES), tone.size() * LETTERS * PARTS, style).transform(turn);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(across, VPos::Center));
        self.area.draw(&Text::new(text, point(at), style))
    }
}

fn line(colour: RGBColor, thick: f64) -> ShapeStyle {
    colour.stroke_width(parts(thick).unsigned_abs())
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (parts(x), parts(y))
}

#[expect(clippy::cast_possible_truncation, reason = "a picture has a few thousand pixels")]
fn parts(pixels: f64) -> i32 {
    (pixels * PARTS).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::charts::samples;

    fn drawn(chart: &Chart, width: u32, height: u32) -> String {
        svg(chart, Size { width, height }).unwrap().unwrap()
    }

    #[test]
    fn names_from_outside_stay_text() {
        let picture = drawn(&samples::many("nl"), 960, 640);
        assert!(!picture.contains("<script") && picture.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(picture.contains("Sint-Jozef &amp; Maria"));
        let document = resvg::usvg::roxmltree::Document::parse(&picture).unwrap();
        let known = ["svg", "title", "desc", "rect", "polyline", "polygon", "circle", "text"];
        for node in document.descendants().filter(resvg::usvg::roxmltree::Node::is_element) {
            assert!(known.contains(&node.tag_name().name()), "{:?}", node.tag_name());
        }
    }

    #[test]
    fn a_picture_says_what_it_shows() {
        let picture = drawn(&samples::one("en"), 960, 480);
        let document = resvg::usvg::roxmltree::Document::parse(&picture).unwrap();
        let root = document.root_element();
        assert_eq!((root.attribute("width"), root.attribute("lang")), (Some("960"), Some("en")));
        let text = |name| root.children().find(|node| node.has_tag_name(name)).and_then(|node| node.text()).unwrap();
        assert_eq!(text("title"), "Read");
        assert!(text("desc").contains("last figure 84% (week 3)"));
        for said in ["% of announcements per student", "week", "2026", "n small", "no data"] {
            assert!(picture.contains(said), "{said}");
        }
    }

    #[test]
    fn a_stroke_ends_at_a_gap() {
        let strokes =
            |chart: &Chart| drawn(chart, 960, 480).matches(&format!("stroke-width=\"{}\"", parts(THICK))).count();
        assert_eq!(strokes(&samples::whole("nl")), 1);
        assert_eq!(strokes(&samples::one("nl")), 4);
    }

    #[test]
    fn nothing_to_show_is_said() {
        let chart = Chart { lines: Vec::new(), ..samples::whole("nl") };
        assert!(drawn(&chart, 640, 400).contains("In deze periode zijn er geen cijfers."));
        let chart = Chart { ticks: Vec::new(), ..chart };
        assert!(drawn(&chart, 640, 400).contains("In deze periode zijn er geen cijfers."));
    }
}
