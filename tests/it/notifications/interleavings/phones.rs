//! Somebody gives a phone out of their hands, in whatever way.

use std::time::Instant;

use glans::identity::accounts;
use glans_entity::ids::PersonId;
use glans_tests::seed::Someone;
use glans_tests::{FakeGateway, World, on_each_database};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::json;
use tokio::time::sleep;

use super::{
    LATENCY, Senders, Tenure, User, all_within, dice, is_enough, moment, moments, process, signs_in, takes_the_phone,
    tell_at,
};
use crate::ask::{act_in, refusals};

const PASSWORDS: [&str; 2] = ["vier gele fietsen", "paarse tuinkabouter"];

/// How somebody gives a phone out of their hands.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    SignsOut,
    IsSignedOutElsewhere,
    RemovesTheDevice,
    ChangesThePassword,
    /// Somebody else takes the phone.
    Not,
}

impl Leaving {
    fn thrown(dice: &mut StdRng) -> Self {
        match dice.random_range(0..20) {
            0..6 => Self::SignsOut,
            6..10 => Self::IsSignedOutElsewhere,
            10..14 => Self::RemovesTheDevice,
            // Passwords are hashed, which takes long.
            14 => Self::ChangesThePassword,
            _ => Self::Not,
        }
    }
}

/// Somebody with a phone in use, and a laptop.
struct Household {
    person: PersonId,
    laptop: User,
    /// Which of the passwords holds.
    password: usize,
}

impl Household {
    async fn of(world: &World, someone: Someone) -> Self {
        let hash = world.app.identity.hashing.hash(PASSWORDS[0].to_owned()).await.unwrap();
        let db = world.writing().await;
        accounts::set_password(&db, someone.account, hash, world.app.clock.now()).await.unwrap();
        world.written(db).await;
        Self { person: someone.person, laptop: signs_in(world, "laptop", someone).await, password: 0 }
    }

    /// When it was answered that the phone is out of their hands; none where it is still in them, or was taken before.
    async fn leaves(&mut self, world: &World, leaving: Leaving, phone: &User, device: &str) -> Option<Instant> {
        let (user, name, input) = match leaving {
            Leaving::SignsOut => (phone, "sessionRevoke", json!({})),
            Leaving::IsSignedOutElsewhere => {
                (&self.laptop, "sessionRevoke", json!({ "id": phone.session.to_string() }))
            }
            Leaving::RemovesTheDevice => (phone, "deviceRemove", json!({ "id": device })),
            Leaving::ChangesThePassword => {
                let (current, new) = (PASSWORDS[self.password], PASSWORDS[1 - self.password]);
                self.password = 1 - self.password;
                (&self.laptop, "passwordChange", json!({ "currentPassword": current, "newPassword": new }))
            }
            Leaving::Not => return None,
        };
        let answered_with = if name == "passwordChange" { "viewer { id }" } else { "deletedId" };
        let done = act_in(world, &user.standing, name, answered_with, input).await;
        let answered = Instant::now();
        match refusals(&done).as_slice() {
            [] => Some(answered),
            // Somebody else took the phone a moment before.
            [refusal] if name == "deviceRemove" && refusal == "NOT_FOUND id" => None,
            others => panic!("{leaving:?}: {others:?}"),
        }
    }
}

pub(super) async fn former_users(world: &World, interleavings: usize) {
    let mut dice = dice();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let senders = Senders::start(&process(world, gateway.configure(world.app.config.clone())));
    let (_, sara, omar) = world.family().await;
    let mut households = [Household::of(world, sara).await, Household::of(world, omar).await];
    let people = households.each_ref().map(|household| household.person);
    let mut tenures: Vec<Tenure> = Vec::new();
    let mut done = 0;
    while !is_enough(done, interleavings, &gateway) {
        done += 1;
        let at = dice.random_range(0..2);
        let (user, other) = if at == 0 { (sara, omar) } else { (omar, sara) };
        let phone = signs_in(world, "phone", user).await;
        let (device, from, answered) = takes_the_phone(world, &phone).await;
        if let Some(former) = tenures.last_mut() {
            former.end(Some(answered));
        }
        tenures.push(Tenure { account: phone.account, from, until: None });

        let (told, leaving) = (moments(&mut dice, 4), Leaving::thrown(&mut dice));
        let leaves_at = moment(&mut dice);
        let taken_at = (matches!(leaving, Leaving::Not) || dice.random_bool(0.5)).then(|| moment(&mut dice));
        let leave = async {
            sleep(leaves_at).await;
            households[at].leaves(world, leaving, &phone, &device).await
        };
        let take_over = async {
            sleep(taken_at?).await;
            let next = signs_in(world, "phone", other).await;
            let (_, from, answered) = takes_the_phone(world, &next).await;
            Some((next.account, from, answered))
        };
        let ((), left, taken) = tokio::join!(tell_at(world, &people, &told), leave, take_over);
        if let Some(own) = tenures.last_mut() {
            own.end(left);
            own.end(taken.map(|(.., answered)| answered));
        }
        tenures.extend(taken.map(|(account, from, _)| Tenure { account, from, until: None }));
    }
    senders.stop().await;
    let pushes = all_within(&gateway, &tenures);
    println!("{}: {done} interleavings, {pushes} pushes, none to a former user", world.engine());
    assert!(pushes > interleavings / 4, "{pushes} pushes show nothing");
}

async fn nothing_reaches_the_former_user_of_a_phone(world: &World) {
    former_users(world, 60).await;
}

on_each_database!(nothing_reaches_the_former_user_of_a_phone);
