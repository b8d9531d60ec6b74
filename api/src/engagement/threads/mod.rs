//! Threads: messages between the staff of a school and guardians about one child.
//!
//! Who may read and write is asked anew each time: of guardians who has everything of the child today, of staff who leads
//! the school or teaches the child today. What a guardian sends outside the hours of the school arrives when the next
//! begin; until then nobody but the author knows of it. Within a thread the arrival of a message is its place.

mod actions;
pub mod company;
pub mod inputs;
mod loaders;
mod mutation;
pub mod post;
mod query;
mod rules;
pub mod store;
mod subscription;
pub mod succession;
pub mod types;

pub use mutation::ThreadMutation;
pub use query::ThreadQuery;
pub use subscription::MessageSubscription;
pub use types::{Message, Thread};
