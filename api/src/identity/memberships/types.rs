//! The inputs and payloads of the mutations of roles. The membership itself is people's.

use async_graphql::{ID, InputObject};

use crate::payload;
use crate::people::memberships::Membership;
use crate::people::values::Role;
use crate::platform::scalars::LocalDate;

/// A role to grant.
#[derive(InputObject)]
pub struct MembershipGrantInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent. A role that the person has already keeps the id that it has.
    pub id: Option<ID>,
    /// Who gets it: a person of the board in which the scope lies.
    pub person: ID,
    /// Which role. GUARDIAN is not granted here: make a guardianship.
    pub role: Role,
    /// Where: a board for `BOARD_ADMIN`, a cluster for `CLUSTER_DIRECTOR`, a school for `SCHOOL_LEADER`, a school or
    /// class group for TEACHER, a board or cohort for TRAINER.
    pub scope: ID,
    /// The first day on which it counts; absent for at once.
    pub starts_on: Option<LocalDate>,
    /// The last day on which it counts, not before `startsOn`, or today where that is absent; absent for no end.
    pub ends_on: Option<LocalDate>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A role to take.
#[derive(InputObject)]
pub struct MembershipRevokeInput {
    /// Which membership.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `membershipGrant`.
    MembershipGrantPayload {
        /// The role as it is now; null when refused.
        membership: Membership
    }
}

payload! {
    /// The answer to `membershipRevoke`.
    MembershipRevokePayload {
        /// The role that ended; on a conflict, as somebody else left it; null when refused otherwise.
        membership: Membership
    }
}
