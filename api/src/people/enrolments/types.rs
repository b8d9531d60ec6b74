//! The input and payload of placing a student.

use async_graphql::{ID, InputObject};

use crate::payload;
use crate::people::students::Student;

/// The class groups of a student from today on.
#[derive(InputObject)]
pub struct EnrolmentSetInput {
    /// Which student.
    pub student: ID,
    /// All class groups in which the student is from today on, at most 10, of the student's school; the places in
    /// others end yesterday.
    pub class_groups: Vec<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `enrolmentSet`.
    EnrolmentSetPayload {
        /// The student in the new groups; null when refused.
        student: Student
    }
}
