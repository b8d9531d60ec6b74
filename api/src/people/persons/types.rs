//! The person and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use glans_entity::people::person;

use super::loaders::CapacitiesOf;
use super::rules::{self, Details, Needs};
use crate::access::{self, policy};
use crate::call::Call;
use crate::loaders;
use crate::organisation::boards::Board;
use crate::payload;
use crate::people::access_log::{self, AccessLogEntry, Opens, Subject};
use crate::people::guardianships::OwnFamily;
use crate::people::memberships::{Membership, MembershipsOf};
use crate::people::places::Capacity;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::Locale;
use crate::platform::size::list_size;

/// Fields of a list of people: the name, as what they are known and where, and what an app keeps the list by.
const LISTED: &[&str] = &[
    "displayName",
    "givenName",
    "familyName",
    "memberships",
    "board",
    "viewerCanEdit",
    "createdAt",
    "updatedAt",
    "version",
    "archivedAt",
    "erasedAt",
];

pub struct Person(pub person::Model);

impl From<person::Model> for Person {
    fn from(row: person::Model) -> Self {
        Self(row)
    }
}

impl Person {
    /// Whether the viewer is the person, or may read what is private.
    async fn is_open(&self, ctx: &Context<'_>) -> Result<bool> {
        if self.is_viewer(ctx) {
            return Ok(true);
        }
        let (standing, needs) = (Call::of(ctx).standing(), self.needs(ctx, rules::to_contact).await?);
        // A closed board is read as before.
        Ok(needs.met(|action, place| policy::permits(&standing.actor, action, place)))
    }

    fn is_viewer(&self, ctx: &Context<'_>) -> bool {
        let standing = Call::of(ctx).standing();
        standing.actor.person().is_some_and(|viewer| viewer.at(self.0.board_id) == Some(self.0.id))
    }

    /// The rights that an act takes over what the person is in the board.
    async fn needs(&self, ctx: &Context<'_>, taking: fn(&[Capacity], BoardId) -> Needs) -> Result<Needs> {
        let capacities = loaders::one(ctx, CapacitiesOf(self.0.id)).await?.unwrap_or_default();
        Ok(taking(&capacities, self.0.board_id))
    }
}

/// A person as one board knows it: staff or guardian. Seen by the person, by who administers the board, by the staff of
/// the school; a member of staff also by the guardians of the own class group, a guardian also by who leads the school
/// or teaches the class group of the child. Guardians do not see one another.
#[Object(guard = "Opens::guardian(self.0.board_id, self.0.id).beyond(LISTED)")]
impl Person {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The name to show, 1 to 160 characters.
    pub async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The given name, 1 to 80 characters.
    pub async fn given_name(&self) -> &str {
        &self.0.given_name
    }

    /// The family name with its prefixes, 1 to 80 characters.
    pub async fn family_name(&self) -> &str {
        &self.0.family_name
    }

    /// The e-mail address as the board knows it; only for the person and for who administers the person, null for
    /// everybody else and when there is none. Who teaches reads that of a guardian once the invitation is answered.
    pub async fn email(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let Some(email) = &self.0.email else { return Ok(None) };
        Ok(self.is_open(ctx).await?.then_some(email))
    }

    /// The language in which to address the person.
    pub async fn language(&self) -> Locale {
        Locale::stored(&self.0.language)
    }

    /// Whether a conversation takes an interpreter (*tolk*); only for the person and for who administers the person,
    /// null for everybody else.
    pub async fn interpreter_needed(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        Ok(self.is_open(ctx).await?.then_some(self.0.interpreter_needed))
    }

    /// The roles that count today and that the viewer may see; those of a guardian are at the schools of the children.
    #[graphql(directive = list_size::apply(3))]
    pub async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<Membership>> {
        loaders::list(ctx, MembershipsOf(self.0.id), |membership| membership).await
    }

    /// Which staff opened the record of the person as a guardian in the last year, the last one first: the address, the language,
    /// a relation to a child, or what the person wrote or answered about one. For the person (`viewer.person.accessLog`), and for administrators of the board, but not of their
    /// own family; empty for others, and for who is no guardian.
    pub async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<AccessLogEntry>> {
        access_log::page(Call::of(ctx), Subject::Guardian(self.0.id), PageArgs { first, after, last, before }).await
    }

    /// The board that knows the person.
    pub async fn board(&self, ctx: &Context<'_>) -> Result<Board> {
        loaders::present(ctx, self.0.board_id).await.map(Board)
    }

    /// Whether the viewer may change the record (`personUpdate`); false once it was closed. False of another guardian of
    /// an own child, and of who was erased.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        if self.0.archived_at.or(self.0.erased_at).is_some() {
            return Ok(false);
        }
        let (standing, needs) = (Call::of(ctx).standing(), self.needs(ctx, rules::to_update).await?);
        if !needs.met(|action, place| access::allows(&standing.actor, action, place)) {
            return Ok(false);
        }
        if self.is_viewer(ctx) {
            return Ok(true);
        }
        let family = loaders::one(ctx, OwnFamily(self.0.id)).await?;
        Ok(!family.unwrap_or_default())
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

    /// When the record was closed; null while it is in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// When the person was erased: nothing is kept of them but the id, and a dash stands for the names. Null for everybody
    /// else.
    pub async fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.0.erased_at
    }
}

/// What is kept of a person.
#[derive(InputObject)]
pub struct PersonInput {
    /// The given name, 1 to 80 characters.
    pub given_name: String,
    /// The family name with its prefixes, 1 to 80 characters.
    pub family_name: String,
    /// The name to show, 1 to 160 characters; given and family name when absent.
    pub display_name: Option<String>,
    /// The e-mail address for invitations and notices; absent when there is none.
    pub email: Option<String>,
    /// The language in which to address the person; Dutch when absent.
    pub language: Option<Locale>,
    /// Whether a conversation takes an interpreter; false when absent.
    pub interpreter_needed: Option<bool>,
}

impl PersonInput {
    /// As typed, not checked yet.
    pub fn details(self) -> Details {
        Details {
            given_name: self.given_name,
            family_name: self.family_name,
            display_name: self.display_name.unwrap_or_default(),
            email: self.email,
            language: self.language.map_or_else(|| rules::LANGUAGE.to_owned(), |language| language.as_str().to_owned()),
            interpreter_needed: self.interpreter_needed.unwrap_or_default(),
        }
    }
}

/// A new member of staff.
#[derive(InputObject)]
pub struct PersonCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The board that knows the person.
    pub board: ID,
    /// The school where the person gets the role TEACHER; absent for a person without a role, whom only administrators
    /// of the board see.
    pub school: Option<ID>,
    /// What to keep of the person.
    pub details: PersonInput,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a person. What is absent stays.
#[derive(InputObject)]
pub struct PersonUpdateInput {
    /// Which person.
    pub id: ID,
    /// The given name, 1 to 80 characters.
    pub given_name: Option<String>,
    /// The family name with its prefixes, 1 to 80 characters.
    pub family_name: Option<String>,
    /// The name to show, 1 to 160 characters; null makes it of given and family name.
    pub display_name: MaybeUndefined<String>,
    /// The e-mail address for invitations and notices; null clears it. It is not the one to sign in with.
    pub email: MaybeUndefined<String>,
    /// The language in which to address the person.
    pub language: Option<Locale>,
    /// Whether a conversation takes an interpreter.
    pub interpreter_needed: Option<bool>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl PersonUpdateInput {
    /// The stored details with the changes over them, not checked yet.
    pub fn over(self, row: &person::Model) -> Details {
        // A name to show that was made of the two names follows them.
        let made = row.display_name == format!("{} {}", row.given_name, row.family_name);
        let mut display_name = Some(row.display_name.clone()).filter(|_| !made);
        self.display_name.update_to(&mut display_name);
        let mut email = row.email.clone();
        self.email.update_to(&mut email);
        Details {
            given_name: self.given_name.unwrap_or_else(|| row.given_name.clone()),
            family_name: self.family_name.unwrap_or_else(|| row.family_name.clone()),
            display_name: display_name.unwrap_or_default(),
            email,
            language: self.language.map_or_else(|| row.language.clone(), |language| language.as_str().to_owned()),
            interpreter_needed: self.interpreter_needed.unwrap_or(row.interpreter_needed),
        }
    }
}

/// Closes the record of a person and ends all roles and guardianships in the board. The past stays.
#[derive(InputObject)]
pub struct PersonArchiveInput {
    /// Which person.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `personCreate`.
    PersonCreatePayload {
        /// The new person; null when refused.
        person: Person,
        person_edge
    }
}

payload! {
    /// The answer to `personUpdate`.
    PersonUpdatePayload {
        /// The person as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        person: Person
    }
}

payload! {
    /// The answer to `personArchive`.
    PersonArchivePayload {
        /// The closed record; null when refused.
        person: Person
    }
}
