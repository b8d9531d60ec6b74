//! Boards, clusters, schools, school years and class groups.

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

/// `(id, board_id)` is unique wherever another table refers to a row, so that a foreign key cannot cross boards.
const UP: &str = "
CREATE TABLE board (
    id uuid NOT NULL PRIMARY KEY,
    number text UNIQUE,
    name text NOT NULL,
    time_zone text NOT NULL,
    least_shown integer CHECK (least_shown BETWEEN 5 AND 100),
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);

CREATE TABLE cluster (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    name text NOT NULL,
    source_id text,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (board_id, name),
    UNIQUE (board_id, source_id)
);

CREATE TABLE school (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cluster_id uuid,
    name text NOT NULL,
    registered_name text,
    brin text,
    location_code text,
    street text,
    house_number text,
    postcode text,
    city text,
    phone text,
    website text,
    denomination text,
    holiday_region text,
    pupil_count integer,
    source_id text,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (board_id, brin, location_code),
    UNIQUE (board_id, source_id),
    FOREIGN KEY (cluster_id, board_id) REFERENCES cluster (id, board_id)
);

CREATE INDEX school_by_name ON school (board_id, name, id);

CREATE INDEX school_by_cluster ON school (cluster_id, name, id);

CREATE TABLE school_year (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    title text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    source_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (board_id, starts_on),
    UNIQUE (board_id, source_id),
    CHECK (starts_on < ends_on)
);

CREATE TABLE class_group (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    school_year_id uuid NOT NULL,
    name text NOT NULL,
    grades jsonb NOT NULL,
    source_id text,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (school_id, school_year_id, name),
    UNIQUE (board_id, source_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (school_year_id, board_id) REFERENCES school_year (id, board_id)
);

";

const DOWN: &str = "
DROP TABLE class_group;

DROP TABLE school_year;

DROP TABLE school;

DROP TABLE cluster;

DROP TABLE board;

";
