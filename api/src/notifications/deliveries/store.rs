//! What the contents of e-mail are read from.

use chrono::{DateTime, Utc};
use glans_entity::identity::invitation;
use glans_entity::ids::{AnnouncementId, BookingRoundId, ConversationId, EventId, InvitationId, SurveyId, ThreadId};
use glans_entity::organisation::{board, school};
use glans_entity::people::person;
use glans_entity::practice::OccasionStatus;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::notifications::channels::letter::Entry;
use crate::platform::error::Result;

/// Who is invited, and by whom.
#[derive(Debug, FromQueryResult)]
pub(super) struct Invited {
    pub email: String,
    pub language: String,
    pub board: String,
}

/// Who is invited by e-mail, while the invitation can be accepted.
pub(super) async fn invited(
    db: &impl ConnectionTrait,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<Invited>> {
    use invitation::Column;
    let own = |column: Column| Expr::col((invitation::Entity, column));
    let select = Query::select()
        .column((person::Entity, person::Column::Email))
        .column((person::Entity, person::Column::Language))
        .expr_as(Expr::col((board::Entity, board::Column::Name)), Alias::new("board"))
        .from(invitation::Entity)
        .inner_join(person::Entity, Expr::col((person::Entity, person::Column::Id)).eq(own(Column::PersonId)))
        .inner_join(board::Entity, Expr::col((board::Entity, board::Column::Id)).eq(own(Column::BoardId)))
        .and_where(own(Column::Id).eq(id))
        .and_where(own(Column::AcceptedAt).is_null())
        .and_where(own(Column::RevokedAt).is_null())
        .and_where(own(Column::ExpiresAt).gt(now))
        .and_where(Expr::col((person::Entity, person::Column::Email)).is_not_null())
        .and_where(Expr::col((person::Entity, person::Column::ErasedAt)).is_null())
        .to_owned();
    let row = db.query_one(&select).await?;
    Ok(row.map(|row| Invited::from_query_result(&row, "")).transpose()?)
}

/// Where something takes place: the name of the school, and for a talk its entry in a calendar.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub school: Option<String>,
    pub entry: Option<Entry>,
}

/// The place of what a notification is about; nothing of what belongs to no school.
pub(super) async fn place(db: &impl ConnectionTrait, kind: &str, id: Uuid) -> Result<Place> {
    let table = match kind {
        ConversationId::PREFIX => "conversation",
        AnnouncementId::PREFIX => "announcement",
        BookingRoundId::PREFIX => "booking_round",
        EventId::PREFIX => "event",
        SurveyId::PREFIX => "survey",
        ThreadId::PREFIX => "thread",
        _ => return Ok(Place::default()),
    };
    let of_table = |name: &'static str| Expr::col((Alias::new(table), Alias::new(name)));
    let mut select = Query::select();
    select
        .column((school::Entity, school::Column::Name))
        .from(Alias::new(table))
        .inner_join(school::Entity, Expr::col((school::Entity, school::Column::Id)).eq(of_table("school_id")))
        .and_where(of_table("id").eq(id));
    if kind == ConversationId::PREFIX {
        select.exprs(["starts_at", "ends_at", "status", "version"].map(of_table));
    }
    let Some(row) = db.query_one(&select).await? else { return Ok(Place::default()) };
    let school = row.try_get("", "name")?;
    if kind != ConversationId::PREFIX {
        return Ok(Place { school, entry: None });
    }
    let status: OccasionStatus = row.try_get("", "status")?;
    let entry = Entry {
        uid: ConversationId(id).to_string(),
        starts_at: row.try_get("", "starts_at")?,
        ends_at: row.try_get("", "ends_at")?,
        cancelled: status == OccasionStatus::Cancelled,
        sequence: row.try_get("", "version")?,
    };
    Ok(Place { school, entry: Some(entry) })
}
