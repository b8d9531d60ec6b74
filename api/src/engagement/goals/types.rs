//! The goal, and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::goal;
use glans_entity::ids::PersonId;

use super::AgreementsTo;
use crate::call::Call;
use crate::engagement::partnerships::Partnership;
use crate::loaders;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::platform::size::list_size;

pub struct Goal(pub goal::Model);

impl From<goal::Model> for Goal {
    fn from(row: goal::Model) -> Self {
        Self(row)
    }
}

/// A goal (*doel*) of a child for a school year. Seen by who sees the partnership.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id)")]
impl Goal {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The partnership to which it belongs.
    pub async fn partnership(&self, ctx: &Context<'_>) -> Result<Partnership> {
        loaders::present(ctx, self.0.partnership_id).await.map(Partnership)
    }

    /// What the child is to reach, 1 to 500 characters, with line breaks.
    pub async fn text(&self) -> &str {
        &self.0.text
    }

    /// Who agrees to it, in the order in which they did: all of them for staff; staff and oneself for a guardian.
    #[graphql(directive = list_size::apply(3))]
    pub async fn agreed_by(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let rows = loaders::one(ctx, AgreementsTo(self.0.id)).await?.unwrap_or_default();
        let ids: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let mut found = loaders::many(ctx, ids.clone()).await?;
        for guardian in rows.iter().filter(|row| !row.is_staff && found.contains_key(&row.person_id)) {
            Opens::guardian(guardian.board_id, guardian.person_id).note(Call::of(ctx))?;
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(Person).collect())
    }

    /// Whether it was reached; null while nobody said.
    #[graphql(name = "achieved")]
    pub async fn achieved(&self) -> Option<bool> {
        self.0.achieved
    }

    /// When somebody said whether it was reached; null while nobody did.
    pub async fn marked_at(&self) -> Option<DateTime<Utc>> {
        self.0.marked_at
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was made or marked last. That somebody agrees does not change it.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change, not when somebody agrees; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A new goal.
#[derive(InputObject)]
pub struct GoalProposeInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7; made by the server when absent.
    pub id: Option<ID>,
    /// Of which partnership.
    pub partnership: ID,
    /// What the child is to reach, 1 to 500 characters.
    pub text: String,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// An agreement to a goal.
#[derive(InputObject)]
pub struct GoalAgreeInput {
    /// Which goal.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// What became of a goal.
#[derive(InputObject)]
pub struct GoalMarkInput {
    /// Which goal.
    pub id: ID,
    /// Whether it was reached; null takes back what was said.
    pub achieved: Option<bool>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `goalPropose`.
    GoalProposePayload {
        /// The new goal; null when refused.
        goal: Goal
    }
}

payload! {
    /// The answer to `goalAgree`.
    GoalAgreePayload {
        /// The goal as it is now; null when refused.
        goal: Goal
    }
}

payload! {
    /// The answer to `goalMark`.
    GoalMarkPayload {
        /// The goal as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        goal: Goal
    }
}
