//! Rosters: people, groups and roles as a school's administration exports them.
//!
//! A bundle goes through [`oneroster`] (bytes to rows, every problem by file, line and column), is mapped to what is
//! [`wanted`], compared with what is [`stored`] into a [`plan`], and applied in one transaction. Nothing is written when
//! anything in it is broken. Each row is remembered as it was, so that an import can be rolled back.

pub mod known;
pub mod oneroster;
pub mod plan;
pub mod problem;
mod rules;
pub mod stored;
pub mod wanted;
