//! What is told of the answers, and who is told.

use std::ops::Range;

use glans_entity::engagement::{SurveyKind, SurveyStatus};
use glans_entity::localized::Localized;

use crate::platform::page::Window;

/// Answers from which on results are told.
pub const RESULTS_FROM: i64 = 10;

/// Whether so many answers may be told of.
pub const fn are_enough(answers: i64) -> bool {
    answers >= RESULTS_FROM
}

/// Whether results are told: as long as answers come, two readings differ by what somebody answered in between.
pub fn are_told(status: SurveyStatus, responses: i64) -> bool {
    status == SurveyStatus::Closed && are_enough(responses)
}

/// Which of `total` texts, counted from 0, a page is made from: one more than it holds, if there is one.
pub fn span(window: Window, after: Option<usize>, before: Option<usize>, total: usize) -> Range<usize> {
    let start = after.map_or(0, |at| at.saturating_add(1)).min(total);
    let end = before.unwrap_or(total).clamp(start, total);
    match window {
        Window::First(size) => start..end.min(start + size + 1),
        Window::Last(size) => start.max(end.saturating_sub(size + 1))..end,
    }
}

/// Who will see what is answered, in words.
pub fn seen_by(kind: SurveyKind, anonymous: bool) -> Localized {
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
}
