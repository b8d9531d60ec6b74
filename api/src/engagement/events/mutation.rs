//! Changing and answering events.

use async_graphql::{Context, Object};

use super::actions;
use super::inputs::{
    EventCancelInput, EventCancelPayload, EventCheckInInput, EventCheckInPayload, EventCreateInput, EventCreatePayload,
    EventRespondInput, EventRespondPayload, EventUpdateInput, EventUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change and answer events.
#[derive(Default)]
pub struct EventMutation;

#[Object]
impl EventMutation {
    /// Makes an event and invites everybody for whom it is. For who may address them: board administrators, cluster directors,
    /// school leaders, and teachers of a class group, each for their own place.
    async fn event_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new event.")] input: EventCreateInput,
    ) -> Result<EventCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        EventCreatePayload::of(done)
    }

    /// Changes an event that has not begun. With more places, those who wait move up. For who may address all for whom it is.
    async fn event_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: EventUpdateInput,
    ) -> Result<EventUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        EventUpdatePayload::of(done)
    }

    /// Cancels an event that is not over; it stays to be seen. Cancelling it again changes nothing. For who may address all for
    /// whom it is.
    async fn event_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which event.")] input: EventCancelInput,
    ) -> Result<EventCancelPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::cancel(write, input))).await;
        EventCancelPayload::of(done)
    }

    /// Answers an event, or changes the answer. When it is full, YES waits for a place, in the order of the answers; when
    /// somebody cancels, those who wait move up. For who is invited, until `respondBy` (EXPIRED).
    async fn event_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: EventRespondInput,
    ) -> Result<EventRespondPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::respond(write, input))).await;
        EventRespondPayload::of(done)
    }

    /// Lets somebody in who is invited, whatever they answered, from twelve hours before it begins. Doing it again changes
    /// nothing. For school leaders and teachers of the child about which the guest is invited; a colleague is let in by who may
    /// address the whole school.
    async fn event_check_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is there.")] input: EventCheckInInput,
    ) -> Result<EventCheckInPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::check_in(write, input))).await;
        EventCheckInPayload::of(done)
    }
}
