//! Reading appointments.

use async_graphql::{Context, Object};

use super::types::Appointment;
use crate::call::Call;
use crate::engagement::conversations::{Conversation, store as conversations};
use crate::engagement::events::{Event, store as events};
use crate::platform::error::{Code, Result, coded};
use crate::platform::size::list_size;

const MOST: i32 = 100;
const USUAL: i32 = 10;

/// The root fields that read appointments.
#[derive(Default)]
pub struct AppointmentQuery;

#[Object]
impl AppointmentQuery {
    /// What the viewer comes to next, over all boards, by time: planned conversations, as guardian or as staff, and events to
    /// which the viewer said YES or MAYBE.
    #[graphql(directive = list_size::apply(10))]
    async fn appointments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 10 when absent.")] first: Option<i32>,
    ) -> Result<Vec<Appointment>> {
        let call = Call::of(ctx);
        call.person()?;
        let most = first.unwrap_or(USUAL);
        if !(1..=MOST).contains(&most) {
            return Err(coded(Code::BadUserInput, format!("Ask for 1 to {MOST} appointments.")));
        }
        let most = u64::from(most.unsigned_abs());
        let (db, scope, now) = (call.read().await?, call.scope(), call.now());
        let talks = conversations::upcoming(&*db, &scope, now, most).await?.into_iter().map(Conversation);
        let events = events::upcoming(&*db, &scope, now, most).await?.into_iter().map(Event);
        let mut all: Vec<Appointment> = talks.map(Appointment::from).chain(events.map(Appointment::from)).collect();
        all.sort_by_key(Appointment::starts_at);
        all.truncate(usize::try_from(most).unwrap_or_default());
        Ok(all)
    }
}
