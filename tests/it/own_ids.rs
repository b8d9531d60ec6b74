//! Ids that apps make: what was made without a network keeps its id. Whose thing an id in use is, nobody is told.

use std::collections::BTreeSet;

use glans::call::today;
use glans_entity::ids::{BoardId, TABLES, format_any, parse_any};
use glans_entity::scope::Scope;
use glans_tests::{Engine, Who, World, on_each_database};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask::{act, ask, codes, refusals};

/// A mutation that makes something.
struct Create {
    who: Who,
    mutation: &'static str,
    /// What it makes, as the payload names it.
    node: &'static str,
    /// Of the first board, and of the other one.
    in_use: [String; 2],
    /// An input that meets no other than itself, by its number.
    input: fn(&World, usize) -> Value,
}

impl Create {
    async fn done(&self, world: &World, number: usize, id: &str, key: Option<&str>) -> Value {
        let mut input = (self.input)(world, number);
        (input["id"], input["clientMutationId"]) = (json!(id), json!(key));
        let fields = format!("{} {{ id }} said: userErrors {{ message }}", self.node);
        act(world, self.who, self.mutation, &fields, input).await
    }

    /// An id of the app for it.
    fn own_id(&self, uuid: Uuid) -> String {
        let (prefix, _) = self.in_use[0].rsplit_once('_').expect("a TypeID");
        format_any(prefix, uuid)
    }
}

fn organisation(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Admin,
            mutation: "boardCreate",
            node: "board",
            in_use: [ours.id, theirs.id].map(|id| id.to_string()),
            input: |_, number| json!({ "name": format!("Eigen {number}") }),
        },
        Create {
            who: Who::Admin,
            mutation: "clusterCreate",
            node: "cluster",
            in_use: [ours.clusters[0], theirs.clusters[0]].map(|id| id.to_string()),
            input: |world, number| json!({ "board": world.ours.id, "name": format!("Eigen {number}") }),
        },
        Create {
            who: Who::Admin,
            mutation: "schoolCreate",
            node: "school",
            in_use: [ours.schools[0], theirs.schools[0]].map(|id| id.to_string()),
            input: |world, number| json!({ "board": world.ours.id, "name": format!("Eigen {number}") }),
        },
        Create {
            who: Who::Admin,
            mutation: "schoolYearCreate",
            node: "schoolYear",
            in_use: [ours.school_year, theirs.school_year].map(|id| id.to_string()),
            input: |world, number| json!({ "board": world.ours.id, "startsOn": format!("{}-08-01", 2041 + number) }),
        },
        Create {
            who: Who::Leader,
            mutation: "classGroupCreate",
            node: "classGroup",
            in_use: [ours.groups[0], theirs.groups[0]].map(|id| id.to_string()),
            input: |world, number| {
                let (school, year) = (world.ours.schools[0], world.ours.school_year);
                json!({ "school": school, "schoolYear": year, "name": format!("Eigen {number}"), "grades": [] })
            },
        },
    ]
}

fn people(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Leader,
            mutation: "personCreate",
            node: "person",
            in_use: [ours.leader.person, theirs.leader.person].map(|id| id.to_string()),
            input: |world, _| {
                let details = json!({ "givenName": "Joost", "familyName": "Vink" });
                json!({ "board": world.ours.id, "school": world.ours.schools[0], "details": details })
            },
        },
        Create {
            who: Who::Leader,
            mutation: "studentCreate",
            node: "student",
            in_use: [ours.students[0], theirs.students[0]].map(|id| id.to_string()),
            input: |world, number| json!({ "school": world.ours.schools[0], "displayName": "Fien", "number": number.to_string() }),
        },
        Create {
            who: Who::Leader,
            mutation: "guardianshipCreate",
            node: "guardianship",
            in_use: [ours.guardianships[0], theirs.guardianships[0]].map(|id| id.to_string()),
            input: |world, _| {
                let guardian = json!({ "newPerson": { "givenName": "Bas", "familyName": "Vos" } });
                json!({ "student": world.ours.students[0], "guardian": guardian, "relationship": "GRANDPARENT" })
            },
        },
        Create {
            who: Who::Admin,
            mutation: "membershipGrant",
            node: "membership",
            in_use: [ours.memberships[0], theirs.memberships[0]].map(|id| id.to_string()),
            input: |world, number| {
                let ours = &world.ours;
                let person = [ours.teacher, ours.leader, ours.trainer, ours.distant][number % 4].person;
                json!({ "person": person, "role": "CLUSTER_DIRECTOR", "scope": ours.clusters[0] })
            },
        },
        Create {
            who: Who::Admin,
            mutation: "apiClientCreate",
            node: "apiClient",
            in_use: [ours.client, theirs.client].map(|id| id.to_string()),
            input: |world, number| json!({ "board": world.ours.id, "name": format!("Eigen {number}"), "scopes": ["LESSONS_READ"] }),
        },
    ]
}

fn practice_and_metrics(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Director,
            mutation: "cohortCreate",
            node: "cohort",
            in_use: [ours.cohorts[0], theirs.cohorts[0]].map(|id| id.to_string()),
            input: |world, number| {
                let programme = world.ours.published.programme;
                json!({ "name": format!("Eigen {number}"), "schools": [world.ours.schools[0]], "programme": programme })
            },
        },
        Create {
            who: Who::Trainer,
            mutation: "meetingPlan",
            node: "meeting",
            in_use: [ours.meetings[0], theirs.meetings[0]].map(|id| id.to_string()),
            input: |world, _| {
                json!({
                    "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson],
                    "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z",
                })
            },
        },
        Create {
            who: Who::Admin,
            mutation: "webhookEndpointCreate",
            node: "webhookEndpoint",
            in_use: [ours.webhook_endpoint, theirs.webhook_endpoint].map(|id| id.to_string()),
            input: |world, _| json!({ "client": world.ours.client, "url": "https://hooks.example.org/", "events": ["LESSON_TAUGHT"] }),
        },
        Create {
            who: Who::Admin,
            mutation: "exportStart",
            node: "metricExport",
            in_use: [ours.export, theirs.export].map(|id| id.to_string()),
            input: |world, _| {
                json!({
                    "scope": world.ours.schools[0], "metrics": ["REACH"], "format": "CSV",
                    "from": "2026-08-01", "to": "2026-08-31",
                })
            },
        },
    ]
}

fn creates(world: &World) -> Vec<Create> {
    [organisation(world), people(world), practice_and_metrics(world)].into_iter().flatten().collect()
}

async fn what_an_app_makes_keeps_the_id_of_the_app(world: &World) {
    for create in creates(world) {
        let id = create.own_id(BoardId::new().0);
        let made = create.done(world, 0, &id, Some(create.mutation)).await;
        assert_eq!((codes(&made), &made[create.node]["id"]), (vec![], &json!(id)), "{}", create.mutation);
        // The answer got lost, and it is sent again.
        assert_eq!(create.done(world, 0, &id, Some(create.mutation)).await, made, "{}", create.mutation);
        let other = create.done(world, 1, &id, None).await;
        assert_eq!(refusals(&other), ["TAKEN id"], "{}", create.mutation);
    }
}

async fn an_id_in_use_is_refused_alike_wherever_it_is_in_use(world: &World) {
    for create in creates(world) {
        let ours = create.done(world, 2, &create.in_use[0], None).await;
        assert_eq!(refusals(&ours), ["TAKEN id"], "{}", create.mutation);
        assert_eq!(ours[create.node], Value::Null, "{}", create.mutation);
        assert_eq!(create.done(world, 3, &create.in_use[1], None).await, ours, "{}", create.mutation);
    }
}

async fn an_id_of_something_else_is_refused(world: &World) {
    let lesson = world.ours.published.lesson.to_string();
    for create in creates(world) {
        // A UUIDv4, by which nothing would be sorted.
        let random = create.own_id(Uuid::from_u128(0x1b4e_28ba_2fa1_41d2_883f_0016_d3cc_a427));
        for wrong in [lesson.as_str(), "x", random.as_str()] {
            let refused = create.done(world, 0, wrong, None).await;
            assert_eq!(refusals(&refused), ["INVALID id"], "{} {wrong}", create.mutation);
        }
        let id = create.own_id(BoardId::new().0);
        let made = create.done(world, 0, &id, None).await;
        assert_eq!(codes(&made), Vec::<&str>::new(), "nothing was made before: {}", create.mutation);
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
        let taken = create.done(world, 2, &create.in_use[0], None).await;
        assert_eq!(refusals(&taken), ["TAKEN id"], "{}", create.mutation);
        for number in numbers {
            let id = create.own_id(number);
            assert_eq!(create.done(world, 2, &id, None).await, taken, "{} {id}", create.mutation);
        }
        let free = create.done(world, 0, &create.own_id(BoardId::new().0), None).await;
        assert_eq!(codes(&free), Vec::<&str>::new(), "nothing was made before: {}", create.mutation);
    }
}

/// Who may make nothing of the kind learns of no number whether it is in use.
async fn without_the_right_a_number_tells_nothing(world: &World) {
    let (ours, theirs) = (&world.ours, &world.theirs);
    for create in creates(world) {
        let create = Create { who: Who::Distant, ..create };
        let free = create.done(world, 0, &create.own_id(Uuid::now_v7()), None).await;
        let told = codes(&free);
        assert!(matches!(told[..], ["FORBIDDEN" | "NOT_FOUND"]), "{} {told:?}", create.mutation);
        for number in [ours.schools[0].0, ours.announcements[0].0, theirs.id.0, theirs.announcements[0].0] {
            let id = create.own_id(number);
            assert_eq!(create.done(world, 0, &id, None).await, free, "{} {id}", create.mutation);
        }
        for id in &create.in_use {
            assert_eq!(create.done(world, 0, id, None).await, free, "{} {id}", create.mutation);
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
    the_number_of_something_else_is_in_use,
    without_the_right_a_number_tells_nothing,
    what_is_for_many_takes_nothing_of_what_has_its_number,
    every_table_with_numbers_is_looked_into,
);
