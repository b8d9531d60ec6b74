//! The log of changes says which places are narrow. A database that had the log before gets the column, and triggers that
//! fill it.

use sea_orm_migration::prelude::*;

use crate::dialect::run;
use crate::m0011_changes::WATCHED;
use crate::watch::{unwatch, watch};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("change", "narrow").await? {
            return Ok(());
        }
        run(manager, "ALTER TABLE change ADD COLUMN narrow boolean NOT NULL DEFAULT false").await?;
        unwatch(manager, &WATCHED).await?;
        watch(manager, &WATCHED).await
    }

    /// The column is the log's own.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
