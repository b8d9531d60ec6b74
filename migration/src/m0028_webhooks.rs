//! Where integrators are told of what happened, of what, and what became of telling them.

use sea_orm_migration::prelude::*;

use crate::dialect::run;
use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 3] = ["webhook_endpoint", "webhook_event", "webhook_delivery"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, WEBHOOKS, &TABLES).await?;
        run(manager, OUTBOX).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, OUTBOX_DOWN).await?;
        tear_down(manager, &TABLES).await
    }
}

/// An event is kept as the body that is sent: each try carries the same bytes. A secret is sealed with the key of the
/// operator.
const WEBHOOKS: &str = "
CREATE TABLE webhook_endpoint (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    client_id uuid NOT NULL REFERENCES api_client (id),
    url text NOT NULL,
    description text,
    kinds jsonb NOT NULL,
    secret text NOT NULL,
    previous_secret text,
    previous_until timestamptz,
    failing_since timestamptz,
    disabled_at timestamptz,
    disabled_because text CHECK (disabled_because IN ('BY_HAND', 'GONE', 'FAILING')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
    CHECK ((disabled_at IS NULL) = (disabled_because IS NULL))
);

CREATE INDEX webhook_endpoint_by_board ON webhook_endpoint (board_id, created_at, id);

CREATE INDEX webhook_endpoint_by_client ON webhook_endpoint (client_id);

CREATE TABLE webhook_event (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (id, board_id)
);

CREATE INDEX webhook_event_by_time ON webhook_event (created_at);

CREATE TABLE webhook_delivery (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    endpoint_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN ('QUEUED', 'SENDING', 'DELIVERED', 'FAILED')),
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    lease uuid,
    leased_until timestamptz,
    last_status integer,
    failure text,
    attempted_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz NOT NULL,
    UNIQUE (endpoint_id, event_id),
    CHECK ((state = 'SENDING') = (lease IS NOT NULL)),
    CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CHECK ((state IN ('DELIVERED', 'FAILED')) = (finished_at IS NOT NULL)),
    FOREIGN KEY (endpoint_id, board_id) REFERENCES webhook_endpoint (id, board_id) ON DELETE CASCADE,
    FOREIGN KEY (event_id, board_id) REFERENCES webhook_event (id, board_id)
);

CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at, id) WHERE state = 'QUEUED';

CREATE INDEX webhook_delivery_due_of_board ON webhook_delivery (board_id, due_at, id) WHERE state = 'QUEUED';

CREATE INDEX webhook_delivery_leased ON webhook_delivery (leased_until) WHERE state = 'SENDING';

CREATE INDEX webhook_delivery_by_time ON webhook_delivery (endpoint_id, created_at, id);

CREATE INDEX webhook_delivery_by_event ON webhook_delivery (event_id);

CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL;

";

/// What happened before there was any endpoint is told to none. The index holds what waits to be told and nothing else: its
/// kinds are those of `metrics/webhooks/kinds.rs`, and whoever asks by it names them in this order.
const OUTBOX: &str = "
ALTER TABLE outbox ADD COLUMN hooked_at timestamptz;

ALTER TABLE outbox ADD COLUMN hook_attempts integer NOT NULL DEFAULT 0;

ALTER TABLE outbox ADD COLUMN hook_due_at timestamptz;

UPDATE outbox SET hooked_at = at;

CREATE INDEX outbox_to_hook ON outbox (board_id, seq) WHERE hooked_at IS NULL AND kind IN (
    'lesson.taught', 'lesson.discussed', 'engagement.period_closed', 'partnership.completed', 'roster.imported',
    'person.erased'
);

";

const OUTBOX_DOWN: &str = "
DROP INDEX outbox_to_hook;

ALTER TABLE outbox DROP COLUMN hooked_at;

ALTER TABLE outbox DROP COLUMN hook_attempts;

ALTER TABLE outbox DROP COLUMN hook_due_at;

";
