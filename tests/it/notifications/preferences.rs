//! What people want to be told where and when.

use std::collections::HashMap;

use glans::call::today;
use glans::notifications::categories::Audience;
use glans::notifications::preferences::{Wishes, store};
use glans_entity::ids::AccountId;
use glans_entity::notifications::{Category, Channel, Digest};
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::phone;
use crate::ask::{act, act_as, ask, ask_as, refusals};

const UPDATE: &str = "notificationPreferencesUpdate";
const ALL: &str = "notificationPreferences { quietFrom quietUntil timeZone digest digestHour version
    channels { category channel enabled canChange } }";

/// Every category and channel of a payload or answer: whether it is on, and whether that can be changed.
fn channels(of: &Value) -> HashMap<(String, String), (bool, bool)> {
    let text = |item: &Value, field: &str| item[field].as_str().expect("a text").to_owned();
    let is = |item: &Value, field: &str| item[field].as_bool().expect("yes or no");
    let items = of["notificationPreferences"]["channels"].as_array().expect("channels");
    let items = items
        .iter()
        .map(|item| ((text(item, "category"), text(item, "channel")), (is(item, "enabled"), is(item, "canChange"))));
    items.collect()
}

fn at(channels: &HashMap<(String, String), (bool, bool)>, category: &str, channel: &str) -> (bool, bool) {
    channels[&(category.to_owned(), channel.to_owned())]
}

/// Everything but the channels.
fn settings(of: &Value) -> Value {
    let mut settings = of["notificationPreferences"].clone();
    settings.as_object_mut().expect("preferences").remove("channels");
    settings
}

fn usual() -> Value {
    json!({
        "quietFrom": null, "quietUntil": null, "timeZone": "Europe/Amsterdam",
        "digest": "DAILY", "digestHour": 17, "version": 0,
    })
}

async fn read(world: &World, who: Who) -> Value {
    ask(world, who, &format!("{{ {ALL} }}"), Value::Null).await
}

async fn update(world: &World, who: Who, input: Value) -> Value {
    act(world, who, UPDATE, ALL, input).await
}

/// As the sender finds them.
async fn wishes(world: &World, account: AccountId) -> Wishes {
    let everything = Scope::system(today(world.app.clock.now()));
    let db = world.app.db.read(&everything).await.unwrap();
    let others = [account, world.ours.distant.account, AccountId::new()];
    let mut found = store::of(&db, &others).await.unwrap();
    assert_eq!(found.len(), 3, "who chose nothing is there too");
    found.remove(&account).unwrap()
}

async fn who_chose_nothing_has_the_usual(world: &World) {
    let guardian = read(world, Who::Guardian).await;
    assert_eq!(settings(&guardian), usual());
    let guardian = channels(&guardian);
    assert_eq!(guardian.len(), 26, "every category on every channel, each once");
    for (category, channel, expected) in [
        ("ALERT", "PUSH", (true, false)),
        ("ALERT", "EMAIL", (true, false)),
        ("MESSAGE", "PUSH", (true, true)),
        ("MESSAGE", "EMAIL", (false, true)),
        ("SURVEY", "PUSH", (true, true)),
        ("ANNOUNCEMENT", "EMAIL", (true, true)),
        ("SECURITY", "EMAIL", (true, false)),
    ] {
        assert_eq!(at(&guardian, category, channel), expected, "{category} {channel}");
    }
    let teacher = channels(&read(world, Who::Teacher).await);
    for (category, channel, expected) in [
        ("ALERT", "EMAIL", (false, true)),
        ("SURVEY", "PUSH", (false, true)),
        ("EXPERIENCE", "EMAIL", (true, true)),
        ("SECURITY", "EMAIL", (true, false)),
    ] {
        assert_eq!(at(&teacher, category, channel), expected, "{category} {channel}");
    }
}

async fn it_is_said_what_comes_of_itself(world: &World) {
    let document = "{ notificationPreferences { channels { category channel strategy } } }";
    let read = ask(world, Who::Guardian, document, Value::Null).await;
    let items = read["notificationPreferences"]["channels"].as_array().expect("channels");
    for (category, channel, expected) in [
        ("SECURITY", "EMAIL", "ALWAYS"),
        ("CONVERSATION", "EMAIL", "OPT_OUT"),
        ("ANNOUNCEMENT", "EMAIL", "OPT_OUT"),
        ("ANNOUNCEMENT", "PUSH", "OPT_IN"),
        ("LESSON_FOR_HOME", "PUSH", "OPT_IN"),
        ("LESSON_FOR_HOME", "EMAIL", "OPT_IN"),
    ] {
        let is_it = |item: &&Value| item["category"] == category && item["channel"] == channel;
        let found = items.iter().find(is_it).expect("an item");
        assert_eq!(found["strategy"], expected, "{category} {channel}");
    }
}

async fn who_is_both_has_what_either_has(world: &World) {
    let child = world.child("Jip", 1).await;
    world.guardian_of_another(world.ours.teacher, child).await;
    let both = channels(&read(world, Who::Teacher).await);
    assert_eq!(at(&both, "SURVEY", "PUSH"), (true, true));
    assert_eq!(at(&both, "EXPERIENCE", "EMAIL"), (true, true));
    assert_eq!(at(&both, "ALERT", "EMAIL"), (true, false));
}

async fn what_is_chosen_holds_and_what_is_left_out_stays(world: &World) {
    let input = json!({
        "channels": [
            { "category": "MESSAGE", "channel": "PUSH", "enabled": false },
            { "category": "ANNOUNCEMENT", "channel": "PUSH", "enabled": true },
        ],
        "quietFrom": "22:15", "quietUntil": "06:00", "timeZone": "America/Paramaribo", "digest": "WEEKLY", "digestHour": 8,
    });
    let chosen = update(world, Who::Guardian, input).await;
    assert_eq!(refusals(&chosen), [""; 0]);
    let expected = json!({
        "quietFrom": "22:15", "quietUntil": "06:00", "timeZone": "America/Paramaribo",
        "digest": "WEEKLY", "digestHour": 8, "version": 1,
    });
    assert_eq!(settings(&chosen), expected);
    let read_back = read(world, Who::Guardian).await;
    assert_eq!(channels(&read_back), channels(&chosen));
    assert_eq!(at(&channels(&read_back), "MESSAGE", "PUSH"), (false, true));
    assert_eq!(at(&channels(&read_back), "ANNOUNCEMENT", "PUSH"), (true, true));

    let message = json!([{ "category": "MESSAGE", "channel": "PUSH", "enabled": true }]);
    let back =
        update(world, Who::Guardian, json!({ "channels": message, "quietFrom": null, "quietUntil": null })).await;
    assert_eq!(at(&channels(&back), "MESSAGE", "PUSH"), (true, true));
    assert_eq!(at(&channels(&back), "ANNOUNCEMENT", "PUSH"), (true, true));
    let expected = json!({
        "quietFrom": null, "quietUntil": null, "timeZone": "America/Paramaribo",
        "digest": "WEEKLY", "digestHour": 8, "version": 2,
    });
    assert_eq!(settings(&back), expected);

    let found = wishes(world, world.ours.guardians[0].account).await;
    assert_eq!((found.settings.digest, found.settings.version), (Digest::Weekly, 2));
    assert!(found.wants(Category::Announcement, Channel::Push, Audience::Guardian));
    assert_eq!(settings(&read(world, Who::Teacher).await), usual(), "of nobody else");
}

async fn settings_are_refused_with_what_to_mend(world: &World) {
    let cases = [
        (json!({ "quietFrom": "22:00" }), vec!["REQUIRED quietUntil"]),
        (json!({ "quietUntil": "07:00" }), vec!["REQUIRED quietFrom"]),
        (json!({ "quietFrom": "22:00", "quietUntil": "22:00" }), vec!["INVALID quietUntil"]),
        (json!({ "timeZone": "Amsterdam" }), vec!["INVALID timeZone"]),
        (json!({ "digestHour": 24 }), vec!["INVALID digestHour"]),
        (
            json!({ "digestHour": -1, "timeZone": "", "quietFrom": "22:00" }),
            vec!["REQUIRED quietUntil", "INVALID timeZone", "INVALID digestHour"],
        ),
    ];
    for (input, expected) in cases {
        let refused = update(world, Who::Guardian, input.clone()).await;
        assert_eq!(refusals(&refused), expected, "{input}");
        assert_eq!(refused["notificationPreferences"], json!(null));
    }
    assert_eq!(settings(&read(world, Who::Guardian).await), usual(), "nothing was kept");
    // Half of what is stored already.
    update(world, Who::Guardian, json!({ "quietFrom": "22:00", "quietUntil": "07:00" })).await;
    assert_eq!(refusals(&update(world, Who::Guardian, json!({ "quietFrom": "23:00" })).await), [""; 0]);
    let halved = update(world, Who::Guardian, json!({ "quietUntil": null })).await;
    assert_eq!(refusals(&halved), ["REQUIRED quietUntil"]);
}

async fn what_always_comes_cannot_be_switched_off(world: &World) {
    let off = |category: &str, channel: &str| json!({ "category": category, "channel": channel, "enabled": false });
    let channels_input =
        json!([off("MESSAGE", "PUSH"), off("ALERT", "PUSH"), off("SECURITY", "EMAIL"), off("ABSENCE", "PUSH")]);
    let refused = update(world, Who::Guardian, json!({ "channels": channels_input })).await;
    let expected = ["FORBIDDEN channels.1.enabled", "FORBIDDEN channels.2.enabled", "FORBIDDEN channels.3.enabled"];
    assert_eq!(refusals(&refused), expected);
    let read_back = channels(&read(world, Who::Guardian).await);
    assert_eq!(at(&read_back, "MESSAGE", "PUSH"), (true, true), "all or nothing");
    let twice = json!([off("MESSAGE", "PUSH"), off("EVENT", "PUSH"), off("MESSAGE", "PUSH")]);
    let refused = update(world, Who::Guardian, json!({ "channels": twice })).await;
    assert_eq!(refusals(&refused), ["INVALID channels.2"]);
    // An app may send back all that it was shown.
    let shown = read(world, Who::Guardian).await;
    let shown = shown["notificationPreferences"]["channels"].as_array().unwrap().iter();
    let shown: Vec<Value> = shown
        .map(|item| json!({ "category": item["category"], "channel": item["channel"], "enabled": item["enabled"] }))
        .collect();
    assert_eq!(refusals(&update(world, Who::Guardian, json!({ "channels": shown })).await), [""; 0]);
}

async fn who_comes_second_is_told(world: &World) {
    let daily = json!({ "digestHour": 8, "ifVersion": 0 });
    assert_eq!(refusals(&update(world, Who::Guardian, daily).await), [""; 0]);
    let late = update(world, Who::Guardian, json!({ "digestHour": 9, "ifVersion": 0 })).await;
    assert_eq!(refusals(&late), ["CONFLICT ifVersion"]);
    assert_eq!(
        (&late["notificationPreferences"]["digestHour"], settings(&late)["version"].clone()),
        (&json!(8), json!(1))
    );
}

async fn of_two_first_changes_at_once_one_is_refused(world: &World) {
    let account = world.ours.guardians[0].account;
    let change = |hour: i32| act_as(world, account, UPDATE, ALL, json!({ "digestHour": hour, "ifVersion": 0 }));
    let (one, other) = tokio::join!(change(8), change(9));
    let mut refused = [refusals(&one), refusals(&other)].concat();
    refused.sort();
    assert_eq!(refused, ["CONFLICT ifVersion"]);
    let left = ask_as(world, account, &format!("{{ {ALL} }}"), Value::Null).await;
    assert_eq!(settings(&left)["version"], 1);
}

async fn sent_again_it_is_done_once(world: &World) {
    let (guardian, _) = phone(world, "guardian", world.ours.guardians[0]).await;
    let channel = json!({ "category": "MESSAGE", "channel": "PUSH", "enabled": false });
    let input = json!({ "channels": [channel], "digest": "IMMEDIATE", "clientMutationId": "chosen-once" });
    let first = guardian.does(UPDATE, ALL, input.clone()).await;
    let again = guardian.does(UPDATE, ALL, input).await;
    assert_eq!(first.at(UPDATE), again.at(UPDATE));
    assert_eq!(again.body["extensions"]["replayed"], true);
    assert_eq!(settings(again.at(UPDATE))["version"], 1);
    assert_eq!(at(&channels(again.at(UPDATE)), "MESSAGE", "PUSH"), (false, true));
}

async fn preferences_are_of_persons(world: &World) {
    let read = format!("{{ {ALL} }}");
    for (who, code) in [(Who::Anonymous, "UNAUTHENTICATED"), (Who::Client, "FORBIDDEN")] {
        let actor = world.actor(who).await;
        assert_eq!(actor.asks(&read).await.codes(), [code], "{}", who.name());
        assert_eq!(actor.does(UPDATE, ALL, json!({ "digestHour": 8 })).await.codes(), [code], "{}", who.name());
    }
}

on_each_database!(
    who_chose_nothing_has_the_usual,
    it_is_said_what_comes_of_itself,
    who_is_both_has_what_either_has,
    what_is_chosen_holds_and_what_is_left_out_stays,
    settings_are_refused_with_what_to_mend,
    what_always_comes_cannot_be_switched_off,
    who_comes_second_is_told,
    of_two_first_changes_at_once_one_is_refused,
    sent_again_it_is_done_once,
    preferences_are_of_persons,
);
