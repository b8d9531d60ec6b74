//! The course as it is read: by role and language, whole, and in few statements.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{COURSE_SCREEN, LESSONS, MATERIALS, act, data, flatten, import_sample, sample};

/// The most statements that a screen may cost, however large the course is.
const MOST_STATEMENTS: u64 = 8;

async fn a_leader_gets_the_whole_course_in_a_constant_number_of_statements(world: &World) {
    import_sample(world).await;
    let leader = world.standing(Who::Leader).await;
    let first = world.execute(&leader, COURSE_SCREEN, Value::Null).await;
    assert_eq!(first.body.get("errors"), None, "{}", first.body);
    let again = world.execute(&leader, COURSE_SCREEN, Value::Null).await;
    assert!(again.statements <= MOST_STATEMENTS, "{} statements", again.statements);
    assert_eq!(first.body, again.body, "what is kept in memory says the same as what was read");

    let course = sample(world, Who::Leader).await;
    assert_eq!(course["title"], "Rondom het kind (voorbeeldleergang)");
    assert_eq!(flatten(&course, &LESSONS).len(), 24);
    assert!(flatten(&course, &MATERIALS).iter().all(|material| material["viewerState"] == "NEW"));
    for lesson in flatten(&course, &LESSONS) {
        let steps = lesson["teamScript"].as_array().unwrap();
        let minutes: i64 = steps.iter().map(|step| step["durationMinutes"].as_i64().unwrap()).sum();
        assert_eq!(lesson["durationMinutes"], minutes, "{}", lesson["title"]);
    }
}

async fn a_phone_gets_the_whole_course_past_the_walls(world: &World) {
    import_sample(world).await;
    let marieke = world.actor(Who::Leader).await;
    let reply = marieke.asks(COURSE_SCREEN).await;
    assert_eq!(reply.status, 200);
    let programmes = reply.at("programmes.nodes").as_array().unwrap();
    let sample = programmes.iter().find(|programme| programme["isSample"] == true).unwrap();
    assert_eq!(flatten(sample, &LESSONS).len(), 24);
}

async fn lessons_are_linked_over_modules_and_years(world: &World) {
    import_sample(world).await;
    let course = sample(world, Who::Leader).await;
    let lessons = flatten(&course, &LESSONS);
    for (at, lesson) in lessons.iter().enumerate() {
        let next = lessons.get(at + 1).map_or(&Value::Null, |next| &next["id"]);
        let previous = at.checked_sub(1).map_or(&Value::Null, |previous| &lessons[previous]["id"]);
        assert_eq!(lesson["next"].get("id").unwrap_or(&Value::Null), next, "after lesson {at}");
        assert_eq!(lesson["previous"].get("id").unwrap_or(&Value::Null), previous, "before lesson {at}");
    }
}

async fn each_audience_gets_its_own(world: &World) {
    import_sample(world).await;
    let audiences = |course: &Value| -> Vec<String> {
        let materials = flatten(course, &MATERIALS);
        let mut audiences: Vec<String> =
            materials.iter().map(|material| material["audience"].as_str().unwrap().to_owned()).collect();
        audiences.sort();
        audiences.dedup();
        audiences
    };
    let all = ["EVERYONE", "GUARDIAN", "SCHOOL_LEADER", "TEACHER"];
    for who in [Who::Admin, Who::Director, Who::Leader, Who::Trainer, Who::Client] {
        assert_eq!(audiences(&sample(world, who).await), all, "{}", who.name());
    }
    let teachers = sample(world, Who::Teacher).await;
    assert_eq!(audiences(&teachers), ["EVERYONE", "TEACHER"]);
    assert!(flatten(&teachers, &LESSONS).iter().all(|lesson| lesson["teamScript"].is_null()));
}

async fn a_guardian_reads_materials_without_the_course(world: &World) {
    import_sample(world).await;
    let leaders = sample(world, Who::Leader).await;
    let lesson = flatten(&leaders, &LESSONS)[0]["id"].as_str().unwrap();
    let hidden = flatten(&leaders, &MATERIALS).into_iter().find(|material| material["audience"] == "TEACHER").unwrap();
    let document = format!(
        "{{ programmes {{ nodes {{ id }} }} programme(id: {}) {{ id }} lesson(id: \"{lesson}\") {{ id }}
            hidden: node(id: {}) {{ id }}
            materials(first: 100) {{ totalCount nodes {{ id audience lesson {{ id }} }} }} }}",
        leaders["id"], hidden["id"]
    );
    let seen = data(world, Who::Guardian, &document).await;
    assert_eq!(seen["programmes"]["nodes"], json!([]));
    assert_eq!((&seen["programme"], &seen["lesson"], &seen["hidden"]), (&Value::Null, &Value::Null, &Value::Null));
    let materials = seen["materials"]["nodes"].as_array().unwrap();
    assert_eq!(seen["materials"]["totalCount"], materials.len());
    let of_sample = flatten(&leaders, &MATERIALS);
    let expected =
        of_sample.iter().filter(|material| material["audience"] == "GUARDIAN" || material["audience"] == "EVERYONE");
    // One more for everyone is in the small course of the board itself.
    assert_eq!(materials.len(), expected.count() + 1);
    for material in materials {
        assert!(["GUARDIAN", "EVERYONE"].contains(&material["audience"].as_str().unwrap()));
        assert_eq!(material["lesson"], Value::Null);
    }
    let id = &materials[0]["id"];
    let one =
        data(world, Who::Guardian, &format!("{{ node(id: {id}) {{ ... on Material {{ id viewerState }} }} }}")).await;
    assert_eq!(one["node"], json!({ "id": id, "viewerState": "NEW" }));
}

async fn texts_come_in_the_language_asked_for(world: &World) {
    import_sample(world).await;
    let titles =
        "{ programmes { nodes { isSample own: title en: title(locale: \"en-GB\") tr: title(locale: \"tr\") } } }";
    let answer = data(world, Who::Leader, titles).await;
    let programmes = answer["programmes"]["nodes"].as_array().unwrap();
    let sample = programmes.iter().find(|programme| programme["isSample"] == true).unwrap();
    assert_eq!(sample["own"], "Rondom het kind (voorbeeldleergang)");
    assert_eq!(sample["en"], "Around the child (sample course)");
    assert_eq!(sample["tr"], sample["own"], "what is not translated comes in the viewer's language");
}

async fn an_answer_says_in_which_languages_its_texts_are(world: &World) {
    import_sample(world).await;
    let leader = world.actor(Who::Leader).await;
    let said = async |document: &str| {
        let reply = leader.asks(document).await;
        reply.data();
        reply.headers.get("content-language").map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(said("{ programmes { nodes { title } } }").await.as_deref(), Some("nl"));
    let both = "{ programmes { nodes { title en: title(locale: \"en\") } } }";
    assert_eq!(said(both).await.as_deref(), Some("en, nl"));
    assert_eq!(said("{ schools { nodes { name } } }").await, None, "a name has no language");
}

async fn a_state_is_ones_own_and_may_go_both_ways(world: &World) {
    import_sample(world).await;
    let course = sample(world, Who::Leader).await;
    let id = flatten(&course, &MATERIALS)[0]["id"].clone();
    for state in ["STARTED", "COMPLETED", "COMPLETED", "NEW", "STARTED"] {
        let input = json!({ "material": id, "state": state });
        let (payload, refusals) = act(world, Who::Leader, "materialStateSet", "material { viewerState }", input).await;
        assert_eq!((payload["material"]["viewerState"].as_str(), refusals.len()), (Some(state), 0));
    }
    let state = async |who| flatten(&sample(world, who).await, &MATERIALS)[0]["viewerState"].clone();
    assert_eq!(state(Who::Leader).await, "STARTED");
    assert_eq!(state(Who::Director).await, "NEW");
    let input = json!({ "material": id, "state": "STARTED" });
    let draft = json!({ "material": world.ours.draft.material.to_string(), "state": "STARTED" });
    let (_, refusals) = act(world, Who::Admin, "materialStateSet", "material { id }", draft).await;
    assert_eq!(refusals, ["CONFLICT material"]);
    let (_, refusals) = act(world, Who::Client, "materialStateSet", "material { id }", input).await;
    assert_eq!(refusals, ["FORBIDDEN "]);
}

on_each_database!(
    a_leader_gets_the_whole_course_in_a_constant_number_of_statements,
    a_phone_gets_the_whole_course_past_the_walls,
    lessons_are_linked_over_modules_and_years,
    each_audience_gets_its_own,
    a_guardian_reads_materials_without_the_course,
    texts_come_in_the_language_asked_for,
    an_answer_says_in_which_languages_its_texts_are,
    a_state_is_ones_own_and_may_go_both_ways,
);
