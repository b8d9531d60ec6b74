//! The circle of the course from the first meeting to the third, as the people in it tell it through HTTP.

mod acts;
mod stage;

use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use self::stage::{Course, SCHOOLS, Someone, Stage, lessons};

/// The people of a cohort, and what they work with.
struct Story<'w> {
    stage: Stage<'w>,
    tom: Someone,
    anouk: Someone,
    bram: Someone,
    carla: Someone,
    daan: Someone,
    eva: Someone,
    finn: Someone,
    schools: Vec<String>,
    course: Course,
    /// Three, two weeks apart.
    meetings: Vec<String>,
}

/// What was told with the first lesson.
struct Told {
    child: String,
    obstacle: String,
    question: String,
    success: String,
    tip: String,
}

impl<'w> Story<'w> {
    /// A director makes five schools a cohort with a trainer. One leader leads two of them.
    async fn begins(world: &'w World) -> Self {
        let anonymous = world.actor(Who::Anonymous).await;
        let stage = Stage { world, anonymous };
        let imported = glans::programme::import(&world.app, glans::programme::SAMPLE, None, true).await;
        let programme = imported.unwrap_or_else(|_| panic!("the sample course comes in")).programme.id.to_string();

        let mut schools = Vec::new();
        for name in SCHOOLS {
            schools.push(stage.school(name).await);
        }
        let board = world.ours.id.to_string();
        let tom = stage.joins("Tom", &[("TRAINER", &board)]).await;
        let anouk = stage.joins("Anouk", &[("SCHOOL_LEADER", &schools[0])]).await;
        let bram = stage.joins("Bram", &[("SCHOOL_LEADER", &schools[1])]).await;
        let carla = stage.joins("Carla", &[("SCHOOL_LEADER", &schools[2]), ("SCHOOL_LEADER", &schools[3])]).await;
        let daan = stage.joins("Daan", &[("SCHOOL_LEADER", &schools[4])]).await;
        let eva = stage.joins("Eva", &[("TEACHER", &schools[0])]).await;
        let finn = stage.joins("Finn", &[("TEACHER", &schools[0])]).await;
        let director = stage.known(Who::Director).await;
        let input = json!({ "name": "Voorop", "programme": programme, "schools": schools, "trainers": [tom.id] });
        let made = director.does("cohortCreate", "cohort { id schools { id } trainers { givenName } }", input).await;
        assert_eq!(made.texts_at("cohortCreate.cohort.trainers", "givenName"), ["Tom"]);
        let cohort = made.text_at("cohortCreate.cohort.id").to_owned();
        let places = made.texts_at("cohortCreate.cohort.schools", "id").into_iter().map(str::to_owned).collect();
        let course = Course { lessons: lessons(&stage, &cohort).await, cohort, places };
        let meetings = Vec::new();
        Self { stage, tom, anouk, bram, carla, daan, eva, finn, schools, course, meetings }
    }
}

async fn the_circle_turns_from_the_first_meeting_to_the_third(world: &World) {
    let mut story = Story::begins(world).await;
    story.plan().await;
    story.prepare().await;
    let sessions = story.teach().await;
    let told = story.share().await;
    story.look_back().await;
    story.discuss(&told).await;
    story.stays_within(&sessions, &told).await;
}

on_each_database!(the_circle_turns_from_the_first_meeting_to_the_third);
