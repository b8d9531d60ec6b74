//! Programmes, their versions, lessons and materials.

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

/// `board_id` is null for what the platform publishes for all boards.
const UP: &str = "
CREATE TABLE programme (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid REFERENCES board (id),
    key text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);

CREATE UNIQUE INDEX programme_of_board ON programme (board_id, key) WHERE board_id IS NOT NULL;

CREATE UNIQUE INDEX programme_of_platform ON programme (key) WHERE board_id IS NULL;

CREATE TABLE programme_version (
    id uuid NOT NULL PRIMARY KEY,
    programme_id uuid NOT NULL REFERENCES programme (id),
    board_id uuid REFERENCES board (id),
    number integer NOT NULL,
    title jsonb NOT NULL,
    summary jsonb NOT NULL,
    language text NOT NULL,
    languages jsonb NOT NULL,
    sample boolean NOT NULL,
    content_hash bytea NOT NULL,
    published_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (programme_id, number)
);

CREATE TABLE programme_year (
    id uuid NOT NULL PRIMARY KEY,
    programme_version_id uuid NOT NULL REFERENCES programme_version (id),
    board_id uuid REFERENCES board (id),
    number integer NOT NULL,
    title jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (programme_version_id, number)
);

CREATE TABLE module (
    id uuid NOT NULL PRIMARY KEY,
    programme_version_id uuid NOT NULL REFERENCES programme_version (id),
    programme_year_id uuid NOT NULL REFERENCES programme_year (id),
    board_id uuid REFERENCES board (id),
    position integer NOT NULL,
    title jsonb NOT NULL,
    goal jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (programme_year_id, position)
);

CREATE INDEX module_by_version ON module (programme_version_id);

CREATE TABLE lesson (
    id uuid NOT NULL PRIMARY KEY,
    programme_version_id uuid NOT NULL REFERENCES programme_version (id),
    module_id uuid NOT NULL REFERENCES module (id),
    board_id uuid REFERENCES board (id),
    key text NOT NULL,
    position integer NOT NULL,
    title jsonb NOT NULL,
    objectives jsonb NOT NULL,
    theory jsonb NOT NULL,
    practical_tips jsonb NOT NULL,
    team_script jsonb NOT NULL,
    duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (programme_version_id, key),
    UNIQUE (module_id, position)
);

CREATE TABLE material (
    id uuid NOT NULL PRIMARY KEY,
    programme_version_id uuid NOT NULL REFERENCES programme_version (id),
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    board_id uuid REFERENCES board (id),
    key text NOT NULL,
    position integer NOT NULL,
    title jsonb NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ARTICLE', 'VIDEO', 'TOOL', 'BOOK_CHAPTER', 'PRESENTATION', 'EXERCISE')),
    audience text NOT NULL CHECK (audience IN ('SCHOOL_LEADER', 'TEACHER', 'GUARDIAN', 'EVERYONE')),
    body jsonb,
    url text,
    duration_minutes integer CHECK (duration_minutes > 0),
    book_reference jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (programme_version_id, key),
    UNIQUE (lesson_id, position)
);

CREATE TABLE material_state (
    account_id uuid NOT NULL REFERENCES account (id),
    material_id uuid NOT NULL REFERENCES material (id),
    state text NOT NULL CHECK (state IN ('NEW', 'STARTED', 'COMPLETED')),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, material_id)
);

";

const DOWN: &str = "
DROP TABLE material_state;

DROP TABLE material;

DROP TABLE lesson;

DROP TABLE module;

DROP TABLE programme_year;

DROP TABLE programme_version;

DROP TABLE programme;

";
