//! The languages, and which of them somebody is spoken to in.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// Tag and file of each language. The first is for who speaks none of them.
const FILES: [(&str, &str); 2] = [("nl", include_str!("nl.ftl")), ("en", include_str!("en.ftl"))];

static SPEECHES: LazyLock<Vec<Speech>> =
    LazyLock::new(|| FILES.into_iter().map(|(tag, text)| Speech::new(tag, text)).collect());

/// What can be said in one language.
pub struct Speech {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Speech {
    fn new(tag: &'static str, text: &str) -> Self {
        // Tests refuse a file with an error in it; what can be read of one is better than nothing.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
        // The marks would show as boxes in subjects of e-mail; both languages are written from left to right.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { tag, bundle }
    }

    /// In the language of this BCP 47 tag, else in the same language of another region, else in the first.
    pub fn of(tag: &str) -> &'static Self {
        Self::known(tag).unwrap_or(&SPEECHES[0])
    }

    /// In the first of `tags` that there is.
    pub fn of_first<'t>(tags: impl IntoIterator<Item = &'t str>) -> &'static Self {
        tags.into_iter().find_map(Self::known).unwrap_or(&SPEECHES[0])
    }

    fn known(tag: &str) -> Option<&'static Self> {
        let wanted: LanguageIdentifier = tag.trim().parse().ok()?;
        let (whole, primary) = (wanted.to_string(), wanted.language.to_string());
        let with = |tag: &str| SPEECHES.iter().find(|speech| speech.tag == tag);
        with(&whole).or_else(|| with(&primary))
    }

    /// The tags of all languages.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        FILES.into_iter().map(|(tag, _)| tag)
    }

    /// Its own tag.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// The text of `key`.
    pub fn say(&self, key: &str) -> String {
        self.say_with(key, &FluentArgs::new())
    }

    /// The text of `key` about `arguments`.
    pub fn say_with(&self, key: &str, arguments: &FluentArgs<'_>) -> String {
        let mut errors = Vec::new();
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let said = pattern.map(|pattern| self.bundle.format_pattern(pattern, Some(arguments), &mut errors));
        let Some(said) = said.filter(|_| errors.is_empty()) else {
            tracing::error!(key, language = self.tag, ?errors, "a text cannot be said");
            return String::new();
        };
        said.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fluent_bundle::FluentError;

    use super::*;

    #[test]
    fn no_file_has_an_error_or_a_key_twice() {
        for (tag, text) in FILES {
            let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| errors);
            let resource = resource.unwrap_or_else(|errors| panic!("{tag}.ftl: {errors:?}"));
            let mut bundle: FluentBundle<FluentResource> = FluentBundle::new_concurrent(vec![tag.parse().unwrap()]);
            let twice: Result<(), Vec<FluentError>> = bundle.add_resource(resource);
            assert!(twice.is_ok(), "{tag}.ftl: {twice:?}");
        }
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
        for (tag, text) in rest {
            let (here, there) = (keys(text), keys(first.1));
            let missing: Vec<_> = there.difference(&here).collect();
            let unknown: Vec<_> = here.difference(&there).collect();
            assert!(missing.is_empty() && unknown.is_empty(), "{tag}.ftl: missing {missing:?}, unknown {unknown:?}");
        }
        assert!(keys(first.1).len() > 150);
    }

    #[test]
    fn somebody_is_spoken_to_in_the_nearest_language() {
        for (tag, spoken) in [
            ("nl", "nl"),
            ("nl-BE", "nl"),
            ("en", "en"),
            ("EN-gb", "en"),
            ("en-Latn-US", "en"),
            ("fr", "nl"),
            ("", "nl"),
            ("?", "nl"),
        ] {
            assert_eq!(Speech::of(tag).tag(), spoken, "{tag}");
        }
        assert_eq!(Speech::of_first(["fr", "en-GB", "nl"]).tag(), "en");
        assert_eq!(Speech::of_first([]).tag(), "nl");
    }
}
