//! Threads of messages between schools and guardians, and the rules of each school for them.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 4] = ["contact_rules", "thread", "thread_participant", "message"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// The arrival of a message is unique in its thread: it is its place in the list, and how far somebody has read.
const UP: &str = "
CREATE TABLE contact_rules (
    school_id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    may_start text NOT NULL CHECK (may_start IN ('STAFF_ONLY', 'EVERYONE')),
    hours jsonb NOT NULL,
    reply_days integer NOT NULL CHECK (reply_days > 0),
    delivers_at_night boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

CREATE TABLE thread (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    student_id uuid NOT NULL,
    subject text NOT NULL,
    started_by uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('OPEN', 'CLOSED')),
    closed_at timestamptz,
    closed_by uuid,
    opens_at timestamptz NOT NULL,
    last_sent_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    awaits_since timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)),
    UNIQUE (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (started_by, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (closed_by, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX thread_by_student ON thread (student_id, last_at, id);

CREATE INDEX thread_by_time ON thread (last_at, id);

CREATE INDEX thread_awaiting ON thread (school_id) WHERE awaits_since IS NOT NULL;

CREATE TABLE thread_participant (
    thread_id uuid NOT NULL,
    person_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    student_id uuid NOT NULL,
    is_staff boolean NOT NULL,
    joined_at timestamptz NOT NULL,
    read_up_to timestamptz,
    PRIMARY KEY (thread_id, person_id),
    FOREIGN KEY (thread_id, board_id) REFERENCES thread (id, board_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX thread_participant_by_person ON thread_participant (person_id, thread_id);

CREATE INDEX thread_participant_by_student ON thread_participant (student_id);

CREATE TABLE message (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    thread_id uuid NOT NULL,
    school_id uuid NOT NULL,
    student_id uuid NOT NULL,
    author_id uuid NOT NULL,
    is_staff boolean NOT NULL,
    body text NOT NULL,
    sent_at timestamptz NOT NULL,
    arrives_at timestamptz NOT NULL,
    announced_at timestamptz,
    undeliverable_at timestamptz,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (sent_at <= arrives_at),
    CHECK (announced_at IS NULL OR undeliverable_at IS NULL),
    UNIQUE (thread_id, arrives_at),
    FOREIGN KEY (thread_id, board_id) REFERENCES thread (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX message_by_student ON message (student_id, thread_id);

CREATE INDEX message_held ON message (arrives_at) WHERE announced_at IS NULL AND undeliverable_at IS NULL;

";
