//! The SQL of telling. Whatever the number of people, a notice takes the same few statements.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, BoardId};
use glans_entity::notifications::{
    Category, Channel, DeliveryState, Digest, PushPlatform, channel_preference, delivery, device, notification,
    notification_settings, notification_student,
};
use glans_entity::people::person;
use glans_entity::platform::outbox::{self, Column as Event};
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, Func, InsertStatement, IntoColumnRef, OnConflict, Order, Query,
    SelectStatement, SimpleExpr,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
};

use super::super::categories::{self, Audience, Strategy};
use super::super::deliveries::look;
use super::super::deliveries::rules::{browser_lane, lane};
use super::super::occasions::{Notice, Reading, Withdrawal, seq_of};
use crate::platform::error::{Error, Result};
use crate::platform::fresh_id;

/// How long a push to a guardian is of use. The night is over by then, and most of a day is left to try.
const PUSH_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How long a push to staff is of use: from Friday at six, when their quiet hours begin, to Monday at half past seven, and a day
/// to try.
const STAFF_PUSH_LIFETIME: TimeDelta = TimeDelta::hours(88);
/// How long an e-mail is of use.
const MAIL_LIFETIME: TimeDelta = TimeDelta::hours(72);
/// Where an event keeps a sealed code.
const SECRET: &str = "sealed";
/// Characters of a cause that are kept.
const CAUSE: usize = 500;

/// The selected recipients of a notice.
const TOLD: &str = "told";

fn told_column(name: &'static str) -> SimpleExpr {
    Expr::col((Alias::new(TOLD), Alias::new(name)))
}

/// The boards of the events that wait, each as often as it has one: the oldest of each board before the second one of any.
/// None for what happened in no board.
pub(super) async fn waiting(db: &impl ConnectionTrait, now: DateTime<Utc>, most: u64) -> Result<Vec<Option<BoardId>>> {
    let turn = Alias::new("turn");
    let of_board = Expr::cust("ROW_NUMBER() OVER (PARTITION BY board_id ORDER BY seq)");
    let pending = Query::select()
        .column(Event::Seq)
        .column(Event::BoardId)
        .expr_as(of_board, turn.clone())
        .from(outbox::Entity)
        .and_where(Event::ToldAt.is_null())
        .and_where(Event::DeadAt.is_null())
        .cond_where(is_due(now))
        .to_owned();
    let select = Query::select()
        .column(Event::BoardId)
        .from_subquery(pending, Alias::new("pending"))
        .order_by(turn, Order::Asc)
        .order_by(Event::Seq, Order::Asc)
        .limit(most)
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "board_id")).collect::<Result<_, _>>()?)
}

/// It is not put off.
fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::any().add(Event::DueAt.is_null()).add(Event::DueAt.lte(now))
}

/// Events that wait, none of which another process has.
#[expect(clippy::disallowed_methods, reason = "the outbox is read by the program only")]
fn free(now: DateTime<Utc>) -> sea_orm::Select<outbox::Entity> {
    use sea_orm::QuerySelect;
    use sea_orm::sea_query::{LockBehavior, LockType};
    outbox::Entity::find()
        .filter(Event::ToldAt.is_null())
        .filter(Event::DeadAt.is_null())
        .filter(is_due(now))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
}

/// The oldest event of the board that waits. Once the board is locked, nobody tells of a later one before it.
pub(super) async fn next(
    db: &DatabaseTransaction,
    board: Option<BoardId>,
    now: DateTime<Utc>,
) -> Result<Option<outbox::Model>> {
    use sea_orm::QueryOrder;
    let of_board = board.map_or_else(|| Event::BoardId.is_null(), |board| Event::BoardId.eq(board));
    Ok(free(now).filter(of_board).order_by_asc(Event::Seq).one(db).await?)
}

/// The event, if it waits, no other process has it and none put it off meanwhile.
pub(super) async fn claim(db: &DatabaseTransaction, seq: i64, now: DateTime<Utc>) -> Result<Option<outbox::Model>> {
    Ok(free(now).filter(Event::Seq.eq(seq)).one(db).await?)
}

/// Everybody was told.
pub(super) async fn told(db: &DatabaseTransaction, seq: i64, now: DateTime<Utc>) -> Result<()> {
    let update = outbox::Entity::update_many().col_expr(Event::ToldAt, Expr::value(now)).filter(Event::Seq.eq(seq));
    update.exec(db).await?;
    Ok(())
}

/// What is left to say of an event whose code went into a letter.
pub(super) async fn forget_secret(db: &DatabaseTransaction, event: &outbox::Model) -> Result<()> {
    let mut payload = event.payload.clone();
    let Some(fields) = payload.as_object_mut() else { return Ok(()) };
    fields.remove(SECRET);
    let update = outbox::Entity::update_many().col_expr(Event::Payload, Expr::value(payload));
    update.filter(Event::Seq.eq(event.seq)).exec(db).await?;
    Ok(())
}

/// It is tried `again`, or never.
pub(super) async fn put_off(
    db: &DatabaseTransaction,
    event: &outbox::Model,
    again: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    cause: &Error,
) -> Result<()> {
    let cause: String = format!("{cause:?}").chars().take(CAUSE).collect();
    outbox::Entity::update_many()
        .col_expr(Event::Attempts, Expr::value(event.attempts))
        .col_expr(Event::DueAt, Expr::value(again))
        .col_expr(Event::DeadAt, Expr::value(again.is_none().then_some(now)))
        .col_expr(Event::Failure, Expr::value(cause))
        .filter(Event::Seq.eq(event.seq))
        .exec(db)
        .await?;
    Ok(())
}

/// One notification for each person whom the notice is for and who was not told of `source` yet.
pub(super) async fn notify(
    db: &DatabaseTransaction,
    board: Option<BoardId>,
    source: &str,
    notice: &Notice,
    occurred_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<u64> {
    use notification::Column;
    let (about_kind, about_id) = notice.about.unzip();
    let figures = notice.figures.map(|figures| serde_json::to_string(&figures)).transpose().map_err(Error::fault)?;
    // Who is told both as a guardian and as staff is told as a guardian.
    let as_staff = CaseStatement::new().case(told_column("as_staff").eq(true), 1).finally(0);
    let mut select = Query::select()
        .expr(fresh_id::in_each_row(db, at)?)
        .expr(Expr::col((person::Entity, person::Column::BoardId)))
        .expr(told_column("person_id"))
        .expr(Expr::val(source))
        .expr(Expr::val(<&'static str>::from(notice.text)))
        .expr(Expr::val(notice.category.to_value()))
        .expr(Expr::val(notice.urgent))
        .expr(typed(db, Expr::val(about_kind), "text"))
        .expr(typed(db, Expr::val(about_id), "uuid"))
        .expr(Func::min(SimpleExpr::Case(Box::new(as_staff))).eq(1))
        .expr(typed(db, Expr::val(notice.happens_at), "timestamptz"))
        .expr(Expr::val(notice.occurred_at.unwrap_or(occurred_at)))
        .expr(typed(db, Expr::val(seq_of(source)), "bigint"))
        .expr(typed(db, Expr::val(figures), "text"))
        .expr(waits(notice))
        .expr(Expr::val(at))
        .from_subquery(notice.to.clone(), Alias::new(TOLD))
        .inner_join(person::Entity, Expr::col((person::Entity, person::Column::Id)).eq(told_column("person_id")))
        .and_where(Expr::col((person::Entity, person::Column::ArchivedAt)).is_null())
        .and_where(Expr::col((person::Entity, person::Column::ErasedAt)).is_null())
        .add_group_by([
            told_column("person_id"),
            Expr::col((person::Entity, person::Column::BoardId)),
            Expr::col((person::Entity, person::Column::AccountId)),
        ])
        .to_owned();
    if let Some(board) = board {
        select.and_where(Expr::col((person::Entity, person::Column::BoardId)).eq(board));
    }
    let columns = [
        Column::Id,
        Column::BoardId,
        Column::PersonId,
        Column::Source,
        Column::Text,
        Column::Category,
        Column::Urgent,
        Column::AboutKind,
        Column::AboutId,
        Column::AsStaff,
        Column::HappensAt,
        Column::OccurredAt,
        Column::EventSeq,
        Column::Figures,
        Column::Bundled,
        Column::CreatedAt,
    ];
    let once = OnConflict::columns([Column::Source, Column::PersonId]).do_nothing().to_owned();
    insert(db, Query::insert().into_table(notification::Entity).columns(columns).on_conflict(once), select).await
}

/// Whether it waits for the digest of the person around it: what comes only to who asks for it waits for nobody else.
fn waits(notice: &Notice) -> SimpleExpr {
    use channel_preference::Column;
    let waits = categories::waits(notice.text, notice.category) && !notice.urgent;
    if !waits || categories::strategy(notice.category) != Strategy::OptIn {
        return Expr::val(waits);
    }
    let own = |column: Column| Expr::col((channel_preference::Entity, column));
    let asked = Query::select()
        .expr(Expr::val(1))
        .from(channel_preference::Entity)
        .and_where(own(Column::AccountId).equals((person::Entity, person::Column::AccountId)))
        .and_where(own(Column::Category).eq(notice.category.to_value()))
        .and_where(own(Column::Channel).eq(Channel::Email.to_value()))
        .and_where(own(Column::Enabled).eq(true))
        .to_owned();
    Expr::exists(asked)
}

/// A null has no type of its own in a `SELECT`; PostgreSQL takes it for text.
fn typed(db: &DatabaseTransaction, value: SimpleExpr, name: &'static str) -> SimpleExpr {
    match db.get_database_backend() {
        DbBackend::Postgres => value.cast_as(Alias::new(name)),
        _ => value,
    }
}

async fn insert(db: &DatabaseTransaction, statement: &mut InsertStatement, select: SelectStatement) -> Result<u64> {
    let statement = statement.select_from(select).map_err(Error::fault)?;
    Ok(db.execute(&*statement).await?.rows_affected())
}

/// The notifications that `notice` made.
fn of_notice(source: &str, notice: &Notice) -> Condition {
    Condition::all()
        .add(Expr::col((notification::Entity, notification::Column::Source)).eq(source))
        .add(Expr::col((notification::Entity, notification::Column::Text)).eq(<&'static str>::from(notice.text)))
}

/// Which children the notifications concern.
pub(super) async fn link_students(db: &DatabaseTransaction, source: &str, notice: &Notice) -> Result<u64> {
    use notification_student::Column;
    let own = Expr::col((notification::Entity, notification::Column::PersonId)).eq(told_column("person_id"));
    let select = Query::select()
        .expr(Expr::col((notification::Entity, notification::Column::Id)))
        .expr(told_column("student_id"))
        .expr(Expr::col((notification::Entity, notification::Column::BoardId)))
        .expr(Func::min(told_column("least")))
        .from_subquery(notice.to.clone(), Alias::new(TOLD))
        .inner_join(notification::Entity, own)
        .cond_where(of_notice(source, notice))
        .and_where(told_column("student_id").is_not_null())
        .add_group_by([
            Expr::col((notification::Entity, notification::Column::Id)),
            Expr::col((notification::Entity, notification::Column::BoardId)),
            told_column("student_id"),
        ])
        .to_owned();
    let columns = [Column::NotificationId, Column::StudentId, Column::BoardId, Column::Least];
    let once = OnConflict::columns([Column::NotificationId, Column::StudentId]).do_nothing().to_owned();
    insert(db, Query::insert().into_table(notification_student::Entity).columns(columns).on_conflict(once), select)
        .await
}

/// Whether somebody wants the category by this way: what they chose, or else the usual.
fn wanted(notice: &Notice, channel: Channel) -> SimpleExpr {
    let usual = |audience| categories::usual(notice.category, channel, audience);
    let as_staff = Expr::col((notification::Entity, notification::Column::AsStaff)).eq(true);
    let usual = CaseStatement::new().case(as_staff, usual(Audience::Staff)).finally(usual(Audience::Guardian));
    let usual = SimpleExpr::Case(Box::new(usual));
    let chosen = Expr::col((channel_preference::Entity, channel_preference::Column::Enabled));
    match categories::strategy_of(notice.text, notice.category) {
        Strategy::Always => usual.eq(true).or(chosen.eq(true)),
        Strategy::OptOut | Strategy::OptIn => SimpleExpr::from(Func::coalesce([chosen, usual])).eq(true),
    }
}

/// Notifications of the notice with the login of who is told and what they chose.
fn addressed(notice: &Notice, source: &str, channel: Channel) -> SelectStatement {
    use channel_preference::Column as Choice;
    let login = Expr::col((person::Entity, person::Column::AccountId));
    let choice = Condition::all()
        .add(Expr::col((channel_preference::Entity, Choice::AccountId)).eq(login))
        .add(Expr::col((channel_preference::Entity, Choice::Category)).eq(notice.category.to_value()))
        .add(Expr::col((channel_preference::Entity, Choice::Channel)).eq(channel.to_value()));
    Query::select()
        .from(notification::Entity)
        .inner_join(
            person::Entity,
            Expr::col((person::Entity, person::Column::Id))
                .equals((notification::Entity, notification::Column::PersonId)),
        )
        .left_join(channel_preference::Entity, choice)
        .cond_where(of_notice(source, notice))
        .and_where(wanted(notice, channel))
        .to_owned()
}

/// A delivery for each device of everybody who wants to be pushed.
pub(super) async fn queue_pushes(
    db: &DatabaseTransaction,
    source: &str,
    notice: &Notice,
    at: DateTime<Utc>,
) -> Result<u64> {
    let login = Expr::col((person::Entity, person::Column::AccountId));
    let mut select = addressed(notice, source, Channel::Push);
    select.inner_join(device::Entity, Expr::col((device::Entity, device::Column::AccountId)).eq(login));
    let end = |lifetime| typed(db, Expr::val(end_of_use(notice, at, lifetime)), "timestamptz");
    let as_staff = Expr::col((notification::Entity, notification::Column::AsStaff)).eq(true);
    let expires = CaseStatement::new().case(as_staff, end(STAFF_PUSH_LIFETIME)).finally(end(PUSH_LIFETIME));
    let expires = SimpleExpr::Case(Box::new(expires));
    queue(db, select, (device::Entity, device::Column::Id), Channel::Push, notice, at, expires).await
}

/// A delivery for the e-mail of everybody who wants it at once; what waits for a digest is not queued.
pub(super) async fn queue_mails(
    db: &DatabaseTransaction,
    source: &str,
    notice: &Notice,
    at: DateTime<Utc>,
) -> Result<u64> {
    use notification_settings::Column as Settings;
    let login = Expr::col((person::Entity, person::Column::AccountId));
    let mut select = addressed(notice, source, Channel::Email);
    select
        .inner_join(account::Entity, Expr::col((account::Entity, account::Column::Id)).eq(login.clone()))
        .left_join(
            notification_settings::Entity,
            Expr::col((notification_settings::Entity, Settings::AccountId)).eq(login),
        )
        .cond_where(
            Condition::any()
                .add(Expr::col((notification::Entity, notification::Column::Bundled)).eq(false))
                .add(Expr::col((notification_settings::Entity, Settings::Digest)).eq(Digest::Immediate.to_value())),
        );
    let expires = Expr::val(end_of_use(notice, at, MAIL_LIFETIME));
    queue(db, select, (account::Entity, account::Column::Id), Channel::Email, notice, at, expires).await
}

/// When what carries the notice is of no use any more.
fn end_of_use(notice: &Notice, at: DateTime<Utc>, lifetime: TimeDelta) -> DateTime<Utc> {
    notice.expires_at.map_or(at + lifetime, |expires| Ord::min(expires, at + lifetime))
}

/// What goes to devices is selected with them. A sign-in takes no room that is kept for alarms to browsers: who signs in
/// again and again also names the push services that hold it.
fn lane_of(channel: Channel, notice: &Notice) -> SimpleExpr {
    let usual = Expr::val(lane(channel, notice.urgent || notice.category == Category::Security));
    if channel != Channel::Push {
        return usual;
    }
    let platform = Expr::col((device::Entity, device::Column::Platform));
    let to_browser = platform.eq(PushPlatform::WebPush.to_value());
    let by_device = CaseStatement::new().case(to_browser, browser_lane(notice.urgent)).finally(usual);
    SimpleExpr::Case(Box::new(by_device))
}

async fn queue(
    db: &DatabaseTransaction,
    mut select: SelectStatement,
    address: impl IntoColumnRef,
    channel: Channel,
    notice: &Notice,
    at: DateTime<Utc>,
    expires: SimpleExpr,
) -> Result<u64> {
    use delivery::Column;
    select
        .expr(fresh_id::in_each_row(db, at)?)
        .expr(Expr::col((notification::Entity, notification::Column::BoardId)))
        .expr(Expr::col((notification::Entity, notification::Column::Id)))
        .expr(Expr::col((person::Entity, person::Column::AccountId)))
        .expr(Expr::val(channel.to_value()))
        .expr(Expr::col(address))
        .expr(lane_of(channel, notice))
        .expr(Expr::val(DeliveryState::Queued.to_value()))
        .expr(Expr::val(0))
        .expr(Expr::val(at))
        .expr(expires)
        .expr(typed(db, Expr::val(notice.expires_at), "timestamptz"))
        .expr(Expr::val(at));
    let columns = [
        Column::Id,
        Column::BoardId,
        Column::NotificationId,
        Column::AccountId,
        Column::Channel,
        Column::AddressId,
        Column::Lane,
        Column::State,
        Column::Attempts,
        Column::DueAt,
        Column::ExpiresAt,
        Column::OverAt,
        Column::CreatedAt,
    ];
    // Whatever is unique about a delivery: it is queued once.
    let once = OnConflict::new().do_nothing().to_owned();
    insert(db, Query::insert().into_table(delivery::Entity).columns(columns).on_conflict(once), select).await
}

/// What came about before the event. That is by the order of the outbox, because the clocks of two processes do not
/// agree; of a reminder, which does not stand in it, by time.
fn before(event: &outbox::Model) -> Condition {
    use notification::Column;
    let reminders = Condition::all().add(Column::EventSeq.is_null()).add(Column::OccurredAt.lte(event.at));
    Condition::any().add(Column::EventSeq.lt(event.seq)).add(reminders)
}

/// An app chooses numbers, and a board knows nothing of those of another: an event ends nothing outside its own.
fn of_board(event: &outbox::Model) -> Condition {
    Condition::all().add_option(event.board_id.map(|board| notification::Column::BoardId.eq(board)))
}

/// What was told of these matters does not hold any more, as far as it came about before the event and was not read.
pub(super) async fn withdraw(
    db: &DatabaseTransaction,
    withdrawn: &[Withdrawal],
    event: &outbox::Model,
    now: DateTime<Utc>,
) -> Result<()> {
    use notification::Column;
    for Withdrawal { matter, from } in withdrawn {
        let mut update = notification::Entity::update_many()
            .col_expr(Column::WithdrawnAt, Expr::value(now))
            .filter(of_board(event))
            .filter(Column::AboutId.eq(*matter))
            .filter(before(event))
            .filter(Column::ReadAt.is_null())
            .filter(Column::WithdrawnAt.is_null());
        if let Some(person) = from {
            update = update.filter(Column::PersonId.eq(*person));
        }
        update.exec(db).await?;
    }
    Ok(())
}

/// These persons have read what they were told of these matters, as far as it came about by then; where no moment is
/// named, before the event.
pub(super) async fn read(
    db: &DatabaseTransaction,
    read: &[Reading],
    event: &outbox::Model,
    now: DateTime<Utc>,
) -> Result<()> {
    use notification::Column;
    for Reading { matter, person, up_to } in read {
        notification::Entity::update_many()
            .col_expr(Column::ReadAt, Expr::value(now))
            .filter(of_board(event))
            .filter(Column::AboutId.eq(*matter))
            .filter(Column::PersonId.eq(*person))
            .filter(up_to.map_or_else(|| before(event), |up_to| Condition::all().add(Column::OccurredAt.lte(up_to))))
            .filter(Column::ReadAt.is_null())
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Notifications of the notice whose persons have read already what they are about are read.
pub(super) async fn read_before(
    db: &DatabaseTransaction,
    source: &str,
    notice: &Notice,
    now: DateTime<Utc>,
) -> Result<()> {
    use notification::Column;
    notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(of_notice(source, notice))
        .filter(Column::ReadAt.is_null())
        .filter(Expr::exists(look::reading()))
        .exec(db)
        .await?;
    Ok(())
}

/// Those of `sources` of which somebody was told already.
pub async fn told_of(db: &impl ConnectionTrait, sources: &[&str]) -> Result<BTreeSet<String>> {
    use notification::Column;
    let select = Query::select()
        .distinct()
        .column(Column::Source)
        .from(notification::Entity)
        .and_where(Column::Source.is_in(sources.iter().copied()))
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "source")).collect::<Result<_, _>>()?)
}

/// The logins of who was told of `source`.
pub async fn accounts_of(db: &DatabaseTransaction, source: &str) -> Result<BTreeSet<AccountId>> {
    let select = Query::select()
        .distinct()
        .column((person::Entity, person::Column::AccountId))
        .from(notification::Entity)
        .inner_join(
            person::Entity,
            Expr::col((person::Entity, person::Column::Id))
                .equals((notification::Entity, notification::Column::PersonId)),
        )
        .and_where(Expr::col((notification::Entity, notification::Column::Source)).eq(source))
        .and_where(Expr::col((person::Entity, person::Column::AccountId)).is_not_null())
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "account_id")).collect::<Result<_, _>>()?)
}
