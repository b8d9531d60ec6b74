//! Writing announcements, and answering them.

use async_graphql::{Context, Object};

use super::inputs::{
    AnnouncementAcknowledgeInput, AnnouncementAcknowledgePayload, AnnouncementCorrectInput, AnnouncementCorrectPayload,
    AnnouncementCreateInput, AnnouncementCreatePayload, AnnouncementPublishInput, AnnouncementPublishPayload,
    AnnouncementReadInput, AnnouncementReadPayload, AnnouncementUpdateInput, AnnouncementUpdatePayload,
    AnnouncementWithdrawInput, AnnouncementWithdrawPayload,
};
use super::{actions, answers};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that write and answer announcements.
#[derive(Default)]
pub struct AnnouncementMutation;

#[Object]
impl AnnouncementMutation {
    /// Writes an announcement, as a draft that nobody receives yet. For who teaches the groups, leads the schools, directs
    /// the cluster or administers the board that it is for.
    async fn announcement_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The announcement.")] input: AnnouncementCreateInput,
    ) -> Result<AnnouncementCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        AnnouncementCreatePayload::of(done)
    }

    /// Changes an announcement that has not appeared yet. For its author, as long as that one has a role at its places, and
    /// for who leads, directs or administers all of them.
    async fn announcement_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: AnnouncementUpdateInput,
    ) -> Result<AnnouncementUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        AnnouncementUpdatePayload::of(done)
    }

    /// Lets a draft appear, at once or at a later time; whom it reaches is decided when it appears. One that has a time
    /// already gets another, or appears at once. One that has appeared stays as it is. Places that were closed since
    /// are left out; where all were, it does not appear (`CONFLICT`). At most two urgent ones of a school, or of a board,
    /// appear in one day (`LIMIT_REACHED`).
    async fn announcement_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and when.")] input: AnnouncementPublishInput,
    ) -> Result<AnnouncementPublishPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::publish(write, input))).await;
        AnnouncementPublishPayload::of(done)
    }

    /// Corrects an announcement that has appeared. Who had read it is told, finds it on top again and unread. An urgent one
    /// is corrected by who may publish it, unless others were urgent enough on the day (`LIMIT_REACHED`).
    async fn announcement_correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say instead, and what was wrong.")] input: AnnouncementCorrectInput,
    ) -> Result<AnnouncementCorrectPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::correct(write, input))).await;
        AnnouncementCorrectPayload::of(done)
    }

    /// Withdraws an announcement for good, whether it has appeared or not. Those whom it reached see that it was withdrawn,
    /// and no text any more. Done twice, it changes nothing.
    async fn announcement_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AnnouncementWithdrawInput,
    ) -> Result<AnnouncementWithdrawPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::withdraw(write, input))).await;
        AnnouncementWithdrawPayload::of(done)
    }

    /// Marks announcements as read by the viewer. Those that did not reach the viewer are refused one by one, the others are
    /// marked. The earliest time of reading stays; what was corrected since is read anew. Can be kept offline and sent later.
    async fn announcement_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, and when.")] input: AnnouncementReadInput,
    ) -> Result<AnnouncementReadPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(answers::read(write, input))).await;
        AnnouncementReadPayload::of(done)
    }

    /// Confirms an announcement that asks for it, for the viewer alone; it is read then, too. Also after `acknowledgeBy`.
    /// Done twice, it changes nothing.
    async fn announcement_acknowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AnnouncementAcknowledgeInput,
    ) -> Result<AnnouncementAcknowledgePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(answers::acknowledge(write, input))).await;
        AnnouncementAcknowledgePayload::of(done)
    }
}
