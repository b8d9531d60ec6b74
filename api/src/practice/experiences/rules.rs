//! What an experience may look like.

use glans_entity::practice::ExperienceVisibility;

use super::names::Names;
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const TEXT_LENGTH: usize = 4_000;
/// Names that a hint tells at most.
const MOST_NAMES: usize = 5;

/// The checked text of an experience or comment.
pub(super) fn text(text: &str) -> Result<String> {
    let mut checks = Checks::default();
    let text = checks.text("text", text, TEXT_LENGTH);
    checks.done(text)
}

/// What others read without knowing the child names nobody, or the author has looked at it once more.
pub(super) fn must_name_nobody(text: &str, names: &Names, confirmed: bool) -> Result<()> {
    let mut found = names.among(text);
    if confirmed || found.is_empty() {
        return Ok(());
    }
    found.truncate(MOST_NAMES);
    let message = format!(
        "This seems to name a child or guardian: {}. Leave the name out, or say with `namesNobody` that it is none.",
        found.join(", ")
    );
    Err(refuse(UserErrorCode::NamesSomebody, "text", message))
}

/// What somebody has read cannot be hidden again.
pub(super) fn must_widen(present: ExperienceVisibility, wanted: ExperienceVisibility) -> Result<()> {
    if wanted < present {
        let message = "Others have seen this already. It can be shared with more people, and not with fewer.";
        return Err(refuse(UserErrorCode::Invalid, "visibility", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visibility_only_widens() {
        use ExperienceVisibility::{Board, Cohort, School};
        for (present, wanted) in [(School, Cohort), (School, Board), (Cohort, Board), (Cohort, Cohort)] {
            assert!(must_widen(present, wanted).is_ok(), "{present:?} to {wanted:?}");
            assert_eq!(must_widen(wanted, present).is_ok(), present == wanted, "{wanted:?} to {present:?}");
        }
    }

    #[test]
    fn a_name_needs_a_second_look() {
        let mut names = Names::default();
        names.add_given("Noor");
        assert!(must_name_nobody("Het gesprek met Noor ging goed.", &names, false).is_err());
        assert!(must_name_nobody("Het gesprek met Noor ging goed.", &names, true).is_ok());
        assert!(must_name_nobody("Het gesprek ging goed.", &names, false).is_ok());
    }
}
