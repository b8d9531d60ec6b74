//! What may be asked, and how long a survey stays open.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::{QuestionKind, SurveyKind, SurveyStatus};

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const MOST_QUESTIONS: usize = 50;
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=20;
const TITLE_LENGTH: usize = 200;
const INTRO_LENGTH: usize = 4_000;
const TEXT_LENGTH: usize = 500;
const OPTION_LENGTH: usize = 200;
/// How long a survey can stay open.
const HORIZON: TimeDelta = TimeDelta::days(366);

/// What a survey says before its questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub kind: SurveyKind,
    pub title: String,
    pub intro: Option<String>,
    pub anonymous: bool,
    pub closes_at: DateTime<Utc>,
}

/// A question as its author asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub kind: QuestionKind,
    pub text: String,
    pub required: bool,
    pub options: Vec<String>,
}

/// The head, tidied.
pub fn head(checks: &mut Checks, head: &Head, now: DateTime<Utc>) -> Head {
    if head.kind == SurveyKind::Pulse && head.anonymous {
        let message =
            "A pulse is about one child and cannot be anonymous. Make it a survey, or take the anonymity away.";
        checks.add(UserErrorCode::Invalid, "isAnonymous", message);
    }
    if head.closes_at <= now || head.closes_at > now + HORIZON {
        checks.add(UserErrorCode::Invalid, "closesAt", "Choose a time to come, within a year.");
    }
    Head {
        title: checks.line("title", &head.title, TITLE_LENGTH),
        intro: checks.optional_text("intro", head.intro.as_deref(), INTRO_LENGTH),
        ..head.clone()
    }
}

/// The questions, tidied.
pub fn questions(checks: &mut Checks, kind: SurveyKind, questions: Vec<Question>) -> Vec<Question> {
    if questions.is_empty() {
        checks.add(UserErrorCode::Required, "questions", "Ask at least one question.");
    }
    if questions.len() > MOST_QUESTIONS {
        checks.add(UserErrorCode::TooLong, "questions", format!("Ask at most {MOST_QUESTIONS} questions."));
    }
    let one_scale = matches!(&questions[..], [only] if only.kind == QuestionKind::Scale && only.required);
    if kind == SurveyKind::Pulse && !questions.is_empty() && !one_scale {
        checks.add(
            UserErrorCode::Invalid,
            "questions",
            "A pulse asks one question, on a scale, which needs an answer.",
        );
    }
    let asked = questions.into_iter().take(MOST_QUESTIONS).enumerate();
    asked.map(|(at, asked)| question(checks, &format!("questions.{at}"), &asked)).collect()
}

fn question(checks: &mut Checks, at: &str, question: &Question) -> Question {
    let text = checks.line(&format!("{at}.text"), &question.text, TEXT_LENGTH);
    let field = format!("{at}.options");
    let chosen = matches!(question.kind, QuestionKind::Single | QuestionKind::Multiple);
    if chosen && !OPTIONS.contains(&question.options.len()) {
        checks.add(UserErrorCode::Invalid, &field, "Give 2 to 20 options to choose from.");
    }
    if !chosen && !question.options.is_empty() {
        checks.add(UserErrorCode::Invalid, &field, "Leave out the options: nothing is chosen here.");
    }
    let options: Vec<String> = question
        .options
        .iter()
        .take(*OPTIONS.end())
        .enumerate()
        .map(|(option, text)| checks.line(&format!("{field}.{option}"), text, OPTION_LENGTH))
        .collect();
    if (1..options.len()).any(|later| options[..later].contains(&options[later])) {
        checks.add(UserErrorCode::Taken, &field, "Give each option once.");
    }
    Question { kind: question.kind, text, required: question.required, options }
}

/// Only a draft is changed: who has answered has answered this.
pub fn must_be_draft(status: SurveyStatus) -> Result<()> {
    match status {
        SurveyStatus::Draft => Ok(()),
        SurveyStatus::Open | SurveyStatus::Closed => {
            Err(refuse(UserErrorCode::Conflict, "id", "It was opened already. Make a new one."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::problems;
    use super::*;

    #[test]
    fn a_question_offers_what_its_kind_needs() {
        let of = |kind, text: &str, options: &[&str]| Question {
            kind,
            text: text.to_owned(),
            required: true,
            options: options.iter().map(|&option| option.to_owned()).collect(),
        };
        let mut checks = Checks::default();
        let all = vec![
            of(QuestionKind::Single, "Goed?", &["Ja"]),
            of(QuestionKind::Multiple, "Welke?", &["a", "a", ""]),
            of(QuestionKind::Scale, "", &["1"]),
            of(QuestionKind::Text, "Anders?", &[]),
        ];
        questions(&mut checks, SurveyKind::Survey, all);
        let expected = [
            "questions.0.options",
            "questions.1.options.2",
            "questions.1.options",
            "questions.2.text",
            "questions.2.options",
        ];
        let mut told = problems(checks);
        told.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(told, expected);
        let mut checks = Checks::default();
        questions(&mut checks, SurveyKind::Pulse, vec![of(QuestionKind::Text, "Anders?", &[])]);
        assert_eq!(problems(checks), ["questions"]);
        let mut checks = Checks::default();
        questions(&mut checks, SurveyKind::Pulse, vec![of(QuestionKind::Scale, "Vertrouwt u ons?", &[])]);
        assert_eq!(problems(checks), Vec::<String>::new());
    }
}
