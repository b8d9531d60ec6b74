//! The course: importing, publishing, reading it by role and language, and how far one is with its materials.

use std::sync::Arc;

use chrono::TimeDelta;
use glans::access::Standing;
use glans::programme::{SAMPLE, import};
use glans::upkeep;
use glans_tests::{Answer, Who, World, on_each_database};
use serde_json::{Value, json};

/// What the app of a school leader asks for when it starts.
const COURSE_SCREEN: &str = "{
  schools { nodes { id name } }
  programmes { nodes { id title isSample years { number title modules { position title goal lessons {
    id position title durationMinutes objectives theory practicalTips teamScript { durationMinutes text }
    next { id } previous { id }
    materials { id title kind audience viewerState }
  } } } } }
}";

/// The most statements that a screen may cost, however large the course is.
const MOST_STATEMENTS: u64 = 8;

/// A course of one lesson; `{title}` and `{extra}` are to be filled in.
const SMALL: &str = r"
key: klein
languages: [nl, en]
title: {nl: Kleine leergang, en: Small course}
summary: Eén les
years:
  - title: Jaar een
    modules:
      - title: Begin
        goal: Elkaar kennen
        lessons:
          - key: groeten
            title: {title}
            durationMinutes: 30
            objectives: [Je kunt groeten]
            theory: Wie groet, begint.
            practicalTips: [Sta bij de deur]
            materials:
              - {key: kaart, kind: TOOL, audience: TEACHER, title: Kaart}
              - {key: brief, kind: ARTICLE, audience: GUARDIAN, title: Brief}
{extra}";

fn small(title: &str, extra: &str) -> String {
    SMALL.replace("{title}", title).replace("{extra}", extra)
}

/// Puts a document to the engine and fails on top-level errors.
async fn ask(world: &World, standing: &Arc<Standing>, document: &str, variables: Value) -> Answer {
    let answer = world.execute(standing, document, variables).await;
    assert_eq!(answer.body.get("errors"), None, "{}", answer.body);
    answer
}

async fn data(world: &World, who: Who, document: &str) -> Value {
    ask(world, &world.standing(who).await, document, Value::Null).await.body["data"].clone()
}

/// Runs a mutation over its input: what it gives under `selection`, and its user errors as `CODE path`.
async fn act(world: &World, who: Who, mutation: &str, selection: &str, input: Value) -> (Value, Vec<String>) {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
    );
    let standing = world.standing(who).await;
    let body = ask(world, &standing, &document, json!({ "input": input })).await.body;
    let payload = body["data"][mutation].clone();
    let refusals = payload["userErrors"].as_array().unwrap().iter().map(|refusal| {
        let path: Vec<_> = refusal["field"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        format!("{} {}", refusal["code"].as_str().unwrap(), path.join("."))
    });
    let refusals = refusals.collect();
    (payload, refusals)
}

async fn import_sample(world: &World) {
    let imported = import(&world.app, SAMPLE, None, true).await.unwrap();
    assert!(imported.changed && imported.released);
}

/// The sample as `who` gets it from [`COURSE_SCREEN`].
async fn sample(world: &World, who: Who) -> Value {
    let screen = data(world, who, COURSE_SCREEN).await;
    let programmes = screen["programmes"]["nodes"].as_array().unwrap();
    programmes.iter().find(|programme| programme["isSample"] == true).unwrap().clone()
}

/// Everything under `path` of nested lists, in order.
fn flatten<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v Value> {
    path.iter().fold(vec![value], |values, field| {
        values.into_iter().flat_map(|value| value[*field].as_array().unwrap()).collect()
    })
}

const LESSONS: [&str; 3] = ["years", "modules", "lessons"];
const MATERIALS: [&str; 4] = ["years", "modules", "lessons", "materials"];

async fn the_sample_is_imported_once(world: &World) {
    let first = import(&world.app, SAMPLE, None, true).await.unwrap();
    assert_eq!((first.number, first.changed, first.released), (1, true, true));
    let again = import(&world.app, SAMPLE, None, true).await.unwrap();
    assert_eq!((again.number, again.changed, again.released), (1, false, false));
    assert_eq!(again.programme, first.programme);
}

async fn a_leader_gets_the_whole_course_in_a_constant_number_of_statements(world: &World) {
    import_sample(world).await;
    let leader = world.standing(Who::Leader).await;
    let first = ask(world, &leader, COURSE_SCREEN, Value::Null).await;
    let again = ask(world, &leader, COURSE_SCREEN, Value::Null).await;
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
            "REQUIRED teamScript.0.text",
            "INVALID durationMinutes",
            "INVALID teamScript",
        ]
    );
    assert_eq!(data(world, Who::Admin, screen).await, before);
}

async fn a_broken_document_tells_every_problem_and_writes_nothing(world: &World) {
    let count = "{ programmes { totalCount } }";
    let before = data(world, Who::Admin, count).await;
    let document = small("''", "isSmaple: true\n").replace("kind: TOOL", "kind: HAMMER");
    let input = json!({ "board": world.ours.id.to_string(), "document": document });
    let (payload, refusals) = act(world, Who::Admin, "programmeImport", "programme { id }", input).await;
    assert_eq!(refusals, ["INVALID document"; 3]);
    let messages: Vec<&str> =
        payload["userErrors"].as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap()).collect();
    assert_eq!(
        messages,
        [
            "line 13: years[0].modules[0].lessons[0].title is empty: write something, or leave the key out where it is \
             optional",
            "line 19: years[0].modules[0].lessons[0].materials[0].kind is \"HAMMER\": give one of ARTICLE, VIDEO, TOOL, \
             BOOK_CHAPTER, PRESENTATION, EXERCISE",
            "line 21: isSmaple is no key that belongs here: do you mean \"isSample\"?",
        ]
    );
    assert_eq!(data(world, Who::Admin, count).await, before);
}

async fn programmes_are_written_by_who_may(world: &World) {
    let import = async |who: Who, board: &str| {
        let input = json!({ "board": board, "document": small("Groeten", "") });
        act(world, who, "programmeImport", "programme { id }", input).await.1
    };
    let (ours, theirs) = (world.ours.id.to_string(), world.theirs.id.to_string());
    for who in [Who::Leader, Who::Teacher, Who::Guardian, Who::Director, Who::Client] {
        assert_eq!(import(who, &ours).await, ["FORBIDDEN "], "{}", who.name());
    }
    assert_eq!(import(Who::Admin, &theirs).await, ["NOT_FOUND board"]);

    import_sample(world).await;
    let course = sample(world, Who::Admin).await;
    let input = json!({ "id": course["id"] });
    let (_, refusals) = act(world, Who::Admin, "programmePublish", "programme { id }", input).await;
    assert_eq!(refusals, ["FORBIDDEN "], "what the platform owns is not a board's to publish");
}

/// A course that is sound, and larger than a request may be.
fn large() -> String {
    let tips = vec!["é".repeat(1_000); 20].join(", ");
    small("Groeten", "")
        .replace("Wie groet, begint.", &"é".repeat(20_000))
        .replace("[Sta bij de deur]", &format!("[{tips}]"))
}

async fn a_course_that_fits_in_no_request_is_sent_first(world: &World) {
    let (document, board) = (large(), world.ours.id.to_string());
    let trainer = world.actor(Who::Trainer).await;
    let refused = trainer.does("programmeImport", "", json!({ "board": board, "document": document })).await;
    assert_eq!(refused.status, 413);

    let selection = "id address { url method maxBytes headers { name value } }";
    let (made, refusals) = act(world, Who::Trainer, "uploadCreate", selection, json!({ "board": board })).await;
    assert_eq!(refusals, [""; 0]);
    assert_eq!((&made["address"]["method"], &made["address"]["maxBytes"]), (&json!("PUT"), &json!(4_194_304)));
    let import = async |who: Who| {
        let input = json!({ "board": board, "upload": made["id"] });
        act(world, who, "programmeImport", "programme { title }", input).await
    };
    assert_eq!(import(Who::Trainer).await.1, ["CONFLICT upload"]);
    let url = made["address"]["url"].as_str().unwrap();
    let path = &url[url.find("/uploads/documents/").expect("an address for uploads")..];
    // Whoever has the address may send, once.
    let nobody = world.actor(Who::Anonymous).await;
    let send = async |path: &str, bytes: Vec<u8>| {
        nobody.sends(nobody.request(reqwest::Method::PUT, path).body(bytes)).await.status.as_u16()
    };
    // Nobody says beforehand how much it is.
    let chunks = vec![Ok::<_, std::io::Error>(vec![b'x'; 4_194_304]), Ok(vec![b'x'])];
    let larger = reqwest::Body::wrap_stream(async_graphql::futures_util::stream::iter(chunks));
    let reply = nobody.sends(nobody.request(reqwest::Method::PUT, path).body(larger)).await;
    assert_eq!(reply.status, 413);
    let address = glans::uploads::hash(path.rsplit('/').next().unwrap());
    let arriving = &world.app.arriving;
    let turn = arriving.begin(&address, world.ours.id).unwrap();
    assert_eq!(send(path, b"key: anders".to_vec()).await, 409, "another body is on its way there");
    drop(turn);
    let two = |board| [b"one", b"two"].map(|address| arriving.begin(address, board).unwrap());
    let own = two(world.ours.id);
    assert_eq!(send(path, b"key: anders".to_vec()).await, 503, "two of the board are on their way");
    drop(own);
    let of_others = two(world.theirs.id);
    assert_eq!(send(path, document.into_bytes()).await, 201);
    drop(of_others);
    assert_eq!(send(path, b"key: anders".to_vec()).await, 404);
    assert_eq!(send("/uploads/documents/guessed", b"key: anders".to_vec()).await, 404);

    assert_eq!(import(Who::Leader).await.1, ["FORBIDDEN "]);
    let (imported, refusals) = import(Who::Trainer).await;
    assert_eq!((&imported["programme"]["title"], refusals), (&json!("Kleine leergang"), Vec::new()));
    for (more, refused) in [
        (json!({ "board": board }), "REQUIRED document"),
        (json!({ "board": board, "upload": made["id"], "document": "x" }), "INVALID upload"),
        (json!({ "board": board, "upload": world.ours.id.to_string() }), "NOT_FOUND upload"),
    ] {
        assert_eq!(act(world, Who::Admin, "programmeImport", "", more).await.1, [refused]);
    }
    let theirs = json!({ "board": world.theirs.id.to_string() });
    assert_eq!(act(world, Who::Admin, "uploadCreate", "id", theirs).await.1, ["NOT_FOUND board"]);

    world.app.clock.turn(TimeDelta::hours(1));
    assert_eq!(import(Who::Trainer).await.1, ["NOT_FOUND upload"]);
    assert_eq!(upkeep::round(&world.app).await.unwrap().uploads, 1);
}

async fn the_same_import_sent_twice_happens_once(world: &World) {
    let input = json!({
        "board": world.ours.id.to_string(), "document": small("Groeten", ""), "publish": true, "clientMutationId": "m-1",
    });
    let selection = "programme { id version edition { number } }";
    let (first, _) = act(world, Who::Admin, "programmeImport", selection, input.clone()).await;
    let (again, _) = act(world, Who::Admin, "programmeImport", selection, input).await;
    assert_eq!(first, again);
    assert_eq!(first["programme"]["edition"]["number"], 1);
}

on_each_database!(
    the_sample_is_imported_once,
    a_leader_gets_the_whole_course_in_a_constant_number_of_statements,
    a_phone_gets_the_whole_course_past_the_walls,
    lessons_are_linked_over_modules_and_years,
    each_audience_gets_its_own,
    a_guardian_reads_materials_without_the_course,
    texts_come_in_the_language_asked_for,
    an_answer_says_in_which_languages_its_texts_are,
    a_state_is_ones_own_and_may_go_both_ways,
    a_draft_is_its_writers_until_it_is_published,
    what_is_published_does_not_change,
    a_new_edition_keeps_what_people_did_and_leaves_the_old_one_readable,
    a_draft_is_edited_in_one_language_and_replaced_by_the_next_import,
    every_problem_of_an_update_is_told_at_once,
    a_broken_document_tells_every_problem_and_writes_nothing,
    programmes_are_written_by_who_may,
    a_course_that_fits_in_no_request_is_sent_first,
    the_same_import_sent_twice_happens_once,
);
