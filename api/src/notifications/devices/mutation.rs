//! Registering and removing devices.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{DeviceRegisterInput, DeviceRegisterPayload, DeviceRemoveInput, DeviceRemovePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change devices.
#[derive(Default)]
pub struct DeviceMutation;

#[Object]
impl DeviceMutation {
    /// Says where push notifications of this session go. Call it after each sign-in and whenever the gateway gives the app
    /// another token, which takes the place of the one before. A token that another account or session had moves to this one:
    /// once this is answered, nothing of who had it before comes any more. The device ends with the session. At most 20
    /// devices per account: of more, the one seen longest ago goes. For persons who signed in; FORBIDDEN with a token that an
    /// operator made.
    async fn device_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: DeviceRegisterInput,
    ) -> Result<DeviceRegisterPayload> {
        let call = Call::of(ctx);
        let viewer = call.person()?;
        let done = call
            .once_as_system(ctx, |write| Box::pin(async move { actions::register(write, &viewer, input).await }))
            .await;
        actions::registered(call.app(), done.as_ref().ok()).await?;
        DeviceRegisterPayload::of(done)
    }

    /// Removes one of the own devices: once this is answered, no push notification comes there any more, until it is
    /// registered again. The session goes on. For persons.
    async fn device_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: DeviceRemoveInput,
    ) -> Result<DeviceRemovePayload> {
        let call = Call::of(ctx);
        let account = call.person()?.account;
        let done = call
            .once_as_system(ctx, |write| Box::pin(async move { actions::remove(write, account, &input.id).await }))
            .await;
        actions::removed(call.app(), account, done.as_ref().ok()).await?;
        DeviceRemovePayload::of(done)
    }
}
