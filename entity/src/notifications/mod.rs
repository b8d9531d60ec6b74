//! What people are told of, and by which way.

pub mod channel_preference;
pub mod delivery;
pub mod device;
pub mod notification;
pub mod notification_settings;
pub mod notification_student;
mod values;

pub use values::{Category, Channel, DeliveryState, Digest, LetterKind, PushPlatform};

use crate::ids::{AbsenceNoticeId, AgreementId, ConcernId, ConversationId, GoalId, ThreadId};

/// What staff is told of as long as it has the child in confidence: the prefixes of its ids.
pub const IN_CONFIDENCE: [&str; 6] = [
    AbsenceNoticeId::PREFIX,
    AgreementId::PREFIX,
    ConcernId::PREFIX,
    ConversationId::PREFIX,
    GoalId::PREFIX,
    ThreadId::PREFIX,
];

/// The texts of this that staff is told all the same, for they are of the own day and the own words: that a conversation does
/// not take place, and that a message of theirs reached nobody.
pub const OF_ONESELF: [&str; 2] = ["conversation-cancelled", "message-undeliverable"];
