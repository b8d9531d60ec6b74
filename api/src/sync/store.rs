//! The SQL of the sync.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{
    absence_notice, agreement, announcement, booking_round, concern, consent, consent_purpose, contact_moment,
    conversation, event, goal, message, partnership, slot, survey, thread,
};
use glans_entity::ids::ProgrammeVersionId;
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{guardianship, membership, person, student};
use glans_entity::platform::change;
use glans_entity::practice::{cohort, cohort_school, comment, experience, meeting, team_session};
use glans_entity::programme::{lesson, material, module, programme, programme_version, programme_year};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Statement,
};
use uuid::Uuid;

use super::cursor::Position;
use super::kinds::{ChangeType, Kinds};
use crate::people::memberships;
use crate::platform::error::Result;

/// What a transaction may not have committed yet is not read: whoever began before may still write before it.
const OVER: &str = "xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
const ENDS_ON_POSTGRES: &str = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 AS over, \
                                pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1 AS begun";
const ENDS_ON_SQLITE: &str =
    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0) AS over, 0 AS begun";

/// The ends of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    /// Up to here all transactions are over.
    pub over: Position,
    /// What is visible now was written before this.
    pub begun: Position,
}

pub(super) async fn ends(db: &impl ConnectionTrait) -> Result<Ends> {
    let backend = db.get_database_backend();
    let sql = if backend == DbBackend::Postgres { ENDS_ON_POSTGRES } else { ENDS_ON_SQLITE };
    let Some(row) = db.query_one_raw(Statement::from_string(backend, sql)).await? else { return Ok(Ends::default()) };
    let (over, begun): (i64, i64) = (row.try_get("", "over")?, row.try_get("", "begun")?);
    if backend == DbBackend::Postgres {
        let whole = |xid| Position { xid, seq: i64::MAX };
        return Ok(Ends { over: whole(over), begun: whole(begun) });
    }
    let end = Position { xid: 0, seq: over };
    Ok(Ends { over: end, begun: end })
}

/// Lines of the log after `position`, at most `most`, in the order of commits.
pub(super) async fn lines(
    db: &impl ConnectionTrait,
    scope: &Scope,
    kinds: Kinds,
    position: Position,
    most: u64,
) -> Result<Vec<change::Model>> {
    use change::Column;
    let after = Expr::tuple([Expr::col(Column::Xid), Expr::col(Column::Seq)])
        .gt(Expr::tuple([Expr::val(position.xid), Expr::val(position.seq)]));
    let mut select = change::Entity::within(scope)
        .filter(after)
        .filter(Column::Kind.is_in(kinds.each().map(ChangeType::prefix)))
        .order_by_asc(Column::Xid)
        .order_by_asc(Column::Seq)
        .limit(most);
    if db.get_database_backend() == DbBackend::Postgres {
        select = select.filter(Expr::cust(OVER));
    }
    Ok(select.all(db).await?)
}

/// Forgets what happened before `until`. How many lines went.
pub async fn prune(db: &impl ConnectionTrait, until: DateTime<Utc>) -> Result<u64> {
    Ok(change::Entity::delete_many().filter(change::Column::At.lt(until)).exec(db).await?.rows_affected)
}

/// The editions that cohorts in sight follow.
pub(super) async fn followed_editions(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<ProgrammeVersionId>> {
    let select = cohort::Entity::within(scope).select_only().column(cohort::Column::ProgrammeVersionId).distinct();
    Ok(select.into_tuple().all(db).await?)
}

fn id<E: EntityTrait>() -> SimpleExpr {
    Expr::col((E::default(), Alias::new("id")))
}

fn only_ids<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select.select_only().column_as(id::<E>(), "id")
}

/// What a viewer of a type can read.
trait Readable: Scoped {
    fn readable(scope: &Scope) -> Select<Self> {
        Self::within(scope)
    }
}

impl Readable for membership::Entity {
    /// Roles show while they count.
    fn readable(scope: &Scope) -> Select<Self> {
        memberships::store::live(scope)
    }
}

macro_rules! readable_in_sight {
    ($($table:ident),+ $(,)?) => {$(impl Readable for $table::Entity {})+};
}

readable_in_sight!(
    board,
    cluster,
    school,
    school_year,
    class_group,
    person,
    student,
    guardianship,
    programme,
    programme_version,
    programme_year,
    module,
    lesson,
    material,
    cohort,
    cohort_school,
    meeting,
    team_session,
    experience,
    comment,
    partnership,
    goal,
    conversation,
    agreement,
    announcement,
    survey,
    thread,
    message,
    event,
    booking_round,
    slot,
    contact_moment,
    concern,
    absence_notice,
    consent_purpose,
    consent,
);

fn ids_in<E: Readable>(scope: &Scope) -> SelectStatement {
    only_ids(E::readable(scope)).into_query()
}

/// In sight of `new`, and of none of `known`.
fn appeared<E: Readable>(new: &Scope, known: Option<&Scope>) -> Select<E> {
    let select = E::readable(new);
    match known {
        // By id and not by the negated condition: that would lose the rows for which it is neither true nor false.
        Some(known) => select.filter(id::<E>().not_in_subquery(ids_in::<E>(known))),
        None => select,
    }
}

/// In sight of one of `held`, and not of `new`.
fn vanished<E: Readable>(new: &Scope, held: &[&Scope]) -> Select<E> {
    let any = held.iter().fold(Condition::any(), |any, scope| any.add(id::<E>().in_subquery(ids_in::<E>(scope))));
    E::within(&Scope::system(new.on)).filter(any).filter(id::<E>().not_in_subquery(ids_in::<E>(new)))
}

async fn ids_after<E: EntityTrait>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    after: Uuid,
    most: u64,
) -> Result<Vec<Uuid>> {
    let select = only_ids(select).filter(id::<E>().gt(after)).order_by(id::<E>(), Order::Asc).limit(most);
    Ok(select.into_tuple().all(db).await?)
}

async fn among<E: EntityTrait>(db: &impl ConnectionTrait, select: Select<E>, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let select = only_ids(select).filter(id::<E>().is_in(ids.iter().copied()));
    Ok(select.into_tuple().all(db).await?)
}

/// Runs a generic function with the table of a type.
macro_rules! with_table {
    (in $kind:expr, $table:ident => $run:expr; $($variant:ident $module:ident,)+) => {
        match $kind {$(
            ChangeType::$variant => {
                type $table = $module::Entity;
                $run
            }
        )+}
    };
    ($kind:expr, $table:ident => $run:expr) => {
        with_table!(in $kind, $table => $run;
            Board board,
            Cluster cluster,
            School school,
            SchoolYear school_year,
            ClassGroup class_group,
            Person person,
            Membership membership,
            Student student,
            Guardianship guardianship,
            Programme programme,
            ProgrammeEdition programme_version,
            ProgrammeYear programme_year,
            Module module,
            Lesson lesson,
            Material material,
            Cohort cohort,
            SchoolCohort cohort_school,
            Meeting meeting,
            TeamSession team_session,
            Experience experience,
            Comment comment,
            Partnership partnership,
            Goal goal,
            Conversation conversation,
            Agreement agreement,
            Announcement announcement,
            Survey survey,
            Thread thread,
            Message message,
            Event event,
            BookingRound booking_round,
            Slot slot,
            ContactMoment contact_moment,
            Concern concern,
            AbsenceNotice absence_notice,
            ConsentPurpose consent_purpose,
            Consent consent,
        )
    };
}

/// Ids after `after`, at most `most`, of what is in sight of `new` and was not in that of `known`.
pub(super) async fn new_ids(
    db: &impl ConnectionTrait,
    kind: ChangeType,
    (new, known): (&Scope, Option<&Scope>),
    after: Uuid,
    most: u64,
) -> Result<Vec<Uuid>> {
    with_table!(kind, Table => ids_after::<Table>(db, appeared(new, known), after, most).await)
}

/// Ids after `after`, at most `most`, of what was in sight of one of `held` and is not in that of `new`.
pub(super) async fn lost_ids(
    db: &impl ConnectionTrait,
    kind: ChangeType,
    (new, held): (&Scope, &[&Scope]),
    after: Uuid,
    most: u64,
) -> Result<Vec<Uuid>> {
    with_table!(kind, Table => ids_after::<Table>(db, vanished(new, held), after, most).await)
}

/// Which of `ids` are in sight.
pub(super) async fn visible(
    db: &impl ConnectionTrait,
    kind: ChangeType,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    with_table!(kind, Table => among(db, Table::readable(scope), ids).await)
}

/// Which of `ids` are there, whoever may see them.
pub(super) async fn existing(
    db: &impl ConnectionTrait,
    kind: ChangeType,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    with_table!(kind, Table => among(db, Table::within(&Scope::system(scope.on)), ids).await)
}
