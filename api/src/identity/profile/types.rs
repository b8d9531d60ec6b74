//! The input and payload of the mutation of the profile.

use async_graphql::{InputObject, SimpleObject};

use crate::identity::viewer::Viewer;
use crate::platform::error::{Result, UserError, outcome};
use crate::platform::scalars::Locale;
use crate::sync_cursor;

/// What people set about themselves. What is absent stays.
#[derive(InputObject)]
pub struct ProfileUpdateInput {
    /// The language in which the person reads, in all boards.
    pub language: Option<Locale>,
    /// The name to show, 1 to 160 characters, in the boards in which this request acts. A roster import that names the
    /// person otherwise sets it again.
    pub display_name: Option<String>,
    /// Whether conversations need an interpreter, in the boards in which this request acts.
    pub interpreter_needed: Option<bool>,
    /// Refused with CONFLICT when the stored version of `viewer.person` is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `profileUpdate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ProfileUpdatePayload {
    /// Who changed it, with CONFLICT as it is now; null when refused otherwise.
    pub viewer: Option<Viewer>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(ProfileUpdatePayload);

impl ProfileUpdatePayload {
    pub(super) fn of(done: Result<()>) -> Result<Self> {
        let (changed, user_errors) = outcome(done)?;
        Ok(Self { viewer: changed.map(|()| Viewer), user_errors })
    }
}
