//! The SQL of announcements.

use chrono::{DateTime, Utc};
use glans_entity::engagement::announcement::{self, Column};
use glans_entity::engagement::{
    AnnouncementStatus, Priority, announcement_revision, announcement_translation, recipient,
};
use glans_entity::ids::{AccountId, AnnouncementId, BoardId, SchoolId, StudentId};
use glans_entity::organisation::{board, school};
use glans_entity::people::person;
use glans_entity::scope::{
    Scope, Scoped, addressed_to_oneself, announcements_of_staff, announcements_to_change, items_for_oneself,
};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::rules::Words;
use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// Which announcements of those in sight.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only these states; what was withdrawn is left out when empty.
    pub statuses: Vec<AnnouncementStatus>,
    pub priority: Option<Priority>,
    /// All places of which lie in this school.
    pub school: Option<SchoolId>,
    /// That reached the viewer about this child.
    pub student: Option<StudentId>,
    /// That reached the viewer.
    pub addressed: bool,
    /// That the viewer has yet to read.
    pub unread: bool,
    /// Also what has expired.
    pub expired: bool,
}

/// The announcements in sight with these ids.
pub(super) async fn by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[AnnouncementId],
) -> Result<Vec<announcement::Model>> {
    Ok(announcement::Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The announcement, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: AnnouncementId,
) -> Result<Option<announcement::Model>> {
    Ok(announcement::Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const NEWEST_FIRST: By<announcement::Entity, DateTime<Utc>> = Order {
    name: "announcement.time",
    columns: (Column::PublishAt, Column::Id),
    key: |row: &announcement::Model| (row.publish_at, row.id.0),
    descending: true,
};

listed!(announcement::Model, NEWEST_FIRST);

/// One page of the announcements in sight, newest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    wanted: &Wanted,
    now: DateTime<Utc>,
    args: &PageArgs,
) -> Result<Rows<announcement::Model>> {
    page::rows(db, select(scope, wanted, now), &NEWEST_FIRST, args).await
}

fn select(scope: &Scope, wanted: &Wanted, now: DateTime<Utc>) -> Select<announcement::Entity> {
    let mut select = announcement::Entity::within(scope);
    select = if wanted.statuses.is_empty() {
        select.filter(Column::Status.ne(AnnouncementStatus::Withdrawn))
    } else {
        select.filter(Column::Status.is_in(wanted.statuses.iter().copied()))
    };
    if !wanted.expired {
        select = select.filter(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now)));
    }
    if let Some(priority) = wanted.priority {
        select = select.filter(Column::Priority.eq(priority));
    }
    if let Some(school) = wanted.school {
        select = select.filter(Column::SchoolId.eq(school));
    }
    if wanted.addressed {
        select =
            select.filter(Column::PublishedAt.is_not_null()).filter(Column::Id.in_subquery(items_for_oneself(scope)));
    }
    if let Some(student) = wanted.student {
        select = select.filter(own_row(scope, recipient::Column::StudentId.eq(student).into_condition()));
    }
    if wanted.unread {
        let older =
            Expr::col(recipient::Column::ReadAt.as_column_ref()).lt(Expr::col(Column::CorrectedAt.as_column_ref()));
        let unread = Condition::any().add(recipient::Column::ReadAt.is_null()).add(older);
        select = select.filter(own_row(scope, unread)).filter(Column::Status.ne(AnnouncementStatus::Withdrawn));
    }
    select
}

/// That the viewer has a row about the announcement in the query around it which meets `condition`.
fn own_row(scope: &Scope, condition: Condition) -> Expr {
    let rows = recipient::Entity::within(scope)
        .select_only()
        .column(recipient::Column::ItemId)
        .filter(addressed_to_oneself(scope))
        .filter(Expr::col(recipient::Column::ItemId.as_column_ref()).equals(Column::Id.as_column_ref()))
        .filter(condition);
    Expr::exists(rows.into_query())
}

/// Those of these announcements that the viewer sees as a member of staff.
pub(super) async fn seen_as_staff(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[AnnouncementId],
) -> Result<Vec<AnnouncementId>> {
    only(db, ids, scope, announcements_of_staff(scope)).await
}

/// Those of these announcements that the viewer may change.
pub(super) async fn changeable(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[AnnouncementId],
) -> Result<Vec<AnnouncementId>> {
    only(db, ids, scope, announcements_to_change(scope, true)).await
}

async fn only(
    db: &impl ConnectionTrait,
    ids: &[AnnouncementId],
    scope: &Scope,
    condition: Condition,
) -> Result<Vec<AnnouncementId>> {
    let rows = announcement::Entity::within(scope)
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(condition);
    Ok(rows.into_tuple().all(db).await?)
}

/// The translations in sight of these announcements, by language.
pub(super) async fn translations(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[AnnouncementId],
) -> Result<Vec<announcement_translation::Model>> {
    use announcement_translation::Column as Translation;
    let of_them = Translation::AnnouncementId.is_in(ids.iter().copied());
    let rows = announcement_translation::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(Translation::Language).all(db).await?)
}

/// What these announcements said before they were corrected, as far as the viewer may know, latest first.
pub(super) async fn revisions(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[AnnouncementId],
) -> Result<Vec<announcement_revision::Model>> {
    use announcement_revision::Column as Revision;
    let of_them = Revision::AnnouncementId.is_in(ids.iter().copied());
    let rows = announcement_revision::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_desc(Revision::Number).all(db).await?)
}

/// How many other urgent announcements of this place appear in a time. Nobody else counts them until the transaction
/// ends.
pub(super) async fn count_urgent(
    db: &impl ConnectionTrait,
    scope: &Scope,
    row: &announcement::Model,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<usize> {
    // No lock that keeps rows from referring to the school or board.
    if let Some(id) = row.school_id {
        let place = school::Entity::within(scope).filter(school::Column::Id.eq(id));
        place.lock(LockType::NoKeyUpdate).one(db).await?;
    } else {
        let place = board::Entity::within(scope).filter(board::Column::Id.eq(row.board_id));
        place.lock(LockType::NoKeyUpdate).one(db).await?;
    }
    let here = match row.school_id {
        Some(school) => Column::SchoolId.eq(school),
        None => Column::SchoolId.is_null(),
    };
    let appears =
        Condition::any().add(Column::PublishedAt.is_not_null()).add(Column::Status.eq(AnnouncementStatus::Scheduled));
    let rows: Vec<AnnouncementId> = announcement::Entity::within(scope)
        .select_only()
        .column(Column::Id)
        .filter(Column::BoardId.eq(row.board_id))
        .filter(here)
        .filter(Column::Priority.eq(Priority::Urgent))
        .filter(appears)
        .filter(Column::PublishAt.gte(from))
        .filter(Column::PublishAt.lt(until))
        .filter(Column::Id.ne(row.id))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.len())
}

/// Whether what `author` may see and do, if anything, covers all places of the announcement today.
pub(super) async fn may_appear(db: &impl ConnectionTrait, author: &Scope, row: &announcement::Model) -> Result<bool> {
    let all = announcements_to_change(author, row.priority == Priority::Normal);
    Ok(!only(db, &[row.id], &Scope::system(author.on), all).await?.is_empty())
}

/// The login of who wrote an announcement.
pub(super) async fn author(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    id: AnnouncementId,
) -> Result<Option<AccountId>> {
    let of_it =
        announcement::Entity::within(everywhere).select_only().column(Column::AuthorId).filter(Column::Id.eq(id));
    let person = person::Entity::within(everywhere)
        .select_only()
        .column(person::Column::AccountId)
        .filter(person::Column::Id.in_subquery(of_it.into_query()));
    Ok(person.into_tuple::<Option<AccountId>>().one(db).await?.flatten())
}

/// What is due by `now` in boards that are open, the longest due first.
pub(super) async fn due(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<(AnnouncementId, BoardId)>> {
    let open = board::Entity::within(scope)
        .select_only()
        .column(board::Column::Id)
        .filter(board::Column::ArchivedAt.is_null());
    let rows = announcement::Entity::within(scope)
        .select_only()
        .columns([Column::Id, Column::BoardId])
        .filter(is_due(now))
        .filter(Column::BoardId.in_subquery(open.into_query()))
        .order_by_asc(Column::PublishAt)
        .limit(most);
    Ok(rows.into_tuple().all(db).await?)
}

/// The announcement, if it is due still; nobody else publishes it until the transaction ends.
pub(super) async fn claim(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: AnnouncementId,
    now: DateTime<Utc>,
) -> Result<Option<announcement::Model>> {
    let row = announcement::Entity::within(scope).filter(Column::Id.eq(id)).filter(is_due(now));
    Ok(row.lock_exclusive().one(db).await?)
}

fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::Status.eq(AnnouncementStatus::Scheduled)).add(Column::PublishAt.lte(now))
}

/// Inserts an announcement.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: announcement::Model,
) -> Result<announcement::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: announcement::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<announcement::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Stores the translations of an announcement, in place of those that it had.
pub(super) async fn replace_translations(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: &announcement::Model,
    translations: &[Words],
) -> Result<()> {
    use announcement_translation::{Column as Translation, Entity, Model};
    Entity::delete_many().filter(Translation::AnnouncementId.eq(row.id)).exec(db).await?;
    let rows: Vec<_> = translations
        .iter()
        .map(|words| Model {
            announcement_id: row.id,
            language: words.language.clone(),
            board_id: row.board_id,
            title: words.title.clone(),
            body: words.body.clone(),
        })
        .map(|row| row.into_active_model().reset_all())
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The number of the last correction; 0 where there is none.
pub(super) async fn last_revision(db: &impl ConnectionTrait, scope: &Scope, id: AnnouncementId) -> Result<i32> {
    use announcement_revision::Column as Revision;
    let rows = announcement_revision::Entity::within(scope).filter(Revision::AnnouncementId.eq(id));
    let last = rows.order_by_desc(Revision::Number).limit(1).one(db).await?;
    Ok(last.map_or(0, |row| row.number))
}

/// Keeps what an announcement said.
pub(super) async fn insert_revision(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: announcement_revision::Model,
) -> Result<()> {
    announcement_revision::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(db).await?;
    Ok(())
}
