//! How much API clients ask for, and what was asked of metrics.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["api_client_usage", "metric_query"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, USAGE, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// Whom and what a query was about is kept as ids without keys: the line stays when they go.
const USAGE: &str = "
CREATE TABLE api_client_usage (
    client_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    day date NOT NULL,
    requests bigint NOT NULL CHECK (requests >= 0),
    refused bigint NOT NULL CHECK (refused BETWEEN 0 AND requests),
    cost bigint NOT NULL CHECK (cost >= 0),
    PRIMARY KEY (client_id, day),
    FOREIGN KEY (client_id, board_id) REFERENCES api_client (id, board_id)
) WITHOUT ROWID;

CREATE TABLE metric_query (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    actor text NOT NULL,
    scope_id uuid NOT NULL,
    scope_kind text NOT NULL CHECK (scope_kind IN ('BOARD', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP')),
    metrics jsonb NOT NULL,
    span text NOT NULL CHECK (span IN ('WEEK', 'MONTH', 'SCHOOL_YEAR')),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    breakdown text NOT NULL,
    asked_at timestamptz NOT NULL,
    request_id text NOT NULL
);

CREATE INDEX metric_query_by_board ON metric_query (board_id, asked_at, id);

CREATE INDEX metric_query_by_time ON metric_query (asked_at)
";
