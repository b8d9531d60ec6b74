//! Changing rounds and booking slots.

use async_graphql::{Context, Object};

use super::inputs::{
    BookingRoundCancelInput, BookingRoundCancelPayload, BookingRoundOpenInput, BookingRoundOpenPayload,
    BookingRoundRemindInput, BookingRoundRemindPayload, BookingRoundUpdateInput, BookingRoundUpdatePayload,
    SlotBookInput, SlotBookPayload, SlotMoveInput, SlotMovePayload, SlotReleaseInput, SlotReleasePayload,
};
use super::{actions, booking};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change rounds and book slots.
#[derive(Default)]
pub struct BookingMutation;

#[Object]
impl BookingMutation {
    /// Opens a round in which the guardians of class groups book a conversation, and tells them. For leaders of the school,
    /// and for teachers whose own class groups they are.
    async fn booking_round_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new round.")] input: BookingRoundOpenInput,
    ) -> Result<BookingRoundOpenPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::open(write, input))).await;
        BookingRoundOpenPayload::of(done)
    }

    /// Lets a round close at another time, or adds slots to it. For who may open it.
    async fn booking_round_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: BookingRoundUpdateInput,
    ) -> Result<BookingRoundUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        BookingRoundUpdatePayload::of(done)
    }

    /// Cancels a round, its slots that are to come and the conversations that are planned in them. What has begun stays, to be
    /// recorded. Cancelling it again changes nothing. For who may open it.
    async fn booking_round_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round.")] input: BookingRoundCancelInput,
    ) -> Result<BookingRoundCancelPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::cancel(write, input))).await;
        BookingRoundCancelPayload::of(done)
    }

    /// Reminds the guardians who are still to book, and nobody else; of a class group that was closed nobody. For who may
    /// open the round.
    async fn booking_round_remind(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round.")] input: BookingRoundRemindInput,
    ) -> Result<BookingRoundRemindPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::remind(write, input))).await;
        BookingRoundRemindPayload::of(done)
    }

    /// Books a slot for a child: a conversation is planned. When somebody else was first, or teacher, child or guardian has
    /// another conversation then, it is refused with CONFLICT and the payload holds the slots that are still free. A child has
    /// one booking per teacher and round, and one per guardian where the family talks apart. Guardians book until the round
    /// closes (EXPIRED); staff books for a guardian afterwards as well.
    async fn slot_book(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to book.")] input: SlotBookInput,
    ) -> Result<SlotBookPayload> {
        let wanted = input.slot.clone();
        let done = Call::of(ctx).once(ctx, |write| Box::pin(booking::book(write, input))).await;
        SlotBookPayload::of(ctx, &wanted, done).await
    }

    /// Moves a booking to another slot of the round, all at once: when it is refused, the old slot stays booked. The teacher and
    /// the guardian who moves it have accepted the new time; other guardians are asked anew. Refusals as for `slotBook`. For
    /// who may book it.
    async fn slot_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to move, and where to.")] input: SlotMoveInput,
    ) -> Result<SlotMovePayload> {
        let wanted = input.to.clone();
        let done = Call::of(ctx).once(ctx, |write| Box::pin(booking::shift(write, input))).await;
        SlotMovePayload::of(ctx, &wanted, done).await
    }

    /// Gives a booked slot back and cancels its conversation; refused with EXPIRED for guardians after the round closed, and
    /// for everybody when it has begun. For who may book it.
    async fn slot_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which slot.")] input: SlotReleaseInput,
    ) -> Result<SlotReleasePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(booking::release(write, input))).await;
        SlotReleasePayload::of(done)
    }
}
