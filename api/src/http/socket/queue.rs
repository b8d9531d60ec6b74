//! What waits for a client: so many messages, and so many bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::message::Closing;

/// Messages that wait for a client before it is given up.
const MESSAGES: usize = 256;
/// Bytes that wait for a client before it is given up: three of the largest answers. The message that goes beyond is
/// queued yet, so that no single one is too large.
const BYTES: usize = 16 * 1024 * 1024;

/// Where messages are put.
pub(super) struct Queue {
    texts: Sender<String>,
    waiting: Arc<AtomicUsize>,
}

/// Where they are taken.
pub(super) struct Queued {
    texts: Receiver<String>,
    /// Bytes of what was put and is not sent yet.
    waiting: Arc<AtomicUsize>,
}

pub(super) fn queue() -> (Queue, Queued) {
    let (put, taken) = channel(MESSAGES);
    let waiting = Arc::new(AtomicUsize::new(0));
    (Queue { texts: put, waiting: Arc::clone(&waiting) }, Queued { texts: taken, waiting })
}

impl Queue {
    /// Queues a message, unless so much waits already that the client is given up.
    pub(super) fn put(&self, text: String) -> Result<(), Closing> {
        if self.waiting.load(Ordering::Relaxed) >= BYTES {
            return Err(Closing::TOO_SLOW);
        }
        self.waiting.fetch_add(text.len(), Ordering::Relaxed);
        self.texts.try_send(text).map_err(|_| Closing::TOO_SLOW)
    }
}

impl Queued {
    /// The next message, which waits until it is [`sent`](Self::sent). None when nobody puts any more.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.texts.recv().await
    }

    /// A message of so many bytes waits no longer.
    pub(super) fn sent(&self, bytes: usize) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_bytes_wait_and_no_more() {
        let (queue, mut queued) = queue();
        let put = |bytes: usize| queue.put("x".repeat(bytes));
        assert_eq!(put(BYTES - 1), Ok(()));
        assert_eq!(put(BYTES), Ok(()), "the one that goes beyond is queued yet");
        assert_eq!(put(1), Err(Closing::TOO_SLOW));
        let first = queued.next().await.unwrap();
        assert_eq!(put(1), Err(Closing::TOO_SLOW), "what is taken is not sent yet");
        queued.sent(first.len());
        assert_eq!(put(1), Err(Closing::TOO_SLOW), "a whole one waits");
        let second = queued.next().await.unwrap();
        queued.sent(second.len());
        assert_eq!(put(1), Ok(()));
    }

    #[test]
    fn so_many_messages_wait_and_no_more() {
        let (queue, _queued) = queue();
        for _ in 0..MESSAGES {
            assert_eq!(queue.put("x".to_owned()), Ok(()));
        }
        assert_eq!(queue.put("x".to_owned()), Err(Closing::TOO_SLOW));
    }
}
