//! One text of SQL for two databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// What SQLite calls the types of PostgreSQL that the migrations use. Its tables are STRICT, so that a value of another
/// kind is refused there as well.
const SQLITE_TYPES: [(&str, &str); 8] = [
    (" uuid", " BLOB"),
    (" timestamptz", " TEXT"),
    (" date", " TEXT"),
    (" jsonb", " TEXT"),
    (" bytea", " BLOB"),
    (" boolean", " INTEGER"),
    (" bigint", " INTEGER"),
    (" bigserial PRIMARY KEY", " INTEGER PRIMARY KEY AUTOINCREMENT"),
];

/// Of a table that must not tell in which order its rows came, as SQLite says it. PostgreSQL has no word for it: there a row
/// lies where there was room, with the number of the transaction that wrote it, and who writes it has to mind that.
const UNORDERED: &str = " WITHOUT ROWID";

/// Runs the statements of `sql`, which are separated by `;` and an empty line.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    for statement in sql.split(";\n\n").map(str::trim).filter(|text| !text.is_empty()) {
        let statement = if sqlite { for_sqlite(statement) } else { statement.replace(UNORDERED, "") };
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

fn for_sqlite(statement: &str) -> String {
    let mut text = statement.trim_end_matches(';').to_owned();
    for (postgres, sqlite) in SQLITE_TYPES {
        text = text.replace(postgres, sqlite);
    }
    if text.starts_with("CREATE TABLE") {
        text.push_str(if text.ends_with(UNORDERED) { ", STRICT" } else { " STRICT" });
    }
    text
}
