//! The page: A4, tagged so that it can be read aloud, with real text.

use std::num::NonZeroU16;

use chrono::{Datelike, Days};
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect, Size as PageSize, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree};
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};

use super::{Month, Row};
use crate::metrics::charts::chart::Chart;
use crate::metrics::charts::drawing::svg;
use crate::metrics::charts::layout::Size;
use crate::metrics::charts::letters::{BOLD, REGULAR, Weight, fitted, width, wrapped};
use crate::metrics::charts::picture::tree;
use crate::metrics::texts;
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
const CELL: f64 = 9.5;
const NOTE: f64 = 8.0;
const LEADING: f64 = 1.38;
/// Rows of the table: as high as there is room for.
const ROWS: (f64, f64) = (13.0, 20.0);
/// How large the chart is drawn, in pixels, and how high it is on the page at least and at most.
const CHART_WIDTH: u32 = 760;
const CHART: (f64, f64) = (190.0, 290.0);
/// The margin of the chart, about as wide as it is drawn.
const EDGE: f64 = 10.0;
/// Where the columns of the table end, and where the bars are.
const VALUE_ENDS: f64 = MARGIN + 216.0;
const BARS: (f64, f64) = (MARGIN + 230.0, MARGIN + 312.0);
const COUNT_ENDS: f64 = MARGIN + 414.0;
const BEFORE_ENDS: f64 = MARGIN + INNER - 6.0;

type Colour = (u8, u8, u8);
const INK: Colour = (34, 34, 34);
const QUIET: Colour = (89, 89, 89);
const BLUE: Colour = (0, 114, 178);
const PALE: Colour = (238, 243, 247);
const RULE: Colour = (205, 205, 205);

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

/// As krilla takes numbers.
#[expect(clippy::cast_possible_truncation, reason = "a page has a few hundred points")]
fn single(points: f64) -> f32 {
    points as f32
}

/// Which end of a text is at its place.
#[derive(Clone, Copy)]
enum Ends {
    Left,
    Right,
}

/// How letters look.
#[derive(Clone, Copy)]
struct Style {
    weight: Weight,
    size: f64,
    colour: Colour,
}

const fn plain(size: f64, colour: Colour) -> Style {
    Style { weight: Weight::Regular, size, colour }
}

const fn bold(size: f64, colour: Colour) -> Style {
    Style { weight: Weight::Bold, size, colour }
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

    fn table(&mut self, room: f64) {
        let month = self.month;
        let before = texts::month(month.speech, month.first - Days::new(1));
        let heads = [
            (month.speech.say("report-metric"), MARGIN, Ends::Left),
            (texts::month(month.speech, month.first), VALUE_ENDS, Ends::Right),
            (month.speech.say("report-count"), COUNT_ENDS, Ends::Right),
            (before, BEFORE_ENDS, Ends::Right),
        ];
        if month.rows.is_empty() {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "there are a few rows")]
        let row_height = (room / (month.rows.len() + 1) as f64).clamp(ROWS.0, ROWS.1);
        let mut head = TagGroup::new(Tag::TR);
        self.y += row_height;
        for (text, x, ends) in heads {
            self.y -= row_height * 0.3;
            let said = self.said(&text, x, ends, bold(NOTE + 0.5, QUIET));
            self.y += row_height * 0.3;
            head.push(TagGroup::with_children(Tag::TH(TableHeaderScope::Column), vec![said]));
        }
        let mut body = TagGroup::new(Tag::TBody);
        for row in &month.rows {
            self.ground((MARGIN, self.y), (INNER, 0.5), RULE);
            self.y += row_height;
            body.push(self.row(row, row_height));
        }
        self.ground((MARGIN, self.y), (INNER, 0.5), RULE);
        let head = TagGroup::with_children(Tag::THead, vec![head.into()]);
        self.tags.push(TagGroup::with_children(Tag::Table, vec![head.into(), body.into()]));
    }

    /// A row that ends at the present height.
    fn row(&mut self, row: &Row, high: f64) -> TagGroup {
        let month = self.month;
        let end = self.y;
        self.bar(row.now.share(), (end - high / 2.0 - 2.5, 5.0));
        // The foot of the letters, so that they stand in the middle of the row.
        self.y = end - high / 2.0 + CELL * 0.36;
        let title = texts::title(month.speech, row.metric);
        let is_shown = row.now.share().is_some();
        let value = if is_shown { bold(CELL, INK) } else { plain(CELL, QUIET) };
        let title = self.said(&title, MARGIN, Ends::Left, plain(CELL, INK));
        let cells = [
            (month.value(row.now), VALUE_ENDS, value),
            (month.count(row.now), COUNT_ENDS, plain(CELL, INK)),
            (month.value(row.before), BEFORE_ENDS, plain(CELL, QUIET)),
        ];
        let mut group = TagGroup::with_children(
            Tag::TR,
            vec![TagGroup::with_children(Tag::TH(TableHeaderScope::Row), vec![title]).into()],
        );
        for (text, x, style) in cells {
            // A cell must have something in it, or it is no cell of the table.
            let text = if text.is_empty() { month.speech.say("report-missing") } else { text };
            let said = self.said(&text, x, Ends::Right, style);
            group.push(TagGroup::with_children(Tag::TD, vec![said]));
        }
        self.y = end;
        group
    }

    fn bar(&mut self, share: Option<f64>, (top, high): (f64, f64)) {
        let Some(share) = share else { return };
        let (left, right) = BARS;
        self.ground((left, top), (right - left, high), PALE);
        self.ground((left, top), ((right - left) * share, high), BLUE);
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

    fn paragraph(&mut self, lines: &[String], style: Style) {
        let mut children = Vec::new();
        for line in lines {
            self.y += style.size * LEADING;
            children.push(self.said(line, MARGIN, Ends::Left, style));
        }
        if !children.is_empty() {
            self.tags.push(TagGroup::with_children(Tag::P, children));
        }
    }

    /// A text whose letters stand at the present height.
    fn said(&mut self, text: &str, x: f64, ends: Ends, style: Style) -> Node {
        let x = match ends {
            Ends::Left => x,
            Ends::Right => x - width(text, style.weight, style.size),
        };
        let font = if style.weight == Weight::Bold { self.bold.clone() } else { self.regular.clone() };
        let identifier = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        self.surface.set_fill(Some(fill(style.colour)));
        let at = Point::from_xy(single(x), single(self.y));
        self.surface.draw_text(at, font, single(style.size), text, false, TextDirection::LeftToRight);
        self.surface.end_tagged();
        identifier.into()
    }

    /// Something to look at, that is not read aloud.
    fn ground(&mut self, (left, top): (f64, f64), (wide, high): (f64, f64), colour: Colour) {
        let mut path = PathBuilder::new();
        let Some(rect) = Rect::from_xywh(single(left), single(top), single(wide), single(high)) else { return };
        path.push_rect(rect);
        let Some(path) = path.finish() else { return };
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        self.surface.set_fill(Some(fill(colour)));
        self.surface.draw_path(&path);
        self.surface.end_tagged();
    }
}

fn fill((red, green, blue): Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

/// Of so many lines of text.
#[expect(clippy::cast_precision_loss, reason = "there are a few lines")]
fn height(lines: usize, size: f64) -> f64 {
    lines as f64 * size * LEADING
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
