//! Following a roster import, with the clients that apps use, and how anything begins to be followed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use glans_tests::{Actor, Who, World, on_each_database};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, channel};

use crate::roster::bundle::Bundle;

const PROGRESS: &str = "subscription($id: ID!) { rosterImportProgressed(id: $id) { status rowsDone rowsTotal } }";
const LESSONS: &str = "subscription($cohort: ID!) { lessonProgressChanged(cohort: $cohort) { cursor } }";
const MESSAGES: &str = "subscription { messageReceived { cursor } }";
const NOTIFICATIONS: &str = "subscription { notificationReceived { cursor } }";
const PATIENCE: Duration = Duration::from_mins(2);

/// A client of npm at work.
pub struct Follower {
    lines: Receiver<String>,
    process: Child,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("a process that ends");
    }
}

impl Follower {
    /// With npm's `graphql-ws` ("ws"), `graphql-sse` ("sse") or `@apollo/client` ("apollo"). None where there is no
    /// node, or no packages.
    pub fn start(kind: &str, actor: &Actor, document: &str, variables: &Value) -> Option<Self> {
        match kind {
            "apollo" => Self::apollo(actor, document, variables),
            _ => Self::persistent(kind, actor, document, variables, 0),
        }
    }

    /// Apollo Client with an operation of any kind.
    pub fn apollo(actor: &Actor, document: &str, variables: &Value) -> Option<Self> {
        Self::run(&["apollo.mjs", actor.address(), actor.token(), document, &variables.to_string()])
    }

    /// One that connects again as often as that, and goes on after the last cursor.
    pub fn persistent(kind: &str, actor: &Actor, document: &str, variables: &Value, attempts: u32) -> Option<Self> {
        let (variables, attempts) = (variables.to_string(), attempts.to_string());
        Self::run(&["follow.mjs", kind, actor.address(), actor.token(), document, &variables, &attempts])
    }

    fn run(arguments: &[&str]) -> Option<Self> {
        let clients = crate::repository().join("tests/clients");
        if !["graphql-ws", "@apollo/client"].iter().all(|name| clients.join("node_modules").join(name).exists()) {
            crate::http_audits::skip("following needs `npm ci` in tests/clients");
            return None;
        }
        let mut process =
            Command::new("node").args(arguments).current_dir(clients).stdout(Stdio::piped()).spawn().ok()?;
        let said = BufReader::new(process.stdout.take()?);
        let (told, lines) = channel(1_000);
        std::thread::spawn(move || said.lines().map_while(Result::ok).try_for_each(|line| told.blocking_send(line)));
        Some(Self { lines, process })
    }

    pub async fn line(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.lines.recv()).await.expect("a line in time");
        line.expect("another line")
    }

    /// The next line, which is an answer or an error.
    pub async fn answer(&mut self) -> Value {
        let line = self.line().await;
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"))
    }

    /// What the next event tells of `field`.
    pub async fn event(&mut self, field: &str) -> Value {
        let mut answer = self.answer().await;
        let told = answer["data"][field].take();
        assert!(told.is_object(), "{told} in {answer}");
        told
    }

    async fn status(&mut self) -> String {
        let told = self.event("rosterImportProgressed").await;
        told["status"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
    }
}

/// An import that waits, and the secret path of its upload.
async fn started(world: &World, admin: &Actor) -> (String, String) {
    let selection = "rosterImport { id } upload { url }";
    let started = admin.does("rosterImportStart", selection, json!({ "board": world.ours.id.to_string() })).await;
    let url = started.text_at("rosterImportStart.upload.url");
    let path = url[url.find("/uploads/").expect("an address for uploads")..].to_owned();
    (started.text_at("rosterImportStart.rosterImport.id").to_owned(), path)
}

async fn an_administrator_follows_an_import_to_its_end(world: &World) {
    let admin = world.actor(Who::Admin).await;
    for kind in ["ws", "sse", "apollo"] {
        let (id, path) = started(world, &admin).await;
        let Some(mut follower) = Follower::start(kind, &admin, PROGRESS, &json!({ "id": id })) else { return };
        assert_eq!(follower.status().await, "AWAITING_UPLOAD", "{kind}");
        let mut bundle = Bundle::sound();
        bundle.replace("orgs", "district,41613,", "district,,");
        let sent = admin.sends(admin.request(reqwest::Method::PUT, &path).body(bundle.zip())).await;
        assert_eq!(sent.status, 202, "{}", sent.text);
        let mut statuses = vec![follower.status().await];
        while statuses.last().is_some_and(|status| status == "RUNNING") {
            statuses.push(follower.status().await);
        }
        assert_eq!(statuses.last().map(String::as_str), Some("SUCCEEDED"), "{kind}: {statuses:?}");
        assert_eq!(follower.line().await, "complete", "{kind}");
    }
}

async fn who_may_not_see_an_import_cannot_follow_it(world: &World) {
    let (id, _) = started(world, &world.actor(Who::Admin).await).await;
    let nobodys = glans_entity::ids::RosterImportId::new().to_string();
    let leader = world.actor(Who::Leader).await;
    for kind in ["ws", "sse", "apollo"] {
        for id in [&id, &nobodys] {
            let Some(mut follower) = Follower::start(kind, &leader, PROGRESS, &json!({ "id": id })) else { return };
            let line = follower.line().await;
            assert!(line.contains("NOT_FOUND"), "{kind}: {line}");
        }
    }
}

async fn a_token_that_runs_out_closes_the_socket(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let (id, _) = started(world, &admin).await;
    let Some(mut follower) = Follower::start("ws", &admin, PROGRESS, &json!({ "id": id })) else { return };
    assert_eq!(follower.status().await, "AWAITING_UPLOAD");
    world.app.clock.turn(chrono::Duration::hours(1));
    assert_eq!(follower.line().await, r#"{"failed":4403}"#);
}

/// As when the database is started again.
async fn who_begins_while_nothing_can_be_looked_at_begins_a_moment_later(world: &World) {
    let ours = &world.ours;
    let followed = [
        ("roster_import", Who::Admin, PROGRESS, json!({ "id": ours.import })),
        ("lesson_event", Who::Leader, LESSONS, json!({ "cohort": ours.cohorts[0] })),
        ("message", Who::Teacher, MESSAGES, json!({})),
        ("notification", Who::Teacher, NOTIFICATIONS, json!({})),
    ];
    let rename = async |from: &str, to: &str| {
        let renamed = world.app.db.connection().execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        renamed.unwrap();
    };
    for (table, who, document, variables) in followed {
        let standing = world.standing(who).await;
        rename(table, "elsewhere").await;
        let back = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            rename("elsewhere", table).await;
        };
        let (begun, ()) = tokio::join!(world.execute(&standing, document, variables), back);
        assert!(begun.body.get("errors").is_none(), "{table}: {}", begun.body);
    }
}

on_each_database!(
    who_begins_while_nothing_can_be_looked_at_begins_a_moment_later,
    an_administrator_follows_an_import_to_its_end,
    who_may_not_see_an_import_cannot_follow_it,
    a_token_that_runs_out_closes_the_socket,
);
