//! People: persons as a board knows them, students, enrolments, guardianships and memberships, and who looked at them.

pub mod access_log;
pub mod enrolments;
pub mod erasure;
pub mod guardianships;
pub mod memberships;
pub mod persons;
pub mod places;
pub mod rights;
pub mod students;
pub mod values;

pub use persons::administer;
