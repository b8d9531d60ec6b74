//! The enumerations of conversations and rounds, as apps see them.

use async_graphql::Enum;
use glans_entity::engagement;

/// A step of the line through the school year, in its order.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::StepKind")]
pub enum StepKind {
    /// The intake (*intakegesprek*) of a new student.
    Intake,
    /// The conversation about what school, guardians and child expect of each other (*driehoeksgesprek*).
    Expectations,
    /// The goals of the year.
    Goals,
    /// A conversation about how it goes (*voortgangsgesprek*).
    Progress,
    /// The conversation that closes the year (*afsluitend gesprek*).
    Closing,
}

/// How a conversation is held.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ConversationMode")]
pub enum ConversationMode {
    /// At the school.
    AtSchool,
    /// By phone.
    Phone,
    /// By video.
    Video,
    /// At the family's home.
    HomeVisit,
}

/// Whether guardians can book in a round.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::BookingRoundStatus")]
pub enum BookingRoundStatus {
    /// Between its opening and its closing, guardians book.
    Open,
    /// The school cancelled it, with the conversations that were planned in it.
    Cancelled,
}
