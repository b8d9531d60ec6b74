//! The outbox, idempotent answers, persisted documents and uploads.

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
        run(manager, DOWN).await
    }
}

const UP: &str = "
CREATE TABLE outbox (
    seq bigserial PRIMARY KEY,
    board_id uuid REFERENCES board (id),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    field text NOT NULL,
    input_hash bytea NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE persisted_document (
    hash text NOT NULL,
    client text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (hash, client)
);

CREATE TABLE upload (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    address_hash bytea,
    bytes bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK ((address_hash IS NULL) = (bytes IS NOT NULL))
);

CREATE UNIQUE INDEX upload_by_address ON upload (address_hash);

CREATE INDEX upload_by_board ON upload (board_id, expires_at);

CREATE INDEX upload_by_expiry ON upload (expires_at);

";

const DOWN: &str = "
DROP TABLE upload;

DROP TABLE persisted_document;

DROP TABLE idempotency;

DROP TABLE outbox;

";
