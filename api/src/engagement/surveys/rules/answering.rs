//! What is stored of an answer.

use std::collections::HashMap;

use glans_entity::engagement::{QuestionKind, SurveyStatus, survey_question};
use glans_entity::ids::SurveyQuestionId;

use super::SCALE;
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const ANSWER_LENGTH: usize = 4_000;

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

/// Only what is open is answered.
pub fn must_be_open(status: SurveyStatus) -> Result<()> {
    match status {
        SurveyStatus::Open => Ok(()),
        SurveyStatus::Draft => Err(refuse(UserErrorCode::Conflict, "survey", "It has not been opened yet.")),
        SurveyStatus::Closed => {
            Err(refuse(UserErrorCode::Expired, "survey", "It is closed: no more answers are taken."))
        }
    }
}

/// What is stored of the answers; every required question has one.
pub fn values(checks: &mut Checks, asked: &[survey_question::Model], answers: Vec<Answer>) -> Vec<Value> {
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

#[cfg(test)]
mod tests {
    use glans_entity::ids::{BoardId, SurveyId};
    use glans_entity::localized::Strings;

    use super::super::tests::problems;
    use super::*;

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
