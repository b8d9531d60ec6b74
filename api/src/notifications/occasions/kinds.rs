//! The kinds of events, and whether somebody is told of them.

use strum::{EnumIter, EnumString, IntoStaticStr};

/// A kind of event of which somebody is told, or after which something that was told does not hold or is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
pub(super) enum Kind {
    #[strum(serialize = "absence.reported")]
    AbsenceReported,
    #[strum(serialize = "absence.withdrawn")]
    AbsenceWithdrawn,
    #[strum(serialize = "agreement.commented")]
    AgreementCommented,
    #[strum(serialize = "agreement.confirmed")]
    AgreementConfirmed,
    #[strum(serialize = "announcement.acknowledged")]
    AnnouncementAcknowledged,
    #[strum(serialize = "announcement.corrected")]
    AnnouncementCorrected,
    #[strum(serialize = "announcement.published")]
    AnnouncementPublished,
    #[strum(serialize = "announcement.read")]
    AnnouncementRead,
    #[strum(serialize = "announcement.withdrawn")]
    AnnouncementWithdrawn,
    #[strum(serialize = "booking_round.cancelled")]
    BookingRoundCancelled,
    #[strum(serialize = "booking_round.opened")]
    BookingRoundOpened,
    #[strum(serialize = "booking_round.reminded")]
    BookingRoundReminded,
    #[strum(serialize = "booking_round.updated")]
    BookingRoundUpdated,
    #[strum(serialize = "concern.acknowledged")]
    ConcernAcknowledged,
    #[strum(serialize = "concern.raised")]
    ConcernRaised,
    #[strum(serialize = "concern.resolved")]
    ConcernResolved,
    #[strum(serialize = "consent.answered")]
    ConsentAnswered,
    #[strum(serialize = "consent_purpose.archived")]
    ConsentPurposeArchived,
    #[strum(serialize = "consent_purpose.created")]
    ConsentPurposeCreated,
    #[strum(serialize = "contact_moment.deleted")]
    ContactMomentDeleted,
    #[strum(serialize = "contact_moment.logged")]
    ContactMomentLogged,
    #[strum(serialize = "contact_moment.updated")]
    ContactMomentUpdated,
    #[strum(serialize = "conversation.answered")]
    ConversationAnswered,
    #[strum(serialize = "conversation.cancelled")]
    ConversationCancelled,
    #[strum(serialize = "conversation.moved")]
    ConversationMoved,
    #[strum(serialize = "conversation.released")]
    ConversationReleased,
    #[strum(serialize = "conversation.scheduled")]
    ConversationScheduled,
    #[strum(serialize = "conversation.updated")]
    ConversationUpdated,
    #[strum(serialize = "event.answered")]
    EventAnswered,
    #[strum(serialize = "event.cancelled")]
    EventCancelled,
    #[strum(serialize = "event.created")]
    EventCreated,
    #[strum(serialize = "event.moved_up")]
    EventMovedUp,
    #[strum(serialize = "event.updated")]
    EventUpdated,
    #[strum(serialize = "experience.commented")]
    ExperienceCommented,
    #[strum(serialize = "experience.shared")]
    ExperienceShared,
    #[strum(serialize = "experience.widened")]
    ExperienceWidened,
    #[strum(serialize = "feed.read")]
    FeedRead,
    #[strum(serialize = "goal.agreed")]
    GoalAgreed,
    #[strum(serialize = "goal.proposed")]
    GoalProposed,
    #[strum(serialize = "lesson.taught")]
    LessonTaught,
    #[strum(serialize = "meeting.cancelled")]
    MeetingCancelled,
    #[strum(serialize = "meeting.moved")]
    MeetingMoved,
    #[strum(serialize = "meeting.planned")]
    MeetingPlanned,
    #[strum(serialize = "membership.granted")]
    MembershipGranted,
    #[strum(serialize = "membership.revoked")]
    MembershipRevoked,
    #[strum(serialize = "message.arrived")]
    MessageArrived,
    #[strum(serialize = "message.undeliverable")]
    MessageUndeliverable,
    #[strum(serialize = "password.changed")]
    PasswordChanged,
    #[strum(serialize = "person.email_changed")]
    PersonEmailChanged,
    #[strum(serialize = "roster.imported")]
    RosterImported,
    #[strum(serialize = "roster.refused")]
    RosterRefused,
    #[strum(serialize = "session.created")]
    SessionCreated,
    #[strum(serialize = "slot.booked")]
    SlotBooked,
    #[strum(serialize = "slot.moved")]
    SlotMoved,
    #[strum(serialize = "slot.released")]
    SlotReleased,
    #[strum(serialize = "survey.closed")]
    SurveyClosed,
    #[strum(serialize = "survey.opened")]
    SurveyOpened,
    #[strum(serialize = "team_session.cancelled")]
    TeamSessionCancelled,
    #[strum(serialize = "team_session.moved")]
    TeamSessionMoved,
    #[strum(serialize = "team_session.planned")]
    TeamSessionPlanned,
    #[strum(serialize = "thread.read")]
    ThreadRead,
    #[strum(serialize = "thread.taken_on")]
    ThreadTakenOn,
    #[strum(serialize = "webhook_endpoint.deleted")]
    WebhookEndpointDeleted,
    #[strum(serialize = "webhook_endpoint.disabled")]
    WebhookEndpointDisabled,
    #[strum(serialize = "webhook_endpoint.enabled")]
    WebhookEndpointEnabled,
}

/// Events of which nobody is told. What asks for a letter is seen to elsewhere. That somebody answered a survey must name
/// nobody, for the answers may be without a name.
pub(super) const SILENT: [&str; 73] = [
    "agreement.marked",
    "announcement.created",
    "announcement.scheduled",
    "announcement.taken_back",
    "announcement.updated",
    "api_client.created",
    "api_client.revoked",
    "api_client.secret_rotated",
    "board.archived",
    "board.created",
    "board.updated",
    "class_group.archived",
    "class_group.created",
    "class_group.updated",
    "cluster.archived",
    "cluster.created",
    "cluster.updated",
    "cohort.created",
    "cohort.migrated",
    "cohort.school_added",
    "cohort.school_removed",
    "cohort.updated",
    "contact_rules.updated",
    "conversation.recorded",
    "engagement.period_closed",
    "event.checked_in",
    "experience.updated",
    "goal.marked",
    "guardianship.access_changed",
    "guardianship.created",
    "guardianship.ended",
    "guardianship.status_changed",
    "guardianship.updated",
    "invitation.accepted",
    "invitation.created",
    "lesson.discussed",
    "lesson.prepared",
    "lesson.skipped",
    "lesson.updated",
    "material.updated",
    "meeting.recorded",
    "meeting.updated",
    "message.sent",
    "partnership.completed",
    "partnership.updated",
    "password.reset_requested",
    "person.archived",
    "person.created",
    "person.erased",
    "person.updated",
    "programme.imported",
    "programme.published",
    "roster.import_started",
    "roster.rolled_back",
    "school.archived",
    "school.created",
    "school.moved",
    "school.updated",
    "school_year.created",
    "student.created",
    "student.left",
    "student.placed",
    "student.updated",
    "survey.created",
    "survey.responded",
    "survey.updated",
    "talk_choice.set",
    "team_session.recorded",
    "thread.closed",
    "thread.started",
    "webhook_endpoint.created",
    "webhook_endpoint.secret_rotated",
    "webhook_endpoint.updated",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use strum::IntoEnumIterator;

    use super::*;

    /// Words with a point that are written as kinds are, and are none: names of orders, fields of inputs, files.
    const OTHERS: [&str; 18] = [
        ".csv", ".db", ".exclude", ".example", ".id", ".include", ".ini", ".key", ".name", ".org", ".roles", ".test",
        ".texts", ".time", ".toml", ".version", ".wake", ".yaml",
    ];

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("notifications") {
                sources(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }

    /// What stands between quotes and reads as `noun.done`.
    fn written(source: &str) -> BTreeSet<String> {
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        let is_kind = |text: &&str| text.split_once('.').is_some_and(|(noun, done)| is_word(noun) && is_word(done));
        let quoted = source.split('"').filter(is_kind);
        quoted.filter(|text| !OTHERS.iter().any(|end| text.ends_with(end))).map(str::to_owned).collect()
    }

    #[test]
    fn what_happens_is_told_to_somebody_or_expressly_to_nobody() {
        let mut files = Vec::new();
        for slice in
            ["engagement", "identity", "metrics/webhooks", "organisation", "people", "practice", "programme", "roster"]
        {
            sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(slice), &mut files);
        }
        // Lines of the audit log are named as events are.
        files.retain(|file| !file.ends_with("audit.rs"));
        let emitted: BTreeSet<String> =
            files.iter().flat_map(|file| written(&std::fs::read_to_string(file).unwrap())).collect();
        let told: BTreeSet<String> = Kind::iter().map(|kind| <&str>::from(kind).to_owned()).collect();
        let silent: BTreeSet<String> = SILENT.map(str::to_owned).into();
        assert_eq!(told.intersection(&silent).count(), 0, "both told and silent");
        let known: BTreeSet<String> = told.union(&silent).cloned().collect();
        let unknown: Vec<_> = emitted.difference(&known).collect();
        assert!(unknown.is_empty(), "nobody decided who is told of {unknown:?}");
        let gone: Vec<_> = known.difference(&emitted).collect();
        assert!(gone.is_empty(), "nothing emits {gone:?} any more");
    }

    #[test]
    fn kinds_are_found_in_source() {
        let source = r#"tell("event.moved_up", "an.other.one", "users.csv"); emit("Event.time")"#;
        assert_eq!(written(source), BTreeSet::from(["event.moved_up".to_owned()]));
    }
}
