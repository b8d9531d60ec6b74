//! What a request may see. The only door to a `SELECT` of tenant data.
//!
//! A [`Scope`] is worked out once from the memberships and guardianships of who asks. `Entity::within(&scope)` then
//! finds the rows that lie in it and no others, so that a row out of sight cannot be told from one that does not exist.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, IntoCondition, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, Value};

use crate::ids::{AccountId, ApiClientId, BoardId, ClassGroupId, ClusterId, CohortId, PersonId, SchoolId, StudentId};

mod absence_consents;
mod access_log;
mod administration;
mod announcements;
pub mod booking;
mod contact;
pub mod engagement;
mod events;
mod metrics;
mod notifications;
mod organisation;
mod people;
mod platform;
mod practice;
mod programme;
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

    /// The same without the schools that are known by a cohort or by an experience only.
    #[must_use]
    pub fn without_fellows(&self) -> Self {
        Self { fellow_schools: Vec::new(), fellow_teams: Vec::new(), sharing_boards: Vec::new(), ..self.clone() }
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

/// A column that holds one of the ids in sight.
trait Among: ColumnTrait {
    /// Whether it does. Where there are no ids, FALSE stands in the statement itself: hidden in parameters, it would have
    /// PostgreSQL plan the statement anew each time.
    fn among<V: Into<Value>>(&self, ids: impl IntoIterator<Item = V>) -> Expr {
        let mut ids = ids.into_iter().peekable();
        if ids.peek().is_none() { Expr::cust("FALSE") } else { self.is_in(ids) }
    }

    /// Whether it does not.
    fn not_among<V: Into<Value>>(&self, ids: impl IntoIterator<Item = V>) -> Expr {
        let mut ids = ids.into_iter().peekable();
        if ids.peek().is_none() { Expr::cust("TRUE") } else { self.is_not_in(ids) }
    }
}

impl<C: ColumnTrait> Among for C {}

/// Either of the conditions, behind the wall of the boards.
fn behind_wall<C: ColumnTrait>(board: C, scope: &Scope, any: Condition) -> Condition {
    Condition::all().add(board.among(scope.boards.iter().copied())).add(any)
}

fn select_one<E: EntityTrait, C: ColumnTrait>(column: C, filter: impl IntoCondition) -> SelectStatement {
    E::find().select_only().column(column).filter(filter.into_condition()).into_query()
}
