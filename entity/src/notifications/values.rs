//! The enumerations of notifications, stored as text.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a notification is about: people choose by it what reaches them where.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Sign-in and contact details.
    Security,
    /// Urgent.
    Alert,
    /// A guardian is to confirm that it was read.
    Confirmation,
    /// Written to the person.
    Message,
    /// Talks about a child, and what came of them.
    Conversation,
    Announcement,
    Event,
    /// Questions, and consents that are asked for.
    Survey,
    /// That a child does not come.
    Absence,
    /// What a lesson of the team has for guardians.
    LessonForHome,
    /// Meetings, team sessions and what is overdue in the course.
    Programme,
    /// Reactions to experiences.
    Experience,
    /// Imports, and what fails between systems.
    Report,
}

/// A way beside the inbox in the app.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    Push,
    Email,
}

/// How far a delivery is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryState {
    Queued,
    /// Somebody holds a lease on it.
    Sending,
    Sent,
    /// The gateway will never take it.
    Failed,
    /// Given up; it can be replayed.
    Dead,
    /// Not to be sent after all.
    Suppressed,
}

/// How often e-mail about what can wait is bundled.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Digest {
    Immediate,
    Daily,
    Weekly,
}

/// An e-mail with a secret, to somebody who cannot sign in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LetterKind {
    Invitation,
    PasswordReset,
}

/// The gateway of a device.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PushPlatform {
    Fcm,
    Apns,
    WebPush,
}
