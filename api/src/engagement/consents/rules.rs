//! Pure decisions about consents.

use chrono::NaiveDate;
use glans_entity::engagement::{ConsentAnswer, consent, consent_purpose};
use glans_entity::ids::{PersonId, SchoolYearId};

use crate::platform::error::{Result, UserErrorCode, refuse};

/// Whether an answer is new after the last one of the same school year; the same again is not.
pub(super) fn is_new(last: Option<ConsentAnswer>, answer: ConsentAnswer) -> Result<bool> {
    use ConsentAnswer as A;
    match (last, answer) {
        (Some(last), answer) if last == answer => Ok(false),
        (Some(A::Granted), A::Refused) => {
            let message = "You have granted this. Withdraw it instead.";
            Err(refuse(UserErrorCode::Conflict, "answer", message))
        }
        (None | Some(A::Refused), A::Withdrawn) => {
            let message = "There is nothing to withdraw: you have not granted this.";
            Err(refuse(UserErrorCode::Conflict, "answer", message))
        }
        _ => Ok(true),
    }
}

/// Whether a school asks it on the day.
pub(super) fn is_asked(purpose: &consent_purpose::Model, on: NaiveDate) -> bool {
    purpose.archived_at.is_none() && purpose.asked_from <= on
}

/// The school year whose grant `answer` withdraws, by all that one guardian said to one purpose, oldest first. Whether it is
/// asked still does not matter: withdrawing is as easy as granting was (article 7(3) of the GDPR).
pub(super) fn year_to_withdraw(given: &[consent::Model], answer: ConsentAnswer) -> Option<SchoolYearId> {
    use ConsentAnswer::{Granted, Withdrawn};
    let last = given.last().filter(|row| matches!(row.answer, Granted | Withdrawn))?;
    (answer == Withdrawn).then_some(last.school_year_id)
}

/// The answer of each guardian that counts: the last one. `rows` are those of one purpose and child, oldest first.
pub(super) fn latest(rows: &[consent::Model]) -> Vec<consent::Model> {
    let mut latest: Vec<consent::Model> = Vec::new();
    for row in rows {
        latest.retain(|earlier| earlier.guardian_id != row.guardian_id);
        latest.push(row.clone());
    }
    latest
}

/// Whether every guardian who is entitled granted. Nobody can grant for a child without such a guardian.
pub(super) fn is_granted(latest: &[consent::Model], entitled: &[PersonId]) -> bool {
    let granted = |guardian: &PersonId| {
        latest.iter().any(|row| row.guardian_id == *guardian && row.answer == ConsentAnswer::Granted)
    };
    !entitled.is_empty() && entitled.iter().all(granted)
}

/// Whether somebody granted it and did not withdraw it.
pub(super) fn stands(latest: &[consent::Model]) -> bool {
    latest.iter().any(|row| row.answer == ConsentAnswer::Granted)
}

/// Whether one of `guardians` has not answered.
pub(super) fn is_awaiting(latest: &[consent::Model], guardians: &[PersonId]) -> bool {
    guardians.iter().any(|guardian| latest.iter().all(|row| row.guardian_id != *guardian))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use glans_entity::ids::{BoardId, ConsentId, ConsentPurposeId, StudentId};

    use super::*;
    use ConsentAnswer as A;

    fn row(guardian: PersonId, answer: ConsentAnswer) -> consent::Model {
        consent::Model {
            id: ConsentId::new(),
            board_id: BoardId::new(),
            purpose_id: ConsentPurposeId::new(),
            student_id: StudentId::new(),
            guardian_id: guardian,
            school_year_id: SchoolYearId::new(),
            answer,
            answered_at: DateTime::<Utc>::MIN_UTC,
        }
    }

    #[test]
    fn only_what_was_granted_is_withdrawn() {
        for (last, answer, new) in [
            (None, A::Granted, Some(true)),
            (None, A::Refused, Some(true)),
            (None, A::Withdrawn, None),
            (Some(A::Granted), A::Granted, Some(false)),
            (Some(A::Granted), A::Refused, None),
            (Some(A::Granted), A::Withdrawn, Some(true)),
            (Some(A::Refused), A::Granted, Some(true)),
            (Some(A::Refused), A::Withdrawn, None),
            (Some(A::Withdrawn), A::Granted, Some(true)),
            (Some(A::Withdrawn), A::Refused, Some(true)),
        ] {
            assert_eq!(is_new(last, answer).ok(), new, "{last:?} {answer:?}");
        }
    }

    #[test]
    fn the_last_grant_is_withdrawn_in_its_own_year() {
        let ilse = PersonId::new();
        let given = [row(ilse, A::Refused), row(ilse, A::Granted)];
        assert_eq!(year_to_withdraw(&given, A::Withdrawn), Some(given[1].school_year_id));
        assert_eq!(year_to_withdraw(&given, A::Granted), None);
        assert_eq!(year_to_withdraw(&given[..1], A::Withdrawn), None);
        assert_eq!(year_to_withdraw(&[], A::Withdrawn), None);
        // Again, it changes nothing, also when it was of another year.
        let again = [row(ilse, A::Withdrawn)];
        assert_eq!(year_to_withdraw(&again, A::Withdrawn), Some(again[0].school_year_id));
        assert!(stands(&latest(&given)) && !stands(&latest(&again)) && !stands(&[]));
    }

    #[test]
    fn all_who_are_entitled_grant() {
        let (ilse, ruud) = (PersonId::new(), PersonId::new());
        let rows = [row(ilse, A::Refused), row(ruud, A::Granted), row(ilse, A::Granted)];
        let now = latest(&rows);
        assert_eq!(now, [rows[1].clone(), rows[2].clone()]);
        assert!(is_granted(&now, &[ilse, ruud]));
        assert!(!is_granted(&now, &[]));
        assert!(!is_granted(&now, &[ilse, PersonId::new()]));
        assert!(is_awaiting(&now, &[ilse, PersonId::new()]));
        assert!(!is_awaiting(&now, &[ilse, ruud]));
        assert!(!is_granted(&latest(&[row(ilse, A::Granted), row(ilse, A::Withdrawn)]), &[ilse]));
    }
}
