//! What a tombstone looks like, and what of a row is shown.

use glans_entity::people::person;
use serde_json::{Map, Value};

use super::ledger::{FIRST_REVIEWED, IN_CONFIDENCE, NOTHING, Table, Text};
use crate::people::access_log::Subject;

/// Columns that nobody is shown, whosever they are: what opens a door, or is of use to the program alone.
const WITHHELD: [&str; 9] =
    ["password_hash", "secret_hash", "code_hash", "hash", "token", "lookup", "upload_hash", "secret", "lease"];
/// The tone of a contact moment that its guardian sees too, as it is stored.
const COMPLIMENT: &str = "COMPLIMENT";
/// A shorter name stands in other words as well.
const SHORTEST_NAME: usize = 4;

/// For whom an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// The person themselves.
    Oneself,
    /// An administrator of the board, who must not read what is between a family and the school.
    Administrator,
}

/// What of a stored row of `person`, a TypeID, is shown to the reader: no secret, no text of somebody else, and nothing that
/// is written in confidence to who is not the person.
pub(super) fn shown(table: &Table, mut row: Value, person: &str, reader: Reader) -> Value {
    let Some(columns) = row.as_object_mut() else { return row };
    for secret in WITHHELD {
        columns.remove(secret);
    }
    for (_, text) in FIRST_REVIEWED.iter().filter(|(name, _)| *name == table.name) {
        columns.remove(*text);
    }
    if is_among_staff(table, columns, person) {
        columns.remove("note");
        columns.remove("tone");
    }
    let keeps_back = reader == Reader::Administrator && IN_CONFIDENCE.contains(&table.name);
    for (column, text) in table.texts {
        let is_others = match text {
            Text::Others(_) => true,
            Text::Null(by) | Text::Blank(by) => {
                let names = |by: &&str| columns.get(*by).and_then(Value::as_str) == Some(person);
                !by.is_empty() && !by.iter().any(names)
            }
            Text::Plain | Text::Kept(_) | Text::Apart(_) => false,
        };
        if is_others || (keeps_back && *text != Text::Plain) {
            columns.remove(*column);
        }
    }
    row
}

/// The child and the guardian whom a row that is shown names.
pub(super) fn named(row: &Value) -> impl Iterator<Item = Subject> + use<> {
    let of = |column: &str| row.get(column).and_then(Value::as_str);
    let child = of("student_id").and_then(|id| id.parse().ok()).map(Subject::Child);
    let guardian = of("guardian_id").and_then(|id| id.parse().ok()).map(Subject::Guardian);
    child.into_iter().chain(guardian)
}

/// A row that does not tell what the login of the person is.
pub(super) fn without_login(mut row: Value, login: &str) -> Value {
    if let Some(columns) = row.as_object_mut() {
        columns.remove("account_id");
        columns.retain(|_, value| value.as_str() != Some(login));
    }
    row
}

/// Whether it is a contact with the person that staff noted for one another: a guardian sees compliments alone.
fn is_among_staff(table: &Table, columns: &Map<String, Value>, person: &str) -> bool {
    let is = |column: &str, value: &str| columns.get(column).and_then(Value::as_str) == Some(value);
    table.name == "contact_moment" && !is("author_id", person) && !is("tone", COMPLIMENT)
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
    use super::Reader::{Administrator, Oneself};
    use super::*;

    #[test]
    fn a_text_is_shown_to_whom_it_is_of() {
        let row = json!({ "author_id": "person_1", "guardian_id": "person_2", "tone": "COMPLIMENT", "note": "Mooi." });
        let moment = table("contact_moment").unwrap();
        assert_eq!(shown(moment, row.clone(), "person_1", Oneself)["note"], "Mooi.");
        assert_eq!(shown(moment, row, "person_2", Oneself)["note"], "Mooi.");
        let concern = table("concern").unwrap();
        let row =
            json!({ "raised_by": "person_1", "resolved_by": "person_2", "text": "Moe.", "resolution": "Gebeld." });
        let seen = json!({ "raised_by": "person_1", "resolved_by": "person_2", "resolution": "Gebeld." });
        assert_eq!(shown(concern, row, "person_2", Oneself), seen);
        let row = json!({ "staff_id": "person_1", "location": "Lokaal 3", "summary": "Zij leest." });
        let seen = json!({ "staff_id": "person_1", "location": "Lokaal 3" });
        assert_eq!(shown(table("conversation").unwrap(), row, "person_1", Oneself), seen);
    }

    #[test]
    fn a_guardian_is_shown_no_note_that_is_among_staff() {
        let moment = table("contact_moment").unwrap();
        for tone in ["NEUTRAL", "CONCERN"] {
            let row = json!({ "id": "contact_1", "author_id": "person_1", "guardian_id": "person_2", "tone": tone,
                "note": "Moe." });
            let seen = json!({ "id": "contact_1", "author_id": "person_1", "guardian_id": "person_2" });
            assert_eq!(shown(moment, row.clone(), "person_2", Oneself), seen);
            assert_eq!(shown(moment, row.clone(), "person_1", Oneself), row);
        }
        let tone = serde_json::to_value(glans_entity::engagement::ContactTone::Compliment).unwrap();
        assert_eq!(tone, COMPLIMENT);
    }

    #[test]
    fn an_administrator_is_shown_that_there_was_something_and_no_word_of_it() {
        let row = json!({ "id": "message_1", "author_id": "person_1", "body": "Hoe gaat het?" });
        let seen = json!({ "id": "message_1", "author_id": "person_1" });
        let message = table("message").unwrap();
        assert_eq!(shown(message, row.clone(), "person_1", Administrator), seen);
        assert_eq!(shown(message, row.clone(), "person_1", Oneself), row);
        let row = json!({ "title": "Studiedag", "body": "Vrijdag vrij.", "author_id": "person_1" });
        assert_eq!(shown(table("announcement").unwrap(), row.clone(), "person_1", Administrator), row);
        let row = json!({ "author_id": "person_1", "text": "Gespannen." });
        let note = table("conversation_note").unwrap();
        for reader in [Administrator, Oneself] {
            assert_eq!(shown(note, row.clone(), "person_1", reader), json!({ "author_id": "person_1" }));
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let row = json!({ "id": "account_1", "email": "a@b.example", "password_hash": "$argon2id$" });
        let seen = json!({ "id": "account_1", "email": "a@b.example" });
        assert_eq!(shown(table("account").unwrap(), row, "person_1", Oneself), seen);
    }

    #[test]
    fn a_hidden_login_is_nowhere() {
        let row = json!({ "id": "person_1", "account_id": "account_1" });
        assert_eq!(without_login(row, "account_1"), json!({ "id": "person_1" }));
        let row = json!({ "actor": "account_1", "action": "thread.started", "subject": null });
        assert_eq!(without_login(row, "account_1"), json!({ "action": "thread.started", "subject": null }));
        let row = json!({ "actor": "account_2", "action": "person.updated", "subject": "person_1" });
        assert_eq!(without_login(row.clone(), "account_1"), row);
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
