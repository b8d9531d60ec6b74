//! Notifications: one for each person whom a notice is for.

use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use glans_entity::notifications::{Channel, channel_preference, notification, notification_student};
use glans_entity::people::person;
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func, OnConflict, Query, SimpleExpr};
use sea_orm::{ActiveEnum, DatabaseTransaction};

use super::{insert, of_notice, typed};
use crate::notifications::categories::{self, Strategy};
use crate::notifications::occasions::{Notice, seq_of};
use crate::platform::error::{Error, Result};
use crate::platform::fresh_id;

/// The selected recipients of a notice.
const TOLD: &str = "told";

fn told_column(name: &'static str) -> SimpleExpr {
    Expr::col((Alias::new(TOLD), Alias::new(name)))
}

/// One notification for each person whom the notice is for and who was not told of `source` yet.
pub async fn notify(
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

/// Which children the notifications concern.
pub async fn link_students(db: &DatabaseTransaction, source: &str, notice: &Notice) -> Result<u64> {
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
