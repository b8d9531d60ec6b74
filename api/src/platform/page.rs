//! Connections: pages of a list by keyset, so that an insert neither doubles nor loses an item.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use sea_orm::sea_query::{Alias, Expr, IntoValueTuple, Query, SelectStatement};
use sea_orm::{
    ConnectionTrait, Cursor as SeaCursor, EntityTrait, FromQueryResult, IntoIdentity, QueryTrait, Select, SelectModel,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::{Code, Error, Result, coded};
use crate::call::Call;

/// Items in a page where the client does not say.
pub const DEFAULT_SIZE: usize = 25;
/// Items in a page at most.
pub const LARGEST_SIZE: usize = 100;
/// Bytes of the digest that stand before the position, to tell a mistyped cursor from a real one.
const CHECKSUM: usize = 4;

/// The years of which PostgreSQL keeps an instant that can be written in four digits.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// The key of an item in its list, as a cursor holds it.
pub trait Key: Serialize + DeserializeOwned {
    /// Whether an item may have this key. Anybody can make a cursor, also over what no database takes.
    fn is_sound(&self) -> bool {
        true
    }
}

impl Key for Uuid {}
impl Key for i32 {}
impl Key for i64 {}
impl Key for usize {}

impl Key for String {
    /// PostgreSQL takes no NUL in a text.
    fn is_sound(&self) -> bool {
        !self.contains('\0')
    }
}

impl Key for DateTime<Utc> {
    fn is_sound(&self) -> bool {
        YEARS.contains(&self.year())
    }
}

impl<K: Key> Key for Vec<K> {
    fn is_sound(&self) -> bool {
        self.iter().all(K::is_sound)
    }
}

impl<K: Key, I: Key> Key for (K, I) {
    fn is_sound(&self) -> bool {
        self.0.is_sound() && self.1.is_sound()
    }
}

/// Where an item stands in a list: opaque outside, `[order, key, id]` inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    fn of(order: &str, position: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_vec(&(order, position)).map_err(Error::fault)?;
        let sum = digest(&SHA256, &text);
        let bytes = [&sum.as_ref()[..CHECKSUM], &text].concat();
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    fn position<K: Key>(&self, order: &str) -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        let (sum, text) = bytes.split_at_checked(CHECKSUM)?;
        if digest(&SHA256, text).as_ref()[..CHECKSUM] != *sum {
            return None;
        }
        let (of, position): (String, K) = serde_json::from_slice(text).ok()?;
        (of == order && position.is_sound()).then_some(position)
    }
}

/// The four arguments of a connection, as they came.
#[derive(Clone, Debug, Default)]
pub struct PageArgs {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

/// How many items, from which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    First(usize),
    Last(usize),
}

impl PageArgs {
    /// Refuses `first` with `last`, a negative size and one over [`LARGEST_SIZE`].
    pub fn window(&self) -> Result<Window> {
        let size = |size: i32| match usize::try_from(size) {
            Ok(size) if size <= LARGEST_SIZE => Ok(size),
            _ => Err(coded(Code::BadUserInput, format!("Ask for a page of 0 to {LARGEST_SIZE} items."))),
        };
        match (self.first, self.last) {
            (Some(_), Some(_)) => Err(coded(Code::BadUserInput, "Ask with `first` or with `last`, not with both.")),
            (None, Some(last)) => size(last).map(Window::Last),
            (Some(first), None) => size(first).map(Window::First),
            (None, None) => Ok(Window::First(DEFAULT_SIZE)),
        }
    }
}

/// An order that an index serves: its name (part of every cursor, and another one for each direction of a list), its columns
/// with the id last, and the key of a row.
pub struct Order<E: EntityTrait, C, K> {
    pub name: &'static str,
    pub columns: C,
    pub key: fn(&E::Model) -> K,
    pub descending: bool,
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
    let rows =
        found.into_iter().map(|row| Ok((Cursor::of(order.name, &(order.key)(&row))?, row))).collect::<Result<_>>()?;
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

/// Leaves as many as the window holds; whether there is something before and after them.
fn cut<M>(found: &mut Vec<M>, window: Window, args: &PageArgs) -> (bool, bool) {
    match window {
        Window::First(size) => {
            let more = found.len() > size;
            found.truncate(size);
            (args.after.is_some(), more)
        }
        Window::Last(size) => {
            let more = found.len() > size;
            found.drain(..found.len().saturating_sub(size));
            (more, args.before.is_some())
        }
    }
}

/// A cursor for a list that is told as it grows.
pub fn mark(order: &str, position: &impl Serialize) -> Result<String> {
    Ok(Cursor::of(order, position)?.0)
}

/// What a cursor of this order says.
///
/// # Errors
/// `BAD_CURSOR` for one that is damaged, belongs to another list or holds what no item has.
pub fn position<K: Key>(cursor: &str, order: &str) -> Result<K> {
    Cursor(cursor.to_owned()).position(order).ok_or_else(|| {
        coded(Code::BadCursor, "This cursor does not belong to this list. Start again without `after` and `before`.")
    })
}

/// A connection of the API over nodes of type `N`.
pub struct Page<N> {
    edges: Vec<PageEdge<N>>,
    has_previous: bool,
    has_next: bool,
    total: TotalCount,
}

/// A node and where it stands in the list.
pub struct PageEdge<N> {
    cursor: Cursor,
    node: N,
}

impl<M> Rows<M> {
    /// Shapes the rows into nodes.
    pub fn into_page<N>(self, mut node: impl FnMut(M) -> N) -> Page<N> {
        let Self { rows, has_previous, has_next, total } = self;
        let edges = rows.into_iter().map(|(cursor, row)| PageEdge { cursor, node: node(row) }).collect();
        Page { edges, has_previous, has_next, total }
    }
}

impl<N: OutputType> TypeName for Page<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: OutputType> TypeName for PageEdge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// One page of a list that can grow, after the Relay cursor connections specification.
#[Object(name_type)]
impl<N: OutputType> Page<N> {
    /// The items with their cursors.
    async fn edges(&self) -> &[PageEdge<N>] {
        &self.edges
    }

    /// The items without their cursors.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Whether there is more, and where to go on.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.0.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.0.clone()),
        }
    }

    /// The count, when asked for.
    #[graphql(flatten)]
    async fn total(&self) -> &TotalCount {
        &self.total
    }
}

/// An item of a list and where it stands in it.
#[Object(name_type)]
impl<N: OutputType> PageEdge<N> {
    /// Where the item stands in the list; opaque. Give it as `after` or `before`, with the same filter and order.
    async fn cursor(&self) -> &str {
        &self.cursor.0
    }

    /// The item.
    async fn node(&self) -> &N {
        &self.node
    }
}

/// Whether a list goes on beyond a page, and where.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there are items before this page.
    has_previous_page: bool,
    /// Whether there are items after this page.
    has_next_page: bool,
    /// The cursor of the first item of the page; null when the page is empty.
    start_cursor: Option<String>,
    /// The cursor of the last item of the page; null when the page is empty.
    end_cursor: Option<String>,
}

/// Counts the whole list, when it is asked for.
#[derive(Debug)]
pub enum TotalCount {
    /// As many as this selects.
    Of(Box<SelectStatement>),
    Known(usize),
}

#[Object]
impl TotalCount {
    /// How many items the whole list has for this viewer. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let select = match self {
            Self::Of(select) => (**select).clone(),
            Self::Known(count) => return Ok(i32::try_from(*count).ok()),
        };
        let db = Call::of(ctx).read().await?;
        let count = Query::select()
            .expr_as(Expr::cust("COUNT(*)"), Alias::new("count"))
            .from_subquery(select, Alias::new("list"))
            .to_owned();
        let row = db.query_one(&count).await?;
        let count: Option<i64> = row.map(|row| row.try_get("", "count")).transpose()?;
        Ok(count.and_then(|count| i32::try_from(count).ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(args: &PageArgs) -> (Vec<i32>, bool, bool, Option<String>) {
        let page = of_list(vec![5, 1, 4, 2, 3], "number", |number| *number, args).unwrap();
        let last = page.rows.last().map(|(cursor, _)| cursor.0.clone());
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

    #[test]
    fn a_cursor_holds_nothing_that_no_database_takes() {
        let is_taken = |key: &str| {
            let key: (String, Uuid) = (key.to_owned(), Uuid::nil());
            position::<(String, Uuid)>(&mark("name", &key).unwrap(), "name").is_ok()
        };
        assert!(is_taken("De Zwaluw"));
        assert!(!is_taken("De\0Zwaluw"));
        let is_told = |at: &str| {
            let at: (DateTime<Utc>, Vec<Uuid>) = (at.parse().unwrap(), vec![Uuid::nil()]);
            position::<(DateTime<Utc>, Vec<Uuid>)>(&mark("time", &at).unwrap(), "time").is_ok()
        };
        for at in ["0001-01-01T00:00:00Z", "2026-11-30T12:00:00Z", "9999-12-31T23:59:59Z"] {
            assert!(is_told(at), "{at}");
        }
        for at in ["-5000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"] {
            assert!(!is_told(at), "{at}");
        }
    }
}
