//! Reading values out of the tree. A reader never stops at a problem: it notes it and goes on with a
//! stand-in, which nobody sees, since a document with problems is not handed out.

use std::ops::RangeInclusive;

use glans_entity::localized::Localized;

use super::problem::{Problem, Problems};
use super::tree::{Node, Value};

/// A place in the document where a value is, or is missing.
#[derive(Clone)]
pub(super) struct Place<'tree> {
    pub(super) node: Option<&'tree Node>,
    pub(super) line: u64,
    pub(super) path: String,
    /// Whether it would lie in what is no mapping. That is told, and of what is in it nothing.
    is_moot: bool,
}

impl<'tree> Place<'tree> {
    pub(super) fn root(node: &'tree Node) -> Self {
        Self { node: Some(node), line: node.line, path: String::new(), is_moot: false }
    }

    fn child(&self, node: Option<&'tree Node>, name: &str) -> Self {
        let line = node.map_or(self.line, |node| node.line);
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { node, line, path: format!("{}{dot}{name}", self.path), is_moot: self.is_moot }
    }

    fn item(&self, node: &'tree Node, index: usize) -> Self {
        Self { node: Some(node), line: node.line, path: format!("{}[{index}]", self.path), is_moot: self.is_moot }
    }

    fn value(&self) -> &'tree Value {
        self.node.map_or(&Value::Null, |node| &node.value)
    }

    fn is_empty(&self) -> bool {
        matches!(self.value(), Value::Null)
    }
}

/// The fields of one mapping.
pub(super) struct Fields<'tree> {
    place: Place<'tree>,
    entries: &'tree [(super::tree::Key, Node)],
}

impl<'tree> Fields<'tree> {
    pub(super) fn at(&self, name: &str) -> Place<'tree> {
        let node = self.entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node);
        self.place.child(node, name)
    }
}

/// Collects the problems; knows the languages of the document once they are read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) languages: Vec<String>,
    /// How many numbers are stand-ins.
    pub(super) guessed: usize,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn finish<T>(mut self, document: T) -> Result<T, Problems> {
        if self.problems.is_empty() {
            return Ok(document);
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(Problems(self.problems))
    }

    pub(super) fn note(&mut self, place: &Place<'_>, message: impl Into<String>) {
        if place.is_moot {
            return;
        }
        let path = if place.path.is_empty() { "document" } else { &place.path };
        self.problems.push(Problem::at(place.line, path, message));
    }

    /// The fields of a mapping; names that are not in `known` and doubled ones are noted.
    pub(super) fn fields<'tree>(&mut self, mut place: Place<'tree>, known: &[&str]) -> Fields<'tree> {
        let entries: &[_] = match place.value() {
            Value::Map(entries) => entries,
            other => {
                self.note_kind(&place, "a mapping", other);
                place.is_moot = true;
                &[]
            }
        };
        for (index, (key, _)) in entries.iter().enumerate() {
            let here = Place { line: key.line, ..place.child(None, &key.name) };
            if entries[..index].iter().any(|(earlier, _)| earlier.name == key.name) {
                self.note(&here, "stands here twice: keep one of them");
            } else if !known.contains(&key.name.as_str()) {
                self.note(&here, unknown_key(&key.name, known));
            }
        }
        Fields { place, entries }
    }

    /// A list within `limits`, each item read by `read`.
    pub(super) fn list<'tree, T>(
        &mut self,
        place: &Place<'tree>,
        limits: RangeInclusive<usize>,
        mut read: impl FnMut(&mut Self, Place<'tree>) -> T,
    ) -> Vec<T> {
        let Value::List(nodes) = place.value() else {
            self.note_kind(place, "a list", place.value());
            return Vec::new();
        };
        if !limits.contains(&nodes.len()) {
            let (least, most) = limits.into_inner();
            let message = format!("has {} items: give {least} to {most}", nodes.len());
            self.note(place, message);
        }
        let places = nodes.iter().enumerate().map(|(index, node)| place.item(node, index));
        places.map(|item| read(self, item)).collect()
    }

    /// What `read` makes of a value, or nothing where the value is left out.
    pub(super) fn optional<'tree, T>(
        &mut self,
        place: Place<'tree>,
        read: impl FnOnce(&mut Self, Place<'tree>) -> T,
    ) -> Option<T> {
        (!place.is_empty()).then(|| read(self, place))
    }

    /// A text of at most `longest` characters, without blanks around it.
    pub(super) fn text(&mut self, place: &Place<'_>, longest: usize) -> String {
        let Value::Text(text) = place.value() else {
            self.note_kind(place, "a text", place.value());
            return String::new();
        };
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            self.note(place, "is empty: write something, or leave the key out where it is optional");
        } else if length > longest {
            self.note(place, format!("has {length} characters: at most {longest} fit"));
        }
        if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
            self.note(place, "holds a control character: remove it");
        }
        text.to_owned()
    }

    /// A text in the languages of the document; a bare one is in the first of them.
    pub(super) fn localized(&mut self, place: Place<'_>, longest: usize) -> Localized {
        let Some(own) = self.languages.first().cloned() else {
            return Localized::default(); // the missing languages are noted already
        };
        if !matches!(place.value(), Value::Map(_)) {
            let text = self.text(&place, longest);
            return Localized([(own, text)].into());
        }
        let languages = self.languages.clone();
        let names: Vec<&str> = languages.iter().map(String::as_str).collect();
        let fields = self.fields(place, &names);
        let mut localized = Localized::default();
        for language in &languages {
            let translation = fields.at(language);
            if *language == own || !translation.is_empty() {
                let text = self.text(&translation, longest);
                localized.0.insert(language.clone(), text);
            }
        }
        localized
    }

    pub(super) fn integer(&mut self, place: &Place<'_>, limits: RangeInclusive<i32>) -> i32 {
        let Value::Integer(number) = place.value() else {
            self.guessed += 1;
            self.note_kind(place, "a whole number", place.value());
            return *limits.start();
        };
        i32::try_from(*number).ok().filter(|number| limits.contains(number)).unwrap_or_else(|| {
            let (least, most) = (limits.start(), limits.end());
            self.guessed += 1;
            self.note(place, format!("is {number}: give {least} to {most}"));
            *least
        })
    }

    pub(super) fn boolean(&mut self, place: &Place<'_>) -> bool {
        let Value::Bool(value) = place.value() else {
            self.note_kind(place, "true or false", place.value());
            return false;
        };
        *value
    }

    fn note_kind(&mut self, place: &Place<'_>, wanted: &str, found: &Value) {
        let found = match found {
            Value::Null => return self.note(place, format!("is missing: give {wanted}")),
            Value::Bool(_) => "true or false",
            Value::Integer(_) | Value::Number => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        };
        let quotes = if wanted == "a text" { " (in quotes, where it looks like something else)" } else { "" };
        self.note(place, format!("is {found}: give {wanted}{quotes}"));
    }
}

fn unknown_key(name: &str, known: &[&str]) -> String {
    let nearest = known.iter().min_by_key(|candidate| strsim::damerau_levenshtein(name, candidate));
    match nearest {
        Some(candidate) if strsim::damerau_levenshtein(name, candidate) <= 3 => {
            format!("is no key that belongs here: do you mean \"{candidate}\"?")
        }
        _ => format!("is no key that belongs here: use {}", known.join(", ")),
    }
}
