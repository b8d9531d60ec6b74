//! What a tombstone looks like, and what of a row is shown.

use glans_entity::people::person;
use serde_json::Value;

use super::ledger::{NOTHING, Table, Text};

/// Columns that nobody is shown, whosever they are: what opens a door, or is of use to the program alone.
const WITHHELD: [&str; 9] =
    ["password_hash", "secret_hash", "code_hash", "hash", "token", "lookup", "upload_hash", "secret", "lease"];
/// A shorter name stands in other words as well.
const SHORTEST_NAME: usize = 4;

/// What of a stored row is shown to `person`, a TypeID: no secret, and no text of somebody else.
pub(super) fn shown(table: &Table, mut row: Value, person: &str) -> Value {
    let Some(columns) = row.as_object_mut() else { return row };
    for secret in WITHHELD {
        columns.remove(secret);
    }
    for (column, text) in table.texts {
        let is_others = match text {
            Text::Others(_) => true,
            Text::Null(by) | Text::Blank(by) => {
                let names = |by: &&str| columns.get(*by).and_then(Value::as_str) == Some(person);
                !by.is_empty() && !by.iter().any(names)
            }
            Text::Plain | Text::Kept(_) | Text::Apart(_) => false,
        };
        if is_others {
            columns.remove(*column);
        }
    }
    row
}

/// A person as an import found them, without what tells who it was.
pub(super) fn nameless(mut before: Value) -> Value {
    if let Some(columns) = before.as_object_mut() {
        for name in ["given_name", "family_name", "display_name"] {
            columns.insert(name.to_owned(), NOTHING.into());
        }
        for gone in ["email", "account_id"] {
            columns.insert(gone.to_owned(), Value::Null);
        }
    }
    before
}

/// What tells in a message about a file that it is about the person.
pub(super) fn telling(person: &person::Model) -> Vec<String> {
    let whole = format!("{} {}", person.given_name, person.family_name);
    let mut words = vec![person.display_name.clone(), whole];
    words.extend(person.email.clone());
    words.retain(|word| word.chars().count() >= SHORTEST_NAME);
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ledger::table;
    use super::*;

    #[test]
    fn a_text_is_shown_to_whom_it_is_of() {
        let row = json!({ "author_id": "person_1", "guardian_id": "person_2", "note": "Mooi." });
        let moment = table("contact_moment").unwrap();
        assert_eq!(shown(moment, row.clone(), "person_1")["note"], "Mooi.");
        assert_eq!(shown(moment, row.clone(), "person_2")["note"], "Mooi.");
        let concern = table("concern").unwrap();
        let row =
            json!({ "raised_by": "person_1", "resolved_by": "person_2", "text": "Moe.", "resolution": "Gebeld." });
        let seen = json!({ "raised_by": "person_1", "resolved_by": "person_2", "resolution": "Gebeld." });
        assert_eq!(shown(concern, row, "person_2"), seen);
        let row = json!({ "staff_id": "person_1", "location": "Lokaal 3", "summary": "Zij leest." });
        let seen = json!({ "staff_id": "person_1", "location": "Lokaal 3" });
        assert_eq!(shown(table("conversation").unwrap(), row, "person_1"), seen);
    }

    #[test]
    fn no_secret_is_shown() {
        let row = json!({ "id": "account_1", "email": "a@b.example", "password_hash": "$argon2id$" });
        let seen = json!({ "id": "account_1", "email": "a@b.example" });
        assert_eq!(shown(table("account").unwrap(), row, "person_1"), seen);
    }

    #[test]
    fn what_an_import_found_tells_no_name() {
        let before = json!({ "id": "person_1", "given_name": "Ilse", "family_name": "Vos", "display_name": "Ilse Vos",
            "email": "ilse@b.example", "account_id": "account_1", "version": 3 });
        let left = json!({ "id": "person_1", "given_name": "–", "family_name": "–", "display_name": "–",
            "email": null, "account_id": null, "version": 3 });
        assert_eq!(nameless(before), left);
    }
}
