//! Ids that apps make, so that what was made offline keeps its id.

use std::str::FromStr;

use async_graphql::ID;
use glans_entity::ids::{NotAnId, parse_any};

use super::error::{Result, UserErrorCode, refuse};

/// What the violation of a primary key means: apps make their ids at random.
pub const ID_TAKEN: &str = "This id is in use. Make a new one.";

/// The id that a client gave to what it makes, a TypeID over a UUIDv7, or a new one.
pub fn own_id<I: FromStr<Err = NotAnId>>(given: Option<&ID>, new: fn() -> I) -> Result<I> {
    let is_seventh = |id: &ID| parse_any(id).is_none_or(|(_, uuid)| uuid.get_version_num() == 7);
    if !given.is_none_or(is_seventh) {
        return Err(refuse(UserErrorCode::Invalid, "id", "Make the id over a UUIDv7, or leave it out."));
    }
    given.map_or_else(
        || Ok(new()),
        |id| {
            id.parse().map_err(|wrong: NotAnId| {
                let message = format!("Give an id that starts with `{}_`, or leave the id out.", wrong.expected);
                refuse(UserErrorCode::Invalid, "id", message)
            })
        },
    )
}
