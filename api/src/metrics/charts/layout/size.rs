//! How large a picture is.

use std::ops::RangeInclusive;

use super::Layout;
use crate::metrics::charts::chart::Chart;

/// How wide and high a picture is, in pixels.
pub const WIDTHS: RangeInclusive<u32> = 320..=2_000;
pub const HEIGHTS: RangeInclusive<u32> = 200..=1_200;
/// A picture of this size is drawn as large as it is laid out. In another, letters grow or shrink with it.
const COMMON: (f64, f64) = (800.0, 440.0);
const SMALLEST_SCALE: f64 = 0.8;
const LARGEST_SCALE: f64 = 2.0;
/// Heights that are tried until a chart fits.
pub(super) const STEP: usize = 10;
/// How high a plot is, of its width, where the height of the picture is left open.
const GOOD_PLOT: f64 = 0.32;

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
