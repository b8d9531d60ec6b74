//! What is made, and where its list has it: an app puts the edge of a payload into its list without asking again.

use std::collections::BTreeSet;

use async_graphql::parser::types::FieldDefinition;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::access::api::{Api, base};
use crate::ask::{act, ask, codes, refusals};
use crate::own_ids::creates;
use crate::programme::small;

/// How each list is asked for: in its own order.
const PAGE: &str = "first: 100, after: $after) { edges { cursor node { id } } }";

/// A mutation that makes something.
struct Made {
    who: Who,
    mutation: &'static str,
    /// What it makes, as the payload names it.
    node: &'static str,
    input: Value,
}

fn made(world: &World) -> Vec<Made> {
    let board = world.ours.id;
    let course = json!({ "board": board, "document": small("Groeten", "") });
    let others = [
        Made { who: Who::Admin, mutation: "programmeImport", node: "programme", input: course },
        Made { who: Who::Admin, mutation: "rosterImportStart", node: "rosterImport", input: json!({ "board": board }) },
    ];
    let creates = creates(world).into_iter().map(|create| {
        let input = (create.input)(world, 0);
        Made { who: create.who, mutation: create.mutation, node: create.node, input }
    });
    creates.chain(others).collect()
}

/// The list of what a mutation makes; none where no list has pages of it.
fn list(world: &World, mutation: &str) -> Option<String> {
    let ours = &world.ours;
    let (board, school, student) = (ours.id, ours.schools[0], ours.students[0]);
    Some(match mutation {
        "announcementCreate" => format!("list: announcements({PAGE}"),
        "apiClientCreate" => format!("list: apiClients(board: \"{board}\", {PAGE}"),
        "boardCreate" => format!("list: boards({PAGE}"),
        "bookingRoundOpen" => format!("list: bookingRounds({PAGE}"),
        "classGroupCreate" => format!("of: school(id: \"{school}\") {{ list: classGroups({PAGE} }}"),
        "clusterCreate" => format!("list: clusters({PAGE}"),
        "cohortCreate" => format!("list: cohorts({PAGE}"),
        "concernRaise" => format!("list: concerns({PAGE}"),
        "contactMomentLog" => format!("list: contactMoments(student: \"{student}\", {PAGE}"),
        "eventCreate" => format!("list: events({PAGE}"),
        "experienceComment" => {
            format!("of: node(id: \"{}\") {{ ... on Experience {{ list: comments({PAGE} }} }}", ours.experiences[0])
        }
        "experienceShare" => {
            format!("of: lesson(id: \"{}\") {{ list: experiences({PAGE} }}", ours.published.lesson)
        }
        "exportStart" => format!("list: metricExports({PAGE}"),
        "meetingPlan" => format!("of: cohort(id: \"{}\") {{ list: meetings({PAGE} }}", ours.cohorts[0]),
        "messageSend" => format!("of: thread(id: \"{}\") {{ list: messages({PAGE} }}", ours.threads[0]),
        "personCreate" => format!("of: school(id: \"{school}\") {{ list: staff({PAGE} }}"),
        "programmeImport" => format!("list: programmes({PAGE}"),
        "rosterImportStart" => format!("list: rosterImports(board: \"{board}\", {PAGE}"),
        "schoolCreate" => format!("list: schools({PAGE}"),
        "studentCreate" => format!("of: school(id: \"{school}\") {{ list: students({PAGE} }}"),
        "surveyCreate" => format!("list: surveys({PAGE}"),
        "threadStart" => format!("list: threads({PAGE}"),
        "webhookEndpointCreate" => format!("list: webhookEndpoints(board: \"{board}\", {PAGE}"),
        _ => return None,
    })
}

async fn edges(world: &World, who: Who, list: &str, after: &Value) -> Vec<Value> {
    let document = format!("query($after: String) {{ {list} }}");
    let answer = ask(world, who, &document, json!({ "after": after })).await;
    let list = answer.pointer("/of/list").unwrap_or(&answer["list"]);
    list["edges"].as_array().expect("a list with pages").clone()
}

async fn is_where_the_list_has_it(world: &World, made: Made, list: &str) {
    let Made { who, mutation, node, mut input } = made;
    let fields = format!("made: {node} {{ id }} edge: {node}Edge {{ cursor node {{ id }} }}");
    input["clientMutationId"] = json!(mutation);
    let payload = act(world, who, mutation, &fields, input.clone()).await;
    let edge = &payload["edge"];
    assert_eq!((codes(&payload), &edge["node"]), (vec![], &payload["made"]), "{mutation}");
    let all = edges(world, who, list, &Value::Null).await;
    let at = all.iter().position(|listed| listed == edge);
    let at = at.unwrap_or_else(|| panic!("{mutation}: {edge} is not in {all:?}"));
    assert_eq!(edges(world, who, list, &edge["cursor"]).await, all[at + 1..], "{mutation}");
    // The answer got lost, and it is sent again.
    assert_eq!(act(world, who, mutation, &fields, input).await, payload, "{mutation}");
}

async fn the_edge_is_the_one_of_the_list(world: &World) {
    for made in made(world) {
        if let Some(list) = list(world, made.mutation) {
            is_where_the_list_has_it(world, made, &list).await;
        }
    }
}

/// Of an endpoint that is made for it: the one that the board has is disabled.
const TESTED: &str = "webhookEndpointTest";

async fn the_test_of_an_endpoint_is_among_its_deliveries(world: &World) {
    let (client, url) = (world.ours.client, "https://hooks.example.org/");
    let input = json!({ "client": client, "url": url, "events": ["LESSON_TAUGHT"] });
    let endpoint = act(world, Who::Admin, "webhookEndpointCreate", "webhookEndpoint { id }", input).await;
    let id = &endpoint["webhookEndpoint"]["id"];
    let made = Made { who: Who::Admin, mutation: TESTED, node: "webhookDelivery", input: json!({ "id": id }) };
    is_where_the_list_has_it(world, made, &format!("list: webhookDeliveries(endpoint: {id}, {PAGE}")).await;
}

async fn what_was_refused_has_no_edge(world: &World) {
    let nameless = json!({ "board": world.ours.id, "name": " " });
    let refused = act(world, Who::Admin, "clusterCreate", "clusterEdge { cursor }", nameless).await;
    assert_eq!((refusals(&refused), &refused["clusterEdge"]), (vec!["REQUIRED name".to_owned()], &Value::Null));
}

async fn all_that_is_made_and_listed_in_pages_has_an_edge(world: &World) {
    let api = Api::new(&glans::graphql::sdl());
    let objects: BTreeSet<String> = api.objects().into_iter().map(str::to_owned).collect();
    let mut looked_at = BTreeSet::from([TESTED]);
    for Made { mutation, node, .. } in made(world) {
        let payload = api.fields(&format!("{}{}Payload", mutation[..1].to_uppercase(), &mutation[1..]));
        let of_type = |name: &str| {
            let field = payload.iter().find(|field| field.name.node.as_str() == name);
            field.map(|field| field.ty.node.to_string())
        };
        let of = of_type(node).expect("the payload has what is made");
        let has_pages = objects.contains(&format!("{of}Connection"));
        let edge = has_pages.then(|| format!("{of}Edge"));
        assert_eq!(of_type(&format!("{node}Edge")), edge, "{mutation}");
        assert_eq!(list(world, mutation).is_some(), has_pages, "{mutation}");
        if has_pages {
            looked_at.insert(mutation);
        }
    }
    let with_edge = api.fields("Mutation").into_iter().filter(|field| {
        let payload = api.fields(base(&field.ty.node));
        payload.iter().any(|field| base(&field.ty.node).ends_with("Edge"))
    });
    let found: BTreeSet<&str> = with_edge.map(|field| field.name.node.as_str()).collect();
    assert_eq!(looked_at, found);
}

/// What a mutation gives that a list has in pages and of which nobody told it which one is meant, by its type: it makes it.
/// One that is there is named by the `id` or `ids` of a mutation that is called after it, or in a field of its name.
fn makes<'a>(api: &'a Api, mutation: &FieldDefinition) -> BTreeSet<&'a str> {
    let name = mutation.name.node.as_str();
    let inputs = mutation.arguments.iter().flat_map(|argument| api.inputs(base(&argument.node.ty.node)));
    let needs: BTreeSet<&str> =
        inputs.filter(|input| !input.ty.node.nullable).map(|input| input.name.node.as_str()).collect();
    let objects: BTreeSet<&str> = api.objects().into_iter().collect();
    let gives = api.fields(base(&mutation.ty.node)).into_iter();
    let is_made = |field: &&FieldDefinition| {
        let of = base(&field.ty.node);
        let is_of_the_name = name.starts_with(&format!("{}{}", of[..1].to_lowercase(), &of[1..]));
        let is_by_id = is_of_the_name && (needs.contains("id") || needs.contains("ids"));
        objects.contains(format!("{of}Connection").as_str()) && !is_by_id && !needs.contains(field.name.node.as_str())
    };
    gives.filter(is_made).map(|field| base(&field.ty.node)).collect()
}

/// What is made without its edge, after the mutation that makes it.
fn without_edge(api: &Api) -> Vec<String> {
    let mut without = Vec::new();
    for mutation in api.fields("Mutation") {
        let payload = api.fields(base(&mutation.ty.node));
        let has_edge = |of: &str| payload.iter().any(|field| base(&field.ty.node) == format!("{of}Edge"));
        let missing = makes(api, mutation).into_iter().filter(|of| !has_edge(of));
        without.extend(missing.map(|of| format!("{} {of}", mutation.name.node)));
    }
    without
}

#[test]
fn whatever_a_mutation_is_called_and_takes_what_it_makes_has_an_edge() {
    assert_eq!(without_edge(&Api::new(&glans::graphql::sdl())), [""; 0]);
}

#[test]
fn an_edge_that_is_forgotten_is_missed() {
    let api = Api::new(
        "type Mutation {
            prizeGive(input: PrizeGiveInput!): PrizeGivePayload!
            prizeRename(input: PrizeRenameInput!): PrizeGivePayload!
            prizesHide(input: PrizesHideInput!): PrizeGivePayload!
            raffleDraw(input: PrizeRenameInput!): PrizeGivePayload!
            raffleEnd(input: RaffleEndInput!): PrizeGivePayload!
            visitPlan(input: PrizeGiveInput!): VisitPlanPayload!
        }
        input PrizeGiveInput { id: ID, school: ID! }
        input PrizeRenameInput { id: ID!, name: String }
        input PrizesHideInput { ids: [ID!]! }
        input RaffleEndInput { prize: ID! }
        type PrizeGivePayload { prize: Prize }
        type Prize { id: ID! }
        type PrizeConnection { nodes: [Prize!]! }
        type VisitPlanPayload { visit: Visit }
        type Visit { id: ID! }",
    );
    assert_eq!(without_edge(&api), ["prizeGive Prize", "raffleDraw Prize"], "visits are in no list with pages");
}

on_each_database!(
    the_edge_is_the_one_of_the_list,
    the_test_of_an_endpoint_is_among_its_deliveries,
    what_was_refused_has_no_edge,
    all_that_is_made_and_listed_in_pages_has_an_edge,
);
