//! Changing passwords.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    PasswordChangeInput, PasswordChangePayload, PasswordResetInput, PasswordResetPayload, PasswordResetRequestInput,
    PasswordResetRequestPayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change passwords.
#[derive(Default)]
pub struct PasswordMutation;

#[Object]
impl PasswordMutation {
    /// Changes the viewer's password and signs out all other devices. For persons.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present and the new password.")] input: PasswordChangeInput,
    ) -> Result<PasswordChangePayload> {
        let call = Call::of(ctx);
        let person = call.person()?;
        let done = actions::change(call, &person, &input.current_password, &input.new_password).await;
        PasswordChangePayload::of(done)
    }

    /// Sends a letter with a code to an address, if it is that of an account; the answer does not tell. For everybody.
    async fn password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who forgot the password.")] input: PasswordResetRequestInput,
    ) -> Result<PasswordResetRequestPayload> {
        PasswordResetRequestPayload::of(actions::request_reset(Call::of(ctx), &input.email).await)
    }

    /// Sets a new password with the code of a letter and signs out all devices. For everybody who has one.
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code and the new password.")] input: PasswordResetInput,
    ) -> Result<PasswordResetPayload> {
        PasswordResetPayload::of(actions::reset(Call::of(ctx), &input.code, &input.new_password).await)
    }
}
