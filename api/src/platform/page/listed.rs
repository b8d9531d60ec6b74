//! Rows that know their place: for who makes one, and has no list of it.

use super::Cursor;
use crate::platform::error::Result;

/// A row of a list.
pub trait Listed {
    /// Where it stands in the list, in the order that this has when none is asked for.
    fn cursor(&self) -> Result<Cursor>;
}

/// Says which order that is: the one by which the list itself is read.
#[macro_export]
macro_rules! listed {
    ($row:ty, $order:expr) => {
        impl $crate::platform::page::Listed for $row {
            fn cursor(&self) -> $crate::platform::error::Result<$crate::platform::page::Cursor> {
                $order.cursor(self)
            }
        }
    };
}
