//! Something that waits for an answer.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::{
    AgreementId, AnnouncementId, BookingRoundId, ConsentPurposeId, ConversationId, EventId, GoalId, SurveyId,
};

use super::rules::Awaited;
use crate::loaders;
use crate::node::{self, Node};
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::size::list_size;

/// What is asked of the viewer.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AwaitedKind {
    /// To acknowledge an announcement: `announcementAcknowledge`.
    Acknowledgement,
    /// To say whether one comes to an event: `eventRespond`.
    Rsvp,
    /// To answer a survey or a pulse: `surveyRespond`.
    Survey,
    /// To book a conversation in a round: `slotBook`.
    Booking,
    /// To say whether one comes to a conversation: `conversationRespond`.
    Invitation,
    /// To confirm an agreement, or to comment it: `agreementConfirm`, `agreementComment`.
    Agreement,
    /// To agree to a goal: `goalAgree`.
    Goal,
    /// To consent or to refuse: `consentGive`.
    Consent,
}

impl AwaitedKind {
    /// What the ids of the things begin with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Acknowledgement => AnnouncementId::PREFIX,
            Self::Rsvp => EventId::PREFIX,
            Self::Survey => SurveyId::PREFIX,
            Self::Booking => BookingRoundId::PREFIX,
            Self::Invitation => ConversationId::PREFIX,
            Self::Agreement => AgreementId::PREFIX,
            Self::Goal => GoalId::PREFIX,
            Self::Consent => ConsentPurposeId::PREFIX,
        }
    }
}

/// Something that waits for an answer.
pub struct AwaitedAnswer(pub Awaited);

/// Something that waits for the viewer to say something: one item, however many children it concerns.
#[Object]
impl AwaitedAnswer {
    /// What is asked.
    pub async fn kind(&self) -> AwaitedKind {
        self.0.kind
    }

    /// What it is about: the announcement, event, survey, booking round, conversation, agreement, goal or consent purpose.
    /// Null when the viewer may not see it any more.
    pub async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        Ok(node::of_type(ctx, self.0.kind.prefix(), &[self.0.node]).await?.pop().flatten())
    }

    /// The own children about whom it still waits, by name; none for who is asked as a member of staff.
    #[graphql(directive = list_size::apply(2))]
    pub async fn students(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        let mut found: Vec<_> = loaders::many(ctx, self.0.students.clone()).await?.into_values().collect();
        found.sort_by_cached_key(|student| (student.display_name.clone(), student.id));
        Ok(found.into_iter().map(Student).collect())
    }

    /// Since when it is asked.
    pub async fn asked_at(&self) -> DateTime<Utc> {
        self.0.asked_at
    }

    /// Until when it can be answered, or is to be; null where there is no such time.
    pub async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.0.due_at
    }
}
