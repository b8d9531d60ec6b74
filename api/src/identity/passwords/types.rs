//! The inputs and payloads of the mutations of passwords.

use async_graphql::{InputObject, SimpleObject};

use crate::identity::viewer::Viewer;
use crate::platform::error::{Result, UserError, outcome};
use crate::sync_cursor;

/// A new password for who knows the present one.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The password until now.
    #[graphql(secret)]
    pub current_password: String,
    /// The new one: 8 to 128 characters of any kind, and none of the passwords that everybody tries first.
    #[graphql(secret)]
    pub new_password: String,
    /// Accepted for the sake of uniformity; a repetition is refused, because the password is another one by then.
    pub client_mutation_id: Option<String>,
}

/// Who forgot the password.
#[derive(InputObject)]
pub struct PasswordResetRequestInput {
    /// The e-mail address of the account.
    pub email: String,
    /// Accepted for the sake of uniformity; each request sends a letter.
    pub client_mutation_id: Option<String>,
}

/// A new password for who has a code.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// The code from the letter. It works once, for an hour.
    #[graphql(secret)]
    pub code: String,
    /// The new one: 8 to 128 characters of any kind, and none of the passwords that everybody tries first.
    #[graphql(secret)]
    pub new_password: String,
    /// Accepted for the sake of uniformity; a repetition is refused, because the code is used by then.
    pub client_mutation_id: Option<String>,
}

/// The answer to `passwordChange`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PasswordChangePayload {
    /// Whose password it is; null when refused.
    pub viewer: Option<Viewer>,
    /// What the user can mend; empty when it is done.
    pub user_errors: Vec<UserError>,
}

/// The answer to `passwordResetRequest`: the same whether there is such an account or not.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PasswordResetRequestPayload {
    /// What the user can mend; empty when it is done.
    pub user_errors: Vec<UserError>,
}

/// The answer to `passwordReset`. Sign in with the new password next.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PasswordResetPayload {
    /// What the user can mend; empty when it is done. EXPIRED when the code is unknown, used or too old.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(PasswordChangePayload, PasswordResetRequestPayload, PasswordResetPayload);

impl PasswordChangePayload {
    pub(super) fn of(done: Result<()>) -> Result<Self> {
        let (changed, user_errors) = outcome(done)?;
        Ok(Self { viewer: changed.map(|()| Viewer), user_errors })
    }
}

impl PasswordResetRequestPayload {
    pub(super) fn of(done: Result<()>) -> Result<Self> {
        Ok(Self { user_errors: outcome(done)?.1 })
    }
}

impl PasswordResetPayload {
    pub(super) fn of(done: Result<()>) -> Result<Self> {
        Ok(Self { user_errors: outcome(done)?.1 })
    }
}
