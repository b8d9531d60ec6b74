//! One operation that is answered as a stream: from its document to its last event.

use std::collections::HashMap;
use std::future::pending;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_graphql::futures_util::{FutureExt, StreamExt};
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request as Operation, Response as Executed, ServerError, Value};
use axum::http::HeaderMap;
use tokio::sync::mpsc::Sender;

use super::answer::Answer;
use super::authorization;
use super::cost::bucket::Payer;
use super::endpoint::Endpoint;
use super::envelope::Envelope;
use super::errors;
use super::house::{Denied, House, Knock, Visitor};
use super::refusal::Refusal;
use super::request_id::RequestId;
use super::walls::Tab;

/// How often the credential of a caller is looked at again while a stream is open, and what it may see.
pub(crate) const RENEWAL: Duration = Duration::from_secs(2);
/// Sockets and event streams that one account or API client has open at a time.
pub(super) const STREAMS_EACH: usize = 10;

/// Who opened a stream, and how: what there is to knock with again.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub headers: HeaderMap,
    pub address: IpAddr,
    pub request_id: RequestId,
    /// Then nothing is changed for them.
    pub by_get: bool,
    /// As [`is_without_deprecated`](super::graphql::is_without_deprecated).
    pub without_deprecated: bool,
}

impl Caller {
    pub(super) async fn admitted<S: Executor, H: House>(&self, endpoint: &Endpoint<S, H>) -> Result<Visitor, Denied> {
        // In a box that lasts as long as it takes: who waits for events for hours keeps no room for it.
        Box::pin(endpoint.admitted(self.knock()?)).await
    }

    fn knock(&self) -> Result<Knock<'_>, Denied> {
        let token = authorization::bearer(&self.headers)?;
        Ok(Knock { token, headers: &self.headers, address: self.address, request_id: &self.request_id })
    }

    /// Ends when the credential counts no longer. A database that cannot be asked is no reason to end.
    async fn counts_no_longer<H: House>(&self, house: &H, data: &Data) -> Denied {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let renewed = match self.knock() {
                Ok(knock) => Box::pin(house.renew(knock, data)).await,
                Err(denied) => Err(denied),
            };
            match renewed {
                Ok(()) | Err(Denied::Later { .. }) => {}
                Err(Denied::Fault(cause)) => tracing::warn!(cause, "the rights of a stream could not be read again"),
                Err(denied) => return denied,
            }
        }
    }
}

/// What comes of a streamed operation. After the last it is complete.
#[derive(Debug)]
pub(super) enum Happening {
    /// An answer, in JSON.
    Next(Vec<u8>),
    /// It was refused, or never began. The last one.
    Failed(Vec<ServerError>),
    /// The caller's credential counts no longer. The last one.
    Denied(Denied),
}

impl Happening {
    /// Of a caller who was not let in. Whom nobody could look up may come again in a moment, and loses this operation only:
    /// it says nothing of the others, which are silent until then.
    pub(super) fn turned_away(denied: Denied, caller: &Caller) -> Self {
        match denied {
            Denied::Later { .. } | Denied::Fault(_) => refused(&Refusal::from(denied), caller),
            denied => Self::Denied(denied),
        }
    }
}

/// Runs one operation of `visitor`, and tells what happens until it is over or nobody listens.
pub(super) async fn run<S: Executor, H: House, T>(
    endpoint: &Endpoint<S, H>,
    caller: &Caller,
    visitor: Visitor,
    envelope: Envelope,
    told: &Sender<T>,
    tell: impl Fn(Happening) -> T,
) {
    let mut tab = Tab::of(&endpoint.house, &visitor);
    let passed = Box::pin(endpoint.passed(envelope, &visitor, caller)).await;
    match &passed {
        Ok((chosen, _)) => tab.paid = chosen.cost,
        Err(_) => tab.refused = true,
    }
    drop(tab);
    let last = match passed {
        Ok((chosen, operation)) => {
            let run = perform(endpoint, caller, chosen.kind, operation, visitor.data, told, &tell);
            // What one operation breaks is not the end of the others on its socket; the panic hook has logged it.
            AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| Some(refused(&Refusal::internal(), caller)))
        }
        Err(refusal) => Some(refused(&refusal, caller)),
    };
    if let Some(last) = last {
        // Nobody listens any more: then nobody has to know.
        let _ = told.send(tell(last)).await;
    }
}

fn refused(refusal: &Refusal, caller: &Caller) -> Happening {
    Happening::Failed(vec![refusal.error(caller.request_id.as_str())])
}

async fn perform<S: Executor, H: House, T>(
    endpoint: &Endpoint<S, H>,
    caller: &Caller,
    kind: OperationType,
    operation: Operation,
    data: Data,
    told: &Sender<T>,
    tell: &impl Fn(Happening) -> T,
) -> Option<Happening> {
    let data = Arc::new(data);
    let mut answers = endpoint.schema.execute_stream(operation, Some(Arc::clone(&data)));
    let ended = caller.counts_no_longer(&endpoint.house, &data);
    let late = async {
        match kind {
            OperationType::Subscription => pending().await,
            OperationType::Query | OperationType::Mutation => {
                tokio::time::sleep(endpoint.settings.execution_timeout).await;
            }
        }
    };
    tokio::pin!(ended, late);
    loop {
        // Polled together: what is resolved goes on while the rights are read again.
        let executed = tokio::select! {
            biased;
            denied = &mut ended => return Some(Happening::Denied(denied)),
            () = &mut late => {
                let limit = endpoint.settings.execution_timeout;
                return Some(refused(&Refusal::timed_out(limit, caller.request_id.as_str()), caller));
            }
            executed = answers.next() => executed?,
        };
        let happening = happening(executed, kind, caller, endpoint.settings.response_bytes);
        let Happening::Next(_) = happening else { return Some(happening) };
        endpoint.house.rest(&data).await;
        tokio::select! {
            biased;
            denied = &mut ended => return Some(Happening::Denied(denied)),
            taken = told.send(tell(happening)) => taken.ok()?,
        }
    }
}

fn happening(mut executed: Executed, kind: OperationType, caller: &Caller, maximum: usize) -> Happening {
    // A subscription whose source cannot be made or goes on no longer has an error and nothing else.
    let failed = kind == OperationType::Subscription && executed.data == Value::Null && !executed.errors.is_empty();
    let failed = failed || errors::nothing_ran(&executed);
    errors::finish(&mut executed, caller.request_id.as_str());
    if failed {
        return Happening::Failed(executed.errors);
    }
    let answer = Answer { data: Some(executed.data), errors: executed.errors, extensions: executed.extensions };
    match answer.bytes(maximum) {
        Ok(json) => Happening::Next(json),
        Err(refusal) => refused(&refusal, caller),
    }
}

/// How many sockets and event streams each payer has open in this process.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams {
    of: Arc<Mutex<HashMap<Payer, usize>>>,
    /// Of all, also of those who are not counted by themselves.
    all: Arc<AtomicUsize>,
}

impl Streams {
    /// None yet; `all` says how many there are from here on.
    pub(super) fn counted_in(all: Arc<AtomicUsize>) -> Self {
        Self { all, ..Self::default() }
    }

    /// A place for one more; none where the payer has too many. Whoever is not signed in shares an address with others,
    /// and is not counted.
    pub(super) fn place(&self, payer: Payer) -> Option<Seat> {
        if let Payer::Known(_) = payer {
            let mut open = self.open();
            let count = open.entry(payer.clone()).or_default();
            if *count >= STREAMS_EACH {
                return None;
            }
            *count += 1;
        }
        self.all.fetch_add(1, Ordering::Relaxed);
        Some(Seat { streams: self.clone(), payer })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Payer, usize>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the streams of a payer, given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    streams: Streams,
    payer: Payer,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.streams.all.fetch_sub(1, Ordering::Relaxed);
        let mut open = self.streams.open();
        if let Some(count) = open.get_mut(&self.payer) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.payer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payer_has_so_many_streams_and_no_more() {
        let streams = Streams::default();
        let payer = |name: &str| Payer::Known(name.to_owned());
        let mut seats: Vec<_> = (0..STREAMS_EACH).filter_map(|_| streams.place(payer("a"))).collect();
        assert_eq!(seats.len(), STREAMS_EACH);
        assert!(streams.place(payer("a")).is_none());
        assert!(streams.place(payer("b")).is_some());
        seats.pop();
        assert!(streams.place(payer("a")).is_some());
        let stranger = streams.place(Payer::address(std::net::Ipv4Addr::LOCALHOST.into()));
        assert_eq!(streams.all.load(Ordering::Relaxed), STREAMS_EACH);
        drop((seats, stranger));
        assert!(streams.open().is_empty());
        assert_eq!(streams.all.load(Ordering::Relaxed), 0);
    }
}
