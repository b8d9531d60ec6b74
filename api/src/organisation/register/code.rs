//! The code of a school's branch.

use std::fmt;

/// Institution (BRIN, *instellingscode*) and location of a school, as DUO writes them: `03AB` with
/// `00` is `03AB00`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchCode {
    /// Two digits and two capitals.
    pub brin: String,
    /// Two digits; `00` is the main branch.
    pub location: String,
}

impl BranchCode {
    /// From the two columns of a register. The second repeats the BRIN today; older files give the
    /// two digits alone.
    pub(super) fn from_columns(brin: &str, branch: &str) -> Option<Self> {
        let location = branch.strip_prefix(brin).unwrap_or(branch);
        let valid = is_brin(brin) && location.len() == 2 && all_digits(location);
        valid.then(|| Self { brin: brin.to_owned(), location: location.to_owned() })
    }
}

impl fmt::Display for BranchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.brin, self.location)
    }
}

pub(super) fn is_brin(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 4 && bytes[..2].iter().all(u8::is_ascii_digit) && bytes[2..].iter().all(u8::is_ascii_uppercase)
}

/// Number of a competent authority (*bevoegd gezag*): five digits.
pub fn is_board_number(text: &str) -> bool {
    text.len() == 5 && all_digits(text)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_branch_mean_the_same() {
        let today = BranchCode::from_columns("10BG", "10BG01").unwrap();
        assert_eq!(Some(&today), BranchCode::from_columns("10BG", "01").as_ref());
        assert_eq!(today.to_string(), "10BG01");
    }

    #[test]
    fn anything_else_is_no_code() {
        for (brin, branch) in [("10BG", "10BH01"), ("10BG", "1"), ("10bg", "10bg01"), ("10B", "01"), ("10BG", "é")] {
            assert_eq!(BranchCode::from_columns(brin, branch), None, "{brin} {branch}");
        }
        assert!(!is_board_number("4161"));
        assert!(!is_board_number("4161é"));
    }
}
