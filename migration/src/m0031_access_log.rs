//! Who opened the record of a child or guardian.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::m0007_row_level_security::{APPLICATION_ROLE, raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 1] = ["access_log"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, LOG, &TABLES).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Lines go when their time is over, by the program itself, and are never changed.
            let fixed = format!(
                "REVOKE UPDATE ON access_log FROM {APPLICATION_ROLE};
                 CREATE POLICY kept ON access_log AS RESTRICTIVE FOR DELETE USING ((SELECT glans_is_system()));"
            );
            manager.get_connection().execute_unprepared(&fixed).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// A line goes with the child or guardian that it is about. Who looked is kept as an id without a key: the line stays when they go.
const LOG: &str = "
CREATE TABLE access_log (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    reader text NOT NULL,
    roles jsonb NOT NULL,
    student_id uuid,
    guardian_id uuid,
    hour timestamptz NOT NULL,
    at timestamptz NOT NULL,
    request_id text NOT NULL,
    CHECK ((student_id IS NULL) <> (guardian_id IS NULL)),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id) ON DELETE CASCADE,
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX access_log_once_of_child ON access_log (student_id, reader, hour) WHERE student_id IS NOT NULL;

CREATE UNIQUE INDEX access_log_once_of_guardian ON access_log (guardian_id, reader, hour) WHERE guardian_id IS NOT NULL;

CREATE INDEX access_log_by_child ON access_log (student_id, at, id) WHERE student_id IS NOT NULL;

CREATE INDEX access_log_by_guardian ON access_log (guardian_id, at, id) WHERE guardian_id IS NOT NULL;

CREATE INDEX access_log_by_time ON access_log (at)
";
