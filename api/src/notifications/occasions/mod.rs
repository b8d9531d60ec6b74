//! Who is told of an event, and as what.

mod absences;
mod accounts;
mod announcements;
pub(super) mod bookings;
mod contact;
mod conversations;
mod events;
mod fact;
mod kinds;
mod lessons;
mod partnerships;
pub(super) mod people;
mod practice;
mod roster;
pub(super) mod surveys;
mod threads;
mod webhooks;

use chrono::{DateTime, Utc};
use glans_entity::ids::PersonId;
use glans_entity::notifications::Category;
use glans_entity::platform::outbox;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::SelectStatement;
use uuid::Uuid;

use self::fact::Fact;
pub use self::fact::{seq_of, source_of};
use self::kinds::{Kind, SILENT};
use super::texts::{Figures, Text};
use crate::platform::error::{Error, Result};

/// What people are told.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The key of its text in `texts/*.ftl`.
    pub text: Text,
    pub category: Category,
    /// Passes quiet hours.
    pub urgent: bool,
    /// What to open: the prefix of its id, and the id.
    pub about: Option<(&'static str, Uuid)>,
    /// When what it tells of came about, where that is not when the event happened.
    pub occurred_at: Option<DateTime<Utc>>,
    /// When it takes place or is due.
    pub happens_at: Option<DateTime<Utc>>,
    /// When it is of no use any more, where that is earlier than usual.
    pub expires_at: Option<DateTime<Utc>>,
    /// What its text counts.
    pub figures: Option<Figures>,
    /// Selects, in this order: `person_id`, `student_id` (null where it concerns none), `least` (what a guardian must have of
    /// the student, as text; null without one) and `as_staff`. Several rows of one person become one notification.
    pub to: SelectStatement,
}

impl Notice {
    /// A notice that is not urgent, of what has no time.
    pub(super) fn new(text: Text, category: Category, about: (&'static str, Uuid), to: SelectStatement) -> Self {
        let (occurred_at, happens_at, expires_at) = (None, None, None);
        let (about, figures) = (Some(about), None);
        Self { text, category, urgent: false, about, occurred_at, happens_at, expires_at, figures, to }
    }

    /// That counts this.
    #[must_use]
    pub(super) fn counting(self, figures: Figures) -> Self {
        Self { figures: Some(figures), ..self }
    }

    /// Of what came about then.
    #[must_use]
    pub(super) fn of(self, occurred_at: DateTime<Utc>) -> Self {
        Self { occurred_at: Some(occurred_at), ..self }
    }

    /// Of what takes place then.
    #[must_use]
    pub(super) fn at(self, happens_at: impl Into<Option<DateTime<Utc>>>) -> Self {
        Self { happens_at: happens_at.into(), ..self }
    }

    /// Of no use later.
    #[must_use]
    pub(super) fn until(self, expires_at: impl Into<Option<DateTime<Utc>>>) -> Self {
        Self { expires_at: expires_at.into(), ..self }
    }
}

/// That what was told of a matter does not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The id of what the notifications are about.
    pub matter: Uuid,
    /// From whom it is taken back; from everybody where it names nobody.
    pub from: Option<PersonId>,
}

/// That somebody saw to a matter: earlier notifications of it are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The id of what the notifications are about.
    pub matter: Uuid,
    pub person: PersonId,
    /// What came about later is not read; where it names no moment, what came about after the event.
    pub up_to: Option<DateTime<Utc>>,
}

/// What an event makes of what people are told. What is withdrawn and read was told before: see to it first, then to the
/// notices.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub notices: Vec<Notice>,
    /// Earlier notifications that are not read yet are withdrawn.
    pub withdrawn: Vec<Withdrawal>,
    pub read: Vec<Reading>,
}

impl Told {
    fn nothing() -> Self {
        Self::default()
    }

    fn telling(notices: impl IntoIterator<Item = Notice>) -> Self {
        Self { notices: notices.into_iter().collect(), ..Self::default() }
    }

    /// What the person saw to.
    fn reading(matters: impl IntoIterator<Item = Uuid>, person: Option<PersonId>) -> Self {
        let Some(person) = person else { return Self::default() };
        let reading = |matter| Reading { matter, person, up_to: None };
        Self { read: matters.into_iter().map(reading).collect(), ..Self::default() }
    }

    /// How far the person has read the matter.
    fn reading_up_to(matter: Uuid, person: PersonId, up_to: DateTime<Utc>) -> Self {
        Self { read: vec![Reading { matter, person, up_to: Some(up_to) }], ..Self::default() }
    }

    /// Takes back what was told before of the matter.
    #[must_use]
    fn taking_back(mut self, matter: Uuid) -> Self {
        self.withdrawn.push(Withdrawal { matter, from: None });
        self
    }

    /// Takes back from one person what was told before of the matter.
    #[must_use]
    fn taking_back_from(mut self, matter: Uuid, person: PersonId) -> Self {
        self.withdrawn.push(Withdrawal { matter, from: Some(person) });
        self
    }
}

/// What `event` tells, and to whom.
pub async fn told(db: &impl ConnectionTrait, event: &outbox::Model) -> Result<Told> {
    if SILENT.contains(&event.kind.as_str()) {
        return Ok(Told::nothing());
    }
    let unknown = |_| Error::fault(format!("nobody knows whom an event of the kind {} concerns", event.kind));
    let kind: Kind = event.kind.parse().map_err(unknown)?;
    let fact = Fact::new(event);
    match kind {
        Kind::AbsenceReported => absences::reported(db, fact).await,
        Kind::AbsenceWithdrawn => absences::withdrawn(db, fact).await,
        Kind::AgreementCommented | Kind::AgreementConfirmed => partnerships::answered(db, fact).await,
        Kind::AnnouncementAcknowledged => announcements::acknowledged(fact),
        Kind::AnnouncementCorrected => announcements::corrected(db, fact).await,
        Kind::AnnouncementPublished => announcements::published(db, fact).await,
        Kind::AnnouncementRead => announcements::read(db, fact).await,
        Kind::AnnouncementWithdrawn => announcements::withdrawn(fact),
        Kind::BookingRoundCancelled => bookings::cancelled(fact),
        Kind::BookingRoundOpened => bookings::opened(db, fact).await,
        Kind::BookingRoundReminded => bookings::reminded(db, fact).await,
        Kind::BookingRoundUpdated => bookings::updated(db, fact).await,
        Kind::ConcernAcknowledged => contact::acknowledged(db, fact).await,
        Kind::ConcernRaised => contact::raised(db, fact).await,
        Kind::ConcernResolved => contact::resolved(db, fact).await,
        Kind::ConsentAnswered => surveys::consent_answered(db, fact).await,
        Kind::ConsentPurposeArchived => surveys::purpose_archived(fact),
        Kind::ConsentPurposeCreated => surveys::purpose_created(db, fact).await,
        Kind::ContactMomentDeleted => contact::deleted(fact),
        Kind::ContactMomentLogged => contact::logged(db, fact).await,
        Kind::ContactMomentUpdated => contact::updated(db, fact).await,
        Kind::ConversationAnswered => conversations::answered(fact),
        Kind::ConversationCancelled => conversations::cancelled(db, fact).await,
        Kind::ConversationMoved => conversations::moved(db, fact).await,
        Kind::ConversationReleased => conversations::released(db, fact).await,
        Kind::ConversationScheduled => conversations::scheduled(db, fact).await,
        Kind::ConversationUpdated => conversations::updated(db, fact).await,
        Kind::EventAnswered => events::answered(fact),
        Kind::EventCancelled => events::cancelled(db, fact).await,
        Kind::EventCreated => events::created(db, fact).await,
        Kind::EventMovedUp => events::moved_up(db, fact).await,
        Kind::EventUpdated => events::updated(db, fact).await,
        Kind::ExperienceCommented => practice::commented(db, fact).await,
        Kind::ExperienceShared | Kind::ExperienceWidened => practice::shared(db, fact).await,
        Kind::FeedRead => announcements::read_in_feed(fact),
        Kind::GoalAgreed => partnerships::agreed(fact),
        Kind::GoalProposed => partnerships::proposed(db, fact).await,
        Kind::LessonTaught => lessons::taught(db, fact).await,
        Kind::MeetingCancelled => practice::meeting(db, fact, Text::MeetingCancelled).await,
        Kind::MeetingMoved => practice::meeting(db, fact, Text::MeetingMoved).await,
        Kind::MeetingPlanned => practice::meeting(db, fact, Text::MeetingPlanned).await,
        Kind::MembershipGranted => accounts::granted(db, fact).await,
        Kind::MembershipRevoked => accounts::revoked(fact),
        Kind::MessageArrived => threads::arrived(db, fact).await,
        Kind::MessageUndeliverable => threads::undeliverable(db, fact).await,
        Kind::PasswordChanged => accounts::password_changed(fact),
        Kind::PersonEmailChanged => accounts::email_changed(fact),
        Kind::RosterImported => roster::ended(db, fact, Text::RosterImported).await,
        Kind::RosterRefused => roster::ended(db, fact, Text::RosterRefused).await,
        Kind::SessionCreated => accounts::signed_in(db, fact).await,
        Kind::SlotBooked => bookings::booked(db, fact).await,
        Kind::SlotMoved => bookings::moved(db, fact).await,
        Kind::SlotReleased => bookings::released(db, fact).await,
        Kind::SurveyClosed => surveys::closed(fact),
        Kind::SurveyOpened => surveys::opened(db, fact).await,
        Kind::TeamSessionCancelled => practice::session(db, fact, Text::SessionCancelled).await,
        Kind::TeamSessionMoved => practice::session(db, fact, Text::SessionMoved).await,
        Kind::TeamSessionPlanned => practice::session(db, fact, Text::SessionPlanned).await,
        Kind::ThreadRead => threads::read(db, fact).await,
        Kind::ThreadTakenOn => threads::taken_on(db, fact).await,
        Kind::WebhookEndpointDeleted | Kind::WebhookEndpointEnabled => webhooks::seen_to(fact),
        Kind::WebhookEndpointDisabled => webhooks::disabled(db, fact).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_saw_to_something_has_read_of_it() {
        let (first, second, reader) = (Uuid::now_v7(), Uuid::now_v7(), PersonId::new());
        let read = |matter| Reading { matter, person: reader, up_to: None };
        assert_eq!(Told::reading([first, second], Some(reader)).read, [read(first), read(second)]);
        assert_eq!(Told::reading([first], None).read, []);
    }

    #[test]
    fn what_is_taken_back_is_from_everybody_or_from_one() {
        let (matter, person) = (Uuid::now_v7(), PersonId::new());
        let told = Told::nothing().taking_back(matter).taking_back_from(matter, person);
        assert_eq!(told.withdrawn, [Withdrawal { matter, from: None }, Withdrawal { matter, from: Some(person) }]);
    }
}
