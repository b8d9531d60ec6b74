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

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
