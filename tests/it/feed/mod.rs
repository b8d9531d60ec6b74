//! What is addressed to a person, in one list.

mod load;

use chrono::TimeDelta;
use glans_entity::people::GuardianAccess;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, ask_as, codes, refusals, statements};

const FEED: &str = "query($first: Int, $after: String, $last: Int, $before: String, $student: ID, $unread: Boolean) {
    feedUnreadCount(student: $student)
    feed(first: $first, after: $after, last: $last, before: $before, student: $student, unreadOnly: $unread) { totalCount
        pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
        nodes { kind at isRead students { displayName } node { id } } } }";

async fn feed(world: &World, who: Who, asked: Value) -> Value {
    ask(world, who, FEED, asked).await
}

fn ids(seen: &Value) -> Vec<&str> {
    let nodes = seen["feed"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(|item| item["node"]["id"].as_str().expect("an id")).collect()
}

async fn one_list_newest_first_pages_from_both_ends(world: &World) {
    let all = feed(world, Who::Guardian, json!({})).await;
    let whole = ids(&all);
    assert_eq!((whole.len(), &all["feed"]["totalCount"]), (4, &json!(4)));
    let times: Vec<&str> =
        all["feed"]["nodes"].as_array().unwrap().iter().map(|item| item["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|earlier, later| earlier >= later), "{times:?}");
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    for turn in 0..4 {
        let page = feed(world, Who::Guardian, json!({ "first": 1, "after": after })).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        assert_eq!(page["feed"]["pageInfo"]["hasNextPage"], turn < 3);
        after = page["feed"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, whole);
    let last = feed(world, Who::Guardian, json!({ "last": 2 })).await;
    assert_eq!(ids(&last), whole[2..]);
    let before = json!({ "last": 2, "before": last["feed"]["pageInfo"]["startCursor"] });
    assert_eq!(ids(&feed(world, Who::Guardian, before).await), whole[..2]);
}

async fn what_is_read_is_read_once(world: &World) {
    let announcement = world.ours.announcements[0];
    let before = feed(world, Who::Guardian, json!({ "unread": true })).await;
    let unread = before["feedUnreadCount"].as_i64().unwrap();
    assert_eq!(usize::try_from(unread).unwrap(), ids(&before).len());
    assert!(ids(&before).contains(&announcement.to_string().as_str()));
    for _ in 0..2 {
        let read = act(world, Who::Guardian, "feedRead", "unread { count }", json!({ "ids": [announcement] })).await;
        assert_eq!(read["unread"]["count"], unread - 1, "{read}");
    }
    let after = feed(world, Who::Guardian, json!({ "unread": true })).await;
    assert!(!ids(&after).contains(&announcement.to_string().as_str()));
    // What is addressed to others is nothing to be read.
    let others = json!({ "ids": [announcement, world.ours.announcements[1]] });
    assert_eq!(refusals(&act(world, Who::Guardian, "feedRead", "", others).await), ["NOT_FOUND ids.1"]);
    let unknown = json!({ "ids": ["announcement_x", announcement, world.ours.announcements[1]] });
    let refused = act(world, Who::Guardian, "feedRead", "", unknown).await;
    assert_eq!(refusals(&refused), ["NOT_FOUND ids.0", "NOT_FOUND ids.2"]);
    for wrong in [json!([]), json!(["announcement_x"])] {
        let refused = act(world, Who::Guardian, "feedRead", "", json!({ "ids": wrong })).await;
        assert_eq!(codes(&refused).len(), 1, "{refused}");
    }
}

async fn what_is_over_leaves_the_list(world: &World) {
    let ilse = world.ours.guardians[0].account;
    let before = feed(world, Who::Guardian, json!({})).await;
    let mut published = Vec::new();
    for title in ["Gelezen", "Ongelezen", "Tot straks"] {
        let mut to = json!({ "audience": { "include": [world.ours.groups[0]] } });
        if title == "Tot straks" {
            to["expiresAt"] = json!(world.app.clock.now() + TimeDelta::hours(1));
        }
        published.push(crate::announcements::published(world, Who::Teacher, title, to).await);
    }
    let read = act(world, Who::Guardian, "feedRead", "unread { count }", json!({ "ids": [published[0]] })).await;
    assert_eq!(read["unread"]["count"], before["feedUnreadCount"].as_i64().unwrap() + 2);
    for id in &published[..2] {
        act(world, Who::Teacher, "announcementWithdraw", "", json!({ "id": id })).await;
    }
    world.app.clock.turn(TimeDelta::hours(2));
    let after = feed(world, Who::Guardian, json!({})).await;
    assert_eq!(after["feedUnreadCount"], before["feedUnreadCount"]);
    let mut expected = ids(&before);
    expected.insert(0, published[0].as_str().unwrap());
    assert_eq!(ids(&after), expected, "who had read it sees that it was withdrawn");
    assert_eq!(after["feed"]["totalCount"], expected.len());
    let receipt = "query($id: ID!) { node(id: $id) { ... on Announcement { viewerReceipt { deliveredAt readAt } } } }";
    let seen = ask_as(world, ilse, receipt, json!({ "id": published[0] })).await["node"]["viewerReceipt"].take();
    assert!(seen["deliveredAt"].is_string() && seen["readAt"].is_string(), "what is read was delivered: {seen}");
}

async fn a_thread_that_is_read_in_the_list_is_read(world: &World) {
    let thread = json!(world.ours.threads[0]);
    let unread = "query($id: ID!) { thread(id: $id) { unread messages { nodes { readBy { givenName } } } } }";
    let before = ask(world, Who::Teacher, unread, json!({ "id": thread })).await["thread"].take();
    assert_eq!((&before["unread"], &before["messages"]["nodes"][0]["readBy"]), (&json!(1), &json!([])));
    assert_eq!(codes(&act(world, Who::Teacher, "feedRead", "", json!({ "ids": [thread] })).await), Vec::<&str>::new());
    let after = ask(world, Who::Teacher, unread, json!({ "id": thread })).await["thread"].take();
    let read_by = &after["messages"]["nodes"][0]["readBy"];
    assert_eq!((&after["unread"], read_by), (&json!(0), &json!([{ "givenName": "Tarik" }])));
}

async fn the_list_follows_the_child(world: &World) {
    let of = async |student: usize| {
        let seen = feed(world, Who::Guardian, json!({ "student": world.ours.students[student] })).await;
        ids(&seen).len()
    };
    assert_eq!((of(0).await, of(1).await), (4, 0));
    assert_eq!(ids(&feed(world, Who::Distant, json!({})).await).len(), 0);
    for (access, left) in [("ON_REQUEST", 0), ("NONE", 0), ("FULL", 4)] {
        let input = json!({ "id": world.ours.guardianships[0], "access": access });
        act(world, Who::Leader, "guardianshipUpdate", "", input).await;
        assert_eq!(ids(&feed(world, Who::Guardian, json!({})).await).len(), left, "{access}");
    }
}

async fn the_statements_do_not_grow_with_the_page(world: &World) {
    let document = "query($first: Int) { feedUnreadCount feed(first: $first) { nodes { kind at isRead students { displayName } } } }";
    let one = statements(world, Who::Guardian, document, json!({ "first": 1 })).await;
    assert_eq!(statements(world, Who::Guardian, document, json!({ "first": 100 })).await, one);
}

/// What a parent opens the app with.
const FIRST_SCREEN: [&str; 5] = [
    "viewer { children { displayName school { name } partnership { steps { kind status dueOn } } } }",
    "feedUnreadCount",
    "feed(first: 10) { nodes { kind at isRead students { displayName } node { id
        ... on Announcement { title author { displayName } } ... on Thread { subject } ... on Event { title } } } }",
    "awaiting { kind dueAt students { displayName } node { id } }",
    "appointments(first: 3) { ... on Conversation { startsAt } ... on Event { startsAt } }",
];

/// The statements of each part alone. Asked for together, parts share what they load, as far as they ask for it at the same
/// moment: they never take more than this.
async fn taken(world: &World) -> Vec<u64> {
    let mut taken = Vec::new();
    for part in FIRST_SCREEN {
        taken.push(statements(world, Who::Guardian, &format!("{{ {part} }}"), json!({})).await);
    }
    let whole = format!("{{ {} }}", FIRST_SCREEN.join(" "));
    let together = statements(world, Who::Guardian, &whole, json!({})).await;
    assert!(together <= taken.iter().sum(), "{together} for {taken:?}");
    taken
}

async fn the_first_screen_takes_as_many_statements_for_a_school_as_for_one(world: &World) {
    let publish = async |title: &str| {
        let more = json!({ "audience": { "include": [world.ours.schools[0]] }, "requiresAcknowledgement": true });
        crate::announcements::published(world, Who::Leader, title, more).await
    };
    // A child about which everything is asked that there is to ask.
    let ava = world.child("Ava", 0).await;
    world.guardian_of_another(world.ours.guardians[0], ava).await;
    publish("Een").await;
    let few = taken(world).await;
    let (school, group) = (world.ours.schools[0], world.ours.groups[0]);
    world
        .sow(&world.ours, async |sower| {
            for number in 0..200 {
                let child = sower.pupil(&format!("Kind {number}"), school, group).await;
                for parent in ["Moeder", "Vader"] {
                    sower.parent(&format!("{parent} {number}"), &[(child, GuardianAccess::Full)]).await;
                }
            }
        })
        .await;
    // One of them has four children, and hears of each announcement once.
    for name in ["Bo", "Cas"] {
        let child = world.child(name, 0).await;
        world.guardian_of_another(world.ours.guardians[0], child).await;
    }
    for title in ["Twee", "Drie", "Vier"] {
        let id = publish(title).await;
        let document = "query($id: ID!) { node(id: $id) { ... on Announcement { reach { recipients } } } }";
        let reach = ask(world, Who::Leader, document, json!({ "id": id })).await;
        assert!(reach["node"]["reach"]["recipients"].as_i64().unwrap() > 400, "{reach}");
    }
    assert_eq!(taken(world).await, few);
    let seen = ask(world, Who::Guardian, &format!("{{ {} }}", FIRST_SCREEN[2]), json!({})).await;
    assert_eq!(seen["feed"]["nodes"].as_array().unwrap().len(), 8);
    assert_eq!(seen["feed"]["nodes"][0]["students"].as_array().unwrap().len(), 4);
}

async fn appointments_are_those_to_come(world: &World) {
    let starts = world.app.clock.now() + chrono::TimeDelta::days(3);
    let input = json!({
        "student": world.ours.students[0], "kind": "CLOSING", "mode": "PHONE", "startsAt": starts.to_rfc3339(),
        "endsAt": (starts + chrono::TimeDelta::minutes(20)).to_rfc3339(),
    });
    let made = act(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    let (talk, event) = (&made["conversation"], json!({ "id": world.ours.events[0] }));
    let document = "{ appointments { ... on Conversation { id } ... on Event { id } } }";
    for (who, expected) in [
        (Who::Guardian, json!([talk, event])),
        (Who::Teacher, json!([talk])),
        (Who::Leader, json!([])),
        (Who::Distant, json!([])),
    ] {
        assert_eq!(ask(world, who, document, json!({})).await["appointments"], expected, "{}", who.name());
    }
    let no = json!({ "event": world.ours.events[0], "answer": "NO" });
    act(world, Who::Guardian, "eventRespond", "", no).await;
    assert_eq!(ask(world, Who::Guardian, document, json!({})).await["appointments"], json!([talk]));
}

on_each_database!(
    one_list_newest_first_pages_from_both_ends,
    what_is_read_is_read_once,
    what_is_over_leaves_the_list,
    a_thread_that_is_read_in_the_list_is_read,
    the_list_follows_the_child,
    the_statements_do_not_grow_with_the_page,
    the_first_screen_takes_as_many_statements_for_a_school_as_for_one,
    appointments_are_those_to_come,
);
