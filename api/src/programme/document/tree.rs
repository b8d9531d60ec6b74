//! The text of a document as a tree of values that know their line. YAML 1.2, and so JSON too.
//!
//! What comes from outside is bounded before anything is kept: size, nesting, number of nodes. Anchors
//! and aliases are refused altogether: they make small files large, and an author has no need of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, Spanned};

use super::{MAX_BYTES, Problem};

const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 100_000;
const NO_ANCHORS: &str = "use no anchors (&) or aliases (*), and put a text that begins with one of them in quotes";
const ONE_DOCUMENT: &str = "give one document only, without a second one behind ---";

/// A value with the line on which it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number that is no 64-bit integer; nothing in a course is one.
    Number,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) line: u64,
    pub(super) name: String,
}

/// Reads the text of a whole document, or says what is wrong with it as YAML.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    if text.len() > MAX_BYTES {
        let message = format!("is larger than {} MiB: split the course", MAX_BYTES / 1024 / 1024);
        return Err(Problem::at(1, "document", message));
    }
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
        },
    };
    let tree: Spanned<Value> = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        Problem::at(line, "document", format!("is not readable: {}", reason(&error)))
    })?;
    Ok(tree.into())
}

/// The library draws the source below its message; the line number says enough. What is out of bounds it names by its own
/// settings.
fn reason(error: &Error) -> String {
    match error.without_snippet() {
        Error::Budget { breach, .. } => out_of_bounds(breach),
        Error::UnknownAnchor { .. } => NO_ANCHORS.to_owned(),
        Error::MultipleDocuments { .. } => ONE_DOCUMENT.to_owned(),
        other => other.to_string().lines().next().unwrap_or_default().to_owned(),
    }
}

fn out_of_bounds(breach: &BudgetBreach) -> String {
    match breach {
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => NO_ANCHORS.to_owned(),
        BudgetBreach::Documents { .. } => ONE_DOCUMENT.to_owned(),
        BudgetBreach::Depth { .. } => format!("nest lists and mappings at most {MAX_DEPTH} deep"),
        BudgetBreach::Nodes { .. } => format!("it has more than {MAX_NODES} values: split the course"),
        _ => "it is too much for one document: split the course".to_owned(),
    }
}

impl From<Spanned<Value>> for Node {
    fn from(spanned: Spanned<Value>) -> Self {
        Self { line: spanned.referenced.line(), value: spanned.value }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, a number, true or false, a list, or a mapping")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Number, Value::Integer))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(item.into());
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let value = entries.next_value::<Spanned<Value>>()?;
            map.push((Key { line: key.referenced.line(), name: key.value }, value.into()));
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> Vec<(Key, Node)> {
        match parse(text).unwrap().value {
            Value::Map(entries) => entries,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_value_knows_its_line() {
        let entries = map("title: Kennismaken\nlessons:\n  - one\n  - minutes: 10\n");
        assert_eq!((entries[0].0.line, entries[0].1.line), (1, 1));
        let Value::List(lessons) = &entries[1].1.value else { panic!() };
        assert_eq!((lessons[0].line, lessons[1].line), (3, 4));
        let Value::Map(lesson) = &lessons[1].value else { panic!() };
        assert!(matches!(lesson[0].1.value, Value::Integer(10)));
    }

    #[test]
    fn json_is_read_with_its_escapes_and_lines() {
        let entries = map("{\n \"a\": \"caf\\u00e9 \\ud83d\\ude00 1\\/2\",\n \"b\": [null, true, 1.5]\n}");
        assert!(matches!(&entries[0].1.value, Value::Text(text) if text == "café 😀 1/2"));
        assert_eq!(entries[1].0.line, 3);
    }

    #[test]
    fn a_doubled_key_is_kept_for_the_reader_to_report() {
        assert_eq!(map("a: 1\na: 2\n").len(), 2);
    }

    #[test]
    fn broken_yaml_is_one_problem_with_its_line() {
        let problem = parse("title: a\nsummary: \"open\nyears: []\n").unwrap_err();
        assert!(problem.line >= 2, "{problem}");
        assert!(!problem.message.contains('\n'));
    }

    #[test]
    fn what_yaml_has_and_a_course_has_not_is_told_in_words() {
        let told = |text: &str| parse(text).unwrap_err().message;
        for text in ["a: &a x\nb: 1\n", "a: *a\n"] {
            assert!(told(text).starts_with("is not readable: use no anchors (&) or aliases (*)"), "{}", told(text));
        }
        assert!(told("a: 1\n---\nb: 2\n").starts_with("is not readable: give one document only"));
    }

    #[test]
    fn bombs_are_refused() {
        let aliases = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        let brackets = "[".repeat(2_000);
        let nested = (0..2_000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n");
        for bomb in [aliases, brackets.as_str(), nested.as_str()] {
            let problem = parse(bomb).unwrap_err();
            assert!(!problem.message.contains("breached"), "{problem}");
        }
        let large = "a".repeat(MAX_BYTES + 1);
        assert_eq!(parse(&large).unwrap_err().message, "is larger than 4 MiB: split the course");
    }
}
