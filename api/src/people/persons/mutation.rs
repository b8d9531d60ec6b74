//! Changing persons.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    PersonArchiveInput, PersonArchivePayload, PersonCreateInput, PersonCreatePayload, PersonUpdateInput,
    PersonUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change persons.
#[derive(Default)]
pub struct PersonMutation;

#[Object]
impl PersonMutation {
    /// Makes the record of a member of staff. For administrators of the board, and with `school` for its leader. A
    /// guardian is made with `guardianshipCreate`.
    async fn person_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new person.")] input: PersonCreateInput,
    ) -> Result<PersonCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        PersonCreatePayload::of(done)
    }

    /// Changes the record of a person. For who may grant all roles of a member of staff; of a guardian for who teaches
    /// or leads one of the children. One's own record is changed with `profileUpdate`.
    async fn person_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: PersonUpdateInput,
    ) -> Result<PersonUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        PersonUpdatePayload::of(done)
    }

    /// Closes the record of a person and ends all roles and guardianships in the board. For who may grant or write all
    /// of them. Closing it again changes nothing.
    async fn person_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which person.")] input: PersonArchiveInput,
    ) -> Result<PersonArchivePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::archive(write, input))).await;
        PersonArchivePayload::of(done)
    }
}
