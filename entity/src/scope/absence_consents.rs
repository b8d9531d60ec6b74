//! What is in sight of absence notices and consents.

use sea_orm::Condition;

use super::engagement::{students_in_confidence, students_wholly_in_sight};
use super::{Among, Scope, Scoped, behind_wall};
use crate::engagement::{absence_notice, consent, consent_purpose};

impl Scoped for absence_notice::Entity {
    /// Staff who has the student in confidence, and its guardians. What a guardian may not read of another one's notice is
    /// the slice's rule.
    fn visible(scope: &Scope) -> Condition {
        use absence_notice::Column;
        behind_wall(Column::BoardId, scope, students_wholly_in_sight(Column::StudentId, scope))
    }
}

impl Scoped for consent_purpose::Entity {
    /// Those of the schools in sight.
    fn visible(scope: &Scope) -> Condition {
        use consent_purpose::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.organisation_boards.iter().copied()))
            .add(Column::SchoolId.among(scope.schools.iter().copied()));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for consent::Entity {
    /// Staff who has the student in confidence sees all answers, a guardian the own ones.
    fn visible(scope: &Scope) -> Condition {
        use consent::Column;
        let own = Condition::all()
            .add(Column::StudentId.among(scope.full_children.iter().copied()))
            .add(Column::GuardianId.among(scope.persons.iter().copied()));
        let any = Condition::any().add(students_in_confidence(Column::StudentId, scope)).add(own);
        behind_wall(Column::BoardId, scope, any)
    }
}
