//! The concern, and the inputs and payloads of its mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, concern};
use glans_entity::ids::PersonId;

use crate::engagement::partnerships::works_with;
use crate::loaders;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;

/// How far a concern is. It goes forward only.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ConcernStatus")]
pub enum ConcernStatus {
    /// It was raised.
    Open,
    /// Staff looks at it.
    Acknowledged,
    /// Staff said what was done about it.
    Resolved,
}

/// How soon somebody must look at a concern.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ConcernUrgency")]
pub enum ConcernUrgency {
    /// When there is time.
    CanWait,
    /// Within the week.
    ThisWeek,
    /// Today.
    Today,
}

pub struct Concern(pub concern::Model);

impl From<concern::Model> for Concern {
    fn from(row: concern::Model) -> Self {
        Self(row)
    }
}

async fn person(ctx: &Context<'_>, id: Option<PersonId>) -> Result<Option<Person>> {
    let Some(id) = id else { return Ok(None) };
    Ok(loaders::one(ctx, id).await?.map(Person))
}

impl Concern {
    /// The guardian who raised it; none where staff did.
    fn raiser(&self) -> Option<PersonId> {
        (!self.0.is_staff).then_some(self.0.raised_by)
    }
}

/// What worries somebody about a child (*zorg*). Seen by who teaches the child or leads the school; by the guardian who raised
/// it; and, where staff raised and shares it, by the guardians who have everything of the child. Never by the other guardian.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id).with_any(self.raiser())")]
impl Concern {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The child.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        loaders::present(ctx, self.0.student_id).await.map(Student)
    }

    /// Who raised it; null when the viewer may not see that person any more.
    pub async fn raised_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        person(ctx, Some(self.0.raised_by)).await
    }

    /// Whether staff raised it.
    pub async fn is_from_staff(&self) -> bool {
        self.0.is_staff
    }

    /// What worries, 1 to 4,000 characters, with line breaks.
    pub async fn text(&self) -> &str {
        &self.0.text
    }

    /// How soon somebody must look at it; null when nobody said.
    pub async fn urgency(&self) -> Option<ConcernUrgency> {
        self.0.urgency.map(Into::into)
    }

    /// Whether the guardians read what staff raised; false for what a guardian raised.
    #[graphql(name = "sharedWithGuardians")]
    pub async fn shared_with_guardians(&self) -> bool {
        self.0.shared
    }

    /// How far it is.
    pub async fn status(&self) -> ConcernStatus {
        self.0.status.into()
    }

    /// When staff said that it is looked at; null before.
    pub async fn acknowledged_at(&self) -> Option<DateTime<Utc>> {
        self.0.acknowledged_at
    }

    /// Who said so; null before.
    pub async fn acknowledged_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        person(ctx, self.0.acknowledged_by).await
    }

    /// When it was resolved; null before.
    pub async fn resolved_at(&self) -> Option<DateTime<Utc>> {
        self.0.resolved_at
    }

    /// Who resolved it; null before.
    pub async fn resolved_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        person(ctx, self.0.resolved_by).await
    }

    /// What was done about it, 1 to 4,000 characters, with line breaks; null before it was resolved.
    pub async fn resolution(&self) -> Option<&str> {
        self.0.resolution.as_deref()
    }

    /// Whether the viewer may see to it as staff (`concernAcknowledge`, `concernResolve`): who leads the school or teaches the
    /// child, and is no family of it. False once it was resolved, and for who raised it as a guardian.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.status != engagement::ConcernStatus::Resolved && works_with(ctx, self.0.student_id).await?)
    }

    /// When it was raised.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A new concern.
#[derive(InputObject)]
pub struct ConcernRaiseInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// About which child.
    pub student: ID,
    /// What worries, 1 to 4,000 characters.
    pub text: String,
    /// How soon somebody must look at it; absent for who cannot say.
    pub urgency: Option<ConcernUrgency>,
    /// Whether the guardians who have everything of the child read it; false when absent. For staff only.
    pub shared_with_guardians: Option<bool>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Says that somebody looks at a concern.
#[derive(InputObject)]
pub struct ConcernAcknowledgeInput {
    /// Which concern.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Ends a concern.
#[derive(InputObject)]
pub struct ConcernResolveInput {
    /// Which concern.
    pub id: ID,
    /// What was done about it, 1 to 4,000 characters. The guardian who sees the concern reads it.
    pub resolution: String,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `concernRaise`.
    ConcernRaisePayload {
        /// The new concern; null when refused.
        concern: Concern,
        concern_edge
    }
}

payload! {
    /// The answer to `concernAcknowledge`.
    ConcernAcknowledgePayload {
        /// The concern as it is now; on a conflict, as it was left; null when refused otherwise.
        concern: Concern
    }
}

payload! {
    /// The answer to `concernResolve`.
    ConcernResolvePayload {
        /// The concern as it is now; on a conflict, as it was left; null when refused otherwise.
        concern: Concern
    }
}
