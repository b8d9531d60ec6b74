//! The enumerations of the people, as the API has them. The tables have their own, so that neither binds the other.

use async_graphql::Enum;
use glans_entity::people;

/// What somebody is in a scope.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "people::Role")]
pub enum Role {
    /// Administers a board (*bestuursbeheerder*).
    BoardAdmin,
    /// Directs a cluster of schools (*clusterdirecteur*).
    ClusterDirector,
    /// Leads a school (*schoolleider*).
    SchoolLeader,
    /// Teaches a class group, or works in a school (*leerkracht*).
    Teacher,
    /// Teaches the course to school leaders (*trainer*).
    Trainer,
    /// Has parental authority over a student or cares for one (*ouder*, *verzorger*).
    Guardian,
}

/// How a guardian is related to a student.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "people::GuardianRelationship")]
pub enum GuardianRelationship {
    /// Mother or father (*ouder*).
    Parent,
    /// Partner of a parent (*stiefouder*).
    StepParent,
    /// Foster parent (*pleegouder*).
    FosterParent,
    /// Grandmother or grandfather (*grootouder*).
    Grandparent,
    /// Guardian by order of a court (*voogd*).
    LegalGuardian,
    /// Anybody else.
    Other,
}

/// What a guardian may have of a student.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "people::GuardianAccess")]
pub enum GuardianAccess {
    /// Everything that is for guardians.
    Full,
    /// No parental authority: important facts, when the guardian asks (*informatierecht*).
    OnRequest,
    /// Reached in an emergency only.
    EmergencyOnly,
    /// Nothing: nothing is sent, and what a device keeps is withdrawn.
    None,
}

/// Whether a guardianship counts.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "people::GuardianshipStatus")]
pub enum GuardianshipStatus {
    /// Stored, and the guardian has not accepted the invitation yet.
    Invited,
    /// In force.
    Active,
    /// Not in force until the school has verified it.
    Suspended,
    /// Over. The past stays.
    Ended,
}
