//! No integrator makes the server call its neighbours: whatever address is given, however it is written, and whatever a name
//! leads to, nobody is connected to.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use glans::metrics::webhooks::deliveries::sender::Sender;
use glans::metrics::webhooks::fan_out;
use glans::platform::outbound::{Failure, PublicOnly};
use glans_tests::{Who, World, on_each_database};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::json;
use tokio::net::TcpListener;

use super::stage::{deliveries, endpoint, happens, leads_to, taught};
use crate::ask::{act, refusals};

/// Hosts that are addresses of the own machine or network, or of nobody.
const ADDRESSES: &str = "127.0.0.1 127.1 127.0.1 127.255.255.254 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0.0.0.0 0 \
    127.0.0.1. 127%2e0%2e0%2e1 127。0。0。1 １２７.0.0.1 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 \
    192.168.1.254 169.254.169.254 0xa9fea9fe 2852039166 169.254.0.1 100.64.0.1 100.100.100.200 100.127.255.254 192.0.0.192 \
    198.18.0.1 192.0.2.1 203.0.113.5 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 \
    [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:169.254.169.254] [::127.0.0.1] \
    [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001::1] [fe80::1] \
    [fec0::1] [fc00::1] [fd00:ec2::254] [ff02::1] [2001:db8::1]";

/// Names that say by themselves that they are of the own machine or network.
const NAMES: &str = "localhost localhost. LOCALHOST ⓛocalhost app.localhost metadata metadata.google.internal redis \
    printer.local router.home.arpa db.internal.";

/// Names of the internet, and where they lead.
const LEADING_INSIDE: [(&str, &str); 11] = [
    ("loopback.example.org", "127.0.0.1"),
    ("127.0.0.1.nip.example.org", "127.0.0.1"),
    ("six.example.org", "::1"),
    ("mapped.example.org", "::ffff:127.0.0.1"),
    ("nat64.example.org", "64:ff9b::7f00:1"),
    ("sixtofour.example.org", "2002:7f00:1::1"),
    ("private.example.org", "10.0.0.1"),
    ("cgnat.example.org", "100.64.0.1"),
    ("metadata.example.org", "169.254.169.254"),
    ("anycast.example.org", "224.0.0.1"),
    ("nowhere.example.org.", "0.0.0.0"),
];

/// A neighbour that counts who comes.
struct Neighbour {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Neighbour {
    async fn moves_in() -> Self {
        let first = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = first.local_addr().expect("a bound listener has an address").port();
        let visits = Arc::new(AtomicUsize::new(0));
        // Where a machine has no IPv6, nobody comes by it.
        let second = TcpListener::bind(("::1", port)).await.ok();
        for listener in [Some(first), second].into_iter().flatten() {
            let visits = Arc::clone(&visits);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    visits.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, visits }
    }

    fn has_no_visitors(&self) {
        assert_eq!(self.visits.load(Ordering::SeqCst), 0);
    }

    fn urls(&self) -> Vec<String> {
        let hosts = ADDRESSES.split_whitespace().chain(NAMES.split_whitespace());
        hosts.map(|host| format!("https://{host}:{}/hooks", self.port)).collect()
    }
}

/// What names lead to, and who was asked for.
struct Names {
    asked: Mutex<Vec<String>>,
    /// What the first who asks for any other name is told; all others are told that it is the own machine.
    first: Mutex<Option<&'static str>>,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let is_it = |known: &str| known.trim_end_matches('.') == name.trim_end_matches('.');
        let known = LEADING_INSIDE.iter().find(|(known, _)| is_it(known)).map(|(_, to)| *to);
        let to = known.or_else(|| self.first.lock().unwrap().take()).unwrap_or("127.0.0.1");
        self.asked.lock().unwrap().push(name);
        let to: IpAddr = to.parse().unwrap();
        Box::pin(async move {
            let addresses: Addrs = Box::new(std::iter::once(SocketAddr::new(to, 0)));
            Ok(addresses)
        })
    }
}

async fn an_address_inside_is_refused_in_words(world: &World) {
    let neighbour = Neighbour::moves_in().await;
    let mut urls = neighbour.urls();
    let port = neighbour.port;
    urls.extend([
        format!("https://user:secret@127.0.0.1:{port}/"),
        format!("https://hooks.example.org@127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}@hooks.example.org/"),
        format!("https:\\\\127.0.0.1:{port}/"),
        format!("https:127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}/"),
        "http://hooks.example.org/".to_owned(),
        "https://hooks.example.org:22/".to_owned(),
        "ftp://hooks.example.org/".to_owned(),
        "gopher://hooks.example.org/".to_owned(),
        "file:///etc/hosts".to_owned(),
    ]);
    assert!(urls.len() > 70, "{}", urls.len());
    for url in urls {
        let input = json!({ "client": world.ours.client, "url": url, "events": ["LESSON_TAUGHT"] });
        let refused = act(world, Who::Admin, "webhookEndpointCreate", "", input).await;
        assert_eq!(refusals(&refused), ["INVALID url"], "{url}");
    }
    neighbour.has_no_visitors();
}

async fn an_address_inside_that_is_stored_all_the_same_is_not_called(world: &World) {
    let neighbour = Neighbour::moves_in().await;
    let made = endpoint(world, &["LESSON_TAUGHT"]).await;
    let sender = Sender::new(Arc::clone(&world.app)).unwrap();
    let urls = neighbour.urls();
    for url in &urls {
        leads_to(world, made.id, url).await;
        happens(world, world.ours.id, "lesson.taught", taught(&world.ours)).await;
        fan_out::round(&world.app).await.unwrap();
        sender.round().await.unwrap();
    }
    let told = deliveries(world, made.id).await;
    assert_eq!(told.len(), urls.len());
    for (row, url) in told.iter().zip(&urls) {
        assert_eq!((&row["state"], &row["failure"]), (&json!("QUEUED"), &json!("not a public address")), "{url}");
    }
    neighbour.has_no_visitors();
}

async fn a_name_that_leads_inside_is_not_called(world: &World) {
    let neighbour = Neighbour::moves_in().await;
    let names = Arc::new(Names { asked: Mutex::default(), first: Mutex::new(Some("8.8.8.8")) });
    let guard = PublicOnly::over(Arc::clone(&names) as Arc<dyn Resolve>);
    let sender = Sender::over(Arc::clone(&world.app), guard.clone()).unwrap();
    // Whoever looks first is told something else than who connects.
    let looked = guard.resolve("rebinding.example.org".parse().unwrap()).await.map(Iterator::collect::<Vec<_>>);
    assert_eq!(looked.unwrap(), ["8.8.8.8:0".parse::<SocketAddr>().unwrap()]);

    let made = endpoint(world, &["LESSON_TAUGHT"]).await;
    let hosts = LEADING_INSIDE.iter().map(|(name, _)| *name).chain(["rebinding.example.org"]);
    let hosts: Vec<&str> = hosts.collect();
    for host in &hosts {
        let url = format!("https://{host}:{}/hooks", neighbour.port);
        let moved = act(world, Who::Admin, "webhookEndpointUpdate", "", json!({ "id": made.id, "url": url })).await;
        assert_eq!(refusals(&moved), [""; 0], "nothing is looked up when it is stored");
        happens(world, world.ours.id, "lesson.taught", taught(&world.ours)).await;
        fan_out::round(&world.app).await.unwrap();
        sender.round().await.unwrap();
    }
    let told = deliveries(world, made.id).await;
    assert_eq!(told.len(), hosts.len());
    let why = Failure::NotPublic.to_string();
    for (row, host) in told.iter().zip(&hosts) {
        assert_eq!((&row["state"], &row["failure"]), (&json!("QUEUED"), &json!(why)), "{host}");
    }
    let asked = names.asked.lock().unwrap().clone();
    assert!(asked.len() > hosts.len(), "each when it is called, and one before: {asked:?}");
    neighbour.has_no_visitors();
}

on_each_database!(
    an_address_inside_is_refused_in_words,
    an_address_inside_that_is_stored_all_the_same_is_not_called,
    a_name_that_leads_inside_is_not_called,
);
