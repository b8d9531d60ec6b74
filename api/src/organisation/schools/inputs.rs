//! The inputs and payloads of schools.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::types::School;
use crate::payload;

/// A new school.
#[derive(InputObject)]
pub struct SchoolCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The board that it belongs to.
    pub board: ID,
    /// The cluster that it is in; absent for none.
    pub cluster: Option<ID>,
    /// What the school is called, 1 to 120 characters.
    pub name: String,
    /// BRIN: two digits and two letters.
    pub brin: Option<String>,
    /// Two digits; `00` when absent and a BRIN is given.
    pub location_code: Option<String>,
    /// Town, 1 to 80 characters.
    pub city: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a school. What is absent stays.
#[derive(InputObject)]
pub struct SchoolUpdateInput {
    /// Which school.
    pub id: ID,
    /// What the school is called, 1 to 120 characters.
    pub name: Option<String>,
    /// Town, 1 to 80 characters; null clears it.
    pub city: MaybeUndefined<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Moves a school to another cluster of its board. Figures of the past stay with the cluster of their day.
#[derive(InputObject)]
pub struct SchoolMoveInput {
    /// Which school.
    pub id: ID,
    /// The cluster that it goes to; null for none. It has to be said: left out, it is refused with REQUIRED.
    pub cluster: MaybeUndefined<ID>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Closes a school. Its history stays.
#[derive(InputObject)]
pub struct SchoolArchiveInput {
    /// Which school.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `schoolCreate`.
    SchoolCreatePayload {
        /// The new school; null when refused.
        school: School,
        school_edge
    }
}

payload! {
    /// The answer to `schoolUpdate`.
    SchoolUpdatePayload {
        /// The school as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        school: School
    }
}

payload! {
    /// The answer to `schoolMove`.
    SchoolMovePayload {
        /// The school as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        school: School
    }
}

payload! {
    /// The answer to `schoolArchive`.
    SchoolArchivePayload {
        /// The closed school; on a conflict, as somebody else left it; null when refused otherwise.
        school: School
    }
}
