//! Announcements, their translations, and what they said before they were corrected.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 3] = ["announcement", "announcement_translation", "announcement_revision"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// Whom an announcement reaches stands in `recipient`.
const UP: &str = "
CREATE TABLE announcement (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid,
    author_id uuid NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    roles jsonb NOT NULL,
    priority text NOT NULL CHECK (priority IN ('NORMAL', 'URGENT')),
    urgent_reason text,
    important_facts boolean NOT NULL,
    requires_acknowledgement boolean NOT NULL,
    acknowledge_by timestamptz,
    status text NOT NULL CHECK (status IN ('DRAFT', 'SCHEDULED', 'PUBLISHED', 'WITHDRAWN')),
    publish_at timestamptz NOT NULL,
    published_at timestamptz,
    expires_at timestamptz,
    corrected_at timestamptz,
    correction_note text,
    withdrawn_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((priority = 'URGENT') = (urgent_reason IS NOT NULL)),
    CHECK (acknowledge_by IS NULL OR requires_acknowledgement),
    CHECK (status <> 'PUBLISHED' OR published_at IS NOT NULL),
    CHECK (status NOT IN ('DRAFT', 'SCHEDULED') OR published_at IS NULL),
    CHECK ((status = 'WITHDRAWN') = (withdrawn_at IS NOT NULL)),
    CHECK ((corrected_at IS NULL) = (correction_note IS NULL)),
    UNIQUE (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX announcement_by_time ON announcement (board_id, publish_at, id);

CREATE INDEX announcement_by_school ON announcement (school_id, publish_at, id);

CREATE INDEX announcement_by_author ON announcement (author_id);

CREATE INDEX announcement_due ON announcement (publish_at) WHERE status = 'SCHEDULED';

CREATE INDEX announcement_urgent ON announcement (board_id, publish_at) WHERE priority = 'URGENT';

CREATE TABLE announcement_translation (
    announcement_id uuid NOT NULL,
    language text NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    title text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (announcement_id, language),
    FOREIGN KEY (announcement_id, board_id) REFERENCES announcement (id, board_id)
);

CREATE TABLE announcement_revision (
    announcement_id uuid NOT NULL,
    number integer NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    author_id uuid NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (announcement_id, number),
    FOREIGN KEY (announcement_id, board_id) REFERENCES announcement (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

";
