//! The enumerations of metrics, stored as text.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is measured. `docs/metrics.md` says how.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Metric {
    Contactability,
    Activation,
    Delivery,
    Reach,
    Confirmation,
    TwoWay,
    StaffReply,
    PositiveContact,
    Intake,
    StartConversation,
    ConversationCoverage,
    NoShow,
    AgreementsKept,
    Closing,
    EventParticipation,
    SurveyResponse,
    GuardianTrust,
    TeacherTrust,
    FullEngagement,
    LessonsPrepared,
    LessonsTaught,
    TeamAttendance,
    ExperienceReturn,
    ContentUse,
}

/// How long a period is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Span {
    /// Of ISO 8601, from Monday.
    Week,
    /// The weeks whose Thursday lies in it.
    Month,
    /// The months August to July.
    SchoolYear,
}

/// Of what a figure is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    Board,
    Cluster,
    School,
    ClassGroup,
}

/// Why a figure is not shown.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Suppression {
    /// It is of too few.
    SmallDenominator,
    /// With the others it would show one that is hidden.
    Complementary,
    /// All but a few, or only a few, are counted.
    SensitiveExtreme,
}

/// How a student stands to the 100 % line.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Engaged {
    /// Every criterion that is due is met.
    Met,
    NotYet,
    /// Nothing is known to be missing, and something is not known.
    Unknown,
    /// Nothing is asked of the student.
    Exempt,
}
