//! The audits of the npm package `graphql-http`: the working group's own check of GraphQL over HTTP.

use std::process::Command;

use crate::http_door::Door;

#[tokio::test(flavor = "multi_thread")]
async fn all_61_audits_of_graphql_http_pass() {
    let clients = crate::repository().join("tests/clients");
    if !clients.join("node_modules/graphql-http").exists() {
        return skip("the audits need `npm ci` in tests/clients");
    }
    let door = Door::open().await;
    let audits =
        Command::new("node").arg("audits.mjs").arg(format!("{}/graphql", door.url)).current_dir(clients).output();
    let Ok(audits) = audits else {
        return skip("the audits need node");
    };
    let said = String::from_utf8_lossy(&audits.stdout);
    assert_eq!(said.trim(), "passed 61 of 61", "{}", String::from_utf8_lossy(&audits.stderr));
}

/// Says so and passes, except where `GLANS_TEST_CLIENTS_REQUIRED` is set, as in CI.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("GLANS_TEST_CLIENTS_REQUIRED").is_none(), "{why}");
    eprintln!("skipped: {why}");
}
