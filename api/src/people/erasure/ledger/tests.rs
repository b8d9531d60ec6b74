//! The ledger against the entities: nothing is forgotten in it, and nothing in it is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

/// Types of columns that hold text.
const TEXTS: [&str; 6] = ["String", "Json", "Localized", "LocalizedList", "Strings", "TeamScript"];

/// The columns of each table with their types, nullable or not, as the entities say.
fn entities() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut tables = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../entity/src");
    for folder in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            // A file may hold several tables.
            let source = std::fs::read_to_string(&file).unwrap();
            for part in source.split("table_name = \"").skip(1) {
                let (name, rest) = part.split_once('"').unwrap();
                let (_, rest) = rest.split_once("pub struct Model {").unwrap();
                let (body, _) = rest.split_once("\n}").unwrap();
                tables.insert(name.to_owned(), columns(body));
            }
        }
    }
    tables
}

fn columns(body: &str) -> BTreeMap<String, String> {
    let fields = body.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "));
    let bare = |of: &str| {
        let of = of.trim_end_matches(',');
        of.strip_prefix("Option<").and_then(|of| of.strip_suffix('>')).unwrap_or(of).to_owned()
    };
    fields.map(|(name, of)| (name.trim_start_matches("r#").to_owned(), bare(of))).collect()
}

fn of_type<'c>(columns: &'c BTreeMap<String, String>, types: &[&str]) -> BTreeSet<&'c str> {
    columns.iter().filter(|(_, of)| types.contains(&of.as_str())).map(|(name, _)| name.as_str()).collect()
}

fn linking(table: &Table, is_account: bool) -> BTreeSet<&'static str> {
    let column = |link: &Link| match *link {
        Person(column) if !is_account && column != "id" => Some(column),
        Account(column) if is_account && column != "id" => Some(column),
        _ => None,
    };
    table.links.iter().filter_map(column).collect()
}

#[test]
fn entities_are_read() {
    let read = entities();
    assert!(read.len() > 70, "{}", read.len());
    assert_eq!(read["message"]["author_id"], "PersonId");
    assert_eq!(read["message"]["body"], "String");
    assert_eq!(read["contact_moment"]["guardian_id"], "PersonId");
}

#[test]
fn every_table_that_names_a_person_or_holds_a_text_is_written_down_once() {
    let mut names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    names.extend(NOBODY.iter().map(|(name, _)| *name));
    let known: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(known.len(), names.len(), "a table stands twice");
    let read = entities();
    let gone: Vec<_> = known.iter().filter(|name| !read.contains_key(**name)).collect();
    assert!(gone.is_empty(), "there is no such table: {gone:?}");
    let concerned = |columns: &BTreeMap<String, String>| {
        !of_type(columns, &TEXTS).is_empty() || !of_type(columns, &["PersonId", "AccountId"]).is_empty()
    };
    let forgotten: Vec<_> =
        read.iter().filter(|(name, columns)| concerned(columns) && !known.contains(name.as_str())).collect();
    assert!(forgotten.is_empty(), "what becomes of these when a person is erased? {forgotten:#?}");
    for (name, _) in NOBODY {
        assert_eq!(of_type(&read[*name], &["PersonId", "AccountId"]).len(), 0, "{name} names a person");
    }
}

#[test]
fn every_column_that_names_a_person_or_a_login_is_a_link() {
    let read = entities();
    // Who has the same login in another board is another person.
    for table in TABLES.iter().filter(|table| table.name != "person") {
        let columns = &read[table.name];
        let mut persons = of_type(columns, &["PersonId"]);
        let mut logins = of_type(columns, &["AccountId"]);
        persons.remove("id");
        logins.remove("id");
        assert_eq!(linking(table, false), persons, "{} by person", table.name);
        assert_eq!(linking(table, true), logins, "{} by login", table.name);
    }
}

#[test]
fn what_is_kept_back_is_there() {
    let read = entities();
    for name in IN_CONFIDENCE {
        assert!(table(name).is_some_and(|table| !table.texts.is_empty()), "{name} has no texts");
    }
    for (name, column) in FIRST_REVIEWED {
        assert!(table(name).is_some() && read[*name].contains_key(*column), "there is no {name}.{column}");
    }
}

#[test]
fn it_is_decided_what_becomes_of_every_text() {
    let read = entities();
    for table in TABLES {
        let columns = &read[table.name];
        assert!(!table.versioned || columns.contains_key("version"), "{} counts no changes", table.name);
        if table.fate == Fate::Goes {
            assert!(table.texts.is_empty() && !table.links.is_empty(), "{} goes whole", table.name);
            continue;
        }
        let decided: BTreeSet<&str> = table.texts.iter().map(|(column, _)| *column).collect();
        assert_eq!(decided, of_type(columns, &TEXTS), "{}", table.name);
        let is_changed = table.texts.iter().any(|(_, text)| matches!(text, Null(_) | Blank(_)));
        if is_changed {
            assert_eq!(table.versioned, columns.contains_key("version"), "{} counts its changes", table.name);
        }
        for (column, text) in table.texts {
            if let Null(by) | Blank(by) = text {
                let known = linking(table, false);
                assert!(by.iter().all(|by| known.contains(by)), "{}.{column} by {by:?}", table.name);
            }
        }
    }
}
