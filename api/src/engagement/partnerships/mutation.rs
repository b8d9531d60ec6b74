//! Changing partnerships as a whole.

use async_graphql::{Context, Object};

use super::actions;
use super::inputs::{PartnershipUpdateInput, PartnershipUpdatePayload, TalkChoiceSetInput, TalkChoiceSetPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change partnerships.
#[derive(Default)]
pub struct PartnershipMutation;

#[Object]
impl PartnershipMutation {
    /// Changes what a partnership asks for. For who leads the school or teaches the group.
    async fn partnership_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: PartnershipUpdateInput,
    ) -> Result<PartnershipUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        PartnershipUpdatePayload::of(done)
    }

    /// Says whether a guardian talks about a child apart from the other guardians, or together with them. One who wants to
    /// be apart is enough. With it what is to come is parted: a booked slot is from then on of the guardian who booked it
    /// alone, and any other conversation to which several are invited is cancelled without a reason, to be planned with each.
    /// For the guardian, and for who leads the school or teaches the group.
    async fn talk_choice_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The choice.")] input: TalkChoiceSetInput,
    ) -> Result<TalkChoiceSetPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::choose(write, input))).await;
        TalkChoiceSetPayload::of(done)
    }
}
