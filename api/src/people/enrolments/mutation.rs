//! Changing the places of students.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{EnrolmentSetInput, EnrolmentSetPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change the places of students.
#[derive(Default)]
pub struct EnrolmentMutation;

#[Object]
impl EnrolmentMutation {
    /// Places a student in class groups from today on, and in no other. For who leads the school and administrators.
    async fn enrolment_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which student, and in which groups.")] input: EnrolmentSetInput,
    ) -> Result<EnrolmentSetPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::set(write, input))).await;
        EnrolmentSetPayload::of(done)
    }
}
