//! Announcements, as those who write them and those whom they reach use them.

mod answering;
mod audience;
mod load;
mod staff;
mod writing;

use glans_entity::ids::AccountId;
use glans_tests::{Who, World};
use serde_json::{Value, json};

use crate::ask::{act, codes};

/// What a phone shows of one.
pub(super) const SEEN: &str = "id title body status isUnread correctionNote withdrawnAt concerns { displayName }
    viewerReceipt { readAt acknowledgedAt } audience { __typename } excludedAudience { __typename }
    reach { recipients } receipts { nodes { guardian { displayName } } } viewerCanEdit";

/// What `account` is answered to a document.
pub(super) async fn asked_by(world: &World, account: AccountId, document: &str, variables: Value) -> Value {
    let standing = world.standing_of(account).await;
    let mut answer = world.execute(&standing, document, variables).await;
    assert!(answer.body.get("errors").is_none(), "{document}: {}", answer.body);
    answer.body["data"].take()
}

/// Runs one mutation as `account`: its payload.
pub(super) async fn done_by(world: &World, account: AccountId, name: &str, fields: &str, input: Value) -> Value {
    let type_name = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!(
        "mutation($input: {type_name}!) {{ {name}(input: $input) {{ {fields} userErrors {{ code field }} }} }}"
    );
    asked_by(world, account, &document, json!({ "input": input })).await[name].take()
}

/// The announcements that reached `account`, newest first.
pub(super) async fn reached(world: &World, account: AccountId) -> Vec<Value> {
    let document = format!("{{ announcements(filter: {{ isAddressedToViewer: true }}) {{ nodes {{ {SEEN} }} }} }}");
    let mut data = asked_by(world, account, &document, Value::Null).await;
    serde_json::from_value(data["announcements"]["nodes"].take()).unwrap()
}

/// The titles of what reached `account`, newest first.
pub(super) async fn titles(world: &World, account: AccountId) -> Vec<String> {
    reached(world, account).await.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// One announcement by its id; null where it is out of sight.
pub(super) async fn opened(world: &World, account: AccountId, id: &Value) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Announcement {{ {SEEN} }} }} }}");
    asked_by(world, account, &document, json!({ "id": id })).await["node"].take()
}

/// A draft of `who` with these fields besides title and text: its id.
pub(super) async fn drafted(world: &World, who: Who, title: &str, more: Value) -> Value {
    let mut input = json!({ "title": title, "body": "De school is dicht." });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut made = act(world, who, "announcementCreate", "announcement { id }", input).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    made["announcement"]["id"].take()
}

/// As [`drafted`], and published.
pub async fn published(world: &World, who: Who, title: &str, more: Value) -> Value {
    let id = drafted(world, who, title, more).await;
    let made = act(world, who, "announcementPublish", "announcement { status }", json!({ "id": id })).await;
    assert_eq!(made["announcement"]["status"], "PUBLISHED", "{made}");
    id
}

/// For the class group of the teacher.
pub(super) fn to_group(world: &World) -> Value {
    json!({ "audience": { "include": [world.ours.groups[0]] } })
}

/// For the first school.
pub(super) fn to_school(world: &World) -> Value {
    json!({ "audience": { "include": [world.ours.schools[0]] } })
}
