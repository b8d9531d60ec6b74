//! Persons, students, guardianships and roles.

mod values;
pub use values::*;

pub mod access_log;
pub mod enrolment;
pub mod guardianship;
pub mod membership;
pub mod person;
pub mod student;
