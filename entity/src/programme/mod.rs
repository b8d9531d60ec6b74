//! Programmes, their versions, lessons and materials.

mod team_script;
mod values;
pub use team_script::*;
pub use values::*;

pub mod lesson;
pub mod material;
pub mod material_state;
pub mod module;
#[expect(clippy::module_inception, reason = "the group is named after its first table")]
pub mod programme;
pub mod programme_version;
pub mod programme_year;
