//! Pure decisions about the list of somebody.

use std::collections::HashSet;

use async_graphql::ID;
use glans_entity::ids::parse_any;
use uuid::Uuid;

use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::platform::text::Checks;

/// Items that are marked at once at most.
const MOST: usize = 100;

/// The items that the input names, of whatever kind; none in the place of what is no id.
pub(super) fn named(ids: &[ID]) -> Result<Vec<Option<Uuid>>> {
    if ids.is_empty() || ids.len() > MOST {
        return Err(refuse(UserErrorCode::Invalid, "ids", format!("Give 1 to {MOST} ids.")));
    }
    Ok(ids.iter().map(|id| parse_any(id).map(|(_, id)| id)).collect())
}

/// Refuses each of `named` that is not among `own`, at its place in the input.
pub(super) fn must_be_among(named: &[Option<Uuid>], own: &HashSet<Uuid>) -> Result<()> {
    let mut checks = Checks::default();
    for (at, id) in named.iter().enumerate() {
        let known = id.filter(|id| own.contains(id));
        checks.heed(known.ok_or_else(|| not_found(&format!("ids.{at}"))))?;
    }
    checks.done(())
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::{AnnouncementId, EventId};

    use super::*;
    use crate::platform::error::Error;

    #[test]
    fn every_unknown_item_is_told_at_its_place() {
        let (own, other) = (AnnouncementId::new(), EventId::new());
        let ids = [other.to_string(), own.to_string(), "event_x".to_owned(), own.to_string()].map(ID);
        let named = named(&ids).unwrap();
        assert_eq!(named, [Some(other.0), Some(own.0), None, Some(own.0)]);
        let Err(Error::Refused(problems)) = must_be_among(&named, &HashSet::from([own.0])) else { panic!("refused") };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.join(".")).collect();
        assert_eq!(fields, ["ids.0", "ids.2"]);
        must_be_among(&named[1..2], &HashSet::from([own.0])).unwrap();
    }

    #[test]
    fn a_list_of_ids_has_some_and_not_too_many() {
        let id = ID(EventId::new().to_string());
        for (count, is_read) in [(0, false), (1, true), (MOST, true), (MOST + 1, false)] {
            assert_eq!(named(&vec![id.clone(); count]).is_ok(), is_read, "{count}");
        }
    }
}
