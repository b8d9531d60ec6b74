//! One page, out of the database or of a list in memory.

use sea_orm::sea_query::IntoValueTuple;
use sea_orm::{
    ConnectionTrait, Cursor as SeaCursor, EntityTrait, FromQueryResult, IntoIdentity, QueryTrait, Select, SelectModel,
};
use serde::Serialize;
use uuid::Uuid;

use super::window::cut;
use super::{Cursor, Key, PageArgs, TotalCount, Window, position};
use crate::platform::error::Result;

/// An order that an index serves: its name (part of every cursor, and another one for each direction of a list), its columns
/// with the id last, and the key of a row.
pub struct Order<E: EntityTrait, C, K> {
    pub name: &'static str,
    pub columns: C,
    pub key: fn(&E::Model) -> K,
    pub descending: bool,
}

/// An order by a column; where that is equal, the id decides.
pub type By<E, K> = Order<E, (<E as EntityTrait>::Column, <E as EntityTrait>::Column), (K, Uuid)>;

/// An order by id, which is the order of making.
pub type ById<E> = Order<E, <E as EntityTrait>::Column, Uuid>;

impl<E: EntityTrait, C, K: Serialize> Order<E, C, K> {
    /// Where `row` stands in a list of this order.
    pub fn cursor(&self, row: &E::Model) -> Result<Cursor> {
        Cursor::of(self.name, &(self.key)(row))
    }
}

/// One page of rows with what the connection needs to know.
#[derive(Debug)]
pub struct Rows<M> {
    pub rows: Vec<(Cursor, M)>,
    pub has_previous: bool,
    pub has_next: bool,
    pub total: TotalCount,
}

/// Reads one page of `select` in `order`.
///
/// # Errors
/// `BAD_CURSOR` for a cursor that is damaged or belongs to another list; `BAD_USER_INPUT` for a wrong size.
pub async fn rows<E, C, K>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    order: &Order<E, C, K>,
    args: &PageArgs,
) -> Result<Rows<E::Model>>
where
    E: EntityTrait,
    E::Model: FromQueryResult + Sized + Send + Sync,
    C: IntoIdentity + Clone,
    K: IntoValueTuple + Key,
{
    let window = args.window()?;
    let total = TotalCount::Of(Box::new(select.as_query().clone()));
    let mut cursor: SeaCursor<SelectModel<E::Model>> = select.cursor_by(order.columns.clone());
    if order.descending {
        cursor.desc();
    }
    if let Some(after) = &args.after {
        cursor.after(position::<K>(after, order.name)?);
    }
    if let Some(before) = &args.before {
        cursor.before(position::<K>(before, order.name)?);
    }
    let mut found = match window {
        Window::First(size) => cursor.first(size as u64 + 1),
        Window::Last(size) => cursor.last(size as u64 + 1),
    }
    .all(db)
    .await?;
    let (has_previous, has_next) = cut(&mut found, window, args);
    let rows = found.into_iter().map(|row| Ok((order.cursor(&row)?, row))).collect::<Result<_>>()?;
    Ok(Rows { rows, has_previous, has_next, total })
}

/// One page of a list that is in memory already, in the order of its keys. Its cursors are those of [`rows`].
///
/// # Errors
/// As [`rows`].
pub fn of_list<M, K>(mut list: Vec<M>, name: &str, key: impl Fn(&M) -> K, args: &PageArgs) -> Result<Rows<M>>
where
    K: Ord + Key,
{
    let window = args.window()?;
    let total = TotalCount::Known(list.len());
    list.sort_by_key(&key);
    if let Some(after) = &args.after {
        let after: K = position(after, name)?;
        list.retain(|item| key(item) > after);
    }
    if let Some(before) = &args.before {
        let before: K = position(before, name)?;
        list.retain(|item| key(item) < before);
    }
    let (has_previous, has_next) = cut(&mut list, window, args);
    let rows = list.into_iter().map(|item| Ok((Cursor::of(name, &key(&item))?, item))).collect::<Result<_>>()?;
    Ok(Rows { rows, has_previous, has_next, total })
}

/// One page of what a statement of its own found: one item more than the window holds, if there is one, in the order of the
/// list.
///
/// # Errors
/// `BAD_USER_INPUT` for a wrong size.
pub fn of_found<M, K: Serialize>(
    mut found: Vec<M>,
    name: &str,
    key: impl Fn(&M) -> K,
    args: &PageArgs,
    total: TotalCount,
) -> Result<Rows<M>> {
    let (has_previous, has_next) = cut(&mut found, args.window()?, args);
    let rows = found.into_iter().map(|item| Ok((Cursor::of(name, &key(&item))?, item))).collect::<Result<_>>()?;
    Ok(Rows { rows, has_previous, has_next, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(args: &PageArgs) -> (Vec<i32>, bool, bool, Option<String>) {
        let page = of_list(vec![5, 1, 4, 2, 3], "number", |number| *number, args).unwrap();
        let last = page.rows.last().map(|(cursor, _)| cursor.as_str().to_owned());
        (page.rows.into_iter().map(|(_, number)| number).collect(), page.has_previous, page.has_next, last)
    }

    #[test]
    fn a_list_in_memory_is_paged_from_both_ends() {
        let first = |first, after| PageArgs { first: Some(first), after, ..PageArgs::default() };
        let (items, before, after, cursor) = page(&first(2, None));
        assert_eq!((items, before, after), (vec![1, 2], false, true));
        let (items, before, after, cursor) = page(&first(2, cursor));
        assert_eq!((items, before, after), (vec![3, 4], true, true));
        let (items, before, after, _) = page(&first(2, cursor.clone()));
        assert_eq!((items, before, after), (vec![5], true, false));
        let last = PageArgs { last: Some(2), before: cursor, ..PageArgs::default() };
        let (items, before, after, _) = page(&last);
        assert_eq!((items, before, after), (vec![2, 3], true, true));
        assert_eq!(page(&PageArgs::default()).0, [1, 2, 3, 4, 5]);
        let strange = PageArgs { after: Some("abc".to_owned()), ..PageArgs::default() };
        assert!(of_list(vec![1], "number", |number| *number, &strange).is_err());
    }
}
