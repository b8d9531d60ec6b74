//! What is said between families and the school in a board, one of each kind about each of two children.

use glans_entity::engagement::RecipientKind;
use glans_entity::ids::{
    AbsenceNoticeId, AnnouncementId, BookingRoundId, ClassGroupId, ConcernId, ConsentId, ConsentPurposeId,
    ContactMomentId, EventId, MessageId, PersonId, SchoolYearId, SlotId, SurveyId, SurveyQuestionId, ThreadId,
};

use super::partners::Triangle;
use super::sower::Sower;

pub(super) struct Said {
    pub announcements: [AnnouncementId; 2],
    pub surveys: [SurveyId; 2],
    pub questions: [SurveyQuestionId; 2],
    pub threads: [ThreadId; 2],
    pub messages: [MessageId; 2],
    pub contact_moments: [ContactMomentId; 2],
    pub concerns: [ConcernId; 2],
    pub rounds: [BookingRoundId; 2],
    pub slots: [SlotId; 2],
    pub events: [EventId; 2],
    pub absences: [AbsenceNoticeId; 2],
    pub purposes: [ConsentPurposeId; 2],
    pub consents: [ConsentId; 2],
}

/// `leaders` write to all, the `staff` of a triangle to its guardian.
pub(super) async fn say(
    sower: &Sower<'_>,
    [one, other]: [Triangle; 2],
    leaders: [PersonId; 2],
    groups: [ClassGroupId; 2],
    school_year: SchoolYearId,
) -> Said {
    let (family, other_family) = ((one.guardian, one.student), (other.guardian, other.student));
    let announcements =
        [sower.announcement(one.school, leaders[0]).await, sower.announcement(other.school, leaders[1]).await];
    sower.addressed(announcements[0].0, RecipientKind::Announcement, family).await;
    sower.addressed(announcements[1].0, RecipientKind::Announcement, other_family).await;
    let surveys = [
        sower.survey(one.school, leaders[0], family).await,
        sower.survey(other.school, leaders[1], other_family).await,
    ];
    let threads = [sower.thread(one).await, sower.thread(other).await];
    let rounds = [sower.round(one.school, groups[0]).await, sower.round(other.school, groups[1]).await];
    let purposes = [sower.purpose(one.school).await, sower.purpose(other.school).await];
    Said {
        announcements,
        surveys: surveys.map(|(survey, _)| survey),
        questions: surveys.map(|(_, question)| question),
        threads: threads.map(|(thread, _)| thread),
        messages: threads.map(|(_, message)| message),
        contact_moments: [sower.compliment(one).await, sower.compliment(other).await],
        concerns: [sower.concern(one).await, sower.concern(other).await],
        rounds,
        slots: [sower.slot(rounds[0], one.staff).await, sower.slot(rounds[1], other.staff).await],
        events: [
            sower.event(leaders[0], (one.school, groups[0]), family).await,
            sower.event(leaders[1], (other.school, groups[1]), other_family).await,
        ],
        absences: [sower.absence(family.0, family.1).await, sower.absence(other_family.0, other_family.1).await],
        purposes,
        consents: [
            sower.consent(purposes[0], school_year, family).await,
            sower.consent(purposes[1], school_year, other_family).await,
        ],
    }
}
