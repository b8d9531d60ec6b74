//! Sessions, invitations, keys, API clients and the audit log.

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
CREATE TABLE session (
    id uuid NOT NULL PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id),
    device_name text,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    version integer NOT NULL
);

CREATE INDEX session_by_account ON session (account_id, id);

CREATE TABLE refresh_token (
    hash bytea NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES session (id),
    generation integer NOT NULL,
    created_at timestamptz NOT NULL,
    rotated_at timestamptz,
    UNIQUE (session_id, generation)
);

CREATE TABLE password_reset (
    id uuid NOT NULL PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id),
    code_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE INDEX password_reset_by_account ON password_reset (account_id, created_at);

CREATE TABLE invitation (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    person_id uuid NOT NULL,
    guardianship_id uuid,
    lookup text NOT NULL UNIQUE,
    secret_hash text NOT NULL,
    tries_left integer NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (guardianship_id, board_id) REFERENCES guardianship (id, board_id)
);

CREATE INDEX invitation_by_person ON invitation (person_id, id);

CREATE TABLE signing_key (
    kid text NOT NULL PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('NEXT', 'CURRENT', 'RETIRED')),
    public_key bytea NOT NULL,
    sealed_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    activated_at timestamptz,
    retired_at timestamptz
);

CREATE UNIQUE INDEX signing_key_one_each ON signing_key (state) WHERE state <> 'RETIRED';

CREATE TABLE api_client (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    name text NOT NULL,
    scopes jsonb NOT NULL,
    school_ids jsonb,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (board_id, name)
);

CREATE TABLE api_client_secret (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    client_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    FOREIGN KEY (client_id, board_id) REFERENCES api_client (id, board_id)
);

CREATE INDEX api_client_secret_by_client ON api_client_secret (client_id);

CREATE TABLE throttle (
    key bytea NOT NULL PRIMARY KEY,
    failures integer NOT NULL,
    first_at timestamptz NOT NULL,
    blocked_until timestamptz
);

CREATE TABLE audit (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid REFERENCES board (id),
    actor text NOT NULL,
    action text NOT NULL,
    subject text,
    request_id text,
    at timestamptz NOT NULL
);

CREATE INDEX audit_by_board ON audit (board_id, id);

";

const DOWN: &str = "
DROP TABLE audit;

DROP TABLE throttle;

DROP TABLE api_client_secret;

DROP TABLE api_client;

DROP TABLE signing_key;

DROP TABLE invitation;

DROP TABLE password_reset;

DROP TABLE refresh_token;

DROP TABLE session;

";
