//! Roster imports.

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
CREATE TABLE roster_import (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    started_by uuid,
    kind text NOT NULL CHECK (kind IN ('oneroster', 'guardianships')),
    state text NOT NULL CHECK (state IN ('AWAITING_UPLOAD', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'ROLLED_BACK')),
    dry_run boolean NOT NULL,
    accept_removals boolean NOT NULL,
    upload_hash bytea UNIQUE,
    upload_expires_at timestamptz,
    rows_total integer NOT NULL,
    rows_done integer NOT NULL,
    counts jsonb NOT NULL,
    left_out jsonb,
    finished_at timestamptz,
    rolled_back_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    FOREIGN KEY (started_by, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX roster_import_by_board ON roster_import (board_id, id);

CREATE TABLE roster_problem (
    import_id uuid NOT NULL,
    position integer NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    file text NOT NULL,
    line integer,
    column_name text,
    severity text NOT NULL CHECK (severity IN ('ERROR', 'NOTICE')),
    message text NOT NULL,
    PRIMARY KEY (import_id, position),
    FOREIGN KEY (import_id, board_id) REFERENCES roster_import (id, board_id)
);

CREATE TABLE roster_change (
    import_id uuid NOT NULL,
    position integer NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    table_name text NOT NULL,
    row_id uuid NOT NULL,
    before jsonb,
    version_after integer NOT NULL,
    PRIMARY KEY (import_id, position),
    FOREIGN KEY (import_id, board_id) REFERENCES roster_import (id, board_id)
);

";

const DOWN: &str = "
DROP TABLE roster_change;

DROP TABLE roster_problem;

DROP TABLE roster_import;

";
