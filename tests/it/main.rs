//! Tests of the whole program, through HTTP, as the people and programs that use it. The files bear the names of the
//! slices.
#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod harness;
mod http_audits;
mod http_documents;
mod http_door;
mod http_graphql;
mod http_layers;
mod http_limits;
mod identity;
mod migrations;
mod schema;

/// The root of the repository.
fn repository() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository")
}
