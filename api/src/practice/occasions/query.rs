//! What is coming up.

use async_graphql::{Context, Object};

use super::store::{self, Diary};
use super::types::OccasionNode;
use crate::call::Call;
use crate::platform::error::{Code, Result, coded};
use crate::practice::meetings::Meeting;
use crate::practice::team_sessions::TeamSession;

const DEFAULT: i32 = 10;
const MOST: i32 = 100;

/// The root fields that read occasions.
#[derive(Default)]
pub struct OccasionQuery;

#[Object]
impl OccasionQuery {
    /// What the viewer is to come to and is not over yet, earliest first: the meetings of the cohorts in which the viewer
    /// leads a school or is a trainer, and the sessions of the own teams. Cancelled ones are left out.
    #[graphql(complexity = "usize::try_from(first.unwrap_or(DEFAULT)).unwrap_or_default() * (child_complexity + 1)")]
    async fn upcoming(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 10 when absent.")] first: Option<i32>,
    ) -> Result<Vec<OccasionNode>> {
        let call = Call::of(ctx);
        let person = call.person()?;
        let first = first.unwrap_or(DEFAULT);
        if !(1..=MOST).contains(&first) {
            return Err(coded(Code::BadUserInput, format!("Ask for 1 to {MOST} occasions.")));
        }
        let (db, scope) = (call.read().await?, call.scope());
        let diary = Diary::of(&person, &scope);
        let (meetings, sessions) = store::upcoming(&*db, &scope, &diary, call.now(), first.unsigned_abs()).await?;
        let meetings = meetings.into_iter().map(|row| (row.starts_at, row.id.0, Meeting(row).into()));
        let sessions = sessions.into_iter().map(|row| (row.starts_at, row.id.0, TeamSession(row).into()));
        let mut all: Vec<(_, _, OccasionNode)> = meetings.chain(sessions).collect();
        all.sort_by_key(|(starts, id, _)| (*starts, *id));
        all.truncate(usize::try_from(first).unwrap_or_default());
        Ok(all.into_iter().map(|(_, _, occasion)| occasion).collect())
    }
}
