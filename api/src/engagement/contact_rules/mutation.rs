//! Changing the rules of a school.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{ContactRulesUpdateInput, ContactRulesUpdatePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change how a school and families reach each other.
#[derive(Default)]
pub struct ContactRulesMutation;

#[Object]
impl ContactRulesMutation {
    /// Changes how a school and families reach each other. What was sent before arrives as it was told. For who leads the
    /// school or administers the board.
    async fn contact_rules_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ContactRulesUpdateInput,
    ) -> Result<ContactRulesUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        ContactRulesUpdatePayload::of(done)
    }
}
