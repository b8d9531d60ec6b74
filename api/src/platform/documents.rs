//! The documents that releases of apps registered. They belong to no board.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use glans_entity::platform::persisted_document::{ActiveModel, Column, Entity};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

/// Rows of one INSERT: four parameters each, far below what either database takes.
const BATCH: usize = 500;

/// The text under this id, whichever app brought it; the newest, should there be several from before [`taken`] was asked.
#[expect(clippy::disallowed_methods, reason = "documents of apps belong to no board")]
pub async fn text(db: &impl ConnectionTrait, id: &str) -> Result<Option<String>, DbErr> {
    let newest = Entity::find().order_by_desc(Column::CreatedAt).order_by_asc(Column::Client);
    Ok(newest.filter(Column::Hash.eq(id)).one(db).await?.map(|row| row.body))
}

/// The first of `documents` that another release brought with another text, and that release: whoever asks for the id
/// would get the one or the other.
#[expect(clippy::disallowed_methods, reason = "documents of apps belong to no board")]
pub async fn taken(
    db: &impl ConnectionTrait,
    client: &str,
    documents: &BTreeMap<String, String>,
) -> Result<Option<(String, String)>, DbErr> {
    let ids: Vec<&str> = documents.keys().map(String::as_str).collect();
    for batch in ids.chunks(BATCH) {
        let under_them = Entity::find().filter(Column::Hash.is_in(batch.iter().copied()));
        let of_others = under_them.filter(Column::Client.ne(client));
        let rows = of_others.order_by_asc(Column::Hash).order_by_asc(Column::Client).all(db).await?;
        if let Some(row) = rows.into_iter().find(|row| documents.get(&row.hash).is_some_and(|text| *text != row.body)) {
            return Ok(Some((row.hash, row.client)));
        }
    }
    Ok(None)
}

/// Puts `documents` (id and text) in the place of those that this release brought before. Other releases keep theirs.
pub async fn replace(
    db: &impl ConnectionTrait,
    client: &str,
    documents: impl IntoIterator<Item = (String, String)>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    remove(db, client).await?;
    let rows: Vec<_> = documents
        .into_iter()
        .map(|(id, text)| ActiveModel {
            hash: Set(id),
            client: Set(client.to_owned()),
            body: Set(text),
            created_at: Set(now),
        })
        .collect();
    for batch in rows.chunks(BATCH) {
        Entity::insert_many(batch.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Forgets the documents of a release; returns how many there were.
pub async fn remove(db: &impl ConnectionTrait, client: &str) -> Result<u64, DbErr> {
    Ok(Entity::delete_many().filter(Column::Client.eq(client)).exec(db).await?.rows_affected)
}

/// The releases and how many documents each brought, by name.
#[expect(clippy::disallowed_methods, reason = "documents of apps belong to no board")]
pub async fn releases(db: &impl ConnectionTrait) -> Result<Vec<(String, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Client)
        .column_as(Column::Hash.count(), "documents")
        .group_by(Column::Client)
        .order_by_asc(Column::Client)
        .into_tuple()
        .all(db)
        .await
}
