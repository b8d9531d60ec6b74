//! The SQL of rounds, slots and bookings.

mod bookings;
mod conversations;
mod people;
mod rounds;
mod slots;

use sea_orm::{DbErr, SqlErr};

use crate::platform::error::{Error, UserErrorCode, refuse};

pub(super) use bookings::*;
pub(in crate::engagement) use bookings::{make_own, of_child};
pub(super) use conversations::*;
pub(in crate::engagement) use people::in_confidence;
pub(super) use people::*;
pub(super) use rounds::*;
pub(super) use slots::*;

/// Turns the violation of a unique constraint into a conflict.
fn conflict(field: &'static str, message: &'static str) -> impl FnOnce(DbErr) -> Error {
    move |cause| match cause.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => refuse(UserErrorCode::Conflict, field, message),
        _ => cause.into(),
    }
}
