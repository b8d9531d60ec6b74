//! Cohorts and the schools in them; a trainer can hold the role in a cohort.

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
        allow_scopes(manager, "'BOARD', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP', 'COHORT'").await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for table in ["cohort", "cohort_school"] {
                manager.get_connection().execute_unprepared(&wall(table, "board_id")).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            // The owner of the tables stands before the wall as well.
            run(manager, "SELECT set_config('glans.system', 'on', true)").await?;
        }
        run(manager, "DELETE FROM membership WHERE scope_kind = 'COHORT'").await?;
        allow_scopes(manager, "'BOARD', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP'").await?;
        run(manager, DOWN).await
    }
}

/// A check cannot be changed in SQLite: the table is made anew, which nothing refers to.
async fn allow_scopes(manager: &SchemaManager<'_>, scopes: &str) -> Result<(), DbErr> {
    let sql = match manager.get_database_backend() {
        DbBackend::Postgres => format!(
            "ALTER TABLE membership DROP CONSTRAINT membership_scope_kind_check;\n\n\
             ALTER TABLE membership ADD CONSTRAINT membership_scope_kind_check CHECK (scope_kind IN ({scopes}))"
        ),
        _ => MEMBERSHIP_ANEW.replace("{scopes}", scopes),
    };
    run(manager, &sql).await
}

const UP: &str = "
CREATE TABLE cohort (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    name text NOT NULL,
    programme_version_id uuid NOT NULL REFERENCES programme_version (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (board_id, name)
);

CREATE TABLE cohort_school (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    cohort_id uuid NOT NULL,
    school_id uuid NOT NULL,
    joined_on date NOT NULL,
    left_on date,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (cohort_id, school_id),
    FOREIGN KEY (cohort_id, board_id) REFERENCES cohort (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

CREATE INDEX cohort_school_by_school ON cohort_school (school_id);

";

const DOWN: &str = "
DROP TABLE cohort_school;

DROP TABLE cohort;

";

const MEMBERSHIP_ANEW: &str = "
ALTER TABLE membership RENAME TO membership_before;

DROP INDEX membership_once;

DROP INDEX membership_by_scope;

DROP INDEX membership_by_school;

CREATE TABLE membership (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    person_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('BOARD_ADMIN', 'CLUSTER_DIRECTOR', 'SCHOOL_LEADER', 'TEACHER', 'TRAINER')),
    scope_kind text NOT NULL CHECK (scope_kind IN ({scopes})),
    scope_id uuid NOT NULL,
    school_id uuid,
    starts_on date,
    ends_on date,
    ended_at timestamptz,
    source_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (board_id, source_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

INSERT INTO membership SELECT * FROM membership_before;

DROP TABLE membership_before;

CREATE UNIQUE INDEX membership_once ON membership (person_id, role, scope_id) WHERE ended_at IS NULL;

CREATE INDEX membership_by_scope ON membership (scope_id, role);

CREATE INDEX membership_by_school ON membership (school_id, person_id);

";
