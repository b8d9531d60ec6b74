//! Who follows the own meetings and team sessions in a calendar program.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE calendar_feed").await
    }
}

/// One for an account: a new secret takes the place of the one before it.
const UP: &str = "
CREATE TABLE calendar_feed (
    account_id uuid NOT NULL PRIMARY KEY REFERENCES account (id),
    secret_hash bytea NOT NULL UNIQUE,
    renewed_at timestamptz NOT NULL
);
";
