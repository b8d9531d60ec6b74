//! The inputs and payloads of the mutations.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{Audience, Lesson, Material, MaterialKind, MaterialState, Programme};
use crate::payload;
use crate::platform::scalars::Locale;

/// A course to import: one document with all of its texts.
#[derive(InputObject)]
pub struct ProgrammeImportInput {
    /// The board that will own the programme. Programmes of the platform are imported by its operators.
    pub board: ID,
    /// The course in YAML or JSON, in the format of `glans import programme`. The whole request must fit in the size
    /// limit of requests, 64 KiB: a larger course is sent by `uploadCreate` first. Absent where `upload` is given.
    pub document: Option<String>,
    /// The `id` of an upload of the same board, made by `uploadCreate`, to which the course was sent: at most 4 MiB, in
    /// UTF-8. Absent where `document` is given.
    pub upload: Option<ID>,
    /// Whether to publish it at once; false when absent, so that it becomes a draft.
    pub publish: Option<bool>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Publishes the draft of a programme.
#[derive(InputObject)]
pub struct ProgrammePublishInput {
    /// Which programme.
    pub id: ID,
    /// Refused with CONFLICT when the stored version of the programme is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a lesson of a draft. What is absent stays.
#[derive(InputObject)]
pub struct LessonUpdateInput {
    /// Which lesson.
    pub id: ID,
    /// The language of the texts given here, one of those that the course names; its own when absent. Texts in other
    /// languages stay.
    pub locale: Option<Locale>,
    /// What the lesson is called, 1 to 200 characters, one line.
    pub title: Option<String>,
    /// What the team can do afterwards: 1 to 10 texts of at most 500 characters. They replace the present ones one by
    /// one; what is left over is removed in all languages. New ones can be added in the language of the course only.
    pub objectives: Option<Vec<String>>,
    /// What the lesson teaches, 1 to 20,000 characters.
    pub theory: Option<String>,
    /// What a teacher can do tomorrow: at most 20 texts of at most 1,000 characters, replaced as objectives are.
    pub practical_tips: Option<Vec<String>>,
    /// The steps of the team session, at most 30, replaced as objectives are. Their minutes must add up to the duration.
    pub team_script: Option<Vec<TeamScriptStepInput>>,
    /// How long the team session takes, in minutes, 1 to 480.
    pub duration_minutes: Option<i32>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A step of a team session.
#[derive(InputObject)]
pub struct TeamScriptStepInput {
    /// How long the step takes, in minutes, 1 to 480.
    pub duration_minutes: i32,
    /// What the leader does and says, 1 to 2,000 characters.
    pub text: String,
}

/// Changes to a material of a draft. What is absent stays.
#[derive(InputObject)]
pub struct MaterialUpdateInput {
    /// Which material.
    pub id: ID,
    /// The language of the texts given here, one of those that the course names; its own when absent. Texts in other
    /// languages stay.
    pub locale: Option<Locale>,
    /// What the material is called, 1 to 200 characters, one line.
    pub title: Option<String>,
    /// What it is.
    pub kind: Option<MaterialKind>,
    /// For whom it is.
    pub audience: Option<Audience>,
    /// The text itself, 1 to 50,000 characters; null removes it in all languages.
    pub body: MaybeUndefined<String>,
    /// Where it is on the web: http or https, at most 2,048 characters; null removes it.
    pub url: MaybeUndefined<String>,
    /// How long it takes, in minutes, 1 to 480; null removes it.
    pub duration_minutes: MaybeUndefined<i32>,
    /// Where it is in the reference book, 1 to 200 characters; null removes it in all languages.
    pub book_reference: MaybeUndefined<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How far the viewer is with a material. Any state may follow any other; the same again changes nothing.
#[derive(InputObject)]
pub struct MaterialStateSetInput {
    /// Which material: a published one that the viewer may read.
    pub material: ID,
    /// How far the viewer is.
    pub state: MaterialState,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `programmeImport`.
    ProgrammeImportPayload {
        /// The programme with its editions, of which the first is the imported one; null when refused.
        programme: Programme,
        programme_edge
    }
}

payload! {
    /// The answer to `programmePublish`.
    ProgrammePublishPayload {
        /// The programme as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        programme: Programme
    }
}

payload! {
    /// The answer to `lessonUpdate`.
    LessonUpdatePayload {
        /// The lesson as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        lesson: Lesson
    }
}

payload! {
    /// The answer to `materialUpdate`.
    MaterialUpdatePayload {
        /// The material as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        material: Material
    }
}

payload! {
    /// The answer to `materialStateSet`.
    MaterialStateSetPayload {
        /// The material with its new state; null when refused.
        material: Material
    }
}
