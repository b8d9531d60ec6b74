//! What is addressed to a person, in one list.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, statements};

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
    assert_eq!((whole.len(), &all["feed"]["totalCount"]), (3, &json!(3)));
    let times: Vec<&str> =
        all["feed"]["nodes"].as_array().unwrap().iter().map(|item| item["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|earlier, later| earlier >= later), "{times:?}");
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    for turn in 0..3 {
        let page = feed(world, Who::Guardian, json!({ "first": 1, "after": after })).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        assert_eq!(page["feed"]["pageInfo"]["hasNextPage"], turn < 2);
        after = page["feed"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, whole);
    let last = feed(world, Who::Guardian, json!({ "last": 2 })).await;
    assert_eq!(ids(&last), whole[1..]);
    let before = json!({ "last": 2, "before": last["feed"]["pageInfo"]["startCursor"] });
    assert_eq!(ids(&feed(world, Who::Guardian, before).await), whole[..1]);
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
    assert_eq!(codes(&act(world, Who::Guardian, "feedRead", "", others).await), ["NOT_FOUND"]);
    for wrong in [json!([]), json!(["announcement_x"])] {
        let refused = act(world, Who::Guardian, "feedRead", "", json!({ "ids": wrong })).await;
        assert_eq!(codes(&refused).len(), 1, "{refused}");
    }
}

async fn the_list_follows_the_child(world: &World) {
    let of = async |student: usize| {
        let seen = feed(world, Who::Guardian, json!({ "student": world.ours.students[student] })).await;
        ids(&seen).len()
    };
    assert_eq!((of(0).await, of(1).await), (3, 0));
    assert_eq!(ids(&feed(world, Who::Distant, json!({})).await).len(), 0);
    for (access, left) in [("ON_REQUEST", 0), ("NONE", 0), ("FULL", 3)] {
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

async fn appointments_are_those_to_come(world: &World) {
    let starts = world.app.clock.now() + chrono::TimeDelta::days(3);
    let input = json!({
        "student": world.ours.students[0], "kind": "CLOSING", "mode": "PHONE", "startsAt": starts.to_rfc3339(),
        "endsAt": (starts + chrono::TimeDelta::minutes(20)).to_rfc3339(),
    });
    let made = act(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    let document = "{ appointments { id } }";
    for (who, comes) in [(Who::Guardian, true), (Who::Teacher, true), (Who::Leader, false), (Who::Distant, false)] {
        let seen = ask(world, who, document, json!({})).await;
        let expected = if comes { json!([{ "id": made["conversation"]["id"] }]) } else { json!([]) };
        assert_eq!(seen["appointments"], expected, "{}", who.name());
    }
}

on_each_database!(
    one_list_newest_first_pages_from_both_ends,
    what_is_read_is_read_once,
    the_list_follows_the_child,
    the_statements_do_not_grow_with_the_page,
    appointments_are_those_to_come,
);
