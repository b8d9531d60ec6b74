//! What a cohort may look like.

use glans_entity::ids::{BoardId, ClusterId};
use glans_entity::organisation::school;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const NAME_LENGTH: usize = 120;
/// Schools in one cohort at most when it is made.
pub(super) const MOST_SCHOOLS: usize = 100;

/// The checked name of a cohort.
pub(super) fn name(name: &str) -> Result<String> {
    let mut checks = Checks::default();
    let name = checks.line("name", name, NAME_LENGTH);
    checks.done(name)
}

/// The board of all `schools`.
pub(super) fn one_board(schools: &[school::Model]) -> Result<BoardId> {
    match schools {
        [] => Err(refuse(UserErrorCode::Required, "schools", "Give at least one school.")),
        [first, others @ ..] if others.iter().all(|school| school.board_id == first.board_id) => Ok(first.board_id),
        _ => Err(refuse(UserErrorCode::Invalid, "schools", "Give schools of one board.")),
    }
}

/// The cluster of all `schools`, whose director may arrange a cohort of them; none where there are several.
pub(super) fn one_cluster(schools: &[school::Model]) -> Option<ClusterId> {
    let (first, others) = schools.split_first()?;
    first.cluster_id.filter(|cluster| others.iter().all(|school| school.cluster_id == Some(*cluster)))
}

/// A closed school takes part in nothing any more.
pub(super) fn must_be_open(school: &school::Model, field: &str) -> Result<()> {
    match school.archived_at {
        Some(_) => Err(refuse(UserErrorCode::Conflict, field, "This school is closed. Choose another one.")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use glans_entity::ids::SchoolId;

    use super::*;

    fn school(board: BoardId, cluster: Option<ClusterId>) -> school::Model {
        school::Model {
            id: SchoolId::new(),
            board_id: board,
            cluster_id: cluster,
            name: "De Zwaluw".to_owned(),
            registered_name: None,
            brin: None,
            location_code: None,
            street: None,
            house_number: None,
            postcode: None,
            city: None,
            phone: None,
            website: None,
            denomination: None,
            holiday_region: None,
            pupil_count: None,
            source_id: None,
            archived_at: None,
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn the_schools_of_a_cohort_are_of_one_board() {
        let (ours, theirs) = (BoardId::new(), BoardId::new());
        assert_eq!(one_board(&[school(ours, None), school(ours, None)]).unwrap(), ours);
        assert!(one_board(&[school(ours, None), school(theirs, None)]).is_err());
        assert!(one_board(&[]).is_err());
    }

    #[test]
    fn a_director_arranges_a_cohort_of_the_own_cluster_only() {
        let (board, north, south) = (BoardId::new(), ClusterId::new(), ClusterId::new());
        let of = |cluster| school(board, cluster);
        assert_eq!(one_cluster(&[of(Some(north)), of(Some(north))]), Some(north));
        assert_eq!(one_cluster(&[of(Some(north)), of(Some(south))]), None);
        assert_eq!(one_cluster(&[of(Some(north)), of(None)]), None);
        assert_eq!(one_cluster(&[]), None);
    }

    #[test]
    fn a_closed_school_takes_part_in_nothing() {
        let open = school(BoardId::new(), None);
        assert!(must_be_open(&open, "school").is_ok());
        let closed = school::Model { archived_at: Some(DateTime::<Utc>::UNIX_EPOCH), ..open };
        assert!(must_be_open(&closed, "school").is_err());
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name(" Cohort Noord ").unwrap(), "Cohort Noord");
        assert!(name("").is_err());
    }
}
