//! Every row of every table, as text.

use std::collections::BTreeMap;

use glans::call::today;
use glans_entity::scope::Scope;
use glans_tests::{Engine, World};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

/// The rows by table, in no order.
pub type Dump = BTreeMap<String, Vec<String>>;

const SQLITE_TABLES: &str =
    "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
const POSTGRES_TABLES: &str = "SELECT table_name::text AS line FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1";

async fn lines(db: &DatabaseTransaction, sql: String) -> Vec<String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

pub async fn of(world: &World) -> Dump {
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    let tables = match world.engine() {
        Engine::Sqlite => lines(&db, SQLITE_TABLES.to_owned()).await,
        Engine::Postgres => lines(&db, POSTGRES_TABLES.to_owned()).await,
    };
    let mut dump = Dump::new();
    for table in tables {
        let sql = match world.engine() {
            Engine::Sqlite => {
                let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
                let quoted: Vec<String> =
                    lines(&db, columns).await.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT {} AS line FROM \"{table}\"", quoted.join(" || ' ' || "))
            }
            Engine::Postgres => format!("SELECT to_jsonb(t)::text AS line FROM \"{table}\" t"),
        };
        let rows = lines(&db, sql).await;
        dump.insert(table, rows);
    }
    dump
}

/// The rows that hold one of these words, as `table: row`.
pub fn holding(dump: &Dump, words: &[String]) -> Vec<String> {
    let rows = dump.iter().flat_map(|(table, rows)| rows.iter().map(move |row| format!("{table}: {row}")));
    rows.filter(|row| words.iter().any(|word| row.contains(word.as_str()))).collect()
}

/// Rows of `before` that are not in `after`, as `table: row`.
pub fn gone(before: &Dump, after: &Dump) -> Vec<String> {
    let mut gone = Vec::new();
    for (table, rows) in before {
        let left = &after[table];
        gone.extend(rows.iter().filter(|row| !left.contains(row)).map(|row| format!("{table}: {row}")));
    }
    gone
}
