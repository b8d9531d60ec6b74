//! The SQL of what waits for an answer: one statement, and what families booked where a round waits.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::{
    AnnouncementStatus, AttendeeStatus, BookingRoundStatus, EventStatus, RecipientKind, StepKind, SurveyKind,
    SurveyStatus, agreement, agreement_confirmation, announcement, booking_round, booking_round_group, consent,
    consent_purpose, conversation, conversation_attendee, event, event_response, goal, goal_agreement, partnership,
    recipient, slot, slot_booking, survey,
};
use glans_entity::ids::StudentId;
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::{self, enrolment, membership, student};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped, engagement::addressed_to_oneself};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, IntoColumnRef, NullOrdering, Order, Query, SelectStatement, UnionType,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationDef, Select,
};
use uuid::Uuid;

use super::rules::{self, Line};
use super::types::AwaitedKind;
use crate::engagement::bookings::rules::EARLY_HOURS;
use crate::engagement::partnerships::Family;
use crate::people::rights::covers;
use crate::platform::error::{Error, Result};

/// Rows at most; nobody is asked as much.
const MOST: u64 = 1_000;

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    node: Uuid,
    student: StudentId,
    asked_at: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
}

const KINDS: [AwaitedKind; 8] = [
    AwaitedKind::Acknowledgement,
    AwaitedKind::Rsvp,
    AwaitedKind::Survey,
    AwaitedKind::Booking,
    AwaitedKind::Invitation,
    AwaitedKind::Agreement,
    AwaitedKind::Goal,
    AwaitedKind::Consent,
];

/// All that waits for the viewer, a line per child; what is due first comes first.
pub(super) async fn lines(db: &impl ConnectionTrait, scope: &Scope, now: DateTime<Utc>) -> Result<Vec<Line>> {
    if scope.persons.is_empty() {
        return Ok(Vec::new());
    }
    let [first, others @ ..] = KINDS.map(|kind| of_kind(kind, scope, now));
    let mut all = first;
    for other in others {
        all.union(UnionType::All, other);
    }
    let mut list = Query::select().from_subquery(all, Alias::new("list")).to_owned();
    for column in ["kind", "node", "student", "asked_at", "due_at"] {
        list.column(Alias::new(column));
    }
    list.order_by_with_nulls(Alias::new("due_at"), Order::Asc, NullOrdering::Last)
        .order_by(Alias::new("asked_at"), Order::Asc)
        .order_by(Alias::new("node"), Order::Asc)
        .limit(MOST);
    let rows = db.query_all(&list).await?;
    rows.iter().map(|row| Row::from_query_result(row, "").map_err(Error::from).and_then(line)).collect()
}

fn line(Row { kind, node, student, asked_at, due_at }: Row) -> Result<Line> {
    let kind = KINDS.into_iter().find(|known| name(*known) == kind).ok_or_else(|| Error::fault("a kind of no list"))?;
    Ok(Line { kind, node, student, asked_at, due_at })
}

fn name(kind: AwaitedKind) -> String {
    format!("{kind:?}")
}

fn of_kind(kind: AwaitedKind, scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    match kind {
        AwaitedKind::Acknowledgement => acknowledgements(scope, now),
        AwaitedKind::Rsvp => events(scope, now),
        AwaitedKind::Survey => surveys(scope, now),
        AwaitedKind::Booking => bookings(scope, now),
        AwaitedKind::Invitation => invitations(scope, now),
        AwaitedKind::Agreement => agreements(scope, now),
        AwaitedKind::Goal => goals(scope),
        AwaitedKind::Consent => consents(scope),
    }
}

/// One list of the statement.
fn list<E: EntityTrait>(
    kind: AwaitedKind,
    rows: Select<E>,
    (node, student, asked): (impl IntoColumnRef, impl IntoColumnRef, impl IntoColumnRef),
    due: Expr,
) -> SelectStatement {
    rows.select_only()
        .expr_as(Expr::cust(format!("'{}'", name(kind))), "kind")
        .expr_as(Expr::col(node), "node")
        .expr_as(Expr::col(student), "student")
        .expr_as(Expr::col(asked), "asked_at")
        .expr_as(due, "due_at")
        .into_query()
}

fn at(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

fn never() -> Expr {
    Expr::cust("CAST(NULL AS timestamptz)")
}

fn own<C: ColumnTrait>(person: C, scope: &Scope) -> Expr {
    person.is_in(scope.persons.iter().copied())
}

/// What is addressed to the viewer, beside the things themselves.
fn addressed<E: EntityTrait>(scope: &Scope, kind: RecipientKind, id: E::Column) -> Select<recipient::Entity> {
    let item: RelationDef = recipient::Entity::belongs_to(E::default()).from(recipient::Column::ItemId).to(id).into();
    let own = recipient::Entity::within(scope).filter(addressed_to_oneself(scope));
    own.filter(recipient::Column::Kind.eq(kind)).join(JoinType::InnerJoin, item)
}

fn acknowledgements(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use announcement::Column;
    let rows = addressed::<announcement::Entity>(scope, RecipientKind::Announcement, Column::Id)
        .filter(recipient::Column::AcknowledgedAt.is_null())
        .filter(Column::RequiresAcknowledgement.eq(true))
        .filter(Column::Status.eq(AnnouncementStatus::Published))
        .filter(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now)));
    let columns = reached(Column::Id);
    list(AwaitedKind::Acknowledgement, rows, columns, at(Column::AcknowledgeBy))
}

fn reached<C: ColumnTrait>(
    id: C,
) -> (sea_orm::sea_query::ColumnRef, sea_orm::sea_query::ColumnRef, sea_orm::sea_query::ColumnRef) {
    (
        id.as_column_ref().into(),
        recipient::Column::StudentId.as_column_ref().into(),
        recipient::Column::At.as_column_ref().into(),
    )
}

fn events(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use event::Column;
    let answered = event_response::Entity::within(scope)
        .select_only()
        .column(event_response::Column::EventId)
        .filter(own(event_response::Column::PersonId, scope));
    let until = Expr::from(sea_orm::sea_query::Func::coalesce([at(Column::RespondBy), at(Column::StartsAt)]));
    let rows = addressed::<event::Entity>(scope, RecipientKind::Event, Column::Id)
        .filter(Column::Status.eq(EventStatus::Planned))
        .filter(until.clone().gt(now))
        .filter(Column::Id.not_in_subquery(answered.into_query()));
    list(AwaitedKind::Rsvp, rows, reached(Column::Id), until)
}

fn surveys(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use survey::Column;
    // A teacher answers a pulse about each child, and not about oneself.
    let asked = Condition::any()
        .add(Column::Kind.eq(SurveyKind::Survey))
        .add(recipient::Column::StudentId.ne(recipient::AS_STAFF));
    let rows = addressed::<survey::Entity>(scope, RecipientKind::Survey, Column::Id)
        .filter(recipient::Column::AcknowledgedAt.is_null())
        .filter(Column::Status.eq(SurveyStatus::Open))
        .filter(Column::ClosesAt.gt(now))
        .filter(asked);
    list(AwaitedKind::Survey, rows, reached(Column::Id), at(Column::ClosesAt))
}

fn bookings(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use booking_round::Column;
    let any_child = Expr::exists(enrolled(scope, now)).and(Column::Kind.ne(StepKind::Intake));
    let rows = addressed::<booking_round::Entity>(scope, RecipientKind::BookingRound, Column::Id)
        .filter(Column::Status.eq(BookingRoundStatus::Open))
        .filter(Column::OpensAt.lte(now + TimeDelta::hours(i64::from(*EARLY_HOURS.end()))))
        .filter(Column::ClosesAt.gt(now))
        .filter(any_child.or(Expr::exists(newly_enrolled(scope, now))));
    list(AwaitedKind::Booking, rows, reached(Column::Id), at(Column::ClosesAt))
}

/// That the child is in a class group of the round on the day, whose teacher has slots to come in it.
fn enrolled(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use booking_round_group::Column as Group;
    use enrolment::Column;
    use membership::Column as Role;
    let teaches = Condition::all()
        .add(at(Role::ScopeId).eq(at(Column::ClassGroupId)))
        .add(Role::ScopeKind.eq(people::ScopeKind::ClassGroup))
        .add(Role::Role.eq(people::Role::Teacher))
        .add(Role::EndedAt.is_null())
        .add(covers(Role::StartsOn, Role::EndsOn, scope.on));
    let to_come = Condition::all()
        .add(at(slot::Column::RoundId).eq(at(Group::RoundId)))
        .add(at(slot::Column::TeacherId).eq(at(Role::PersonId)))
        .add(slot::Column::StartsAt.gt(now));
    Query::select()
        .expr(Expr::val(1))
        .from(enrolment::Entity)
        .inner_join(booking_round_group::Entity, at(Group::ClassGroupId).eq(at(Column::ClassGroupId)))
        .inner_join(membership::Entity, teaches)
        .inner_join(slot::Entity, to_come)
        .and_where(at(Group::RoundId).eq(at(booking_round::Column::Id)))
        .and_where(at(Column::StudentId).eq(at(recipient::Column::StudentId)))
        .cond_where(covers(Column::StartsOn, Column::EndsOn, scope.on))
        .to_owned()
}

/// As [`enrolled`], of a child that needs an intake in the year of the group.
fn newly_enrolled(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use partnership::Column;
    let of_year = Condition::all()
        .add(at(Column::StudentId).eq(at(enrolment::Column::StudentId)))
        .add(at(Column::SchoolYearId).eq(at(class_group::Column::SchoolYearId)))
        .add(Column::NeedsIntake.eq(true));
    enrolled(scope, now)
        .inner_join(class_group::Entity, at(class_group::Column::Id).eq(at(enrolment::Column::ClassGroupId)))
        .inner_join(partnership::Entity, of_year)
        .to_owned()
}

/// `lines` but for the rounds that are not open to the viewer yet, or in which their family has booked. What one guardian
/// booked counts for the other where they come together, so this looks past the viewer's scope and tells no more than that.
pub(super) async fn still_to_book(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    lines: Vec<Line>,
) -> Result<Vec<Line>> {
    use slot_booking::Column;
    let asked = || lines.iter().filter(|line| line.kind == AwaitedKind::Booking);
    let students: Vec<StudentId> = asked().map(|line| line.student).collect();
    if students.is_empty() {
        return Ok(lines);
    }
    let families = Family::of(db, scope.on, &students).await?;
    let rounds = booking_round::Entity::within(scope)
        .filter(booking_round::Column::Id.is_in(asked().map(|line| line.node)))
        .all(db)
        .await?;
    let bookings = slot_booking::Entity::within(&Scope::system(scope.on))
        .filter(Column::RoundId.is_in(asked().map(|line| line.node)))
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .all(db)
        .await?;
    let lines = rules::open_by_now(lines, &rounds, now);
    Ok(rules::still_to_book(lines, &families, &bookings, &scope.persons))
}

fn invitations(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use conversation::Column;
    use conversation_attendee::Column as Attendee;
    let held: RelationDef = conversation_attendee::Entity::belongs_to(conversation::Entity)
        .from(Attendee::ConversationId)
        .to(Column::Id)
        .into();
    let rows = conversation_attendee::Entity::within(scope)
        .join(JoinType::InnerJoin, held)
        .filter(own(Attendee::PersonId, scope))
        .filter(Attendee::Status.eq(AttendeeStatus::Invited))
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .filter(Column::StartsAt.gt(now));
    let columns = (Column::Id.as_column_ref(), Attendee::StudentId.as_column_ref(), Column::CreatedAt.as_column_ref());
    list(AwaitedKind::Invitation, rows, columns, at(Column::StartsAt))
}

/// Partnerships of school years that are not over: what is older waits for nobody.
fn running(scope: &Scope) -> SelectStatement {
    use partnership::{Column, Entity};
    let years = school_year::Entity::within(scope)
        .select_only()
        .column(school_year::Column::Id)
        .filter(school_year::Column::EndsOn.gte(scope.on));
    let rows = Entity::within(scope).filter(Column::StudentId.is_in(scope.full_children.iter().copied()));
    rows.filter(Column::SchoolYearId.in_subquery(years.into_query())).select_only().column(Column::Id).into_query()
}

fn agreements(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use agreement::Column;
    use agreement_confirmation::Column as Said;
    let held: RelationDef = agreement::Entity::belongs_to(conversation::Entity)
        .from(Column::ConversationId)
        .to(conversation::Column::Id)
        .into();
    let said = agreement_confirmation::Entity::within(scope).select_only().column(Said::AgreementId);
    let rows = agreement::Entity::within(scope)
        .join(JoinType::InnerJoin, held)
        .filter(Column::StudentId.is_in(scope.full_children.iter().copied()))
        .filter(conversation::Column::ReleaseAt.lte(now))
        .filter(conversation::Column::PartnershipId.in_subquery(running(scope)))
        .filter(Column::Id.not_in_subquery(said.filter(own(Said::GuardianId, scope)).into_query()));
    let asked = conversation::Column::ReleaseAt.as_column_ref();
    let columns = (Column::Id.as_column_ref(), Column::StudentId.as_column_ref(), asked);
    list(AwaitedKind::Agreement, rows, columns, never())
}

fn goals(scope: &Scope) -> SelectStatement {
    use goal::Column;
    use goal_agreement::Column as Agreed;
    let agreed = goal_agreement::Entity::within(scope).select_only().column(Agreed::GoalId);
    let rows = goal::Entity::within(scope)
        .filter(Column::PartnershipId.in_subquery(running(scope)))
        .filter(Column::Achieved.is_null())
        .filter(Column::Id.not_in_subquery(agreed.filter(own(Agreed::PersonId, scope)).into_query()));
    let columns = (Column::Id.as_column_ref(), Column::StudentId.as_column_ref(), Column::CreatedAt.as_column_ref());
    list(AwaitedKind::Goal, rows, columns, never())
}

fn consents(scope: &Scope) -> SelectStatement {
    use consent_purpose::Column;
    let children: RelationDef = consent_purpose::Entity::belongs_to(student::Entity)
        .from(Column::SchoolId)
        .to(student::Column::SchoolId)
        .into();
    let years = school_year::Entity::within(scope)
        .select_only()
        .column(school_year::Column::Id)
        .filter(school_year::Column::StartsOn.lte(scope.on))
        .filter(school_year::Column::EndsOn.gte(scope.on))
        .into_query();
    let answered = Query::select()
        .expr(Expr::val(1))
        .from(consent::Entity)
        .and_where(at(consent::Column::PurposeId).eq(at(Column::Id)))
        .and_where(at(consent::Column::StudentId).eq(at(student::Column::Id)))
        .and_where(own(consent::Column::GuardianId, scope))
        .and_where(consent::Column::SchoolYearId.in_subquery(years.clone()))
        .to_owned();
    let year = school_year::Entity::within(scope)
        .select_only()
        .column(school_year::Column::BoardId)
        .filter(school_year::Column::StartsOn.lte(scope.on))
        .filter(school_year::Column::EndsOn.gte(scope.on))
        .into_query();
    let rows = consent_purpose::Entity::within(scope)
        .join(JoinType::InnerJoin, children)
        .filter(student::Column::Id.is_in(scope.full_children.iter().copied()))
        .filter(Column::ArchivedAt.is_null())
        .filter(Column::AskedFrom.lte(scope.on))
        .filter(Column::BoardId.in_subquery(year))
        .filter(Expr::not_exists(answered));
    let columns = (Column::Id.as_column_ref(), student::Column::Id.as_column_ref(), Column::CreatedAt.as_column_ref());
    list(AwaitedKind::Consent, rows, columns, never())
}
