//! Whether engagement moved after the team got a lesson: schools that had it against those that had it not yet.
//!
//! It reads what may be shown to anybody: weekly figures of schools that are hidden from nobody outside. Who may ask
//! sees the figures of all schools of the place anyway: administrators of the board, directors of the cluster, and
//! clients with `metrics:read` of the whole board. What comes out are means of at least three schools.

mod interval;
mod query;
mod reading;
#[cfg(test)]
mod reference;
mod rules;
#[cfg(test)]
mod simulated;
mod store;
pub mod types;

pub use query::LessonEffectQuery;
pub use types::LessonEffect;
