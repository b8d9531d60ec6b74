//! In which languages an answer tells its texts: what `Content-Language` says.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderValue;
use glans_entity::localized::Localized;

/// The languages of the texts of one answer.
#[derive(Debug, Default)]
pub struct Told(Mutex<BTreeSet<String>>);

impl Told {
    /// `text` in the first of `languages` that it has, as [`Localized::in_language`].
    pub fn text<'t, 'l>(&self, text: &'t Localized, languages: impl IntoIterator<Item = &'l str>) -> &'t str {
        let Some((language, text)) = text.with_language(languages) else { return "" };
        self.note(language);
        text
    }

    /// A text is told in this language.
    pub fn note(&self, language: &str) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.contains(language) {
            told.insert(language.to_owned());
        }
    }

    /// `Content-Language` (RFC 9110, section 8.5); none where no text has a language.
    pub fn header(&self) -> Option<HeaderValue> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tags: Vec<&str> = told.iter().map(String::as_str).collect();
        (!tags.is_empty()).then(|| HeaderValue::try_from(tags.join(", ")).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_each_language_that_it_is_in() {
        let both = Localized([("nl", "Les"), ("en", "Lesson")].map(|(tag, it)| (tag.to_owned(), it.to_owned())).into());
        let dutch = Localized([("nl".to_owned(), "Kind".to_owned())].into());
        let told = Told::default();
        assert_eq!(told.header(), None);
        assert_eq!(told.text(&both, ["en"]), "Lesson");
        assert_eq!(told.header().unwrap(), "en");
        assert_eq!(told.text(&dutch, ["en"]), "Kind");
        assert_eq!(told.text(&Localized::default(), ["tr"]), "");
        assert_eq!(told.header().unwrap(), "en, nl");
    }
}
