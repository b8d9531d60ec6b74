//! Ports that stay free while nobody listens on them.

use std::net::TcpListener;

use uuid::Uuid;

/// Below those that a system gives to whoever names none: from 32,768 on Linux, from 49,152 elsewhere.
const FIRST: u128 = 20_000;
const COUNT: u128 = 12_000;
/// How many are looked at.
const ATTEMPTS: usize = 100;

/// A port for a server that comes a little later, or goes away and comes back: no connection of a test beside it is given it
/// meanwhile.
pub fn lasting_port() -> u16 {
    let mut ports = (0..ATTEMPTS).map(|_| by_chance());
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}

fn by_chance() -> u16 {
    u16::try_from(FIRST + Uuid::new_v4().as_u128() % COUNT).expect("less than 65,536")
}
