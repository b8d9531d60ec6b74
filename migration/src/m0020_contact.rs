//! Short contacts between schools and guardians, and concerns about a child.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["contact_moment", "concern"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

const UP: &str = "
CREATE TABLE contact_moment (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid,
    author_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('AT_THE_DOOR', 'PHONE', 'HOME_VISIT', 'VIDEO', 'LETTER', 'OTHER')),
    tone text NOT NULL CHECK (tone IN ('COMPLIMENT', 'NEUTRAL', 'CONCERN')),
    note text,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX contact_moment_by_student ON contact_moment (student_id, occurred_at, id);

CREATE INDEX contact_moment_by_author ON contact_moment (author_id);

CREATE TABLE concern (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    student_id uuid NOT NULL,
    raised_by uuid NOT NULL,
    is_staff boolean NOT NULL,
    text text NOT NULL,
    urgency text CHECK (urgency IN ('CAN_WAIT', 'THIS_WEEK', 'TODAY')),
    shared boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('OPEN', 'ACKNOWLEDGED', 'RESOLVED')),
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    resolved_at timestamptz,
    resolved_by uuid,
    resolution text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((status = 'OPEN') = (acknowledged_at IS NULL)),
    CHECK ((status = 'RESOLVED') = (resolved_at IS NOT NULL)),
    CHECK ((resolved_at IS NULL) = (resolution IS NULL)),
    CHECK (is_staff OR NOT shared),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (raised_by, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (acknowledged_by, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (resolved_by, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX concern_by_student ON concern (student_id, created_at, id);

";
