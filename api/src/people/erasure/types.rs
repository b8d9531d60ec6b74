//! The inputs and payloads of erasing and showing.

use async_graphql::{ID, InputObject, SimpleObject};
use chrono::{DateTime, Utc};

use crate::payload;
use crate::people::persons::Person;

/// Erases a person for good.
#[derive(InputObject)]
pub struct PersonEraseInput {
    /// Which person.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Of whom to show all that is kept.
#[derive(InputObject)]
pub struct PersonExportInput {
    /// Which person: oneself in a board, or somebody of a board that one administers.
    pub id: ID,
    /// The same id sent again within seven days is for the same person, or refused; 1 to 128 characters. As nothing is kept of
    /// the answer, all is shown as it is by then, and that stands in the audit log too.
    pub client_mutation_id: Option<String>,
}

/// All that is kept of a person at one moment.
#[derive(SimpleObject)]
pub struct PersonExport {
    /// JSON (RFC 8259): an object with an array of rows for each kind of record that names the person, by its name in the
    /// database. Ids are those of the API; times are of UTC. Texts of others, passwords and codes are left out.
    pub document: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

payload! {
    /// The answer to `personErase`.
    PersonErasePayload {
        /// What is left: a closed record without name and address; null when refused.
        person: Person
    }
}

payload! {
    /// The answer to `personExport`.
    PersonExportPayload {
        /// All that is kept of the person; null when refused.
        exported: PersonExport
    }
}
