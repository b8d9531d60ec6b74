//! Rows of one board, one kind at a time.

use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use glans_entity::localized::Localized;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};

use super::rows::put;

/// Makes the rows of one board, and marks every free text in them. Each kind is in the file of its subject.
pub struct Sower<'t> {
    pub(crate) db: &'t DatabaseTransaction,
    pub(crate) board: BoardId,
    /// Stands before every text of the board: a canary where nobody of another board may read it.
    pub(crate) mark: &'static str,
    pub(crate) now: DateTime<Utc>,
}

impl Sower<'_> {
    pub(super) fn text(&self, text: &str) -> String {
        format!("{}{text}", self.mark)
    }

    pub(super) fn localized(&self, text: &str) -> Localized {
        Localized([("nl".to_owned(), self.text(text)), ("en".to_owned(), self.text(text))].into())
    }

    pub(super) async fn put<E>(&self, row: E::Model)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        put::<E>(self.db, row).await;
    }
}
