//! Facts of engagement, and the figures that are made of them.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 10] = [
    "metric_fact",
    "metric_stretch",
    "metric_uncounted",
    "metric_unrecorded",
    "metric_census",
    "metric_due",
    "metric_cell",
    "metric_figure",
    "metric_unpublished",
    "metric_milestone",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, METRICS, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// No foreign keys but that of the board: a fact outlives what it is of, and names nobody by then. A cluster or class group
/// that there is none of is the nil id, as keys hold no null.
const METRICS: &str = "
CREATE TABLE metric_fact (
    metric text NOT NULL,
    item_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    cluster_id uuid NOT NULL,
    school_id uuid NOT NULL,
    class_group_id uuid NOT NULL,
    language text NOT NULL,
    day date NOT NULL,
    counts_at timestamptz NOT NULL,
    numerator integer NOT NULL CHECK (numerator >= 0),
    denominator integer NOT NULL CHECK (denominator >= 0),
    unknown integer NOT NULL CHECK (unknown >= 0),
    PRIMARY KEY (metric, item_id, subject_id)
) WITHOUT ROWID;

CREATE INDEX metric_fact_by_day ON metric_fact (school_id, day, metric);

CREATE INDEX metric_fact_by_subject ON metric_fact (subject_id, metric, day);

CREATE TABLE metric_stretch (
    student_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    board_id uuid NOT NULL REFERENCES board (id),
    cluster_id uuid NOT NULL,
    school_id uuid NOT NULL,
    class_group_id uuid NOT NULL,
    language text NOT NULL,
    is_reachable boolean NOT NULL,
    entitled integer NOT NULL CHECK (entitled >= 0),
    activated integer NOT NULL CHECK (activated BETWEEN 0 AND entitled),
    engaged text NOT NULL CHECK (engaged IN ('MET', 'NOT_YET', 'UNKNOWN', 'EXEMPT')),
    PRIMARY KEY (student_id, starts_on),
    CHECK (ends_on >= starts_on)
);

CREATE INDEX metric_stretch_by_school ON metric_stretch (school_id, starts_on);

CREATE UNIQUE INDEX metric_stretch_open ON metric_stretch (student_id) WHERE ends_on IS NULL;

CREATE TABLE metric_uncounted (
    student_id uuid NOT NULL,
    day date NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    PRIMARY KEY (student_id, day)
);

CREATE INDEX metric_uncounted_by_board ON metric_uncounted (board_id, day);

CREATE TABLE metric_unrecorded (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    at timestamptz NOT NULL
);

CREATE INDEX metric_unrecorded_by_board ON metric_unrecorded (board_id, at);

CREATE TABLE metric_census (
    school_id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    taken_at timestamptz NOT NULL
);

CREATE TABLE metric_due (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    day date NOT NULL,
    due_at timestamptz NOT NULL
);

CREATE INDEX metric_due_by_time ON metric_due (due_at);

CREATE TABLE metric_cell (
    school_id uuid NOT NULL,
    metric text NOT NULL,
    span text NOT NULL CHECK (span IN ('WEEK', 'MONTH', 'SCHOOL_YEAR')),
    starts_on date NOT NULL,
    cluster_id uuid NOT NULL,
    class_group_id uuid NOT NULL,
    language text NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    version integer NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    unknown bigint NOT NULL,
    PRIMARY KEY (school_id, span, starts_on, metric, cluster_id, class_group_id, language)
) WITHOUT ROWID;

CREATE INDEX metric_cell_by_board ON metric_cell (board_id, metric, span, starts_on);

CREATE TABLE metric_figure (
    board_id uuid NOT NULL REFERENCES board (id),
    span text NOT NULL CHECK (span IN ('WEEK', 'MONTH', 'SCHOOL_YEAR')),
    starts_on date NOT NULL,
    metric text NOT NULL,
    level text NOT NULL CHECK (level IN ('BOARD', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP')),
    parent_id uuid NOT NULL,
    place_id uuid NOT NULL,
    language text NOT NULL,
    version integer NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    unknown bigint NOT NULL,
    inside text CHECK (inside IN ('SMALL_DENOMINATOR', 'COMPLEMENTARY', 'SENSITIVE_EXTREME')),
    outside text CHECK (outside IN ('SMALL_DENOMINATOR', 'COMPLEMENTARY', 'SENSITIVE_EXTREME')),
    PRIMARY KEY (board_id, span, metric, level, language, starts_on, parent_id, place_id)
) WITHOUT ROWID;

CREATE INDEX metric_figure_of_place ON metric_figure (place_id, span, metric, starts_on);

CREATE TABLE metric_unpublished (
    board_id uuid NOT NULL REFERENCES board (id),
    school_year date NOT NULL,
    token uuid NOT NULL,
    lease uuid,
    leased_until timestamptz,
    PRIMARY KEY (board_id, school_year)
);

CREATE TABLE metric_milestone (
    board_id uuid NOT NULL REFERENCES board (id),
    kind text NOT NULL,
    reached text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (board_id, kind, reached)
)
";
