//! Partnerships through the year: conversations, agreements, goals, and guardians who are apart.

use chrono::{Days, SecondsFormat, TimeDelta, Utc};
use glans_entity::ids::AccountId;
use glans_entity::organisation::school_year;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, ask_as, codes, statements};

const CONVERSATION: &str = "conversation { id status startsAt version isChildPresent summary privateNote
    attendance { person { givenName } status } agreements { id text } }";
const LINE: &str = "query($id: ID!) { student(id: $id) { partnership { id successful needsIntake
    steps { kind status doneAt missingGuardians { givenName } conversation { id } }
    goals { text achieved agreedBy { givenName } } conversations { id kind status summary agreements { text confirmations { guardian { givenName } comment } } }
    criteria { kind status } talkChoices { guardian { givenName } isApart } viewerCanEdit } } }";

fn in_days(days: i64) -> String {
    (Utc::now() + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn noor(world: &World) -> String {
    world.ours.students[0].to_string()
}

/// Hanna, whose child goes to the other school, is a guardian of Noor as well.
async fn hanna(world: &World) -> (String, AccountId) {
    let hanna = world.ours.guardians[1];
    let input = json!({
        "student": noor(world), "guardian": { "id": hanna.person.to_string() }, "relationship": "PARENT",
    });
    let made = act(world, Who::Admin, "guardianshipCreate", "guardianship { status }", input).await;
    assert_eq!(made["guardianship"]["status"], "ACTIVE", "{made}");
    (hanna.person.to_string(), hanna.account)
}

async fn line(world: &World, who: Who) -> Value {
    ask(world, who, LINE, json!({ "id": noor(world) })).await["student"]["partnership"].take()
}

fn step<'v>(line: &'v Value, kind: &str) -> &'v Value {
    let steps = line["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["kind"] == kind).unwrap_or_else(|| panic!("{kind} in {line}"))
}

/// What plans a conversation about Noor.
pub fn talk(world: &World, days: i64) -> Value {
    json!({ "student": noor(world), "kind": "CLOSING", "mode": "AT_SCHOOL", "location": "Lokaal 3",
        "startsAt": in_days(days), "endsAt": (Utc::now() + TimeDelta::days(days) + TimeDelta::minutes(20)).to_rfc3339() })
}

async fn a_line_is_told_from_what_happened(world: &World) {
    let tariks = line(world, Who::Teacher).await;
    // Ilse was there; Ruud, at access NONE, is not missing.
    assert_eq!(step(&tariks, "EXPECTATIONS")["status"], "DONE");
    assert_eq!(step(&tariks, "EXPECTATIONS")["conversation"]["id"], json!(world.ours.partners[0].held));
    assert_eq!(step(&tariks, "GOALS")["missingGuardians"], json!([{ "givenName": "Ilse" }]));
    assert_eq!(
        tariks["goals"],
        json!([{ "text": "Zij kan klokkijken.", "achieved": null, "agreedBy": [{ "givenName": "Tarik" }] }])
    );
    assert_eq!((&tariks["needsIntake"], tariks["steps"].as_array().map(Vec::len)), (&json!(false), Some(4)));
    assert_eq!(tariks["viewerCanEdit"], true);

    let goal = json!({ "id": world.ours.partners[0].goal });
    let agreed = act(world, Who::Guardian, "goalAgree", "goal { version agreedBy { givenName } }", goal.clone()).await;
    assert_eq!(
        agreed["goal"],
        json!({ "version": 1, "agreedBy": [{ "givenName": "Tarik" }, { "givenName": "Ilse" }] })
    );
    // Twice is no error and changes nothing.
    let again = act(world, Who::Guardian, "goalAgree", "goal { version }", goal).await;
    assert_eq!(again["goal"]["version"], 1);
    assert_eq!(step(&line(world, Who::Leader).await, "GOALS")["status"], "DONE");
    // Somebody else has everything of the child from now on: every step waits for her.
    hanna(world).await;
    let line = line(world, Who::Leader).await;
    for kind in ["EXPECTATIONS", "GOALS"] {
        assert_eq!(step(&line, kind)["missingGuardians"], json!([{ "givenName": "Hanna" }]), "{kind}");
        assert_eq!(step(&line, kind)["doneAt"], Value::Null);
    }
}

async fn only_the_school_and_the_guardians_see_a_partnership(world: &World) {
    for who in [Who::Admin, Who::Director, Who::Trainer, Who::Distant] {
        let seen = ask(world, who, LINE, json!({ "id": noor(world) })).await;
        assert_eq!(seen["student"]["partnership"], Value::Null, "{}", who.name());
        let id = json!({ "id": world.ours.partners[0].held });
        let node = ask(world, who, "query($id: ID!) { node(id: $id) { id } }", id).await;
        assert_eq!(node["node"], Value::Null, "{}", who.name());
    }
    let ilses = line(world, Who::Guardian).await;
    assert_eq!((&ilses["viewerCanEdit"], ilses["conversations"].as_array().map(Vec::len)), (&json!(false), Some(2)));
    assert_eq!(
        ilses["conversations"][0]["agreements"][0]["confirmations"],
        json!([{ "guardian": { "givenName": "Ilse" }, "comment": "Dat lukt." }])
    );
}

async fn a_conversation_is_planned_answered_moved_and_held(world: &World) {
    let made = act(world, Who::Teacher, "conversationSchedule", CONVERSATION, talk(world, 3)).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    let id = made["conversation"]["id"].clone();
    assert_eq!(step(&line(world, Who::Guardian).await, "CLOSING")["status"], "SCHEDULED");
    let yes = json!({ "id": id, "answer": "ACCEPTED" });
    let answered = act(world, Who::Guardian, "conversationRespond", CONVERSATION, yes.clone()).await;
    let there = |status: &str| json!({ "person": { "givenName": "Ilse" }, "status": status });
    assert_eq!(answered["conversation"]["attendance"][1], there("ACCEPTED"));
    assert_eq!(codes(&act(world, Who::Leader, "conversationRespond", "", yes).await), ["FORBIDDEN"]);
    // Moved: what was said of another time is asked anew; from an older version it is refused.
    let moved = json!({ "id": id, "startsAt": in_days(4), "ifVersion": 2 });
    let seen = act(world, Who::Teacher, "conversationUpdate", CONVERSATION, moved.clone()).await;
    assert_eq!(
        (&seen["conversation"]["attendance"][1], &seen["conversation"]["version"]),
        (&there("INVITED"), &json!(3))
    );
    assert_eq!(codes(&act(world, Who::Teacher, "conversationUpdate", "", moved).await), ["CONFLICT"]);
    // It has not begun.
    let record = json!({ "id": id, "attendance": [] });
    let refused = act(world, Who::Teacher, "conversationRecord", CONVERSATION, record).await;
    assert_eq!(codes(&refused), ["INVALID", "REQUIRED"]);
    let past = json!({ "id": id, "startsAt": in_days(-3) });
    act(world, Who::Teacher, "conversationUpdate", CONVERSATION, past).await;
    let guardian = world.ours.guardians[0].person;
    let record = json!({
        "id": id, "attendance": [{ "person": guardian, "status": "PRESENT" }], "childPresent": true,
        "summary": "Een mooi jaar.", "agreements": [{ "text": "Zomerboek kiezen." }], "goals": ["Zij leest elke dag."],
        "privateNote": "Moeder was moe.",
    });
    let held = act(world, Who::Teacher, "conversationRecord", CONVERSATION, record).await["conversation"].take();
    assert_eq!((&held["status"], &held["privateNote"]), (&json!("HELD"), &json!("Moeder was moe.")));
    assert_eq!(held["attendance"][1], there("PRESENT"));

    // For a day Ilse sees that it was held, and not yet what was written.
    let one =
        "query($id: ID!) { node(id: $id) { ... on Conversation { status summary privateNote agreements { id } } } }";
    let seen = ask(world, Who::Guardian, one, json!({ "id": id })).await;
    assert_eq!(seen["node"], json!({ "status": "HELD", "summary": null, "privateNote": null, "agreements": [] }));
    let agreement = json!({ "id": held["agreements"][0]["id"] });
    let by_id = ask(world, Who::Guardian, "query($id: ID!) { node(id: $id) { id } }", agreement.clone()).await;
    assert_eq!(by_id["node"], Value::Null);
    assert_eq!(codes(&act(world, Who::Guardian, "agreementConfirm", "", agreement.clone()).await), ["NOT_FOUND"]);
    let release = json!({ "id": id, "attendance": [], "releaseAt": in_days(0) });
    act(world, Who::Teacher, "conversationRecord", CONVERSATION, release).await;
    let seen = ask(world, Who::Guardian, one, json!({ "id": id })).await;
    assert_eq!((&seen["node"]["summary"], &seen["node"]["privateNote"]), (&json!("Een mooi jaar."), &Value::Null));
    // The leader reads the record, and never the note.
    let leaders = ask(world, Who::Leader, one, json!({ "id": id })).await;
    assert_eq!(
        (&leaders["node"]["summary"], &leaders["node"]["privateNote"]),
        (&json!("Een mooi jaar."), &Value::Null)
    );

    let fields = "agreement { confirmations { guardian { givenName } comment } comments { text } }";
    let said = json!({ "id": agreement["id"], "comment": "Welk boek?" });
    let commented = act(world, Who::Guardian, "agreementComment", fields, said).await;
    assert_eq!(commented["agreement"], json!({ "confirmations": [], "comments": [{ "text": "Welk boek?" }] }));
    let confirmed = act(world, Who::Guardian, "agreementConfirm", fields, agreement.clone()).await;
    let expected = json!([{ "guardian": { "givenName": "Ilse" }, "comment": "Welk boek?" }]);
    assert_eq!(confirmed["agreement"]["confirmations"], expected);
    assert_eq!(codes(&act(world, Who::Teacher, "agreementConfirm", "", agreement).await), ["NOT_FOUND"]);
    // Words that change are confirmed anew; the same words stay confirmed.
    let text = |text: &str| json!({ "id": id, "attendance": [], "agreements": [{ "id": held["agreements"][0]["id"], "text": text }] });
    let all = "conversation { agreements { text confirmations { comment } } }";
    let same = act(world, Who::Teacher, "conversationRecord", all, text("Zomerboek kiezen.")).await;
    assert_eq!(same["conversation"]["agreements"][0]["confirmations"].as_array().map(Vec::len), Some(1));
    // In another place, or with fewer beside it, they are the same words.
    let mut moved = text("Zomerboek kiezen.");
    moved["agreements"].as_array_mut().unwrap().insert(0, json!({ "text": "Voorlezen." }));
    let below = act(world, Who::Teacher, "conversationRecord", all, moved).await;
    assert_eq!(
        below["conversation"]["agreements"],
        json!([{ "text": "Voorlezen.", "confirmations": [] }, { "text": "Zomerboek kiezen.", "confirmations": [{ "comment": "Welk boek?" }] }])
    );
    let alone = act(world, Who::Teacher, "conversationRecord", all, text("Zomerboek kiezen.")).await;
    assert_eq!(alone["conversation"]["agreements"][0]["confirmations"].as_array().map(Vec::len), Some(1));
    let other = act(world, Who::Teacher, "conversationRecord", all, text("Twee zomerboeken kiezen.")).await;
    assert_eq!(
        other["conversation"]["agreements"],
        json!([{ "text": "Twee zomerboeken kiezen.", "confirmations": [] }])
    );
    // The year is closed when every goal is marked.
    assert_eq!(step(&line(world, Who::Teacher).await, "CLOSING")["status"], "OPEN");
    let goals = ask(
        world,
        Who::Teacher,
        "query($id: ID!) { student(id: $id) { partnership { goals { id } } } }",
        json!({ "id": noor(world) }),
    )
    .await;
    for goal in goals["student"]["partnership"]["goals"].as_array().expect("goals") {
        act(world, Who::Teacher, "goalMark", "goal { achieved }", json!({ "id": goal["id"], "achieved": true })).await;
    }
    assert_eq!(step(&line(world, Who::Teacher).await, "CLOSING")["status"], "DONE");
}

async fn separated_guardians_talk_apart_unless_they_say_together(world: &World) {
    let (id, hanna) = hanna(world).await;
    // Something hints at separation, and nobody said: with both at once is refused.
    let both = act(world, Who::Teacher, "conversationSchedule", "", talk(world, 3)).await;
    assert_eq!(codes(&both), ["CONFLICT"]);
    let mut with_hanna = talk(world, 3);
    with_hanna["guardians"] = json!([id]);
    let made = act(world, Who::Teacher, "conversationSchedule", CONVERSATION, with_hanna).await["conversation"].take();
    // Ilse sees nothing of it, Hanna herself and the teacher.
    let one = "query($id: ID!) { node(id: $id) { ... on Conversation { attendance { person { givenName } } } } }";
    let asked = json!({ "id": made["id"] });
    assert_eq!(ask(world, Who::Guardian, one, asked.clone()).await["node"], Value::Null);
    let seen = ask_as(world, hanna, one, asked.clone()).await;
    let names = json!([{ "person": { "givenName": "Tarik" } }, { "person": { "givenName": "Hanna" } }]);
    assert_eq!(seen["node"]["attendance"], names);
    assert_eq!(
        codes(
            &act(world, Who::Guardian, "conversationRespond", "", json!({ "id": made["id"], "answer": "DECLINED" }))
                .await
        ),
        ["NOT_FOUND"]
    );
    // Neither reads whether the other agrees, or what the other chose.
    act_as(world, hanna, "goalAgree", "", json!({ "id": world.ours.partners[0].goal })).await;
    let ilses = line(world, Who::Guardian).await;
    assert_eq!(ilses["goals"][0]["agreedBy"], json!([{ "givenName": "Tarik" }]));
    assert_eq!(step(&ilses, "EXPECTATIONS")["missingGuardians"], json!([]));
    // Nor that the school has something planned with the other.
    assert_eq!(step(&line(world, Who::Teacher).await, "CLOSING")["status"], "SCHEDULED");
    let closing = step(&ilses, "CLOSING");
    assert_eq!((&closing["status"], &closing["conversation"]), (&json!("OPEN"), &Value::Null));

    let together = json!({ "student": noor(world), "apart": false });
    act(world, Who::Guardian, "talkChoiceSet", "", together.clone()).await;
    assert_eq!(codes(&act(world, Who::Teacher, "conversationSchedule", "", talk(world, 5)).await), ["CONFLICT"]);
    act_as(world, hanna, "talkChoiceSet", "", together).await;
    let made = act(world, Who::Teacher, "conversationSchedule", CONVERSATION, talk(world, 5)).await;
    assert_eq!(made["conversation"]["attendance"].as_array().map(Vec::len), Some(3), "{made}");
    let ilses = line(world, Who::Guardian).await;
    assert_eq!(ilses["talkChoices"], json!([{ "guardian": { "givenName": "Ilse" }, "isApart": false }]));
    // Each of the two still reads of staff and of herself only.
    let seen = ask(world, Who::Guardian, one, json!({ "id": made["conversation"]["id"] })).await;
    assert_eq!(seen["node"]["attendance"].as_array().map(Vec::len), Some(2));
    // One who wants to be apart is enough, also when staff writes it down.
    let apart = json!({ "student": noor(world), "guardian": id, "apart": true });
    act(world, Who::Leader, "talkChoiceSet", "", apart).await;
    assert_eq!(codes(&act(world, Who::Teacher, "conversationSchedule", "", talk(world, 7)).await), ["CONFLICT"]);
}

/// The year ends tomorrow. What comes after it is of the next one.
async fn a_year_that_is_over_does_not_move(world: &World) {
    let today = glans::call::today(world.app.clock.now());
    let db = world.writing().await;
    let ended = school_year::Entity::update_many()
        .col_expr(school_year::Column::EndsOn, Expr::value(today + Days::new(1)))
        .filter(school_year::Column::BoardId.eq(world.ours.id));
    ended.exec(&db).await.unwrap();
    world.written(db).await;
    let line = "query($id: ID!, $year: ID) { student(id: $id) { partnership(schoolYear: $year) {
        steps { kind status doneAt missingGuardians { givenName } } criteria { kind status dueOn } } } }";
    let asked = json!({ "id": noor(world), "year": world.ours.school_year });
    world.app.clock.turn(TimeDelta::days(3));
    world.app.standings.forget_all();
    let before = ask(world, Who::Leader, line, asked.clone()).await["student"]["partnership"].take();
    assert_eq!(step(&before, "EXPECTATIONS")["status"], "DONE");
    assert_eq!(step(&before, "CLOSING")["status"], "OVERDUE");
    let status = |kind: &str| {
        let criteria = before["criteria"].as_array().expect("criteria");
        criteria.iter().find(|criterion| criterion["kind"] == kind).expect("one of each")["status"].clone()
    };
    assert_eq!((status("CLOSING"), status("NO_OPEN_CONCERN")), (json!("NOT_YET"), json!("MET")));
    // Another guardian is there from now on, and the concern grows old.
    hanna(world).await;
    world.app.clock.turn(TimeDelta::days(30));
    world.app.standings.forget_all();
    assert_eq!(ask(world, Who::Leader, line, asked.clone()).await["student"]["partnership"], before);
    // Who was there then counts, also when they go.
    act(world, Who::Leader, "guardianshipEnd", "", json!({ "id": world.ours.guardianships[0] })).await;
    assert_eq!(ask(world, Who::Leader, line, asked).await["student"]["partnership"], before);
}

async fn nobody_is_at_two_conversations_at_once(world: &World) {
    act(world, Who::Teacher, "conversationSchedule", CONVERSATION, talk(world, 3)).await;
    // The same guardian and child, another teacher.
    assert_eq!(codes(&act(world, Who::Leader, "conversationSchedule", "", talk(world, 3)).await), ["CONFLICT"]);
    let made = act(world, Who::Leader, "conversationSchedule", CONVERSATION, talk(world, 4)).await;
    assert_eq!(codes(&made), Vec::<&str>::new());
    let onto = json!({ "id": made["conversation"]["id"], "startsAt": talk(world, 3)["startsAt"] });
    assert_eq!(codes(&act(world, Who::Leader, "conversationUpdate", "", onto.clone()).await), ["CONFLICT"]);
    let mine = json!({ "id": made["conversation"]["id"] });
    let cancelled = act(world, Who::Leader, "conversationCancel", CONVERSATION, mine.clone()).await;
    assert_eq!(cancelled["conversation"]["status"], "CANCELLED");
    let again = act(world, Who::Leader, "conversationCancel", CONVERSATION, mine).await;
    assert_eq!(again["conversation"]["version"], cancelled["conversation"]["version"]);
    assert_eq!(codes(&act(world, Who::Leader, "conversationUpdate", "", onto).await), ["CONFLICT"]);
}

async fn every_problem_is_told_at_once(world: &World) {
    let wrong = json!({
        "student": noor(world), "kind": "GOALS", "mode": "PHONE", "startsAt": "2031-03-04T13:00:00Z",
        "endsAt": "2031-03-04T12:00:00Z", "location": "x".repeat(201), "guardians": [], "staff": world.ours.admin.person,
    });
    let refused = act(world, Who::Teacher, "conversationSchedule", "conversation { id }", wrong).await;
    let fields: Vec<&str> = refused["userErrors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|it| it["field"][0].as_str().expect("a field"))
        .collect();
    assert_eq!(fields, ["endsAt", "kind", "location", "staff", "guardians"], "{refused}");
    let mut intake = talk(world, 3);
    intake["kind"] = json!("INTAKE");
    assert_eq!(codes(&act(world, Who::Leader, "conversationSchedule", "", intake.clone()).await), ["INVALID"]);
    let new = json!({ "id": world.ours.partners[0].partnership, "needsIntake": true, "ifVersion": 1 });
    let marked = act(world, Who::Leader, "partnershipUpdate", "partnership { needsIntake steps { kind } }", new).await;
    assert_eq!(marked["partnership"]["steps"].as_array().map(Vec::len), Some(5));
    assert_eq!(codes(&act(world, Who::Leader, "conversationSchedule", "", intake).await), Vec::<&str>::new());
    // What is sent again is done once.
    let mut once = talk(world, 9);
    once["clientMutationId"] = json!("gesprek-1");
    let first = act(world, Who::Teacher, "conversationSchedule", CONVERSATION, once.clone()).await;
    let second = act(world, Who::Teacher, "conversationSchedule", CONVERSATION, once).await;
    assert_eq!(first["conversation"]["id"], second["conversation"]["id"]);
    assert_eq!(codes(&act(world, Who::Teacher, "conversationSchedule", "", talk(world, 9)).await), ["CONFLICT"]);
}

async fn access_that_ends_takes_the_partnership_along(world: &World) {
    let asked = json!({ "id": world.ours.partners[0].held });
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_ne!(ask(world, Who::Guardian, node, asked.clone()).await["node"], Value::Null);
    let less = json!({ "id": world.ours.guardianships[0], "access": "ON_REQUEST" });
    act(world, Who::Leader, "guardianshipUpdate", "", less).await;
    assert_eq!(ask(world, Who::Guardian, node, asked).await["node"], Value::Null);
    assert_eq!(
        ask(world, Who::Guardian, LINE, json!({ "id": noor(world) })).await["student"]["partnership"],
        Value::Null
    );
    let goal = json!({ "id": world.ours.partners[0].goal });
    assert_eq!(codes(&act(world, Who::Guardian, "goalAgree", "", goal).await), ["NOT_FOUND"]);
    // Nobody is left to meet: the line stays open, as nobody was reached.
    assert_eq!(step(&line(world, Who::Teacher).await, "EXPECTATIONS")["doneAt"], Value::Null);
}

async fn the_statements_do_not_grow_with_the_class(world: &World) {
    let document = "query($id: ID!) { classGroup(id: $id) { students { nodes { partnership { successful steps { status missingGuardians { id } conversation { id } }
        goals { agreedBy { id } } criteria { status evidence { id } } conversations { attendance { person { id } } agreements { confirmations { guardian { id } } } } } } } } }";
    let asked = json!({ "id": world.ours.groups[0] });
    let mut counts = Vec::new();
    for name in ["Fien", "Sem", "Mila", "Daan"] {
        let input =
            json!({ "school": world.ours.schools[0], "displayName": name, "classGroups": [world.ours.groups[0]] });
        let made = act(world, Who::Leader, "studentCreate", "student { id partnership { needsIntake } }", input).await;
        assert_eq!(made["student"]["partnership"]["needsIntake"], false, "{made}");
        counts.push(statements(world, Who::Leader, document, asked.clone()).await);
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
}

on_each_database!(
    a_line_is_told_from_what_happened,
    only_the_school_and_the_guardians_see_a_partnership,
    a_conversation_is_planned_answered_moved_and_held,
    separated_guardians_talk_apart_unless_they_say_together,
    a_year_that_is_over_does_not_move,
    nobody_is_at_two_conversations_at_once,
    every_problem_is_told_at_once,
    access_that_ends_takes_the_partnership_along,
    the_statements_do_not_grow_with_the_class,
);
