//! What became of the lessons of a cohort that moved to another edition of its course.

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
            manager.get_connection().execute_unprepared(&wall("lesson_succession", "board_id")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE lesson_succession").await
    }
}

/// A phone that was without a signal meanwhile still sends the lesson that it knew.
const UP: &str = "
CREATE TABLE lesson_succession (
    cohort_id uuid NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lesson (id),
    successor_id uuid NOT NULL REFERENCES lesson (id),
    board_id uuid NOT NULL REFERENCES board (id),
    PRIMARY KEY (cohort_id, lesson_id),
    FOREIGN KEY (cohort_id, board_id) REFERENCES cohort (id, board_id)
);
";
