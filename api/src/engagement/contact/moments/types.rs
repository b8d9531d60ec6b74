//! The contact moment, and the inputs and payloads of its mutations.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, contact_moment};
use glans_entity::ids::ContactMomentId;

use super::rules;
use crate::call::Call;
use crate::engagement::partnerships::works_with;
use crate::loaders;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::{Result, UserError, outcome};
use crate::platform::scalars::Instant;
use crate::sync_cursor;

/// By what way a short contact was.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ContactKind")]
pub enum ContactKind {
    /// At the door of the school or the classroom.
    AtTheDoor,
    /// By telephone.
    Phone,
    /// At home.
    HomeVisit,
    /// By video.
    Video,
    /// By letter or card.
    Letter,
    /// Otherwise.
    Other,
}

/// What a short contact was like.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ContactTone")]
pub enum ContactTone {
    /// Something good of the child was told. The guardian reads it too.
    Compliment,
    /// Something practical. For staff only.
    Neutral,
    /// Something that worries. For staff only.
    Concern,
}

pub struct ContactMoment(pub contact_moment::Model);

impl From<contact_moment::Model> for ContactMoment {
    fn from(row: contact_moment::Model) -> Self {
        Self(row)
    }
}

/// A short contact (*contactmoment*) of staff with a guardian about a child. Seen by who teaches the child or leads the
/// school; a COMPLIMENT also by the guardian it was for, or by all who have everything of the child when none is named.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id).with_any(self.0.guardian_id)")]
impl ContactMoment {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The child.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        loaders::present(ctx, self.0.student_id).await.map(Student)
    }

    /// With whom; null when it was with no guardian in particular.
    pub async fn guardian(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(guardian) = self.0.guardian_id else { return Ok(None) };
        Ok(loaders::one(ctx, guardian).await?.map(Person))
    }

    /// Who had the contact and noted it.
    pub async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.0.author_id).await.map(Person)
    }

    /// By what way.
    pub async fn kind(&self) -> ContactKind {
        self.0.kind.into()
    }

    /// What it was like.
    pub async fn tone(&self) -> ContactTone {
        self.0.tone.into()
    }

    /// What was said, 1 to 1,000 characters, with line breaks; null when nothing was noted.
    pub async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was.
    pub async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Whether the viewer may change it or take it away: its author, within 24 hours of noting it.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let (standing, now) = (Call::of(ctx).standing(), Call::of(ctx).now());
        let viewer = standing.actor.person().and_then(|person| person.at(self.0.board_id));
        let is_author = viewer == Some(self.0.author_id);
        if rules::may_correct(is_author, self.0.created_at, now).is_err() {
            return Ok(false);
        }
        works_with(ctx, self.0.student_id).await
    }

    /// When it was made.
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

/// A new contact moment.
#[derive(InputObject)]
pub struct ContactMomentLogInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// About which child.
    pub student: ID,
    /// With which guardian of the child; absent for none in particular.
    pub guardian: Option<ID>,
    /// By what way.
    pub kind: ContactKind,
    /// What it was like. A COMPLIMENT is read by the guardian.
    pub tone: ContactTone,
    /// What was said, at most 1,000 characters; absent for nothing.
    pub note: Option<String>,
    /// When it was, not in the future; now when absent.
    pub occurred_at: Option<Instant>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a contact moment. What is absent stays.
#[derive(InputObject)]
pub struct ContactMomentUpdateInput {
    /// Which contact moment.
    pub id: ID,
    /// With which guardian of the child; null for none in particular.
    pub guardian: MaybeUndefined<ID>,
    /// By what way.
    pub kind: Option<ContactKind>,
    /// What it was like. A COMPLIMENT is read by the guardian.
    pub tone: Option<ContactTone>,
    /// What was said, at most 1,000 characters; null clears it.
    pub note: MaybeUndefined<String>,
    /// When it was, not in the future.
    pub occurred_at: Option<Instant>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Takes a contact moment away.
#[derive(InputObject)]
pub struct ContactMomentDeleteInput {
    /// Which contact moment.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `contactMomentLog`.
    ContactMomentLogPayload {
        /// The new contact moment; null when refused.
        contact_moment: ContactMoment,
        contact_moment_edge
    }
}

payload! {
    /// The answer to `contactMomentUpdate`.
    ContactMomentUpdatePayload {
        /// The contact moment as it is now; on a conflict, as it was left; null when refused otherwise.
        contact_moment: ContactMoment
    }
}

/// The answer to `contactMomentDelete`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ContactMomentDeletePayload {
    /// The contact moment that is gone; null when refused.
    pub deleted_id: Option<ID>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(ContactMomentDeletePayload);

impl ContactMomentDeletePayload {
    /// The payload of a finished act.
    pub fn of(done: Result<ContactMomentId>) -> Result<Self> {
        let (id, user_errors) = outcome(done)?;
        Ok(Self { deleted_id: id.map(|id| id.to_string().into()), user_errors })
    }
}
