//! The agreement, what guardians say to it, and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{agreement, agreement_confirmation};
use glans_entity::people::person;

use super::ConfirmationsOf;
use crate::loaders;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;

pub struct Agreement(pub agreement::Model);

impl From<agreement::Model> for Agreement {
    fn from(row: agreement::Model) -> Self {
        Self(row)
    }
}

/// What was said of an agreement, with who said it where the viewer may know.
async fn said(
    ctx: &Context<'_>,
    agreement: &agreement::Model,
) -> Result<Vec<(agreement_confirmation::Model, person::Model)>> {
    let rows = loaders::one(ctx, ConfirmationsOf(agreement.id)).await?.unwrap_or_default();
    let found = loaders::many(ctx, rows.iter().map(|row| row.guardian_id).collect()).await?;
    Ok(rows.into_iter().filter_map(|row| found.get(&row.guardian_id).cloned().map(|person| (row, person))).collect())
}

/// An agreement (*afspraak*) of a conversation. Seen by who sees the conversation, by guardians from its release on.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id)")]
impl Agreement {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What was agreed on, 1 to 500 characters, with line breaks.
    pub async fn text(&self) -> &str {
        &self.0.text
    }

    /// Until when; null when nothing was said.
    pub async fn due_on(&self) -> Option<LocalDate> {
        self.0.due_on.map(LocalDate)
    }

    /// Whether it was kept; null while nobody said.
    #[graphql(name = "isKept")]
    pub async fn kept(&self) -> Option<bool> {
        self.0.kept
    }

    /// Who confirmed it: all guardians for staff, oneself for a guardian.
    #[graphql(directive = list_size::apply(2))]
    pub async fn confirmations(&self, ctx: &Context<'_>) -> Result<Vec<Confirmation>> {
        let confirmed = said(ctx, &self.0).await?.into_iter().filter_map(|(row, guardian)| {
            Some(Confirmation { guardian, confirmed_at: row.confirmed_at?, comment: row.comment })
        });
        Ok(confirmed.collect())
    }

    /// What guardians say to it, confirmed or not: all of it for staff, the own comment for a guardian.
    #[graphql(directive = list_size::apply(2))]
    pub async fn comments(&self, ctx: &Context<'_>) -> Result<Vec<AgreementComment>> {
        let comments = said(ctx, &self.0).await?.into_iter().filter_map(|(row, guardian)| {
            Some(AgreementComment { guardian, text: row.comment?, commented_at: row.commented_at? })
        });
        Ok(comments.collect())
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

/// A guardian who confirmed.
pub struct Confirmation {
    guardian: person::Model,
    confirmed_at: DateTime<Utc>,
    comment: Option<String>,
}

/// That a guardian confirmed an agreement.
#[Object(guard = "Opens::guardian(self.guardian.board_id, self.guardian.id)")]
impl Confirmation {
    /// Who.
    pub async fn guardian(&self) -> Person {
        Person(self.guardian.clone())
    }

    /// When.
    pub async fn confirmed_at(&self) -> DateTime<Utc> {
        self.confirmed_at
    }

    /// What the guardian said to it; null when nothing.
    pub async fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }
}

/// A guardian who said something.
pub struct AgreementComment {
    guardian: person::Model,
    text: String,
    commented_at: DateTime<Utc>,
}

/// What a guardian says to an agreement.
#[Object(guard = "Opens::guardian(self.guardian.board_id, self.guardian.id)")]
impl AgreementComment {
    /// Who.
    pub async fn guardian(&self) -> Person {
        Person(self.guardian.clone())
    }

    /// What, 1 to 1,000 characters.
    pub async fn text(&self) -> &str {
        &self.text
    }

    /// When.
    pub async fn commented_at(&self) -> DateTime<Utc> {
        self.commented_at
    }
}

/// A confirmation.
#[derive(InputObject)]
pub struct AgreementConfirmInput {
    /// Which agreement.
    pub id: ID,
    /// What to say to it, at most 1,000 characters; absent to leave what was said.
    pub comment: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A comment.
#[derive(InputObject)]
pub struct AgreementCommentInput {
    /// On which agreement.
    pub id: ID,
    /// What to say, 1 to 1,000 characters.
    pub comment: String,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// What became of an agreement.
#[derive(InputObject)]
pub struct AgreementMarkInput {
    /// Which agreement.
    pub id: ID,
    /// Whether it was kept; null takes back what was said.
    pub kept: Option<bool>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `agreementConfirm`.
    AgreementConfirmPayload {
        /// The agreement as it is now; null when refused.
        agreement: Agreement
    }
}

payload! {
    /// The answer to `agreementComment`.
    AgreementCommentPayload {
        /// The agreement as it is now; null when refused.
        agreement: Agreement
    }
}

payload! {
    /// The answer to `agreementMark`.
    AgreementMarkPayload {
        /// The agreement as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        agreement: Agreement
    }
}
