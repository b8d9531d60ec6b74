//! What is read of a thread: by whom, in which order, and in how many statements.

use async_graphql::futures_util::future::join_all;
use chrono::{DateTime, TimeDelta, Utc, Weekday};
use glans_entity::people::membership;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{NONE, THREAD, bodies, change_school, listed, say, start, turn_to, words};
use crate::ask::{act, ask, codes, refusals, statements};

async fn a_guardian_and_a_teacher_write_to_each_other(world: &World) {
    let sent = turn_to(world, Weekday::Mon, 10, 0);
    let thread = start(world, Who::Guardian).await;
    let seen = ask(world, Who::Teacher, THREAD, json!({ "id": thread })).await["thread"].take();
    // Five working days: the end of the next Monday.
    let due = (sent + TimeDelta::days(7) + TimeDelta::minutes(450)).to_rfc3339();
    let first = json!({ "body": "Hoe gaat het rekenen?", "authorName": "Ilse de Wit", "isFromStaff": false });
    assert_eq!(
        seen,
        json!({
            "subject": "Rekenen", "unread": 1, "isClosed": false, "replyDueBy": due, "viewerCanWrite": true,
            "guardianNames": ["Ilse de Wit"], "messages": { "nodes": [first] },
            "participants": [{ "displayName": "Ilse de Wit" }, { "displayName": "Tarik de Wit" }],
        })
    );
    let answer = say(world, Who::Teacher, thread, "Goed!").await;
    let read = json!({ "thread": thread, "upTo": answer });
    let fields = "thread { unread replyDueBy }";
    let read_by_teacher = act(world, Who::Teacher, "threadRead", fields, json!({ "thread": thread })).await;
    assert_eq!(read_by_teacher["thread"], json!({ "unread": 0, "replyDueBy": null }));
    let unread = json!({ "unread": true });
    assert_eq!(listed(world, Who::Guardian, unread.clone()).await, [thread.to_string()]);
    assert_eq!(act(world, Who::Guardian, "threadRead", fields, read).await["thread"]["unread"], 0);
    assert_eq!(listed(world, Who::Guardian, unread).await, NONE);

    let readers =
        "query($id: ID!) { thread(id: $id) { messages { nodes { readBy { givenName } author { givenName } } } } }";
    for who in [Who::Teacher, Who::Guardian] {
        let seen = ask(world, who, readers, json!({ "id": thread })).await;
        let expected = json!([
            { "readBy": [{ "givenName": "Tarik" }], "author": { "givenName": "Ilse" } },
            { "readBy": [{ "givenName": "Ilse" }], "author": { "givenName": "Tarik" } },
        ]);
        assert_eq!(seen["thread"]["messages"]["nodes"], expected, "{}", who.name());
    }
    // Reading never goes back.
    let first = ask(
        world,
        Who::Guardian,
        "query($id: ID!) { thread(id: $id) { messages { nodes { id } } } }",
        json!({ "id": thread }),
    )
    .await["thread"]["messages"]["nodes"][0]["id"]
        .take();
    let back = json!({ "thread": thread, "upTo": first });
    assert_eq!(act(world, Who::Guardian, "threadRead", fields, back).await["thread"]["unread"], 0);
}

async fn messages_are_paged_both_ways(world: &World) {
    turn_to(world, Weekday::Mon, 10, 0);
    let thread = start(world, Who::Teacher).await;
    for number in 1..=4 {
        say(world, if number % 2 == 0 { Who::Teacher } else { Who::Guardian }, thread, &number.to_string()).await;
    }
    let page = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { thread(id: $id) {
        messages(first: $first, after: $after, last: $last, before: $before) { totalCount nodes { body }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }";
    let asked = async |more: Value| {
        let mut variables = json!({ "id": thread });
        variables.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(world, Who::Guardian, page, variables).await["thread"]["messages"].take()
    };
    let texts = |page: &Value| {
        let nodes = page["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let last = asked(json!({ "last": 2 })).await;
    assert_eq!((texts(&last), &last["totalCount"]), (vec!["3".to_owned(), "4".to_owned()], &json!(5)));
    assert_eq!(last["pageInfo"]["hasPreviousPage"], true);
    let before = asked(json!({ "last": 2, "before": last["pageInfo"]["startCursor"] })).await;
    assert_eq!(texts(&before), ["1", "2"]);
    let after = asked(json!({ "first": 9, "after": before["pageInfo"]["endCursor"] })).await;
    assert_eq!((texts(&after), &after["pageInfo"]["hasNextPage"]), (texts(&last), &json!(false)));
}

async fn twenty_messages_at_once_keep_order_and_count(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    let sent = join_all((0..20).map(async |number| {
        let who = if number % 2 == 0 { Who::Guardian } else { Who::Teacher };
        let body = number.to_string();
        act(world, who, "messageSend", "message { id sentAt arrivesAt }", words(thread, &body)).await
    }))
    .await;
    assert!(sent.iter().all(|one| codes(one).is_empty()), "{sent:?}");
    let page = "query($id: ID!) { thread(id: $id) { unread messages(first: 100) { totalCount nodes { id sentAt arrivesAt } } } }";
    let moment = |node: &Value, field: &str| node[field].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    for who in [Who::Guardian, Who::Teacher] {
        let seen = ask(world, who, page, json!({ "id": thread })).await["thread"].take();
        let nodes = seen["messages"]["nodes"].as_array().unwrap();
        assert_eq!((nodes.len(), &seen["messages"]["totalCount"]), (21, &json!(21)));
        // In the order in which they were sent, each at a moment of its own.
        for field in ["sentAt", "arrivesAt"] {
            assert!(nodes.windows(2).all(|two| moment(&two[0], field) < moment(&two[1], field)), "{field}");
        }
        let unread = if who == Who::Guardian { 11 } else { 10 };
        assert_eq!(seen["unread"], unread, "{}", who.name());
        let ids: Vec<_> = nodes.iter().map(|node| &node["id"]).collect();
        assert!(sent.iter().all(|one| ids.contains(&&one["message"]["id"])));
    }
}

async fn what_was_said_at_another_school_stays_there(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    change_school(world).await;
    let db = world.writing().await;
    // The leader of the school leads the other one from now on.
    membership::Entity::update_many()
        .col_expr(membership::Column::ScopeId, Expr::value(world.ours.schools[1].0))
        .col_expr(membership::Column::SchoolId, Expr::value(world.ours.schools[1].0))
        .filter(membership::Column::PersonId.eq(world.ours.leader.person))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(bodies(world, world.ours.leader.account, thread).await, None);
    let seen = ask(world, Who::Guardian, THREAD, json!({ "id": thread })).await["thread"].take();
    assert_eq!((&seen["viewerCanWrite"], &seen["unread"]), (&json!(false), &json!(1)));
    assert_eq!(
        refusals(&act(world, Who::Guardian, "messageSend", "", words(thread, "Dag!")).await),
        ["CONFLICT thread"]
    );
}

async fn a_list_takes_as_many_statements_as_one(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let list = "query($first: Int) { threads(first: $first) { nodes { subject unread replyDueBy viewerCanWrite
        about { displayName } participants { displayName } guardianNames
        lastMessage { body authorName author { displayName } readBy { displayName } } } } }";
    for who in [Who::Teacher, Who::Guardian, Who::Teacher] {
        let thread = start(world, who).await;
        say(world, Who::Guardian, thread, "Dank u.").await;
    }
    for who in [Who::Teacher, Who::Guardian] {
        let seen = ask(world, who, list, json!({ "first": 9 })).await;
        let bodies: Vec<_> = seen["threads"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["lastMessage"]["body"].clone())
            .collect();
        assert_eq!(bodies, ["Dank u.", "Dank u.", "Dank u.", "Hoe gaat het lezen?"]);
        let one = statements(world, who, list, json!({ "first": 1 })).await;
        assert_eq!(statements(world, who, list, json!({ "first": 4 })).await, one, "{}", who.name());
    }
}

on_each_database!(
    a_guardian_and_a_teacher_write_to_each_other,
    messages_are_paged_both_ways,
    twenty_messages_at_once_keep_order_and_count,
    what_was_said_at_another_school_stays_there,
    a_list_takes_as_many_statements_as_one,
);
