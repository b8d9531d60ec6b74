//! What of the profile is there to change.

use super::types::ProfileUpdateInput;
use crate::access::CLOSED;
use crate::platform::error::{Result, UserErrorCode};
use crate::platform::text::Checks;

/// Where no board of the request knows the viewer, there is no person to change: whatever a person has is refused, and
/// the account has the rest.
pub fn of_the_account_alone(input: &ProfileUpdateInput) -> Result<()> {
    let mut checks = Checks::default();
    for (is_given, field) in [
        (input.display_name.is_some(), "displayName"),
        (input.interpreter_needed.is_some(), "interpreterNeeded"),
        (input.if_version.is_some(), "ifVersion"),
    ] {
        if is_given {
            let message = "No board of this request has you in its records. Change the language alone, or do this in \
                           another board.";
            checks.add(UserErrorCode::NotFound, field, message);
        }
    }
    checks.done(())
}

/// Where every board of the request was closed, what a person has is refused, and the account has the rest.
pub fn in_no_board_in_use(names: bool, interprets: bool) -> Result<()> {
    let mut checks = Checks::default();
    for (is_given, field) in [(names, "displayName"), (interprets, "interpreterNeeded")] {
        if is_given {
            checks.add(UserErrorCode::Conflict, field, CLOSED);
        }
    }
    checks.done(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;
    use crate::platform::scalars::Locale;

    #[test]
    fn an_account_without_a_person_has_a_language_and_no_more() {
        let language = || ProfileUpdateInput {
            language: Locale::parse("en"),
            display_name: None,
            interpreter_needed: None,
            if_version: None,
            client_mutation_id: None,
        };
        assert!(of_the_account_alone(&language()).is_ok());
        let all = ProfileUpdateInput {
            display_name: Some("Tarik".to_owned()),
            interpreter_needed: Some(false),
            if_version: Some(1),
            ..language()
        };
        let Err(Error::Refused(problems)) = of_the_account_alone(&all) else { panic!("refused") };
        let told: Vec<_> = problems.iter().map(|problem| (problem.code, problem.field[0].as_str())).collect();
        let expected = ["displayName", "interpreterNeeded", "ifVersion"].map(|field| (UserErrorCode::NotFound, field));
        assert_eq!(told, expected);
    }

    #[test]
    fn a_record_of_a_closed_board_stays() {
        assert!(in_no_board_in_use(false, false).is_ok());
        let Err(Error::Refused(problems)) = in_no_board_in_use(true, true) else { panic!("refused") };
        let told: Vec<_> = problems.iter().map(|problem| (problem.code, problem.field[0].as_str())).collect();
        assert_eq!(told, ["displayName", "interpreterNeeded"].map(|field| (UserErrorCode::Conflict, field)));
    }
}
