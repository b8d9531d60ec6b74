//! A small programme of a board: one year, one module, one lesson, a material for guardians and one for leaders.

use glans_entity::ids::{LessonId, MaterialId, ModuleId, ProgrammeId, ProgrammeVersionId, ProgrammeYearId};
use glans_entity::localized::{LocalizedList, Strings};
use glans_entity::programme::{
    Audience, MaterialKind, ScriptStep, TeamScript, lesson, material, module, programme, programme_version,
    programme_year,
};

use super::sower::Sower;

/// What one programme has.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    pub programme: ProgrammeId,
    pub version: ProgrammeVersionId,
    pub year: ProgrammeYearId,
    pub module: ModuleId,
    pub lesson: LessonId,
    /// For everyone.
    pub material: MaterialId,
    /// For school leaders only.
    pub leaders_material: MaterialId,
}

impl Sower<'_> {
    /// A programme of the board; a draft until it is published.
    pub(super) async fn course(&self, key: &str, published: bool) -> Course {
        let course = Course {
            programme: ProgrammeId::new(),
            version: ProgrammeVersionId::new(),
            year: ProgrammeYearId::new(),
            module: ModuleId::new(),
            lesson: LessonId::new(),
            material: MaterialId::new(),
            leaders_material: MaterialId::new(),
        };
        self.version(&course, key, published).await;
        self.lesson(&course).await;
        self.material(&course, course.material, 1, Audience::Everyone).await;
        self.material(&course, course.leaders_material, 2, Audience::SchoolLeader).await;
        course
    }

    async fn version(&self, course: &Course, key: &str, published: bool) {
        let board_id = Some(self.board);
        let (created_at, updated_at, version) = (self.now, self.now, 1);
        let key = self.text(key);
        self.put::<programme::Entity>(programme::Model {
            id: course.programme,
            board_id,
            key,
            created_at,
            updated_at,
            version,
        })
        .await;
        self.put::<programme_version::Entity>(programme_version::Model {
            id: course.version,
            programme_id: course.programme,
            board_id,
            number: 1,
            title: self.localized("Samen sterk"),
            summary: self.localized("Een korte leergang"),
            language: "nl".to_owned(),
            languages: Strings(vec!["nl".to_owned(), "en".to_owned()]),
            sample: false,
            content_hash: vec![0; 32],
            published_at: published.then_some(self.now),
            created_at,
            updated_at,
            version,
        })
        .await;
        self.put::<programme_year::Entity>(programme_year::Model {
            id: course.year,
            programme_version_id: course.version,
            board_id,
            number: 1,
            title: self.localized("Het eerste jaar"),
            created_at,
            updated_at,
            version,
        })
        .await;
    }

    async fn lesson(&self, course: &Course) {
        let board_id = Some(self.board);
        let (created_at, updated_at, version) = (self.now, self.now, 1);
        self.put::<module::Entity>(module::Model {
            id: course.module,
            programme_version_id: course.version,
            programme_year_id: course.year,
            board_id,
            position: 1,
            title: self.localized("Kennismaken"),
            goal: self.localized("Elkaar kennen"),
            created_at,
            updated_at,
            version,
        })
        .await;
        self.put::<lesson::Entity>(lesson::Model {
            id: course.lesson,
            programme_version_id: course.version,
            module_id: course.module,
            board_id,
            key: self.text("eerste-les"),
            position: 1,
            title: self.localized("De eerste les"),
            objectives: LocalizedList(vec![self.localized("Luisteren")]),
            theory: self.localized("Wie luistert, hoort meer."),
            practical_tips: LocalizedList(vec![self.localized("Stel een open vraag.")]),
            team_script: TeamScript(vec![ScriptStep { minutes: 60, text: self.localized("Begin met een ronde.") }]),
            duration_minutes: 60,
            created_at,
            updated_at,
            version,
        })
        .await;
    }

    async fn material(&self, course: &Course, id: MaterialId, position: i32, audience: Audience) {
        self.put::<material::Entity>(material::Model {
            id,
            programme_version_id: course.version,
            lesson_id: course.lesson,
            board_id: Some(self.board),
            key: self.text(&format!("artikel-{position}")),
            position,
            title: self.localized("Een artikel"),
            kind: MaterialKind::Article,
            audience,
            body: Some(self.localized("Lees dit eerst.")),
            url: Some(format!("https://example.org/{}artikel", self.mark)),
            duration_minutes: Some(10),
            book_reference: Some(self.localized("Hoofdstuk 1")),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
    }
}
