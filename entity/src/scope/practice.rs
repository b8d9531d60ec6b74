//! What is in sight of cohorts, and of what becomes of a lesson at a school.

use sea_orm::sea_query::IntoCondition;
use sea_orm::{ColumnTrait, Condition};

use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::practice::{
    ExperienceVisibility, attendance, cohort, cohort_school, comment, experience, lesson_event, lesson_mark,
    lesson_progress, lesson_succession, meeting, meeting_lesson, team_session,
};

impl Scoped for cohort::Entity {
    fn visible(scope: &Scope) -> Condition {
        use cohort::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::Id.among(scope.cohorts.iter().copied()));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// The own schools in the own cohorts.
fn own<C: ColumnTrait>(cohort: C, school: C, scope: &Scope) -> Condition {
    Condition::all()
        .add(cohort.among(scope.cohorts.iter().copied()))
        .add(school.among(scope.staffed_schools.iter().copied()))
}

/// Rows of a school in a cohort that all who share the cohort see. A teacher sees those of the own school.
macro_rules! scoped_to_followers {
    ($($table:ident),+ $(,)?) => {$(
        impl Scoped for $table::Entity {
            fn visible(scope: &Scope) -> Condition {
                use $table::Column;
                let any = Condition::any()
                    .add(Column::BoardId.among(scope.people_boards.iter().copied()))
                    .add(Column::CohortId.among(scope.shared_cohorts.iter().copied()))
                    .add(own(Column::CohortId, Column::SchoolId, scope));
                behind_wall(Column::BoardId, scope, any)
            }
        }
    )+};
}

scoped_to_followers!(cohort_school, lesson_event, lesson_mark, lesson_progress);

/// Rows of a cohort that its trainers, leaders and directors see, and no teacher.
macro_rules! scoped_to_cohorts {
    ($($table:ident),+ $(,)?) => {$(
        impl Scoped for $table::Entity {
            fn visible(scope: &Scope) -> Condition {
                use $table::Column;
                let any = Condition::any()
                    .add(Column::BoardId.among(scope.people_boards.iter().copied()))
                    .add(Column::CohortId.among(scope.shared_cohorts.iter().copied()));
                behind_wall(Column::BoardId, scope, any)
            }
        }
    )+};
}

scoped_to_cohorts!(meeting, meeting_lesson);

impl Scoped for lesson_succession::Entity {
    /// As the cohort.
    fn visible(scope: &Scope) -> Condition {
        use lesson_succession::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::CohortId.among(scope.cohorts.iter().copied()));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for team_session::Entity {
    /// The leaders of the other schools do not see it.
    fn visible(scope: &Scope) -> Condition {
        use team_session::Column;
        let any = Condition::any().add(Column::BoardId.among(scope.people_boards.iter().copied())).add(own(
            Column::CohortId,
            Column::SchoolId,
            scope,
        ));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for attendance::Entity {
    /// As the occasion.
    fn visible(scope: &Scope) -> Condition {
        use attendance::Column;
        let meetings = Condition::all()
            .add(Column::MeetingId.is_not_null())
            .add(Column::CohortId.among(scope.shared_cohorts.iter().copied()));
        let sessions = own(Column::CohortId, Column::SchoolId, scope).add(Column::TeamSessionId.is_not_null());
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(meetings)
            .add(sessions);
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for experience::Entity {
    /// What stays within the team is seen by the team alone.
    fn visible(scope: &Scope) -> Condition {
        use experience::Column;
        let within_cohort = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::CohortId.among(scope.shared_cohorts.iter().copied()));
        let shared = Condition::all().add(Column::Visibility.ne(ExperienceVisibility::School)).add(within_cohort);
        let of_the_team = Condition::all()
            .add(Column::CohortId.among(scope.cohorts.iter().copied()))
            .add(Column::SchoolId.among(scope.team_schools.iter().copied()));
        let any = Condition::any().add(shared).add(of_the_team).add(shared_with_the_board(scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

fn shared_with_the_board(scope: &Scope) -> Condition {
    use experience::Column;
    Condition::all()
        .add(Column::Visibility.eq(ExperienceVisibility::Board))
        .add(Column::BoardId.among(scope.sharing_boards.iter().copied()))
}

impl Scoped for comment::Entity {
    /// As the experience.
    fn visible(scope: &Scope) -> Condition {
        let seen = select_one::<experience::Entity, _>(experience::Column::Id, experience::Entity::visible(scope));
        comment::Column::ExperienceId.in_subquery(seen).into_condition()
    }
}

/// Who sees an occasion, an experience or a comment sees who was there or wrote it, whatever role they hold today.
pub(super) fn people_who_take_part<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    if scope.cohorts.is_empty() && scope.sharing_boards.is_empty() {
        return Condition::any();
    }
    let visible = attendance::Entity::visible(scope);
    let attendees = select_one::<attendance::Entity, _>(attendance::Column::PersonId, visible);
    let authors = select_one::<experience::Entity, _>(experience::Column::AuthorId, experience::Entity::visible(scope));
    let voices = select_one::<comment::Entity, _>(comment::Column::AuthorId, comment::Entity::visible(scope));
    Condition::any().add(id.in_subquery(attendees)).add(id.in_subquery(authors)).add(id.in_subquery(voices))
}

/// Who sees an experience that is shared with the whole board sees from which school it is.
pub(super) fn schools_that_share<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    if scope.sharing_boards.is_empty() {
        return Condition::any();
    }
    let sharing = select_one::<experience::Entity, _>(experience::Column::SchoolId, shared_with_the_board(scope));
    Condition::any().add(id.in_subquery(sharing))
}
