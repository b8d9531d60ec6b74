//! A document becomes a course: who may import it, what is wrong with it, and what is too large for a request.

use chrono::TimeDelta;
use glans::programme::{SAMPLE, import};
use glans::upkeep;
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use super::{act, data, import_sample, sample, small};

async fn the_sample_is_imported_once(world: &World) {
    let first = import(&world.app, SAMPLE, None, true).await.unwrap();
    assert_eq!((first.number, first.changed, first.released), (1, true, true));
    let again = import(&world.app, SAMPLE, None, true).await.unwrap();
    assert_eq!((again.number, again.changed, again.released), (1, false, false));
    assert_eq!(again.programme, first.programme);
}

async fn a_broken_document_tells_every_problem_and_writes_nothing(world: &World) {
    let count = "{ programmes { totalCount } }";
    let before = data(world, Who::Admin, count).await;
    let document = small("''", "isSmaple: true\n").replace("kind: TOOL", "kind: HAMMER");
    let input = json!({ "board": world.ours.id.to_string(), "document": document });
    let (payload, refusals) = act(world, Who::Admin, "programmeImport", "userErrors { message }", input).await;
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
    assert_eq!(send(path, Vec::new()).await, 400, "nothing was sent, and nothing used up");
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
    a_broken_document_tells_every_problem_and_writes_nothing,
    programmes_are_written_by_who_may,
    a_course_that_fits_in_no_request_is_sent_first,
    the_same_import_sent_twice_happens_once,
);
