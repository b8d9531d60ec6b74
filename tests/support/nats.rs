//! A throwaway NATS server for one test.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::ports::lasting_port;

const PATIENCE: Duration = Duration::from_mins(1);

/// A NATS server on a port of its own, killed when it goes out of use.
#[derive(Debug)]
pub struct Nats {
    port: u16,
    process: Option<Child>,
}

impl Nats {
    /// None where the program `nats-server` is missing; there it fails where `GLANS_TEST_NATS_REQUIRED` is set, as in CI.
    pub fn start() -> Option<Self> {
        let mut nats = Self { port: lasting_port(), process: None };
        if nats.begin() {
            return Some(nats);
        }
        assert!(std::env::var_os("GLANS_TEST_NATS_REQUIRED").is_none(), "nats-server is not installed");
        eprintln!("skipped: nats-server is not installed");
        None
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Takes it away from those who are connected.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().and_then(|()| process.wait()).expect("a child of this process");
        }
    }

    /// Starts it again on the same port.
    pub fn restart(&mut self) {
        assert!(self.begin(), "a server that started before");
    }

    fn begin(&mut self) -> bool {
        let mut command = Command::new("nats-server");
        command.args(["-a", "127.0.0.1", "-p", &self.port.to_string()]).stderr(Stdio::null());
        let Ok(process) = command.spawn() else { return false };
        self.process = Some(process);
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(start.elapsed() < PATIENCE, "nats-server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}
