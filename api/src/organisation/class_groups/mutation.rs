//! Changing class groups.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    ClassGroupArchiveInput, ClassGroupArchivePayload, ClassGroupCreateInput, ClassGroupCreatePayload,
    ClassGroupUpdateInput, ClassGroupUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change class groups.
#[derive(Default)]
pub struct ClassGroupMutation;

#[Object]
impl ClassGroupMutation {
    /// Makes a class group. For the leader of the school, the director of its cluster and administrators.
    async fn class_group_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new class group.")] input: ClassGroupCreateInput,
    ) -> Result<ClassGroupCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        ClassGroupCreatePayload::of(done)
    }

    /// Changes a class group. For the leader of the school, the director of its cluster and administrators.
    async fn class_group_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ClassGroupUpdateInput,
    ) -> Result<ClassGroupUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        ClassGroupUpdatePayload::of(done)
    }

    /// Closes a class group. For the leader of the school, the director of its cluster and administrators. Closing it
    /// again changes nothing.
    async fn class_group_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which class group.")] input: ClassGroupArchiveInput,
    ) -> Result<ClassGroupArchivePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::archive(write, input))).await;
        ClassGroupArchivePayload::of(done)
    }
}
