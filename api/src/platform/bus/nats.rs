//! NATS, core: nothing is stored there.

use std::fmt;
use std::time::Duration;

use async_graphql::futures_util::StreamExt;
use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::OnceCell;

use super::{Carrier, Cause, Here};

/// The one subject of this program; a message is a topic.
const SUBJECT: &str = "glans.wake";
/// A server that takes nothing holds up nobody for longer than this.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) struct Nats {
    url: String,
    here: Here,
    client: OnceCell<Client>,
}

impl Nats {
    pub(super) fn new(url: String, here: Here) -> Self {
        Self { url, here, client: OnceCell::new() }
    }

    /// The client connects, and connects again, by itself.
    async fn client(&self) -> Result<&Client, Cause> {
        let client = self.client.get_or_try_init(|| {
            let here = self.here.clone();
            let happened = move |event| {
                happened(&event, &here);
                std::future::ready(())
            };
            options()
                .no_echo()
                .retry_on_initial_connect()
                .max_reconnects(None::<usize>)
                .event_callback(happened)
                .connect(&self.url)
        });
        Ok(client.await?)
    }
}

/// The address holds a password.
impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nats")
    }
}

fn options() -> ConnectOptions {
    ConnectOptions::new().name("glans").connection_timeout(Duration::from_secs(3))
}

fn happened(event: &Event, here: &Here) {
    match event {
        // Whatever was told meanwhile, nobody heard.
        Event::Connected => _ = here.send(None),
        Event::LameDuckMode | Event::Draining => {}
        event => tracing::warn!(%event, "the bus"),
    }
}

#[async_trait::async_trait]
impl Carrier for Nats {
    async fn tell(&self, topic: &str) -> Result<(), Cause> {
        let client = self.client().await?;
        Ok(tokio::time::timeout(PATIENCE, client.publish(SUBJECT, topic.to_owned().into())).await??)
    }

    async fn hear(&self, here: &Here) -> Result<(), Cause> {
        let mut told = self.client().await?.subscribe(SUBJECT).await?;
        let _ = here.send(None);
        while let Some(message) = told.next().await {
            // What is no text is no topic of this program.
            if let Ok(topic) = std::str::from_utf8(&message.payload) {
                let _ = here.send(Some(topic.to_owned()));
            }
        }
        Err("the subscription has ended".into())
    }
}

/// Whether the server answers.
pub(super) async fn check(url: &str) -> Result<(), Cause> {
    let client = options().connect(url).await?;
    client.flush().await?;
    Ok(())
}
