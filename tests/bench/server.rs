//! The servers that are measured, each a process of its own: this program under another first argument.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use axum::Router;
use glans::app::App;
use glans::door::Door;
use glans::engine::Engine;
use glans::graphql;
use glans::http::{self, Endpoint, Settings, Stopping};
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans::platform::db::Database;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The same in all processes of a run, so that what one signs the other accepts.
pub(crate) const SECRET_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// A running server, killed when it goes out of use.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
}

impl Server {
    /// Starts this program as `kind` over the database, and waits for its address.
    pub(crate) fn start(kind: &str, database_url: &str) -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        let mut process =
            Command::new(program).args([kind, database_url]).stdout(Stdio::piped()).spawn().expect("a server");
        let mut line = String::new();
        let output = process.stdout.take().expect("standard output is a pipe");
        BufReader::new(output).read_line(&mut line).expect("a pipe that can be read");
        let address = line.trim().strip_prefix("listening on ").expect("a server that starts").to_owned();
        Self { process, address }
    }

    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("a child of this process");
    }
}

/// The program over a database.
pub(crate) async fn app(database_url: &str) -> Arc<App> {
    let db = Database::connect(database_url).await.expect("a database");
    let config =
        Config { database_url: database_url.to_owned(), secret_key: Some(SECRET_KEY.to_owned()), ..Config::default() };
    App::new(config, db, Clock::default()).expect("a sound configuration")
}

/// The API as `glans serve` has it, except that nobody runs out of points.
pub(crate) async fn serve_glans(database_url: &str) {
    let settings = Settings { rate_limits: false, ..Settings::default() };
    let door = Door(app(database_url).await);
    let endpoint = Endpoint::new(Engine::default(), &graphql::sdl(), &graphql::BY_INPUT, door, settings);
    let endpoint = endpoint.expect("a schema");
    serve(http::router(endpoint, Stopping::default(), Router::new())).await;
}

/// Serves on a free port, and says where.
pub(crate) async fn serve(router: Router) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("listening on http://{}", listener.local_addr().expect("a bound listener has an address"));
    http::keep_serving(listener, router).await;
}
