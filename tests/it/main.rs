//! Tests of the whole program, through HTTP, as the people and programs that use it. The files bear the names of the
//! slices.
#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use mimalloc::MiMalloc;

mod access;
mod access_log;
mod announcements;
mod apollo;
mod ask;
mod awaiting;
mod bookings;
mod bus;
mod calendar;
mod circle;
mod cli;
mod contact;
mod conversations;
mod custody;
mod database;
mod demo;
mod documents;
mod edges;
mod engine;
mod events;
mod families;
mod family_notices;
mod feed;
mod harness;
mod held;
mod http_audits;
mod http_documents;
mod http_door;
mod http_graphql;
mod http_layers;
mod http_limits;
mod http_sockets;
mod http_streams;
mod identity;
mod log;
mod meetings;
mod metrics;
mod migrations;
mod notifications;
mod nulls;
mod occasions;
mod organisation;
mod own_ids;
mod paging;
mod partners;
mod people;
mod practice;
mod problems;
mod processes;
mod programme;
mod realtime;
mod register;
mod replays;
mod roster;
mod schema;
mod story;
mod succession;
mod surveys;
mod sync;
mod telemetry;
mod threads;
mod unchanged;
mod upkeep;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The root of the repository.
fn repository() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository")
}

/// Real input from outside the repository: `GLANS_SHARED`, or `shared` beside the repository. A test without it says so.
fn shared(path: &str) -> Option<std::path::PathBuf> {
    let beside = || repository().parent().map(|parent| parent.join("shared"));
    let file = std::env::var_os("GLANS_SHARED").map(Into::into).or_else(beside)?.join(path);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: {} is not there; GLANS_SHARED says where the real input is", file.display());
    None
}
