//! Ids that apps make: what was made without a network keeps its id. Whose thing an id in use is, nobody is told.

mod engagement;
mod metrics;
mod organisation;
mod people;
mod practice;

use std::collections::BTreeSet;

use glans::call::today;
use glans_entity::ids::{BoardId, TABLES, format_any, parse_any};
use glans_entity::scope::Scope;
use glans_tests::{Engine, Who, World, on_each_database};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::api::{Api, base};
use crate::ask::{act, ask, codes, refusals};

/// A mutation that makes something.
pub(crate) struct Create {
    pub(crate) who: Who,
    pub(crate) mutation: &'static str,
    /// What it makes, as the payload names it.
    pub(crate) node: &'static str,
    /// Of the first board, and of the other one.
    in_use: [String; 2],
    /// What else may be wrong with the input, and how that is told.
    amiss: (Value, &'static str),
    /// An input that meets no other than itself, by its number.
    pub(crate) input: fn(&World, usize) -> Value,
}

impl Create {
    async fn done(&self, world: &World, number: usize, id: &str) -> Value {
        self.sent(world, self.with_id(world, number, id)).await
    }

    fn with_id(&self, world: &World, number: usize, id: &str) -> Value {
        let mut input = (self.input)(world, number);
        input["id"] = json!(id);
        input
    }

    async fn sent(&self, world: &World, input: Value) -> Value {
        let fields = format!("{} {{ id }} said: userErrors {{ message }}", self.node);
        act(world, self.who, self.mutation, &fields, input).await
    }

    /// An id of the app for it.
    fn own_id(&self, uuid: Uuid) -> String {
        let (prefix, _) = self.in_use[0].rsplit_once('_').expect("a TypeID");
        format_any(prefix, uuid)
    }
}

pub(crate) fn creates(world: &World) -> Vec<Create> {
    let slices = [
        engagement::creates(world),
        metrics::creates(world),
        organisation::creates(world),
        people::creates(world),
        practice::creates(world),
    ];
    slices.into_iter().flatten().collect()
}

async fn what_an_app_makes_keeps_the_id_of_the_app(world: &World) {
    for create in creates(world) {
        let id = create.own_id(BoardId::new().0);
        let mut input = create.with_id(world, 0, &id);
        input["clientMutationId"] = json!(create.mutation);
        let made = create.sent(world, input.clone()).await;
        assert_eq!((codes(&made), &made[create.node]["id"]), (vec![], &json!(id)), "{}", create.mutation);
        // The answer got lost, and it is sent again.
        assert_eq!(create.sent(world, input).await, made, "{}", create.mutation);
        let other = create.done(world, 1, &id).await;
        assert_eq!(refusals(&other), ["TAKEN id"], "{}", create.mutation);
    }
}

async fn an_id_in_use_is_refused_alike_wherever_it_is_in_use(world: &World) {
    for create in creates(world) {
        let ours = create.done(world, 2, &create.in_use[0]).await;
        assert_eq!(refusals(&ours), ["TAKEN id"], "{}", create.mutation);
        assert_eq!(ours[create.node], Value::Null, "{}", create.mutation);
        assert_eq!(create.done(world, 3, &create.in_use[1]).await, ours, "{}", create.mutation);
    }
}

async fn an_id_of_something_else_is_refused(world: &World) {
    let lesson = world.ours.published.lesson.to_string();
    for create in creates(world) {
        // A UUIDv4, by which nothing would be sorted.
        let random = create.own_id(Uuid::from_u128(0x1b4e_28ba_2fa1_41d2_883f_0016_d3cc_a427));
        for wrong in [lesson.as_str(), "x", random.as_str()] {
            let refused = create.done(world, 0, wrong).await;
            assert_eq!(refusals(&refused), ["INVALID id"], "{} {wrong}", create.mutation);
        }
        let id = create.own_id(BoardId::new().0);
        let made = create.done(world, 0, &id).await;
        assert_eq!(codes(&made), Vec::<&str>::new(), "nothing was made before: {}", create.mutation);
    }
}

async fn a_wrong_id_is_told_with_what_else_is_wrong(world: &World) {
    for create in creates(world) {
        let (amiss, told) = &create.amiss;
        let mut input = create.with_id(world, 0, "x");
        for (field, value) in amiss.as_object().expect("fields of the input") {
            input[field] = value.clone();
        }
        assert_eq!(refusals(&create.sent(world, input).await), ["INVALID id", *told], "{}", create.mutation);
    }
}

/// The number alone says what is meant in many places.
async fn the_number_of_something_else_is_in_use(world: &World) {
    let (ours, theirs) = (&world.ours, &world.theirs);
    let numbers = [
        theirs.id.0,
        theirs.schools[0].0,
        theirs.announcements[0].0,
        ours.id.0,
        ours.clusters[0].0,
        ours.schools[0].0,
        ours.memberships[0].0,
        ours.guardianships[0].0,
        ours.announcements[0].0,
        ours.session.0,
    ];
    for create in creates(world) {
        let taken = create.done(world, 2, &create.in_use[0]).await;
        assert_eq!(refusals(&taken), ["TAKEN id"], "{}", create.mutation);
        for number in numbers {
            let id = create.own_id(number);
            assert_eq!(create.done(world, 2, &id).await, taken, "{} {id}", create.mutation);
        }
        let free = create.done(world, 0, &create.own_id(BoardId::new().0)).await;
        assert_eq!(codes(&free), Vec::<&str>::new(), "nothing was made before: {}", create.mutation);
    }
}

/// A number is of one thing, whoever comes first.
async fn of_two_kinds_made_at_once_one_has_the_number(world: &World) {
    let creates = creates(world);
    for pair in creates.chunks_exact(2) {
        let (one, other, number) = (&pair[0], &pair[1], Uuid::now_v7());
        let ids = [one.own_id(number), other.own_id(number)];
        let (first, second) = tokio::join!(one.done(world, 0, &ids[0]), other.done(world, 0, &ids[1]));
        let told = (refusals(&first), refusals(&second));
        let is_taken = |told: &[String]| told == ["TAKEN id"];
        let one_each = (told.0.is_empty() && is_taken(&told.1)) || (is_taken(&told.0) && told.1.is_empty());
        assert!(one_each, "{} and {}: {told:?}", one.mutation, other.mutation);
    }
}

/// Who may make nothing of the kind learns of no number whether it is in use.
async fn without_the_right_a_number_tells_nothing(world: &World) {
    let (ours, theirs) = (&world.ours, &world.theirs);
    for create in creates(world) {
        let create = Create { who: Who::Distant, ..create };
        let free = create.done(world, 0, &create.own_id(Uuid::now_v7())).await;
        let told = codes(&free);
        let tells_nothing = |code: &&str| matches!(*code, "FORBIDDEN" | "NOT_FOUND");
        assert!(!told.is_empty() && told.iter().all(tells_nothing), "{} {told:?}", create.mutation);
        for number in [ours.schools[0].0, ours.announcements[0].0, theirs.id.0, theirs.announcements[0].0] {
            let id = create.own_id(number);
            assert_eq!(create.done(world, 0, &id).await, free, "{} {id}", create.mutation);
        }
        for id in &create.in_use {
            assert_eq!(create.done(world, 0, id).await, free, "{} {id}", create.mutation);
        }
    }
}

async fn what_is_for_many_takes_nothing_of_what_has_its_number(world: &World) {
    let ours = &world.ours;
    let audience = json!({ "include": [ours.schools[0]] });
    let said = json!({ "title": "Studiedag", "body": "De school is dicht.", "audience": audience });
    let said = act(world, Who::Leader, "announcementCreate", "announcement { id }", said).await;
    let id = said["announcement"]["id"].as_str().expect("an announcement");
    let (_, number) = parse_any(id).expect("an id");
    let document = "query($id: ID!) { node(id: $id) { ... on Announcement { title
        audience { ... on School { id } } } } }";
    let stands = json!({ "node": { "title": "Studiedag", "audience": [{ "id": ours.schools[0] }] } });
    assert_eq!(ask(world, Who::Leader, document, json!({ "id": id })).await, stands);

    let evening = json!({
        "id": format_any("event", number), "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z",
        "endsAt": "2031-03-04T20:00:00Z", "audience": { "include": [ours.groups[0]] },
    });
    let refused = act(world, Who::Leader, "eventCreate", "event { id }", evening).await;
    assert_eq!((refusals(&refused), &refused["event"]), (vec!["TAKEN id".to_owned()], &Value::Null));
    let body = json!({ "id": format_any("message", number), "thread": ours.threads[0], "body": "Dag." });
    assert_eq!(refusals(&act(world, Who::Teacher, "messageSend", "", body).await), ["TAKEN id"]);
    assert_eq!(ask(world, Who::Leader, document, json!({ "id": id })).await, stands);
}

/// What takes an `id` that may be left out and makes nothing: it ends the session that it names, or the present one.
const MAKES_NOTHING: &str = "sessionRevoke";

/// What makes something and takes no id: docs/api.md, "Writing".
const WITHOUT_ID: [&str; 3] = ["invitationCreate", "sessionCreate", "uploadCreate"];

async fn all_that_takes_an_id_of_the_app_is_looked_at_here(world: &World) {
    let api = Api::new(&glans::graphql::sdl());
    let mut found = BTreeSet::new();
    for field in api.fields("Mutation") {
        let mutation = field.name.node.as_str();
        let mut inputs = field.arguments.iter().flat_map(|argument| api.inputs(base(&argument.node.ty.node)));
        let takes_id = inputs.any(|input| input.name.node == "id" && input.ty.node.nullable);
        if takes_id && mutation != MAKES_NOTHING {
            found.insert(mutation);
        } else if mutation.ends_with("Create") {
            assert!(WITHOUT_ID.contains(&mutation), "{mutation} takes no id");
        }
    }
    let known: BTreeSet<&str> = creates(world).iter().map(|create| create.mutation).collect();
    assert_eq!(known, found);
}

/// What waits to be counted has numbers that nothing else names.
const NAMELESS: [&str; 2] = ["metric_due", "metric_unrecorded"];

async fn every_table_with_numbers_is_looked_into(world: &World) {
    let sql = match world.engine() {
        Engine::Sqlite => {
            "SELECT t.name AS line FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name = 'id' AND c.type = 'BLOB'"
        }
        Engine::Postgres => {
            "SELECT table_name::text AS line FROM information_schema.columns
             WHERE table_schema = 'public' AND column_name = 'id' AND data_type = 'uuid'"
        }
    };
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let found: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "line").unwrap()).collect();
    let known: BTreeSet<String> = TABLES.iter().map(|(_, table)| *table).chain(NAMELESS).map(str::to_owned).collect();
    assert_eq!(found, known);
}

on_each_database!(
    what_an_app_makes_keeps_the_id_of_the_app,
    an_id_in_use_is_refused_alike_wherever_it_is_in_use,
    an_id_of_something_else_is_refused,
    a_wrong_id_is_told_with_what_else_is_wrong,
    the_number_of_something_else_is_in_use,
    of_two_kinds_made_at_once_one_has_the_number,
    without_the_right_a_number_tells_nothing,
    what_is_for_many_takes_nothing_of_what_has_its_number,
    all_that_takes_an_id_of_the_app_is_looked_at_here,
    every_table_with_numbers_is_looked_into,
);
