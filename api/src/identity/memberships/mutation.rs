//! Granting and taking roles.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{MembershipGrantInput, MembershipGrantPayload, MembershipRevokeInput, MembershipRevokePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change roles.
#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Gives a person a role. For administrators of the board; directors appoint leaders of their schools, leaders
    /// appoint teachers of their school. Granting it again changes nothing; with other days it is refused. Only an administrator
    /// of the board may grant a role to the own person.
    async fn membership_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role, who gets it and where.")] input: MembershipGrantInput,
    ) -> Result<MembershipGrantPayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let done = call.once(ctx, |write| Box::pin(actions::grant(write, input))).await;
        MembershipGrantPayload::of(done)
    }

    /// Takes a role from a person: void at once, on other servers within five seconds. For who may grant it. The last
    /// administrator of a board stays. Taking it again changes nothing.
    async fn membership_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role.")] input: MembershipRevokeInput,
    ) -> Result<MembershipRevokePayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let done = call.once(ctx, |write| Box::pin(actions::revoke(write, input))).await;
        MembershipRevokePayload::of(done)
    }
}
