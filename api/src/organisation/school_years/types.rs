//! The school year and the input and payload of its mutation.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::organisation::school_year;

use crate::call::Call;
use crate::payload;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;

pub struct SchoolYear(pub school_year::Model);

impl From<school_year::Model> for SchoolYear {
    fn from(row: school_year::Model) -> Self {
        Self(row)
    }
}

/// A school year (*schooljaar*) of a board, as a rule 1 August to 31 July. Seen by everybody in the board.
#[Object]
impl SchoolYear {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the year is called, 1 to 40 characters, as `2026-2027`.
    pub async fn title(&self) -> &str {
        &self.0.title
    }

    /// The first day.
    pub async fn starts_on(&self) -> LocalDate {
        LocalDate(self.0.starts_on)
    }

    /// The last day.
    pub async fn ends_on(&self) -> LocalDate {
        LocalDate(self.0.ends_on)
    }

    /// Whether today lies in it.
    pub async fn current(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok((self.0.starts_on..=self.0.ends_on).contains(&Call::of(ctx).today()))
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A new school year. It may not share a day with another one of the board.
#[derive(InputObject)]
pub struct SchoolYearCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The board that it belongs to.
    pub board: ID,
    /// The first day, as a rule 1 August, within 20 years of today.
    pub starts_on: LocalDate,
    /// The last day, within 400 days; a year after the first when absent.
    pub ends_on: Option<LocalDate>,
    /// What the year is called, 1 to 40 characters; as `2026-2027` when absent.
    pub title: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `schoolYearCreate`.
    SchoolYearCreatePayload {
        /// The new school year; null when refused.
        school_year: SchoolYear
    }
}
