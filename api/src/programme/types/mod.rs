//! The objects, inputs and payloads of programmes.

mod inputs;
mod lesson;
mod material;
mod programme;

pub use inputs::*;
pub use lesson::{Lesson, TeamScriptStep};
pub use material::{Audience, Material, MaterialKind, MaterialState};
pub use programme::{Module, Programme, ProgrammeEdition, ProgrammeYear};
