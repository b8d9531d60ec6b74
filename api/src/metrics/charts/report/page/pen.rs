//! How letters and grounds come onto the page.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::paint::Fill;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, Tag, TagGroup};
use krilla::text::TextDirection;

use super::{MARGIN, Writing};
use crate::metrics::charts::letters::{Weight, width};

/// From one line of text to the next, of its size.
pub(super) const LEADING: f64 = 1.38;

pub(super) type Colour = (u8, u8, u8);
pub(super) const INK: Colour = (34, 34, 34);
pub(super) const QUIET: Colour = (89, 89, 89);
pub(super) const BLUE: Colour = (0, 114, 178);
pub(super) const PALE: Colour = (238, 243, 247);

/// Which end of a text is at its place.
#[derive(Clone, Copy)]
pub(super) enum Ends {
    Left,
    Right,
}

/// How letters look.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub weight: Weight,
    pub size: f64,
    pub colour: Colour,
}

pub(super) const fn plain(size: f64, colour: Colour) -> Style {
    Style { weight: Weight::Regular, size, colour }
}

pub(super) const fn bold(size: f64, colour: Colour) -> Style {
    Style { weight: Weight::Bold, size, colour }
}

impl Writing<'_, '_> {
    pub(super) fn paragraph(&mut self, lines: &[String], style: Style) {
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
    pub(super) fn said(&mut self, text: &str, x: f64, ends: Ends, style: Style) -> Node {
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
    pub(super) fn ground(&mut self, (left, top): (f64, f64), (wide, high): (f64, f64), colour: Colour) {
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
pub(super) fn height(lines: usize, size: f64) -> f64 {
    lines as f64 * size * LEADING
}

/// As krilla takes numbers.
#[expect(clippy::cast_possible_truncation, reason = "a page has a few hundred points")]
pub(super) fn single(points: f64) -> f32 {
    points as f32
}
