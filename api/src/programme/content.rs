//! One edition of a programme, shaped for reading: everything below it in the order of the course, with the places of
//! parents and children. What is published never changes, so the process keeps it and shapes it once.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use glans_entity::ids::{LessonId, MaterialId, ModuleId, ProgrammeVersionId, ProgrammeYearId};
use glans_entity::programme::{lesson, material, module, programme_version, programme_year};
use glans_entity::scope::Scope;
use moka::future::Cache;
use sea_orm::ConnectionTrait;

use super::store;
use crate::platform::error::Result;

/// Editions kept in memory at most; a course of 24 lessons takes about half a megabyte.
const KEPT: u64 = 64;

/// One edition with all that is in it. Positions count from 0 in the order of the course.
#[derive(Debug)]
pub struct Content {
    pub edition: programme_version::Model,
    pub years: Vec<Year>,
    pub modules: Vec<Module>,
    pub lessons: Vec<Lesson>,
    pub materials: Vec<Material>,
    places: Places,
}

#[derive(Debug)]
pub struct Year {
    pub row: programme_year::Model,
    pub modules: Range<usize>,
}

#[derive(Debug)]
pub struct Module {
    pub row: module::Model,
    pub year: usize,
    pub lessons: Range<usize>,
}

#[derive(Debug)]
pub struct Lesson {
    pub row: lesson::Model,
    pub module: usize,
    pub materials: Range<usize>,
}

#[derive(Debug)]
pub struct Material {
    pub row: material::Model,
    pub lesson: usize,
}

/// The rows of one edition, each list in the order of its own position.
#[derive(Debug)]
pub struct Rows {
    pub edition: programme_version::Model,
    pub years: Vec<programme_year::Model>,
    pub modules: Vec<module::Model>,
    pub lessons: Vec<lesson::Model>,
    pub materials: Vec<material::Model>,
}

/// Where a thing of the course is, by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Year(usize),
    Module(usize),
    Lesson(usize),
    Material(usize),
}

/// The id of a thing in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Year(ProgrammeYearId),
    Module(ModuleId),
    Lesson(LessonId),
    Material(MaterialId),
}

#[derive(Debug, Default)]
struct Places {
    years: HashMap<ProgrammeYearId, usize>,
    modules: HashMap<ModuleId, usize>,
    lessons: HashMap<LessonId, usize>,
    materials: HashMap<MaterialId, usize>,
}

impl Content {
    /// Puts the rows of an edition in the order of the course.
    pub fn shape(rows: Rows) -> Self {
        let mut modules_of = by_parent(rows.modules, |row| row.programme_year_id);
        let mut lessons_of = by_parent(rows.lessons, |row| row.module_id);
        let mut materials_of = by_parent(rows.materials, |row| row.lesson_id);
        let mut content = Self {
            edition: rows.edition,
            years: Vec::new(),
            modules: Vec::new(),
            lessons: Vec::new(),
            materials: Vec::new(),
            places: Places::default(),
        };
        for year in rows.years {
            let first = content.modules.len();
            for module in modules_of.remove(&year.id).unwrap_or_default() {
                let lessons = lessons_of.remove(&module.id).unwrap_or_default();
                content.add_module(module, lessons, &mut materials_of);
            }
            content.places.years.insert(year.id, content.years.len());
            let modules = first..content.modules.len();
            content.years.push(Year { row: year, modules });
        }
        content
    }

    fn add_module(
        &mut self,
        row: module::Model,
        lessons: Vec<lesson::Model>,
        materials_of: &mut HashMap<LessonId, Vec<material::Model>>,
    ) {
        let at = self.modules.len();
        let first = self.lessons.len();
        for lesson in lessons {
            let materials = materials_of.remove(&lesson.id).unwrap_or_default();
            self.add_lesson(lesson, at, materials);
        }
        self.places.modules.insert(row.id, at);
        self.modules.push(Module { row, year: self.years.len(), lessons: first..self.lessons.len() });
    }

    fn add_lesson(&mut self, row: lesson::Model, module: usize, materials: Vec<material::Model>) {
        let at = self.lessons.len();
        let first = self.materials.len();
        for material in materials {
            self.places.materials.insert(material.id, self.materials.len());
            self.materials.push(Material { row: material, lesson: at });
        }
        self.places.lessons.insert(row.id, at);
        self.lessons.push(Lesson { row, module, materials: first..self.materials.len() });
    }

    /// Where `part` is in this edition; none when it is in another one.
    pub fn place(&self, part: Part) -> Option<Place> {
        let places = &self.places;
        match part {
            Part::Year(id) => places.years.get(&id).copied().map(Place::Year),
            Part::Module(id) => places.modules.get(&id).copied().map(Place::Module),
            Part::Lesson(id) => places.lessons.get(&id).copied().map(Place::Lesson),
            Part::Material(id) => places.materials.get(&id).copied().map(Place::Material),
        }
    }
}

/// Groups rows by their parent; the order within a group stays.
fn by_parent<T, P: std::hash::Hash + Eq>(rows: Vec<T>, parent: impl Fn(&T) -> P) -> HashMap<P, Vec<T>> {
    let mut groups: HashMap<P, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(parent(&row)).or_default().push(row);
    }
    groups
}

/// The published editions that were read lately.
#[derive(Clone, Debug)]
pub struct Library(Cache<ProgrammeVersionId, Arc<Content>>);

impl Default for Library {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl Library {
    /// The edition, if it was read lately.
    pub async fn find(&self, id: ProgrammeVersionId) -> Option<Arc<Content>> {
        self.0.get(&id).await
    }

    /// The edition, if it is there; what is published is kept.
    pub async fn read(
        &self,
        db: &impl ConnectionTrait,
        scope: &Scope,
        id: ProgrammeVersionId,
    ) -> Result<Option<Arc<Content>>> {
        if let Some(content) = self.find(id).await {
            return Ok(Some(content));
        }
        let Some(rows) = store::rows(db, scope, id).await? else { return Ok(None) };
        let content = Arc::new(Content::shape(rows));
        self.keep(&content).await;
        Ok(Some(content))
    }

    /// Keeps a published edition. A draft still changes, and is not kept.
    pub async fn keep(&self, content: &Arc<Content>) {
        if content.edition.published_at.is_some() {
            self.0.insert(content.edition.id, Arc::clone(content)).await;
        }
    }
}
