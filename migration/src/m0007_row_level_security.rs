//! The second wall, on PostgreSQL only: row-level security on every tenant table.
//!
//! A transaction takes on the role [`APPLICATION_ROLE`], which cannot bypass policies, and sets `glans.boards` to the
//! boards of its scope, both for its own duration only. A forgotten setting shows no rows at all. Work of the program
//! itself (sign-in, imports, retention) sets `glans.system` to `on`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect::run;

/// The role that transactions take on.
pub const APPLICATION_ROLE: &str = "glans_app";

/// The tables whose rows belong to one board. A row with no board is readable by all and written by the system only.
pub const TENANT_TABLES: [&str; 24] = [
    "cluster",
    "school",
    "school_year",
    "class_group",
    "person",
    "student",
    "enrolment",
    "guardianship",
    "membership",
    "invitation",
    "api_client",
    "api_client_secret",
    "audit",
    "programme",
    "programme_version",
    "programme_year",
    "module",
    "lesson",
    "material",
    "roster_import",
    "roster_problem",
    "roster_change",
    "outbox",
    "upload",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let db = manager.get_connection();
        db.execute_unprepared(PREPARE).await?;
        db.execute_unprepared(&wall("board", "id")).await?;
        for table in TENANT_TABLES {
            db.execute_unprepared(&wall(table, "board_id")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let db = manager.get_connection();
        for table in TENANT_TABLES.into_iter().chain(["board"]) {
            db.execute_unprepared(&format!(
                "DROP POLICY tenant ON {table};
                 ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
                 ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
            ))
            .await?;
        }
        db.execute_unprepared(UNPREPARE).await?;
        Ok(())
    }
}

/// The role belongs to the cluster of databases, not to this one, so another database may have made it already.
const PREPARE: &str = "
DO $$ BEGIN
    CREATE ROLE glans_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    EXECUTE format('GRANT glans_app TO %I', current_user);
END $$;
GRANT USAGE ON SCHEMA public TO glans_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO glans_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO glans_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO glans_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO glans_app;
REVOKE UPDATE, DELETE ON audit FROM glans_app;
CREATE FUNCTION glans_is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(current_setting('glans.system', true) = 'on', false) $$;
CREATE FUNCTION glans_boards() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT string_to_array(nullif(current_setting('glans.boards', true), ''), ',')::uuid[] $$;
";

/// The role stays: other databases of the cluster may use it.
const UNPREPARE: &str = "
DROP FUNCTION glans_boards();
DROP FUNCTION glans_is_system();
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM glans_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM glans_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM glans_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM glans_app;
REVOKE USAGE ON SCHEMA public FROM glans_app;
";

/// Makes `tables` of boards by `sql`, behind the wall.
pub(crate) async fn raise(manager: &SchemaManager<'_>, sql: &str, tables: &[&str]) -> Result<(), DbErr> {
    run(manager, sql).await?;
    if manager.get_database_backend() == DbBackend::Postgres {
        for table in tables {
            manager.get_connection().execute_unprepared(&wall(table, "board_id")).await?;
        }
    }
    Ok(())
}

/// Drops `tables`, the last one first.
pub(crate) async fn tear_down(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        run(manager, &format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}

/// The subselects make PostgreSQL evaluate the settings once per statement instead of once per row.
pub(crate) fn wall(table: &str, board: &str) -> String {
    let own = format!("(SELECT glans_is_system()) OR {board} = ANY ((SELECT glans_boards())::uuid[])");
    let nullable = PLATFORM_TABLES.contains(&table);
    let using = if nullable { format!("{board} IS NULL OR {own}") } else { own.clone() };
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
         CREATE POLICY tenant ON {table} USING ({using}) WITH CHECK ({own});"
    )
}

/// Their rows without a board are content of the platform, for all to read.
const PLATFORM_TABLES: [&str; 6] = ["programme", "programme_version", "programme_year", "module", "lesson", "material"];
