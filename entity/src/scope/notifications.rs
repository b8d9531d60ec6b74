//! What is in sight of notifications.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{Scope, Scoped, behind_wall};
use crate::notifications::{delivery, notification, notification_student};
use crate::people::GuardianAccess;

/// The children of a notification of which the viewer has enough to be told.
fn open_children(scope: &Scope) -> SelectStatement {
    use notification_student::Column;
    let with = |least: &[GuardianAccess], children: &[crate::ids::StudentId]| {
        Condition::all()
            .add(Column::Least.is_in(least.iter().copied()))
            .add(Column::StudentId.is_in(children.iter().copied()))
    };
    let any = Condition::any()
        .add(with(&[GuardianAccess::Full], &scope.full_children))
        .add(with(&[GuardianAccess::OnRequest], &scope.informed_children))
        .add(with(&[GuardianAccess::EmergencyOnly], &scope.children));
    notification_student::Entity::find().select_only().column(Column::NotificationId).filter(any).into_query()
}

/// That the notification concerns no child. `notification` stands in the query around it.
fn of_no_child() -> Condition {
    let linked = Query::select()
        .expr(Expr::val(1))
        .from(notification_student::Entity)
        .and_where(
            Expr::col((notification_student::Entity, notification_student::Column::NotificationId))
                .equals((notification::Entity, notification::Column::Id)),
        )
        .to_owned();
    Condition::all().add(Expr::exists(linked).not())
}

impl Scoped for notification::Entity {
    /// The own ones that still hold. As a guardian: as long as the guardianship of one of the children opens it; as staff: as
    /// long as the person works for the board.
    fn visible(scope: &Scope) -> Condition {
        use notification::Column;
        let as_guardian = Condition::all()
            .add(Column::AsStaff.eq(false))
            .add(Condition::any().add(Column::Id.in_subquery(open_children(scope))).add(of_no_child()));
        let any = Condition::any().add(as_guardian).add(Column::AsStaff.eq(true));
        let own = Condition::all()
            .add(Column::PersonId.is_in(scope.persons.iter().copied()))
            .add(Column::WithdrawnAt.is_null())
            .add(any);
        behind_wall(Column::BoardId, scope, own)
    }
}

impl Scoped for delivery::Entity {
    /// Those of the boards that the viewer administers.
    fn visible(scope: &Scope) -> Condition {
        use delivery::Column;
        let administered = Column::BoardId.is_in(scope.people_boards.iter().copied());
        behind_wall(Column::BoardId, scope, Condition::all().add(administered))
    }
}
