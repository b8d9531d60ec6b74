//! NATS, core: nothing is stored there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::StreamExt;
use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::OnceCell;

use super::outage::Outage;
use super::{Carrier, Cause, Here};

/// The one subject of this program; a message is a topic.
const SUBJECT: &str = "glans.wake";
/// A server that takes nothing holds up nobody for longer than this.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) struct Nats {
    url: String,
    here: Here,
    outage: Arc<Outage>,
    client: OnceCell<Client>,
}

impl Nats {
    pub(super) fn new(url: String, here: Here) -> Self {
        Self { url, here, outage: Arc::default(), client: OnceCell::new() }
    }

    /// The client connects, and connects again, by itself.
    async fn client(&self) -> Result<&Client, Cause> {
        let client = self.client.get_or_try_init(|| {
            let (here, outage) = (self.here.clone(), Arc::clone(&self.outage));
            let happened = move |event| {
                happened(&event, &here, &outage);
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

fn happened(event: &Event, here: &Here, outage: &Outage) {
    match event {
        Event::Connected => {
            outage.is_over();
            // Whatever was told meanwhile, nobody heard.
            let _ = here.send(None);
        }
        // The client says it of every attempt.
        Event::Disconnected | Event::ClientError(_) => outage.goes_on(event),
        // This process goes, or the server does and says it again when it has gone.
        Event::Closed | Event::LameDuckMode | Event::Draining => {}
        event => tracing::warn!(%event, "the bus"),
    }
}

#[async_trait::async_trait]
impl Carrier for Nats {
    async fn tell(&self, topic: &str) -> Result<(), Cause> {
        let client = self.client().await?;
        match tokio::time::timeout(PATIENCE, client.publish(SUBJECT, topic.to_owned().into())).await {
            Ok(told) => {
                told?;
                // It takes some while it is away, too.
                if client.connection_state() == State::Connected {
                    self.outage.is_over();
                }
                Ok(())
            }
            // The client keeps some for a server that is away, and then takes no more: that is no other news.
            Err(late) => {
                self.outage.goes_on(&late);
                Ok(())
            }
        }
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

#[cfg(test)]
mod tests {
    use async_nats::ClientError;
    use tokio::sync::broadcast;

    use super::*;

    #[test]
    fn who_follows_is_woken_when_the_server_is_back_and_not_by_each_attempt() {
        let (here, mut heard) = broadcast::channel(8);
        let outage = Outage::default();
        happened(&Event::Disconnected, &here, &outage);
        for _ in 0..3 {
            happened(&Event::ClientError(ClientError::Other("IO error".to_owned())), &here, &outage);
        }
        assert!(heard.try_recv().is_err());
        happened(&Event::Connected, &here, &outage);
        assert_eq!(heard.try_recv(), Ok(None));
        assert!(heard.try_recv().is_err());
    }
}
