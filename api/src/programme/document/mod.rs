//! The document in which a course is written: one YAML (or JSON) file with all of its texts.
//!
//! ```yaml
//! key: our-course              # stays the same over all editions; so do keys of lessons and materials
//! languages: [nl, en]          # the first one is complete, the others fall back to it
//! isSample: false              # optional
//! title: {nl: Onze leergang, en: Our course}
//! summary: Eén taal mag ook    # a bare text is in the first language
//! years:
//!   - title: …
//!     modules:
//!       - title: …
//!         goal: …
//!         lessons:
//!           - key: first-conversation
//!             title: …
//!             durationMinutes: 75
//!             objectives: [ …, … ]
//!             theory: |        # paragraphs, an empty line between them
//!             practicalTips: [ …, … ]
//!             teamScript:      # the minutes add up to durationMinutes
//!               - minutes: 10
//!                 text: …
//!             materials:
//!               - key: listening-card
//!                 kind: TOOL
//!                 audience: TEACHER
//!                 title: …
//!                 body: …      # body, url, durationMinutes, bookReference as the kind asks
//! ```
//!
//! It is read whole: [`parse`] gives the document, or every problem in it with its line and path.

mod course;
mod problem;
mod reader;
mod tree;

use glans_entity::localized::{Localized, LocalizedList};
use glans_entity::programme::{Audience, MaterialKind, TeamScript};
use serde::Serialize;

pub use problem::{Problem, Problems};

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = crate::uploads::MOST_BYTES;

/// Reads a whole document, or says all that is wrong with it.
pub fn parse(text: &str) -> Result<Document, Problems> {
    let root = tree::parse(text).map_err(|problem| Problems(vec![problem]))?;
    course::read(&root)
}

/// A course as its author wrote it: valid, and in the order of teaching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    pub key: String,
    /// Never empty; the first is the course's own.
    pub languages: Vec<String>,
    pub is_sample: bool,
    pub title: Localized,
    pub summary: Localized,
    pub years: Vec<Year>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Year {
    pub title: Localized,
    pub modules: Vec<Module>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Module {
    pub title: Localized,
    pub goal: Localized,
    pub lessons: Vec<Lesson>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lesson {
    pub key: String,
    pub title: Localized,
    pub duration_minutes: i32,
    pub objectives: LocalizedList,
    pub theory: Localized,
    pub practical_tips: LocalizedList,
    pub team_script: TeamScript,
    pub materials: Vec<Material>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Material {
    pub key: String,
    pub kind: MaterialKind,
    pub audience: Audience,
    pub title: Localized,
    pub body: Option<Localized>,
    pub url: Option<String>,
    pub duration_minutes: Option<i32>,
    pub book_reference: Option<Localized>,
}

impl Document {
    /// The course's own language, in which every text is present.
    pub fn language(&self) -> &str {
        self.languages.first().map_or("nl", String::as_str)
    }

    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        let modules = self.years.iter().flat_map(|year| &year.modules);
        modules.flat_map(|module| &module.lessons)
    }

    pub fn materials(&self) -> impl Iterator<Item = &Material> {
        self.lessons().flat_map(|lesson| &lesson.materials)
    }
}
