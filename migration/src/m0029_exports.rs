//! Figures that are fetched as files.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["export", "export_chunk"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, EXPORTS, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// A file lies in the database, in blocks: every process can show it, whichever made it. It goes with who started it.
const EXPORTS: &str = "
CREATE TABLE export (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    account_id uuid REFERENCES account (id) ON DELETE CASCADE,
    client_id uuid REFERENCES api_client (id) ON DELETE CASCADE,
    level text NOT NULL CHECK (level IN ('BOARD', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP')),
    place_id uuid NOT NULL,
    as_team boolean NOT NULL,
    metrics jsonb NOT NULL,
    span text NOT NULL CHECK (span IN ('WEEK', 'MONTH', 'SCHOOL_YEAR')),
    first_on date NOT NULL,
    last_on date NOT NULL,
    breakdown text NOT NULL CHECK (breakdown IN ('NONE', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP', 'LANGUAGE')),
    format text NOT NULL CHECK (format IN ('CSV', 'NDJSON')),
    state text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'READY', 'FAILED')),
    attempts integer NOT NULL,
    lease uuid,
    leased_until timestamptz,
    row_count integer,
    byte_length integer,
    failure text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL,
    UNIQUE (id, board_id),
    CHECK ((account_id IS NULL) <> (client_id IS NULL)),
    CHECK (first_on <= last_on),
    CHECK ((state = 'RUNNING') = (lease IS NOT NULL)),
    CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CHECK ((state = 'READY') = (row_count IS NOT NULL)),
    CHECK ((row_count IS NULL) = (byte_length IS NULL)),
    CHECK ((state = 'FAILED') = (failure IS NOT NULL)),
    CHECK ((state IN ('READY', 'FAILED')) = (finished_at IS NOT NULL))
);

CREATE INDEX export_by_account ON export (account_id, id) WHERE account_id IS NOT NULL;

CREATE INDEX export_by_client ON export (client_id, id) WHERE client_id IS NOT NULL;

CREATE INDEX export_waiting ON export (created_at, id) WHERE state IN ('QUEUED', 'RUNNING');

CREATE INDEX export_by_expiry ON export (expires_at);

CREATE TABLE export_chunk (
    export_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    board_id uuid NOT NULL REFERENCES board (id),
    bytes bytea NOT NULL,
    PRIMARY KEY (export_id, position),
    FOREIGN KEY (export_id, board_id) REFERENCES export (id, board_id) ON DELETE CASCADE
)
";
