//! How much of a list is asked for.

use crate::platform::error::{Code, Result, coded};

/// Items in a page where the client does not say.
pub const DEFAULT_SIZE: usize = 25;
/// Items in a page at most.
pub const LARGEST_SIZE: usize = 100;

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

/// Leaves as many as the window holds; whether there is something before and after them.
pub(super) fn cut<M>(found: &mut Vec<M>, window: Window, args: &PageArgs) -> (bool, bool) {
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
