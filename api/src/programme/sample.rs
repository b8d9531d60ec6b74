//! The course that ships with the program.

/// The document of the sample course: two years of three modules of four lessons, in Dutch and English.
pub const SAMPLE: &str = include_str!("../../assets/sample-programme.yaml");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use glans_entity::localized::Localized;
    use glans_entity::programme::{Audience, MaterialKind};

    use super::super::document::{Document, Lesson, parse};
    use super::*;

    fn sample() -> Document {
        parse(SAMPLE).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// Every text of a lesson and its materials.
    fn texts(lesson: &Lesson) -> Vec<&Localized> {
        let mut texts = vec![&lesson.title, &lesson.theory];
        texts.extend(&lesson.objectives.0);
        texts.extend(&lesson.practical_tips.0);
        texts.extend(lesson.team_script.0.iter().map(|step| &step.text));
        for material in &lesson.materials {
            texts.push(&material.title);
            texts.extend(&material.body);
            texts.extend(&material.book_reference);
        }
        texts
    }

    #[test]
    fn it_is_marked_as_a_sample() {
        let sample = sample();
        assert!(sample.is_sample);
        assert!(sample.title.in_language(["nl"]).contains("voorbeeld"));
        assert!(sample.title.in_language(["en"]).contains("sample"));
    }

    #[test]
    fn it_has_two_years_of_three_modules_of_four_lessons() {
        let shape: Vec<Vec<usize>> = sample()
            .years
            .iter()
            .map(|year| year.modules.iter().map(|module| module.lessons.len()).collect())
            .collect();
        assert_eq!(shape, [[4, 4, 4], [4, 4, 4]]);
    }

    #[test]
    fn every_lesson_is_whole() {
        for lesson in sample().lessons() {
            let key = &lesson.key;
            assert!((2..=4).contains(&lesson.objectives.0.len()), "{key}: objectives");
            assert!((3..=5).contains(&lesson.practical_tips.0.len()), "{key}: tips");
            assert!((3..=5).contains(&lesson.materials.len()), "{key}: materials");
            assert_eq!(lesson.team_script.minutes(), lesson.duration_minutes, "{key}: script");
            for language in ["nl", "en"] {
                let paragraphs = lesson.theory.0[language].split("\n\n").count();
                assert!((2..=4).contains(&paragraphs), "{key}: {paragraphs} paragraphs in {language}");
            }
        }
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        let sample = sample();
        for lesson in sample.lessons() {
            for text in texts(lesson) {
                let languages: Vec<&String> = text.0.keys().collect();
                assert_eq!(languages, ["en", "nl"], "{}: {text:?}", lesson.key);
                assert_ne!(text.0["nl"], text.0["en"], "{}: not translated", lesson.key);
            }
        }
    }

    #[test]
    fn every_kind_and_audience_occurs() {
        let sample = sample();
        let kinds: BTreeSet<MaterialKind> = sample.materials().map(|material| material.kind).collect();
        let audiences: BTreeSet<Audience> = sample.materials().map(|material| material.audience).collect();
        assert_eq!((kinds.len(), audiences.len()), (6, 4));
    }

    #[test]
    fn links_lead_to_reserved_names_only() {
        for material in sample().materials() {
            let invented = |url: &String| url.starts_with("https://example.org/");
            assert!(material.url.as_ref().is_none_or(invented), "{}", material.key);
        }
    }
}
