//! What is in sight of what families and schools say to each other.

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use super::people::students_in_groups;
use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::{
    RecipientKind, TargetKind, agreement, agreement_confirmation, audience_target, conversation, conversation_attendee,
    conversation_note, goal, goal_agreement, partnership, recipient, talk_choice,
};
use crate::organisation::school;
use crate::people::{GuardianAccess, student};

/// Students of whom the viewer has everything as a member of staff: who leads the school or teaches the group, and nobody
/// above them. Who is family of a student is no staff to it.
pub fn students_in_confidence<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    let headed = student::Column::SchoolId.among(scope.headed_schools.iter().copied());
    let any = Condition::any()
        .add(id.in_subquery(select_one::<student::Entity, _>(student::Column::Id, headed)))
        .add(id.in_subquery(students_in_groups(&scope.taught_groups, scope.on)));
    Condition::all().add(any).add(id.not_among(scope.kin.iter().copied()))
}

/// As [`students_in_confidence`], at a school where the viewer works: what was said at another school before stays there.
pub(super) fn in_confidence_at_school<C: ColumnTrait>(student: C, school: C, scope: &Scope) -> Condition {
    let schools = scope.headed_schools.iter().chain(&scope.team_schools).copied();
    Condition::all().add(students_in_confidence(student, scope)).add(school.among(schools))
}

/// As [`students_in_confidence`], and the own children of whom the viewer has everything.
pub(super) fn students_wholly_in_sight<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    Condition::any().add(students_in_confidence(id, scope)).add(id.among(scope.full_children.iter().copied()))
}

/// What is addressed to the viewer, as far as the guardianship opens it today.
pub fn addressed_to_oneself(scope: &Scope) -> Condition {
    use recipient::Column;
    let about = |least: GuardianAccess, children: &[crate::ids::StudentId]| {
        Condition::all().add(Column::Least.eq(least)).add(Column::StudentId.among(children.iter().copied()))
    };
    let open = Condition::any()
        .add(addressed_as_staff(scope))
        .add(about(GuardianAccess::Full, &scope.full_children))
        .add(about(GuardianAccess::OnRequest, &scope.informed_children))
        .add(about(GuardianAccess::EmergencyOnly, &scope.children));
    Condition::all().add(Column::PersonId.among(scope.persons.iter().copied())).add(open)
}

/// What was addressed to the viewer as staff of a place where the viewer works still, or of a thread in which they take part.
fn addressed_as_staff(scope: &Scope) -> Condition {
    use recipient::Column;
    if scope.team_schools.is_empty() {
        return Condition::any().add(Expr::val(1).eq(2));
    }
    let place = select_one::<audience_target::Entity, _>(
        audience_target::Column::ItemId,
        Condition::all()
            .add(Expr::col(audience_target::Column::ItemId.as_column_ref()).equals(Column::ItemId.as_column_ref()))
            .add(audience_target::Column::Excluded.eq(false))
            .add(places_of_work(scope)),
    );
    let thread = Condition::all()
        .add(Column::Kind.eq(RecipientKind::Thread))
        .add(super::threads::taken_part_as_staff(Column::ItemId, scope));
    let still = Condition::any().add(Expr::exists(place)).add(thread);
    Condition::all().add(Column::StudentId.eq(recipient::AS_STAFF)).add(still)
}

/// Places in whose staff the viewer is.
fn places_of_work(scope: &Scope) -> Condition {
    use audience_target::Column;
    let of = |kind: TargetKind| Condition::all().add(Column::Kind.eq(kind));
    let above = |column: school::Column| {
        select_one::<school::Entity, _>(column, school::Column::Id.among(scope.team_schools.iter().copied()))
    };
    Condition::any()
        .add(of(TargetKind::Board).add(Column::TargetId.in_subquery(above(school::Column::BoardId))))
        .add(of(TargetKind::Cluster).add(Column::TargetId.in_subquery(above(school::Column::ClusterId))))
        .add(of(TargetKind::School).add(Column::TargetId.among(scope.team_schools.iter().map(|school| school.0))))
        .add(of(TargetKind::ClassGroup).add(Column::TargetId.among(scope.taught_groups.iter().map(|group| group.0))))
}

impl Scoped for recipient::Entity {
    /// The own ones, and those about children whom the viewer has in confidence.
    fn visible(scope: &Scope) -> Condition {
        use recipient::Column;
        let any =
            Condition::any().add(addressed_to_oneself(scope)).add(students_in_confidence(Column::StudentId, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for audience_target::Entity {
    /// Those of the places for which the viewer answers, or where the viewer works.
    fn visible(scope: &Scope) -> Condition {
        use audience_target::Column;
        let of = |kind: TargetKind| Condition::all().add(Column::Kind.eq(kind));
        let led = scope.led_schools.iter().copied();
        let mut any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(of(TargetKind::Board).add(Column::TargetId.in_subquery(boards_of_led_schools(scope))))
            .add(of(TargetKind::Cluster).add(Column::TargetId.among(scope.clusters.iter().map(|cluster| cluster.0))))
            .add(of(TargetKind::School).add(Column::SchoolId.among(scope.team_schools.iter().copied())))
            .add(Column::SchoolId.among(led))
            .add(
                of(TargetKind::ClassGroup).add(Column::TargetId.among(scope.taught_groups.iter().map(|group| group.0))),
            );
        if !scope.taught_groups.is_empty() {
            let taught = students_in_groups(&scope.taught_groups, scope.on);
            any = any.add(of(TargetKind::Student).add(Column::TargetId.in_subquery(taught)));
        }
        behind_wall(Column::BoardId, scope, Condition::all().add(any).add(about_kin(scope).not()))
    }
}

/// Children of whom the viewer is family, and so no staff.
pub(super) fn about_kin(scope: &Scope) -> Condition {
    use audience_target::Column;
    let kin = scope.kin.iter().map(|child| child.0);
    Condition::all().add(Column::Kind.eq(TargetKind::Student)).add(Column::TargetId.among(kin))
}

/// What is for a whole board is in sight of who leads a school of it, or directs one.
fn boards_of_led_schools(scope: &Scope) -> SelectStatement {
    let led = school::Column::Id.among(scope.led_schools.iter().copied());
    select_one::<school::Entity, _>(school::Column::BoardId, led)
}

/// Rows about a child that all who have the child wholly in sight see.
macro_rules! scoped_to_partners {
    ($($table:ident),+ $(,)?) => {$(
        impl Scoped for $table::Entity {
            fn visible(scope: &Scope) -> Condition {
                use $table::Column;
                behind_wall(Column::BoardId, scope, students_wholly_in_sight(Column::StudentId, scope))
            }
        }
    )+};
}

scoped_to_partners!(partnership, goal);

/// Rows about a child of which a guardian sees the own ones only, and those of staff.
macro_rules! scoped_to_each_guardian {
    ($($table:ident . $person:ident $(or $staff:ident)?),+ $(,)?) => {$(
        impl Scoped for $table::Entity {
            fn visible(scope: &Scope) -> Condition {
                use $table::Column;
                let own = Condition::any().add(Column::$person.among(scope.persons.iter().copied()))
                    $(.add(Column::$staff.eq(true)))?;
                let of_child = Condition::all()
                    .add(Column::StudentId.among(scope.full_children.iter().copied()))
                    .add(own);
                let any = Condition::any().add(students_in_confidence(Column::StudentId, scope)).add(of_child);
                behind_wall(Column::BoardId, scope, any)
            }
        }
    )+};
}

scoped_to_each_guardian!(
    talk_choice.GuardianId,
    agreement_confirmation.GuardianId,
    goal_agreement.PersonId or IsStaff,
);

impl Scoped for conversation_attendee::Entity {
    /// A guardian sees themselves and the staff of the conversations to which they are invited.
    fn visible(scope: &Scope) -> Condition {
        use conversation_attendee::Column;
        let invited = Column::ConversationId.in_subquery(invitations(scope));
        let own = Condition::any()
            .add(Column::PersonId.among(scope.persons.iter().copied()))
            .add(Condition::all().add(Column::IsStaff.eq(true)).add(invited));
        let of_child = Condition::all().add(Column::StudentId.among(scope.full_children.iter().copied())).add(own);
        let mut any = Condition::any().add(of_child);
        if works(scope) {
            any = any.add(Column::ConversationId.in_subquery(conversations_of_staff(scope)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

/// The conversations to which the viewer is invited as a guardian.
pub(super) fn invitations(scope: &Scope) -> SelectStatement {
    use conversation_attendee::{Column, Entity};
    let own = Condition::all()
        .add(Column::PersonId.among(scope.persons.iter().copied()))
        .add(Column::IsStaff.eq(false))
        .add(Column::StudentId.among(scope.full_children.iter().copied()));
    select_one::<Entity, _>(Column::ConversationId, own)
}

/// Whether the viewer is staff of a school.
fn works(scope: &Scope) -> bool {
    !scope.headed_schools.is_empty() || !scope.team_schools.is_empty()
}

/// Conversations at the school, about students whom the viewer has in confidence there.
fn conversations_of_staff(scope: &Scope) -> SelectStatement {
    use conversation::Column;
    select_one::<conversation::Entity, _>(
        Column::Id,
        in_confidence_at_school(Column::StudentId, Column::SchoolId, scope),
    )
}

impl Scoped for conversation::Entity {
    /// A guardian sees those to which they are invited.
    fn visible(scope: &Scope) -> Condition {
        use conversation::Column;
        let invited = Condition::all()
            .add(Column::StudentId.among(scope.full_children.iter().copied()))
            .add(Column::Id.in_subquery(invitations(scope)));
        let of_staff = in_confidence_at_school(Column::StudentId, Column::SchoolId, scope);
        let any = Condition::any().add(of_staff).add(invited);
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for agreement::Entity {
    /// As the conversation. That guardians wait for its release is the slice's rule.
    fn visible(scope: &Scope) -> Condition {
        use agreement::Column;
        let invited = Condition::all()
            .add(Column::StudentId.among(scope.full_children.iter().copied()))
            .add(Column::ConversationId.in_subquery(invitations(scope)));
        let mut any = Condition::any().add(invited);
        if works(scope) {
            any = any.add(Column::ConversationId.in_subquery(conversations_of_staff(scope)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for conversation_note::Entity {
    /// Its author alone.
    fn visible(scope: &Scope) -> Condition {
        use conversation_note::Column;
        let own = Condition::any().add(Column::AuthorId.among(scope.persons.iter().copied()));
        behind_wall(Column::BoardId, scope, own)
    }
}

/// Staff of the conversations that the viewer sees, whatever role they hold today.
pub(super) fn people_who_talk<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    use conversation_attendee::{Column, Entity};
    if scope.full_children.is_empty() && scope.headed_schools.is_empty() && scope.taught_groups.is_empty() {
        return Condition::any();
    }
    let staff = Entity::visible(scope).add(Column::IsStaff.eq(true));
    let agrees = goal_agreement::Entity::visible(scope).add(goal_agreement::Column::IsStaff.eq(true));
    Condition::any()
        .add(id.in_subquery(select_one::<Entity, _>(Column::PersonId, staff)))
        .add(id.in_subquery(select_one::<goal_agreement::Entity, _>(goal_agreement::Column::PersonId, agrees)))
}

/// Items addressed to the viewer.
pub fn items_for_oneself(scope: &Scope) -> SelectStatement {
    let own = addressed_to_oneself(scope).add(recipient::Column::BoardId.among(scope.boards.iter().copied()));
    select_one::<recipient::Entity, _>(recipient::Column::ItemId, own)
}

/// Items for places for which the viewer answers, or where the viewer works.
pub fn items_for_places(scope: &Scope) -> SelectStatement {
    let visible = audience_target::Entity::visible(scope).add(audience_target::Column::Excluded.eq(false));
    select_one::<audience_target::Entity, _>(audience_target::Column::ItemId, visible)
}
