//! Purposes and consents, and the inputs and payloads of their mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, consent, consent_purpose};

use super::loaders::Asked;
use super::rules;
use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::loaders;
use crate::organisation::school_years::SchoolYear;
use crate::organisation::schools::School;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::scalars::{LocalDate, Locale};
use crate::platform::size::list_size;
use crate::programme::shelf::languages;

/// What a guardian says to a purpose.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ConsentAnswer")]
pub enum ConsentAnswer {
    /// Agrees.
    Granted,
    /// Does not agree.
    Refused,
    /// Agreed, and does not any more.
    Withdrawn,
}

pub struct ConsentPurpose(pub consent_purpose::Model);

impl From<consent_purpose::Model> for ConsentPurpose {
    fn from(row: consent_purpose::Model) -> Self {
        Self(row)
    }
}

/// What a school asks consent for (*toestemming*), as photos on its website. Seen by who sees the school, but for who knows
/// it from a cohort only; in `Student.consents` also by who granted it.
#[Object]
impl ConsentPurpose {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The school that asks; null for who does not see it any more.
    pub async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>> {
        Ok(loaders::one(ctx, self.0.school_id).await?.map(School))
    }

    /// What is asked, 1 to 500 characters, with line breaks.
    pub async fn text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; that of the viewer when absent, Dutch where it is missing.")] locale: Option<
            Locale,
        >,
    ) -> &str {
        let call = Call::of(ctx);
        let own = languages(call, &call.standing().actor);
        let asked = locale.iter().map(Locale::primary);
        call.told.text(&self.0.text, asked.chain(own.iter().map(String::as_str)))
    }

    /// From which day on it is asked, each school year anew.
    pub async fn asked_from_on(&self) -> LocalDate {
        LocalDate(self.0.asked_from)
    }

    /// When the school stopped asking; null while it asks.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Whether the viewer may stop asking (`consentPurposeArchive`); false once the school asks no more.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let place = Place { school: Some(self.0.school_id), ..Place::board(self.0.board_id) };
        self.0.archived_at.is_none()
            && access::allows(&Call::of(ctx).standing().actor, Action::FamilyRulesWrite, &place)
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` when you archive it.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

pub struct Consent(pub consent::Model);

impl From<consent::Model> for Consent {
    fn from(row: consent::Model) -> Self {
        Self(row)
    }
}

/// An answer of a guardian to a purpose for a child, which counts for one school year. It is never changed; a later one
/// counts in its place. Seen by the guardian, the leaders of the school, and the teachers of the child's class groups.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id).with_guardian(self.0.guardian_id)")]
impl Consent {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What was asked; null for who does not see the school any more.
    pub async fn purpose(&self, ctx: &Context<'_>) -> Result<Option<ConsentPurpose>> {
        Ok(loaders::one(ctx, self.0.purpose_id).await?.map(ConsentPurpose))
    }

    /// For which child.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        loaders::present(ctx, self.0.student_id).await.map(Student)
    }

    /// Who answers.
    pub async fn guardian(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.0.guardian_id).await.map(Person)
    }

    /// The school year for which it counts.
    pub async fn school_year(&self, ctx: &Context<'_>) -> Result<SchoolYear> {
        loaders::present(ctx, self.0.school_year_id).await.map(SchoolYear)
    }

    /// The answer.
    pub async fn answer(&self) -> ConsentAnswer {
        self.0.answer.into()
    }

    /// When it was given.
    pub async fn answered_at(&self) -> DateTime<Utc> {
        self.0.answered_at
    }
}

pub struct StudentConsent(pub Asked);

/// What is asked about a child this school year, and what was answered. What was granted before and is not asked any more, as
/// the school has stopped asking or the child has left it, is here until it is withdrawn; a school reads of what it asked.
#[Object]
impl StudentConsent {
    /// What is asked.
    pub async fn purpose(&self) -> ConsentPurpose {
        ConsentPurpose(self.0.purpose.clone())
    }

    /// Whether the school of the child asks it now. Where it does not, what was granted can be withdrawn, and nothing else said.
    pub async fn is_asked(&self) -> bool {
        self.0.is_asked
    }

    /// The answers that count: for staff of the child the last one of each guardian, for a guardian the own one.
    #[graphql(directive = list_size::apply(2))]
    pub async fn answers(&self) -> Vec<Consent> {
        rules::latest(&self.0.rows).into_iter().map(Consent).collect()
    }

    /// All answers of this school year, oldest first, of guardians whom `answers` shows; of all years where it is not asked.
    #[graphql(directive = list_size::apply(3))]
    pub async fn history(&self) -> Vec<Consent> {
        self.0.rows.iter().cloned().map(Consent).collect()
    }

    /// Whether every guardian who may have everything of the child granted it this school year; null for guardians, and false
    /// for a child without such a guardian.
    pub async fn is_granted(&self) -> Option<bool> {
        let of_year = self.0.rows.iter().filter(|row| self.0.year == Some(row.school_year_id));
        let of_year: Vec<_> = of_year.cloned().collect();
        self.0.as_staff.then(|| rules::is_granted(&rules::latest(&of_year), &self.0.entitled))
    }

    /// Whether an answer is still to come: for a guardian the own one, for staff that of one of the guardians. False where it
    /// is not asked.
    pub async fn is_awaiting(&self, ctx: &Context<'_>) -> bool {
        let own = &Call::of(ctx).scope().persons;
        let entitled = self.0.entitled.iter().copied();
        let asked: Vec<_> = entitled.filter(|guardian| self.0.as_staff || own.contains(guardian)).collect();
        self.0.is_asked && rules::is_awaiting(&rules::latest(&self.0.rows), &asked)
    }
}

/// A new purpose.
#[derive(InputObject)]
pub struct ConsentPurposeCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The school that asks.
    pub school: ID,
    /// What is asked, in Dutch, 1 to 500 characters.
    pub text: String,
    /// The same in English, 1 to 500 characters; absent where there is none.
    pub text_en: Option<String>,
    /// From which day on it is asked; from today on when absent.
    pub asked_from: Option<LocalDate>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Stops asking for something.
#[derive(InputObject)]
pub struct ConsentPurposeArchiveInput {
    /// Which purpose.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Answers a purpose for a child.
#[derive(InputObject)]
pub struct ConsentGiveInput {
    /// What is asked.
    pub purpose: ID,
    /// For which child.
    pub student: ID,
    /// The answer. What was granted is WITHDRAWN, not REFUSED: at any time, also when it is not asked any more.
    pub answer: ConsentAnswer,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `consentPurposeCreate`.
    ConsentPurposeCreatePayload {
        /// The new purpose; null when refused.
        consent_purpose: ConsentPurpose
    }
}

payload! {
    /// The answer to `consentPurposeArchive`.
    ConsentPurposeArchivePayload {
        /// The purpose as it is now; on a conflict, as it was left; null when refused otherwise.
        consent_purpose: ConsentPurpose
    }
}

payload! {
    /// The answer to `consentGive`.
    ConsentGivePayload {
        /// The answer that counts now; null when refused.
        consent: Consent
    }
}
