//! The sync, as the app on a phone uses it.

mod course;
mod deltas;
mod first;
mod phone;
mod random;
mod writers;
