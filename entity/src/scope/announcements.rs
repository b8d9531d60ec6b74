//! What is in sight of announcements.

use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition};
use sea_orm::{ColumnTrait, Condition};

use super::engagement::{about_kin, items_for_oneself, items_for_places};
use super::people::students_in_groups;
use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::{TargetKind, announcement, announcement_revision, announcement_translation, audience_target};

/// Items of which every place lies under a role of the viewer: as leader, director or administrator, and with `groups` as
/// teacher too. `item` is the id of the item in the query around it. One place in sight does not open what is for two.
pub(super) fn wholly_under<C: ColumnTrait>(item: C, scope: &Scope, groups: bool) -> Condition {
    use audience_target::{Column, Entity};
    let taught = groups && !scope.taught_groups.is_empty();
    if scope.people_boards.is_empty() && scope.led_schools.is_empty() && !taught {
        return Expr::val(1).eq(2).into_condition();
    }
    let of = |kind: TargetKind| Condition::all().add(Column::Kind.eq(kind));
    let led = Condition::all()
        .add(Column::SchoolId.is_not_null())
        .add(Column::SchoolId.among(scope.led_schools.iter().copied()));
    let mut inside = Condition::any()
        .add(Column::BoardId.among(scope.people_boards.iter().copied()))
        .add(led)
        .add(of(TargetKind::Cluster).add(Column::TargetId.among(scope.directed_clusters.iter().map(|it| it.0))));
    if taught {
        let students = students_in_groups(&scope.taught_groups, scope.on);
        let taught = scope.taught_groups.iter().map(|group| group.0);
        inside = inside
            .add(of(TargetKind::ClassGroup).add(Column::TargetId.among(taught)))
            .add(of(TargetKind::Student).add(Column::TargetId.in_subquery(students)));
    }
    let outside = Condition::all()
        .add(Expr::col(Column::ItemId.as_column_ref()).equals(item.as_column_ref()))
        .add(Column::Excluded.eq(false))
        .add(Condition::any().add(inside.not()).add(about_kin(scope)));
    Expr::not_exists(select_one::<Entity, _>(Column::ItemId, outside)).into_condition()
}

/// Announcements that the viewer sees as a member of staff: the own ones, those that were published for a place where the
/// viewer works, and what is not published yet where the viewer answers for all of its places.
pub fn announcements_of_staff(scope: &Scope) -> Condition {
    use announcement::Column;
    let published = Condition::any().add(Column::PublishedAt.is_not_null()).add(wholly_under(Column::Id, scope, false));
    let of_places = Condition::all().add(Column::Id.in_subquery(items_for_places(scope))).add(published);
    let any = Condition::any().add(Column::AuthorId.among(scope.persons.iter().copied())).add(of_places);
    behind_wall(Column::BoardId, scope, any)
}

/// Announcements of which every place is the viewer's to address: as leader, director or administrator, and with `groups` as
/// teacher too.
pub fn announcements_to_change(scope: &Scope, groups: bool) -> Condition {
    announcements_of_staff(scope).add(wholly_under(announcement::Column::Id, scope, groups))
}

impl Scoped for announcement::Entity {
    /// What reached the viewer, and what the viewer sees as a member of staff.
    fn visible(scope: &Scope) -> Condition {
        use announcement::Column;
        let reached = Condition::all()
            .add(Column::PublishedAt.is_not_null())
            .add(Column::Id.in_subquery(items_for_oneself(scope)));
        behind_wall(Column::BoardId, scope, Condition::any().add(reached).add(announcements_of_staff(scope)))
    }
}

impl Scoped for announcement_translation::Entity {
    /// As the announcement.
    fn visible(scope: &Scope) -> Condition {
        let seen = announcement::Entity::visible(scope);
        let seen = select_one::<announcement::Entity, _>(announcement::Column::Id, seen);
        announcement_translation::Column::AnnouncementId.in_subquery(seen).into_condition()
    }
}

impl Scoped for announcement_revision::Entity {
    /// What was corrected is for staff.
    fn visible(scope: &Scope) -> Condition {
        let seen = announcements_of_staff(scope);
        let seen = select_one::<announcement::Entity, _>(announcement::Column::Id, seen);
        announcement_revision::Column::AnnouncementId.in_subquery(seen).into_condition()
    }
}
