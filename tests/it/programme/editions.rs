//! Drafts, what is published, and the edition after it.

use glans::programme::import;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{LESSONS, MATERIALS, act, data, flatten, small};

async fn a_draft_is_its_writers_until_it_is_published(world: &World) {
    let input = json!({ "board": world.ours.id.to_string(), "document": small("Groeten", "") });
    let selection =
        "programme { id version publishedAt editions { number publishedAt } years { modules { lessons { id } } } }";
    let (payload, refusals) = act(world, Who::Trainer, "programmeImport", selection, input).await;
    assert_eq!(refusals, [""; 0]);
    let programme = &payload["programme"];
    assert_eq!(programme["editions"], json!([{ "number": 1, "publishedAt": null }]));
    let lesson = &flatten(programme, &LESSONS)[0]["id"];
    let question = format!("{{ programme(id: {}) {{ id }} lesson(id: {lesson}) {{ id }} }}", programme["id"]);
    assert_eq!(data(world, Who::Leader, &question).await, json!({ "programme": null, "lesson": null }));
    assert_eq!(data(world, Who::Admin, &question).await["lesson"]["id"], *lesson);

    let publish = json!({ "id": programme["id"], "ifVersion": programme["version"] });
    let (payload, refusals) =
        act(world, Who::Trainer, "programmePublish", "programme { publishedAt }", publish.clone()).await;
    assert_eq!(refusals, [""; 0]);
    assert!(payload["programme"]["publishedAt"].is_string());
    assert_eq!(data(world, Who::Leader, &question).await["lesson"]["id"], *lesson);
    let (_, stale) = act(world, Who::Trainer, "programmePublish", "programme { id }", publish).await;
    assert_eq!(stale, ["CONFLICT ifVersion"]);
}

async fn what_is_published_does_not_change(world: &World) {
    let document = small("Groeten", "");
    import(&world.app, &document, Some(world.ours.id), true).await.unwrap();
    let lessons =
        "{ programmes { nodes { title years { modules { lessons { id title version materials { id } } } } } } }";
    let before = data(world, Who::Admin, lessons).await;
    let lesson = flatten(&before["programmes"]["nodes"][2], &LESSONS)[0].clone();
    assert_eq!(lesson["title"], "Groeten");
    let input = json!({ "id": lesson["id"], "title": "Anders" });
    let (_, refusals) = act(world, Who::Admin, "lessonUpdate", "lesson { id }", input).await;
    assert_eq!(refusals, ["CONFLICT id"]);
    let input = json!({ "id": lesson["materials"][0]["id"], "title": "Anders" });
    let (_, refusals) = act(world, Who::Admin, "materialUpdate", "material { id }", input).await;
    assert_eq!(refusals, ["CONFLICT id"]);
    assert_eq!(data(world, Who::Admin, lessons).await, before);
}

async fn a_new_edition_keeps_what_people_did_and_leaves_the_old_one_readable(world: &World) {
    import(&world.app, &small("Groeten", ""), Some(world.ours.id), true).await.unwrap();
    let screen = "{ programmes { nodes { id edition { number } years { modules { lessons { id title materials { id key viewerState } } } } } } }";
    let old = data(world, Who::Teacher, screen).await["programmes"]["nodes"][1].clone();
    let (lesson, material) = (&flatten(&old, &LESSONS)[0]["id"], &flatten(&old, &MATERIALS)[0]["id"]);
    let input = json!({ "material": material, "state": "COMPLETED" });
    act(world, Who::Teacher, "materialStateSet", "material { id }", input).await;

    let imported = import(&world.app, &small("Elkaar groeten", ""), Some(world.ours.id), true).await.unwrap();
    assert_eq!((imported.number, imported.changed), (2, true));
    let new = data(world, Who::Teacher, screen).await["programmes"]["nodes"][1].clone();
    assert_eq!((&new["id"], &new["edition"]["number"]), (&old["id"], &json!(2)));
    assert_eq!(flatten(&new, &LESSONS)[0]["title"], "Elkaar groeten");
    assert_eq!(flatten(&new, &MATERIALS)[0]["viewerState"], "COMPLETED");
    assert_ne!(&flatten(&new, &MATERIALS)[0]["id"], material);
    let still = data(world, Who::Teacher, &format!("{{ lesson(id: {lesson}) {{ title }} }}")).await;
    assert_eq!(still["lesson"]["title"], "Groeten");
}

async fn a_draft_is_edited_in_one_language_and_replaced_by_the_next_import(world: &World) {
    let document = small("{nl: Groeten, en: Greeting}", "");
    import(&world.app, &document, Some(world.ours.id), false).await.unwrap();
    let screen =
        "{ programmes { nodes { years { modules { lessons { id version nl: title en: title(locale: \"en\") } } } } } }";
    let lesson = async || {
        let programmes = data(world, Who::Admin, screen).await;
        flatten(programmes["programmes"]["nodes"].as_array().unwrap().last().unwrap(), &LESSONS)[0].clone()
    };
    let first = lesson().await;
    let input = json!({ "id": first["id"], "locale": "en", "title": "Saying hello", "ifVersion": first["version"] });
    let (payload, refusals) = act(world, Who::Admin, "lessonUpdate", "lesson { version title }", input.clone()).await;
    assert_eq!((refusals, &payload["lesson"]["title"]), (vec![], &json!("Groeten")));
    assert_eq!(lesson().await["en"], "Saying hello");
    let (payload, refusals) = act(world, Who::Admin, "lessonUpdate", "lesson { version }", input).await;
    assert_eq!(refusals, ["CONFLICT ifVersion"]);
    assert_eq!(payload["lesson"]["version"], 2, "the conflict shows the present lesson");

    let again = import(&world.app, &document, Some(world.ours.id), false).await.unwrap();
    assert_eq!((again.number, again.changed), (1, true), "an edited draft is not what was imported");
    let replaced = lesson().await;
    assert_eq!((&replaced["id"], &replaced["en"]), (&first["id"], &json!("Greeting")));
}

async fn every_problem_of_an_update_is_told_at_once(world: &World) {
    import(&world.app, &small("Groeten", ""), Some(world.ours.id), false).await.unwrap();
    let screen = "{ programmes { nodes { years { modules { lessons { id title objectives } } } } } }";
    let before = data(world, Who::Admin, screen).await;
    let lesson = flatten(before["programmes"]["nodes"].as_array().unwrap().last().unwrap(), &LESSONS)[0].clone();
    let input = json!({
        "id": lesson["id"], "locale": "en", "title": " ", "objectives": ["Greet", "Say goodbye"], "durationMinutes": 0,
        "teamScript": [{ "durationMinutes": 5, "text": "" }],
    });
    let (payload, refusals) = act(world, Who::Admin, "lessonUpdate", "lesson { id }", input).await;
    assert_eq!(payload["lesson"], Value::Null);
    assert_eq!(
        refusals,
        [
            "REQUIRED title",
            "REQUIRED objectives.1",
            "REQUIRED teamScript.0.text",
            "INVALID durationMinutes",
            "INVALID teamScript",
        ]
    );
    assert_eq!(data(world, Who::Admin, screen).await, before);
}

async fn a_text_is_taken_in_the_languages_of_the_course_only(world: &World) {
    import(&world.app, &small("Groeten", ""), Some(world.ours.id), false).await.unwrap();
    let screen = "{ programmes { nodes { years { modules { lessons { id materials { id } } } } } } }";
    let before = data(world, Who::Admin, screen).await;
    let lesson = flatten(before["programmes"]["nodes"].as_array().unwrap().last().unwrap(), &LESSONS)[0].clone();
    for (mutation, id) in [("lessonUpdate", &lesson["id"]), ("materialUpdate", &lesson["materials"][0]["id"])] {
        for (locale, expected) in [("fr", vec!["INVALID locale"]), ("en-GB", vec![])] {
            let input = json!({ "id": id, "locale": locale, "title": "Elsewhere" });
            let (_, refusals) = act(world, Who::Admin, mutation, "", input).await;
            assert_eq!(refusals, expected, "{mutation} {locale}");
        }
    }
}

on_each_database!(
    a_draft_is_its_writers_until_it_is_published,
    what_is_published_does_not_change,
    a_new_edition_keeps_what_people_did_and_leaves_the_old_one_readable,
    a_draft_is_edited_in_one_language_and_replaced_by_the_next_import,
    every_problem_of_an_update_is_told_at_once,
    a_text_is_taken_in_the_languages_of_the_course_only,
);
