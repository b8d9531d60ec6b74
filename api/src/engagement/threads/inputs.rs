//! The inputs and payloads of threads.

use async_graphql::{ID, InputObject, SimpleObject};
use glans_entity::engagement::thread;

use super::types::{Message, Thread};
use crate::payload;
use crate::platform::error::{Result, UserError, outcome};
use crate::platform::page::PageEdge;
use crate::platform::size::list_size;
use crate::sync_cursor;

/// A new thread.
#[derive(InputObject)]
pub struct ThreadStartInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent. Where guardians talk apart, that of the first of the threads.
    pub id: Option<ID>,
    /// The child that it is about.
    pub student: ID,
    /// What it is about, 1 to 120 characters.
    pub subject: String,
    /// The first message, 1 to 4,000 characters.
    pub body: String,
    /// Ids of persons to write to, at most 20. Of staff: guardians of the child, all of them when none is named, and
    /// colleagues who teach the child or lead the school. Of a guardian: teachers of the child and leaders of the school, the
    /// teachers when absent; never another guardian.
    pub participants: Option<Vec<ID>>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A new message.
#[derive(InputObject)]
pub struct MessageSendInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// In which thread.
    pub thread: ID,
    /// What to write, 1 to 4,000 characters.
    pub body: String,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How far a thread was read.
#[derive(InputObject)]
pub struct ThreadReadInput {
    /// Which thread.
    pub thread: ID,
    /// The id of the last message that was read; of all that have arrived when absent.
    pub up_to: Option<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Closes a thread.
#[derive(InputObject)]
pub struct ThreadCloseInput {
    /// Which thread.
    pub thread: ID,
    /// Refused with CONFLICT when the stored version is another one, as when a message arrived meanwhile.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `threadStart`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ThreadStartPayload {
    /// The first of the new threads; null when refused.
    pub thread: Option<Thread>,
    /// Its edge, for an app that puts it into a list without asking again: the cursor is that of the order which comes
    /// unless asked otherwise, and `BAD_CURSOR` in any other. Whether it passes the filter of the list is for the app
    /// to know. Null when the node is.
    pub thread_edge: Option<PageEdge<Thread>>,
    /// The new threads: one for each guardian where they talk apart, else one; empty when refused.
    #[graphql(directive = list_size::apply(2))]
    pub threads: Vec<Thread>,
    /// Each of the new threads, as `threadEdge` is the first of them; empty when refused.
    #[graphql(directive = list_size::apply(2))]
    pub thread_edges: Vec<PageEdge<Thread>>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(ThreadStartPayload);

impl ThreadStartPayload {
    /// The payload of a finished act.
    pub fn of(done: Result<Vec<thread::Model>>) -> Result<Self> {
        let (rows, user_errors) = outcome(done)?;
        let rows = rows.unwrap_or_default();
        let first = rows.first().cloned();
        let thread_edge = first.clone().map(PageEdge::of).transpose()?;
        let thread_edges = rows.iter().cloned().map(PageEdge::of).collect::<Result<_>>()?;
        let threads = rows.into_iter().map(Thread).collect();
        Ok(Self { thread: first.map(Thread), thread_edge, threads, thread_edges, user_errors })
    }
}

payload! {
    /// The answer to `messageSend`.
    MessageSendPayload {
        /// The new message; null when refused.
        message: Message,
        message_edge
    }
}

payload! {
    /// The answer to `threadRead`.
    ThreadReadPayload {
        /// The thread as it is now; null when refused.
        thread: Thread
    }
}

payload! {
    /// The answer to `threadClose`.
    ThreadClosePayload {
        /// The thread as it is now; on a conflict, as it was left; null when refused otherwise.
        thread: Thread
    }
}
