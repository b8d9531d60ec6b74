//! What to send to each root field.
//!
//! A query that takes an id is asked for each of [`Whose`](super::targets::Whose); one that takes nothing is asked as it
//! is. A mutation has a [`Case`] here: it fails the matrix until it has one.

mod engagement;
mod organisation;
mod practice;
mod questions;

use glans_tests::seed::Board;
use serde_json::{Value, json};

pub(crate) use questions::{Reading, followed, reading};

/// What to send over the id of the subject, where what else it refers to is of the board.
type Input = fn(&str, &Board) -> Value;

/// A sound input of a mutation, so that nothing but the right to do it stands between the actor and the deed.
struct Case {
    subject: Option<&'static str>,
    refers: bool,
    input: Input,
}

/// Takes the id of something of this type.
fn on(subject: &'static str, input: Input) -> Case {
    Case { subject: Some(subject), refers: false, input }
}

/// Refers to something else too, which may lie in another board.
fn referring(subject: &'static str, input: Input) -> Case {
    Case { refers: true, ..on(subject, input) }
}

/// Takes no id.
fn on_nothing(input: Input) -> Case {
    Case { subject: None, refers: false, input }
}

fn by_id(id: &str, _: &Board) -> Value {
    json!({ "id": id })
}

fn by_ids(id: &str, _: &Board) -> Value {
    json!({ "ids": [id] })
}

fn renamed(id: &str, _: &Board) -> Value {
    json!({ "id": id, "name": "Anders" })
}

fn retitled(id: &str, _: &Board) -> Value {
    json!({ "id": id, "title": "Anders" })
}

fn case(mutation: &str) -> Option<Case> {
    let slices: [fn(&str) -> Option<Case>; 9] = [
        organisation::organisation,
        organisation::people,
        organisation::identity,
        practice::programme,
        practice::practice,
        engagement::partners,
        engagement::announcements,
        engagement::contact,
        engagement::bookings,
    ];
    slices.into_iter().find_map(|slice| slice(mutation))
}

/// The type whose id a mutation takes; none where it takes none.
pub(crate) fn subject(mutation: &str) -> Option<&'static str> {
    case(mutation)?.subject
}

/// Whether its input refers to something else too, which may lie in another board.
pub(crate) fn refers(mutation: &str) -> bool {
    case(mutation).is_some_and(|case| case.refers)
}

/// What to send over the id of a [`subject`]; what else it refers to is of `referred`. None where nobody said what.
pub(crate) fn input(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    Some((case(mutation)?.input)(id, referred))
}

/// Mutations about oneself or by a secret, not about a row that somebody else may have: their own tests say who may.
pub(crate) const ABOUT_ONESELF: &[&str] = &[
    "sessionCreate",
    "sessionRefresh",
    "sessionRevoke",
    "passwordChange",
    "passwordResetRequest",
    "passwordReset",
    "invitationAccept",
    "profileUpdate",
    "calendarFeedRenew",
    "calendarFeedRevoke",
    "deviceRegister",
    "deviceRemove",
    "notificationPreferencesUpdate",
];
