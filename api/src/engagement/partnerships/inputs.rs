//! The inputs and payloads of partnerships.

use async_graphql::{ID, InputObject};

use super::types::Partnership;
use crate::payload;
use crate::people::students::Student;

/// Changes to a partnership. What is absent stays.
#[derive(InputObject)]
pub struct PartnershipUpdateInput {
    /// Which partnership.
    pub id: ID,
    /// Whether the child is new, so that the line begins with an intake.
    pub needs_intake: Option<bool>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How a guardian wants to talk.
#[derive(InputObject)]
pub struct TalkChoiceSetInput {
    /// About which child.
    pub student: ID,
    /// Which guardian, where staff writes down what a guardian said; the viewer when absent.
    pub guardian: Option<ID>,
    /// Whether to talk apart from the other guardians.
    pub apart: bool,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `partnershipUpdate`.
    PartnershipUpdatePayload {
        /// The partnership as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        partnership: Partnership
    }
}

payload! {
    /// The answer to `talkChoiceSet`.
    TalkChoiceSetPayload {
        /// The child; null when refused.
        student: Student
    }
}
