//! `glans serve`

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, demo, open};
use crate::app::App;
use crate::calendar;
use crate::door::Door;
use crate::engagement::schedule;
use crate::engagement::threads::post;
use crate::engine::Engine;
use crate::graphql;
use crate::http::{self, Endpoint, Policy, Settings, Signals, Stopping};
use crate::oauth;
use crate::platform::config::{Config, TrustedDocuments};
use crate::roster;
use crate::upkeep;

/// How to serve.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Fill an empty database with the demo board.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    /// What a newcomer wants to see.
    pub(super) fn with_demo() -> Self {
        Self { listen: None, demo: true }
    }
}

/// Serves until it is told to stop.
pub(super) async fn run(mut config: Config, serve: Serve) -> Result<(), Failure> {
    if serve.demo {
        demo::allowed(&config)?;
    }
    // First of all: whoever reads "listening" may stop the process at once.
    let signals = Signals::register()?;
    config.listen = serve.listen.unwrap_or(config.listen);
    let listener = TcpListener::bind(config.listen).await.map_err(|cause| {
        Failure::Failed(format!("cannot listen on {}: {cause}; choose another with --listen", config.listen))
    })?;
    let address = listener.local_addr()?;
    // With port 0 it is known only now; the address of the server is derived from it.
    config.listen = address;
    let app = open::app(config).await?;
    let accounts = if serve.demo { demo::ensure(&app).await? } else { Vec::new() };
    // Reads or makes the signing keys and tests them: a wrong secret key is told now, not at the first sign-in.
    app.identity.keys.keys(&app.db, &app.identity.master, app.clock.now()).await?;
    let stopping = Stopping::default();
    let router = router(&app, stopping.clone())?;
    say!("listening on http://{address}");
    if !accounts.is_empty() {
        say!("GraphiQL at http://{address}/graphql; accounts to sign in with:\n\n{}\n", demo::table(&accounts));
    }
    let schedule = tokio::spawn(schedule::run(Arc::clone(&app)));
    let post = tokio::spawn(post::run(Arc::clone(&app)));
    let upkeep = tokio::spawn(upkeep::run(app));
    http::serve(listener, router, stopping, signals).await?;
    schedule.abort();
    upkeep.abort();
    post.abort();
    Ok(())
}

/// All doors of the application.
pub fn router(app: &Arc<App>, stopping: Stopping) -> Result<Router, Failure> {
    let settings = settings(&app.config)?;
    let endpoint = Endpoint::new(Engine::default(), &graphql::sdl(), Door(Arc::clone(app)), settings)
        .map_err(|error| Failure::Failed(format!("the schema cannot be read: {error}")))?;
    let beside =
        oauth::routes(Arc::clone(app)).merge(roster::routes(Arc::clone(app))).merge(calendar::routes(Arc::clone(app)));
    Ok(http::router(endpoint, stopping, beside))
}

fn settings(config: &Config) -> Result<Settings, Failure> {
    let cors_origins = config.cors_origins.iter().map(|origin| {
        HeaderValue::from_str(origin).map_err(|_| Failure::Usage(format!("cors_origins: `{origin}` is no origin")))
    });
    Ok(Settings {
        graphiql: !config.production,
        introspection: !config.production,
        documents: match config.trusted_documents {
            TrustedDocuments::Off => Policy::Off,
            TrustedDocuments::Log => Policy::Log,
            TrustedDocuments::Enforce => Policy::Enforce,
        },
        cors_origins: cors_origins.collect::<Result<_, _>>()?,
        behind_proxy: config.behind_proxy,
        ..Settings::default()
    })
}
