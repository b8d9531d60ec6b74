//! Deliveries: one for each device, and one for the e-mail, of who was told and wants it there.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::account;
use glans_entity::notifications::{
    Category, Channel, DeliveryState, Digest, PushPlatform, channel_preference, delivery, device, notification,
    notification_settings,
};
use glans_entity::people::person;
use sea_orm::sea_query::{
    CaseStatement, Expr, ExprTrait, Func, IntoColumnRef, OnConflict, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ActiveEnum, Condition, DatabaseTransaction};

use super::{insert, of_notice, typed};
use crate::notifications::categories::{self, Audience, Strategy};
use crate::notifications::deliveries::rules::{browser_lane, lane};
use crate::notifications::occasions::Notice;
use crate::platform::error::Result;
use crate::platform::fresh_id;

/// How long a push to a guardian is of use. The night is over by then, and most of a day is left to try.
const PUSH_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How long a push to staff is of use: from Friday at six, when their quiet hours begin, to Monday at half past seven, and a day
/// to try.
const STAFF_PUSH_LIFETIME: TimeDelta = TimeDelta::hours(88);
/// How long an e-mail is of use.
const MAIL_LIFETIME: TimeDelta = TimeDelta::hours(72);

/// A delivery for each device of everybody who wants to be pushed.
pub async fn queue_pushes(db: &DatabaseTransaction, source: &str, notice: &Notice, at: DateTime<Utc>) -> Result<u64> {
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
pub async fn queue_mails(db: &DatabaseTransaction, source: &str, notice: &Notice, at: DateTime<Utc>) -> Result<u64> {
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

/// When what carries the notice is of no use any more.
fn end_of_use(notice: &Notice, at: DateTime<Utc>, lifetime: TimeDelta) -> DateTime<Utc> {
    notice.expires_at.map_or(at + lifetime, |expires| Ord::min(expires, at + lifetime))
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
