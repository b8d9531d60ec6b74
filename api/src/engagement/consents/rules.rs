//! Pure decisions about consents.

use glans_entity::engagement::{ConsentAnswer, consent};
use glans_entity::ids::PersonId;

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

/// The answer of each guardian that counts: the last one. `rows` are those of one purpose, child and year, oldest first.
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

/// Whether one of `guardians` has not answered.
pub(super) fn is_awaiting(latest: &[consent::Model], guardians: &[PersonId]) -> bool {
    guardians.iter().any(|guardian| latest.iter().all(|row| row.guardian_id != *guardian))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use glans_entity::ids::{BoardId, ConsentId, ConsentPurposeId, SchoolYearId, StudentId};

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
