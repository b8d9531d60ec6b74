//! A cohort that goes on with another edition of its course.

use chrono::TimeDelta;
use glans::programme::import;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes};

/// Lessons by key and title.
fn course(lessons: &[(&str, &str)]) -> String {
    let lessons = lessons.iter().map(|(key, title)| {
        format!("{{key: {key}, title: {title}, durationMinutes: 30, objectives: [Doel], theory: Tekst, practicalTips: [], materials: []}}")
    });
    let lessons: Vec<String> = lessons.collect();
    format!(
        "{{key: klein, languages: [nl], title: Klein, summary: Klein, years: [{{title: Een, modules: [{{title: Een,
        goal: Doel, lessons: [{}]}}]}}]}}",
        lessons.join(", ")
    )
}

/// Publishes an edition of the course: its id, and the ids of its lessons.
async fn edition(world: &World, lessons: &[(&str, &str)]) -> (Value, Vec<Value>) {
    import(&world.app, &course(lessons), Some(world.ours.id), true).await.unwrap();
    let seen = "{ programmes { nodes { id title edition { id } years { modules { lessons { id } } } } } }";
    let seen = ask(world, Who::Admin, seen, Value::Null).await;
    let programmes = seen["programmes"]["nodes"].as_array().unwrap();
    let programme = programmes.iter().find(|programme| programme["title"] == "Klein").unwrap();
    let lessons = programme["years"][0]["modules"][0]["lessons"].as_array().unwrap();
    (programme["edition"]["id"].clone(), lessons.iter().map(|lesson| lesson["id"].clone()).collect())
}

const FIRST: &[(&str, &str)] = &[("een", "Een"), ("twee", "Twee"), ("drie", "Drie"), ("stil", "Stil")];
const SECOND: &[(&str, &str)] = &[("nieuw", "Nieuw"), ("dubbel", "Dubbel"), ("een", "Een opnieuw")];

/// A cohort that is under way with the first edition.
struct Underway {
    cohort: Value,
    school: Value,
    meeting: Value,
    session: Value,
    first: (Value, Vec<Value>),
    second: (Value, Vec<Value>),
}

impl Underway {
    async fn of(world: &World) -> Self {
        let first = edition(world, FIRST).await;
        let programmes = ask(world, Who::Admin, "{ programmes { nodes { id title } } }", Value::Null).await;
        let programmes = programmes["programmes"]["nodes"].as_array().unwrap();
        let programme = programmes.iter().find(|programme| programme["title"] == "Klein").unwrap()["id"].clone();
        let input = json!({ "name": "Cohort Oost", "programme": programme, "schools": [world.ours.schools[0]],
            "trainers": [world.ours.trainer.person] });
        let made = act(world, Who::Admin, "cohortCreate", "cohort { id schools { id } }", input).await;
        let (cohort, school) = (made["cohort"]["id"].clone(), made["cohort"]["schools"][0]["id"].clone());
        let at = |days| world.app.clock.now() + TimeDelta::days(days);
        let [one, two, three] = [0, 1, 2].map(|at: usize| first.1[at].clone());
        let meeting = act(
            world,
            Who::Trainer,
            "meetingPlan",
            "meeting { id }",
            json!({
                "cohort": cohort, "prepares": [one, two], "startsAt": at(-9), "endsAt": at(-9) + TimeDelta::hours(2),
            }),
        )
        .await["meeting"]["id"]
            .take();
        let present = json!([{ "person": world.ours.leader.person, "status": "PRESENT" }]);
        let held = json!({ "id": meeting, "attendance": present });
        assert_eq!(codes(&act(world, Who::Trainer, "meetingRecord", "", held).await), Vec::<&str>::new());
        let session = act(
            world,
            Who::Leader,
            "teamSessionPlan",
            "teamSession { id }",
            json!({
                "schoolCohort": school, "lesson": one, "startsAt": at(2), "endsAt": at(2) + TimeDelta::hours(2),
            }),
        )
        .await["teamSession"]["id"]
            .take();
        let skipped = json!({ "schoolCohort": school, "lesson": three, "reason": "Al gedaan." });
        assert_eq!(codes(&act(world, Who::Trainer, "lessonSkip", "", skipped).await), Vec::<&str>::new());
        let second = edition(world, SECOND).await;
        Self { cohort, school, meeting, session, first, second }
    }

    /// The lessons by title and status, and what the meeting prepares and the session is about.
    async fn seen(&self, world: &World) -> Value {
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) {
            ... on SchoolCohort { lessons { status lesson { title } } }
            ... on Meeting { prepares { title } } ... on TeamSession { lesson { title } } } }";
        let ids = json!({ "ids": [self.school, self.meeting, self.session] });
        let mut seen = ask(world, Who::Leader, document, ids).await;
        let lessons: Vec<String> = seen["nodes"][0]["lessons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| format!("{} {}", it["lesson"]["title"].as_str().unwrap(), it["status"].as_str().unwrap()))
            .collect();
        json!([lessons, seen["nodes"][1]["prepares"].take(), seen["nodes"][2]["lesson"].take()])
    }

    async fn migrates(&self, world: &World, who: Who, edition: &Value, more: Value) -> Value {
        let mut input = json!({ "id": self.cohort, "edition": edition });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let document = "mutation($input: CohortMigrateInput!) { cohortMigrate(input: $input) {
            cohort { version programme { edition { id } } } userErrors { code field message } } }";
        ask(world, who, document, json!({ "input": input })).await["cohortMigrate"].take()
    }
}

fn before() -> Value {
    json!([
        ["Een SCHEDULED", "Twee PREPARED", "Drie SKIPPED", "Stil NOT_STARTED"],
        [{ "title": "Een" }, { "title": "Twee" }], { "title": "Een" },
    ])
}

async fn a_cohort_goes_on_with_the_next_edition_lesson_by_lesson(world: &World) {
    let underway = Underway::of(world).await;
    assert_eq!(underway.seen(world).await, before(), "what is published later does not touch it");

    let forgotten = underway.migrates(world, Who::Trainer, &underway.second.0, json!({})).await;
    assert_eq!(codes(&forgotten), ["CONFLICT"]);
    let message = forgotten["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("of laat haar eindigen: Twee; Drie."), "{message}");
    assert_eq!(underway.seen(world).await, before());

    let said = json!({
        "lessons": [{ "lesson": underway.first.1[1], "successor": underway.second.1[1] }],
        "ended": [underway.first.1[2]], "ifVersion": 1,
    });
    let moved = underway.migrates(world, Who::Trainer, &underway.second.0, said.clone()).await;
    assert_eq!((codes(&moved), &moved["cohort"]["version"]), (vec![], &json!(2)), "{moved}");
    let after = json!([
        ["Nieuw NOT_STARTED", "Dubbel PREPARED", "Een opnieuw SCHEDULED"],
        [{ "title": "Dubbel" }, { "title": "Een opnieuw" }], { "title": "Een opnieuw" },
    ]);
    assert_eq!(underway.seen(world).await, after);
    let again = underway.migrates(world, Who::Trainer, &underway.second.0, json!({})).await;
    assert_eq!((codes(&again), &again["cohort"]["version"]), (vec![], &json!(2)));
    assert_eq!(codes(&underway.migrates(world, Who::Trainer, &underway.first.0, said).await), ["CONFLICT"]);

    // A phone that was without a signal still names the lesson that it knew.
    let late =
        json!({ "schoolCohort": underway.school, "lesson": underway.first.1[1], "kind": "TIP", "text": "Vraag door." });
    let late = act(world, Who::Leader, "experienceShare", "experience { lesson { title } }", late).await;
    assert_eq!(late["experience"]["lesson"]["title"], "Dubbel");
    let gone =
        json!({ "schoolCohort": underway.school, "lesson": underway.first.1[2], "kind": "TIP", "text": "Vraag door." });
    assert_eq!(codes(&act(world, Who::Leader, "experienceShare", "", gone).await), ["NOT_FOUND"]);

    let back = json!({ "lessons": [{ "lesson": underway.second.1[1], "successor": underway.first.1[1] }] });
    let back = underway.migrates(world, Who::Admin, &underway.first.0, back).await;
    assert_eq!(codes(&back), Vec::<&str>::new(), "{back}");
    assert_eq!(underway.seen(world).await, before());
}

async fn a_way_back_that_ends_a_lesson_leaves_the_way_there_open(world: &World) {
    let underway = Underway::of(world).await;
    let (two, three) = (&underway.first.1[1], &underway.first.1[2]);
    let (double, again) = (&underway.second.1[1], &underway.second.1[2]);
    let there = json!({ "lessons": [{ "lesson": two, "successor": double }], "ended": [three] });
    let back = json!({ "lessons": [{ "lesson": double, "successor": two }], "ended": [again] });
    for (to, said, lessons) in [
        (&underway.second.0, &there, json!(["Nieuw NOT_STARTED", "Dubbel PREPARED", "Een opnieuw SCHEDULED"])),
        (&underway.first.0, &back, json!(["Een NOT_STARTED", "Twee PREPARED", "Drie SKIPPED", "Stil NOT_STARTED"])),
        (&underway.second.0, &there, json!(["Nieuw NOT_STARTED", "Dubbel PREPARED", "Een opnieuw SCHEDULED"])),
    ] {
        let moved = underway.migrates(world, Who::Trainer, to, said.clone()).await;
        assert_eq!(codes(&moved), Vec::<&str>::new(), "{moved}");
        assert_eq!(underway.seen(world).await[0], lessons);
    }
}

async fn a_lesson_that_ended_takes_nothing_more_from_late_phones(world: &World) {
    let underway = Underway::of(world).await;
    let (two, three) = (&underway.first.1[1], &underway.first.1[2]);
    let there = json!({ "lessons": [{ "lesson": two, "successor": underway.second.1[1] }], "ended": [three] });
    assert_eq!(codes(&underway.migrates(world, Who::Trainer, &underway.second.0, there).await), Vec::<&str>::new());
    let third = edition(world, &[("een", "Een voor het laatst")]).await;
    let on = json!({ "ended": [underway.second.1[1]] });
    assert_eq!(codes(&underway.migrates(world, Who::Trainer, &third.0, on).await), Vec::<&str>::new());
    for lesson in [two, &underway.second.1[1]] {
        let late = json!({ "schoolCohort": underway.school, "lesson": lesson, "kind": "TIP", "text": "Vraag door." });
        assert_eq!(codes(&act(world, Who::Leader, "experienceShare", "", late).await), ["NOT_FOUND"]);
    }
    let first = &underway.first.1[0];
    let late = json!({ "schoolCohort": underway.school, "lesson": first, "kind": "TIP", "text": "Vraag door." });
    let late = act(world, Who::Leader, "experienceShare", "experience { lesson { title } }", late).await;
    assert_eq!(late["experience"]["lesson"]["title"], "Een voor het laatst");
}

async fn what_people_completed_meanwhile_is_completed_in_the_next_edition(world: &World) {
    let material = "materials: [{key: kaart, kind: TOOL, audience: EVERYONE, title: Kaart}]";
    let publish = async |title| {
        let document = course(&[("een", title)]).replace("materials: []", material);
        import(&world.app, &document, Some(world.ours.id), true).await.unwrap();
        let seen = ask(world, Who::Admin, "{ programmes { nodes { id title edition { id } } } }", Value::Null).await;
        let programmes = seen["programmes"]["nodes"].as_array().unwrap();
        programmes.iter().find(|programme| programme["title"] == "Klein").unwrap().clone()
    };
    let first = publish("Een").await;
    let input = json!({ "name": "Cohort Oost", "programme": first["id"], "schools": [world.ours.schools[0]],
        "trainers": [world.ours.trainer.person] });
    let cohort = act(world, Who::Admin, "cohortCreate", "cohort { id schools { id } }", input).await["cohort"].take();
    let seen = async || {
        let document = "query($id: ID!) { node(id: $id) { ... on SchoolCohort {
            lessons { lesson { title materials { id viewerState } } } } } }";
        let seen = ask(world, Who::Leader, document, json!({ "id": cohort["schools"][0]["id"] })).await;
        seen["node"]["lessons"][0]["lesson"].clone()
    };
    let set = async |lesson: &Value, state: &str| {
        let input = json!({ "material": lesson["materials"][0]["id"], "state": state });
        assert_eq!(codes(&act(world, Who::Leader, "materialStateSet", "", input).await), Vec::<&str>::new());
    };
    let old = seen().await;
    set(&old, "STARTED").await;
    let second = publish("Een opnieuw").await;
    assert_eq!(seen().await["title"], "Een", "the cohort still follows the first edition");
    set(&old, "COMPLETED").await;

    let migrate = async |edition: &Value, title: &str| {
        let input = json!({ "id": cohort["id"], "edition": edition });
        assert_eq!(codes(&act(world, Who::Trainer, "cohortMigrate", "", input).await), Vec::<&str>::new());
        let lesson = seen().await;
        assert_eq!(lesson["title"], title);
        lesson
    };
    let new = migrate(&second["edition"]["id"], "Een opnieuw").await;
    assert_eq!(new["materials"][0]["viewerState"], "COMPLETED");
    set(&new, "STARTED").await;
    assert_eq!(migrate(&first["edition"]["id"], "Een").await["materials"][0]["viewerState"], "STARTED");
    set(&new, "COMPLETED").await;
    let again = migrate(&second["edition"]["id"], "Een opnieuw").await;
    assert_eq!(again["materials"][0]["viewerState"], "COMPLETED", "what was said of it later stands");
}

async fn what_does_not_fit_is_refused_at_once(world: &World) {
    let underway = Underway::of(world).await;
    let (Underway { first, second, .. }, elsewhere) = (&underway, json!(world.ours.published.lesson));
    let wrong = json!({
        "lessons": [
            { "lesson": first.1[1], "successor": second.1[1] }, { "lesson": first.1[1], "successor": second.1[0] },
            { "lesson": first.1[2], "successor": second.1[1] }, { "lesson": elsewhere, "successor": elsewhere },
        ],
        "ended": [first.1[1], elsewhere],
    });
    let refused = underway.migrates(world, Who::Trainer, &second.0, wrong).await;
    let fields: Vec<String> =
        refused["userErrors"].as_array().unwrap().iter().map(|error| error["field"].to_string()).collect();
    assert_eq!(codes(&refused), ["INVALID", "INVALID", "NOT_FOUND", "NOT_FOUND", "INVALID", "NOT_FOUND"]);
    assert_eq!(fields[..2], [r#"["lessons","1","lesson"]"#, r#"["lessons","2","successor"]"#]);

    for (who, edition, code) in [
        (Who::Leader, second.0.clone(), "FORBIDDEN"),
        (Who::Trainer, json!(world.ours.published.version), "INVALID"),
        (Who::Trainer, json!(world.theirs.published.version), "NOT_FOUND"),
    ] {
        assert_eq!(codes(&underway.migrates(world, who, &edition, json!({})).await), [code], "{}", who.name());
    }
    import(&world.app, &course(&[("een", "Concept")]), Some(world.ours.id), false).await.unwrap();
    let drafts = "{ programmes { nodes { title editions { id publishedAt } } } }";
    let drafts = ask(world, Who::Admin, drafts, Value::Null).await;
    let programme = drafts["programmes"]["nodes"].as_array().unwrap().iter().find(|it| it["title"] == "Klein").unwrap();
    let draft = programme["editions"].as_array().unwrap().iter().find(|it| it["publishedAt"].is_null()).unwrap();
    assert_eq!(codes(&underway.migrates(world, Who::Trainer, &draft["id"], json!({})).await), ["CONFLICT"]);
    assert_eq!(underway.seen(world).await, before());
}

on_each_database!(
    a_cohort_goes_on_with_the_next_edition_lesson_by_lesson,
    a_way_back_that_ends_a_lesson_leaves_the_way_there_open,
    a_lesson_that_ended_takes_nothing_more_from_late_phones,
    what_people_completed_meanwhile_is_completed_in_the_next_edition,
    what_does_not_fit_is_refused_at_once,
);
