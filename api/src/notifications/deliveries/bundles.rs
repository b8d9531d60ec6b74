//! What waits, by school and then by child. Pure.

use std::collections::{BTreeMap, BTreeSet};

use glans_entity::ids::StudentId;
use glans_entity::notifications::Category;
use uuid::Uuid;

use crate::notifications::channels::letter::{AtSchool, Children, Share, Waiting};

/// A school or a board: what it is called, which puts them in order, and its id, which tells those of one name apart.
pub(super) type Named = (String, Uuid);
/// Class groups by name, and `None` where a child is in none.
pub(super) type Groups = BTreeSet<Option<String>>;

/// One notification that waits.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub category: Category,
    /// The schools of the children; where it concerns none, its own school, or the board.
    pub places: BTreeSet<Named>,
    pub children: BTreeSet<StudentId>,
    /// Of the children.
    pub groups: Groups,
}

impl Piece {
    /// One of the category, of which nothing else is known yet.
    pub(super) fn of(category: Category) -> Self {
        Self { category, places: BTreeSet::new(), children: BTreeSet::new(), groups: BTreeSet::new() }
    }
}

/// What is told under one heading.
#[derive(Default)]
struct Pile {
    children: BTreeSet<StudentId>,
    counts: BTreeMap<Category, u64>,
}

/// Each piece is told once: what concerns several children stands under a heading of its own. What concerns none comes
/// first. Children of the same class groups have one heading, for nothing else tells them apart.
pub(super) fn by_school(pieces: impl IntoIterator<Item = Piece>) -> Vec<AtSchool> {
    let mut schools: BTreeMap<BTreeSet<Named>, BTreeMap<Groups, Pile>> = BTreeMap::new();
    for piece in pieces {
        let pile = schools.entry(piece.places).or_default().entry(piece.groups).or_default();
        pile.children.extend(piece.children);
        *pile.counts.entry(piece.category).or_insert(0) += 1;
    }
    let at_school = |(places, piles): (BTreeSet<Named>, BTreeMap<Groups, Pile>)| AtSchool {
        names: places.into_iter().map(|(name, _)| name).collect(),
        shares: piles.into_iter().map(|(groups, pile)| share(groups, pile)).collect(),
    };
    schools.into_iter().map(at_school).collect()
}

fn share(groups: Groups, pile: Pile) -> Share {
    Share {
        children: children(pile.children.len(), groups),
        waiting: pile.counts.into_iter().map(|(category, count)| Waiting { category, count }).collect(),
    }
}

/// So many children of these class groups.
pub(super) fn children(count: usize, groups: Groups) -> Children {
    Children { count, without_group: groups.contains(&None), groups: groups.into_iter().flatten().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, id: u128) -> Named {
        (name.to_owned(), Uuid::from_u128(id))
    }

    fn child(id: u128) -> StudentId {
        StudentId(Uuid::from_u128(id))
    }

    /// An announcement of these places about these children.
    fn piece(places: &[Named], children: &[(u128, Option<&str>)]) -> Piece {
        Piece {
            category: Category::Announcement,
            places: places.iter().cloned().collect(),
            children: children.iter().map(|(id, _)| child(*id)).collect(),
            groups: children.iter().map(|(_, group)| group.map(str::to_owned)).collect(),
        }
    }

    /// As `De Zwaluw: 2 in 3a, 4b: 1`.
    fn told(pieces: impl IntoIterator<Item = Piece>) -> Vec<String> {
        let count = |share: &Share| share.waiting.iter().map(|waiting| waiting.count).sum::<u64>();
        let line = |school: &AtSchool, share: &Share| {
            let none = if share.children.without_group { " or none" } else { "" };
            let (children, groups) = (share.children.count, share.children.groups.join(", "));
            format!("{}: {children} in {groups}{none}: {}", school.names.join(", "), count(share))
        };
        let schools = by_school(pieces);
        schools.iter().flat_map(|school| school.shares.iter().map(|share| line(school, share))).collect()
    }

    #[test]
    fn what_concerns_several_children_is_told_once() {
        let (zwaluw, meent) = (place("De Zwaluw", 1), place("De Meent", 2));
        let (fien, bram, piet) = ((1, Some("3a")), (2, Some("4b")), (3, Some("5c")));
        let one = std::slice::from_ref(&zwaluw);
        let pieces = [
            piece(one, &[bram]),
            piece(one, &[fien]),
            piece(one, &[fien, bram]),
            piece(one, &[fien]),
            piece(std::slice::from_ref(&meent), &[piet]),
            piece(&[zwaluw.clone(), meent], &[fien, piet]),
        ];
        assert_eq!(
            told(pieces),
            [
                "De Meent: 1 in 5c: 1",
                "De Meent, De Zwaluw: 2 in 3a, 5c: 1",
                "De Zwaluw: 1 in 3a: 2",
                "De Zwaluw: 2 in 3a, 4b: 1",
                "De Zwaluw: 1 in 4b: 1",
            ]
        );
    }

    #[test]
    fn children_whom_nothing_tells_apart_have_one_heading() {
        let zwaluw = [place("De Zwaluw", 1)];
        let (one, twin, newcomer) = ((1, Some("3a")), (2, Some("3a")), (3, None));
        let pieces = [
            piece(&zwaluw, &[newcomer]),
            piece(&zwaluw, &[one]),
            piece(&zwaluw, &[twin]),
            piece(&zwaluw, &[one, twin, newcomer]),
            piece(&zwaluw, &[]),
        ];
        assert_eq!(
            told(pieces),
            [
                "De Zwaluw: 0 in : 1",
                "De Zwaluw: 1 in  or none: 1",
                "De Zwaluw: 3 in 3a or none: 1",
                "De Zwaluw: 2 in 3a: 2",
            ]
        );
    }

    #[test]
    fn schools_of_one_name_stay_two() {
        let pieces = [1, 2].map(|id| piece(&[place("De Brug", id)], &[(id, Some("3a"))]));
        assert_eq!(told(pieces), ["De Brug: 1 in 3a: 1", "De Brug: 1 in 3a: 1"]);
        assert_eq!(told([]), [""; 0]);
    }
}
