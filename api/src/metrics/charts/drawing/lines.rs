//! Lines: strokes, and points where there is room for them.

use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, Circle, DashedLineSeries, LineSeries, PathElement, Polygon, SVGBackend,
};
use plotters::style::{Color, WHITE};

use super::{Drawing, Drawn, PARTS, THICK, line, parts, point};
use crate::metrics::charts::layout::SAMPLE;
use crate::metrics::charts::marks::{Look, look};

/// Of a point. Where periods are narrow it is smaller, and then it is not drawn.
const POINT: f64 = 3.4;
const SMALLEST_POINT: f64 = 1.6;

type Plot<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl<'a> Drawing<'a, '_> {
    pub(super) fn lines(&self) -> Drawn {
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

    /// A piece of a line, for the legend.
    pub(super) fn sample(&self, look: Look, x: f64, y: f64) -> Drawn {
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

    /// With a white edge, so that it stands out from the lines that it lies on.
    pub(super) fn point(&self, look: Look, at: (f64, f64), radius: f64) -> Drawn {
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
}
