//! Reading what waits for an answer.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::StudentId;

use super::types::AwaitedAnswer;
use super::{rules, store};
use crate::call::Call;
use crate::platform::error::{Code, Result, coded};
use crate::platform::size::list_size;

const MOST: i32 = 100;
const USUAL: i32 = 25;

/// The root fields that read what waits for an answer.
#[derive(Default)]
pub struct AwaitingQuery;

#[Object]
impl AwaitingQuery {
    /// What waits for the viewer to say something, over all boards and children: what is due first comes first, then what is
    /// due at no time.
    #[graphql(directive = list_size::apply(25))]
    async fn awaiting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what concerns this child.")] student: Option<ID>,
        #[graphql(desc = "How many, 1 to 100; 25 when absent.")] first: Option<i32>,
    ) -> Result<Vec<AwaitedAnswer>> {
        let call = Call::of(ctx);
        call.person()?;
        let most = first.unwrap_or(USUAL);
        if !(1..=MOST).contains(&most) {
            return Err(coded(Code::BadUserInput, format!("Ask for 1 to {MOST} things.")));
        }
        let (db, scope) = (call.read().await?, call.scope());
        let lines = store::lines(&*db, &scope, call.now()).await?;
        let mut found = rules::gather(store::still_to_book(&*db, &scope, call.now(), lines).await?);
        if let Some(student) = student {
            let student: Option<StudentId> = student.parse().ok();
            found.retain(|awaited| student.is_some_and(|student| awaited.students.contains(&student)));
        }
        found.truncate(usize::try_from(most).unwrap_or_default());
        Ok(found.into_iter().map(AwaitedAnswer).collect())
    }
}
