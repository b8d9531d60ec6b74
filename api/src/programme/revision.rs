//! Changes to a lesson or material of a draft. Pure: the row with the changes in it, or every problem at once.

use std::ops::RangeInclusive;

use async_graphql::MaybeUndefined;
use glans_entity::localized::{Localized, LocalizedList};
use glans_entity::programme::{ScriptStep, TeamScript, lesson, material, programme_version};

use super::limits;
use super::rules::script_fits;
use super::types::{LessonUpdateInput, MaterialUpdateInput, TeamScriptStepInput};
use crate::platform::error::{Result, UserErrorCode};
use crate::platform::scalars::{Locale, Url};
use crate::platform::text::Checks;

/// The lesson of `edition` as `input` wants it.
pub fn lesson(
    mut lesson: lesson::Model,
    input: &LessonUpdateInput,
    edition: &programme_version::Model,
) -> Result<lesson::Model> {
    let mut revision = Revision::of(edition, input.locale.as_ref());
    if let Some(title) = &input.title {
        revision.line("title", &mut lesson.title, title);
    }
    if let Some(objectives) = &input.objectives {
        revision.texts("objectives", &mut lesson.objectives, objectives, limits::OBJECTIVES, limits::OBJECTIVE);
    }
    if let Some(theory) = &input.theory {
        revision.text("theory", &mut lesson.theory, theory, limits::THEORY);
    }
    if let Some(tips) = &input.practical_tips {
        revision.texts("practicalTips", &mut lesson.practical_tips, tips, limits::TIPS, limits::TIP);
    }
    if let Some(script) = &input.team_script {
        revision.script(&mut lesson.team_script, script);
    }
    if let Some(minutes) = input.duration_minutes {
        lesson.duration_minutes = revision.minutes("durationMinutes", minutes);
    }
    if !script_fits(&lesson.team_script, lesson.duration_minutes) {
        let message = "The minutes of the team script must add up to durationMinutes. Change one of them.";
        revision.checks.add(UserErrorCode::Invalid, "teamScript", message);
    }
    revision.checks.done(lesson)
}

/// The material of `edition` as `input` wants it.
pub fn material(
    mut material: material::Model,
    input: &MaterialUpdateInput,
    edition: &programme_version::Model,
) -> Result<material::Model> {
    let mut revision = Revision::of(edition, input.locale.as_ref());
    if let Some(title) = &input.title {
        revision.line("title", &mut material.title, title);
    }
    material.kind = input.kind.map_or(material.kind, Into::into);
    material.audience = input.audience.map_or(material.audience, Into::into);
    revision.optional("body", &mut material.body, &input.body, limits::BODY);
    revision.optional("bookReference", &mut material.book_reference, &input.book_reference, limits::BOOK_REFERENCE);
    match &input.url {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => material.url = None,
        MaybeUndefined::Value(url) => material.url = Some(revision.url(url)),
    }
    match input.duration_minutes {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => material.duration_minutes = None,
        MaybeUndefined::Value(minutes) => {
            material.duration_minutes = Some(revision.minutes("durationMinutes", minutes));
        }
    }
    revision.checks.done(material)
}

struct Revision<'i> {
    checks: Checks,
    /// Of the texts in the input.
    language: &'i str,
    /// Of the course: every text is there in it.
    own: &'i str,
}

impl<'i> Revision<'i> {
    /// Of texts in `locale`, or in the language of the course.
    fn of(edition: &'i programme_version::Model, locale: Option<&'i Locale>) -> Self {
        let own = edition.language.as_str();
        let language = locale.map_or(own, Locale::primary);
        let mut checks = Checks::default();
        if !edition.languages.0.iter().any(|known| known == language) {
            let known = edition.languages.0.join(", ");
            let message = format!("The course is not in this language. Give one of these: {known}.");
            checks.add(UserErrorCode::Invalid, "locale", message);
        }
        Self { checks, language, own }
    }

    fn line(&mut self, field: &str, present: &mut Localized, text: &str) {
        let text = self.checks.line(field, text, limits::TITLE);
        present.0.insert(self.language.to_owned(), text);
    }

    /// A text of several lines. Where it cannot be kept, nothing is said of its original.
    fn text(&mut self, field: &str, present: &mut Localized, text: &str, longest: usize) {
        let text = text.trim();
        present.0.insert(self.language.to_owned(), text.to_owned());
        if text.is_empty() {
            self.checks.add(UserErrorCode::Required, field, "Fill this in.");
        } else if text.chars().count() > longest {
            self.checks.add(UserErrorCode::TooLong, field, format!("Use at most {longest} characters."));
        } else if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
            self.checks.add(UserErrorCode::Invalid, field, "Leave out control characters.");
        } else {
            self.require_own(field, present);
        }
    }

    fn optional(
        &mut self,
        field: &str,
        present: &mut Option<Localized>,
        text: &MaybeUndefined<String>,
        longest: usize,
    ) {
        match text {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => *present = None,
            MaybeUndefined::Value(text) => {
                let mut localized = present.take().unwrap_or_default();
                self.text(field, &mut localized, text, longest);
                *present = Some(localized);
            }
        }
    }

    fn texts(
        &mut self,
        field: &str,
        present: &mut LocalizedList,
        texts: &[String],
        limits: RangeInclusive<usize>,
        longest: usize,
    ) {
        if !self.count(field, texts.len(), &limits) {
            return;
        }
        present.0.resize_with(texts.len(), Localized::default);
        for (index, (localized, text)) in present.0.iter_mut().zip(texts).enumerate() {
            let field = format!("{field}.{index}");
            self.text(&field, localized, text, longest);
        }
    }

    fn script(&mut self, present: &mut TeamScript, steps: &[TeamScriptStepInput]) {
        if !self.count("teamScript", steps.len(), &limits::SCRIPT_STEPS) {
            return;
        }
        present.0.resize_with(steps.len(), || ScriptStep { minutes: 1, text: Localized::default() });
        for (index, (step, input)) in present.0.iter_mut().zip(steps).enumerate() {
            let field = format!("teamScript.{index}");
            step.minutes = self.minutes(&format!("{field}.durationMinutes"), input.duration_minutes);
            self.text(&format!("{field}.text"), &mut step.text, &input.text, limits::SCRIPT_STEP);
        }
    }

    fn count(&mut self, field: &str, given: usize, limits: &RangeInclusive<usize>) -> bool {
        if !limits.contains(&given) {
            let message = format!("Give {} to {} of them.", limits.start(), limits.end());
            self.checks.add(UserErrorCode::LimitReached, field, message);
        }
        limits.contains(&given)
    }

    /// A translation without an original would show nothing to who reads in another language.
    fn require_own(&mut self, field: &str, localized: &Localized) {
        if !localized.0.contains_key(self.own) {
            let message = format!("Give this in the language of the course first: {}.", self.own);
            self.checks.add(UserErrorCode::Required, field, message);
        }
    }

    fn minutes(&mut self, field: &str, minutes: i32) -> i32 {
        if !limits::MINUTES.contains(&minutes) {
            let message = format!("Give {} to {} minutes.", limits::MINUTES.start(), limits::MINUTES.end());
            self.checks.add(UserErrorCode::Invalid, field, message);
        }
        minutes
    }

    fn url(&mut self, url: &str) -> String {
        let url = self.checks.line("url", url, limits::URL);
        if !url.is_empty() && Url::parse(&url).is_none() {
            let message = "A web address starts with https:// or http://, and has no blanks and no password in it.";
            self.checks.add(UserErrorCode::Invalid, "url", message);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(nl: &str, en: Option<&str>) -> Localized {
        let english = en.map(|en| ("en".to_owned(), en.to_owned()));
        Localized([("nl".to_owned(), nl.to_owned())].into_iter().chain(english).collect())
    }

    fn revision(language: &'static str) -> Revision<'static> {
        Revision { checks: Checks::default(), language, own: "nl" }
    }

    #[test]
    fn a_text_changes_in_its_language_only() {
        let mut revision = revision("en");
        let mut title = text("Groeten", Some("Greeting"));
        revision.text("theory", &mut title, " Saying hello\n\nand goodbye ", 100);
        assert_eq!(title, text("Groeten", Some("Saying hello\n\nand goodbye")));
        assert!(revision.checks.done(()).is_ok());
    }

    #[test]
    fn what_is_asked_of_an_address_is_what_is_taken() {
        let refused = |url: &str| {
            let mut revision = revision("nl");
            revision.url(url);
            revision.checks.done(()).err().map(|error| error.to_string())
        };
        for wrong in ["ftp://example.org", "https://a b", "https://u:p@example.org"] {
            let told = refused(wrong).unwrap();
            for said in ["https://", "http://", "blanks", "password"] {
                assert!(told.contains(said), "{wrong}: {told}");
            }
        }
        for right in ["https://example.org", "http://example.org"] {
            assert_eq!(refused(right), None, "{right}");
        }
    }

    #[test]
    fn a_shorter_list_drops_what_is_left_over() {
        let mut revision = revision("en");
        let mut tips = LocalizedList(vec![text("Een", Some("One")), text("Twee", None)]);
        revision.texts("practicalTips", &mut tips, &["First".to_owned()], limits::TIPS, limits::TIP);
        assert_eq!(tips, LocalizedList(vec![text("Een", Some("First"))]));
        assert!(revision.checks.done(()).is_ok());
    }

    #[test]
    fn a_longer_list_grows_in_the_language_of_the_course() {
        let longer = ["Een".to_owned(), "Twee".to_owned()];
        let grown = |language| {
            let mut revision = revision(language);
            let mut tips = LocalizedList(vec![text("1", None)]);
            revision.texts("practicalTips", &mut tips, &longer, limits::TIPS, limits::TIP);
            revision.checks.done(tips)
        };
        assert_eq!(grown("nl").unwrap(), LocalizedList(vec![text("Een", None), text("Twee", None)]));
        assert!(grown("en").is_err());
    }
}
