//! What is in sight of notifications.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::{absence_notice, agreement, concern, conversation, goal, thread};
use crate::ids::{AbsenceNoticeId, AgreementId, ClusterId, ConcernId, ConversationId, GoalId, ThreadId};
use crate::notifications::{Category, IN_CONFIDENCE, OF_ONESELF, delivery, notification, notification_student};
use crate::people::GuardianAccess;

/// The children of a notification of which the viewer has enough to be told.
fn open_children(scope: &Scope) -> SelectStatement {
    use notification_student::Column;
    let with = |least: &[GuardianAccess], children: &[crate::ids::StudentId]| {
        Condition::all()
            .add(Column::Least.is_in(least.iter().copied()))
            .add(Column::StudentId.among(children.iter().copied()))
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

/// That the notification is about something of this kind that is in sight.
fn in_sight<E: Scoped>(kind: &'static str, id: E::Column, scope: &Scope) -> Condition {
    use notification::Column;
    let is_it = Expr::col(id.as_column_ref()).equals(Column::AboutId.as_column_ref());
    let matter = select_one::<E, _>(id, Condition::all().add(is_it).add(E::visible(scope)));
    Condition::all().add(Column::AboutKind.eq(kind)).add(Expr::exists(matter))
}

/// That the viewer may know of it as staff: of a report while they administer the board, of a cluster while they direct it, of
/// what is in confidence while it is in sight.
fn open_to_staff(scope: &Scope) -> Condition {
    use notification::Column;
    let report = Column::Category.ne(Category::Report);
    let administered = Column::BoardId.among(scope.people_boards.iter().copied());
    let of_cluster = Condition::any()
        .add(Column::AboutKind.is_null())
        .add(Column::AboutKind.ne(ClusterId::PREFIX))
        .add(Column::AboutId.among(scope.directed_clusters.iter().map(|it| it.0)));
    let open = Condition::any()
        .add(Column::AboutKind.is_null())
        .add(Column::AboutKind.is_not_in(IN_CONFIDENCE))
        .add(Column::Text.is_in(OF_ONESELF))
        .add(in_sight::<absence_notice::Entity>(AbsenceNoticeId::PREFIX, absence_notice::Column::Id, scope))
        .add(in_sight::<agreement::Entity>(AgreementId::PREFIX, agreement::Column::Id, scope))
        .add(in_sight::<concern::Entity>(ConcernId::PREFIX, concern::Column::Id, scope))
        .add(in_sight::<conversation::Entity>(ConversationId::PREFIX, conversation::Column::Id, scope))
        .add(in_sight::<goal::Entity>(GoalId::PREFIX, goal::Column::Id, scope))
        .add(in_sight::<thread::Entity>(ThreadId::PREFIX, thread::Column::Id, scope));
    Condition::all()
        .add(Column::AsStaff.eq(true))
        .add(Condition::any().add(report).add(administered))
        .add(of_cluster)
        .add(open)
}

impl Scoped for notification::Entity {
    /// The own ones that still hold. As a guardian: as long as the guardianship of one of the children opens it; as staff: as
    /// long as the person works for the board, and has the child of a matter that is in confidence.
    fn visible(scope: &Scope) -> Condition {
        use notification::Column;
        let as_guardian = Condition::all()
            .add(Column::AsStaff.eq(false))
            .add(Condition::any().add(Column::Id.in_subquery(open_children(scope))).add(of_no_child()));
        let any = Condition::any().add(as_guardian).add(open_to_staff(scope));
        let own = Condition::all()
            .add(Column::PersonId.among(scope.persons.iter().copied()))
            .add(Column::WithdrawnAt.is_null())
            .add(any);
        behind_wall(Column::BoardId, scope, own)
    }
}

impl Scoped for delivery::Entity {
    /// Those of the boards that the viewer administers.
    fn visible(scope: &Scope) -> Condition {
        use delivery::Column;
        let administered = Column::BoardId.among(scope.people_boards.iter().copied());
        behind_wall(Column::BoardId, scope, Condition::all().add(administered))
    }
}
