//! A page as the API shows it.

use std::borrow::Cow;

use async_graphql::{Object, ObjectType, SimpleObject, TypeName};

use super::{Cursor, Listed, Rows, TotalCount};
use crate::platform::error::Result;
use crate::platform::list::List;

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

impl<N> PageEdge<N> {
    /// The edge that the list has of this row in its own order.
    pub fn of<M: Listed>(row: M) -> Result<Self>
    where
        N: From<M>,
    {
        Ok(Self { cursor: row.cursor()?, node: row.into() })
    }
}

impl<N: ObjectType> TypeName for Page<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: ObjectType> TypeName for PageEdge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// One page of a list that can grow, after the Relay cursor connections specification.
#[Object(name_type)]
impl<N: ObjectType> Page<N> {
    /// The items with their cursors.
    async fn edges(&self) -> List<&PageEdge<N>> {
        self.edges.iter().collect()
    }

    /// The items without their cursors.
    async fn nodes(&self) -> List<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Whether there is more, and where to go on.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.as_str().to_owned()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.as_str().to_owned()),
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
impl<N: ObjectType> PageEdge<N> {
    /// Where the item stands in the list; opaque. Give it as `after` or `before`, with the same filter and order.
    async fn cursor(&self) -> &str {
        self.cursor.as_str()
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
