//! A text in several languages.

use std::collections::BTreeMap;

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// A text by language tag (BCP 47), as `{"nl": "Les", "en": "Lesson"}`. Never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Localized(pub BTreeMap<String, String>);

/// A list of texts, each in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct LocalizedList(pub Vec<Localized>);

impl Localized {
    /// The text in the first of `languages` that it has, else in Dutch, else in any it has.
    pub fn in_language<'l>(&self, languages: impl IntoIterator<Item = &'l str>) -> &str {
        self.with_language(languages).map_or("", |(_, text)| text)
    }

    /// As [`Localized::in_language`], with the tag of the language before it; none where there is no text at all.
    pub fn with_language<'l>(&self, languages: impl IntoIterator<Item = &'l str>) -> Option<(&str, &str)> {
        let found = languages.into_iter().chain(["nl"]).find_map(|language| self.0.get_key_value(language));
        found.or_else(|| self.0.iter().next()).map(|(language, text)| (language.as_str(), text.as_str()))
    }
}

/// A list of plain strings in one JSON column, as the grades of a class group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Strings(pub Vec<String>);
