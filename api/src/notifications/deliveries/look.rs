//! What is known of claimed deliveries at the moment of sending.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{AnnouncementStatus, BookingRoundStatus, EventStatus, SurveyStatus, recipient};
use glans_entity::identity::account;
use glans_entity::ids::{
    AbsenceNoticeId, AccountId, AnnouncementId, BoardId, BookingRoundId, ConsentPurposeId, ConversationId, EventId,
    MeetingId, NotificationId, SurveyId, TeamSessionId,
};
use glans_entity::notifications::{Category, Channel, delivery, device, notification};
use glans_entity::organisation::board;
use glans_entity::people::person;
use glans_entity::practice::OccasionStatus;
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use super::rights::{may_know, of};
use super::store::{self, Place};
use crate::notifications::devices;
use crate::notifications::inbox::COUNTED;
use crate::notifications::preferences::{self, Wishes};
use crate::notifications::texts::Text;
use crate::platform::error::Result;

/// What tells that something is there, before anybody can have read it.
const FIRST: [Text; 3] = [Text::AnnouncementPublished, Text::EventInvited, Text::SurveyOpened];

/// What tells that something does not take place, or not any more.
const ENDS: [Text; 5] = [
    Text::ConversationCancelled,
    Text::EventCancelled,
    Text::MeetingCancelled,
    Text::SessionCancelled,
    Text::AbsenceWithdrawn,
];

/// A notification, and whether its person still may know of it and has not seen it elsewhere.
#[derive(Clone, Debug, FromQueryResult)]
#[expect(clippy::struct_excessive_bools, reason = "a row as it is read")]
pub(super) struct Seen {
    pub id: NotificationId,
    pub text: String,
    pub category: Category,
    pub urgent: bool,
    pub about_kind: Option<String>,
    pub about_id: Option<Uuid>,
    pub as_staff: bool,
    pub happens_at: Option<DateTime<Utc>>,
    pub figures: Option<String>,
    pub read_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Whether it was read where it stands: the announcement, the thread.
    pub read_there: bool,
    /// Whether what it tells of was taken back where it stands.
    pub taken_back: bool,
    pub may_know: bool,
    pub board_id: BoardId,
    /// What the board is called.
    pub board: String,
    /// The zone of the board.
    pub time_zone: String,
}

/// All that is known of a batch.
pub(super) struct Known {
    pub notifications: HashMap<NotificationId, Seen>,
    /// Those that belong to a session that is still signed in.
    pub devices: HashMap<Uuid, device::Model>,
    pub accounts: HashMap<AccountId, account::Model>,
    pub wishes: HashMap<AccountId, Wishes>,
    /// How much waits in the inbox.
    pub unread: HashMap<AccountId, u64>,
    /// Of what e-mail tells of.
    pub places: HashMap<Uuid, Place>,
}

/// Looks at everything that `batch` hangs on, in a handful of statements.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no board")]
pub(super) async fn at(
    db: &impl ConnectionTrait,
    batch: &[&delivery::Model],
    on: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Known> {
    let ids: BTreeSet<_> = batch.iter().filter_map(|row| row.notification_id).collect();
    let logins: BTreeSet<_> = batch.iter().filter_map(|row| row.account_id).collect();
    let logins: Vec<AccountId> = logins.into_iter().collect();
    let addresses: Vec<Uuid> = batch.iter().map(|row| row.address_id).collect();
    let devices = devices::store::of_ids(db, &addresses, now).await?;
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(logins.iter().copied())).all(db).await?;
    let of_those = Condition::all().add(Expr::col((notification::Entity, notification::Column::Id)).is_in(ids));
    let notifications: HashMap<_, _> = seen(db, of_those, on).await?.into_iter().map(|row| (row.id, row)).collect();
    Ok(Known {
        places: places(db, batch, &notifications).await?,
        notifications,
        devices: devices.into_iter().map(|row| (row.id.0, row)).collect(),
        accounts: accounts.into_iter().map(|row| (row.id, row)).collect(),
        wishes: preferences::store::of(db, &logins).await?,
        unread: unread(db, &logins, on, now).await?,
    })
}

/// A batch tells of few things, to many.
async fn places(
    db: &impl ConnectionTrait,
    batch: &[&delivery::Model],
    notifications: &HashMap<NotificationId, Seen>,
) -> Result<HashMap<Uuid, Place>> {
    let mut places = HashMap::new();
    for row in batch.iter().filter(|row| row.channel == Channel::Email) {
        let seen = row.notification_id.and_then(|id| notifications.get(&id));
        let Some((kind, id)) = seen.and_then(|seen| seen.about_kind.as_deref().zip(seen.about_id)) else { continue };
        if let Entry::Vacant(place) = places.entry(id) {
            place.insert(store::place(db, kind, id).await?);
        }
    }
    Ok(places)
}

/// The notifications that fulfil `which`, with whether their persons may know of them on that day.
pub(super) async fn seen(db: &impl ConnectionTrait, which: Condition, on: NaiveDate) -> Result<Vec<Seen>> {
    use notification::Column;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let truth =
        |condition: SimpleExpr| SimpleExpr::Case(Box::new(CaseStatement::new().case(condition, true).finally(false)));
    let mut select = Query::select();
    for column in [
        Column::Id,
        Column::BoardId,
        Column::Text,
        Column::Category,
        Column::Urgent,
        Column::AboutKind,
        Column::AboutId,
        Column::AsStaff,
        Column::HappensAt,
        Column::Figures,
        Column::ReadAt,
        Column::WithdrawnAt,
    ] {
        select.column((notification::Entity, column));
    }
    select
        .expr_as(truth(Expr::exists(reading()).or(answered())), Alias::new("read_there"))
        .expr_as(truth(taken_back()), Alias::new("taken_back"))
        .expr_as(truth(may_know(on)), Alias::new("may_know"))
        .expr_as(Expr::col((board::Entity, board::Column::Name)), Alias::new("board"))
        .column((board::Entity, board::Column::TimeZone))
        .from(notification::Entity)
        .inner_join(board::Entity, Expr::col((board::Entity, board::Column::Id)).eq(own(Column::BoardId)))
        .inner_join(person::Entity, Expr::col((person::Entity, person::Column::Id)).eq(own(Column::PersonId)))
        .cond_where(which);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| Seen::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// That the person has read what the notification is about since it came about. The notification stands in the query around
/// it.
pub(in crate::notifications) fn reading() -> SelectStatement {
    use notification::Column;
    use recipient::Column as Receipt;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let read_at = || Expr::col((recipient::Entity, Receipt::ReadAt));
    // Nobody reads what is not there yet, whatever two clocks say.
    let is_first = own(Column::Text).is_in(FIRST.map(Text::key));
    Query::select()
        .expr(Expr::val(1))
        .from(recipient::Entity)
        .and_where(Expr::col((recipient::Entity, Receipt::ItemId)).eq(own(Column::AboutId)))
        .and_where(Expr::col((recipient::Entity, Receipt::PersonId)).eq(own(Column::PersonId)))
        .and_where(read_at().gte(own(Column::OccurredAt)).or(read_at().is_not_null().and(is_first)))
        .to_owned()
}

/// That the person has confirmed or answered what the notification is about, for everybody whom it asks about. What was
/// confirmed before it was corrected is no answer to the correction.
fn answered() -> SimpleExpr {
    use notification::Column;
    use recipient::Column as Receipt;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let rows = |answered: SimpleExpr| {
        Query::select()
            .expr(Expr::val(1))
            .from(recipient::Entity)
            .and_where(Expr::col((recipient::Entity, Receipt::ItemId)).eq(own(Column::AboutId)))
            .and_where(Expr::col((recipient::Entity, Receipt::PersonId)).eq(own(Column::PersonId)))
            .and_where(answered)
            .to_owned()
    };
    let at = || Expr::col((recipient::Entity, Receipt::AcknowledgedAt));
    let corrects = own(Column::Text).eq(Text::AnnouncementCorrected.key());
    let answers = at().is_not_null().and(corrects.not().or(at().gte(own(Column::OccurredAt))));
    Expr::exists(rows(answers)).and(Expr::exists(rows(at().is_null())).not())
}

/// That what the notification is about stands no more, unless it tells just that. Nobody may have told of it yet. What
/// else can be taken back, as a role or a note of contact, is so once the event is told.
fn taken_back() -> SimpleExpr {
    use notification::Column;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let cancelled = || OccasionStatus::Cancelled.to_value();
    let is = |kind, table, status: String| about(kind, table, of(table, "status").eq(status));
    let is_announcement = own(Column::AboutKind).eq(AnnouncementId::PREFIX);
    let stands = is(AnnouncementId::PREFIX, "announcement", AnnouncementStatus::Published.to_value());
    let is_over = [
        is(ConversationId::PREFIX, "conversation", cancelled()),
        is(MeetingId::PREFIX, "meeting", cancelled()),
        is(TeamSessionId::PREFIX, "team_session", cancelled()),
        is(EventId::PREFIX, "event", EventStatus::Cancelled.to_value()),
        is(BookingRoundId::PREFIX, "booking_round", BookingRoundStatus::Cancelled.to_value()),
        is(SurveyId::PREFIX, "survey", SurveyStatus::Closed.to_value()),
        about(AbsenceNoticeId::PREFIX, "absence_notice", of("absence_notice", "withdrawn_at").is_not_null()),
        about(ConsentPurposeId::PREFIX, "consent_purpose", of("consent_purpose", "archived_at").is_not_null()),
    ];
    let tells_it = own(Column::Text).is_in(ENDS.map(Text::key));
    let is_over = is_over.into_iter().fold(Condition::any(), Condition::add);
    let is_over = Condition::all().add(is_over).add(tells_it.not());
    Condition::any().add(is_announcement.and(stands.not())).add(is_over).into()
}

/// That the notification is about something of this kind, of which the condition holds.
fn about(kind: &'static str, table: &'static str, condition: SimpleExpr) -> SimpleExpr {
    use notification::Column;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let matter = Query::select()
        .expr(Expr::val(1))
        .from(Alias::new(table))
        .and_where(of(table, "id").eq(own(Column::AboutId)))
        .and_where(condition)
        .to_owned();
    own(Column::AboutKind).eq(kind).and(Expr::exists(matter))
}

/// What the inbox of each login has left to read of late.
async fn unread(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
    on: NaiveDate,
    now: DateTime<Utc>,
) -> Result<HashMap<AccountId, u64>> {
    use notification::Column;
    let select = Query::select()
        .column((person::Entity, person::Column::AccountId))
        .expr_as(Func::count(Expr::col((notification::Entity, Column::Id))), Alias::new("unread"))
        .from(notification::Entity)
        .inner_join(
            person::Entity,
            Expr::col((person::Entity, person::Column::Id)).equals((notification::Entity, Column::PersonId)),
        )
        .and_where(Expr::col((person::Entity, person::Column::AccountId)).is_in(accounts.iter().copied()))
        .and_where(Expr::col((notification::Entity, Column::ReadAt)).is_null())
        .and_where(Expr::col((notification::Entity, Column::WithdrawnAt)).is_null())
        .and_where(Expr::col((notification::Entity, Column::CreatedAt)).gte(now - COUNTED))
        .and_where(may_know(on))
        .group_by_col((person::Entity, person::Column::AccountId))
        .to_owned();
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let count: i64 = row.try_get("", "unread")?;
            Ok((row.try_get("", "account_id")?, u64::try_from(count).unwrap_or_default()))
        })
        .collect()
}
