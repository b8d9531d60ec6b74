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
    /// Active students of the day at the end of the period on which it is looked (`periods::looked_on`), and those of
    /// them for whom there is a fact in the period.
    Coverage,
    /// How students stand on that day.
    Standing,
}

/// Of whom a metric tells. Those of one family are about the same people, and some have the same denominators: figures
/// of one must not tell what is hidden of another (`figures/decided.rs`).
///
/// - CONTACTABILITY, `TWO_WAY`, `POSITIVE_CONTACT` and `CONVERSATION_COVERAGE` have the active students of the last
///   day, and `FULL_ENGAGEMENT` those of them who are not exempt. Those of the end of the school year are those of
///   CLOSING too, and `START_CONVERSATION` has those of one day of its week. Where one announcement goes to everybody,
///   REACH has the same, with two of them twice as many; so have events, and pulses that are answered about each child.
/// - ACTIVATION has the entitled guardians, and CONFIRMATION and surveys as many where everybody is asked.
/// - `TEAM_ATTENDANCE` has the staff of all sessions, and `CONTENT_USE` those of sessions about lessons with material.
/// - Metrics of lessons all have the pairs of the cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Students,
    Guardians,
    Staff,
    Lessons,
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

/// Of whom `metric` tells.
pub const fn family(metric: Metric) -> Family {
    match of(metric).unit {
        Unit::Student | Unit::Agreement | Unit::Answer => Family::Students,
        Unit::Guardian | Unit::Delivery | Unit::Message | Unit::Invitation => Family::Guardians,
        Unit::Staff => Family::Staff,
        Unit::Lesson => Family::Lessons,
    }
}

/// The metric whose denominators are how many there are of the family. It is the first one of it in the order of
/// `Metric::iter()`.
pub const fn first(family: Family) -> Metric {
    match family {
        Family::Students => Metric::Contactability,
        Family::Guardians => Metric::Activation,
        Family::Staff => Metric::TeamAttendance,
        Family::Lessons => Metric::LessonsPrepared,
    }
}

/// The metric that this one is within: whoever is counted here is counted there, and whoever is met here is met there.
/// It comes earlier in the order of `Metric::iter()`.
pub const fn within(metric: Metric) -> Option<Metric> {
    match metric {
        // A conversation that was held is contact of both sides.
        Metric::ConversationCoverage => Some(Metric::TwoWay),
        // Whoever is exempt is active, and to be contactable is one of the criteria.
        Metric::FullEngagement => Some(Metric::Contactability),
        _ => None,
    }
}

/// The metric of which this one tells how many are met, of whatever family that is: what is hidden there is hidden
/// here. It comes earlier in the order of `Metric::iter()`.
pub const fn tells_of(metric: Metric) -> Option<Metric> {
    match metric {
        // The answers to a pulse, where guardians have one child each.
        Metric::GuardianTrust => Some(Metric::SurveyResponse),
        // Who came, where there is one conversation about each child, with one guardian.
        Metric::NoShow => Some(Metric::ConversationCoverage),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn what_others_heed_comes_first() {
        for metric in Metric::iter() {
            assert!(first(family(metric)) <= metric, "{metric:?}");
            assert!(within(metric).is_none_or(|whole| whole < metric), "{metric:?}");
            assert!(tells_of(metric).is_none_or(|other| other < metric), "{metric:?}");
        }
    }

    #[test]
    fn what_is_within_a_metric_is_of_its_family() {
        for metric in Metric::iter() {
            assert!(within(metric).is_none_or(|whole| family(whole) == family(metric)), "{metric:?}");
        }
    }
}
