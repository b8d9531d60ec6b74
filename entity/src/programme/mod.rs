//! Programmes, their versions, lessons and materials.

mod values;
pub use values::*;

pub mod lesson;
pub mod material;
pub mod material_state;
pub mod module;
pub mod programme;
pub mod programme_version;
pub mod programme_year;
