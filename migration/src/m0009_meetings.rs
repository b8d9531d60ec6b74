//! Meetings of cohorts, and the lessons that they prepare and review.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect::run;
use crate::m0007_row_level_security::wall;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for table in ["meeting", "meeting_lesson"] {
                manager.get_connection().execute_unprepared(&wall(table, "board_id")).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await
    }
}

const UP: &str = "
CREATE TABLE meeting (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
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
    UNIQUE (id, cohort_id, board_id),
    FOREIGN KEY (cohort_id, board_id) REFERENCES cohort (id, board_id)
);

CREATE INDEX meeting_by_cohort ON meeting (cohort_id, starts_at, id);

CREATE TABLE meeting_lesson (
    meeting_id uuid NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('PREPARES', 'REVIEWS')),
    position integer NOT NULL,
    PRIMARY KEY (meeting_id, lesson_id),
    FOREIGN KEY (meeting_id, cohort_id, board_id) REFERENCES meeting (id, cohort_id, board_id)
);

CREATE INDEX meeting_lesson_by_lesson ON meeting_lesson (lesson_id);

";

const DOWN: &str = "
DROP TABLE meeting_lesson;

DROP TABLE meeting;

";
