//! What a cluster may look like, and when it may be closed.

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const NAME_LENGTH: usize = 120;

/// The checked name of a cluster.
pub fn name(name: &str) -> Result<String> {
    let mut checks = Checks::default();
    let name = checks.line("name", name, NAME_LENGTH);
    checks.done(name)
}

/// Schools in a closed cluster would have a director whom nobody finds.
pub fn may_close(has_schools: bool) -> Result<()> {
    if has_schools {
        return Err(refuse(UserErrorCode::Conflict, "id", "Move its schools to another cluster first."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_with_schools_stays_open() {
        assert!(may_close(true).is_err());
        assert!(may_close(false).is_ok());
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name(" Noord ").unwrap(), "Noord");
        assert!(name(" ").is_err());
        assert!(name(&"n".repeat(121)).is_err());
    }
}
