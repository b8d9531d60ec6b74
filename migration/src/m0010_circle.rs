//! What becomes of a lesson at a school: team sessions, attendance, experiences, and how far it is.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 7] =
    ["team_session", "attendance", "experience", "comment", "lesson_mark", "lesson_progress", "lesson_event"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// `lesson_progress` can be told from the other tables at any time; it is kept so that a grid is one statement.
const UP: &str = "
CREATE TABLE team_session (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    cohort_school_id uuid NOT NULL,
    school_id uuid NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    location text,
    status text NOT NULL CHECK (status IN ('PLANNED', 'HELD', 'CANCELLED')),
    notes text,
    recorded_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK ((status = 'HELD') = (recorded_at IS NOT NULL)),
    UNIQUE (id, board_id),
    FOREIGN KEY (cohort_school_id, board_id) REFERENCES cohort_school (id, board_id),
    FOREIGN KEY (cohort_id, school_id) REFERENCES cohort_school (cohort_id, school_id)
);

CREATE INDEX team_session_by_school ON team_session (cohort_school_id, lesson_id, starts_at);

CREATE INDEX team_session_by_time ON team_session (school_id, ends_at);

CREATE TABLE attendance (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    school_id uuid NOT NULL,
    meeting_id uuid,
    team_session_id uuid,
    person_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('ACCEPTED', 'DECLINED', 'PRESENT', 'ABSENT', 'CAUGHT_UP')),
    expected boolean NOT NULL,
    responded_at timestamptz,
    recorded_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((meeting_id IS NULL) <> (team_session_id IS NULL)),
    UNIQUE (meeting_id, person_id, school_id),
    UNIQUE (team_session_id, person_id),
    FOREIGN KEY (meeting_id, cohort_id, board_id) REFERENCES meeting (id, cohort_id, board_id),
    FOREIGN KEY (team_session_id, board_id) REFERENCES team_session (id, board_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (cohort_id, school_id) REFERENCES cohort_school (cohort_id, school_id)
);

CREATE INDEX attendance_by_person ON attendance (person_id);

CREATE INDEX attendance_by_cohort ON attendance (cohort_id);

CREATE TABLE experience (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    cohort_school_id uuid NOT NULL,
    school_id uuid NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    author_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('OBSTACLE', 'QUESTION', 'SUCCESS', 'TIP', 'CASE')),
    text text NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('SCHOOL', 'COHORT', 'BOARD')),
    shared_at timestamptz,
    discussed_meeting_id uuid,
    discussed_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((visibility = 'SCHOOL') = (shared_at IS NULL)),
    CHECK ((discussed_meeting_id IS NULL) = (discussed_at IS NULL)),
    UNIQUE (id, cohort_id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (discussed_meeting_id, cohort_id, board_id) REFERENCES meeting (id, cohort_id, board_id),
    FOREIGN KEY (cohort_school_id, board_id) REFERENCES cohort_school (id, board_id),
    FOREIGN KEY (cohort_id, school_id) REFERENCES cohort_school (cohort_id, school_id)
);

CREATE INDEX experience_by_lesson ON experience (cohort_id, lesson_id);

CREATE INDEX experience_by_time ON experience (lesson_id, created_at, id);

CREATE INDEX experience_by_author ON experience (author_id);

CREATE INDEX experience_of_board ON experience (board_id) WHERE visibility = 'BOARD';

CREATE TABLE comment (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    experience_id uuid NOT NULL,
    author_id uuid NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    FOREIGN KEY (experience_id, cohort_id, board_id) REFERENCES experience (id, cohort_id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX comment_by_experience ON comment (experience_id, created_at, id);

CREATE INDEX comment_by_author ON comment (author_id);

CREATE TABLE lesson_mark (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    cohort_school_id uuid NOT NULL,
    school_id uuid NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    kind text NOT NULL CHECK (kind IN ('SKIPPED', 'REOPENED')),
    reason text NOT NULL,
    made_by uuid,
    made_at timestamptz NOT NULL,
    FOREIGN KEY (cohort_school_id, board_id) REFERENCES cohort_school (id, board_id)
);

CREATE INDEX lesson_mark_by_school ON lesson_mark (cohort_school_id, lesson_id);

CREATE TABLE lesson_progress (
    cohort_school_id uuid NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN
        ('NOT_STARTED', 'PREPARED', 'SCHEDULED', 'TAUGHT', 'REFLECTED', 'DISCUSSED', 'SKIPPED')),
    prepared_at timestamptz,
    taught_at timestamptz,
    reflected_at timestamptz,
    discussed_at timestamptz,
    skipped_reason text,
    due_at timestamptz,
    PRIMARY KEY (cohort_school_id, lesson_id),
    CHECK ((status = 'SKIPPED') = (skipped_reason IS NOT NULL)),
    FOREIGN KEY (cohort_school_id, board_id) REFERENCES cohort_school (id, board_id)
);

CREATE TABLE lesson_event (
    seq bigserial PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    cohort_school_id uuid NOT NULL,
    school_id uuid NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    progress jsonb NOT NULL,
    at timestamptz NOT NULL,
    FOREIGN KEY (cohort_school_id, board_id) REFERENCES cohort_school (id, board_id)
);

CREATE INDEX lesson_event_by_cohort ON lesson_event (cohort_id, seq);

CREATE INDEX lesson_event_by_time ON lesson_event (at);

";
