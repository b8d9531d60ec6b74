//! Surveys and pulses: questions to many, and what was answered.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 4] = ["survey", "survey_question", "survey_response", "survey_answer"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// Who took part in an anonymous survey stands in `recipient`, with the day alone; what was answered stands here under a
/// random id, with neither the person nor the time. On SQLite it has no place in the order of their coming either; on
/// PostgreSQL, where a row tells which transaction wrote it, others are written anew with each.
const UP: &str = "
CREATE TABLE survey (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid,
    author_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('SURVEY', 'PULSE')),
    title text NOT NULL,
    intro text,
    anonymous boolean NOT NULL,
    roles jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('DRAFT', 'OPEN', 'CLOSED')),
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (kind <> 'PULSE' OR NOT anonymous),
    UNIQUE (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX survey_by_time ON survey (board_id, opens_at, id);

CREATE INDEX survey_by_author ON survey (author_id);

CREATE TABLE survey_question (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    survey_id uuid NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('SINGLE', 'MULTIPLE', 'SCALE', 'TEXT')),
    text text NOT NULL,
    required boolean NOT NULL,
    options jsonb NOT NULL,
    UNIQUE (id, survey_id, board_id),
    UNIQUE (survey_id, position),
    FOREIGN KEY (survey_id, board_id) REFERENCES survey (id, board_id)
);

CREATE TABLE survey_response (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    survey_id uuid NOT NULL,
    person_id uuid,
    student_id uuid,
    as_staff boolean NOT NULL,
    submitted_at timestamptz,
    CHECK ((person_id IS NULL) = (submitted_at IS NULL)),
    CHECK (student_id IS NULL OR person_id IS NOT NULL),
    UNIQUE (id, survey_id, board_id),
    FOREIGN KEY (survey_id, board_id) REFERENCES survey (id, board_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX survey_response_of_person ON survey_response (survey_id, person_id) WHERE student_id IS NULL;

CREATE UNIQUE INDEX survey_response_of_child ON survey_response (survey_id, person_id, student_id) WHERE student_id IS NOT NULL;

CREATE INDEX survey_response_by_student ON survey_response (student_id, submitted_at);

CREATE INDEX survey_response_by_person ON survey_response (person_id);

CREATE TABLE survey_answer (
    response_id uuid NOT NULL,
    question_id uuid NOT NULL,
    value integer NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    survey_id uuid NOT NULL,
    text text,
    PRIMARY KEY (response_id, question_id, value),
    FOREIGN KEY (response_id, survey_id, board_id) REFERENCES survey_response (id, survey_id, board_id),
    FOREIGN KEY (question_id, survey_id, board_id) REFERENCES survey_question (id, survey_id, board_id)
) WITHOUT ROWID;

CREATE INDEX survey_answer_by_question ON survey_answer (question_id, value);

";
