//! Demo and load data: believable boards, out of a seed.
//!
//! [`Story`] is pure: an iterator that tells the rows of one school after another, each with what it needs from before.
//! [`actions::fill`] writes them. Nothing here is a real person, school or place, and all mail goes to domains that
//! cannot exist (RFC 2606).
//!
//! The first school has every situation that an app must handle: separated parents, a guardian without e-mail, one
//! with access `NONE`, one with `ON_REQUEST`, one who has not signed in yet, one whom a roster linked and nobody
//! verified, a grandparent and a step-parent for emergencies, foster parents, a teacher who is a parent, a combination
//! group, and a family with children at two schools (at two boards where there are two).

mod accounts;
pub mod actions;
mod calendar;
mod circle;
mod dice;
mod everyday;
mod families;
mod line;
mod names;
mod password;
mod reading;
mod registrar;
mod rows;
mod size;
mod sketches;
mod store;
mod story;

pub use accounts::DemoAccount;
pub use password::PASSWORD;
pub use rows::Rows;
pub use size::{Size, SizeError};
pub use story::Story;
