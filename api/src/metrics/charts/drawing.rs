//! From a chart to SVG.

use std::fmt::Write;
use std::io;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, Circle, DashedLineSeries, DrawingArea, DrawingAreaErrorKind,
    IntoDrawingArea, LineSeries, PathElement, Polygon, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle, WHITE};

use super::chart::{Chart, Gap, Line};
use super::layout::{Anchor, Frame, Label, Layout, SAMPLE, SMALL, Size, Tone, TooLow, slot};
use super::letters::{FAMILIES, Weight, width};
use super::marks::{Look, hatch, look};
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
/// Of a point. Where periods are narrow it is smaller, and then it is not drawn.
const POINT: f64 = 3.4;
const SMALLEST_POINT: f64 = 1.6;

const INK: RGBColor = RGBColor(34, 34, 34);
const QUIET: RGBColor = RGBColor(89, 89, 89);
const GRID: RGBColor = RGBColor(222, 222, 222);
const AXIS: RGBColor = RGBColor(120, 120, 120);
const HATCHED: RGBColor = RGBColor(150, 150, 150);
const EMPTY: RGBColor = RGBColor(238, 238, 238);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plot<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
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

#[expect(clippy::cast_possible_truncation, reason = "a picture has a few thousand pixels")]
fn parts(pixels: f64) -> i32 {
    (pixels * PARTS).round() as i32
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (parts(x), parts(y))
}

fn line(colour: RGBColor, thick: f64) -> ShapeStyle {
    colour.stroke_width(parts(thick).unsigned_abs())
}

/// Gaps from their first period to their last; those side by side with the same reason are one.
fn stretches(of: &Line) -> Vec<(Gap, usize, usize)> {
    let mut stretches: Vec<(Gap, usize, usize)> = Vec::new();
    for (at, spot) in of.spots.iter().enumerate() {
        let Some(gap) = Gap::of(*spot) else { continue };
        match stretches.last_mut() {
            Some((before, _, last)) if *before == gap && *last + 1 == at => *last = at,
            _ => stretches.push((gap, at, at)),
        }
    }
    stretches
}

/// A chart that is being drawn.
struct Drawing<'a, 'c> {
    area: Area<'a>,
    chart: &'c Chart,
    layout: &'c Layout,
}

impl<'a> Drawing<'a, '_> {
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

    /// The gaps of the only line, as high as the plot.
    fn bands(&self, only: &Line) -> Vec<(Gap, Frame)> {
        let band = |(gap, first, last)| {
            let ((from, wide), (to, _)) = (self.slot(first), self.slot(last));
            (gap, Frame { left: from - wide / 2.0, right: to + wide / 2.0, ..self.layout.plot })
        };
        stretches(only).into_iter().map(band).collect()
    }

    /// The gaps of one of several lines.
    fn strip(&self, at: usize, frame: &Frame) -> Drawn {
        let Some(of) = self.chart.lines.get(at) else { return Ok(()) };
        let colour = look(at).colour;
        self.point(look(at), (frame.left - 10.0, frame.middle().1), 2.6)?;
        for (gap, first, last) in stretches(of) {
            let ((from, wide), (to, _)) = (self.slot(first), self.slot(last));
            let frame = Frame { left: from - wide / 2.0 + 1.0, right: to + wide / 2.0 - 1.0, ..*frame };
            self.gap(gap, &frame, colour)?;
            self.outline(&frame)?;
        }
        Ok(())
    }

    fn slot(&self, at: usize) -> (f64, f64) {
        slot(&self.layout.plot, self.chart.ticks.len(), at)
    }

    fn gap(&self, gap: Gap, frame: &Frame, colour: RGBColor) -> Drawn {
        let corners = [point((frame.left, frame.top)), point((frame.right, frame.bottom))];
        let ground = if gap == Gap::Missing { EMPTY } else { WHITE };
        self.area.draw(&Rectangle::new(corners, ground.filled()))?;
        for stroke in hatch(gap, frame) {
            self.stroke(stroke, line(colour, THIN))?;
        }
        Ok(())
    }

    fn outline(&self, frame: &Frame) -> Drawn {
        let Frame { left, top, right, bottom } = *frame;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        self.area.draw(&PathElement::new(corners.map(point), line(GRID, THIN)))
    }

    /// Why, in the gap itself: level where there is room, else upright.
    fn mark(&self, gap: Gap, frame: &Frame) -> Drawn {
        let Some(mark) = gap.mark(self.chart.speech) else { return Ok(()) };
        let (wide, high) = (width(&mark, Weight::Regular, SMALL) + 8.0, SMALL * 1.5);
        let (x, y) = frame.middle();
        let (across, up, turn) = match (frame.width(), frame.height()) {
            (room, _) if room >= wide => (wide, high, FontTransform::None),
            (room, _) if room >= high => (high, wide, FontTransform::Rotate270),
            _ => return Ok(()),
        };
        let corners = [point((x - across / 2.0, y - up / 2.0)), point((x + across / 2.0, y + up / 2.0))];
        self.area.draw(&Rectangle::new(corners, WHITE.filled()))?;
        self.text(&mark, (x, y), Tone::Quiet, Anchor::Middle, turn)
    }

    fn lines(&self) -> Drawn {
        let Some(mut plot) = self.plot()? else { return Ok(()) };
        let (_, wide) = self.slot(0);
        let radius = (wide * 0.32).min(POINT);
        for (at, of) in self.chart.lines.iter().enumerate() {
            for stroke in of.strokes() {
                self.series(&mut plot, look(at), stroke, radius)?;
            }
        }
        Ok(())
    }

    /// The plot with its axes: periods by their number, shares from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "there are a few periods")]
    fn plot(&self) -> Drawn<Option<Plot<'a>>> {
        let (frame, periods) = (&self.layout.plot, self.chart.ticks.len() as f64);
        if self.chart.ticks.is_empty() {
            return Ok(None);
        }
        let dimension = (parts(frame.width()), parts(frame.height()));
        let inner = self.area.clone().shrink(point((frame.left, frame.top)), dimension);
        ChartBuilder::on(&inner).build_cartesian_2d(-0.5..periods - 0.5, 0.0..1.0).map(Some)
    }

    /// One stroke, and its points where there is room for them. A figure by itself is always a point.
    #[expect(clippy::cast_precision_loss, reason = "there are a few periods")]
    fn series(&self, plot: &mut Plot<'a>, look: Look, stroke: Vec<(usize, f64)>, radius: f64) -> Drawn {
        let figures: Vec<(f64, f64)> = stroke.into_iter().map(|(at, share)| (at as f64, share)).collect();
        let style = line(look.colour, THICK);
        match look.dashes {
            None => plot.draw_series(LineSeries::new(figures.iter().copied(), style)).map(drop)?,
            Some((dash, space)) => {
                let dashed = DashedLineSeries::new(figures.clone(), parts(dash), parts(space), style);
                plot.draw_series(dashed).map(drop)?;
            }
        }
        if radius >= SMALLEST_POINT || figures.len() == 1 {
            for figure in &figures {
                let (x, y) = plot.plotting_area().map_coordinate(figure);
                let at = (f64::from(x) / PARTS, f64::from(y) / PARTS);
                self.point(look, at, radius.max(SMALLEST_POINT))?;
            }
        }
        Ok(())
    }

    /// With a white edge, so that it stands out from the lines that it lies on.
    fn point(&self, look: Look, at: (f64, f64), radius: f64) -> Drawn {
        for (colour, radius) in [(WHITE, radius + 1.2), (look.colour, radius)] {
            match look.shape.corners(at, radius) {
                None => self.area.draw(&Circle::new(point(at), parts(radius), colour.filled()))?,
                Some(corners) => {
                    let corners: Vec<_> = corners.into_iter().map(point).collect();
                    self.area.draw(&Polygon::new(corners, colour.filled()))?;
                }
            }
        }
        Ok(())
    }

    /// A piece of a line, for the legend.
    fn sample(&self, look: Look, x: f64, y: f64) -> Drawn {
        let (from, to) = (point((x, y)), point((x + SAMPLE, y)));
        let style = line(look.colour, THICK);
        match look.dashes {
            None => self.area.draw(&PathElement::new([from, to], style))?,
            Some((dash, space)) => {
                self.area.draw(&DashedPathElement::new([from, to], parts(dash), parts(space), style))?;
            }
        }
        self.point(look, (x + SAMPLE / 2.0, y), POINT)
    }

    /// In place of lines.
    fn nothing(&self) -> Drawn {
        // Above the line of 50 %, not on it.
        let (x, y) = self.layout.plot.middle();
        let at = (x, y - self.layout.plot.height() / 8.0);
        self.text(&self.chart.speech.say("chart-of-nothing"), at, Tone::Plain, Anchor::Middle, FontTransform::None)
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
