//! What a dry run would do, row by row and field by field.

use serde::Serialize;
use serde_json::{Map, Value};

use super::plan::{Changes, Plan};
use super::stored::Row;

/// Columns that change with every write and tell nothing.
const HOUSEKEEPING: [&str; 6] = ["id", "board_id", "source_id", "created_at", "updated_at", "version"];
/// What people know a row by, in the order of preference.
const NAMES: [&str; 3] = ["display_name", "name", "title"];

/// A row that an import would make or change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// What it is, as `class group`.
    pub kind: String,
    /// What people know it by, and the id of the sending system.
    pub label: String,
    /// None: the row would be made.
    pub fields: Option<Vec<FieldChange>>,
}

/// A value that would be another one. A row that goes is ended: its last day changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub name: String,
    pub before: String,
    pub after: String,
}

/// All rows that `plan` would make or change, in its order of tables.
pub(super) fn of(plan: &Plan) -> Vec<RowChange> {
    let mut rows = Vec::new();
    add(&mut rows, &plan.clusters);
    add(&mut rows, &plan.schools);
    add(&mut rows, &plan.years);
    add(&mut rows, &plan.groups);
    add(&mut rows, &plan.people);
    add(&mut rows, &plan.students);
    add(&mut rows, &plan.enrolments);
    add(&mut rows, &plan.memberships);
    add(&mut rows, &plan.guardianships);
    rows
}

fn add<M: Row>(rows: &mut Vec<RowChange>, changes: &Changes<M>) {
    let kind = M::TABLE.replace('_', " ");
    let row = |row: &M, fields| RowChange { kind: kind.clone(), label: label(&columns(row)), fields };
    rows.extend(changes.creates.iter().map(|made| row(made, None)));
    let updates = changes.updates.iter();
    rows.extend(
        updates.map(|change| row(&change.after, Some(fields(&columns(&change.before), &columns(&change.after))))),
    );
}

fn columns(row: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(columns)) => columns,
        _ => Map::new(),
    }
}

fn label(columns: &Map<String, Value>) -> String {
    let name = NAMES.iter().find_map(|name| columns.get(*name)?.as_str());
    let source = columns.get("source_id").and_then(Value::as_str);
    match (name, source) {
        (Some(name), Some(source)) => format!("{name} ({source})"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => columns.get("id").map(shown).unwrap_or_default(),
    }
}

fn fields(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldChange> {
    let told = after.iter().filter(|(name, _)| !HOUSEKEEPING.contains(&name.as_str()));
    told.filter_map(|(name, now)| {
        let then = before.get(name).unwrap_or(&Value::Null);
        let change = || FieldChange { name: name.clone(), before: shown(then), after: shown(now) };
        (then != now).then(change)
    })
    .collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Map<String, Value> {
        let Value::Object(columns) = value else { panic!("a row is an object") };
        columns
    }

    #[test]
    fn only_what_differs_and_matters_is_told() {
        let before = row(json!({ "name": "3a", "grades": ["3"], "ends_on": null, "version": 1, "updated_at": "then" }));
        let after = row(
            json!({ "name": "3a", "grades": ["3", "4"], "ends_on": "2026-07-31", "version": 2, "updated_at": "now" }),
        );
        let change = |name: &str, before: &str, after: &str| FieldChange {
            name: name.into(),
            before: before.into(),
            after: after.into(),
        };
        assert_eq!(
            fields(&before, &after),
            [change("ends_on", "nothing", "2026-07-31"), change("grades", "[\"3\"]", "[\"3\",\"4\"]")]
        );
        assert_eq!(fields(&before, &before), []);
    }

    #[test]
    fn a_row_is_known_by_its_name_and_by_the_id_of_its_sender() {
        assert_eq!(label(&row(json!({ "display_name": "Noor", "source_id": "s-1" }))), "Noor (s-1)");
        assert_eq!(label(&row(json!({ "title": "2026-2027", "source_id": null }))), "2026-2027");
        assert_eq!(label(&row(json!({ "source_id": "e-1" }))), "e-1");
        assert_eq!(label(&row(json!({ "id": "enrolment_01" }))), "enrolment_01");
    }
}
