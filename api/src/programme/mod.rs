//! The course: programmes, their years, modules, lessons and materials.

pub mod document;
mod limits;
mod rules;
mod sample;

pub use sample::SAMPLE;
