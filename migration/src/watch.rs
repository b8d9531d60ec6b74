//! Triggers that write down which nodes a statement touched, so that no writer can forget it.
//!
//! One list says what a table touches; one function makes the triggers of both databases from it. PostgreSQL's run once
//! per statement, over all its rows, so that imports stay fast.

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// A table, and the nodes that a row of it touches.
pub(crate) struct Watched {
    pub table: &'static str,
    /// Tells apart the triggers of several lists over one table.
    pub part: &'static str,
    /// Whether a row has an id, by which its old version is found beside its new one. Else its key says what it is about,
    /// and a key stays.
    pub has_id: bool,
    pub touches: &'static [Touch],
}

/// A node that a row `{r}` of the table touches. Fields are SQL, or empty for null.
pub(crate) struct Touch {
    /// Prefix of the node's id.
    pub kind: &'static str,
    pub node: &'static str,
    pub on: On,
    /// Rows that lead from `{r}` to the node: a table with its alias, and what joins it.
    pub join: &'static [(&'static str, &'static str)],
    pub board: &'static str,
    pub school: &'static str,
    pub scope: &'static str,
    pub account: &'static str,
    /// Only who answers for it sees it there: in the school who leads it, in the group who teaches it.
    pub narrow: bool,
}

/// When a row touches a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Any,
    /// When it comes.
    Added,
    /// Not when it goes.
    Stored,
    Deleted,
    /// Not when it comes or goes.
    Changed,
    /// When one of these columns changes: where the row was, and where it is.
    Moved(&'static [&'static str]),
    /// When it comes, goes, or is moved in that way.
    Placed(&'static [&'static str]),
}

impl Touch {
    pub(crate) const fn of(kind: &'static str, node: &'static str) -> Self {
        let board = "{r}.board_id";
        Self { kind, node, on: On::Any, join: &[], board, school: "", scope: "", account: "", narrow: false }
    }

    pub(crate) const fn on(self, on: On) -> Self {
        Self { on, ..self }
    }

    pub(crate) const fn join(self, join: &'static [(&'static str, &'static str)]) -> Self {
        Self { join, ..self }
    }

    pub(crate) const fn board(self, board: &'static str) -> Self {
        Self { board, ..self }
    }

    /// The school in which staff see the node.
    pub(crate) const fn school(self, school: &'static str) -> Self {
        Self { school, ..self }
    }

    /// What else puts the node in sight: a class group, a cohort, an edition.
    pub(crate) const fn scope(self, scope: &'static str) -> Self {
        Self { scope, ..self }
    }

    pub(crate) const fn narrow(self) -> Self {
        Self { narrow: true, ..self }
    }

    pub(crate) const fn account(self, account: &'static str) -> Self {
        Self { account, ..self }
    }

    /// The columns that say what the touch is about. A row keeps its id and its board.
    fn columns(&self) -> BTreeSet<&'static str> {
        let joins = self.join.iter().map(|(_, on)| *on);
        let texts = [self.node, self.school, self.scope, self.account].into_iter().chain(joins);
        let columns = texts.flat_map(|text| text.split("{r}.").skip(1)).map(|rest| {
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            &rest[..end.unwrap_or(rest.len())]
        });
        columns.filter(|column| !["id", "board_id"].contains(column)).collect()
    }
}

const EVENTS: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// Begins to watch tables. Who makes a table anew watches it again.
pub(crate) fn watch<'w>(
    manager: &SchemaManager<'_>,
    tables: impl IntoIterator<Item = &'w Watched>,
) -> impl Future<Output = Result<(), DbErr>> {
    let backend = manager.get_database_backend();
    let made = |watched: &Watched, event: &str| match backend {
        DbBackend::Postgres => on_postgres(watched, event),
        _ => on_sqlite(watched, event),
    };
    let each = tables.into_iter().flat_map(|watched| EVENTS.map(|event| made(watched, event).unwrap_or_default()));
    execute(manager, each.flatten().collect())
}

/// Watches them no more.
pub(crate) fn unwatch<'w>(
    manager: &SchemaManager<'_>,
    tables: impl IntoIterator<Item = &'w Watched>,
) -> impl Future<Output = Result<(), DbErr>> {
    let names = tables.into_iter().flat_map(|watched| EVENTS.map(|event| name(watched, event)));
    let gone = names.map(|name| match manager.get_database_backend() {
        DbBackend::Postgres => format!("DROP FUNCTION IF EXISTS {name}() CASCADE"),
        _ => format!("DROP TRIGGER IF EXISTS {name}"),
    });
    execute(manager, gone.collect())
}

async fn execute(manager: &SchemaManager<'_>, statements: Vec<String>) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

fn name(Watched { table, part, .. }: &Watched, event: &str) -> String {
    format!("glans_change_{table}{part}_{}", event.to_lowercase())
}

/// The touches of an event, each with the version of the row that it is read from, and the columns of which one must have
/// changed. An update touches what the row was about as well, where it is about something else now.
fn touches<'w>(
    watched: &'w Watched,
    event: &'w str,
) -> impl Iterator<Item = (&'w Touch, &'static str, BTreeSet<&'w str>)> {
    watched.touches.iter().flat_map(move |touch| match (event, touch.on) {
        ("INSERT", On::Any | On::Added | On::Stored | On::Placed(_)) | ("UPDATE", On::Changed) => {
            vec![(touch, "NEW", BTreeSet::new())]
        }
        ("DELETE", On::Any | On::Deleted | On::Placed(_)) => vec![(touch, "OLD", BTreeSet::new())],
        ("UPDATE", On::Any | On::Stored) => {
            let before = Some(touch.columns()).filter(|columns| watched.has_id && !columns.is_empty());
            let before = before.map(|columns| (touch, "OLD", columns));
            [(touch, "NEW", BTreeSet::new())].into_iter().chain(before).collect()
        }
        ("UPDATE", On::Moved(columns) | On::Placed(columns)) => {
            let about = touch.columns();
            let before = columns.iter().any(|column| about.contains(column)).then_some("OLD");
            let columns: BTreeSet<&str> = columns.iter().copied().collect();
            before.into_iter().chain(["NEW"]).map(|row| (touch, row, columns.clone())).collect()
        }
        _ => Vec::new(),
    })
}

fn values(touch: &Touch, row: &str) -> String {
    let or_null = |value: &str| if value.is_empty() { "NULL".to_owned() } else { value.replace("{r}", row) };
    let [node, board, school, scope, account] =
        [touch.node, touch.board, touch.school, touch.scope, touch.account].map(or_null);
    format!("'{}', {node}, {board}, {school}, {scope}, {account}, {}", touch.kind, touch.narrow)
}

fn on_sqlite(watched: &Watched, event: &str) -> Option<Vec<String>> {
    let mut body = Vec::new();
    for (touch, row, moved) in touches(watched, event) {
        let values = values(touch, row);
        let mut conditions: Vec<String> = touch.join.iter().map(|(_, on)| on.replace("{r}", row)).collect();
        if !moved.is_empty() {
            let moved: Vec<String> = moved.iter().map(|it| format!("OLD.{it} IS NOT NEW.{it}")).collect();
            conditions.push(format!("({})", moved.join(" OR ")));
        }
        let from: Vec<&str> = touch.join.iter().map(|(table, _)| *table).collect();
        let from = if from.is_empty() { String::new() } else { format!(" FROM {}", from.join(", ")) };
        let filter = if conditions.is_empty() { "true".to_owned() } else { conditions.join(" AND ") };
        body.push(format!(
            "INSERT INTO change (kind, node_id, board_id, school_id, scope_id, account_id, narrow, at) \
             SELECT {values}, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'){from} WHERE {filter}; "
        ));
    }
    let (name, table) = (name(watched, event), watched.table);
    (!body.is_empty()).then(|| {
        vec![format!("CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW BEGIN {}END", body.concat())]
    })
}

fn on_postgres(watched: &Watched, event: &str) -> Option<Vec<String>> {
    let mut body = Vec::new();
    for (touch, row, moved) in touches(watched, event) {
        let values = values(touch, "r");
        let (rows, others) = if row == "OLD" { ("old_rows", "new_rows") } else { ("new_rows", "old_rows") };
        let mut from = vec![format!("{rows} r")];
        if !moved.is_empty() {
            let moved: Vec<String> = moved.iter().map(|it| format!("o.{it} IS DISTINCT FROM r.{it}")).collect();
            from.push(format!("{others} o ON o.id = r.id AND ({})", moved.join(" OR ")));
        }
        for (table, on) in touch.join {
            from.push(format!("{table} ON {}", on.replace("{r}", "r")));
        }
        let from = from.join(" JOIN ");
        body.push(format!(
            "INSERT INTO change (kind, node_id, board_id, school_id, scope_id, account_id, narrow) \
             SELECT {values} FROM {from};\n"
        ));
    }
    if body.is_empty() {
        return None;
    }
    let (name, table) = (name(watched, event), watched.table);
    let tables = match event {
        "INSERT" => "NEW TABLE AS new_rows",
        "DELETE" => "OLD TABLE AS old_rows",
        _ => "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    };
    Some(vec![
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n{}RETURN NULL; END $$",
            body.concat()
        ),
        format!(
            "CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables} \
             FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        ),
    ])
}

/// When an enrolment puts a child elsewhere, or for another time.
pub(crate) const ENROLLED: On = On::Placed(&["student_id", "class_group_id", "starts_on", "ends_on"]);

/// Rows about a child go where the child goes, and go with it: the tables whose triggers tell of that.
///
/// `at its school`: staff of another school does not see it.
macro_rules! go_with_the_child {
    ($part:literal; $($kind:literal in $table:literal $(at $its:ident $school:ident)?),+ $(,)?) => {[
        $crate::watch::Watched { table: "enrolment", part: $part, has_id: true, touches: &[$(
            $crate::watch::Touch::of($kind, "t.id")
                .school("g.school_id")
                .scope("{r}.class_group_id")
                .narrow()
                .join(&[
                    (concat!($table, " t"), "t.student_id = {r}.student_id"),
                    (
                        "class_group g",
                        concat!("g.id = {r}.class_group_id" $(, " AND t.", stringify!($school), "_id = g.school_id")?),
                    ),
                ])
                .on($crate::watch::ENROLLED)
        ),+] },
        $crate::watch::Watched { table: "student", part: $part, has_id: true, touches: &[$(
            $crate::watch::Touch::of($kind, "t.id")
                .school("{r}.school_id")
                .narrow()
                .join(&[(
                    concat!($table, " t"),
                    concat!("t.student_id = {r}.id" $(, " AND t.", stringify!($school), "_id = {r}.school_id")?),
                )])
                .on($crate::watch::On::Moved(&["school_id"]))
        ),+] },
        $crate::watch::Watched { table: "guardianship", part: $part, has_id: true, touches: &[$(
            $crate::watch::Touch::of($kind, "t.id")
                .scope("{r}.guardian_id")
                .join(&[(concat!($table, " t"), "t.student_id = {r}.student_id")])
                .on($crate::watch::On::Deleted)
        ),+] },
    ]};
}
pub(crate) use go_with_the_child;
