//! Connections: pages of a list by keyset, so that an insert neither doubles nor loses an item.

mod connection;
mod cursor;
mod key;
mod listed;
mod rows;
mod total;
mod window;

pub use connection::{Page, PageEdge, PageInfo};
pub use cursor::{Cursor, mark, position};
pub use key::Key;
pub use listed::Listed;
pub use rows::{By, ById, Order, Rows, of_found, of_list, rows};
pub use total::TotalCount;
pub use window::{DEFAULT_SIZE, LARGEST_SIZE, PageArgs, Window};
