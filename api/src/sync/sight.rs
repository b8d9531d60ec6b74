//! What a viewer may see, as far as a later pull must know to tell what changed about it.

use async_graphql::Context;
use aws_lc_rs::digest::{SHA256, digest};
use glans_entity::ids::ProgrammeVersionId;
use glans_entity::platform::change;
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::kinds::{ChangeType, Kinds};
use super::store;
use crate::access::PersonActor;
use crate::call::Call;
use crate::platform::error::{Error, Result};
use crate::programme::query as courses;
use crate::programme::reading::Reading;

/// What one viewer may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    /// The rows of boards.
    pub scope: Scope,
    /// The editions that are synced, and what may be read of each.
    pub editions: Vec<(ProgrammeVersionId, Reading)>,
    /// Digest of the roles and the language: with other ones, fields of the same node may read otherwise.
    pub rights: u64,
}

impl Sight {
    /// What who calls may see now.
    pub(super) async fn of(ctx: &Context<'_>, db: &impl ConnectionTrait, kinds: Kinds) -> Result<Self> {
        let call = Call::of(ctx);
        // Figures are asked for, and not synced.
        let scope = call.scope().without_figures();
        let mut editions = Vec::new();
        if kinds.each().any(ChangeType::is_course) {
            let followed = store::followed_editions(db, &scope).await?;
            let shelf = courses::shelf(ctx).await?;
            editions = shelf.in_use(&followed);
            editions.sort_unstable_by_key(|(edition, _)| *edition);
        }
        Ok(Self { scope, editions, rights: rights(&*call.person()?)? })
    }

    /// Whether losing sight of a node by `line` may have taken it from who had this sight.
    pub(super) fn reaches(&self, kind: ChangeType, line: &change::Model) -> bool {
        if kind.is_course() {
            let shows = |reading: &Reading| reading.tree || kind == ChangeType::Material;
            let mut editions = self.editions.iter().filter(|(_, reading)| shows(reading));
            return line.scope_id.is_some_and(|id| editions.any(|(edition, _)| edition.0 == id));
        }
        let scope = &self.scope;
        let Some(board) = line.board_id.filter(|board| scope.boards.contains(board)) else { return false };
        if kind.is_confided() {
            let offered = kind.is_offered() && line.scope_id.is_some_and(|id| self.is_offered_in(id));
            return offered || self.is_confided(line);
        }
        let by_school = line.school_id.is_some_and(|school| {
            scope.led_schools.contains(&school) || !line.narrow && scope.staffed_schools.contains(&school)
        });
        let narrow = line.narrow || kind.is_shared();
        scope.people_boards.contains(&board)
            || kind == ChangeType::SchoolYear
            || by_school
            || line.scope_id.is_some_and(|id| if narrow { self.answers_for(id) } else { self.knows(id) })
            || self.shows(line.node_id)
    }

    /// Whether what is between a family and the school was in sight there.
    fn is_confided(&self, line: &change::Model) -> bool {
        let scope = &self.scope;
        let places = scope.taught_groups.iter().map(|id| id.0).chain(scope.persons.iter().map(|id| id.0));
        line.school_id.is_some_and(|school| scope.headed_schools.contains(&school))
            || line.scope_id.is_some_and(|id| places.into_iter().any(|place| place == id))
    }

    /// Whether what families of the group see was in sight.
    fn is_offered_in(&self, group: Uuid) -> bool {
        self.scope.full_groups.iter().any(|id| id.0 == group)
    }

    /// Whether nodes that lie under it are in sight of all who know the place.
    fn knows(&self, place: Uuid) -> bool {
        let scope = &self.scope;
        let groups = scope.taught_groups.iter().chain(&scope.child_groups).map(|id| id.0);
        let cohorts = scope.cohorts.iter().map(|id| id.0).chain(scope.course_boards.iter().map(|id| id.0));
        let others = scope.fellow_teams.iter().map(|id| id.0).chain(scope.persons.iter().map(|id| id.0));
        groups.chain(cohorts).chain(others).any(|id| id == place)
    }

    /// Whether nodes that lie under it are in sight of who answers for the place.
    fn answers_for(&self, place: Uuid) -> bool {
        let scope = &self.scope;
        let groups = scope.taught_groups.iter().map(|id| id.0);
        groups.chain(scope.shared_cohorts.iter().map(|id| id.0)).any(|id| id == place)
    }

    /// Whether it is in sight by itself.
    fn shows(&self, node: Uuid) -> bool {
        let scope = &self.scope;
        let schools = scope.schools.iter().chain(&scope.fellow_schools).map(|id| id.0);
        let groups = scope.child_groups.iter().map(|id| id.0).chain(scope.clusters.iter().map(|id| id.0));
        let people = scope.children.iter().map(|id| id.0).chain(scope.persons.iter().map(|id| id.0));
        schools.chain(groups).chain(people).chain(scope.cohorts.iter().map(|id| id.0)).any(|id| id == node)
    }
}

fn rights(person: &PersonActor) -> Result<u64> {
    let mut held: Vec<_> = person.held.iter().map(|held| (held.board, held.role, held.kind, held.scope)).collect();
    held.sort_unstable();
    let mut guardian_in = person.guardian_in.clone();
    guardian_in.sort_unstable();
    guardian_in.dedup();
    let text = serde_json::to_vec(&(held, guardian_in, &person.language)).map_err(Error::fault)?;
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest(&SHA256, &text).as_ref()[..8]);
    Ok(u64::from_be_bytes(bytes))
}
