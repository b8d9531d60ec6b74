//! From a document to the rows of an edition. Pure, but for the new ids.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, LessonId, MaterialId, ModuleId, ProgrammeId, ProgrammeVersionId, ProgrammeYearId};
use glans_entity::localized::Strings;
use glans_entity::programme::{lesson, material, module, programme_version, programme_year};

use super::content::Rows;
use super::document::{Document, Lesson, Material, Module, Year};

/// Whose edition it is, and which.
#[derive(Clone, Debug)]
pub struct Imprint {
    pub programme: ProgrammeId,
    pub board: Option<BoardId>,
    pub edition: ProgrammeVersionId,
    /// Counts the editions of the programme, from 1.
    pub number: i32,
    pub content_hash: Vec<u8>,
    pub now: DateTime<Utc>,
}

/// Ids that a draft gave out, by key: its successor keeps them, so that an open screen of an author stays valid.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    pub lessons: HashMap<String, LessonId>,
    pub materials: HashMap<String, MaterialId>,
}

impl Ids {
    /// The ids that the rows of a draft have.
    pub fn of(rows: &Rows) -> Self {
        Self {
            lessons: rows.lessons.iter().map(|row| (row.key.clone(), row.id)).collect(),
            materials: rows.materials.iter().map(|row| (row.key.clone(), row.id)).collect(),
        }
    }
}

/// The rows of the draft that `document` becomes.
pub fn rows(document: Document, imprint: Imprint, ids: &Ids) -> Rows {
    let language = document.language().to_owned();
    let edition = programme_version::Model {
        id: imprint.edition,
        programme_id: imprint.programme,
        board_id: imprint.board,
        number: imprint.number,
        title: document.title,
        summary: document.summary,
        language,
        languages: Strings(document.languages),
        sample: document.is_sample,
        content_hash: imprint.content_hash.clone(),
        published_at: None,
        created_at: imprint.now,
        updated_at: imprint.now,
        version: 1,
    };
    let (years, modules, lessons, materials) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let rows = Rows { edition, years, modules, lessons, materials };
    let mut press = Press { imprint, ids, rows };
    for (number, year) in (1..).zip(document.years) {
        press.year(number, year);
    }
    press.rows
}

/// Puts down row after row.
struct Press<'i> {
    imprint: Imprint,
    ids: &'i Ids,
    rows: Rows,
}

impl Press<'_> {
    fn year(&mut self, number: i32, year: Year) {
        let id = ProgrammeYearId::new();
        self.rows.years.push(programme_year::Model {
            id,
            programme_version_id: self.imprint.edition,
            board_id: self.imprint.board,
            number,
            title: year.title,
            created_at: self.imprint.now,
            updated_at: self.imprint.now,
            version: 1,
        });
        for (position, module) in (1..).zip(year.modules) {
            self.module(id, position, module);
        }
    }

    fn module(&mut self, year: ProgrammeYearId, position: i32, module: Module) {
        let id = ModuleId::new();
        self.rows.modules.push(module::Model {
            id,
            programme_version_id: self.imprint.edition,
            programme_year_id: year,
            board_id: self.imprint.board,
            position,
            title: module.title,
            goal: module.goal,
            created_at: self.imprint.now,
            updated_at: self.imprint.now,
            version: 1,
        });
        for (position, lesson) in (1..).zip(module.lessons) {
            self.lesson(id, position, lesson);
        }
    }

    fn lesson(&mut self, module: ModuleId, position: i32, lesson: Lesson) {
        let id = self.ids.lessons.get(&lesson.key).copied().unwrap_or_else(LessonId::new);
        self.rows.lessons.push(lesson::Model {
            id,
            programme_version_id: self.imprint.edition,
            module_id: module,
            board_id: self.imprint.board,
            key: lesson.key,
            position,
            title: lesson.title,
            objectives: lesson.objectives,
            theory: lesson.theory,
            practical_tips: lesson.practical_tips,
            team_script: lesson.team_script,
            duration_minutes: lesson.duration_minutes,
            created_at: self.imprint.now,
            updated_at: self.imprint.now,
            version: 1,
        });
        for (position, material) in (1..).zip(lesson.materials) {
            self.material(id, position, material);
        }
    }

    fn material(&mut self, lesson: LessonId, position: i32, material: Material) {
        let id = self.ids.materials.get(&material.key).copied().unwrap_or_else(MaterialId::new);
        self.rows.materials.push(material::Model {
            id,
            programme_version_id: self.imprint.edition,
            lesson_id: lesson,
            board_id: self.imprint.board,
            key: material.key,
            position,
            title: material.title,
            kind: material.kind,
            audience: material.audience,
            body: material.body,
            url: material.url,
            duration_minutes: material.duration_minutes,
            book_reference: material.book_reference,
            created_at: self.imprint.now,
            updated_at: self.imprint.now,
            version: 1,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::SAMPLE;
    use crate::programme::content::{Content, Part, Place};
    use crate::programme::document::parse;

    fn imprint() -> Imprint {
        Imprint {
            programme: ProgrammeId::new(),
            board: None,
            edition: ProgrammeVersionId::new(),
            number: 1,
            content_hash: vec![1],
            now: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_sample_becomes_rows_that_are_shaped_in_the_order_of_the_document() {
        let document = parse(SAMPLE).unwrap();
        let keys: Vec<String> = document.lessons().map(|lesson| lesson.key.clone()).collect();
        let materials: Vec<String> = document.materials().map(|material| material.key.clone()).collect();
        let content = Content::shape(rows(document, imprint(), &Ids::default()));
        let shaped: Vec<&str> = content.lessons.iter().map(|lesson| lesson.row.key.as_str()).collect();
        assert_eq!(shaped, keys);
        let shaped: Vec<&str> = content.materials.iter().map(|material| material.row.key.as_str()).collect();
        assert_eq!(shaped, materials);
        assert_eq!((content.years.len(), content.modules.len(), content.lessons.len()), (2, 6, 24));
        assert_eq!(content.years[1].modules, 3..6);
        assert_eq!(content.modules[4].lessons, 16..20);
        assert_eq!((content.modules[4].year, content.lessons[17].module), (1, 4));
        let seventeenth = content.lessons[17].row.id;
        assert_eq!(content.place(Part::Lesson(seventeenth)), Some(Place::Lesson(17)));
        assert_eq!(content.place(Part::Lesson(LessonId::new())), None);
    }

    #[test]
    fn ids_of_a_draft_stay_with_their_keys() {
        let document = parse(SAMPLE).unwrap();
        let first = rows(document.clone(), imprint(), &Ids::default());
        let again = rows(document.clone(), imprint(), &Ids::of(&first));
        let fresh = rows(document, imprint(), &Ids::default());
        let ids = |rows: &Rows| -> Vec<LessonId> { rows.lessons.iter().map(|lesson| lesson.id).collect() };
        assert_eq!(ids(&first), ids(&again));
        assert_ne!(ids(&first), ids(&fresh));
    }
}
