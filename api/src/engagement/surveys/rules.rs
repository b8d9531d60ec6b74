//! Pure decisions about surveys.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::{QuestionKind, SurveyKind, SurveyStatus, survey, survey_question};
use glans_entity::ids::SurveyQuestionId;
use glans_entity::localized::Localized;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::page::Window;
use crate::platform::text::Checks;

/// Answers from which on results are told.
pub const RESULTS_FROM: i64 = 10;
/// Scores of a scale.
pub(super) const SCALE: std::ops::RangeInclusive<i32> = 1..=5;
const MOST_QUESTIONS: usize = 50;
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=20;
const TITLE_LENGTH: usize = 200;
const INTRO_LENGTH: usize = 4_000;
const TEXT_LENGTH: usize = 500;
const OPTION_LENGTH: usize = 200;
const ANSWER_LENGTH: usize = 4_000;
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

/// An answer as somebody gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub question: Option<SurveyQuestionId>,
    pub choices: Option<Vec<i32>>,
    pub score: Option<i32>,
    pub text: Option<String>,
}

/// An answer as it is stored: a value, and the text where it is one.
pub type Value = (SurveyQuestionId, i32, Option<String>);

/// The head, tidied.
pub(super) fn head(checks: &mut Checks, head: &Head, now: DateTime<Utc>) -> Head {
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
pub(super) fn questions(checks: &mut Checks, kind: SurveyKind, questions: Vec<Question>) -> Vec<Question> {
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

/// How far a survey is at `now`.
pub fn status(row: &survey::Model, now: DateTime<Utc>) -> SurveyStatus {
    if row.status == SurveyStatus::Open && row.closes_at <= now { SurveyStatus::Closed } else { row.status }
}

/// Only a draft is changed: who has answered has answered this.
pub(super) fn must_be_draft(status: SurveyStatus) -> Result<()> {
    match status {
        SurveyStatus::Draft => Ok(()),
        SurveyStatus::Open | SurveyStatus::Closed => {
            Err(refuse(UserErrorCode::Conflict, "id", "It was opened already. Make a new one."))
        }
    }
}

/// Only what is open is answered.
pub(super) fn must_be_open(status: SurveyStatus) -> Result<()> {
    match status {
        SurveyStatus::Open => Ok(()),
        SurveyStatus::Draft => Err(refuse(UserErrorCode::Conflict, "survey", "It has not been opened yet.")),
        SurveyStatus::Closed => {
            Err(refuse(UserErrorCode::Expired, "survey", "It is closed: no more answers are taken."))
        }
    }
}

/// What is stored of the answers; every required question has one.
pub(super) fn values(checks: &mut Checks, asked: &[survey_question::Model], answers: Vec<Answer>) -> Vec<Value> {
    let mut values = Vec::new();
    let mut answered: HashMap<SurveyQuestionId, bool> = HashMap::new();
    for (at, answer) in answers.into_iter().enumerate() {
        let at = format!("answers.{at}");
        let Some(question) = asked.iter().find(|asked| Some(asked.id) == answer.question) else {
            checks.add(UserErrorCode::NotFound, &format!("{at}.question"), "Answer a question of this survey.");
            continue;
        };
        if answered.insert(question.id, true).is_some() {
            checks.add(UserErrorCode::Taken, &format!("{at}.question"), "Answer each question once.");
            continue;
        }
        let before = values.len();
        answer_to(checks, &at, question, answer, &mut values);
        answered.insert(question.id, values.len() > before);
    }
    for question in asked.iter().filter(|asked| asked.required && !answered.contains_key(&asked.id)) {
        let message = format!("Answer this question: {}", question.text);
        checks.add(UserErrorCode::Required, "answers", message);
    }
    values
}

fn answer_to(checks: &mut Checks, at: &str, asked: &survey_question::Model, answer: Answer, values: &mut Vec<Value>) {
    let Answer { choices, score, text, .. } = answer;
    match asked.kind {
        QuestionKind::Single | QuestionKind::Multiple => {
            let mut choices = choices.unwrap_or_default();
            choices.sort_unstable();
            choices.dedup();
            let field = format!("{at}.choices");
            let known = |choice: &i32| usize::try_from(*choice).is_ok_and(|choice| choice < asked.options.0.len());
            if choices.is_empty() && asked.required {
                checks.add(UserErrorCode::Required, &field, "Choose an option.");
            } else if !choices.iter().all(known) {
                checks.add(UserErrorCode::Invalid, &field, "Choose among the options, which count from 0.");
            } else if asked.kind == QuestionKind::Single && choices.len() > 1 {
                checks.add(UserErrorCode::Invalid, &field, "Choose one option.");
            }
            values.extend(choices.into_iter().map(|choice| (asked.id, choice, None)));
        }
        QuestionKind::Scale => match score {
            Some(score) if SCALE.contains(&score) => values.push((asked.id, score, None)),
            None if !asked.required => {}
            _ => checks.add(UserErrorCode::Invalid, &format!("{at}.score"), "Give a score from 1 to 5."),
        },
        QuestionKind::Text => {
            let field = format!("{at}.text");
            let text = match text {
                Some(text) if asked.required => Some(checks.text(&field, &text, ANSWER_LENGTH)),
                None if asked.required => Some(checks.text(&field, "", ANSWER_LENGTH)),
                text => checks.optional_text(&field, text.as_deref(), ANSWER_LENGTH),
            };
            values.extend(text.map(|text| (asked.id, 0, Some(text))));
        }
    }
}

/// Whether so many answers may be told of.
pub const fn are_enough(answers: i64) -> bool {
    answers >= RESULTS_FROM
}

/// Whether results are told: as long as answers come, two readings differ by what somebody answered in between.
pub(super) fn are_told(status: SurveyStatus, responses: i64) -> bool {
    status == SurveyStatus::Closed && are_enough(responses)
}

/// Which of `total` texts, counted from 0, a page is made from: one more than it holds, if there is one.
pub(super) fn span(window: Window, after: Option<usize>, before: Option<usize>, total: usize) -> Range<usize> {
    let start = after.map_or(0, |at| at.saturating_add(1)).min(total);
    let end = before.unwrap_or(total).clamp(start, total);
    match window {
        Window::First(size) => start..end.min(start + size + 1),
        Window::Last(size) => start.max(end.saturating_sub(size + 1))..end,
    }
}

/// Who will see what is answered, in words.
pub(super) fn seen_by(kind: SurveyKind, anonymous: bool) -> Localized {
    let (dutch, english) = match (kind, anonymous) {
        (SurveyKind::Pulse, _) => (
            "Je antwoord wordt bewaard met je naam en die van het kind. De schoolleiding ziet alleen totalen, vanaf 10 \
             antwoorden. Niemand op school ziet wat jij hebt geantwoord. Wel telt mee in de lijn van het kind of thuis en \
             school elkaar vertrouwen.",
            "Your answer is kept with your name and that of the child. The leaders of the school see totals only, from 10 \
             answers on. Nobody at school sees what you answered. Whether home and school trust each other does count in \
             the line of the child.",
        ),
        (SurveyKind::Survey, true) => (
            "Anoniem: bij je antwoord wordt niet bewaard van wie het is. Dat je hebt meegedaan wordt apart bewaard, zonder \
             tijdstip. De school ziet de uitkomsten vanaf 10 antwoorden. Je kunt je antwoord later niet meer wijzigen.",
            "Anonymous: your answer is kept without who gave it. That you took part is kept apart, without the time. The \
             school sees the results from 10 answers on. You cannot change your answer later.",
        ),
        (SurveyKind::Survey, false) => (
            "Je antwoord wordt met je naam bewaard, zodat je het kunt wijzigen zolang de vragenlijst open is. De school \
             ziet de uitkomsten zonder namen, vanaf 10 antwoorden.",
            "Your answer is kept with your name, so that you can change it as long as the survey is open. The school sees \
             the results without names, from 10 answers on.",
        ),
    };
    Localized([("nl".to_owned(), dutch.to_owned()), ("en".to_owned(), english.to_owned())].into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;
    use glans_entity::ids::{BoardId, SurveyId};
    use glans_entity::localized::Strings;

    fn problems(checks: Checks) -> Vec<String> {
        match checks.done(()) {
            Ok(()) => Vec::new(),
            Err(Error::Refused(problems)) => problems.iter().map(|problem| problem.field.join(".")).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn asked(kind: QuestionKind, required: bool, options: &[&str]) -> survey_question::Model {
        survey_question::Model {
            id: SurveyQuestionId::new(),
            board_id: BoardId::new(),
            survey_id: SurveyId::new(),
            position: 0,
            kind,
            text: "Hoe gaat het?".to_owned(),
            required,
            options: Strings(options.iter().map(|&option| option.to_owned()).collect()),
        }
    }

    #[test]
    fn results_are_told_of_enough_answers_when_no_more_come() {
        assert!(are_told(SurveyStatus::Closed, RESULTS_FROM));
        assert!(!are_told(SurveyStatus::Closed, RESULTS_FROM - 1));
        assert!(!are_told(SurveyStatus::Open, 100 * RESULTS_FROM));
        assert!(!are_told(SurveyStatus::Draft, RESULTS_FROM));
    }

    #[test]
    fn a_page_of_texts_is_made_from_one_more_than_it_holds() {
        let (first, last) = (Window::First(2), Window::Last(2));
        assert_eq!(span(first, None, None, 5), 0..3);
        assert_eq!(span(first, Some(1), None, 5), 2..5);
        assert_eq!(span(first, Some(3), None, 5), 4..5);
        assert_eq!(span(first, None, Some(1), 5), 0..1);
        assert_eq!(span(last, None, None, 5), 2..5);
        assert_eq!(span(last, None, Some(3), 5), 0..3);
        assert_eq!(span(last, Some(1), Some(3), 5), 2..3);
        assert_eq!(span(Window::First(0), None, None, 5), 0..1);
        for (after, before) in [(Some(4), None), (None, Some(0)), (Some(usize::MAX), None), (Some(3), Some(2))] {
            assert!(span(first, after, before, 5).is_empty(), "{after:?} {before:?}");
            assert!(span(last, after, before, 5).is_empty(), "{after:?} {before:?}");
        }
        assert!(span(first, None, None, 0).is_empty());
    }

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

    #[test]
    fn an_answer_is_of_the_kind_that_was_asked() {
        let all = [
            asked(QuestionKind::Single, true, &["Ja", "Nee"]),
            asked(QuestionKind::Multiple, false, &["a", "b", "c"]),
            asked(QuestionKind::Scale, true, &[]),
            asked(QuestionKind::Text, false, &[]),
        ];
        let to = |at: usize| Answer { question: Some(all[at].id), ..Answer::default() };
        let mut checks = Checks::default();
        let given = vec![
            Answer { choices: Some(vec![1]), ..to(0) },
            Answer { choices: Some(vec![2, 0, 2]), ..to(1) },
            Answer { score: Some(4), ..to(2) },
            Answer { text: Some(" ".to_owned()), ..to(3) },
        ];
        let kept = values(&mut checks, &all, given);
        assert_eq!(kept, [(all[0].id, 1, None), (all[1].id, 0, None), (all[1].id, 2, None), (all[2].id, 4, None)]);
        assert_eq!(problems(checks), Vec::<String>::new());
        let mut checks = Checks::default();
        let given = vec![
            Answer { choices: Some(vec![0, 1]), ..to(0) },
            Answer { choices: Some(vec![3]), ..to(1) },
            Answer { choices: Some(vec![0]), ..to(1) },
            Answer::default(),
        ];
        values(&mut checks, &all, given);
        assert_eq!(
            problems(checks),
            ["answers.0.choices", "answers.1.choices", "answers.2.question", "answers.3.question", "answers"]
        );
    }
}
