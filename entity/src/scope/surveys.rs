//! What is in sight of surveys.

use sea_orm::sea_query::IntoCondition;
use sea_orm::{ColumnTrait, Condition};

use super::announcements::wholly_under;
use super::engagement::{items_for_oneself, items_for_places};
use super::people::students_in_groups;
use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::{SurveyStatus, survey, survey_answer, survey_question, survey_response};

/// Surveys that the viewer sees as a member of staff: the own ones, those that were opened for a place where the viewer
/// works, and drafts where the viewer answers for all of their places.
pub fn surveys_of_staff(scope: &Scope) -> Condition {
    use survey::Column;
    let known =
        Condition::any().add(Column::Status.ne(SurveyStatus::Draft)).add(wholly_under(Column::Id, scope, false));
    let of_places = Condition::all().add(Column::Id.in_subquery(items_for_places(scope))).add(known);
    let any = Condition::any().add(Column::AuthorId.among(scope.persons.iter().copied())).add(of_places);
    behind_wall(Column::BoardId, scope, any)
}

/// Surveys of which every place is the viewer's to ask: as leader, director or administrator, and with `groups` as teacher
/// too.
pub fn surveys_to_change(scope: &Scope, groups: bool) -> Condition {
    surveys_of_staff(scope).add(wholly_under(survey::Column::Id, scope, groups))
}

impl Scoped for survey::Entity {
    /// What reached the viewer, and what the viewer sees as a member of staff.
    fn visible(scope: &Scope) -> Condition {
        use survey::Column;
        let reached = Condition::all()
            .add(Column::Status.ne(SurveyStatus::Draft))
            .add(Column::Id.in_subquery(items_for_oneself(scope)));
        behind_wall(Column::BoardId, scope, Condition::any().add(reached).add(surveys_of_staff(scope)))
    }
}

impl Scoped for survey_question::Entity {
    /// As the survey.
    fn visible(scope: &Scope) -> Condition {
        let seen = select_one::<survey::Entity, _>(survey::Column::Id, survey::Entity::visible(scope));
        survey_question::Column::SurveyId.in_subquery(seen).into_condition()
    }
}

impl Scoped for survey_response::Entity {
    /// The own ones, of a pulse as long as the child is in sight. Nobody reads what somebody else answered.
    fn visible(scope: &Scope) -> Condition {
        use survey_response::Column;
        let mut about = Condition::any()
            .add(Column::StudentId.is_null())
            .add(Column::StudentId.among(scope.full_children.iter().copied()));
        if !scope.taught_groups.is_empty() {
            about = about.add(Column::StudentId.in_subquery(students_in_groups(&scope.taught_groups, scope.on)));
        }
        let own = Condition::all().add(Column::PersonId.among(scope.persons.iter().copied())).add(about);
        behind_wall(Column::BoardId, scope, own)
    }
}

impl Scoped for survey_answer::Entity {
    /// As the response.
    fn visible(scope: &Scope) -> Condition {
        let seen = survey_response::Entity::visible(scope);
        let seen = select_one::<survey_response::Entity, _>(survey_response::Column::Id, seen);
        survey_answer::Column::ResponseId.in_subquery(seen).into_condition()
    }
}
