//! Erasing a person, and showing all that is kept of one.

use async_graphql::{Context, Object};

use super::types::{PersonEraseInput, PersonErasePayload, PersonExportInput, PersonExportPayload};
use super::{actions, export};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields about what is kept of a person.
#[derive(Default)]
pub struct ErasureMutation;

#[Object]
impl ErasureMutation {
    /// Erases a person for good; nothing brings them back, not even an import. Name, address, login, devices, notifications
    /// and all that the person wrote to somebody are removed, and so is what staff noted of contact with them; roles and
    /// guardianships end. What was announced to many and what is of the file of a child stays. A login that another board
    /// uses stays for that board. Once this is answered no push notification comes to the person any more and no new e-mail
    /// begins; one that a slow mail server has in hand may still arrive. For administrators of the board; not oneself, not
    /// the family of one's own children and not the last administrator. Erasing again changes nothing.
    async fn person_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is erased.")] input: PersonEraseInput,
    ) -> Result<PersonErasePayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let done = call.once_as_system(ctx, |write| Box::pin(actions::erase(write, input))).await;
        actions::settle(call.app(), done.as_ref().ok()).await?;
        PersonErasePayload::of(done.map(|erased| erased.person))
    }

    /// Shows all that is kept of a person in a board. For the person, and for administrators of the board, but not for those
    /// who have a child with the person; each time stands in the audit log. Administrators are not shown what was written
    /// between a family and the school, only when. The login is shown to the person; to administrators when no other board
    /// uses it. Nothing is kept of the answer: ask again for another one.
    async fn person_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of whom.")] input: PersonExportInput,
    ) -> Result<PersonExportPayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let asked =
            call.once_as_system(ctx, |write| Box::pin(async move { export::asked(write, &input.id).await })).await;
        let exported = match asked {
            Ok(person) => export::of(call, person).await,
            Err(error) => Err(error),
        };
        PersonExportPayload::of(exported)
    }
}
