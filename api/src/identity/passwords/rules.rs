//! What a password may be: long enough, and not one of those that everybody tries first.
//!
//! OWASP ASVS 5.0, 6.2: 8 to 128 characters, any character, no composition rules, no truncation, the common ones
//! refused, the 3,000 that are leaked most among them (6.2.4). Passwords are compared in Unicode normalisation form C,
//! so that the same letters typed on two keyboards match.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

pub const MIN_CHARS: usize = 8;
pub const MAX_CHARS: usize = 128;
/// No password of 128 characters is longer; more is not even normalised.
const MAX_BYTES: usize = 2_048;

/// Words that open the lists of leaked passwords, in Dutch and English; one a line.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../../assets/passwords/common.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// The passwords that are leaked most, and words and names that are among them; in lower case, one a line.
const LEAKED_LISTS: [&str; 2] =
    [include_str!("../../../assets/passwords/leaked.txt"), include_str!("../../../assets/passwords/words.txt")];

/// Refused as they are, in capitals or not. Only [`COMMON`] is looked up without digits and signs, too.
static LEAKED: LazyLock<HashSet<&str>> = LazyLock::new(|| LEAKED_LISTS.into_iter().flat_map(str::lines).collect());

/// Rows and runs that fingers make by themselves, read in both directions.
const RUNS: [&str; 8] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];

/// Why a new password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("Choose a password of at least 8 characters.")]
    TooShort,
    #[error("Choose a password of at most 128 characters.")]
    TooLong,
    #[error("This password is one of the first that others try. Choose another, such as a few words in a row.")]
    Common,
}

/// The form in which a password is hashed and compared. `None`: too long to be anybody's password.
pub fn normalised(password: &str) -> Option<String> {
    (password.len() <= MAX_BYTES).then(|| password.nfc().collect())
}

/// A new password in the form in which it is hashed. `own_words`: the e-mail address and names of the person, which
/// are no secret either.
pub fn accepted(password: &str, own_words: &[&str]) -> Result<String, Weakness> {
    let normal = normalised(password).ok_or(Weakness::TooLong)?;
    match normal.chars().count() {
        ..MIN_CHARS => Err(Weakness::TooShort),
        MIN_CHARS..=MAX_CHARS if is_common(&normal, own_words) => Err(Weakness::Common),
        MIN_CHARS..=MAX_CHARS => Ok(normal),
        _ => Err(Weakness::TooLong),
    }
}

/// A common word stays common with a year, an exclamation mark or a zero for an o: `Welkom2026!`, `w@chtw00rd`.
fn is_common(password: &str, own_words: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let bare = plain(&lower);
    let core = bare.trim_matches(|c: char| !c.is_alphabetic());
    LEAKED.contains(lower.as_str())
        || [lower.as_str(), stripped(&lower), &bare, core].into_iter().any(|form| COMMON.contains(form))
        || is_repeated(&lower)
        || is_repeated_word(core)
        || RUNS.iter().any(|run| runs_along(&lower, run))
        || own_words.iter().any(|own| is_own(stripped(&lower), own))
}

/// Digits and signs at either end fall away.
fn stripped(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

/// The letters that the usual signs stand for.
fn plain(text: &str) -> String {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    letters
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// `aaaaaaaa`, `12121212`, `abcabcabc`: at most three characters over and over.
fn is_repeated(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=3).any(|period| characters.iter().zip(characters.iter().skip(period)).all(|(a, b)| a == b))
}

/// A common word twice is no better than once.
fn is_repeated_word(text: &str) -> bool {
    let middle = text.len() / 2;
    text.len().is_multiple_of(2)
        && text.is_char_boundary(middle)
        && text[..middle] == text[middle..]
        && COMMON.contains(&text[..middle])
}

fn runs_along(text: &str, run: &str) -> bool {
    let backwards = || run.chars().rev().collect::<String>();
    let core = if run.starts_with('0') { text } else { text.trim_end_matches(|c: char| !c.is_alphabetic()) };
    [text, core].into_iter().any(|part| part.chars().count() >= 5 && (run.contains(part) || backwards().contains(part)))
}

fn is_own(core: &str, own: &str) -> bool {
    let own = own.to_lowercase();
    let before_at = own.split('@').next().unwrap_or_default();
    core.chars().count() >= 4 && (core == own || core == before_at || core == stripped(before_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_after_normalisation() {
        assert_eq!(accepted("kort en", &[]), Err(Weakness::TooShort));
        assert_eq!(accepted("zeven e\u{301}", &[]), Err(Weakness::TooShort)); // é in two code points is one character
        assert!(accepted("ëïöüáéíó", &[]).is_ok());
        let long: String = "de kat op 't dak; ".repeat(8).chars().take(128).collect();
        assert!(accepted(&long, &[]).is_ok());
        assert_eq!(accepted(&format!("{long}x"), &[]), Err(Weakness::TooLong));
        assert_eq!(accepted(&"é".repeat(4_000), &[]), Err(Weakness::TooLong));
    }

    #[test]
    fn two_ways_to_type_a_letter_are_one_password() {
        assert_eq!(accepted("cafe\u{301} op de hoek", &[]).unwrap(), accepted("caf\u{e9} op de hoek", &[]).unwrap());
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        let common = [
            "password",
            "Password1",
            "P@ssw0rd",
            "wachtwoord",
            "Wachtwoord1!",
            "w@chtw00rd",
            "welkom01",
            "Welkom2026!",
            "zomer2025",
            "Lente2024",
            "september1",
            "amsterdam1",
            "feyenoord",
            "ajax1994!",
            "12345678",
            "0123456789",
            "987654321",
            "qwertyuiop",
            "asdfghjkl",
            "1q2w3e4r",
            "aaaaaaaa",
            "12121212",
            "abcabcabc",
            "abcdefgh",
            "iloveyou2",
            "letmein123",
            "ouderbetrokkenheid",
            "schoolschool",
            "qwerty123",
            "administrator",
            "geheim123",
            "hallohallo",
            "1qaz2wsx",
        ];
        for password in common {
            assert_eq!(accepted(password, &[]), Err(Weakness::Common), "{password}");
        }
    }

    #[test]
    fn what_is_leaked_most_is_refused_in_capitals_or_not() {
        for password in [
            "scorpion",
            "maverick",
            "dolphins",
            "redskins",
            "airborne",
            "q1w2e3r4",
            "ncc1701d",
            "rush2112",
            "pineapple",
            "sebastian",
            "Q1W2E3R4",
            "Williams",
        ] {
            assert_eq!(accepted(password, &[]), Err(Weakness::Common), "{password}");
        }
    }

    #[test]
    fn own_names_are_refused() {
        let own = ["m.devries@zwaluw.example", "Marieke", "de Vries"];
        for password in ["m.devries1", "M.DeVries!!", "Marieke2026", "m.devries@zwaluw.example", "de vries99"] {
            assert_eq!(accepted(password, &own), Err(Weakness::Common), "{password}");
        }
    }

    #[test]
    fn any_other_eight_characters_will_do() {
        for password in [
            "vijf gele fietsen",
            "Xk3!pq9z",
            "tuinkabouterfeest",
            "пароль-длинный",
            "🐱🐶🐭🐹🐰🦊🐻🐼",
            "paard-batterij-niet",
        ] {
            assert!(accepted(password, &["jan@example.nl", "Jan"]).is_ok(), "{password}");
        }
    }

    #[test]
    fn the_list_is_there_and_in_the_form_that_is_compared() {
        assert!(COMMON.len() > 900, "{}", COMMON.len());
        assert!(COMMON.iter().all(|word| *word == word.trim().to_lowercase() && word.chars().count() >= 3));
    }

    /// ASVS 5.0, 6.2.4: the 3,000 most common of those that are long enough.
    #[test]
    fn the_leaked_ones_are_enough_long_enough_and_in_the_form_that_is_compared() {
        for list in LEAKED_LISTS {
            assert!(list.lines().count() >= 3_000, "{}", list.lines().count());
        }
        let short_or_odd: Vec<_> = LEAKED
            .iter()
            .filter(|leaked| leaked.chars().count() < MIN_CHARS || **leaked != leaked.trim().to_lowercase())
            .collect();
        assert!(short_or_odd.is_empty(), "{short_or_odd:?}");
    }
}
