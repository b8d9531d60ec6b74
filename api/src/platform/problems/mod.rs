//! What users read of a problem, in their language.
//!
//! A sentence is written in English where it is said. In `nl.toml` it stands under these words, with `{}` where something
//! is filled in, and is found again by them. Tests read the source: a sentence that is missing there fails, as one that
//! nobody says any more.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

const DUTCH: &str = include_str!("nl.toml");

/// Where something is filled in.
const HOLE: &str = "{}";

/// Tests refuse a file that cannot be read; without it everything is said in English.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(DUTCH).unwrap_or_default());

/// `english` in Dutch; none of what is no sentence of ours, as the problems of a document.
pub fn in_dutch(english: &str) -> Option<String> {
    CATALOGUE.say(english)
}

#[derive(Debug, Deserialize)]
struct File {
    sentences: BTreeMap<String, String>,
    /// What is filled in, where it is a word.
    words: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct Catalogue {
    whole: HashMap<String, String>,
    words: HashMap<String, String>,
    /// In which something is filled in: those with the most words of their own first.
    holed: Vec<(String, String)>,
}

impl Catalogue {
    fn read(text: &str) -> Result<Self, toml::de::Error> {
        let File { sentences, words } = toml::from_str(text)?;
        let (mut holed, whole): (Vec<_>, Vec<_>) =
            sentences.into_iter().partition(|(english, _)| english.contains(HOLE));
        holed.sort_by_key(|(english, _)| std::cmp::Reverse(english.replace(HOLE, "").len()));
        Ok(Self { whole: whole.into_iter().collect(), words: words.into_iter().collect(), holed })
    }

    fn say(&self, english: &str) -> Option<String> {
        if let Some(dutch) = self.whole.get(english) {
            return Some(dutch.clone());
        }
        self.holed.iter().find_map(|(pattern, dutch)| {
            let parts = filled(pattern, english)?.into_iter().zip(quoted(pattern)).enumerate();
            let begins = |at: usize| at == 0 && pattern.starts_with(HOLE);
            let told = |(at, (part, is_quoted))| if is_quoted { part } else { self.part(part, begins(at)) };
            Some(fill(dutch, parts.map(told)))
        })
    }

    /// What is filled in: a word of ours, or another sentence where it `begins` this one. The rest somebody may have typed, and
    /// it stays, also where it reads like a sentence of ours.
    fn part<'c>(&'c self, english: &'c str, begins: bool) -> &'c str {
        let sentence = if begins { self.whole.get(english) } else { None };
        sentence.or_else(|| self.words.get(english)).map_or(english, String::as_str)
    }
}

/// What `text` has filled in where `pattern` has holes; none where it is another sentence.
fn filled<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let (first, rest) = pattern.split_once(HOLE)?;
    let mut text = text.strip_prefix(first)?;
    let mut filled = Vec::new();
    let mut literals = rest.split(HOLE).peekable();
    while let Some(literal) = literals.next() {
        let is_last = literals.peek().is_none();
        let (part, rest) = if is_last { (text.strip_suffix(literal)?, "") } else { text.split_once(literal)? };
        filled.push(part);
        text = rest;
    }
    Some(filled)
}

/// Of each hole of `pattern`, whether it stands between backticks: what is filled in there is typed as it is.
fn quoted(pattern: &str) -> impl Iterator<Item = bool> {
    pattern.split(HOLE).scan(false, |is_open, literal| {
        *is_open ^= literal.matches('`').count() % 2 == 1;
        Some(*is_open)
    })
}

/// `pattern` with `parts` in its holes.
fn fill<'p>(pattern: &str, mut parts: impl Iterator<Item = &'p str>) -> String {
    let mut literals = pattern.split(HOLE);
    let mut said = literals.next().unwrap_or_default().to_owned();
    for literal in literals {
        said.push_str(parts.next().unwrap_or_default());
        said.push_str(literal);
    }
    said
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Folders and files whose sentences stand in no `userErrors`: they are said at other doors, are top-level errors,
    /// or have both languages beside them.
    const ELSEWHERE: &[&str] = &[
        "cli/",
        "demo/",
        "graphql.rs",
        "http/",
        "main.rs",
        "metrics/charts/",
        "metrics/effect/",
        "metrics/engagement/allowance.rs",
        "metrics/engagement/reading.rs",
        "metrics/exports/route.rs",
        "metrics/exports/worker.rs",
        "metrics/worklist/reading.rs",
        "notifications/channels/",
        "oauth/",
        "organisation/register/",
        "platform/config/",
        "platform/db/",
        "platform/metrics.rs",
        "platform/scalars/",
        "roster/upload.rs",
        "uploads/arriving.rs",
        "uploads/route.rs",
    ];
    /// How texts begin that are no problems: what a survey keeps, in both languages.
    const NO_PROBLEMS: &[&str] = &["Je antwoord wordt ", "Your answer is kept ", "Anoniem: ", "Anonymous: "];

    /// The sources below `folder`, by their path from `root`.
    fn sources(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                sources(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    /// The string literals of a source, each with what stands before it.
    fn literals(source: &str) -> Vec<(&str, String)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(next) = source[at..].find(['"', '/', '\'']) {
            at += next;
            let (before, rest) = source.split_at(at);
            at += if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("'\"'") {
                "'\"'".len()
            } else if let Some(rest) = rest.strip_prefix('"') {
                let hashes = before.len() - before.trim_end_matches('#').len();
                let (text, length) = if before.trim_end_matches('#').ends_with('r') {
                    let end = format!("\"{}", "#".repeat(hashes));
                    let text = rest.split(&end).next().unwrap_or_default();
                    (text.to_owned(), text.len() + end.len())
                } else {
                    literal(rest)
                };
                found.push((before, text));
                1 + length
            } else {
                1
            };
        }
        found
    }

    /// The text of a literal after its opening quote, and how long it is in the source.
    fn literal(rest: &str) -> (String, usize) {
        let mut text = String::new();
        let mut letters = rest.char_indices();
        while let Some((position, letter)) = letters.next() {
            match letter {
                '"' => return (text, position + 1),
                '\\' => match letters.next() {
                    Some((_, '\n')) => {
                        let blanks = letters.as_str().len() - letters.as_str().trim_start().len();
                        letters.by_ref().take(blanks).for_each(drop);
                    }
                    Some((_, escaped)) => text.push(escaped),
                    None => {}
                },
                _ => text.push(letter),
            }
        }
        (text, rest.len())
    }

    /// As `format!` has it, with all holes alike.
    fn pattern(literal: &str) -> String {
        let mut parts = literal.split('{');
        let mut pattern = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            pattern.push_str(HOLE);
            pattern.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
        }
        pattern
    }

    fn is_sentence(pattern: &str) -> bool {
        let is_capital = pattern.starts_with(char::is_uppercase);
        let ends = pattern.ends_with(['.', '?']) && (is_capital || pattern.starts_with(HOLE));
        pattern.contains(' ') && (ends || (is_capital && pattern.ends_with(&format!(": {HOLE}"))))
    }

    /// Whether what follows `before` is a description of the schema or a top-level error.
    fn is_no_problem(before: &str) -> bool {
        let before = before.trim_end();
        let before = before.strip_suffix("format!(").unwrap_or(before).trim_end();
        let code = before.trim_end_matches(',').trim_end_matches(char::is_alphanumeric);
        let is_top_level = before.ends_with(',') && code.ends_with("Code::") && !code.ends_with("UserErrorCode::");
        is_top_level || before.ends_with("desc =") || before.ends_with("deprecation =")
    }

    /// The sentences of problems, each with the file that says it.
    fn said() -> BTreeMap<String, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        sources(&root, &root, &mut files);
        assert!(files.len() > 300, "{}", files.len());
        files.retain(|(name, _)| !ELSEWHERE.iter().any(|start| name.starts_with(start)));
        files.retain(|(name, _)| !name.ends_with("/tests.rs"));
        let mut said = BTreeMap::new();
        for (name, source) in &files {
            let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for (before, text) in literals(source) {
                let pattern = pattern(&text);
                let is_other = NO_PROBLEMS.iter().any(|start| pattern.starts_with(start));
                if is_sentence(&pattern) && !is_no_problem(before) && !is_other {
                    said.insert(pattern, name.clone());
                }
            }
        }
        said
    }

    fn file() -> File {
        toml::from_str(DUTCH).unwrap()
    }

    #[test]
    fn every_problem_is_said_in_dutch() {
        let (said, file) = (said(), file());
        assert!(said.len() > 300, "{}", said.len());
        let missing: Vec<_> = said.iter().filter(|(sentence, _)| !file.sentences.contains_key(*sentence)).collect();
        assert!(missing.is_empty(), "not in nl.toml: {missing:#?}");
    }

    #[test]
    fn no_sentence_is_left_of_a_problem_that_is_gone() {
        let (said, file) = (said(), file());
        let stale: BTreeSet<_> = file.sentences.keys().filter(|sentence| !said.contains_key(*sentence)).collect();
        assert!(stale.is_empty(), "nobody says these any more: {stale:#?}");
    }

    #[test]
    fn both_languages_are_filled_in_alike() {
        for (english, dutch) in file().sentences {
            let holes = |text: &str| text.matches(HOLE).count();
            assert_eq!(holes(&english), holes(&dutch), "{english}");
            assert!(!english.contains("{}{}"), "nobody knows where one ends: {english}");
            assert!(dutch != english && !dutch.is_empty(), "{english}");
        }
    }

    #[test]
    fn what_is_filled_in_stays_and_its_words_are_told_in_dutch() {
        for (english, dutch) in [
            ("Fill this in.", "Vul dit in."),
            ("Use at most 200 characters.", "Gebruik hoogstens 200 tekens."),
            ("Give 1 to 10 of them.", "Geef er 1 tot 10."),
            ("Answer this question: Zijn er {} vragen?", "Beantwoord deze vraag: Zijn er {} vragen?"),
            ("Answer this question: Fill this in.", "Beantwoord deze vraag: Fill this in."),
            (
                "Something has been tied since to a class group that this import made. Take that away first.",
                "Aan een groep uit deze invoer is sindsdien iets verbonden. Haal dat eerst weg.",
            ),
            (
                "Give a name of the IANA time zone database, as Europe/Amsterdam. Did you mean Europe/Paris?",
                "Geef een naam uit de IANA-lijst van tijdzones, zoals Europe/Amsterdam. Is Europe/Paris bedoeld?",
            ),
            (
                "What this import wrote has been changed since: a, b and 3 more. Roll back later imports first, or mend \
                 these by hand.",
                "Wat deze invoer schreef is sindsdien gewijzigd: a, b en nog 3. Draai eerst latere invoer terug, of \
                 herstel dit met de hand.",
            ),
        ] {
            assert_eq!(in_dutch(english).as_deref(), Some(dutch), "{english}");
        }
        assert_eq!(in_dutch("line 13: years[0].title is empty"), None);
    }

    #[test]
    fn what_is_filled_in_between_backticks_stays_as_it_is_typed() {
        for (prefix, _) in glans_entity::ids::TABLES {
            let english = format!("Give an id that starts with `{prefix}_`, or leave the id out.");
            let dutch = format!("Geef een id die begint met `{prefix}_`, of laat de id weg.");
            assert_eq!(in_dutch(&english), Some(dutch));
        }
    }

    #[test]
    fn literals_are_read_as_the_compiler_does() {
        let source = "let a = \"Een \\\n    twee.\"; // \"drie\"\nlet b = '\"'; c(r#\"v\"ier\"#, \"v\\\"ijf\")";
        let found: Vec<String> = literals(source).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, ["Een twee.", "v\"ier", "v\"ijf"]);
    }
}
