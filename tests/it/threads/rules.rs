//! The rules of a school: when it is reached, and who begins.

use chrono::Weekday;
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use super::{NONE, say, start, started, turn_to};
use crate::ask::{act, ask, codes, refusals};

async fn where_staff_begin_a_guardian_answers(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let rules = json!({ "school": world.ours.schools[0], "mayStart": "STAFF_ONLY" });
    assert_eq!(codes(&act(world, Who::Leader, "contactRulesUpdate", "", rules).await), NONE);
    assert_eq!(codes(&act(world, Who::Guardian, "threadStart", "", started(world)).await), ["FORBIDDEN"]);
    let thread = start(world, Who::Teacher).await;
    say(world, Who::Guardian, thread, "Dank u.").await;
}

async fn a_school_says_when_it_is_reached(world: &World) {
    let rules =
        "query($id: ID!) { school(id: $id) { contactRules { mayStart replyTermDays deliversAtNight timeZone version
        updatedAt viewerCanEdit hours { weekday from until } } } }";
    let school = json!({ "id": world.ours.schools[0] });
    let hours: Vec<_> = (1..=5).map(|day| json!({ "weekday": day, "from": "08:00", "until": "17:30" })).collect();
    let usual = |can_edit: bool| {
        json!({
            "mayStart": "EVERYONE", "replyTermDays": 5, "deliversAtNight": false, "timeZone": "Europe/Amsterdam",
            "version": 0, "updatedAt": null, "viewerCanEdit": can_edit, "hours": hours,
        })
    };
    for (who, can_edit) in
        [(Who::Guardian, false), (Who::Teacher, false), (Who::Director, false), (Who::Leader, true), (Who::Admin, true)]
    {
        let seen = ask(world, who, rules, school.clone()).await;
        assert_eq!(seen["school"]["contactRules"], usual(can_edit), "{}", who.name());
    }
    let wrong = json!({ "school": world.ours.schools[0], "replyTermDays": 0, "hours": [
        { "weekday": 1, "from": "22:00", "until": "06:00" }, { "weekday": 8, "from": "08:00", "until": "09:00" },
    ] });
    let told = refusals(&act(world, Who::Leader, "contactRulesUpdate", "", wrong).await);
    assert_eq!(told, ["INVALID hours.0.until", "INVALID hours.1.weekday", "INVALID replyTermDays"]);
    let input = json!({ "school": world.ours.schools[0], "ifVersion": 0, "replyTermDays": 2, "mayStart": "STAFF_ONLY",
        "hours": [{ "weekday": 3, "from": "09:00", "until": "12:00" }] });
    let fields = "contactRules { version replyTermDays mayStart hours { weekday from until } }";
    let changed = act(world, Who::Leader, "contactRulesUpdate", fields, input.clone()).await;
    let now = json!({ "version": 1, "replyTermDays": 2, "mayStart": "STAFF_ONLY",
        "hours": [{ "weekday": 3, "from": "09:00", "until": "12:00" }] });
    assert_eq!(changed["contactRules"], now);
    let stale = act(world, Who::Admin, "contactRulesUpdate", fields, input).await;
    assert_eq!((refusals(&stale), &stale["contactRules"]), (vec!["CONFLICT ifVersion".to_owned()], &now));
    let more = json!({ "school": world.ours.schools[0], "deliversAtNight": true });
    let again = act(world, Who::Admin, "contactRulesUpdate", fields, more).await;
    assert_eq!((&again["contactRules"]["version"], &again["contactRules"]["replyTermDays"]), (&json!(2), &json!(2)));
    for who in [Who::Teacher, Who::Guardian, Who::Director] {
        let input = json!({ "school": world.ours.schools[0], "replyTermDays": 9 });
        assert_eq!(codes(&act(world, who, "contactRulesUpdate", "", input).await), ["FORBIDDEN"], "{}", who.name());
    }
}

on_each_database!(where_staff_begin_a_guardian_answers, a_school_says_when_it_is_reached);
