//! Gaps: where there is no figure to draw, and why.

use plotters::prelude::{PathElement, Rectangle};
use plotters::style::{Color, FontTransform, RGBColor, WHITE};

use super::{Drawing, Drawn, GRID, THIN, line, point};
use crate::metrics::charts::chart::{Gap, Line};
use crate::metrics::charts::layout::{Anchor, Frame, SMALL, Tone};
use crate::metrics::charts::letters::{Weight, width};
use crate::metrics::charts::marks::{hatch, look};

const EMPTY: RGBColor = RGBColor(238, 238, 238);

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

impl Drawing<'_, '_> {
    /// The gaps of the only line, as high as the plot.
    pub(super) fn bands(&self, only: &Line) -> Vec<(Gap, Frame)> {
        let band = |(gap, first, last)| {
            let ((from, wide), (to, _)) = (self.slot(first), self.slot(last));
            (gap, Frame { left: from - wide / 2.0, right: to + wide / 2.0, ..self.layout.plot })
        };
        stretches(only).into_iter().map(band).collect()
    }

    /// The gaps of one of several lines.
    pub(super) fn strip(&self, at: usize, frame: &Frame) -> Drawn {
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

    pub(super) fn gap(&self, gap: Gap, frame: &Frame, colour: RGBColor) -> Drawn {
        let corners = [point((frame.left, frame.top)), point((frame.right, frame.bottom))];
        let ground = if gap == Gap::Missing { EMPTY } else { WHITE };
        self.area.draw(&Rectangle::new(corners, ground.filled()))?;
        for stroke in hatch(gap, frame) {
            self.stroke(stroke, line(colour, THIN))?;
        }
        Ok(())
    }

    pub(super) fn outline(&self, frame: &Frame) -> Drawn {
        let Frame { left, top, right, bottom } = *frame;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        self.area.draw(&PathElement::new(corners.map(point), line(GRID, THIN)))
    }

    /// Why, in the gap itself: level where there is room, else upright.
    pub(super) fn mark(&self, gap: Gap, frame: &Frame) -> Drawn {
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
}
