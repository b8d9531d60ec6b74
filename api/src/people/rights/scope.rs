//! What is in sight of who has these rights.

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, CohortId, PersonId, SchoolId};
use glans_entity::people::{GuardianAccess, Role, ScopeKind};
use glans_entity::scope::Scope;

use super::{Child, Follower, Rights};
use crate::access::{ApiScope, ClientActor, Held};

impl Rights {
    /// A person without a membership and without a child belongs to no board any more and sees nothing of it.
    pub(super) fn scope(&self, held: &[Held], children: &[Child], persons: &[(BoardId, PersonId)]) -> Scope {
        let mut scope = Scope { on: self.on, account: Some(self.account), ..Scope::default() };
        for held in held {
            scope.boards.push(held.board);
            self.add(&mut scope, held);
        }
        for child in children {
            scope.boards.push(child.board_id);
            scope.schools.push(child.school_id);
            scope.children.push(child.student_id);
            match child.access {
                GuardianAccess::Full => {
                    scope.full_children.push(child.student_id);
                    scope.informed_children.push(child.student_id);
                    scope.full_groups.extend(child.class_group_id);
                }
                GuardianAccess::OnRequest => scope.informed_children.push(child.student_id),
                GuardianAccess::EmergencyOnly | GuardianAccess::None => {}
            }
            scope.child_groups.extend(child.class_group_id);
        }
        scope.kin.clone_from(&self.kin);
        let boards = scope.boards.clone();
        scope.persons.extend(persons.iter().filter(|(board, _)| boards.contains(board)).map(|(_, person)| *person));
        tidy(&mut scope);
        scope
    }

    fn add(&self, scope: &mut Scope, held: &Held) {
        match (held.role, held.kind) {
            (Role::BoardAdmin, ScopeKind::Board) => {
                scope.organisation_boards.push(held.board);
                scope.people_boards.push(held.board);
                scope.measured_boards.push(held.board);
            }
            (Role::ClusterDirector, ScopeKind::Cluster) => {
                scope.clusters.push(ClusterId(held.scope));
                scope.directed_clusters.push(ClusterId(held.scope));
                scope.measured_clusters.push(ClusterId(held.scope));
                scope.course_boards.push(held.board);
                scope.sharing_boards.push(held.board);
                let schools =
                    self.schools.iter().filter(|school| school.cluster_id.is_some_and(|it| it.0 == held.scope));
                for school in schools {
                    scope.schools.push(school.id);
                    scope.staffed_schools.push(school.id);
                    scope.led_schools.push(school.id);
                    scope.measured_schools.push(school.id);
                    self.share_cohorts_of(scope, school.id);
                }
            }
            (Role::SchoolLeader, ScopeKind::School) => {
                self.add_school(scope, held);
                scope.led_schools.extend(held.school);
                scope.headed_schools.extend(held.school);
                scope.measured_schools.extend(held.school);
                scope.team_schools.extend(held.school);
                scope.sharing_boards.push(held.board);
                held.school.into_iter().for_each(|school| self.share_cohorts_of(scope, school));
            }
            (Role::Teacher, ScopeKind::School | ScopeKind::ClassGroup) => {
                self.add_school(scope, held);
                scope.cohorts.extend(self.cohorts_of(held.school));
                scope.team_schools.extend(held.school);
                if held.kind == ScopeKind::ClassGroup {
                    scope.taught_groups.push(ClassGroupId(held.scope));
                }
            }
            (Role::Trainer, ScopeKind::Cohort) => {
                let cohort = CohortId(held.scope);
                scope.sharing_boards.push(held.board);
                self.share(scope, cohort);
                let coached: Vec<SchoolId> =
                    self.of_cohort(cohort).filter(|follower| self.is_in(follower)).map(|it| it.school_id).collect();
                scope.schools.extend(&coached);
                scope.staffed_schools.extend(coached);
            }
            _ => {}
        }
    }

    fn cohorts_of(&self, school: Option<SchoolId>) -> impl Iterator<Item = CohortId> {
        let of_school = self.followers.iter().filter(move |follower| Some(follower.school_id) == school);
        of_school.filter(|follower| self.is_in(follower)).map(|follower| follower.cohort_id)
    }

    fn of_cohort(&self, cohort: CohortId) -> impl Iterator<Item = &Follower> {
        self.followers.iter().filter(move |follower| follower.cohort_id == cohort)
    }

    fn is_in(&self, follower: &Follower) -> bool {
        follower.left_on.is_none_or(|left| self.on < left)
    }

    fn share_cohorts_of(&self, scope: &mut Scope, school: SchoolId) {
        self.cohorts_of(Some(school)).for_each(|cohort| self.share(scope, cohort));
    }

    /// Whoever leads or trains in a cohort knows the other schools in it by name, and who leads them.
    fn share(&self, scope: &mut Scope, cohort: CohortId) {
        scope.cohorts.push(cohort);
        scope.shared_cohorts.push(cohort);
        scope.fellow_schools.extend(self.of_cohort(cohort).map(|follower| follower.school_id));
        let present = self.of_cohort(cohort).filter(|follower| self.is_in(follower));
        scope.fellow_teams.extend(present.map(|follower| follower.school_id));
    }

    fn add_school(&self, scope: &mut Scope, held: &Held) {
        scope.schools.extend(held.school);
        scope.staffed_schools.extend(held.school);
        let school = self.schools.iter().find(|school| Some(school.id) == held.school && school.board_id == held.board);
        scope.clusters.extend(school.and_then(|school| school.cluster_id));
    }
}

/// What a client of an integrator may see: the organisation, and never a person.
pub fn scope_of_client(client: &ClientActor, on: NaiveDate) -> Scope {
    let mut scope = Scope { on, boards: vec![client.board], client: Some(client.id), ..Scope::default() };
    if client.scopes.contains(&ApiScope::OrganisationRead) {
        match &client.schools {
            None => scope.organisation_boards.push(client.board),
            Some(schools) => scope.schools.clone_from(schools),
        }
    }
    if client.scopes.contains(&ApiScope::MetricsRead) {
        match &client.schools {
            None => scope.measured_boards.push(client.board),
            Some(schools) => scope.measured_schools.clone_from(schools),
        }
    }
    if client.scopes.contains(&ApiScope::RosterWrite) && client.schools.is_none() {
        scope.roster_boards.push(client.board);
    }
    scope.webhooks_of = client.scopes.contains(&ApiScope::WebhooksWrite).then_some(client.id);
    scope
}

fn tidy(scope: &mut Scope) {
    fn once<T: Ord>(items: &mut Vec<T>) {
        items.sort_unstable();
        items.dedup();
    }
    once(&mut scope.boards);
    once(&mut scope.organisation_boards);
    once(&mut scope.people_boards);
    once(&mut scope.roster_boards);
    once(&mut scope.clusters);
    once(&mut scope.directed_clusters);
    once(&mut scope.schools);
    once(&mut scope.staffed_schools);
    once(&mut scope.led_schools);
    once(&mut scope.headed_schools);
    once(&mut scope.taught_groups);
    once(&mut scope.children);
    once(&mut scope.kin);
    once(&mut scope.full_children);
    once(&mut scope.informed_children);
    once(&mut scope.child_groups);
    once(&mut scope.full_groups);
    once(&mut scope.persons);
    once(&mut scope.course_boards);
    once(&mut scope.cohorts);
    once(&mut scope.shared_cohorts);
    once(&mut scope.fellow_schools);
    once(&mut scope.fellow_teams);
    once(&mut scope.team_schools);
    once(&mut scope.sharing_boards);
    once(&mut scope.measured_boards);
    once(&mut scope.measured_clusters);
    once(&mut scope.measured_schools);
}
