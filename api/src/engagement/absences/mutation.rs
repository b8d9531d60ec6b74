//! Reporting that a child does not come.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{AbsenceReportInput, AbsenceReportPayload, AbsenceWithdrawInput, AbsenceWithdrawPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that report absences.
#[derive(Default)]
pub struct AbsenceMutation;

#[Object]
impl AbsenceMutation {
    /// Says that a child does not come. Days that the same guardian reported already are refused with CONFLICT. For guardians
    /// who may have everything of the child.
    async fn absence_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notice.")] input: AbsenceReportInput,
    ) -> Result<AbsenceReportPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::report(write, input))).await;
        AbsenceReportPayload::of(done)
    }

    /// Withdraws a notice before it begins; refused with CONFLICT afterwards. Doing it again changes nothing. For the guardian
    /// who reported it.
    async fn absence_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which notice.")] input: AbsenceWithdrawInput,
    ) -> Result<AbsenceWithdrawPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::withdraw(write, input))).await;
        AbsenceWithdrawPayload::of(done)
    }
}
