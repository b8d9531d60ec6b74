//! Who was sent what.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use glans_entity::notifications::PushPlatform;
use serde_json::Value;

use super::call::Asked;

/// A push that a gateway accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub at: Instant,
    pub platform: PushPlatform,
    /// Of a browser: its name.
    pub token: String,
    /// By which it takes the place of an earlier one.
    pub collapse_id: String,
    /// The message of FCM, the payload of APNs, or what the browser deciphers.
    pub body: Value,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    accepted: Vec<Accepted>,
    /// By token and collapse id.
    tries: HashMap<String, HashMap<String, usize>>,
    faults: Vec<String>,
}

impl Ledger {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().expect("a ledger nobody broke")
    }

    /// How often it was tried before.
    pub(super) fn tried(&self, asked: &Asked) -> usize {
        let mut pages = self.pages();
        let tries = pages.tries.entry(asked.token.clone()).or_default().entry(asked.collapse_id.clone()).or_default();
        *tries += 1;
        *tries - 1
    }

    pub(super) fn accept(&self, accepted: Accepted) {
        self.pages().accepted.push(accepted);
    }

    pub(super) fn fault(&self, fault: String) {
        self.pages().faults.push(fault);
    }

    pub(super) fn accepted(&self) -> Vec<Accepted> {
        self.pages().accepted.clone()
    }

    pub(super) fn count(&self) -> usize {
        self.pages().accepted.len()
    }

    pub(super) fn tries(&self, token: &str) -> usize {
        self.pages().tries.get(token).map_or(0, |tries| tries.values().sum())
    }

    pub(super) fn seen(&self, token: &str) -> Vec<Accepted> {
        let mut seen: Vec<Accepted> = Vec::new();
        for accepted in self.pages().accepted.iter().filter(|accepted| accepted.token == token) {
            match seen.iter_mut().find(|sight| sight.collapse_id == accepted.collapse_id) {
                Some(sight) => *sight = accepted.clone(),
                None => seen.push(accepted.clone()),
            }
        }
        seen
    }

    pub(super) fn faults(&self) -> Vec<String> {
        self.pages().faults.clone()
    }
}
