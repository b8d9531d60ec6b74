//! What each metric is a ratio of.

use glans_entity::metrics::Metric;

use super::figures::{LEAST, LEAST_SENSITIVE};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Student,
    Guardian,
    Delivery,
    Message,
    Agreement,
    /// An answer to a survey.
    Answer,
    /// A guardian at a conversation.
    Invitation,
    /// A lesson at a school.
    Lesson,
    Staff,
}

/// Over what it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counting {
    /// What happened in the period: the sum of its facts.
    Events,
    /// Active students of the last day of the period, and those of them for whom there is a fact in the period.
    Coverage,
    /// How students stand on the last day of the period.
    Standing,
}

/// How a metric is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    pub metric: Metric,
    /// Counts up when the formula changes; figures keep the one they were made by.
    pub version: i32,
    pub unit: Unit,
    pub counting: Counting,
}

/// The definition of `metric`.
pub const fn of(metric: Metric) -> Definition {
    use Counting::{Coverage, Events, Standing};
    use Metric as M;
    let (unit, counting) = match metric {
        M::Contactability | M::FullEngagement => (Unit::Student, Standing),
        M::Activation => (Unit::Guardian, Standing),
        M::TwoWay | M::PositiveContact | M::ConversationCoverage => (Unit::Student, Coverage),
        M::Reach | M::Intake | M::StartConversation | M::Closing | M::EventParticipation => (Unit::Student, Events),
        M::Delivery => (Unit::Delivery, Events),
        M::Confirmation | M::SurveyResponse => (Unit::Guardian, Events),
        M::StaffReply => (Unit::Message, Events),
        M::NoShow => (Unit::Invitation, Events),
        M::AgreementsKept => (Unit::Agreement, Events),
        M::GuardianTrust | M::TeacherTrust => (Unit::Answer, Events),
        M::LessonsPrepared | M::LessonsTaught | M::ExperienceReturn => (Unit::Lesson, Events),
        M::TeamAttendance | M::ContentUse => (Unit::Staff, Events),
    };
    Definition { metric, version: 1, unit, counting }
}

/// Of fewer no figure is shown; by language of ten for every metric. Lessons are nobody.
pub const fn least(metric: Metric) -> i64 {
    match metric {
        Metric::SurveyResponse | Metric::GuardianTrust | Metric::TeacherTrust => LEAST_SENSITIVE,
        Metric::LessonsPrepared | Metric::LessonsTaught | Metric::ExperienceReturn => 1,
        _ => LEAST,
    }
}
