//! The course in the tree: which fields there are, and what each must be.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use glans_entity::localized::{Localized, LocalizedList};
use glans_entity::programme::{ScriptStep, TeamScript};
use sea_orm::{ActiveEnum, Iterable};

use super::super::limits;
use super::super::rules::{is_key, is_language, script_fits};
use super::problem::Problems;
use super::reader::{Fields, Place, Reader};
use super::tree::Node;
use super::{Document, Lesson, Material, Module, Year};
use crate::platform::scalars::Url;

pub(super) fn read(root: &Node) -> Result<Document, Problems> {
    let mut course = Course::default();
    let document = course.document(Place::root(root));
    course.reader.finish(document)
}

/// The reading of one course: the reader, and the keys seen so far with their lines.
#[derive(Default)]
struct Course {
    reader: Reader,
    lesson_keys: HashMap<String, u64>,
    material_keys: HashMap<String, u64>,
}

impl Course {
    fn document(&mut self, place: Place<'_>) -> Document {
        let known = ["key", "languages", "isSample", "title", "summary", "years"];
        let fields = self.reader.fields(place, &known);
        self.reader.languages = self.languages(&fields.at("languages"));
        Document {
            key: self.key(&fields.at("key")),
            languages: self.reader.languages.clone(),
            is_sample: self
                .reader
                .optional(fields.at("isSample"), |reader, place| reader.boolean(&place))
                .unwrap_or(false),
            title: self.reader.localized(fields.at("title"), limits::TITLE),
            summary: self.reader.localized(fields.at("summary"), limits::SUMMARY),
            years: self.list(&fields.at("years"), limits::YEARS, Self::year),
        }
    }

    fn year(&mut self, place: Place<'_>) -> Year {
        let fields = self.reader.fields(place, &["title", "modules"]);
        Year {
            title: self.reader.localized(fields.at("title"), limits::TITLE),
            modules: self.list(&fields.at("modules"), limits::MODULES, Self::module),
        }
    }

    fn module(&mut self, place: Place<'_>) -> Module {
        let fields = self.reader.fields(place, &["title", "goal", "lessons"]);
        Module {
            title: self.reader.localized(fields.at("title"), limits::TITLE),
            goal: self.reader.localized(fields.at("goal"), limits::GOAL),
            lessons: self.list(&fields.at("lessons"), limits::LESSONS, Self::lesson),
        }
    }

    fn lesson(&mut self, place: Place<'_>) -> Lesson {
        let known =
            ["key", "title", "durationMinutes", "objectives", "theory", "practicalTips", "teamScript", "materials"];
        let fields = self.reader.fields(place, &known);
        let guessed = self.reader.guessed;
        let (duration_minutes, team_script) = (self.minutes(&fields.at("durationMinutes")), self.team_script(&fields));
        // Where a number is a stand-in, its own problem is told already.
        let are_minutes_read = self.reader.guessed == guessed;
        let lesson = Lesson {
            key: self.lesson_key(&fields.at("key")),
            title: self.reader.localized(fields.at("title"), limits::TITLE),
            duration_minutes,
            objectives: self.texts(&fields.at("objectives"), limits::OBJECTIVES, limits::OBJECTIVE),
            theory: self.reader.localized(fields.at("theory"), limits::THEORY),
            practical_tips: self.texts(&fields.at("practicalTips"), limits::TIPS, limits::TIP),
            team_script,
            materials: self.list(&fields.at("materials"), limits::MATERIALS, Self::material),
        };
        if are_minutes_read {
            self.check_minutes(&fields, &lesson);
        }
        lesson
    }

    fn material(&mut self, place: Place<'_>) -> Material {
        let known = ["key", "kind", "audience", "title", "body", "url", "durationMinutes", "bookReference"];
        let fields = self.reader.fields(place, &known);
        let localized = |longest| move |reader: &mut Reader, place: Place<'_>| reader.localized(place, longest);
        Material {
            key: self.material_key(&fields.at("key")),
            kind: self.one_of(&fields.at("kind")),
            audience: self.one_of(&fields.at("audience")),
            title: self.reader.localized(fields.at("title"), limits::TITLE),
            body: self.reader.optional(fields.at("body"), localized(limits::BODY)),
            url: self.reader.optional(fields.at("url"), |reader, place| web_address(reader, &place)),
            duration_minutes: self
                .reader
                .optional(fields.at("durationMinutes"), |reader, place| reader.integer(&place, limits::MINUTES)),
            book_reference: self.reader.optional(fields.at("bookReference"), localized(limits::BOOK_REFERENCE)),
        }
    }

    fn team_script(&mut self, lesson: &Fields<'_>) -> TeamScript {
        let steps = self.reader.optional(lesson.at("teamScript"), |reader, place| {
            reader.list(&place, limits::SCRIPT_STEPS, |reader, place| {
                let fields = reader.fields(place, &["minutes", "text"]);
                ScriptStep {
                    minutes: reader.integer(&fields.at("minutes"), limits::MINUTES),
                    text: reader.localized(fields.at("text"), limits::SCRIPT_STEP),
                }
            })
        });
        TeamScript(steps.unwrap_or_default())
    }

    fn check_minutes(&mut self, fields: &Fields<'_>, lesson: &Lesson) {
        if !script_fits(&lesson.team_script, lesson.duration_minutes) {
            let (scripted, planned) = (lesson.team_script.minutes(), lesson.duration_minutes);
            let message =
                format!("takes {scripted} minutes in all, while durationMinutes is {planned}: make them equal");
            self.reader.note(&fields.at("teamScript"), message);
        }
    }

    fn languages(&mut self, place: &Place<'_>) -> Vec<String> {
        let mut languages: Vec<String> = Vec::new();
        self.reader.list(place, limits::LANGUAGES, |reader, place| {
            let language = reader.text(&place, limits::KEY);
            if languages.contains(&language) {
                reader.note(&place, "stands here twice: keep one of them");
            } else if !is_language(&language) {
                reader.note(&place, "is no language: give its code in lower case, as nl or en");
            } else {
                languages.push(language);
            }
        });
        languages
    }

    fn list<'tree, T>(
        &mut self,
        place: &Place<'tree>,
        limits: RangeInclusive<usize>,
        mut read: impl FnMut(&mut Self, Place<'tree>) -> T,
    ) -> Vec<T> {
        let items = self.reader.list(place, limits, |_, item| item);
        items.into_iter().map(|item| read(self, item)).collect()
    }

    fn texts(&mut self, place: &Place<'_>, limits: RangeInclusive<usize>, longest: usize) -> LocalizedList {
        let read = |reader: &mut Reader, place: Place<'_>| -> Localized { reader.localized(place, longest) };
        LocalizedList(self.reader.list(place, limits, read))
    }

    fn minutes(&mut self, place: &Place<'_>) -> i32 {
        self.reader.integer(place, limits::MINUTES)
    }

    /// One value of an enumeration, by the name that it has in the API.
    fn one_of<E: ActiveEnum<Value = String> + Iterable + Copy>(&mut self, place: &Place<'_>) -> E {
        let given = self.reader.text(place, limits::KEY);
        let known: Vec<E> = E::iter().collect();
        let found = known.iter().find(|value| value.to_value() == given);
        if found.is_none() && !given.is_empty() {
            let names: Vec<String> = known.iter().map(ActiveEnum::to_value).collect();
            self.reader.note(place, format!("is \"{given}\": give one of {}", names.join(", ")));
        }
        *found.unwrap_or(&known[0])
    }

    fn key(&mut self, place: &Place<'_>) -> String {
        let key = self.reader.text(place, limits::KEY);
        if !key.is_empty() && !is_key(&key) {
            self.reader.note(place, "is no key: use small letters, digits and hyphens, as first-conversation");
        }
        key
    }

    fn lesson_key(&mut self, place: &Place<'_>) -> String {
        let key = self.key(place);
        self.note_taken(place, &key, |course| &mut course.lesson_keys);
        key
    }

    fn material_key(&mut self, place: &Place<'_>) -> String {
        let key = self.key(place);
        self.note_taken(place, &key, |course| &mut course.material_keys);
        key
    }

    fn note_taken(&mut self, place: &Place<'_>, key: &str, seen: impl FnOnce(&mut Self) -> &mut HashMap<String, u64>) {
        if key.is_empty() {
            return;
        }
        if let Some(line) = seen(self).insert(key.to_owned(), place.line) {
            self.reader.note(place, format!("is the key \"{key}\" of line {line} again: give each its own"));
        }
    }
}

fn web_address(reader: &mut Reader, place: &Place<'_>) -> String {
    let address = reader.text(place, limits::URL);
    if !address.is_empty() && Url::parse(&address).is_none() {
        reader.note(place, "is no web address: start it with https:// and leave no blanks in it");
    }
    address
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    const COURSE: &str = include_str!("valid.yaml");

    fn problems(text: &str) -> Vec<String> {
        let problems = parse(text).map(|_| ()).unwrap_err();
        problems.0.iter().map(ToString::to_string).collect()
    }

    /// The problems of the valid course in which `good` became `bad`.
    fn with(good: &str, bad: &str) -> Vec<String> {
        assert_eq!(COURSE.matches(good).count(), 1, "{good:?} must stand once in the course");
        problems(&COURSE.replace(good, bad))
    }

    #[test]
    fn a_valid_course_is_read_in_its_order() {
        let course = parse(COURSE).unwrap();
        let lessons: Vec<&str> = course.lessons().map(|lesson| lesson.key.as_str()).collect();
        assert_eq!(lessons, ["hello", "goodbye"]);
        let hello = course.lessons().next().unwrap();
        assert_eq!(hello.title.in_language(["en"]), "Hello");
        assert_eq!(hello.objectives.0[0].in_language(["en"]), "Je kunt groeten");
        assert_eq!(hello.team_script.minutes(), 30);
        assert_eq!(course.materials().count(), 2);
        assert_eq!(course.language(), "nl");
        assert!(!course.is_sample);
    }

    #[test]
    fn all_problems_come_at_once_in_the_order_of_the_lines() {
        let broken = COURSE
            .replace("key: hello\n", "key: Hello You\n")
            .replace("kind: TOOL", "kind: HAMMER")
            .replace("url: https://example.org/card", "url: ftp://example.org/card");
        let all = problems(&broken);
        assert_eq!(
            all,
            [
                "line 12: years[0].modules[0].lessons[0].key is no key: use small letters, digits and hyphens, as \
                 first-conversation",
                "line 23: years[0].modules[0].lessons[0].materials[0].kind is \"HAMMER\": give one of ARTICLE, VIDEO, \
                 TOOL, BOOK_CHAPTER, PRESENTATION, EXERCISE",
                "line 26: years[0].modules[0].lessons[0].materials[0].url is no web address: start it with https:// \
                 and leave no blanks in it",
            ]
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        assert_eq!(
            with("    goal: ", "    gaol: "),
            [
                "line 8: years[0].modules[0].goal is missing: give a text",
                "line 9: years[0].modules[0].gaol is no key that belongs here: do you mean \"goal\"?",
            ]
        );
        assert_eq!(
            with("title: {nl: Hallo, en: Hello}", "title: {nl: Hallo, fr: Bonjour}"),
            ["line 13: years[0].modules[0].lessons[0].title.fr is no key that belongs here: do you mean \"nl\"?"]
        );
    }

    #[test]
    fn a_document_of_another_form_is_told_what_can_be_read() {
        for (line, key) in [("version: 2\n", "version"), ("$schema: course/v2\n", "$schema")] {
            let told = format!(
                "line 2: {key} is no key that belongs here: use key, languages, isSample, title, summary, years"
            );
            assert_eq!(with("languages: [nl, en]\n", &format!("{line}languages: [nl, en]\n")), [told]);
        }
    }

    #[test]
    fn the_first_language_must_be_there() {
        assert_eq!(
            with("title: {nl: Hallo, en: Hello}", "title: {en: Hello}"),
            ["line 13: years[0].modules[0].lessons[0].title.nl is missing: give a text"]
        );
        assert_eq!(with("languages: [nl, en]", "languages: []"), ["line 2: languages has 0 items: give 1 to 10"]);
        assert_eq!(
            with("languages: [nl, en]", "languages: [nl, Dutch, nl, en]"),
            [
                "line 2: languages[1] is no language: give its code in lower case, as nl or en",
                "line 2: languages[2] stands here twice: keep one of them",
            ]
        );
    }

    #[test]
    fn keys_are_unique_in_the_whole_course() {
        assert_eq!(
            with("key: goodbye", "key: hello"),
            ["line 28: years[0].modules[0].lessons[1].key is the key \"hello\" of line 12 again: give each its own"]
        );
    }

    #[test]
    fn numbers_are_whole_positive_and_agree() {
        assert_eq!(
            with("minutes: 20", "minutes: 19"),
            ["line 18: years[0].modules[0].lessons[0].teamScript takes 29 minutes in all, while durationMinutes is \
                 30: make them equal"]
        );
        assert_eq!(
            with("minutes: 20", "minutes: 0"),
            ["line 19: years[0].modules[0].lessons[0].teamScript[1].minutes is 0: give 1 to 480"]
        );
        assert_eq!(
            with("durationMinutes: 30", "durationMinutes: many"),
            ["line 14: years[0].modules[0].lessons[0].durationMinutes is a text: give a whole number"]
        );
        assert_eq!(
            with("durationMinutes: 45", "durationMinutes: half an hour"),
            ["line 30: years[0].modules[0].lessons[1].durationMinutes is a text: give a whole number"]
        );
    }

    #[test]
    fn texts_are_bounded_and_not_empty() {
        let long = format!("title: {}", "é".repeat(201));
        assert_eq!(
            with("title: Dag", &long),
            ["line 29: years[0].modules[0].lessons[1].title has 201 characters: at most 200 fit"]
        );
        assert_eq!(
            with("title: Dag", "title: 2026"),
            ["line 29: years[0].modules[0].lessons[1].title is a number: give a text (in quotes, where it looks \
                 like something else)"]
        );
        assert_eq!(
            with("title: Dag", "title: ' '"),
            ["line 29: years[0].modules[0].lessons[1].title is empty: write something, or leave the key out where \
                 it is optional"]
        );
    }

    #[test]
    fn what_is_no_mapping_is_told_and_not_what_would_be_in_it() {
        assert_eq!(problems("[]"), ["line 1: document is a list: give a mapping"]);
        let empty = problems("");
        assert!(empty.len() == 1 && empty[0].ends_with("document is missing: give a mapping"), "{empty:?}");
        let all = problems("{}");
        assert!(all.contains(&"line 1: key is missing: give a text".to_owned()));
        assert!(all.contains(&"line 1: years is missing: give a list".to_owned()));
    }

    #[test]
    fn a_doubled_key_is_refused() {
        assert_eq!(
            with("key: hello\n", "key: hello\n            key: hi\n"),
            ["line 13: years[0].modules[0].lessons[0].key stands here twice: keep one of them"]
        );
    }
}
