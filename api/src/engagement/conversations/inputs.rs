//! The inputs and payloads of conversations.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::types::{Conversation, ConversationMode, ConversationPresence};
use crate::engagement::partnerships::types::StepKind;
use crate::payload;
use crate::platform::scalars::{Instant, LocalDate};
use crate::practice::occasions::types::OccasionAnswer;

/// A new conversation.
#[derive(InputObject)]
pub struct ConversationScheduleInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7; made by the server when absent.
    pub id: Option<ID>,
    /// About which child.
    pub student: ID,
    /// For which step: INTAKE for a child that is new, EXPECTATIONS, PROGRESS or CLOSING.
    pub kind: StepKind,
    /// When it begins, from 2000 to 2099, in a school year in which the child is in a class group.
    pub starts_at: Instant,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: Instant,
    /// How it is held.
    pub mode: ConversationMode,
    /// Where it is, at most 200 characters.
    pub location: Option<String>,
    /// The guardians who are invited, at access FULL; all of them when absent. Guardians who talk apart are invited alone.
    pub guardians: Option<Vec<ID>>,
    /// Who leads it: somebody who leads the school or teaches the child, and was never a guardian of it; the viewer when absent.
    pub staff: Option<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a planned conversation. What is absent stays.
#[derive(InputObject)]
pub struct ConversationUpdateInput {
    /// Which conversation.
    pub id: ID,
    /// When it begins, from 2000 to 2099, in a school year in which the child is in a class group. Without `endsAt` it stays as
    /// long as it was.
    pub starts_at: Option<Instant>,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: Option<Instant>,
    /// How it is held.
    pub mode: Option<ConversationMode>,
    /// Where it is, at most 200 characters; null or empty to take it away.
    pub location: MaybeUndefined<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Whether somebody was there.
#[derive(InputObject, Clone, Debug)]
pub struct ConversationPresenceInput {
    /// Who, of those who were invited.
    pub person: ID,
    /// Whether the person was there.
    pub status: ConversationPresence,
}

/// Something that was agreed on.
#[derive(InputObject, Clone, Debug)]
pub struct AgreementInput {
    /// Which one of an earlier record it was; absent for a new one. One that is not named any more is gone, and one whose
    /// words change is a new one to confirm.
    pub id: Option<ID>,
    /// What was agreed on, 1 to 500 characters.
    pub text: String,
    /// Until when; null when nothing was said.
    pub due_on: Option<LocalDate>,
}

/// How a conversation went. What is absent stays as it was recorded.
#[derive(InputObject)]
pub struct ConversationRecordInput {
    /// Which conversation. It has begun.
    pub id: ID,
    /// Who was there, at least one the first time; guardians who are not named then were absent. Later only those that change.
    pub attendance: Vec<ConversationPresenceInput>,
    /// Whether the child was there.
    pub child_present: Option<bool>,
    /// What was talked about, for the guardians as well, at most 4,000 characters; empty to take it away.
    pub summary: Option<String>,
    /// From when on guardians see summary and agreements, within 14 days; now for at once. 24 hours after the record when
    /// absent. What they have seen is not taken back.
    pub release_at: Option<Instant>,
    /// What was agreed on: these and no others, at most 10.
    pub agreements: Option<Vec<AgreementInput>>,
    /// Goals that were agreed on, at most 10; the viewer agrees to them, guardians are still to.
    pub goals: Option<Vec<String>>,
    /// A note for the viewer alone, at most 4,000 characters; empty to take it away.
    pub private_note: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A conversation that does not take place.
#[derive(InputObject)]
pub struct ConversationCancelInput {
    /// Which conversation.
    pub id: ID,
    /// Why, at most 500 characters; guardians read it.
    pub reason: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// An answer to an invitation.
#[derive(InputObject)]
pub struct ConversationRespondInput {
    /// Which conversation.
    pub id: ID,
    /// Whether the viewer is to come.
    pub answer: OccasionAnswer,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `conversationSchedule`.
    ConversationSchedulePayload {
        /// The new conversation; null when refused.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationUpdate`.
    ConversationUpdatePayload {
        /// The conversation as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationRecord`.
    ConversationRecordPayload {
        /// The conversation as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationCancel`.
    ConversationCancelPayload {
        /// The cancelled conversation; on a conflict, as somebody else left it; null when refused otherwise.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationRespond`.
    ConversationRespondPayload {
        /// The conversation as it is now; null when refused.
        conversation: Conversation
    }
}
