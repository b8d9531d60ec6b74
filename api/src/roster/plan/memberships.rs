//! Roles of staff.
//!
//! An import that ends a membership lets go of its source id. One that is ended and still has it was ended by hand: the
//! file does not bring it back. One that was granted by hand, and that a file names too, stays as it is.

use std::collections::{HashMap, HashSet};

use glans_entity::ids::{ClusterId, MembershipId, PersonId, SchoolId};
use glans_entity::people::{Role, ScopeKind, membership};
use uuid::Uuid;

use super::changes::Changes;
use super::organisation::GroupFacts;
use super::people::Folk;
use super::{Moment, Names};
use crate::roster::wanted::{Membership, Scope, Section};

/// Where the scopes of memberships are found.
pub(super) struct Scopes<'a> {
    pub clusters: &'a Names<ClusterId>,
    pub schools: &'a Names<SchoolId>,
    pub groups: &'a Names<GroupFacts>,
}

impl Scopes<'_> {
    fn resolve(&self, scope: &Scope, at: Moment) -> Option<(ScopeKind, Uuid, Option<SchoolId>)> {
        Some(match scope {
            Scope::Board => (ScopeKind::Board, at.board.0, None),
            Scope::Cluster(id) => (ScopeKind::Cluster, self.clusters.get(id)?.0, None),
            Scope::School(id) => {
                let school = *self.schools.get(id)?;
                (ScopeKind::School, school.0, Some(school))
            }
            Scope::Group(id) => {
                let group = self.groups.get(id)?;
                (ScopeKind::ClassGroup, group.id.0, Some(group.school))
            }
        })
    }
}

pub(super) fn memberships(
    section: &Section<Membership>,
    without_rights: &HashSet<String>,
    stored: Vec<membership::Model>,
    people: &Folk<PersonId>,
    scopes: &Scopes<'_>,
    at: Moment,
) -> Changes<membership::Model> {
    let mut changes = Changes::default();
    let (live, ended): (Vec<_>, Vec<_>) = stored.into_iter().partition(|row| row.ended_at.is_none());
    let by_hand: HashSet<String> = ended.into_iter().filter_map(|row| row.source_id).collect();
    let mut by_post: HashMap<(PersonId, Role, Uuid), membership::Model> =
        live.into_iter().map(|row| ((row.person_id, row.role, row.scope_id), row)).collect();
    let mut done: HashSet<(PersonId, Role, Uuid)> = HashSet::new();
    let mut claimed: HashSet<&str> = HashSet::new();
    for wanted in &section.rows {
        let Some(&person) = people.ids.get(&wanted.person) else { continue };
        let Some((kind, scope, school)) = scopes.resolve(&wanted.scope, at) else { continue };
        let post = (person, wanted.role, scope);
        // The same post twice: two rows of roles, or two ids of one person.
        if !done.insert(post) {
            continue;
        }
        claimed.insert(&wanted.source_id);
        let found = by_post.remove(&post);
        let made_by_hand = found.as_ref().is_some_and(|row| row.source_id.is_none());
        let ended_by_hand = found.is_none() && by_hand.contains(&wanted.source_id);
        if made_by_hand || ended_by_hand {
            changes.counts.unchanged += 1;
            continue;
        }
        let after = membership::Model {
            id: found.as_ref().map_or_else(MembershipId::new, |row| row.id),
            board_id: at.board,
            person_id: person,
            role: wanted.role,
            scope_kind: kind,
            scope_id: scope,
            school_id: school,
            starts_on: wanted.starts_on,
            ends_on: wanted.ends_on,
            ended_at: None,
            source_id: Some(wanted.source_id.clone()),
            created_at: found.as_ref().map_or(at.now, |row| row.created_at),
            updated_at: found.as_ref().map_or(at.now, |row| row.updated_at),
            version: found.as_ref().map_or(1, |row| row.version),
        };
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    let disabled: HashSet<PersonId> = without_rights.iter().filter_map(|id| people.ids.get(id).copied()).collect();
    let mut rest: Vec<_> = by_post.into_values().collect();
    rest.sort_by_key(|row| row.id);
    for before in rest {
        let Some(source) = before.source_id.as_deref() else { continue };
        let holds_nothing = people.ended.contains(&before.person_id) || disabled.contains(&before.person_id);
        if claimed.contains(source) || section.ends(source) || holds_nothing {
            let after = membership::Model { ended_at: Some(at.now), source_id: None, ..before.clone() };
            if before.ends_on.is_some_and(|ends| ends < at.today) {
                // It was over by itself: no loss that anybody has to accept.
                changes.settle(before, after, at.now);
            } else {
                changes.end(before, after, at.now);
            }
        }
    }
    changes
}
