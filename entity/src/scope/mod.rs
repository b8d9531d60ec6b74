//! What a request may see. The only door to a `SELECT` of tenant data.
//!
//! A [`Scope`] is worked out once from the memberships and guardianships of who asks. `Entity::within(&scope)` then
//! finds the rows that lie in it and no others, so that a row out of sight cannot be told from one that does not exist.

use chrono::NaiveDate;
use sea_orm::sea_query::{ExprTrait, IntoCondition, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use crate::ids::{AccountId, ApiClientId, BoardId, ClassGroupId, ClusterId, CohortId, PersonId, SchoolId, StudentId};
use crate::{identity, organisation, people, platform, programme, roster};

mod absence_consents;
mod access_log;
mod announcements;
pub mod booking;
mod contact;
pub mod engagement;
mod events;
mod metrics;
mod notifications;
mod practice;
mod surveys;
pub mod threads;
mod webhooks;

pub use announcements::{announcements_of_staff, announcements_to_change};
pub use engagement::{addressed_to_oneself, items_for_oneself, items_for_places, students_in_confidence};
pub use surveys::{surveys_of_staff, surveys_to_change};

/// What a request may see. Empty lists show nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The program itself: sign-in, imports, retention. Sees all rows of all boards.
    pub system: bool,
    /// The day for which memberships and guardianships count.
    pub on: NaiveDate,
    /// The wall: rows of other boards do not exist.
    pub boards: Vec<BoardId>,
    /// Boards whose clusters, schools and class groups are all in sight.
    pub organisation_boards: Vec<BoardId>,
    /// Boards whose people are all in sight.
    pub people_boards: Vec<BoardId>,
    /// Boards whose roster imports are in sight, without the people in them.
    pub roster_boards: Vec<BoardId>,
    /// Clusters in sight.
    pub clusters: Vec<ClusterId>,
    /// Clusters that the viewer directs.
    pub directed_clusters: Vec<ClusterId>,
    /// Schools in sight, without the people in them.
    pub schools: Vec<SchoolId>,
    /// Schools whose staff and class groups are in sight.
    pub staffed_schools: Vec<SchoolId>,
    /// Schools whose students and guardians are in sight too.
    pub led_schools: Vec<SchoolId>,
    /// Schools that the viewer leads: what families and the school say to each other is in sight.
    pub headed_schools: Vec<SchoolId>,
    /// Class groups whose students and guardians are in sight.
    pub taught_groups: Vec<ClassGroupId>,
    /// The own children, as far as the guardianship lets them be seen.
    pub children: Vec<StudentId>,
    /// Those of them of whom the viewer has everything.
    pub full_children: Vec<StudentId>,
    /// Those of them of whom the viewer has at least the important facts.
    pub informed_children: Vec<StudentId>,
    /// All students of whom the viewer is or was a guardian, whatever came of it: of them they have nothing as staff.
    pub kin: Vec<StudentId>,
    /// The class groups of the own children: their teachers are in sight.
    pub child_groups: Vec<ClassGroupId>,
    /// The class groups of the children of whom the viewer has everything: conversations are booked there.
    pub full_groups: Vec<ClassGroupId>,
    /// Boards in which the viewer arranges cohorts: the trainers there are in sight.
    pub course_boards: Vec<BoardId>,
    /// Cohorts in sight.
    pub cohorts: Vec<CohortId>,
    /// Cohorts whose other schools are in sight too.
    pub shared_cohorts: Vec<CohortId>,
    /// The schools of the shared cohorts: their names and leaders are in sight.
    pub fellow_schools: Vec<SchoolId>,
    /// Those of them that are still in a cohort with the viewer: who leads them is in sight.
    pub fellow_teams: Vec<SchoolId>,
    /// Schools in whose team the viewer works: what stays within the team is in sight.
    pub team_schools: Vec<SchoolId>,
    /// Boards in which the viewer leads, directs or trains: what is shared with the whole board is in sight.
    pub sharing_boards: Vec<BoardId>,
    /// Boards of whose schools the viewer sees figures.
    pub measured_boards: Vec<BoardId>,
    /// Clusters of whose schools the viewer sees figures.
    pub measured_clusters: Vec<ClusterId>,
    /// Schools of which the viewer sees figures.
    pub measured_schools: Vec<SchoolId>,
    /// The API client that asks, where it may have webhooks: its endpoints are in sight.
    pub webhooks_of: Option<ApiClientId>,
    /// Oneself, once per board.
    pub persons: Vec<PersonId>,
    /// The login.
    pub account: Option<AccountId>,
    /// The client of an integrator that asks, if it is one.
    pub client: Option<ApiClientId>,
}

impl Scope {
    /// Everything, for work that no person asked for.
    pub fn system(on: NaiveDate) -> Self {
        Self { system: true, on, ..Self::default() }
    }

    /// The same without the places of which it sees figures.
    #[must_use]
    pub fn without_figures(&self) -> Self {
        let (measured_boards, measured_clusters, measured_schools) = (Vec::new(), Vec::new(), Vec::new());
        Self { measured_boards, measured_clusters, measured_schools, ..self.clone() }
    }

    /// The same without the schools that are known by a cohort only.
    #[must_use]
    pub fn without_fellows(&self) -> Self {
        Self { fellow_schools: Vec::new(), fellow_teams: Vec::new(), ..self.clone() }
    }

    /// Nothing, for who is not signed in.
    pub fn nothing(on: NaiveDate) -> Self {
        Self { on, ..Self::default() }
    }
}

/// A table of tenant data.
pub trait Scoped: EntityTrait {
    /// The rows of this table that `scope` may see, inside the wall of its boards.
    fn visible(scope: &Scope) -> Condition;

    /// The only way to select rows of this table.
    fn within(scope: &Scope) -> Select<Self> {
        if scope.system { Self::find() } else { Self::find().filter(Self::visible(scope)) }
    }
}

/// Either of the conditions, behind the wall of the boards.
fn behind_wall<C: ColumnTrait>(board: C, scope: &Scope, any: Condition) -> Condition {
    Condition::all().add(board.is_in(scope.boards.iter().copied())).add(any)
}

fn select_one<E: EntityTrait, C: ColumnTrait>(column: C, filter: impl IntoCondition) -> SelectStatement {
    E::find().select_only().column(column).filter(filter.into_condition()).into_query()
}

/// Enrolments that cover the day.
fn enrolled_in(groups: &[ClassGroupId], on: NaiveDate) -> Condition {
    use people::enrolment::Column;
    Condition::all()
        .add(Column::ClassGroupId.is_in(groups.iter().copied()))
        .add(Column::StartsOn.lte(on))
        .add(Condition::any().add(Column::EndsOn.is_null()).add(Column::EndsOn.gte(on)))
}

fn students_in_groups(groups: &[ClassGroupId], on: NaiveDate) -> SelectStatement {
    select_one::<people::enrolment::Entity, _>(people::enrolment::Column::StudentId, enrolled_in(groups, on))
}

/// Students that staff may see: in a led school or a taught group.
fn students_of_staff<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    let mut any = Condition::any();
    if !scope.led_schools.is_empty() {
        let led = people::student::Column::SchoolId.is_in(scope.led_schools.iter().copied());
        any = any.add(id.in_subquery(select_one::<people::student::Entity, _>(people::student::Column::Id, led)));
    }
    if !scope.taught_groups.is_empty() {
        any = any.add(id.in_subquery(students_in_groups(&scope.taught_groups, scope.on)));
    }
    any
}

/// Students whose guardians staff may see. Who is family of a student sees nothing of its other guardians, whatever role they
/// hold at the school.
fn families_of_staff<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    let students = students_of_staff(id, scope);
    if students.is_empty() {
        return students;
    }
    Condition::all().add(students).add(id.is_not_in(scope.kin.iter().copied()))
}

/// Roles that are not over on the day.
fn not_over(on: NaiveDate) -> Condition {
    use people::membership::Column;
    Condition::all()
        .add(Column::EndedAt.is_null())
        .add(Condition::any().add(Column::EndsOn.is_null()).add(Column::EndsOn.gte(on)))
}

/// Roles that have begun on the day.
fn begun(on: NaiveDate) -> Condition {
    use people::membership::Column;
    Condition::any().add(Column::StartsOn.is_null()).add(Column::StartsOn.lte(on))
}

/// Roles in the staffed schools. Who leads a school sees those to come as well, to prepare and revoke them.
fn staff_of_schools(scope: &Scope) -> Condition {
    use people::membership::Column;
    let known = begun(scope.on).add(Column::SchoolId.is_in(scope.led_schools.iter().copied()));
    Condition::all().add(Column::SchoolId.is_in(scope.staffed_schools.iter().copied())).add(known)
}

/// Roles that go with cohorts: the trainers, and the leaders of the other schools.
fn around_cohorts(scope: &Scope) -> Condition {
    use people::membership::Column;
    use people::{Role, ScopeKind};
    let cohorts = scope.cohorts.iter().map(|cohort| cohort.0);
    let trainers = Condition::all()
        .add(Column::Role.eq(Role::Trainer))
        .add(Column::ScopeKind.eq(ScopeKind::Board))
        .add(Column::BoardId.is_in(scope.course_boards.iter().copied()));
    let leaders = Condition::all()
        .add(Column::Role.eq(Role::SchoolLeader))
        .add(Column::SchoolId.is_in(scope.fellow_teams.iter().copied()));
    let of_cohorts = Condition::all().add(Column::ScopeKind.eq(ScopeKind::Cohort)).add(Column::ScopeId.is_in(cohorts));
    let any = Condition::any().add(of_cohorts).add(trainers).add(leaders);
    Condition::all().add(any).add(begun(scope.on))
}

/// Roles in the class groups of the own children that have begun.
fn teachers_of_children(scope: &Scope) -> Condition {
    use people::membership::Column;
    let groups = scope.child_groups.iter().map(|group| group.0);
    Condition::all()
        .add(Column::ScopeKind.eq(people::ScopeKind::ClassGroup))
        .add(Column::ScopeId.is_in(groups))
        .add(begun(scope.on))
}

impl Scoped for organisation::board::Entity {
    fn visible(scope: &Scope) -> Condition {
        organisation::board::Column::Id.is_in(scope.boards.iter().copied()).into_condition()
    }
}

impl Scoped for organisation::cluster::Entity {
    fn visible(scope: &Scope) -> Condition {
        use organisation::cluster::Column;
        let any = Condition::any()
            .add(Column::BoardId.is_in(scope.organisation_boards.iter().copied()))
            .add(Column::Id.is_in(scope.clusters.iter().copied()));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for organisation::school::Entity {
    fn visible(scope: &Scope) -> Condition {
        use organisation::school::Column;
        let any = Condition::any()
            .add(Column::BoardId.is_in(scope.organisation_boards.iter().copied()))
            .add(Column::Id.is_in(scope.schools.iter().chain(&scope.fellow_schools).copied()))
            .add(practice::schools_that_share(Column::Id, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for organisation::school_year::Entity {
    fn visible(scope: &Scope) -> Condition {
        organisation::school_year::Column::BoardId.is_in(scope.boards.iter().copied()).into_condition()
    }
}

impl Scoped for organisation::class_group::Entity {
    fn visible(scope: &Scope) -> Condition {
        use organisation::class_group::Column;
        let mut any = Condition::any()
            .add(Column::BoardId.is_in(scope.organisation_boards.iter().copied()))
            .add(Column::SchoolId.is_in(scope.staffed_schools.iter().copied()))
            .add(Column::Id.is_in(scope.child_groups.iter().copied()));
        if scope.client.is_some() {
            // Of the schools to which it is narrowed, without the people in them.
            any = any.add(Column::SchoolId.is_in(scope.schools.iter().copied()));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for people::person::Entity {
    fn visible(scope: &Scope) -> Condition {
        use people::{guardianship, membership, person::Column};
        let mut any = Condition::any()
            .add(Column::BoardId.is_in(scope.people_boards.iter().copied()))
            .add(Column::Id.is_in(scope.persons.iter().copied()))
            .add(practice::people_who_take_part(Column::Id, scope))
            .add(engagement::people_who_talk(Column::Id, scope))
            .add(threads::staff_in_threads(Column::Id, scope))
            .add(contact::people_in_contact(Column::Id, scope))
            .add(booking::people_with_slots(Column::Id, scope));
        if !scope.staffed_schools.is_empty() {
            let staff = staff_of_schools(scope).add(not_over(scope.on));
            any = any
                .add(Column::Id.in_subquery(select_one::<membership::Entity, _>(membership::Column::PersonId, staff)));
        }
        if !scope.cohorts.is_empty() || !scope.course_boards.is_empty() {
            let around = around_cohorts(scope).add(not_over(scope.on));
            any = any
                .add(Column::Id.in_subquery(select_one::<membership::Entity, _>(membership::Column::PersonId, around)));
        }
        if !scope.child_groups.is_empty() {
            let teachers = teachers_of_children(scope).add(not_over(scope.on));
            any = any.add(
                Column::Id.in_subquery(select_one::<membership::Entity, _>(membership::Column::PersonId, teachers)),
            );
        }
        let students = families_of_staff(guardianship::Column::StudentId, scope);
        if !students.is_empty() {
            // Those whose guardianship is over as well: who sees the relation sees whom it was with.
            any = any.add(
                Column::Id
                    .in_subquery(select_one::<guardianship::Entity, _>(guardianship::Column::GuardianId, students)),
            );
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for people::student::Entity {
    fn visible(scope: &Scope) -> Condition {
        use people::student::Column;
        let mut any = Condition::any()
            .add(Column::BoardId.is_in(scope.people_boards.iter().copied()))
            .add(Column::SchoolId.is_in(scope.led_schools.iter().copied()))
            .add(Column::Id.is_in(scope.children.iter().copied()));
        if !scope.taught_groups.is_empty() {
            any = any.add(Column::Id.in_subquery(students_in_groups(&scope.taught_groups, scope.on)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for people::enrolment::Entity {
    fn visible(scope: &Scope) -> Condition {
        use people::enrolment::Column;
        let any = Condition::any()
            .add(Column::BoardId.is_in(scope.people_boards.iter().copied()))
            .add(Column::StudentId.is_in(scope.children.iter().copied()))
            .add(students_of_staff(Column::StudentId, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for people::guardianship::Entity {
    /// A guardian sees the own relation and not that of the other guardian.
    fn visible(scope: &Scope) -> Condition {
        use people::guardianship::Column;
        let own = Column::GuardianId
            .is_in(scope.persons.iter().copied())
            .and(Column::StudentId.is_in(scope.children.iter().copied()));
        let any = Condition::any()
            .add(Column::BoardId.is_in(scope.people_boards.iter().copied()))
            .add(own)
            .add(families_of_staff(Column::StudentId, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for people::membership::Entity {
    fn visible(scope: &Scope) -> Condition {
        use people::membership::Column;
        let any = Condition::any()
            .add(Column::BoardId.is_in(scope.people_boards.iter().copied()))
            .add(Column::PersonId.is_in(scope.persons.iter().copied()))
            .add(Column::SchoolId.is_in(scope.led_schools.iter().copied()))
            .add(staff_of_schools(scope).add(not_over(scope.on)))
            .add(around_cohorts(scope).add(not_over(scope.on)))
            .add(teachers_of_children(scope).add(not_over(scope.on)));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Rows that the administrators of a board see, and nobody else.
macro_rules! scoped_to_administrators {
    ($($entity:path),+ $(,)?) => {$(
        impl Scoped for $entity {
            fn visible(scope: &Scope) -> Condition {
                <$entity as EntityTrait>::Column::BoardId
                    .is_in(scope.people_boards.iter().copied())
                    .into_condition()
            }
        }
    )+};
}

scoped_to_administrators!(
    identity::api_client::Entity,
    identity::api_client_secret::Entity,
    identity::audit::Entity,
    identity::invitation::Entity,
    crate::metrics::query::Entity,
);

impl Scoped for identity::api_client_usage::Entity {
    /// What administrators see, and a client of itself.
    fn visible(scope: &Scope) -> Condition {
        use identity::api_client_usage::Column;
        let any = Condition::any()
            .add(Column::BoardId.is_in(scope.people_boards.iter().copied()))
            .add(Column::ClientId.is_in(scope.client));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Rows that administrators see, and the integrator who sends the rosters of the board.
macro_rules! scoped_to_rosters {
    ($($entity:path),+ $(,)?) => {$(
        impl Scoped for $entity {
            fn visible(scope: &Scope) -> Condition {
                let boards = scope.people_boards.iter().chain(&scope.roster_boards).copied();
                <$entity as EntityTrait>::Column::BoardId.is_in(boards).into_condition()
            }
        }
    )+};
}

scoped_to_rosters!(roster::roster_import::Entity, roster::roster_problem::Entity, roster::roster_change::Entity,);

/// Content of the platform, and that of the own boards. Who may read drafts and which audience is the slice's rule.
macro_rules! scoped_to_readers {
    ($($entity:path),+ $(,)?) => {$(
        impl Scoped for $entity {
            fn visible(scope: &Scope) -> Condition {
                Condition::any()
                    .add(<$entity as EntityTrait>::Column::BoardId.is_null())
                    .add(<$entity as EntityTrait>::Column::BoardId.is_in(scope.boards.iter().copied()))
            }
        }
    )+};
}

scoped_to_readers!(
    programme::programme::Entity,
    programme::programme_version::Entity,
    programme::programme_year::Entity,
    programme::module::Entity,
    programme::lesson::Entity,
    programme::material::Entity,
);

impl Scoped for programme::material_state::Entity {
    /// Only one's own.
    fn visible(scope: &Scope) -> Condition {
        programme::material_state::Column::AccountId.is_in(scope.account).into_condition()
    }
}

impl Scoped for platform::upload::Entity {
    /// Those of the boards. Who may take one says the slice that takes it.
    fn visible(scope: &Scope) -> Condition {
        platform::upload::Column::BoardId.is_in(scope.boards.iter().copied()).into_condition()
    }
}

impl Scoped for platform::change::Entity {
    /// What happened in the boards, to content of the platform, or to the account alone. Whether the node is in sight is
    /// for its own table to say.
    fn visible(scope: &Scope) -> Condition {
        use platform::change::Column;
        let unowned = Condition::any().add(Column::AccountId.is_null()).add(Column::AccountId.is_in(scope.account));
        Condition::any()
            .add(Column::BoardId.is_in(scope.boards.iter().copied()))
            .add(Condition::all().add(Column::BoardId.is_null()).add(unowned))
    }
}
