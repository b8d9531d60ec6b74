//! Who may see and do what.
//!
//! [`reads`] walks every field of the schema as every role and looks for canaries of the second board; [`matrix`] compares
//! what came of it, and of every write, with `tests/golden/access.txt`: role × root field × whose. A root field without a
//! case in [`cases`] fails. [`editing`] compares what somebody is told that they may edit with what they may. [`clients`]
//! walks again as clients of integrators, and looks for people.

pub(crate) mod api;
mod cases;
mod clients;
mod editing;
mod matrix;
mod outcome;
mod reads;
pub(crate) mod targets;
