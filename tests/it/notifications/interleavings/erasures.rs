//! Somebody is erased.

use std::collections::HashMap;
use std::time::Instant;

use glans_entity::identity::account;
use glans_entity::ids::{AccountId, DeviceId, PersonId};
use glans_entity::notifications::{Category, PushPlatform, device};
use glans_entity::people::person;
use glans_tests::{FakeGateway, Who, World, on_each_database};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::json;
use tokio::time::sleep;

use super::{LATENCY, NONE, Senders, dice, is_enough, moment, moments, process, told};
use crate::ask::{act, refusals};
use crate::notifications::session;

/// Somebody new of the board, with a phone.
async fn newcomer(world: &World, token: &str) -> PersonId {
    let (account_id, id, now) = (AccountId::new(), PersonId::new(), world.app.clock.now());
    let login = account::Model {
        id: account_id,
        email: format!("{account_id}@example.org"),
        password_hash: None,
        language: "nl".to_owned(),
        first_signed_in_at: Some(now),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let someone = person::Model {
        id,
        board_id: world.ours.id,
        account_id: Some(account_id),
        given_name: "Noa".to_owned(),
        family_name: "Nieuw".to_owned(),
        display_name: "Noa Nieuw".to_owned(),
        email: None,
        language: "nl".to_owned(),
        interpreter_needed: false,
        source_id: None,
        archived_at: None,
        erased_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let db = world.writing().await;
    account::Entity::insert(login.into_active_model()).exec_without_returning(&db).await.unwrap();
    person::Entity::insert(someone.into_active_model()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    let phone = device::Model {
        id: DeviceId::new(),
        account_id,
        session_id: session(world, "phone", account_id).await,
        platform: PushPlatform::Fcm,
        token: token.to_owned(),
        name: None,
        registered_at: now,
        last_seen_at: now,
    };
    let db = world.writing().await;
    device::Entity::insert(phone.into_active_model()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    id
}

pub(super) async fn erased(world: &World, interleavings: usize) {
    let mut dice = dice();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let senders = Senders::start(&process(world, gateway.configure(world.app.config.clone())));
    let mut ends: HashMap<String, Instant> = HashMap::new();
    let mut done = 0;
    while !is_enough(done, interleavings, &gateway) {
        done += 1;
        let token = format!("ok-{done}");
        let person = newcomer(world, &token).await;
        let (moments, erased_at) = (moments(&mut dice, 4), moment(&mut dice));
        let tell = async {
            let began = Instant::now();
            for moment in moments {
                sleep(moment.saturating_sub(began.elapsed())).await;
                told(world, &[person], Category::Message, true).await;
            }
        };
        let erase = async {
            sleep(erased_at).await;
            let input = json!({ "id": person.to_string() });
            let done = act(world, Who::Admin, "personErase", "person { id }", input).await;
            assert_eq!(refusals(&done), NONE);
            Instant::now()
        };
        let ((), end) = tokio::join!(tell, erase);
        ends.insert(token, end);
        // Whatever is queued still has time to come too late.
        sleep(moment(&mut dice)).await;
    }
    senders.stop().await;
    let accepted = gateway.accepted();
    for push in &accepted {
        assert!(push.at <= ends[&push.token], "{} was pushed to after the erasure was answered", push.token);
    }
    assert_eq!(gateway.faults(), NONE);
    println!("{}: {done} erasures, {} pushes, none after them", world.engine(), accepted.len());
    assert!(accepted.len() > interleavings / 4, "{} pushes show nothing", accepted.len());
}

async fn nothing_reaches_who_was_erased(world: &World) {
    erased(world, 40).await;
}

on_each_database!(nothing_reaches_who_was_erased);
