//! What lines and gaps look like: told apart by colour, by dashes and by the shape of their points.

use plotters::style::RGBColor;

use super::chart::Gap;
use super::layout::Frame;

/// Told apart by nearly all who see colours otherwise (Okabe and Ito 2008, Color Universal Design). Without its yellow, which
/// is too light for a line on white; dark ones first.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(0, 0, 0),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// Pixels that are drawn, and pixels that are not.
const DASHES: [Option<(f64, f64)>; 4] = [None, Some((8.0, 4.0)), Some((2.5, 3.0)), Some((14.0, 5.0))];

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    /// On its tip.
    Wedge,
}

const SHAPES: [Shape; 5] = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Diamond, Shape::Wedge];

/// How a line looks. No two of thirty-five are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    pub colour: RGBColor,
    pub dashes: Option<(f64, f64)>,
    pub shape: Shape,
}

/// Of the line with this number.
pub fn look(at: usize) -> Look {
    Look { colour: COLOURS[at % COLOURS.len()], dashes: DASHES[at % DASHES.len()], shape: SHAPES[at % SHAPES.len()] }
}

impl Shape {
    /// The corners of a point of this shape; none of a circle.
    pub fn corners(self, (x, y): (f64, f64), radius: f64) -> Option<Vec<(f64, f64)>> {
        let (half, long) = (radius * 0.9, radius * 1.25);
        match self {
            Self::Circle => None,
            Self::Square => {
                Some(vec![(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)])
            }
            Self::Triangle => Some(vec![(x, y - long), (x + long, y + half), (x - long, y + half)]),
            Self::Diamond => Some(vec![(x, y - long), (x + long, y), (x, y + long), (x - long, y)]),
            Self::Wedge => Some(vec![(x, y + long), (x - long, y - half), (x + long, y - half)]),
        }
    }
}

/// From one stroke of a hatch to the next.
const HATCH: f64 = 6.0;

/// From one point to another.
pub type Stroke = [(f64, f64); 2];

/// The strokes that fill a frame where there is a gap: rising, falling, or both. A gap without strokes is plain.
pub fn hatch(gap: Gap, frame: &Frame) -> Vec<Stroke> {
    let near = if frame.height() < 2.0 * HATCH { HATCH / 2.0 } else { HATCH };
    match gap {
        Gap::Small => rising(frame, near),
        Gap::Complementary => falling(frame, near),
        Gap::Extreme => [rising(frame, near), falling(frame, near)].concat(),
        Gap::Missing => Vec::new(),
    }
}

/// At 45 degrees, cut off at the frame. Frames side by side have one pattern.
fn rising(frame: &Frame, near: f64) -> Vec<Stroke> {
    let high = frame.height();
    let first = ((frame.left - high) / near).floor() * near;
    let starts = std::iter::successors(Some(first), |x| Some(x + near)).take_while(|x| *x < frame.right);
    let stroke = |x: f64| {
        let (from, to) = ((frame.left - x).max(0.0), (frame.right - x).min(high));
        (from < to).then_some([(x + from, frame.bottom - from), (x + to, frame.bottom - to)])
    };
    starts.filter_map(stroke).collect()
}

fn falling(frame: &Frame, near: f64) -> Vec<Stroke> {
    let over = |(x, y): (f64, f64)| (x, frame.top + frame.bottom - y);
    rising(frame, near).into_iter().map(|[from, to]| [over(from), over(to)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lines_of_a_chart_look_alike() {
        let looks: Vec<Look> = (0..12).map(look).collect();
        for (at, one) in looks.iter().enumerate() {
            for other in &looks[at + 1..] {
                assert!(one.colour != other.colour || (one.dashes != other.dashes && one.shape != other.shape));
            }
        }
    }

    /// Contrast with white, as WCAG 2.2 has it (1.4.11 asks for 3 of what is needed to understand a picture). What is lighter
    /// is told apart by its dashes and points.
    #[test]
    fn the_first_lines_are_dark_enough_on_white() {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let contrast = |RGBColor(red, green, blue): RGBColor| {
            1.05 / (0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) + 0.05)
        };
        assert!(COLOURS[..3].iter().all(|colour| contrast(*colour) >= 3.0));
        assert!(COLOURS.iter().all(|colour| contrast(*colour) >= 2.0));
    }

    #[test]
    fn a_hatch_stays_in_its_frame() {
        let frame = Frame { left: 10.0, top: 20.0, right: 47.0, bottom: 90.0 };
        for gap in [Gap::Small, Gap::Complementary, Gap::Extreme] {
            let strokes = hatch(gap, &frame);
            assert!(strokes.len() > 10);
            for (x, y) in strokes.into_iter().flatten() {
                assert!((10.0..=47.0).contains(&x) && (20.0..=90.0).contains(&y), "{gap:?}: {x}, {y}");
            }
        }
        assert!(hatch(Gap::Missing, &frame).is_empty());
    }
}
