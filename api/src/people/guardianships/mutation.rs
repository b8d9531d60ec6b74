//! Changing guardianships.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    GuardianshipCreateInput, GuardianshipCreatePayload, GuardianshipEndInput, GuardianshipEndPayload,
    GuardianshipUpdateInput, GuardianshipUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change guardianships.
#[derive(Default)]
pub struct GuardianshipMutation;

#[Object]
impl GuardianshipMutation {
    /// Makes somebody a guardian of a student, an old acquaintance or a new person. For who teaches the student, leads
    /// the school or administers the board. In force at once when a leader or administrator names somebody with a login;
    /// otherwise INVITED, or SUSPENDED when a teacher does it in a family that may be separated.
    async fn guardianship_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new guardianship.")] input: GuardianshipCreateInput,
    ) -> Result<GuardianshipCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        GuardianshipCreatePayload::of(done)
    }

    /// Changes a guardianship; in force at once. Access, status and last day are for who leads the school and for
    /// administrators, the rest for who teaches the student too. Guardians of the
    /// student change none of them, not even as staff. Once this is answered nothing is on its way to the guardian that was
    /// sent before the change; only an e-mail that a slow mail server has in hand may still arrive.
    async fn guardianship_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: GuardianshipUpdateInput,
    ) -> Result<GuardianshipUpdatePayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::update(write, input))).await;
        actions::settle(call, done.as_ref().ok()).await?;
        GuardianshipUpdatePayload::of(done)
    }

    /// Ends a guardianship; in force at once. For who leads the school and for administrators. Ending it again changes
    /// nothing; `guardianshipUpdate` with status ACTIVE revives it. What is on its way to the guardian is waited for, as by
    /// `guardianshipUpdate`.
    async fn guardianship_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which guardianship.")] input: GuardianshipEndInput,
    ) -> Result<GuardianshipEndPayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::end(write, input))).await;
        actions::settle(call, done.as_ref().ok()).await?;
        GuardianshipEndPayload::of(done)
    }
}
