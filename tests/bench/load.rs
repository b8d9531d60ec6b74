//! Load: so many callers, each asking again as soon as it has its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cpu;

/// One request, ready to be sent again and again.
pub(crate) struct Call {
    pub(crate) url: String,
    /// The callers take turns with these tokens, as many people would.
    pub(crate) tokens: Vec<String>,
    /// The body to post; none for a GET.
    pub(crate) body: Option<String>,
}

/// What so many callers at once got.
pub(crate) struct Measure {
    pub(crate) concurrency: usize,
    pub(crate) requests: usize,
    pub(crate) lasted: Duration,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
    pub(crate) cpu: Duration,
}

impl Measure {
    pub(crate) fn per_second(&self) -> f64 {
        count(self.requests) / self.lasted.as_secs_f64()
    }

    /// Milliseconds of CPU per request, of the server and its database.
    pub(crate) fn cpu_milliseconds(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0 / count(self.requests)
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Keeps `concurrency` callers busy for `time`; counts the CPU of `processes` and of all they started.
pub(crate) async fn measure(call: &Arc<Call>, concurrency: usize, time: Duration, processes: &[u32]) -> Measure {
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let cpu_before = cpu::used_by(processes);
    let begun = Instant::now();
    let callers: Vec<_> = (0..concurrency)
        .map(|caller| tokio::spawn(ask(client.clone(), Arc::clone(call), caller, begun + time)))
        .collect();
    let mut waits = Vec::new();
    for caller in callers {
        waits.extend(caller.await.expect("a caller that does not fail"));
    }
    let lasted = begun.elapsed();
    let cpu = cpu::used_by(processes).saturating_sub(cpu_before);
    waits.sort_unstable();
    let at = |part: usize| waits[(waits.len() * part / 100).min(waits.len() - 1)];
    Measure { concurrency, requests: waits.len(), lasted, median: at(50), p99: at(99), cpu }
}

async fn ask(client: reqwest::Client, call: Arc<Call>, caller: usize, until: Instant) -> Vec<Duration> {
    let mut waits = Vec::new();
    while Instant::now() < until {
        let begun = Instant::now();
        let token = &call.tokens[(caller + waits.len()) % call.tokens.len()];
        once(&client, &call, token).await;
        waits.push(begun.elapsed());
    }
    waits
}

/// The answer. Anything but success and data would be measuring something else.
pub(crate) async fn once(client: &reqwest::Client, call: &Call, token: &str) -> String {
    let request = match &call.body {
        Some(body) => client.post(&call.url).header("content-type", "application/json").body(body.clone()),
        None => client.get(&call.url),
    };
    let answer = request.bearer_auth(token).send().await.expect("an answer");
    let status = answer.status();
    let body = answer.text().await.expect("a body");
    assert!(status.is_success() && !body.contains("\"errors\":["), "{status}: {body:.400}");
    body
}
