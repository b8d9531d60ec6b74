//! The migrations: up and down on both engines, and on PostgreSQL the second wall round the rows of a board.

use std::time::Duration;

use glans::platform::db::{Turn, Way};
use glans_migration::Migrator;
use glans_tests::{EmptyDatabase, Engine, on_each_database, run};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;

/// All that the catalogue says of tables, columns, keys, indexes, checks and policies, one line each.
const POSTGRES_CATALOGUE: &str = "
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'policy ' || tablename || ' ' || qual || ' ' || coalesce(with_check, '') FROM pg_policies
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY line";
const SQLITE_CATALOGUE: &str = "
    SELECT type || ' ' || coalesce(sql, name) AS line FROM sqlite_master
     WHERE name NOT LIKE 'sqlite_%' ORDER BY line";

async fn they_go_up_and_down_and_up_again(database: &EmptyDatabase) {
    let connection = Database::connect(database.url()).await.unwrap();
    Migrator::install(&connection).await.unwrap();
    let nothing = catalogue(&connection, database.engine()).await;

    Migrator::up(&connection, None).await.unwrap();
    let everything = catalogue(&connection, database.engine()).await;
    assert!(everything.len() > nothing.len() + 50, "only {} lines: {everything:#?}", everything.len());

    Migrator::down(&connection, None).await.unwrap();
    assert_eq!(catalogue(&connection, database.engine()).await, nothing, "something stays behind");

    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(catalogue(&connection, database.engine()).await, everything);
    connection.close().await.unwrap();
}

on_each_database!(
    they_go_up_and_down_and_up_again,
    one_that_breaks_off_leaves_no_half_of_itself,
    who_comes_second_waits_until_the_first_has_migrated,
    a_log_that_was_there_before_is_brought_up_to_date,
);

async fn one_that_breaks_off_leaves_no_half_of_itself(database: &EmptyDatabase) {
    let connection = alone(database).await;
    Migrator::install(&connection).await.unwrap();
    let nothing = catalogue(&connection, database.engine()).await;
    // Where the second table of the first migration is to be, something else is.
    connection.execute_unprepared("CREATE TABLE cluster (id integer)").await.unwrap();
    assert!(Migrator::up(&connection, None).await.unwrap_err().to_string().contains("cluster"));
    connection.execute_unprepared("DROP TABLE cluster").await.unwrap();
    assert_eq!(catalogue(&connection, database.engine()).await, nothing, "the first table stays");
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
}

async fn who_comes_second_waits_until_the_first_has_migrated(database: &EmptyDatabase) {
    let first = Turn::take(database.url()).await.unwrap();
    let mut second = Box::pin(Turn::take(database.url()));
    assert!(tokio::time::timeout(Duration::from_millis(200), &mut second).await.is_err(), "two at a time");
    first.migrate(Way::Up(None)).await.unwrap();
    let second = second.await.unwrap();
    let connection = alone(database).await;
    assert_eq!(Migrator::get_pending_migrations_read_only(&connection).await.unwrap().len(), 0);
    connection.close().await.unwrap();
    // Whoever gives up lets others in.
    drop(second);
    Turn::take(database.url()).await.unwrap().migrate(Way::Down(1)).await.unwrap();
    let connection = alone(database).await;
    assert_eq!(Migrator::get_pending_migrations_read_only(&connection).await.unwrap().len(), 1);
    connection.close().await.unwrap();
}

/// As a database was whose log of changes is older than the narrow places.
async fn a_log_that_was_there_before_is_brought_up_to_date(database: &EmptyDatabase) {
    let connection = migrated(database).await;
    let engine = database.engine();
    // SQLite keeps the text by which a table was made, with a column that came later at its end.
    let told = async || -> Vec<String> {
        let mut lines = catalogue(&connection, engine).await;
        lines.retain(|line| !line.contains("CREATE TABLE change"));
        lines
    };
    let everything = told().await;
    if engine == Engine::Sqlite {
        let triggers = "SELECT name AS line FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'glans_change_%'";
        for trigger in lines(&connection, triggers).await {
            connection.execute_unprepared(&format!("DROP TRIGGER {trigger}")).await.unwrap();
        }
    }
    connection.execute_unprepared("ALTER TABLE change DROP COLUMN narrow").await.unwrap();
    assert_ne!(told().await, everything);
    let later = Migrator::migrations().iter().rev().position(|migration| migration.name() == "m0014_narrow_places");
    let steps = u32::try_from(later.expect("the migration is there") + 1).unwrap();
    Migrator::down(&connection, Some(steps)).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(told().await, everything);
    connection.close().await.unwrap();
}

async fn every_table_of_a_board_stands_behind_the_wall(database: &EmptyDatabase) {
    let connection = migrated(database).await;
    let open = lines(
        &connection,
        "SELECT c.relname::text AS line FROM pg_class c
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND (c.relname = 'board' OR EXISTS (
                SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'board_id' AND NOT a.attisdropped))
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                     AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
          ORDER BY 1",
    )
    .await;
    assert_eq!(open, Vec::<String>::new(), "tables with a board_id and without forced row-level security");
    connection.close().await.unwrap();
}

async fn the_application_role_cannot_pass_the_wall(database: &EmptyDatabase) {
    let connection = migrated(database).await;
    let role = lines(
        &connection,
        "SELECT concat_ws(' ', rolsuper, rolbypassrls, rolcreaterole, rolcanlogin) AS line
           FROM pg_roles WHERE rolname = 'glans_app'",
    )
    .await;
    assert_eq!(role, ["f f f f"]);
    connection.close().await.unwrap();
}

async fn a_forgotten_setting_shows_nothing(database: &EmptyDatabase) {
    let connection = migrated(database).await;
    let [ours, theirs] = ["00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-00000000000b"];
    for board in [ours, theirs] {
        in_transaction(&connection, &["SET LOCAL glans.system = 'on'", &insert_board(board)]).await.unwrap();
    }

    for role in ["", "SET LOCAL ROLE glans_app"] {
        assert_eq!(boards(&connection, &[role]).await, Vec::<String>::new(), "as {role:?}, without a setting");
        let own = format!("SET LOCAL glans.boards = '{ours}'");
        assert_eq!(boards(&connection, &[role, &own]).await, [ours], "as {role:?}, in the own board");
        assert_eq!(boards(&connection, &[role]).await, Vec::<String>::new(), "as {role:?}: the setting leaks");

        let foreign = "00000000-0000-7000-8000-00000000000c";
        let refused = in_transaction(&connection, &[role, &own, &insert_board(foreign)]).await;
        assert!(
            refused.unwrap_err().to_string().contains("row-level security"),
            "as {role:?}: a foreign row was written"
        );
    }
    connection.close().await.unwrap();
}

#[test]
fn postgres_every_table_of_a_board_stands_behind_the_wall() {
    run(Engine::Postgres, every_table_of_a_board_stands_behind_the_wall);
}

#[test]
fn postgres_the_application_role_cannot_pass_the_wall() {
    run(Engine::Postgres, the_application_role_cannot_pass_the_wall);
}

#[test]
fn postgres_a_forgotten_setting_shows_nothing() {
    run(Engine::Postgres, a_forgotten_setting_shows_nothing);
}

async fn they_take_as_long_as_they_must(database: &EmptyDatabase) {
    let connection = alone(database).await;
    // What the administrator of the server found long enough for everybody, in milliseconds.
    let hurried = "DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET statement_timeout = 1', current_database());
        EXECUTE format('ALTER DATABASE %I SET lock_timeout = 1', current_database());
    END $$";
    connection.execute_unprepared(hurried).await.unwrap();
    connection.close().await.unwrap();
    let hurried = alone(database).await;
    assert!(hurried.execute_unprepared("SELECT pg_sleep(1)").await.is_err());
    hurried.close().await.unwrap();
    let first = Turn::take(database.url()).await.unwrap();
    let slow = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        first.migrate(Way::Up(None)).await
    };
    let (first, second) = tokio::join!(slow, Turn::take(database.url()));
    first.unwrap();
    second.unwrap().migrate(Way::Down(1)).await.unwrap();
}

#[test]
fn postgres_they_take_as_long_as_they_must() {
    run(Engine::Postgres, they_take_as_long_as_they_must);
}

/// Who queues behind a migration that waits for a table would wait as long as that.
async fn they_stand_in_nobodys_way(database: &EmptyDatabase) {
    let migrate = async |way| Turn::take(database.url()).await.unwrap().migrate(way).await.unwrap();
    migrate(Way::Up(Some(24))).await;
    let stranger = alone(database).await;
    let reading = stranger.begin().await.unwrap();
    reading.execute_unprepared("SELECT count(*) FROM outbox").await.unwrap();
    let other = async {
        let other = alone(database).await;
        other.execute_unprepared("SET statement_timeout = '8s'").await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        other.execute_unprepared("SELECT count(*) FROM outbox").await.unwrap();
        other.close().await.unwrap();
        reading.rollback().await.unwrap();
    };
    // Of these two the second changes the outbox: it begins anew, and the first does not.
    tokio::join!(migrate(Way::Up(Some(2))), other);
    assert_eq!(Migrator::get_applied_migrations(&stranger).await.unwrap().len(), 26);
    stranger.close().await.unwrap();
}

#[test]
fn postgres_they_stand_in_nobodys_way() {
    run(Engine::Postgres, they_stand_in_nobodys_way);
}

/// With one connection, so that a setting that outlives its transaction would be seen.
async fn alone(database: &EmptyDatabase) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(database.url());
    options.max_connections(1);
    Database::connect(options).await.unwrap()
}

async fn migrated(database: &EmptyDatabase) -> DatabaseConnection {
    let connection = alone(database).await;
    Migrator::up(&connection, None).await.unwrap();
    connection
}

async fn catalogue(connection: &DatabaseConnection, engine: Engine) -> Vec<String> {
    match engine {
        Engine::Sqlite => lines(connection, SQLITE_CATALOGUE).await,
        Engine::Postgres => lines(connection, POSTGRES_CATALOGUE).await,
    }
}

async fn lines(connection: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

fn insert_board(id: &str) -> String {
    format!(
        "INSERT INTO board (id, name, time_zone, created_at, updated_at, version)
         VALUES ('{id}', 'Board', 'Europe/Amsterdam', now(), now(), 1)"
    )
}

async fn in_transaction(connection: &DatabaseConnection, statements: &[&str]) -> Result<(), sea_orm::DbErr> {
    let transaction = connection.begin().await?;
    for statement in statements.iter().filter(|statement| !statement.is_empty()) {
        transaction.execute_unprepared(statement).await?;
    }
    transaction.commit().await
}

/// The boards that a transaction with these settings sees.
async fn boards(connection: &DatabaseConnection, settings: &[&str]) -> Vec<String> {
    let transaction = connection.begin().await.unwrap();
    for setting in settings.iter().filter(|setting| !setting.is_empty()) {
        transaction.execute_unprepared(setting).await.unwrap();
    }
    let seen = lines(&transaction, "SELECT id::text AS line FROM board ORDER BY 1").await;
    transaction.rollback().await.unwrap();
    seen
}
