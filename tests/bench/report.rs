//! The table.

use std::time::Duration;

use glans_tests::Engine;

use crate::load::Measure;

pub(crate) fn head(engine: Engine, schools: &str, guardians: &str) {
    println!("\n{engine}, {schools} schools with {guardians} guardians each; CPU of server and database together");
    println!(
        "{:<9}{:>8}{:>11}{:>10}{:>10}{:>10}{:>10} │{:>10}{:>10} │{:>9}",
        "screen", "callers", "requests/s", "p50 ms", "p99 ms", "CPU ms", "SQL", "flat p50", "flat CPU", "CPU ratio"
    );
}

pub(crate) fn line(screen: &str, statements: u64, api: &Measure, flat: &Measure) {
    println!(
        "{screen:<9}{:>8}{:>11.0}{:>10.2}{:>10.2}{:>10.3}{statements:>10} │{:>10.2}{:>10.3} │{:>9.2}",
        api.concurrency,
        api.per_second(),
        milliseconds(api.median),
        milliseconds(api.p99),
        api.cpu_milliseconds(),
        milliseconds(flat.median),
        flat.cpu_milliseconds(),
        api.cpu_milliseconds() / flat.cpu_milliseconds(),
    );
}

/// The waits of readers beside `answered` sign-ins, of which `told_to_wait` were to come back later.
pub(crate) fn signing_in(alone: &Measure, beside: &Measure, (answered, told_to_wait): (usize, usize)) {
    println!(
        "         {} readers beside bursts of 200 sign-ins ({answered} answered, {told_to_wait} told to wait): \
         p50 {:.2} → {:.2} ms, p99 {:.2} → {:.2} ms, ratio of p99 {:.2}",
        alone.concurrency,
        milliseconds(alone.median),
        milliseconds(beside.median),
        milliseconds(alone.p99),
        milliseconds(beside.p99),
        milliseconds(beside.p99) / milliseconds(alone.p99),
    );
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
