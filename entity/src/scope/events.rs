//! What is in sight of events.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition};

use super::engagement::{items_for_oneself, items_for_places, students_in_confidence};
use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::{event, event_response, recipient};

impl Scoped for event::Entity {
    /// Those to which the viewer is invited, and those for the places for which the viewer answers or where they work.
    fn visible(scope: &Scope) -> Condition {
        use event::Column;
        let any = Condition::any()
            .add(Column::Id.in_subquery(items_for_oneself(scope)))
            .add(Column::Id.in_subquery(items_for_places(scope)));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Answers of people whom the item reaches as `whose`.
fn reached(whose: Condition) -> Condition {
    let to = |of: recipient::Column, answer: event_response::Column| {
        Expr::col((recipient::Entity, of)).equals((event_response::Entity, answer))
    };
    let select = Query::select()
        .expr(Expr::val(1))
        .from(recipient::Entity)
        .cond_where(
            Condition::all()
                .add(to(recipient::Column::ItemId, event_response::Column::EventId))
                .add(to(recipient::Column::PersonId, event_response::Column::PersonId))
                .add(whose),
        )
        .to_owned();
    Condition::all().add(Expr::exists(select))
}

impl Scoped for event_response::Entity {
    /// The own ones; staff sees those of guardians of students that it has in confidence, and those of its own team.
    fn visible(scope: &Scope) -> Condition {
        use event_response::Column;
        let own = Condition::all()
            .add(Column::PersonId.among(scope.persons.iter().copied()))
            .add(Column::EventId.in_subquery(items_for_oneself(scope)));
        let mut any = Condition::any().add(own);
        if !scope.headed_schools.is_empty() || !scope.taught_groups.is_empty() {
            any = any.add(reached(students_in_confidence(recipient::Column::StudentId, scope)));
        }
        if !scope.team_schools.is_empty() {
            let here = event::Column::SchoolId.among(scope.team_schools.iter().copied());
            let of_team = Condition::all().add(recipient::Column::StudentId.eq(recipient::AS_STAFF));
            let at_school = Column::EventId.in_subquery(select_one::<event::Entity, _>(event::Column::Id, here));
            any = any.add(Condition::all().add(at_school).add(reached(of_team)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}
