//! The push gateways as they answer: FCM with its access tokens, APNs over HTTP/2 and a push service of browsers, on one port
//! without TLS; and the endpoints of an integrator who takes webhooks.
//!
//! What a token begins with says how it fares (see the table in `script`), and whatever the real ones would not take is refused and told
//! by [`FakeGateway::faults`]. What was accepted stands in the ledger, and so does what the person sees of it.

mod apns;
mod browser;
mod call;
mod fcm;
mod hooks;
mod jwt;
mod keys;
mod ledger;
mod script;
mod server;
mod state;
mod web_push;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use glans::platform::config::Config;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

pub use hooks::Hooked;
pub use ledger::Accepted;
use state::State;

/// The gateways of one test. They end with it.
#[derive(Debug)]
pub struct FakeGateway {
    address: SocketAddr,
    state: Arc<State>,
    alive: watch::Sender<bool>,
    /// Bound and never listening: nobody else gets the port while the gateways are dead.
    _port: TcpSocket,
}

impl FakeGateway {
    /// Alive and without delay.
    pub async fn start() -> Self {
        let port = server::bound(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = port.local_addr().expect("a bound socket has an address");
        let (alive, watched) = watch::channel(true);
        let state = Arc::new(State::of(address, watched.clone()));
        tokio::spawn(server::serve(address, watched, Arc::clone(&state)));
        let gateway = Self { address, state, alive, _port: port };
        gateway.becomes(true).await;
        gateway
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The configuration with all three platforms here.
    #[must_use]
    pub fn configure(&self, config: Config) -> Config {
        Config {
            fcm_service_account: Some(keys::service_account(&self.url())),
            fcm_url: self.url(),
            apns_key: Some(keys::KEYS.apns.clone()),
            apns_key_id: Some(keys::APNS_KEY_ID.to_owned()),
            apns_team_id: Some(keys::APNS_TEAM_ID.to_owned()),
            apns_topic: Some(keys::APNS_TOPIC.to_owned()),
            apns_url: self.url(),
            vapid_private_key: Some(keys::VAPID_PRIVATE.to_owned()),
            vapid_subject: Some("mailto:push@example.org".to_owned()),
            web_push_allow_http: true,
            webhooks_allow_http: true,
            ..config
        }
    }

    /// The same for a process of its own.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let config = self.configure(Config::default());
        let optional = [
            ("GLANS_FCM_SERVICE_ACCOUNT", config.fcm_service_account),
            ("GLANS_APNS_KEY", config.apns_key),
            ("GLANS_APNS_KEY_ID", config.apns_key_id),
            ("GLANS_APNS_TEAM_ID", config.apns_team_id),
            ("GLANS_APNS_TOPIC", config.apns_topic),
            ("GLANS_VAPID_PRIVATE_KEY", config.vapid_private_key),
            ("GLANS_VAPID_SUBJECT", config.vapid_subject),
        ];
        let given = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given
            .chain([
                ("GLANS_FCM_URL", config.fcm_url),
                ("GLANS_APNS_URL", config.apns_url),
                ("GLANS_WEB_PUSH_ALLOW_HTTP", "true".to_owned()),
                ("GLANS_WEBHOOKS_ALLOW_HTTP", "true".to_owned()),
            ])
            .collect()
    }

    /// The token of a browser: its subscription as JSON. In the ledger it goes by this name.
    pub fn subscription(&self, name: &str) -> String {
        self.state.browsers.subscribe(name, &self.url())
    }

    /// The address of an endpoint of this name, which fares as a token does; see `hooks` for what it can do besides.
    pub fn hook(&self, name: &str) -> String {
        format!("{}{}{name}", self.url(), hooks::PATH)
    }

    /// All that came to the endpoint of this name, taken or not, in order.
    pub fn hooked(&self, name: &str) -> Vec<Hooked> {
        self.state.hooks.of(name)
    }

    /// How long every answer takes.
    pub fn set_latency(&self, latency: Duration) {
        self.state.set_latency(latency);
    }

    /// How long an answer about a token that begins with `slow-` takes on top.
    pub fn set_slowness(&self, slowness: Duration) {
        self.state.set_slowness(slowness);
    }

    /// Whether everything is answered with 429, and `Retry-After: 1`.
    pub fn set_storm(&self, storm: bool) {
        self.state.storm.store(storm, Ordering::SeqCst);
    }

    /// Whether what would be taken fails, each time in another way, for none of which the token is to blame.
    pub fn set_trouble(&self, trouble: bool) {
        self.state.trouble.store(trouble, Ordering::SeqCst);
    }

    /// Cuts all connections and refuses new ones.
    pub async fn die(&self) {
        self.becomes(false).await;
    }

    /// Takes connections again, on the same port.
    pub async fn revive(&self) {
        self.becomes(true).await;
    }

    async fn becomes(&self, alive: bool) {
        self.alive.send_replace(alive);
        while TcpStream::connect(self.address).await.is_ok() != alive {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The access tokens of FCM that are out hold no more.
    pub fn revoke_access(&self) {
        self.state.access.revoke();
    }

    /// How many access tokens FCM gave.
    pub fn grants(&self) -> usize {
        self.state.access.grants()
    }

    /// All that was accepted, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.state.ledger.accepted()
    }

    /// How many pushes were accepted.
    pub fn count(&self) -> usize {
        self.state.ledger.count()
    }

    /// How often somebody tried to push to the token, whatever came of it.
    pub fn tries(&self, token: &str) -> usize {
        self.state.ledger.tries(token)
    }

    /// What the person with this device sees: a push takes the place of an earlier one with the same collapse id.
    pub fn seen(&self, token: &str) -> Vec<Accepted> {
        self.state.ledger.seen(token)
    }

    /// What the real gateways would not have taken, and why. A sound program leaves none.
    pub fn faults(&self) -> Vec<String> {
        self.state.ledger.faults()
    }
}
