//! What guardians say of days that a child does not come, and what they consent to.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 3] = ["absence_notice", "consent_purpose", "consent"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// `consent` is only added to: the last row of a guardian in a school year is the answer that counts.
const UP: &str = "
CREATE TABLE absence_notice (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    has_start_time boolean NOT NULL,
    has_end_time boolean NOT NULL,
    reason text NOT NULL CHECK (reason IN ('SICK', 'APPOINTMENT', 'FAMILY', 'OTHER')),
    note text,
    withdrawn_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (starts_at < ends_at),
    UNIQUE (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX absence_notice_by_student ON absence_notice (student_id, starts_at, id);

CREATE TABLE consent_purpose (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    text jsonb NOT NULL,
    asked_from date NOT NULL,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

CREATE INDEX consent_purpose_by_school ON consent_purpose (school_id, id);

CREATE TABLE consent (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    purpose_id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    school_year_id uuid NOT NULL,
    answer text NOT NULL CHECK (answer IN ('GRANTED', 'REFUSED', 'WITHDRAWN')),
    answered_at timestamptz NOT NULL,
    UNIQUE (id, board_id),
    FOREIGN KEY (purpose_id, board_id) REFERENCES consent_purpose (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (school_year_id, board_id) REFERENCES school_year (id, board_id)
);

CREATE INDEX consent_by_student ON consent (student_id, school_year_id, purpose_id, guardian_id, id);

";
