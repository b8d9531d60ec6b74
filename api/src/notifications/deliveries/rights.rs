//! Whether somebody may know still, at the moment of sending, of what they are told.

use chrono::NaiveDate;
use glans_entity::ids::ClusterId;
use glans_entity::notifications::{Category, IN_CONFIDENCE, OF_ONESELF, notification, notification_student};
use glans_entity::people::{
    GuardianAccess, GuardianshipStatus, Role, ScopeKind, enrolment, guardianship, membership, person, student,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{ActiveEnum, Condition};

use crate::people::rights::covers;

/// What staff is told of as long as it has the child in confidence: tables of what stays at the school at which it was said,
/// and of what goes with the child.
const OF_SCHOOLS: [&str; 3] = ["thread", "conversation", "concern"];
const OF_CHILDREN: [&str; 3] = ["absence_notice", "agreement", "goal"];
const MATTER: &str = "matter";

/// As staff: works for the board, and has the right to the matter still. As a guardian: has enough of one of the children,
/// where it concerns any.
pub(super) fn may_know(on: NaiveDate) -> SimpleExpr {
    use notification::Column;
    let as_staff = Expr::col((notification::Entity, Column::AsStaff)).eq(true);
    let here = Expr::col((person::Entity, person::Column::ArchivedAt))
        .is_null()
        .and(Expr::col((person::Entity, person::Column::ErasedAt)).is_null());
    let works = as_staff.clone().and(Expr::exists(role(on))).and(answers_for(on));
    let no_child = Expr::exists(children(None)).not();
    let cares = as_staff.not().and(no_child.or(Expr::exists(children(Some(on)))));
    here.and(works.or(cares))
}

fn role(on: NaiveDate) -> SelectStatement {
    use membership::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(membership::Entity)
        .and_where(
            Expr::col((membership::Entity, Column::PersonId))
                .equals((notification::Entity, notification::Column::PersonId)),
        )
        .and_where(Expr::col((membership::Entity, Column::EndedAt)).is_null())
        .cond_where(covers(Column::StartsOn, Column::EndsOn, on))
        .to_owned()
}

/// That a report is told to who administers the board, the week of a cluster to who directs it, and what is in confidence to
/// who has the child in confidence.
fn answers_for(on: NaiveDate) -> SimpleExpr {
    use notification::Column;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let mut administers = role(on);
    administers.and_where(Expr::col((membership::Entity, membership::Column::Role)).eq(Role::BoardAdmin.to_value()));
    let mut directs = role(on);
    directs
        .and_where(Expr::col((membership::Entity, membership::Column::Role)).eq(Role::ClusterDirector.to_value()))
        .and_where(
            Expr::col((membership::Entity, membership::Column::ScopeId))
                .equals((notification::Entity, Column::AboutId)),
        );
    let of_no_cluster = own(Column::AboutKind).is_null().or(own(Column::AboutKind).ne(ClusterId::PREFIX));
    let is_report = own(Column::Category).eq(Category::Report.to_value());
    let anybody = own(Column::AboutKind)
        .is_null()
        .or(own(Column::AboutKind).is_not_in(IN_CONFIDENCE))
        .or(own(Column::Text).is_in(OF_ONESELF));
    is_report
        .not()
        .or(Expr::exists(administers))
        .and(of_no_cluster.or(Expr::exists(directs)))
        .and(anybody.or(Expr::exists(confidant(on))))
}

/// A role by which the person leads the school of the child or teaches it, at the school of the matter. Who is or was family
/// of a child is no staff to it.
fn confidant(on: NaiveDate) -> SelectStatement {
    use enrolment::Column as Enrolment;
    use guardianship::Column as Guardianship;
    use membership::Column;
    let held = |column: Column| Expr::col((membership::Entity, column));
    let child = || of(MATTER, "student_id");
    let groups = Query::select()
        .column((enrolment::Entity, Enrolment::ClassGroupId))
        .from(enrolment::Entity)
        .and_where(Expr::col((enrolment::Entity, Enrolment::StudentId)).eq(child()))
        .cond_where(covers(Enrolment::StartsOn, Enrolment::EndsOn, on))
        .to_owned();
    let school = Query::select()
        .column((student::Entity, student::Column::SchoolId))
        .from(student::Entity)
        .and_where(Expr::col((student::Entity, student::Column::Id)).eq(child()))
        .to_owned();
    let kin = Query::select()
        .expr(Expr::val(1))
        .from(guardianship::Entity)
        .and_where(Expr::col((guardianship::Entity, Guardianship::StudentId)).eq(child()))
        .and_where(
            Expr::col((guardianship::Entity, Guardianship::GuardianId))
                .equals((notification::Entity, notification::Column::PersonId)),
        )
        .to_owned();
    let is_teacher = held(Column::Role).eq(Role::Teacher.to_value());
    let of_group = held(Column::ScopeKind).eq(ScopeKind::ClassGroup.to_value());
    let teaches = is_teacher.and(of_group).and(held(Column::ScopeId).in_subquery(groups));
    let leads = held(Column::Role).eq(Role::SchoolLeader.to_value()).and(held(Column::SchoolId).in_subquery(school));
    let said_at = of(MATTER, "school_id");
    let there = said_at.clone().is_null().or(held(Column::SchoolId).eq(said_at));
    let mut by = role(on);
    by.from_subquery(matter(), Alias::new(MATTER))
        .and_where(teaches.or(leads))
        .and_where(there)
        .and_where(Expr::exists(kin).not());
    by
}

/// The child whom the notification is about, and the school at which it was said, if it stays there.
fn matter() -> SelectStatement {
    let part = |table: &'static str, school: SimpleExpr| {
        Query::select()
            .expr_as(of(table, "student_id"), Alias::new("student_id"))
            .expr_as(school, Alias::new("school_id"))
            .from(Alias::new(table))
            .and_where(of(table, "id").eq(Expr::col((notification::Entity, notification::Column::AboutId))))
            .to_owned()
    };
    let [first, others @ ..] = OF_SCHOOLS;
    let mut all = part(first, of(first, "school_id"));
    for table in others {
        all.union(UnionType::All, part(table, of(table, "school_id")));
    }
    for table in OF_CHILDREN {
        all.union(UnionType::All, part(table, Expr::cust("CAST(NULL AS uuid)")));
    }
    all
}

/// The children of the notification; those of whom the person has enough on that day, where one is given.
fn children(on: Option<NaiveDate>) -> SelectStatement {
    use notification_student::Column;
    let mut select = Query::select();
    select.expr(Expr::val(1)).from(notification_student::Entity).and_where(
        Expr::col((notification_student::Entity, Column::NotificationId))
            .equals((notification::Entity, notification::Column::Id)),
    );
    if let Some(on) = on {
        only_known(&mut select, on);
    }
    select
}

/// Leaves those children of a notification of whom its person has enough on that day.
pub(super) fn only_known(select: &mut SelectStatement, on: NaiveDate) {
    use guardianship::Column as Guardianship;
    use notification_student::Column;
    let least = Expr::col((notification_student::Entity, Column::Least));
    let access = Expr::col((guardianship::Entity, Guardianship::Access));
    let text = |access: GuardianAccess| access.to_value();
    let full = access.clone().eq(text(GuardianAccess::Full));
    let informed = access.clone().eq(text(GuardianAccess::OnRequest)).and(least.clone().ne(text(GuardianAccess::Full)));
    let reached = access.eq(text(GuardianAccess::EmergencyOnly)).and(least.eq(text(GuardianAccess::EmergencyOnly)));
    let of_child = Condition::all()
        .add(
            Expr::col((guardianship::Entity, Guardianship::StudentId))
                .equals((notification_student::Entity, Column::StudentId)),
        )
        .add(
            Expr::col((guardianship::Entity, Guardianship::GuardianId))
                .equals((notification::Entity, notification::Column::PersonId)),
        );
    select
        .inner_join(guardianship::Entity, of_child)
        .and_where(Expr::col((guardianship::Entity, Guardianship::Status)).eq(GuardianshipStatus::Active.to_value()))
        .cond_where(covers(Guardianship::StartsOn, Guardianship::EndsOn, on))
        .and_where(full.or(informed).or(reached));
}

/// The column of the table.
pub(super) fn of(table: &'static str, column: &'static str) -> SimpleExpr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::texts::Text;

    #[test]
    fn the_own_day_and_the_own_words_are_told_all_the_same() {
        assert_eq!(OF_ONESELF, [Text::ConversationCancelled, Text::MessageUndeliverable].map(Text::key));
    }
}
