//! What an account may see and do, from its memberships and guardianships of today.

use std::sync::Arc;

use chrono::NaiveDate;
use glans_entity::identity::account;
use glans_entity::ids::{
    AccountId, BoardId, ClassGroupId, ClusterId, CohortId, PersonId, SchoolId, SessionId, StudentId,
};
use glans_entity::organisation::{board, school};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, Role, ScopeKind};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use glans_entity::practice::cohort_school;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use crate::access::{Actor, ApiScope, ClientActor, Held, PersonActor, Standing};
use crate::app::App;
use crate::call::today;
use crate::platform::error::Result;

/// The rights of one account, over all its boards.
#[derive(Clone, Debug)]
pub struct Rights {
    account: AccountId,
    language: String,
    on: NaiveDate,
    persons: Vec<(BoardId, PersonId)>,
    held: Vec<Held>,
    /// Schools under a membership, with their board and cluster.
    schools: Vec<SchoolOfRights>,
    /// All schools of the cohorts of these schools, and of the cohorts that the person trains.
    followers: Vec<Follower>,
    /// Children with a live guardianship that lets them be seen.
    children: Vec<Child>,
    /// All children of whom the person is or was a guardian.
    kin: Vec<StudentId>,
    /// Boards that were closed.
    closed: Vec<BoardId>,
}

#[derive(Clone, Copy, Debug, FromQueryResult)]
struct SchoolOfRights {
    id: SchoolId,
    board_id: BoardId,
    cluster_id: Option<ClusterId>,
}

#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Follower {
    cohort_id: CohortId,
    school_id: SchoolId,
    left_on: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Child {
    student_id: StudentId,
    board_id: BoardId,
    school_id: SchoolId,
    class_group_id: Option<ClassGroupId>,
    access: GuardianAccess,
    status: GuardianshipStatus,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
}

impl Child {
    /// Whether the guardianship lets the child be seen on that day.
    fn is_seen(&self, on: NaiveDate) -> bool {
        self.status == GuardianshipStatus::Active
            && self.access != GuardianAccess::None
            && self.starts_on <= on
            && self.ends_on.is_none_or(|last| on <= last)
    }
}

/// Works out the rights of `account` from the database.
#[expect(clippy::disallowed_methods, reason = "an account belongs to no board")]
pub async fn load(app: &App, account: AccountId) -> Result<Rights> {
    let on = today(app.clock.now());
    let scope = Scope::system(on);
    let db = app.db.look_up(on).await?;
    let language = account::Entity::find_by_id(account)
        .one(&db)
        .await?
        .map_or_else(|| "nl".to_owned(), |account| account.language);
    let persons: Vec<(BoardId, PersonId)> = person::Entity::within(&scope)
        .filter(person::Column::AccountId.eq(account))
        .filter(person::Column::ArchivedAt.is_null())
        .filter(person::Column::ErasedAt.is_null())
        // The oldest first, by the clock of the server: an app may have made the id.
        .order_by_asc(person::Column::CreatedAt)
        .order_by_asc(person::Column::Id)
        .all(&db)
        .await?
        .into_iter()
        .map(|person| (person.board_id, person.id))
        .collect();
    let ids: Vec<PersonId> = persons.iter().map(|(_, person)| *person).collect();
    let closed = closed_among(&db, &scope, &persons).await?;
    let held = held_by(&db, &scope, &ids).await?;
    let schools = schools_under(&db, &scope, &held).await?;
    let followers = followers_of(&db, &scope, &held, &schools).await?;
    let mut children = children_of(&db, &scope, &ids).await?;
    let kin = children.iter().map(|child| child.student_id).collect();
    children.retain(|child| child.is_seen(on));
    Ok(Rights { account, language, on, persons, held, schools, followers, children, kin, closed })
}

async fn closed_among(
    db: &impl ConnectionTrait,
    scope: &Scope,
    persons: &[(BoardId, PersonId)],
) -> Result<Vec<BoardId>> {
    let closed = board::Entity::within(scope)
        .select_only()
        .column(board::Column::Id)
        .filter(board::Column::Id.is_in(persons.iter().map(|(board, _)| *board)))
        .filter(board::Column::ArchivedAt.is_not_null());
    Ok(closed.into_tuple().all(db).await?)
}

/// Covers the day of the scope: from null or earlier, to null or later.
pub fn covers<C: ColumnTrait>(starts: C, ends: C, on: NaiveDate) -> Condition {
    Condition::all()
        .add(Condition::any().add(starts.is_null()).add(starts.lte(on)))
        .add(Condition::any().add(ends.is_null()).add(ends.gte(on)))
}

async fn held_by(db: &impl ConnectionTrait, scope: &Scope, persons: &[PersonId]) -> Result<Vec<Held>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows = membership::Entity::within(scope)
        .filter(membership::Column::PersonId.is_in(persons.iter().copied()))
        .filter(membership::Column::EndedAt.is_null())
        .filter(covers(membership::Column::StartsOn, membership::Column::EndsOn, scope.on))
        .order_by_asc(membership::Column::Id)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Held {
            id: row.id,
            board: row.board_id,
            person: row.person_id,
            role: row.role,
            kind: row.scope_kind,
            scope: row.scope_id,
            school: row.school_id,
        })
        .collect())
}

/// The schools of the memberships and of the clusters among them.
async fn schools_under(db: &impl ConnectionTrait, scope: &Scope, held: &[Held]) -> Result<Vec<SchoolOfRights>> {
    let schools: Vec<SchoolId> = held.iter().filter_map(|held| held.school).collect();
    let clusters: Vec<ClusterId> =
        held.iter().filter(|held| held.kind == ScopeKind::Cluster).map(|held| ClusterId(held.scope)).collect();
    if schools.is_empty() && clusters.is_empty() {
        return Ok(Vec::new());
    }
    let any = Condition::any().add(school::Column::Id.is_in(schools)).add(school::Column::ClusterId.is_in(clusters));
    Ok(school::Entity::within(scope)
        .select_only()
        .columns([school::Column::Id, school::Column::BoardId, school::Column::ClusterId])
        .filter(any)
        .into_model()
        .all(db)
        .await?)
}

/// One row per cohort and school that is or was in it.
async fn followers_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    held: &[Held],
    schools: &[SchoolOfRights],
) -> Result<Vec<Follower>> {
    use cohort_school::{Column, Entity};
    let trained: Vec<CohortId> =
        held.iter().filter(|held| held.kind == ScopeKind::Cohort).map(|held| CohortId(held.scope)).collect();
    if trained.is_empty() && schools.is_empty() {
        return Ok(Vec::new());
    }
    let own = Entity::within(scope)
        .select_only()
        .column(Column::CohortId)
        .filter(Condition::any().add(Column::LeftOn.is_null()).add(Column::LeftOn.gt(scope.on)))
        .filter(Column::SchoolId.is_in(schools.iter().map(|school| school.id)));
    let any = Condition::any().add(Column::CohortId.is_in(trained)).add(Column::CohortId.in_subquery(own.into_query()));
    Ok(Entity::within(scope)
        .select_only()
        .columns([Column::CohortId, Column::SchoolId, Column::LeftOn])
        .filter(any)
        .into_model()
        .all(db)
        .await?)
}

/// One row per child and class group, whatever became of the guardianship.
async fn children_of(db: &impl ConnectionTrait, scope: &Scope, persons: &[PersonId]) -> Result<Vec<Child>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let students = sea_orm::RelationDef::from(
        guardianship::Entity::belongs_to(student::Entity).from(guardianship::Column::StudentId).to(student::Column::Id),
    );
    let on = scope.on;
    let enrolments = sea_orm::RelationDef::from(
        student::Entity::belongs_to(enrolment::Entity)
            .from(student::Column::Id)
            .to(enrolment::Column::StudentId)
            .on_condition(move |_, _| covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, on)),
    );
    Ok(guardianship::Entity::within(scope)
        .select_only()
        .columns([guardianship::Column::StudentId, guardianship::Column::BoardId, guardianship::Column::Access])
        .columns([guardianship::Column::Status, guardianship::Column::StartsOn, guardianship::Column::EndsOn])
        .column(student::Column::SchoolId)
        .column(enrolment::Column::ClassGroupId)
        .join(JoinType::InnerJoin, students)
        .join(JoinType::LeftJoin, enrolments)
        .filter(guardianship::Column::GuardianId.is_in(persons.iter().copied()))
        .filter(student::Column::ErasedAt.is_null())
        .into_model()
        .all(db)
        .await?)
}

impl Rights {
    /// The rights in all boards, or in `board` only.
    pub fn standing(&self, session: Option<SessionId>, board: Option<BoardId>) -> Standing {
        let here = |at: BoardId| board.is_none_or(|only| only == at);
        let held: Vec<Held> = self.held.iter().copied().filter(|held| here(held.board)).collect();
        let children: Vec<Child> = self.children.iter().copied().filter(|child| here(child.board_id)).collect();
        let persons: Vec<_> = self.persons.iter().copied().filter(|(at, _)| here(*at)).collect();
        let scope = self.scope(&held, &children, &persons);
        let actor = PersonActor {
            account: self.account,
            session,
            language: self.language.clone(),
            persons,
            held,
            guardian_in: children.iter().map(|child| child.board_id).collect(),
            closed: self.closed.clone(),
        };
        Standing { actor: Actor::Person(Arc::new(actor)), scope: Arc::new(scope) }
    }

    /// A person without a membership and without a child belongs to no board any more and sees nothing of it.
    fn scope(&self, held: &[Held], children: &[Child], persons: &[(BoardId, PersonId)]) -> Scope {
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
