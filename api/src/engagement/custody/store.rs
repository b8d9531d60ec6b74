//! The SQL of what a right that ends takes along.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{
    EventStatus, TargetKind, audience_target, conversation, conversation_attendee, event, event_response, recipient,
    slot_booking,
};
use glans_entity::ids::{ConversationId, EventId, PersonId, StudentId};
use glans_entity::organisation::school;
use glans_entity::people::{GuardianAccess, GuardianshipStatus, Role, ScopeKind, guardianship, membership, person};
use glans_entity::practice::OccasionStatus;
use glans_entity::roster::roster_import;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use crate::access::Permit;
use crate::people::rights::covers;
use crate::platform::error::Result;

/// Planned conversations with a guardian who has not everything of the child on the day, and the child: once per guardian.
pub(super) async fn talks(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    now: DateTime<Utc>,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<(ConversationId, StudentId)>> {
    use conversation_attendee::Column;
    let planned = conversation::Entity::within(&Scope::system(today))
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::EndsAt.gt(now));
    let rows = without_right(today)
        .select_only()
        .columns([Column::ConversationId, Column::StudentId])
        .filter(Column::ConversationId.in_subquery(planned.into_query()))
        .filter(changed(Column::PersonId, since));
    Ok(rows.order_by_asc(Column::ConversationId).into_tuple().all(db).await?)
}

/// Children of whose guardians several are to come to one conversation, or one has booked for all.
pub(super) async fn together(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    now: DateTime<Utc>,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<StudentId>> {
    use conversation_attendee::Column;
    let everywhere = Scope::system(today);
    let several = conversation_attendee::Entity::within(&everywhere)
        .select_only()
        .column(Column::ConversationId)
        .filter(Column::IsStaff.eq(false))
        .group_by(Column::ConversationId)
        .having(Column::PersonId.count().gt(1));
    let for_all = slot_booking::Entity::within(&everywhere)
        .select_only()
        .column(slot_booking::Column::ConversationId)
        .filter(slot_booking::Column::PartyId.eq(slot_booking::TOGETHER));
    let planned = conversation::Entity::within(&everywhere)
        .select_only()
        .column(conversation::Column::StudentId)
        .distinct()
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::StartsAt.gt(now))
        .filter(
            Condition::any()
                .add(conversation::Column::Id.in_subquery(several.into_query()))
                .add(conversation::Column::Id.in_subquery(for_all.into_query())),
        )
        .filter(family_changed(since));
    Ok(planned.order_by_asc(conversation::Column::StudentId).into_tuple().all(db).await?)
}

/// That a guardianship of the child was written since then; of every child, where it is none.
fn family_changed(since: Option<DateTime<Utc>>) -> Condition {
    let written = since.map(|since| {
        let children = Query::select()
            .column(guardianship::Column::StudentId)
            .from(guardianship::Entity)
            .and_where(guardianship::Column::UpdatedAt.gte(since))
            .to_owned();
        conversation::Column::StudentId.in_subquery(children)
    });
    written.map_or_else(Condition::all, |written| Condition::all().add(written))
}

/// The guardians at a conversation who have not everything of the child on the day.
pub(super) async fn leaving(db: &impl ConnectionTrait, today: NaiveDate, id: ConversationId) -> Result<Vec<PersonId>> {
    use conversation_attendee::Column;
    let rows = without_right(today).select_only().column(Column::PersonId).filter(Column::ConversationId.eq(id));
    Ok(rows.order_by_asc(Column::PersonId).into_tuple().all(db).await?)
}

fn without_right(today: NaiveDate) -> Select<conversation_attendee::Entity> {
    use conversation_attendee::Column;
    conversation_attendee::Entity::within(&Scope::system(today))
        .filter(Column::IsStaff.eq(false))
        .filter(Expr::not_exists(entitled(Column::PersonId, Column::StudentId, today)))
}

/// Answers to events to come of those who are not invited any more.
pub(super) async fn guests(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    now: DateTime<Utc>,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<event_response::Model>> {
    use event_response::Column;
    let to_come = event::Entity::within(&Scope::system(today))
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::StartsAt.gt(now))
        .filter(event::Column::Status.eq(EventStatus::Planned));
    let rows = uninvited(today)
        .filter(Column::EventId.in_subquery(to_come.into_query()))
        .filter(changed(Column::PersonId, since));
    Ok(rows.order_by_asc(Column::EventId).order_by_asc(Column::PersonId).all(db).await?)
}

/// Whether somebody who answered an event is not invited to it any more.
pub(super) async fn is_uninvited(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    event: EventId,
    person: PersonId,
) -> Result<bool> {
    use event_response::Column;
    let of_them = uninvited(today).filter(Column::EventId.eq(event)).filter(Column::PersonId.eq(person));
    Ok(of_them.count(db).await? > 0)
}

/// Answers of whom the event reaches about no child any more of whom they have everything, nor as staff of its places.
fn uninvited(today: NaiveDate) -> Select<event_response::Entity> {
    use event_response::Column;
    use recipient::Column as Reached;
    let invited = Query::select()
        .expr(Expr::val(1))
        .from(recipient::Entity)
        .and_where(column(Reached::ItemId).eq(column(Column::EventId)))
        .and_where(column(Reached::PersonId).eq(column(Column::PersonId)))
        .cond_where(invited_still(today))
        .to_owned();
    event_response::Entity::within(&Scope::system(today)).filter(Expr::not_exists(invited))
}

/// What reached somebody about a child of whom they have everything on the day, or as staff of a place where they work still.
pub fn invited_still(today: NaiveDate) -> Condition {
    use recipient::Column;
    let as_staff = Condition::all().add(Column::StudentId.eq(recipient::AS_STAFF)).add(Expr::exists(employed(
        Column::PersonId,
        Column::ItemId,
        today,
    )));
    Condition::any().add(as_staff).add(Expr::exists(entitled(Column::PersonId, Column::StudentId, today)))
}

fn column(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

/// That `person` has everything of `student` on the day.
fn entitled(person: impl ColumnTrait, student: impl ColumnTrait, today: NaiveDate) -> SelectStatement {
    use guardianship::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(guardianship::Entity)
        .and_where(column(Column::GuardianId).eq(column(person)))
        .and_where(column(Column::StudentId).eq(column(student)))
        .and_where(Column::Access.eq(GuardianAccess::Full))
        .and_where(Column::Status.is_in([GuardianshipStatus::Active, GuardianshipStatus::Invited]))
        .cond_where(covers(Column::StartsOn, Column::EndsOn, today))
        .to_owned()
}

/// That `person` works on the day at one of the places that `item` is for.
fn employed(person: impl ColumnTrait, item: impl ColumnTrait, today: NaiveDate) -> SelectStatement {
    use audience_target::Column as Target;
    use membership::Column as Held;
    let of = |kind: TargetKind, here: Expr| Condition::all().add(Target::Kind.eq(kind)).add(here);
    let is_target = |place: Held| column(place).eq(column(Target::TargetId));
    let in_cluster = Query::select()
        .column(school::Column::Id)
        .from(school::Entity)
        .and_where(column(school::Column::ClusterId).eq(column(Target::TargetId)))
        .to_owned();
    let at_place = Condition::any()
        .add(of(TargetKind::Board, is_target(Held::BoardId)))
        .add(of(TargetKind::Cluster, Held::SchoolId.in_subquery(in_cluster)))
        .add(of(TargetKind::School, is_target(Held::SchoolId)))
        .add(of(TargetKind::ClassGroup, is_target(Held::ScopeId)).add(Held::ScopeKind.eq(ScopeKind::ClassGroup)));
    Query::select()
        .expr(Expr::val(1))
        .from(membership::Entity)
        .inner_join(audience_target::Entity, at_place)
        .and_where(column(Target::ItemId).eq(column(item)))
        .and_where(Target::Excluded.eq(false))
        .and_where(column(Held::PersonId).eq(column(person)))
        .and_where(Held::Role.is_in([Role::SchoolLeader, Role::Teacher]))
        .and_where(Held::EndedAt.is_null())
        .cond_where(covers(Held::StartsOn, Held::EndsOn, today))
        .to_owned()
}

/// That a guardianship or a role of that person was written since then, or a roster of their board: its rows may be older than
/// the end of the import, and a rollback puts them back as they were or takes them away. Of everybody, where it is none. By
/// the few who changed, not by all who come.
fn changed(whose: impl ColumnTrait, since: Option<DateTime<Utc>>) -> Condition {
    use guardianship::Column as Guardianship;
    use membership::Column as Held;
    let written = since.map(|since| {
        let mut persons = Query::select()
            .column(Guardianship::GuardianId)
            .from(guardianship::Entity)
            .and_where(Guardianship::UpdatedAt.gte(since))
            .to_owned();
        let roles = Query::select()
            .column(Held::PersonId)
            .from(membership::Entity)
            .and_where(Held::UpdatedAt.gte(since))
            .to_owned();
        let boards = Query::select()
            .column(roster_import::Column::BoardId)
            .from(roster_import::Entity)
            .and_where(roster_import::Column::UpdatedAt.gte(since))
            .and_where(roster_import::Column::DryRun.eq(false))
            .to_owned();
        let rosters = Query::select()
            .column(person::Column::Id)
            .from(person::Entity)
            .and_where(person::Column::BoardId.in_subquery(boards))
            .to_owned();
        whose.in_subquery(persons.union(UnionType::All, roles).union(UnionType::All, rosters).to_owned())
    });
    written.map_or_else(Condition::all, |written| Condition::all().add(written))
}

/// Takes guardians out of a conversation: how many there were.
pub(super) async fn uninvite(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: ConversationId,
    leaving: &[PersonId],
) -> Result<usize> {
    use conversation_attendee::Column;
    let rows = conversation_attendee::Entity::delete_many()
        .filter(Column::ConversationId.eq(id))
        .filter(Column::PersonId.is_in(leaving.iter().copied()));
    Ok(usize::try_from(rows.exec(db).await?.rows_affected).unwrap_or(usize::MAX))
}

/// Puts what was booked for those who leave in the name of another guardian who comes.
pub(super) async fn hand_over(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: ConversationId,
    leaving: &[PersonId],
    other: PersonId,
) -> Result<()> {
    use slot_booking::Column;
    let rows = slot_booking::Entity::update_many()
        .col_expr(Column::GuardianId, Expr::val(other.0))
        .filter(Column::ConversationId.eq(id))
        .filter(Column::GuardianId.is_in(leaving.iter().copied()));
    rows.exec(db).await?;
    Ok(())
}
