//! `glans serve`

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, demo, exposure, open};
use crate::app::App;
use crate::background::Background;
use crate::books::Books;
use crate::calendar;
use crate::door::Door;
use crate::engine::Engine;
use crate::graphql;
use crate::http::{self, ClientPolicies, Endpoint, Policy, Settings, Signals, Stopping};
use crate::metrics::{charts, exports};
use crate::notifications::unsubscribe;
use crate::oauth;
use crate::platform::config::{ClientDocuments, Config, TrustedDocuments, listen_address};
use crate::platform::db::Turn;
use crate::roster;
use crate::uploads;

/// How to serve.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listen_address)]
    listen: Option<SocketAddr>,
    /// Fill an empty database with the demo board.
    #[arg(long)]
    demo: bool,
    /// Leave what goes on without a request to `glans worker`: what is due, deliveries, upkeep.
    #[arg(long)]
    no_worker: bool,
}

impl Serve {
    /// What a newcomer wants to see.
    pub(super) fn with_demo() -> Self {
        Self { listen: None, demo: true, no_worker: false }
    }
}

/// Serves until it is told to stop.
pub(super) async fn run(mut config: Config, serve: Serve) -> Result<(), Failure> {
    if serve.demo {
        demo::allowed(&config)?;
    }
    // First of all: whoever reads "listening" may stop the process at once.
    let mut signals = Signals::register()?;
    config.listen = serve.listen.unwrap_or(config.listen);
    let listener = TcpListener::bind(config.listen).await.map_err(|cause| {
        Failure::Failed(format!("cannot listen on {}: {cause}; choose another with --listen", config.listen))
    })?;
    let address = listener.local_addr()?;
    let figures = match config.metrics_listen {
        Some(address) => Some(exposure::listener(address).await?),
        None => None,
    };
    // With port 0 it is known only now; the address of the server is derived from it.
    config.listen = address;
    let Some(opened) = signals.unless(Box::pin(open(config, serve.demo))).await else { return Ok(()) };
    let (app, turn) = opened?;
    // A signal waits until it is filled: a part of a demo is of no use.
    let accounts = if serve.demo { demo::ensure(&app).await? } else { Vec::new() };
    drop(turn);
    // Makes the signing keys where there are none yet.
    let keys = app.identity.keys.keys(&app.db, &app.identity.master, app.clock.now());
    let Some(keys) = signals.unless(keys).await else { return Ok(()) };
    keys?;
    let stopping = Stopping::default();
    let router = router(&app, stopping.clone())?;
    if let Some(figures) = &figures {
        say!("metrics at http://{}/metrics", figures.local_addr()?);
    }
    say!("listening on http://{address}");
    if !accounts.is_empty() {
        say!("GraphiQL at http://{address}/graphql; accounts to sign in with:\n\n{}\n", demo::table(&accounts));
    }
    let books = Books::open(&app);
    let background = (!serve.no_worker).then(|| Background::start(&app));
    let shown = figures.map(|figures| tokio::spawn(exposure::run(figures, Arc::clone(&app))));
    http::serve(listener, router, stopping, signals).await;
    if let Some(shown) = shown {
        shown.abort();
    }
    books.close().await;
    if let Some(background) = background {
        background.end().await;
    }
    Ok(())
}

/// The process over its database, with the turn to fill that with the demo where there is to be one.
async fn open(config: Config, demo: bool) -> Result<(Arc<App>, Option<Turn>), Failure> {
    let app = open::lasting_app(config).await?;
    let turn = if demo { Some(open::turn(&app.config).await?) } else { None };
    Ok((app, turn))
}

/// All doors of the application.
pub fn router(app: &Arc<App>, stopping: Stopping) -> Result<Router, Failure> {
    let settings = settings(&app.config)?;
    let door = Door(Arc::clone(app));
    let endpoint = Endpoint::new(Engine::default(), &graphql::sdl(), &graphql::BY_INPUT, door, settings)
        .map_err(|error| Failure::Failed(format!("the schema cannot be read: {error}")))?
        .counting_streams_in(app.metrics.streams());
    let till = endpoint.till();
    let beside = oauth::routes(Arc::clone(app), till.clone())
        .merge(roster::routes(Arc::clone(app)))
        .merge(calendar::routes(Arc::clone(app)))
        .merge(charts::routes(Arc::clone(app), till.clone()))
        .merge(exports::routes(Arc::clone(app), till))
        .merge(unsubscribe::routes(Arc::clone(app)))
        .merge(uploads::routes(Arc::clone(app)));
    Ok(http::router(endpoint, stopping, beside))
}

fn settings(config: &Config) -> Result<Settings, Failure> {
    let cors_origins = config.cors_origins.iter().map(|origin| {
        HeaderValue::from_str(origin).map_err(|_| Failure::Usage(format!("cors_origins: `{origin}` is no origin")))
    });
    Ok(Settings {
        graphiql: !config.production,
        introspection: !config.production,
        documents: policy(config.trusted_documents),
        client_documents: client_policies(&config.client_documents),
        cors_origins: cors_origins.collect::<Result<_, _>>()?,
        behind_proxy: config.behind_proxy,
        ..Settings::default()
    })
}

fn policy(documents: TrustedDocuments) -> Policy {
    match documents {
        TrustedDocuments::Off => Policy::Off,
        TrustedDocuments::Log => Policy::Log,
        TrustedDocuments::Enforce => Policy::Enforce,
    }
}

fn client_policies(configured: &[ClientDocuments]) -> ClientPolicies {
    let mut policies = ClientPolicies::default();
    for ClientDocuments { client, documents } in configured {
        match client {
            Some(client) => {
                policies.of.insert(client.to_string(), policy(*documents));
            }
            None => policies.others = Some(policy(*documents)),
        }
    }
    policies
}
