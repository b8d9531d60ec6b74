//! Published figures, and a file of them.

use chrono::{NaiveDate, TimeDelta};
use glans_entity::ids::{AccountId, ExportId};
use glans_entity::localized::Strings;
use glans_entity::metrics::{ExportBreakdown, ExportFormat, ExportState, Level, Metric, Span, export, figure};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::sower::Sower;

/// Figures that are written at once: a statement of SQLite takes some thirty thousand values.
const AT_ONCE: usize = 1_000;

impl Sower<'_> {
    /// A weekly figure that is shown to everybody: 15 of 20. Change what is to be otherwise, and write it with
    /// [`Sower::figures`].
    pub fn figure(&self, metric: Metric, level: Level, place: Uuid, starts_on: NaiveDate) -> figure::Model {
        figure::Model {
            board_id: self.board,
            span: Span::Week,
            metric,
            level,
            language: String::new(),
            starts_on,
            parent_id: Uuid::nil(),
            place_id: place,
            version: 1,
            numerator: 15,
            denominator: 20,
            unknown: 0,
            inside: None,
            outside: None,
        }
    }

    /// Writes figures.
    pub async fn figures(&self, figures: impl IntoIterator<Item = figure::Model>) {
        let mut rows = figures.into_iter().map(|figure| figure.into_active_model().reset_all());
        loop {
            let some: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return;
            }
            figure::Entity::insert_many(some).exec_without_returning(self.db).await.expect("figures");
        }
    }

    /// Figures of the whole board that `account` wanted as a file, which there is none of.
    pub(super) async fn export(&self, account: AccountId) -> ExportId {
        let id = ExportId::new();
        let today = self.now.date_naive();
        self.put::<export::Entity>(export::Model {
            id,
            board_id: self.board,
            account_id: Some(account),
            client_id: None,
            level: Level::Board,
            place_id: self.board.0,
            as_team: false,
            metrics: Strings(vec!["REACH".to_owned()]),
            span: Span::Week,
            first_on: today,
            last_on: today,
            breakdown: ExportBreakdown::None,
            format: ExportFormat::Csv,
            state: ExportState::Failed,
            attempts: 1,
            lease: None,
            leased_until: None,
            row_count: None,
            byte_length: None,
            failure: Some(self.text("It broke off.")),
            created_at: self.now,
            finished_at: Some(self.now),
            expires_at: self.now + TimeDelta::days(400),
        })
        .await;
        id
    }
}
