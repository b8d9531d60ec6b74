//! What is coming up, and who comes.

use chrono::TimeDelta;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes};

async fn what_is_coming_up_is_answered(world: &World) {
    let coming = "{ upcoming { __typename ... on Meeting { id } ... on TeamSession { id } } }";
    let ids = async |who: Who| {
        let seen = ask(world, who, coming, Value::Null).await;
        seen["upcoming"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (meeting, session) = (world.ours.meetings[0].to_string(), world.ours.sessions[0].to_string());
    assert_eq!(ids(Who::Leader).await, [meeting.clone(), session.clone()]);
    assert_eq!(ids(Who::Trainer).await, [meeting.as_str()]);
    assert_eq!(ids(Who::Teacher).await, [session.as_str()]);
    for nobody in [Who::Director, Who::Admin, Who::Guardian] {
        assert_eq!(ids(nobody).await, Vec::<String>::new(), "{}", nobody.name());
    }

    let answer = |occasion: &str, answer: &str| json!({ "occasion": occasion, "answer": answer });
    let fields = "occasion { ... on Meeting { attendance { status person { givenName } } }
        ... on TeamSession { attendance { status person { givenName } } } }";
    let accepted = act(world, Who::Leader, "occasionRespond", fields, answer(&meeting, "ACCEPTED")).await;
    assert_eq!(
        accepted["occasion"]["attendance"],
        json!([{ "status": "ACCEPTED", "person": { "givenName": "Marieke" } }])
    );
    let declined = act(world, Who::Leader, "occasionRespond", fields, answer(&meeting, "DECLINED")).await;
    assert_eq!(declined["occasion"]["attendance"][0]["status"], "DECLINED");
    let teacher = act(world, Who::Teacher, "occasionRespond", fields, answer(&session, "ACCEPTED")).await;
    assert_eq!(
        teacher["occasion"]["attendance"],
        json!([{ "status": "ACCEPTED", "person": { "givenName": "Tarik" } }])
    );
    // A trainer holds the meeting, and a leader gives the session; a teacher sees no meeting.
    for (who, occasion, code) in [
        (Who::Trainer, &meeting, "FORBIDDEN"),
        (Who::Director, &meeting, "FORBIDDEN"),
        (Who::Leader, &session, "FORBIDDEN"),
        (Who::Teacher, &meeting, "NOT_FOUND"),
    ] {
        assert_eq!(codes(&act(world, who, "occasionRespond", "", answer(occasion, "ACCEPTED")).await), [code]);
    }
    world.app.clock.turn(TimeDelta::days(30));
    assert_eq!(ids(Who::Leader).await, Vec::<String>::new());
    assert_eq!(
        codes(&act(world, Who::Leader, "occasionRespond", "", answer(&meeting, "ACCEPTED")).await),
        ["CONFLICT"]
    );
}

on_each_database!(what_is_coming_up_is_answered);
