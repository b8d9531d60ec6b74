//! The page: A4, tagged so that it can be read aloud, with real text.

mod pen;
mod table;

use std::num::NonZeroU16;

use chrono::Datelike;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Size as PageSize, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, Tag, TagGroup, TagTree};
use krilla::text::Font;
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};

use self::pen::{BLUE, Ends, INK, LEADING, PALE, QUIET, bold, height, plain, single};
use super::Month;
use crate::metrics::charts::chart::Chart;
use crate::metrics::charts::drawing::svg;
use crate::metrics::charts::layout::Size;
use crate::metrics::charts::letters::{BOLD, REGULAR, Weight, fitted, wrapped};
use crate::metrics::charts::picture::tree;
use crate::platform::error::{Error, Result};

/// A4, in points.
const WIDTH: f64 = 595.28;
const HEIGHT: f64 = 841.89;
const MARGIN: f64 = 46.0;
const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// Sizes of letters.
const TITLE: f64 = 20.0;
const PLACE: f64 = 13.0;
const SAID: f64 = 11.0;
const NOTE: f64 = 8.0;
/// How large the chart is drawn, in pixels, and how high it is on the page at least and at most.
const CHART_WIDTH: u32 = 760;
const CHART: (f64, f64) = (190.0, 290.0);
/// The margin of the chart, about as wide as it is drawn.
const EDGE: f64 = 10.0;

/// The page as PDF/UA-1.
pub fn pdf(month: &Month) -> Result<Vec<u8>> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|cause| Error::fault(format!("{cause:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let settings = PageSettings::from_wh(single(WIDTH), single(HEIGHT));
    let mut page = document.start_page_with(settings.ok_or_else(|| Error::fault("a page has no size"))?);
    let mut writing = Writing::on(page.surface(), month)?;
    writing.all()?;
    let tags = writing.finish();
    page.finish();
    document.set_tag_tree(tags);
    document.set_outline(outline(month));
    document.set_metadata(metadata(month));
    document.finish().map_err(|cause| Error::fault(format!("{cause:?}")))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a year, a month and a day")]
fn metadata(month: &Month) -> Metadata {
    let made = DateTime::new(month.today.year() as u16).month(month.today.month() as u8).day(month.today.day() as u8);
    Metadata::new()
        .title(format!("{} · {}", month.title(), month.place))
        .language(month.speech.tag().to_owned())
        .authors(vec![month.speech.say("report-author")])
        .creation_date(made)
}

/// PDF/UA asks for one, even of a page.
fn outline(month: &Month) -> Outline {
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(month.title(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    outline
}

/// The page while it is written, from top to bottom.
struct Writing<'s, 'm> {
    surface: Surface<'s>,
    month: &'m Month,
    regular: Font,
    bold: Font,
    tags: TagTree,
    /// Where the next thing begins.
    y: f64,
}

impl<'s, 'm> Writing<'s, 'm> {
    fn on(surface: Surface<'s>, month: &'m Month) -> Result<Self> {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.into(), 0).ok_or_else(|| Error::fault("a font of the program cannot be read"))
        };
        let tags = TagTree::new().with_lang(Some(month.speech.tag().to_owned()));
        Ok(Self { surface, month, regular: font(REGULAR)?, bold: font(BOLD)?, tags, y: MARGIN })
    }

    fn finish(self) -> TagTree {
        self.surface.finish();
        self.tags
    }

    fn all(&mut self) -> Result<()> {
        self.heading();
        self.line();
        let notes = self.notes();
        let absent =
            self.month.absent().map(|text| wrapped(&text, Weight::Regular, NOTE, INNER, 4)).unwrap_or_default();
        let below = height(absent.len(), NOTE) + 14.0 + height(1, SAID) + height(notes.len(), NOTE) + MARGIN;
        let room = HEIGHT - self.y - below - CHART.0 - 12.0;
        self.table(room);
        self.y += 4.0;
        self.paragraph(&absent, plain(NOTE, QUIET));
        let chart_room = HEIGHT - MARGIN - height(notes.len(), NOTE) - 8.0 - self.y;
        self.chart(chart_room)?;
        self.y = HEIGHT - MARGIN - height(notes.len(), NOTE);
        self.paragraph(&notes, plain(NOTE, QUIET));
        Ok(())
    }

    fn heading(&mut self) {
        let (month, room) = (self.month, INNER);
        let title = month.title();
        self.y += TITLE;
        let text = fitted(&title, Weight::Bold, TITLE, room);
        let said = self.said(&text, MARGIN, Ends::Left, bold(TITLE, INK));
        self.tags.push(TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, Some(title)), vec![said]));
        self.y += 2.0;
        self.paragraph(&wrapped(&month.place, Weight::Regular, PLACE, room, 2), plain(PLACE, QUIET));
        self.y += 14.0;
    }

    /// What it is all about, on a ground of its own.
    fn line(&mut self) {
        let lines = wrapped(&self.month.line(), Weight::Regular, SAID, INNER - 24.0, 3);
        let high = height(lines.len(), SAID) + 14.0;
        self.ground((MARGIN, self.y), (INNER, high), PALE);
        self.ground((MARGIN, self.y), (3.0, high), BLUE);
        let below = self.y + high + 12.0;
        self.y += 7.0;
        let mut children = Vec::new();
        for line in &lines {
            self.y += SAID * LEADING;
            let up = SAID * (LEADING - 1.0);
            self.y -= up;
            children.push(self.said(line, MARGIN + 14.0, Ends::Left, plain(SAID, INK)));
            self.y += up;
        }
        self.tags.push(TagGroup::with_children(Tag::P, children));
        self.y = below;
    }

    fn chart(&mut self, room: f64) -> Result<()> {
        let month = self.month;
        let title = month.speech.say("report-chart");
        self.y += 14.0 + SAID;
        let said = self.said(&title, MARGIN, Ends::Left, bold(SAID, INK));
        let level = NonZeroU16::MIN.saturating_add(1);
        self.tags.push(TagGroup::with_children(Tag::Hn(level, Some(title)), vec![said]));
        self.y += 4.0;
        let high = (room - 14.0 - SAID - 4.0).clamp(CHART.0, CHART.1);
        let tree = tree(&drawn(month, high)?)?;
        // It begins and ends where the text does: its own margin goes over.
        let size = PageSize::from_wh(single(INNER + 2.0 * EDGE), single(high));
        let size = size.ok_or_else(|| Error::fault("a chart has no size"))?;
        let identifier = self.surface.start_tagged(ContentTag::Other);
        self.surface.push_transform(&Transform::from_translate(single(MARGIN - EDGE), single(self.y)));
        let settings = SvgSettings::default();
        let done = self.surface.draw_svg(&tree, size, settings);
        self.surface.pop();
        self.surface.end_tagged();
        done.ok_or_else(|| Error::fault("a chart cannot be drawn on a page"))?;
        let alt = Some(month.chart.told());
        self.tags.push(TagGroup::with_children(Tag::Figure(alt), vec![identifier.into()]));
        Ok(())
    }

    /// The notes, in lines.
    fn notes(&self) -> Vec<String> {
        let notes = self.month.notes();
        notes.iter().flat_map(|note| wrapped(note, Weight::Regular, NOTE, INNER, 3)).collect()
    }
}

/// The chart for a place so high, in points. Its title stands above it already.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a picture has a few hundred pixels")]
fn drawn(month: &Month, high: f64) -> Result<String> {
    let point = f64::from(CHART_WIDTH) / (INNER + 2.0 * EDGE);
    let size = Size { width: CHART_WIDTH, height: (high * point).round() as u32 };
    let chart = Chart { title: String::new(), ..month.chart.clone() };
    svg(&chart, size)?.map_err(|low| Error::fault(format!("the chart of a page does not fit: {low:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::charts::samples;
    use crate::platform::speech::LANGUAGES;

    #[test]
    fn a_page_says_what_it_is_and_in_what_language() {
        for language in LANGUAGES {
            let pdf = pdf(&samples::month(language)).unwrap();
            let text = String::from_utf8_lossy(&pdf);
            assert!(pdf.starts_with(b"%PDF-1.7"));
            assert!(text.contains(&format!("/Lang ({language})")) || text.contains(&format!("/Lang({language})")));
            assert_eq!(text.matches("/Type /Page\n").count() + text.matches("/Type/Page/").count(), 1, "one page");
            assert!(text.contains("pdfuaid:part"), "PDF/UA says so");
        }
    }

    #[test]
    fn a_month_with_everything_or_nothing_is_a_page_too() {
        for language in LANGUAGES {
            assert!(pdf(&samples::empty_month(language)).is_ok());
            assert!(pdf(&samples::full_month(language)).is_ok());
        }
    }

    #[test]
    fn a_name_that_cannot_be_spelled_is_no_fault() {
        assert!(pdf(&samples::month_of("en", "学校 <b>\u{1F600}\u{0}</b> & مدرسة")).is_ok());
    }
}
