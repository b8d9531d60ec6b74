//! Who may see and do what.
//!
//! [`matrix`] holds `tests/golden/access.txt`: role × root field × whose. [`reads`] walks every field of the schema as
//! every role and looks for canaries of the second board. A root field without a case in [`cases`] fails.

mod api;
mod cases;
mod matrix;
mod outcome;
mod reads;
mod targets;
