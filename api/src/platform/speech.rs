//! Texts in the languages that people are spoken to in: a Fluent file for each, in the slice that says them.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// The tags of all languages. The first is for who speaks none of them.
pub const LANGUAGES: [&str; 2] = ["nl", "en"];

/// What a slice says, in every language.
pub struct Speeches([Speech; LANGUAGES.len()]);

impl Speeches {
    /// Of the texts of the files, in the order of [`LANGUAGES`].
    pub fn new(texts: [&str; LANGUAGES.len()]) -> Self {
        let mut texts = texts.into_iter();
        Self(LANGUAGES.map(|tag| Speech::new(tag, texts.next().unwrap_or_default())))
    }

    /// In the language of this BCP 47 tag, else in the same language of another region, else in the first.
    pub fn of(&self, tag: &str) -> &Speech {
        self.known(tag).unwrap_or(&self.0[0])
    }

    /// In the first of `tags` that there is.
    pub fn of_first<'t>(&self, tags: impl IntoIterator<Item = &'t str>) -> &Speech {
        tags.into_iter().find_map(|tag| self.known(tag)).unwrap_or(&self.0[0])
    }

    fn known(&self, tag: &str) -> Option<&Speech> {
        let wanted: LanguageIdentifier = tag.trim().parse().ok()?;
        let (whole, primary) = (wanted.to_string(), wanted.language.to_string());
        let with = |tag: &str| self.0.iter().find(|speech| speech.tag == tag);
        with(&whole).or_else(|| with(&primary))
    }
}

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

/// # Panics
/// Of a file with an error in it, or a key twice.
#[cfg(test)]
pub fn check(texts: [&str; LANGUAGES.len()]) {
    for (tag, text) in LANGUAGES.into_iter().zip(texts) {
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| errors);
        let resource = resource.unwrap_or_else(|errors| panic!("{tag}.ftl: {errors:?}"));
        let mut bundle: FluentBundle<FluentResource> = FluentBundle::new_concurrent(vec![tag.parse().unwrap()]);
        let twice: Result<(), Vec<fluent_bundle::FluentError>> = bundle.add_resource(resource);
        assert!(twice.is_ok(), "{tag}.ftl: {twice:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_spoken_to_in_the_nearest_language() {
        let speeches = Speeches::new(["word = woord", "word = word"]);
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
            assert_eq!(speeches.of(tag).tag(), spoken, "{tag}");
        }
        assert_eq!(speeches.of_first(["fr", "en-GB", "nl"]).say("word"), "word");
        assert_eq!(speeches.of_first([]).say("word"), "woord");
    }
}
