//! What is said on one socket, and what is done about it.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use async_graphql::futures_util::{Stream, StreamExt};
use axum::extract::ws::Message;
use axum::http::{HeaderName, HeaderValue};
use serde_json::{Map, Value};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::AbortHandle;
use tokio::time::{Instant, interval_at, sleep};

use super::super::endpoint::Endpoint;
use super::super::house::{Denied, House};
use super::super::refusal::Refusal;
use super::super::stream::{self, Caller, Happening, RENEWAL, Seat};
use super::super::walls;
use super::message::{self, Closing, Said};
use super::queue::Queue;

const INIT_WITHIN: Duration = Duration::from_secs(5);
const PING: Duration = Duration::from_secs(30);
/// Operations that run on one socket at a time.
const OPERATIONS: usize = 20;
/// Headers that a browser cannot set on a socket: they may stand in the payload of `connection_init` instead.
const PAYLOAD_HEADERS: [&str; 3] = ["authorization", "glans-board", "accept-language"];

/// A socket in use.
pub(super) struct Conversation<S, H> {
    endpoint: Arc<Endpoint<S, H>>,
    caller: Caller,
    queue: Queue,
    told: Sender<(Ticket, Told)>,
    happenings: Receiver<(Ticket, Told)>,
    operations: HashMap<String, Running>,
    /// Operations begun so far: an id may be used again, a number is not.
    begun: u64,
    seat: Option<Seat>,
    /// Whether anything was heard since the last ping.
    heard: bool,
}

/// Which operation it is about.
type Ticket = (String, u64);

enum Told {
    Happened(Happening),
    Completed,
}

/// An operation that runs; dropped, it is stopped.
struct Running {
    number: u64,
    task: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<S: Executor, H: House> Conversation<S, H> {
    pub(super) fn new(endpoint: Arc<Endpoint<S, H>>, caller: Caller, queue: Queue) -> Self {
        let (told, happenings) = channel(OPERATIONS);
        let operations = HashMap::new();
        Self { endpoint, caller, queue, told, happenings, operations, begun: 0, seat: None, heard: true }
    }

    /// Goes on until there is a reason to close.
    pub(super) async fn held<E: Display>(
        mut self,
        frames: &mut (impl Stream<Item = Result<Message, E>> + Unpin),
    ) -> Closing {
        let start = Instant::now();
        let (mut ping, mut renewal) = (interval_at(start + PING, PING), interval_at(start + RENEWAL, RENEWAL));
        let (init, stopping) = (sleep(INIT_WITHIN), self.endpoint.stopping.clone());
        let stopping = stopping.begun();
        tokio::pin!(init, stopping);
        loop {
            let acknowledged = self.seat.is_some();
            let done = tokio::select! {
                frame = frames.next() => match frame {
                    Some(Ok(Message::Text(text))) => self.hear(&text).await,
                    Some(Ok(Message::Binary(_))) => Err(Closing::INVALID),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => { self.heard = true; Ok(()) }
                    Some(Ok(Message::Close(_))) | None => Err(Closing::GONE),
                    Some(Err(error)) => Err(Closing::of_unreadable(&error)),
                },
                Some((ticket, told)) = self.happenings.recv() => self.tell(ticket, told),
                () = &mut init, if !acknowledged => Err(Closing::INIT_TIMEOUT),
                _ = ping.tick() => self.ping(),
                // Operations look at it themselves.
                _ = renewal.tick(), if acknowledged && self.operations.is_empty() => self.renew().await,
                () = &mut stopping => Err(Closing::STOPPING),
            };
            if let Err(closing) = done {
                return closing;
            }
            // The writer has its turn before the next message is queued: only a client can be slow, not we.
            tokio::task::yield_now().await;
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Closing> {
        self.heard = true;
        match Said::parse(text)? {
            Said::Init(_) if self.seat.is_some() => Err(Closing::TOO_MANY_INITS),
            Said::Init(payload) => self.admit(&payload).await,
            Said::Ping(payload) => self.say(message::pong(payload)),
            Said::Pong => Ok(()),
            Said::Subscribe { .. } if self.seat.is_none() => Err(Closing::UNAUTHORIZED),
            Said::Subscribe { id, parameters } => self.begin(id, parameters),
            Said::Complete { id } => {
                self.operations.remove(&id);
                Ok(())
            }
        }
    }

    async fn admit(&mut self, payload: &Map<String, Value>) -> Result<(), Closing> {
        for (name, value) in payload {
            let name = name.to_ascii_lowercase();
            let Some(name) = PAYLOAD_HEADERS.into_iter().find(|known| *known == name) else { continue };
            let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok()).ok_or(Closing::FORBIDDEN)?;
            self.caller.headers.insert(HeaderName::from_static(name), value);
        }
        let visitor = self.caller.admitted(&self.endpoint).await.map_err(denied)?;
        let payer = walls::payer(&visitor, self.caller.address);
        self.seat = Some(self.endpoint.streams.place(payer).ok_or(Closing::TOO_MANY_SOCKETS)?);
        self.say(message::acknowledged())
    }

    fn begin(&mut self, id: String, parameters: Map<String, Value>) -> Result<(), Closing> {
        if self.operations.contains_key(&id) {
            return Err(Closing::TAKEN);
        }
        if self.operations.len() >= OPERATIONS {
            return self.refuse(&id, &Refusal::too_many_operations(OPERATIONS));
        }
        let envelope = match message::envelope(parameters) {
            Ok(envelope) => envelope,
            Err(refusal) => return self.refuse(&id, &refusal),
        };
        self.begun += 1;
        let number = self.begun;
        let (endpoint, caller, told) = (Arc::clone(&self.endpoint), self.caller.clone(), self.told.clone());
        let ticket = (id.clone(), number);
        let running = tokio::spawn(async move {
            match caller.admitted(&endpoint).await {
                Ok(visitor) => {
                    let tell = |happening| (ticket.clone(), Told::Happened(happening));
                    stream::run(&endpoint, &caller, visitor, envelope, &told, tell).await;
                }
                Err(denied) => {
                    let happening = Happening::turned_away(denied, &caller);
                    let _ = told.send((ticket.clone(), Told::Happened(happening))).await;
                }
            }
            let _ = told.send((ticket, Told::Completed)).await;
        });
        self.operations.insert(id, Running { number, task: running.abort_handle() });
        Ok(())
    }

    fn tell(&mut self, (id, number): Ticket, told: Told) -> Result<(), Closing> {
        // Of an operation that the client completed, nothing more is told.
        if self.operations.get(&id).is_none_or(|running| running.number != number) {
            return Ok(());
        }
        match told {
            Told::Happened(Happening::Next(answer)) => self.say(message::next(&id, &answer)),
            Told::Happened(Happening::Failed(errors)) => {
                self.operations.remove(&id);
                self.say(message::error(&id, &errors))
            }
            Told::Happened(Happening::Denied(why)) => Err(denied(why)),
            Told::Completed => {
                self.operations.remove(&id);
                self.say(message::complete(&id))
            }
        }
    }

    /// The token may run out while nothing happens.
    async fn renew(&mut self) -> Result<(), Closing> {
        match self.caller.admitted(&self.endpoint).await {
            Ok(_) | Err(Denied::Fault(_) | Denied::Later { .. }) => Ok(()),
            Err(why) => Err(denied(why)),
        }
    }

    fn ping(&mut self) -> Result<(), Closing> {
        if !std::mem::take(&mut self.heard) {
            return Err(Closing::NO_ANSWER);
        }
        self.say(message::ping())
    }

    fn refuse(&self, id: &str, refusal: &Refusal) -> Result<(), Closing> {
        self.say(message::error(id, &[refusal.error(self.caller.request_id.as_str())]))
    }

    fn say(&self, text: String) -> Result<(), Closing> {
        self.queue.put(text)
    }
}

fn denied(why: Denied) -> Closing {
    match why {
        Denied::Expired => Closing::TOKEN_EXPIRED,
        Denied::Malformed | Denied::Board | Denied::Invalid => Closing::FORBIDDEN,
        Denied::Later { .. } => Closing::LATER,
        Denied::Fault(cause) => {
            tracing::error!(cause, "a socket could not be admitted");
            Closing::UNABLE
        }
    }
}
