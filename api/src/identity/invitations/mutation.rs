//! Inviting, and accepting an invitation.

use async_graphql::{Context, Object};

use super::acceptance::{self, Answer};
use super::actions::{self, Request};
use super::types::{
    InvitationAcceptInput, InvitationAcceptPayload, InvitationCreateInput, InvitationCreatePayload, InvitationDelivery,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields about invitations.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites a person to an account. For who may grant all roles of that person, and for a guardian who may invite
    /// guardians of each of their children. A role granted later ends the invitation.
    async fn invitation_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to invite.")] input: InvitationCreateInput,
    ) -> Result<InvitationCreatePayload> {
        let call = Call::of(ctx);
        call.person()?;
        let (delivery, prepared) = (input.delivery, actions::prepare(call).await?);
        let done = call
            .once(ctx, |write| {
                Box::pin(async move {
                    let request = Request {
                        person: &input.person,
                        guardianship: input.guardianship.as_ref().map(|id| id.as_str()),
                        by_email: delivery == InvitationDelivery::Email,
                    };
                    actions::create(write, request, prepared).await
                })
            })
            .await;
        InvitationCreatePayload::of(call.app(), delivery, done)
    }

    /// Accepts an invitation. For everybody with a code: who is signed in links the person to their account, others sign
    /// in with it. Five wrong secrets, or wrong passwords of an account that is there, end an invitation.
    async fn invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code, and how to sign in from now on.")] input: InvitationAcceptInput,
    ) -> Result<InvitationAcceptPayload> {
        let answer = Answer {
            code: &input.code,
            password: input.password.as_deref(),
            email: input.email.as_deref(),
            device: input.device_name.as_deref(),
        };
        InvitationAcceptPayload::of(acceptance::accept(Call::of(ctx), &answer).await)
    }
}
