//! Noting contact moments.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    ContactMomentDeleteInput, ContactMomentDeletePayload, ContactMomentLogInput, ContactMomentLogPayload,
    ContactMomentUpdateInput, ContactMomentUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that note contact moments.
#[derive(Default)]
pub struct ContactMomentMutation;

#[Object]
impl ContactMomentMutation {
    /// Notes a short contact with a guardian. The guardian reads a COMPLIMENT with its note; the others are for staff only.
    /// For who teaches the child or leads the school.
    async fn contact_moment_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contact.")] input: ContactMomentLogInput,
    ) -> Result<ContactMomentLogPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::log(write, input))).await;
        ContactMomentLogPayload::of(done)
    }

    /// Corrects a contact moment. For its author, within 24 hours of noting it.
    async fn contact_moment_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ContactMomentUpdateInput,
    ) -> Result<ContactMomentUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        ContactMomentUpdatePayload::of(done)
    }

    /// Takes a contact moment away. For its author, within 24 hours of noting it.
    async fn contact_moment_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ContactMomentDeleteInput,
    ) -> Result<ContactMomentDeletePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::delete(write, input))).await;
        ContactMomentDeletePayload::of(done)
    }
}
