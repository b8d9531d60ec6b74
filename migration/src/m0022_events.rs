//! Events, and who comes to them.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["event", "event_response"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// `waiting_position` is where an answer stands among all that ever waited; none for who has a place, or does not come.
const UP: &str = "
CREATE TABLE event (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid,
    author_id uuid NOT NULL,
    title text NOT NULL,
    description text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    location text,
    capacity integer CHECK (capacity > 0),
    respond_by timestamptz,
    status text NOT NULL CHECK (status IN ('PLANNED', 'CANCELLED')),
    cancel_reason text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (starts_at < ends_at),
    UNIQUE (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX event_by_time ON event (board_id, starts_at, id);

CREATE TABLE event_response (
    event_id uuid NOT NULL,
    person_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    answer text NOT NULL CHECK (answer IN ('YES', 'NO', 'MAYBE')),
    guest_count integer NOT NULL CHECK (guest_count BETWEEN 0 AND 10),
    waiting_position integer,
    answered_at timestamptz NOT NULL,
    checked_in_at timestamptz,
    PRIMARY KEY (event_id, person_id),
    UNIQUE (event_id, waiting_position),
    CHECK ((answer = 'YES') = (guest_count > 0)),
    CHECK (waiting_position IS NULL OR answer = 'YES'),
    FOREIGN KEY (event_id, board_id) REFERENCES event (id, board_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX event_response_by_person ON event_response (person_id, event_id);

";
