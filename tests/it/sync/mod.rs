//! The sync, as the app on a phone uses it.

mod course;
mod deltas;
mod everyday;
mod families;
mod first;
mod own;
mod phone;
mod random;
mod writers;

pub use phone::Phone;
