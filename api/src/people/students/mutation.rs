//! Changing students.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    StudentCreateInput, StudentCreatePayload, StudentLeaveInput, StudentLeavePayload, StudentUpdateInput,
    StudentUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change students.
#[derive(Default)]
pub struct StudentMutation;

#[Object]
impl StudentMutation {
    /// Makes a student of a school. For who leads the school and administrators of the board.
    async fn student_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new student.")] input: StudentCreateInput,
    ) -> Result<StudentCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        StudentCreatePayload::of(done)
    }

    /// Changes a student. For who leads the school and administrators of the board.
    async fn student_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: StudentUpdateInput,
    ) -> Result<StudentUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        StudentUpdatePayload::of(done)
    }

    /// Lets a student leave the school: places in class groups and guardianships end on the same day, and those that have
    /// not begun by then never begin. A second time it corrects the day: what ended on the first one ends on the second,
    /// and guardianships that last longer by it are SUSPENDED until the school makes them ACTIVE.
    /// For who leads the school and administrators of the board.
    async fn student_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which student, and when.")] input: StudentLeaveInput,
    ) -> Result<StudentLeavePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::leave(write, input))).await;
        StudentLeavePayload::of(done)
    }
}
