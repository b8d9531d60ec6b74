//! The walk: every root field and every field of every type, as every role, over own, other and unknown ids.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::parser::types::FieldDefinition;
use glans::access::Standing;
use glans_tests::seed::CANARY;
use glans_tests::{Answer, Who, World, on_each_database};
use serde_json::{Value, json};

use super::api::{Api, Selection, base};
use super::cases::{Reading, followed, reading};
use super::targets::{self, Whose};

/// Levels of objects below a root field: a connection, its nodes, what they point at.
const DEPTH: usize = 3;
/// Levels of objects below a node asked for by its id.
const DEPTH_OF_NODE: usize = 2;
/// The same for those that hold lists of what has no id of its own.
const DEEP_NODES: [&str; 2] = ["Announcement", "Survey"];

/// A question of the walk.
pub(super) struct Question {
    /// As the matrix names it: `school`, or `node School`.
    pub(super) name: String,
    /// The root field.
    pub(super) field: String,
    /// Whose ids it can be asked with: the type. None where it takes none.
    pub(super) of_type: Option<String>,
    document: String,
    pub(super) fields: BTreeSet<String>,
}

impl Question {
    /// Asks it; none where there is nothing of this kind to ask for.
    pub(super) async fn ask(&self, world: &World, standing: &Arc<Standing>, whose: Whose) -> Option<Answer> {
        let variables = match &self.of_type {
            None => Value::Null,
            // The course is the same whoever asks: it is the place that decides.
            Some(of_type) if self.document.contains("$lesson: ID!") => {
                json!({ "id": targets::id(world, of_type, whose)?, "lesson": world.ours.published.lesson })
            }
            Some(of_type) => json!({ "id": targets::id(world, of_type, whose)? }),
        };
        Some(world.execute(standing, &self.document, variables).await)
    }
}

/// All questions, or the root fields that nobody said how to ask.
pub(super) fn questions(api: &Api) -> Result<Vec<Question>, Vec<String>> {
    let mut questions: Vec<_> = api.nodes().into_iter().map(|of_type| node_question(api, of_type)).collect();
    let mut uncovered = Vec::new();
    for field in api.fields("Query") {
        let name = field.name.node.to_string();
        match (name.as_str(), reading(field)) {
            ("node" | "nodes", _) => {}
            (_, Some(reading)) => questions.push(root_question(api, &name, base(&field.ty.node), reading)),
            (_, None) => uncovered.push(name),
        }
    }
    questions.push(nodes_question());
    for field in api.fields("Subscription") {
        let name = field.name.node.as_str();
        match followed(name) {
            Some(reading) => questions.push(followed_question(api, field, reading)),
            None => uncovered.push(name.to_owned()),
        }
    }
    if uncovered.is_empty() { Ok(questions) } else { Err(uncovered) }
}

fn node_question(api: &Api, of_type: &str) -> Question {
    let depth = DEPTH_OF_NODE + usize::from(DEEP_NODES.contains(&of_type));
    let Selection { text, mut fields } = api.selection(of_type, depth);
    fields.extend(["Query.node".to_owned(), "Node.id".to_owned()]);
    Question {
        name: format!("node {of_type}"),
        field: "node".to_owned(),
        of_type: Some(of_type.to_owned()),
        document: format!("query($id: ID!) {{ node(id: $id) {{ __typename id ... on {of_type} {{ {text} }} }} }}"),
        fields,
    }
}

fn nodes_question() -> Question {
    Question {
        name: "nodes".to_owned(),
        field: "nodes".to_owned(),
        of_type: Some("School".to_owned()),
        document: "query($id: ID!) { nodes(ids: [$id]) { __typename id } }".to_owned(),
        fields: BTreeSet::from(["Query.nodes".to_owned()]),
    }
}

/// What it tells first.
fn followed_question(api: &Api, field: &FieldDefinition, reading: Reading) -> Question {
    let question = root_question(api, &field.name.node, base(&field.ty.node), reading);
    let mut fields = question.fields;
    fields.remove(&format!("Query.{}", field.name.node));
    fields.insert(format!("Subscription.{}", field.name.node));
    let document = match question.document.strip_prefix("query") {
        Some(rest) => format!("subscription{rest}"),
        None => format!("subscription {}", question.document),
    };
    Question { document, fields, ..question }
}

fn root_question(api: &Api, name: &str, returned: &str, reading: Reading) -> Question {
    let Selection { text, mut fields } = api.selection_or_fragments(returned, DEPTH);
    fields.insert(format!("Query.{name}"));
    let selection = if text.is_empty() { String::new() } else { format!("{{ {text} }}") };
    let (document, of_type) = match reading {
        Reading::Plain => (format!("{{ {name} {selection} }}"), None),
        Reading::ById { argument, of_type } => {
            let also = if argument.contains("$lesson") { ", $lesson: ID!" } else { "" };
            (format!("query($id: ID!{also}) {{ {name}({argument}: $id) {selection} }}"), Some(of_type))
        }
    };
    Question { name: name.to_owned(), field: name.to_owned(), of_type, document, fields }
}

/// Fields that tell nothing without an argument, or lie deeper than the walk goes; their own tests ask for them.
const ASKED_ELSEWHERE: [&str; 9] = [
    "ChangeSet.includes",
    "Cluster.engagement",
    "School.engagement",
    "SurveyText.text",
    "SurveyTextConnection.edges",
    "SurveyTextConnection.nodes",
    "SurveyTextConnection.pageInfo",
    "SurveyTextEdge.cursor",
    "SurveyTextEdge.node",
];

#[test]
fn every_field_that_can_be_reached_is_asked_for() {
    let api = Api::new(&glans::graphql::sdl());
    let questions = questions(&api).unwrap_or_else(|uncovered| panic!("root fields without a case: {uncovered:?}"));
    let asked: BTreeSet<_> = questions.into_iter().flat_map(|question| question.fields).collect();
    let missed = api.reachable().difference(&asked).cloned().collect::<Vec<_>>();
    assert_eq!(missed, ASKED_ELSEWHERE, "fields that no question of the walk asks for");
}

#[test]
fn every_type_with_an_id_has_something_to_ask_for() {
    // The ids come from the rows of a world; the names of their types do not hang on it.
    let api = Api::new(&glans::graphql::sdl());
    glans_tests::run(glans_tests::Engine::Sqlite, async |world: &World| {
        let unseeded: Vec<_> =
            api.nodes().into_iter().filter(|of_type| targets::id(world, of_type, Whose::Own).is_none()).collect();
        assert_eq!(unseeded, Vec::<&str>::new(), "types without a row in the second board");
    });
}

/// What everybody was answered to one question about things of `whose`.
pub(super) struct Row<'q> {
    pub(super) question: &'q Question,
    pub(super) whose: Whose,
    /// With the name of who asked.
    pub(super) answers: Vec<(&'static str, Answer)>,
}

/// Asks everything, as everybody, about everything. Takes a while: look at its answers from all sides.
pub(super) async fn walk<'q>(world: &World, questions: &'q [Question]) -> Vec<Row<'q>> {
    let mut standings = Vec::new();
    for who in Who::ALL {
        standings.push((who.name(), world.standing(who).await));
    }
    walk_as(world, questions, &standings).await
}

/// As [`walk`], as each of these.
pub(super) async fn walk_as<'q>(
    world: &World,
    questions: &'q [Question],
    standings: &[(&'static str, Arc<Standing>)],
) -> Vec<Row<'q>> {
    let mut rows = Vec::new();
    for question in questions {
        for whose in if question.of_type.is_some() { &Whose::ALL[..] } else { &Whose::ALL[..1] } {
            let mut answers = Vec::new();
            for (who, standing) in standings {
                answers.extend(question.ask(world, standing, *whose).await.map(|answer| (*who, answer)));
            }
            rows.push(Row { question, whose: *whose, answers });
        }
    }
    rows
}

/// Answers with something of the other board in them.
pub(super) fn leaks(world: &World, api: &Api, rows: &[Row]) -> Vec<String> {
    let foreign = targets::ids_of_the_other_board(world, &api.nodes());
    let leaks = |row: &Row| {
        let texts = row.answers.iter().map(|(who, answer)| (*who, answer.body.to_string()));
        let leaking = texts.filter(|(_, text)| text.contains(CANARY) || foreign.iter().any(|id| text.contains(id)));
        let (name, whose) = (&row.question.name, row.whose);
        leaking.map(|(who, text)| format!("{who} asks {name} {whose}: {text}")).collect::<Vec<_>>()
    };
    rows.iter().flat_map(leaks).collect()
}

/// Questions whose answers tell what is elsewhere from what is nowhere, by what they say or by what they cost.
pub(super) fn tellers(rows: &[Row]) -> Vec<String> {
    let pairs = rows.windows(2).filter(|pair| (pair[0].whose, pair[1].whose) == (Whose::Other, Whose::Unknown));
    let told = |pair: &[Row]| {
        let both = pair[0].answers.iter().zip(&pair[1].answers);
        let name = &pair[0].question.name;
        both.filter(|((_, other), (_, unknown))| other != unknown)
            .map(|((who, other), (_, unknown))| format!("{who} asks {name}: {other:?} but {unknown:?}"))
            .collect::<Vec<_>>()
    };
    pairs.flat_map(told).collect()
}

/// Without this, a walk that sees nothing at all would pass.
async fn the_canaries_sing_for_their_own_board(world: &World) {
    let api = Api::new(&glans::graphql::sdl());
    let standing = world.standing_in(&world.theirs, Who::Admin).await;
    // What is between a family and the school is not for who administers the board, and a thread for who takes part.
    let leader = world.standing_in(&world.theirs, Who::Leader).await;
    let teacher = world.standing_in(&world.theirs, Who::Teacher).await;
    let mut silent = Vec::new();
    for question in questions(&api).expect("another test says which are missing") {
        if !question.name.starts_with("node ") {
            continue;
        }
        let mut answers = Vec::new();
        for standing in [&standing, &leader, &teacher] {
            answers
                .push(question.ask(world, standing, Whose::Other).await.expect("the second board has all kinds").body);
        }
        if answers.iter().all(|body| body["data"]["node"].is_null() || !body["errors"].is_null()) {
            silent.push(format!("{}: {answers:?}", question.name));
        }
    }
    assert!(silent.is_empty(), "nobody of the second board sees: {silent:#?}");
    let own = world.execute(&standing, "{ boards { nodes { name } } }", Value::Null).await;
    assert_eq!(
        own.body,
        json!({ "data": { "boards": { "nodes": [{ "name": format!("{CANARY}De Sterrenwacht") }] } } })
    );
}

on_each_database!(the_canaries_sing_for_their_own_board);
