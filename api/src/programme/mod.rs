//! The course: programmes, their years, modules, lessons and materials.
//!
//! A programme belongs to the platform, for all boards, or to one board. Its content comes as a [`document`] and is kept
//! in editions. The latest one may be a draft, which its writers change or replace; a published edition never changes.
//! Lessons and materials bear a key that is the same in all editions; their ids are those of one edition.
//!
//! Published editions are kept in memory, shaped once ([`content`]). A request reads which editions are in sight
//! ([`shelf`]) and how far the viewer is with the materials: two statements, whatever is asked. What of an edition
//! somebody may read is decided in [`reading`].

mod actions;
pub mod content;
pub mod document;
mod edition;
mod import;
mod limits;
mod loaders;
mod mutation;
pub mod query;
pub mod reading;
mod revision;
mod rules;
mod sample;
pub mod shelf;
mod store;
pub mod types;

pub use actions::{Imported, carry_states};
pub use content::Library;
pub use import::{ImportError, import};
pub use mutation::ProgrammeMutation;
pub use query::ProgrammeQuery;
pub use sample::SAMPLE;
