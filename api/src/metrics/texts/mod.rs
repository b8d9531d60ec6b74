//! What metrics are called and how they are made, in words, and the words of charts: a Fluent file for each language.

mod saying;

use std::sync::LazyLock;

use glans_entity::metrics::Metric;
use sea_orm::ActiveEnum;

use crate::platform::speech::{LANGUAGES, Speech, Speeches};

pub use saying::{about, day, every, language, month, month_short, percent};

/// The file of each language, in their order.
const FILES: [&str; LANGUAGES.len()] = [include_str!("nl.ftl"), include_str!("en.ftl")];

static SPEECHES: LazyLock<Speeches> = LazyLock::new(|| Speeches::new(FILES));

/// In the language of this BCP 47 tag, else in the same language of another region, else in the first.
pub fn speech_of(tag: &str) -> &'static Speech {
    SPEECHES.of(tag)
}

/// In the first of `tags` that there is.
pub fn speech_of_first<'t>(tags: impl IntoIterator<Item = &'t str>) -> &'static Speech {
    SPEECHES.of_first(tags)
}

/// How the metric is named in the files: `two-way`.
fn key_of(metric: Metric) -> String {
    metric.to_value().to_lowercase().replace('_', "-")
}

/// What it is called, in a few words.
pub fn title(speech: &Speech, metric: Metric) -> String {
    speech.say(&format!("{}-title", key_of(metric)))
}

/// Numerator and denominator, in a sentence.
pub fn formula(speech: &Speech, metric: Metric) -> String {
    speech.say(&format!("{}-formula", key_of(metric)))
}

/// What is counted, in the plural, as it stands within a sentence.
pub fn unit(speech: &Speech, metric: Metric) -> String {
    speech.say(&format!("{}-unit", key_of(metric)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sea_orm::Iterable;

    use super::*;
    use crate::platform::speech::check;

    #[test]
    fn no_file_has_an_error_or_a_key_twice() {
        check(FILES);
    }

    #[test]
    fn every_language_has_the_same_keys() {
        let keys = |text: &'static str| -> BTreeSet<&str> {
            text.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect()
        };
        let [dutch, english] = FILES.map(keys);
        assert_eq!(dutch, english);
    }

    #[test]
    fn every_metric_is_told_in_every_language() {
        for language in LANGUAGES {
            let speech = speech_of(language);
            let mut titles = BTreeSet::new();
            for metric in Metric::iter() {
                let (title, formula, unit) = (title(speech, metric), formula(speech, metric), unit(speech, metric));
                assert!((3..=25).contains(&title.chars().count()), "{metric:?} in {language}: {title:?}");
                assert!(
                    formula.ends_with('.') && formula.chars().count() <= 180,
                    "{metric:?} in {language}: {formula}"
                );
                assert!(unit.chars().next().is_some_and(char::is_lowercase), "{metric:?} in {language}: {unit:?}");
                titles.insert(title);
            }
            assert_eq!(titles.len(), Metric::iter().count());
        }
    }
}
