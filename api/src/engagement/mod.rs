//! Partnership: what families and schools do together, through the year and every day.
//!
//! What is addressed to many goes through [`audience`]: a place is resolved to guardians and children once, in one
//! statement, and from then on each row follows what its guardian may have of its child.

pub mod absences;
pub mod agreements;
pub mod announcements;
pub mod appointments;
pub mod audience;
pub mod awaiting;
pub mod bookings;
pub mod consents;
pub mod contact;
pub mod contact_rules;
pub mod conversations;
pub mod custody;
pub mod events;
pub mod feed;
pub mod goals;
pub mod partnerships;
pub mod schedule;
mod speaking;
pub mod surveys;
pub mod threads;
