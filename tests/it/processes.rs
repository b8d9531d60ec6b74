//! Several processes over one database: one is restarted while people follow, or rights end at the other.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use glans_tests::{Actor, Who, World, lasting_port, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, codes};
use crate::cli;
use crate::realtime::Follower;

const FOLLOWED: &str =
    "subscription($cohort: ID!, $after: String) { lessonProgressChanged(cohort: $cohort, after: $after) {
    cursor progress { status skippedReason } } }";
/// At a tenth of a second each.
const ATTEMPTS: u32 = 1_200;

/// `glans serve` over the database of `world`, as another process beside the one of the test.
fn serve(folder: &Path, world: &World, listen: &str) -> (Child, String) {
    serve_with(folder, world, &["--listen", listen])
}

/// The same, with these arguments.
pub fn serve_with(folder: &Path, world: &World, arguments: &[&str]) -> (Child, String) {
    let config = &world.app.config;
    let mut server = cli::glans(folder, &[&["serve"][..], arguments].concat())
        .env("GLANS_DATABASE_URL", &config.database_url)
        .env("GLANS_SECRET_KEY", config.secret_key.as_deref().expect("a key"))
        .env("GLANS_PUBLIC_URL", config.public_url())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a server");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
    (server, address.expect("a server that starts"))
}

fn mark(world: &World, reason: &str) -> Value {
    json!({ "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson, "reason": reason })
}

/// Skips and reopens a lesson through a server.
async fn changes(world: &World, trainer: &Actor, reason: &str) {
    for name in ["lessonSkip", "lessonReopen"] {
        let done = trainer.does(name, "", mark(world, reason)).await;
        assert_eq!(done.refusals(name), Vec::<String>::new(), "{name}");
    }
}

/// Whom the changes of a reason were told, one after the other.
async fn hears(follower: &mut Follower, kind: &str, reasons: &[&str]) {
    for reason in reasons {
        let skipped = follower.event("lessonProgressChanged").await;
        assert_eq!(skipped["progress"], json!({ "status": "SKIPPED", "skippedReason": reason }), "{kind}");
        let reopened = follower.event("lessonProgressChanged").await;
        assert_eq!(reopened["progress"], json!({ "status": "NOT_STARTED", "skippedReason": null }), "{kind}");
    }
}

async fn who_follows_misses_nothing_when_the_server_restarts(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    // Where it is back after the restart.
    let listen = format!("127.0.0.1:{}", lasting_port());
    let (server, address) = serve(folder.path(), world, &listen);
    let at = |address: &str, token: &str| Actor::anonymous("somebody", address).with_token(token);
    let leader = at(&address, world.actor(Who::Leader).await.token());
    let trainer = at(&address, world.actor(Who::Trainer).await.token());
    let variables = json!({ "cohort": world.ours.cohorts[0] });
    let mut followers = Vec::new();
    for kind in ["ws", "sse"] {
        let Some(follower) = Follower::persistent(kind, &leader, FOLLOWED, &variables, ATTEMPTS) else {
            cli::stop(server);
            return;
        };
        followers.push((kind, follower));
    }
    for (_, follower) in &mut followers {
        assert_eq!(follower.event("lessonProgressChanged").await["progress"], Value::Null);
    }
    changes(world, &trainer, "Voor de herstart.").await;
    for (kind, follower) in &mut followers {
        hears(follower, kind, &["Voor de herstart."]).await;
    }

    assert_eq!(cli::stop(server), Some(0));
    // Another server goes on meanwhile.
    for name in ["lessonSkip", "lessonReopen"] {
        let done = act(world, Who::Trainer, name, "", mark(world, "Tijdens de herstart.")).await;
        assert_eq!(codes(&done), Vec::<&str>::new());
    }
    let (server, _) = serve(folder.path(), world, &listen);
    changes(world, &trainer, "Na de herstart.").await;
    for (kind, follower) in &mut followers {
        assert_eq!(follower.line().await, "again", "{kind}");
        assert_eq!(follower.event("lessonProgressChanged").await["progress"], Value::Null, "{kind} begins again");
        hears(follower, kind, &["Tijdens de herstart.", "Na de herstart."]).await;
    }
    // And nothing twice: the next that is heard is what happens next.
    changes(world, &trainer, "Ten slotte.").await;
    for (kind, follower) in &mut followers {
        hears(follower, kind, &["Ten slotte."]).await;
    }
    drop(followers);
    assert_eq!(cli::stop(server), Some(0));
}

async fn whose_role_ends_at_one_server_hears_nothing_more_at_another_after_five_seconds(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    let (server, address) = serve(folder.path(), world, "127.0.0.1:0");
    let teacher = Actor::anonymous("teacher", &address).with_token(world.actor(Who::Teacher).await.token());
    let variables = json!({ "cohort": world.ours.cohorts[0] });
    let mut followers = Vec::new();
    for kind in ["ws", "sse"] {
        followers.extend(Follower::start(kind, &teacher, FOLLOWED, &variables).map(|follower| (kind, follower)));
    }
    for (_, follower) in &mut followers {
        follower.event("lessonProgressChanged").await;
    }
    let trainer = Actor::anonymous("trainer", &address).with_token(world.actor(Who::Trainer).await.token());
    changes(world, &trainer, "Ervoor.").await;
    for (kind, follower) in &mut followers {
        hears(follower, kind, &["Ervoor."]).await;
    }
    let ended = json!({ "id": world.ours.memberships[0] });
    assert_eq!(codes(&act(world, Who::Leader, "membershipRevoke", "", ended).await), Vec::<&str>::new());
    tokio::time::sleep(Duration::from_secs(5)).await;
    changes(world, &trainer, "Erna.").await;
    for (kind, follower) in &mut followers {
        let line = follower.line().await;
        assert!(line.contains("NOT_FOUND") && !line.contains("Erna."), "{kind}: {line}");
    }
    drop(followers);
    assert_eq!(cli::stop(server), Some(0));
}

on_each_database!(
    who_follows_misses_nothing_when_the_server_restarts,
    whose_role_ends_at_one_server_hears_nothing_more_at_another_after_five_seconds,
);
