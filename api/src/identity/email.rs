//! E-mail addresses as people type them, and the form in which they are compared.

use unicode_normalization::UnicodeNormalization;

/// RFC 5321, 4.5.3.1.3: a path of 256 octets, its two brackets not counted.
const MAX_LEN: usize = 254;

/// An address in the form in which it is stored and compared: trimmed, normalised, lower case. `None` when it cannot be
/// an address at all. Only a letter that arrives proves that it is one, so little more than the `@` is looked at.
pub fn canonical(typed: &str) -> Option<String> {
    if typed.len() > 2 * MAX_LEN {
        return None;
    }
    let address: String = typed.trim().nfc().collect::<String>().to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let plain = !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;:\\\"()[]".contains(c));
    let dotted = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let fits = address.len() <= MAX_LEN && !local.is_empty() && local.len() <= 64 && !local.contains('@');
    (plain && dotted && fits).then_some(address)
}

/// Under what guesses at an address are counted: its canonical form, or for what cannot be an address what was typed, so that
/// one who mistypes keeps nobody else waiting. For the throttle only: it may hold what no database takes.
pub fn guessed(typed: &str) -> String {
    canonical(typed).unwrap_or_else(|| typed.trim().to_lowercase().chars().take(MAX_LEN).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_do_not_matter() {
        assert_eq!(canonical(" M.deVries@Zwaluw.Example ").unwrap(), "m.devries@zwaluw.example");
        assert_eq!(canonical("ren\u{65}\u{301}@x.nl"), canonical("ren\u{e9}@x.nl"));
    }

    #[test]
    fn what_cannot_be_an_address_is_guessed_at_by_itself() {
        assert_eq!(guessed(" M.deVries@Zwaluw.Example "), "m.devries@zwaluw.example");
        assert_eq!(guessed(" M.deVries@Zwaluw "), "m.devries@zwaluw");
        assert_eq!(guessed(&"\u{e9}".repeat(600)), "\u{e9}".repeat(MAX_LEN));
    }

    #[test]
    fn what_cannot_be_an_address_is_none() {
        let long = format!("{}@x.nl", "a".repeat(65));
        for typed in [
            "",
            "@",
            "a@",
            "@b.nl",
            "a@b",
            "a b@c.nl",
            "a@b..nl",
            "a@b@c.nl",
            "Jan <j@b.nl>",
            "a@b.nl\r\nBcc: c@d.nl",
            &long,
        ] {
            assert_eq!(canonical(typed), None, "{typed}");
        }
    }
}
