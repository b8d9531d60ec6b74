//! What the gateways remember, and the switches.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use super::browser::Browsers;
use super::fcm::Access;
use super::hooks::Hooks;
use super::jwt::Verified;
use super::ledger::Ledger;

#[derive(Debug)]
pub(super) struct State {
    pub(super) origin: String,
    pub(super) ledger: Ledger,
    pub(super) browsers: Browsers,
    pub(super) hooks: Hooks,
    pub(super) access: Access,
    pub(super) verified: Verified,
    pub(super) storm: AtomicBool,
    pub(super) trouble: AtomicBool,
    alive: watch::Receiver<bool>,
    latency_millis: AtomicU64,
    slowness_millis: AtomicU64,
}

impl State {
    pub(super) fn of(address: SocketAddr, alive: watch::Receiver<bool>) -> Self {
        Self {
            origin: format!("http://{address}"),
            ledger: Ledger::default(),
            browsers: Browsers::default(),
            hooks: Hooks::default(),
            access: Access::default(),
            verified: Verified::default(),
            storm: AtomicBool::new(false),
            trouble: AtomicBool::new(false),
            alive,
            latency_millis: AtomicU64::new(0),
            slowness_millis: AtomicU64::new(500),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        *self.alive.borrow()
    }

    pub(super) fn set_latency(&self, latency: Duration) {
        self.latency_millis.store(millis(latency), Ordering::SeqCst);
    }

    pub(super) fn set_slowness(&self, slowness: Duration) {
        self.slowness_millis.store(millis(slowness), Ordering::SeqCst);
    }

    pub(super) async fn wait(&self, is_slow: bool) {
        let slowness = if is_slow { self.slowness_millis.load(Ordering::SeqCst) } else { 0 };
        let wait = self.latency_millis.load(Ordering::SeqCst) + slowness;
        if wait > 0 {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).expect("a delay that a test waits for")
}
