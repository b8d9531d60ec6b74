//! What an API client reads: figures and the organisation, and no person anywhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::parser::types::BaseType;
use async_graphql::resolver_utils::EnumType;
use glans::access::{ApiScope, ClientActor, Standing, Standings};
use glans::call::Call;
use glans_entity::people::{guardianship, membership, person, student};
use glans_entity::scope::Scoped;
use glans_tests::{World, on_each_database};
use serde_json::{Value, json};

use super::api::{Api, base};
use super::cases::{ABOUT_ONESELF, input, subject};
use super::outcome;
use super::reads::{self, Row};
use super::targets::{self, Whose};

const ALL: &str = "client with all scopes";
const METRICS: &str = "client with metrics:read alone";
const NARROW: &str = "client with all scopes of one school";

fn standing(world: &World, scopes: Vec<ApiScope>, is_narrow: bool) -> Arc<Standing> {
    let schools = is_narrow.then(|| vec![world.ours.schools[0]]);
    Standings::of_client(&world.app, ClientActor { id: world.ours.client, board: world.ours.id, scopes, schools })
}

fn clients(world: &World) -> [(&'static str, Arc<Standing>); 3] {
    let all: Vec<ApiScope> = ApiScope::items().iter().map(|item| item.value).collect();
    [
        (ALL, standing(world, all.clone(), false)),
        (METRICS, standing(world, vec![ApiScope::MetricsRead], false)),
        (NARROW, standing(world, all, true)),
    ]
}

/// Types that are a person or of one.
const PEOPLE: [&str; 6] = ["Person", "Student", "Guardianship", "Membership", "Session", "Device"];

/// [`PEOPLE`], and all types that cannot be without one of them, as a comment without its author.
fn personal(api: &Api) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = PEOPLE.map(str::to_owned).into();
    loop {
        let names_one = |of: &str| {
            api.fields(of).iter().any(|field| {
                let of = &field.ty.node;
                !of.nullable && matches!(of.base, BaseType::Named(_)) && known.contains(base(of))
            })
        };
        let more: Vec<String> =
            api.objects().into_iter().filter(|&of| !known.contains(of) && names_one(of)).map(str::to_owned).collect();
        if more.is_empty() {
            return known;
        }
        known.extend(more);
    }
}

#[test]
fn what_cannot_be_without_a_person_is_known() {
    let personal = personal(&Api::new(&glans::graphql::sdl()));
    for of in ["Comment", "Announcement", "GuardianReceipt", "PersonEdge", "Attendance"] {
        assert!(personal.contains(of), "{of} is not in {personal:?}");
    }
    for of in ["School", "Board", "Lesson", "ApiClient", "Viewer", "Query", "Subscription"] {
        assert!(!personal.contains(of), "{of} names a person");
    }
}

/// The places of an answer that hold something of a personal type.
struct Visit<'v> {
    api: &'v Api,
    personal: &'v BTreeSet<String>,
    found: Vec<String>,
}

impl Visit<'_> {
    fn of(&mut self, declared: &str, value: &Value, path: &str) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.of(declared, item, path)),
            Value::Object(fields) => {
                let of = fields.get("__typename").and_then(Value::as_str).unwrap_or(declared);
                if self.personal.contains(of) {
                    self.found.push(format!("{path} is a {of}"));
                }
                for field in self.api.fields(of) {
                    let name = field.name.node.as_str();
                    if let Some(below) = fields.get(name) {
                        self.of(base(&field.ty.node), below, &format!("{path}.{name}"));
                    }
                }
            }
            _ => {}
        }
    }
}

/// By what the people of both boards are known.
struct Known {
    /// Ids, e-mail addresses and whole names: nowhere in a text.
    marks: Vec<String>,
    /// Names that others bear too, as a school that has `Noor` in its name: not as a word.
    words: BTreeSet<String>,
}

impl Known {
    async fn of(world: &World) -> Self {
        let call = Call::system(&world.app, "test");
        let (db, scope) = (call.read().await.unwrap(), call.scope());
        let mut known = Self { marks: Vec::new(), words: BTreeSet::new() };
        for row in person::Entity::within(&scope).all(&*db).await.unwrap() {
            known.marks.extend([row.id.to_string(), row.display_name]);
            known.marks.extend(row.email);
            known.marks.extend(row.account_id.map(|account| account.to_string()));
            known.words.extend(row.given_name.rsplit('-').next().map(str::to_owned));
        }
        for row in student::Entity::within(&scope).all(&*db).await.unwrap() {
            known.marks.push(row.id.to_string());
            known.words.extend(row.display_name.rsplit('-').next().map(str::to_owned));
        }
        let relations = guardianship::Entity::within(&scope).all(&*db).await.unwrap();
        known.marks.extend(relations.into_iter().map(|row| row.id.to_string()));
        let roles = membership::Entity::within(&scope).all(&*db).await.unwrap();
        known.marks.extend(roles.into_iter().map(|row| row.id.to_string()));
        assert!(known.words.contains("Noor") && known.marks.len() > 40, "{:?} {:?}", known.marks, known.words);
        known
    }

    /// Whether somebody of them is in this answer.
    fn are_in(&self, answer: &Value) -> bool {
        let text = answer.to_string();
        let mut words = text.split(|character: char| !character.is_alphanumeric());
        self.marks.iter().any(|mark| text.contains(mark)) || words.any(|word| self.words.contains(word))
    }
}

/// Where a person is shown to a client.
fn shown(api: &Api, known: &Known, rows: &[Row]) -> Vec<String> {
    let personal = personal(api);
    let mut found = Vec::new();
    for row in rows {
        let name = &row.question.name;
        for (who, answer) in &row.answers {
            if known.are_in(&answer.body) {
                found.push(format!("{who} asks {name} {}: {}", row.whose, answer.body));
            }
            let mut visit = Visit { api, personal: &personal, found: Vec::new() };
            // No name of a root field is in both.
            visit.of("Query", &answer.body["data"], name);
            visit.of("Subscription", &answer.body["data"], name);
            found.extend(visit.found.into_iter().map(|place| format!("{who}, {}: {place}", row.whose)));
        }
    }
    found
}

/// The types of which `who` finds one by its id.
fn found_by_id(rows: &[Row], who: &str, whose: Whose) -> Vec<String> {
    let is_seen = |row: &&Row| {
        let of_who = row.answers.iter().find(|(asked_by, _)| *asked_by == who);
        of_who.is_some_and(|(_, answer)| !answer.body["data"]["node"].is_null())
    };
    let nodes = rows.iter().filter(|row| row.question.field == "node" && row.whose == whose);
    nodes.filter(is_seen).filter_map(|row| row.question.of_type.clone()).collect()
}

async fn a_client_gets_no_person_anywhere(world: &World) {
    let api = Api::new(&glans::graphql::sdl());
    let questions = reads::questions(&api).unwrap_or_else(|uncovered| panic!("queries without a case: {uncovered:?}"));
    let rows = reads::walk_as(world, &questions, &clients(world)).await;
    let shown = shown(&api, &Known::of(world).await, &rows);
    assert!(shown.is_empty(), "a client sees people: {shown:#?}");

    let leaks = reads::leaks(world, &api, &rows);
    assert!(leaks.is_empty(), "a client sees something of the other board: {leaks:#?}");
    let tellers = reads::tellers(&rows);
    assert!(tellers.is_empty(), "a client can tell what is in the other board from what is nowhere: {tellers:#?}");

    let lessons = ["Lesson", "Material", "Module", "Programme", "ProgrammeEdition", "ProgrammeYear"];
    let of_school = ["School", "SchoolYear"];
    // The own ones, whatever schools the client is narrowed to.
    let webhooks = ["WebhookDelivery", "WebhookEndpoint"];
    assert_eq!(found_by_id(&rows, METRICS, Whose::Own), ["Board", "SchoolYear"]);
    assert_eq!(found_by_id(&rows, METRICS, Whose::Sibling), Vec::<String>::new());
    let narrow = [&["Board", "ClassGroup", "ConsentPurpose"][..], &lessons, &of_school, &webhooks].concat();
    assert_eq!(found_by_id(&rows, NARROW, Whose::Own), narrow);
    assert_eq!(found_by_id(&rows, NARROW, Whose::Sibling), Vec::<String>::new());
    let of_all = ["Board", "ClassGroup", "Cluster", "ConsentPurpose"];
    let all = [&of_all[..], &lessons, &["RosterImport"], &of_school, &webhooks];
    assert_eq!(found_by_id(&rows, ALL, Whose::Own), all.concat());
    let elsewhere = ["ClassGroup", "Cluster", "ConsentPurpose", "School"];
    assert_eq!(found_by_id(&rows, ALL, Whose::Sibling), elsewhere);
}

/// Without this, a walk that looks at the wrong places would pass.
async fn people_are_found_where_they_are(world: &World) {
    let api = Api::new(&glans::graphql::sdl());
    let questions = reads::questions(&api).unwrap_or_else(|uncovered| panic!("queries without a case: {uncovered:?}"));
    let standing = world.standing(glans_tests::Who::Admin).await;
    let rows = reads::walk_as(world, &questions, &[("admin", standing)]).await;
    let shown = shown(&api, &Known::of(world).await, &rows);
    for place in ["admin asks node Student own", "admin, own: node Person.node is a Person", "admin asks school own"] {
        assert!(shown.iter().any(|it| it.starts_with(place)), "{place} is not in {shown:#?}");
    }
}

async fn a_client_of_metrics_changes_nothing(world: &World) {
    let api = Api::new(&glans::graphql::sdl());
    let client = standing(world, vec![ApiScope::MetricsRead], false);
    let mut done = Vec::new();
    for field in api.fields("Mutation") {
        let mutation = field.name.node.as_str();
        if ABOUT_ONESELF.contains(&mutation) {
            continue;
        }
        let id = subject(mutation).and_then(|of_type| targets::id(world, of_type, Whose::Own)).unwrap_or_default();
        let input = input(mutation, &id, &world.ours).unwrap_or_else(|| panic!("{mutation} has no case"));
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document =
            format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
        let answer = world.execute(&client, &document, json!({ "input": input })).await;
        if outcome::of_write(&answer.body, mutation) == "done" {
            done.push(mutation.to_owned());
        }
    }
    // It fetches its own figures.
    assert_eq!(done, ["exportStart"]);
}

on_each_database!(
    a_client_gets_no_person_anywhere,
    people_are_found_where_they_are,
    a_client_of_metrics_changes_nothing,
);
