//! What known users are once a bundle is in: a delta need not repeat what it leaves as it is.

use std::collections::HashSet;

use glans_entity::people::Role as GlansRole;

use super::Mapping;
use crate::roster::known::KnownPost;
use crate::roster::oneroster::manifest::Version;

impl Mapping<'_> {
    /// The file in which a user is given a role.
    pub(super) fn role_file(&self) -> &'static str {
        if self.reading.version == Version::V1p1 { "users.csv" } else { "roles.csv" }
    }

    /// Who teaches at a school or leads one, by the roles of the bundle and by those from before that it does not end.
    /// What a class list gave, it gave by such a role, and is no ground for more.
    pub(super) fn staff(&self) -> HashSet<String> {
        let memberships = &self.mapped.wanted.memberships;
        let named = memberships.rows.iter().filter(|row| is_staff(row.role)).map(|row| row.person.clone());
        let stays = |post: &KnownPost| match &post.source_id {
            None => is_staff(post.role),
            Some(id) => is_staff(post.role) && !post.of_group && !memberships.ends(id),
        };
        let known = self.known.posts.iter().filter(|(_, posts)| posts.iter().any(stays));
        named.chain(known.map(|(person, _)| person.clone())).collect()
    }

    /// The class groups of a teacher end with the last role, whose class list a delta need not repeat.
    pub(super) fn groups_without_role(&mut self) {
        let memberships = &self.mapped.wanted.memberships;
        let ends = |post: &KnownPost| post.source_id.as_deref().is_some_and(|id| memberships.ends(id));
        let lost = |posts: &[KnownPost]| posts.iter().any(|post| is_staff(post.role) && !post.of_group && ends(post));
        let without = self.known.posts.iter().filter(|(person, posts)| !self.staff.contains(*person) && lost(posts));
        let groups = without.flat_map(|(_, posts)| posts.iter().filter(|post| post.of_group));
        let groups: Vec<String> = groups.filter_map(|post| post.source_id.clone()).collect();
        self.mapped.wanted.memberships.gone.extend(groups);
    }
}

fn is_staff(role: GlansRole) -> bool {
    matches!(role, GlansRole::Teacher | GlansRole::SchoolLeader)
}
