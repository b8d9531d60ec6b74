//! The languages, and which of them somebody is spoken to in.

use std::sync::LazyLock;

use crate::platform::speech::{LANGUAGES, Speech, Speeches};

/// The file of each language, in their order.
const FILES: [&str; LANGUAGES.len()] = [include_str!("nl.ftl"), include_str!("en.ftl")];

static SPEECHES: LazyLock<Speeches> = LazyLock::new(|| Speeches::new(FILES));

/// In the language of this BCP 47 tag, else in the same language of another region, else in the first.
pub fn of(tag: &str) -> &'static Speech {
    SPEECHES.of(tag)
}

/// In the first of `tags` that there is.
pub fn of_first<'t>(tags: impl IntoIterator<Item = &'t str>) -> &'static Speech {
    SPEECHES.of_first(tags)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::platform::speech::check;

    #[test]
    fn no_file_has_an_error_or_a_key_twice() {
        check(FILES);
    }

    /// Keys of whole texts. Pieces of sentences belong to their language.
    fn keys(text: &str) -> BTreeSet<&str> {
        let (_, texts) = text.split_once("\n## ").unwrap();
        let (_, texts) = texts.split_once("\n## ").expect("pieces of sentences come first");
        texts.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect()
    }

    #[test]
    fn every_language_has_every_text() {
        let (first, rest) = FILES.split_first().unwrap();
        for (tag, text) in LANGUAGES[1..].iter().zip(rest) {
            let (here, there) = (keys(text), keys(first));
            let missing: Vec<_> = there.difference(&here).collect();
            let unknown: Vec<_> = here.difference(&there).collect();
            assert!(missing.is_empty() && unknown.is_empty(), "{tag}.ftl: missing {missing:?}, unknown {unknown:?}");
        }
        assert!(keys(first).len() > 150);
    }
}
