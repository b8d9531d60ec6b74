//! What goes out by e-mail.

use chrono::{DateTime, Utc};
use glans_entity::ids::{AccountId, DeliveryId};
use glans_entity::notifications::Category;

use crate::notifications::texts::{Figures, Text};

/// An e-mail to one person. Its subject names no child and quotes nothing.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Makes the Message-ID, so that a second try is known as the same one.
    pub delivery: DeliveryId,
    pub to: String,
    /// BCP 47.
    pub language: String,
    /// None of who is invited.
    pub account: Option<AccountId>,
    pub matter: Matter,
}

/// What an e-mail says.
#[derive(Clone, Debug)]
pub enum Matter {
    /// One notification.
    Notice {
        text: Text,
        category: Category,
        school: Option<String>,
        /// The time zone of the board, by its IANA name.
        time_zone: String,
        happens_at: Option<DateTime<Utc>>,
        figures: Figures,
        /// Whom it is about: none of what concerns no child, or is told to staff.
        children: Children,
        /// For the calendar of the person.
        entry: Option<Entry>,
        /// TypeID of what to open.
        about: Option<String>,
        /// Whether the person may switch this category off: then the e-mail says how.
        can_be_switched_off: bool,
    },
    /// What waited, by school and then by child.
    Digest { schools: Vec<AtSchool> },
    /// Somebody may make an account with this code.
    Invitation { board: String, code: String },
    /// Somebody asked for a new password.
    PasswordReset { code: String },
}

/// What waits of one school. What concerns children at several is of these together, what is of no school is of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtSchool {
    /// What they are called.
    pub names: Vec<String>,
    pub shares: Vec<Share>,
}

/// What waits about the same children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub children: Children,
    pub waiting: Vec<Waiting>,
}

/// Whom something is about. Children go by their class groups: what leaves the app names none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Children {
    /// How many that are; 0 of what concerns none.
    pub count: usize,
    /// The names of their class groups.
    pub groups: Vec<String>,
    /// Whether one of them is in no class group.
    pub without_group: bool,
}

/// How much waits of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub category: Category,
    pub count: u64,
}

/// A talk for the calendar: iTIP, RFC 5546.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub uid: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub cancelled: bool,
    /// Counts up with every change.
    pub sequence: i32,
}
