//! What the user reads of a problem.

use async_graphql::{ComplexObject, Context};

use super::Call;
use crate::platform::error::UserError;
use crate::platform::problems::in_dutch;
use crate::platform::speech::LANGUAGES;

#[ComplexObject]
impl UserError {
    /// A sentence for the user that says what to do, in Dutch or English: in the language of the account, else as
    /// `Accept-Language` says, else in Dutch. What is wrong within a document is told in English.
    async fn message(&self, ctx: &Context<'_>) -> String {
        let call = Call::of(ctx);
        let [dutch, english] = LANGUAGES;
        let said = if language(call) == dutch { in_dutch(&self.english) } else { None };
        call.told.note(if said.is_some() { dutch } else { english });
        said.unwrap_or_else(|| self.english.clone())
    }
}

/// The first of the languages that problems are told in which the caller wants.
fn language(call: &Call) -> &'static str {
    let standing = call.standing();
    let own = standing.actor.person().map(|person| &person.language);
    let known = |tag: &String| {
        let primary = tag.split('-').next().unwrap_or_default();
        LANGUAGES.into_iter().find(|language| primary.eq_ignore_ascii_case(language))
    };
    own.into_iter().chain(&call.languages).find_map(known).unwrap_or(LANGUAGES[0])
}
