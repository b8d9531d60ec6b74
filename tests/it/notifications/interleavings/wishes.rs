//! Somebody switches pushes off.

use std::time::Instant;

use glans_tests::{FakeGateway, World, on_each_database};
use serde_json::json;
use tokio::time::sleep;

use super::{
    LATENCY, NONE, Senders, Tenure, all_within, dice, is_enough, moment, moments, process, signs_in, takes_the_phone,
    tell_at,
};
use crate::ask::{act_in, refusals};

pub(super) async fn withdrawn_wishes(world: &World, interleavings: usize) {
    let mut dice = dice();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let senders = Senders::start(&process(world, gateway.configure(world.app.config.clone())));
    let (_, sara, _) = world.family().await;
    let phone = signs_in(world, "phone", sara).await;
    takes_the_phone(world, &phone).await;
    let wants = async |enabled: bool| {
        let choice = json!({ "category": "MESSAGE", "channel": "PUSH", "enabled": enabled });
        let input = json!({ "channels": [choice] });
        let fields = "notificationPreferences { version }";
        let done = act_in(world, &phone.standing, "notificationPreferencesUpdate", fields, input).await;
        assert_eq!(refusals(&done), NONE);
        Instant::now()
    };
    let mut tenures: Vec<Tenure> = Vec::new();
    let mut done = 0;
    while !is_enough(done, interleavings, &gateway) {
        done += 1;
        let from = Instant::now();
        wants(true).await;
        let (told, withdrawn_at) = (moments(&mut dice, 4), moment(&mut dice));
        let withdraw = async {
            sleep(withdrawn_at).await;
            wants(false).await
        };
        let whom = [sara.person];
        let ((), until) = tokio::join!(tell_at(world, &whom, &told), withdraw);
        tenures.push(Tenure { account: sara.account, from, until: Some(until) });
        // Whatever is queued still has time to come too late.
        sleep(moment(&mut dice)).await;
    }
    senders.stop().await;
    let pushes = all_within(&gateway, &tenures);
    println!("{}: {done} interleavings, {pushes} pushes, none that was not wanted", world.engine());
    assert!(pushes > interleavings / 4, "{pushes} pushes show nothing");
}

async fn nothing_comes_that_is_not_wanted_any_more(world: &World) {
    withdrawn_wishes(world, 150).await;
}

on_each_database!(nothing_comes_that_is_not_wanted_any_more);
