//! The code of an invitation, as it stands on paper or in a link: `7K2M9Q-D4RVX-8HJ3T-N`.
//!
//! Crockford's base 32 (no I, L, O, U): 6 characters to look it up (30 bits), 10 that are the secret (50 bits) and one
//! check character, the number of 80 bits modulo 37. Crockford gives the remainders 32 to 36 the signs `*~$=U`, which
//! nobody can read from paper or find on a phone; codes that would need them are thrown away and drawn again.

use std::fmt;

use aws_lc_rs::error::Unspecified;

use crate::platform::chance;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LOOKUP_LEN: usize = 6;
const SECRET_LEN: usize = 10;
const LEN: usize = LOOKUP_LEN + SECRET_LEN;
const CHECK_MODULUS: u128 = 37;

/// A well-formed code: its check character is right. Whether it exists is another question.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; LEN]);

impl Code {
    pub fn random() -> Result<Self, Unspecified> {
        loop {
            let mut symbols = [0; LEN];
            chance::fill(&mut symbols)?;
            let code = Self(symbols.map(|byte| byte % 32));
            if code.check() < ALPHABET.len() {
                return Ok(code);
            }
        }
    }

    /// Reads what a person typed: any case, with or without blanks and dashes, O for 0, I and L for 1. `None` on a
    /// typing mistake: every single wrong character and every swap of two neighbours is seen by the check character.
    pub fn parse(text: &str) -> Option<Self> {
        let mut symbols = [0; LEN + 1];
        let mut typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        for symbol in &mut symbols {
            *symbol = value(typed.next()?)?;
        }
        let (code, check) = (Self(symbols[..LEN].try_into().ok()?), symbols[LEN]);
        (typed.next().is_none() && code.check() == usize::from(check)).then_some(code)
    }

    /// The public part, under which the invitation is found.
    pub fn lookup(&self) -> String {
        spell(&self.0[..LOOKUP_LEN])
    }

    /// The part that is kept only as an Argon2id hash.
    pub fn secret(&self) -> String {
        spell(&self.0[LOOKUP_LEN..])
    }

    fn check(&self) -> usize {
        let remainder = self.0.iter().fold(0, |sum, symbol| (sum * 32 + u128::from(*symbol)) % CHECK_MODULUS);
        remainder as usize
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lookup, secret) = (self.lookup(), self.secret());
        let check = char::from(ALPHABET[self.check() % ALPHABET.len()]);
        write!(f, "{lookup}-{}-{}-{check}", &secret[..5], &secret[5..])
    }
}

fn spell(symbols: &[u8]) -> String {
    symbols.iter().map(|symbol| char::from(ALPHABET[usize::from(*symbol)])).collect()
}

fn value(typed: char) -> Option<u8> {
    let letter = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|symbol| char::from(*symbol) == letter).and_then(|index| u8::try_from(index).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_reads_back_however_it_is_typed() {
        for _ in 0..1_000 {
            let code = Code::random().unwrap();
            let printed = code.to_string();
            assert_eq!(printed.len(), 20);
            assert!(Code::parse(&printed) == Some(code.clone()));
            let sloppy = format!(" {} ", printed.replace('-', " ").to_lowercase().replace('0', "o").replace('1', "l"));
            assert!(Code::parse(&sloppy) == Some(code));
        }
    }

    #[test]
    fn every_single_mistake_and_every_swap_of_neighbours_is_seen() {
        let printed: Vec<char> = Code::random().unwrap().to_string().replace('-', "").chars().collect();
        for at in 0..printed.len() {
            for wrong in ALPHABET.iter().map(|b| char::from(*b)).filter(|c| *c != printed[at]) {
                let mut typed = printed.clone();
                typed[at] = wrong;
                assert!(Code::parse(&typed.iter().collect::<String>()).is_none());
            }
            if at + 1 < printed.len() && printed[at] != printed[at + 1] {
                let mut typed = printed.clone();
                typed.swap(at, at + 1);
                assert!(Code::parse(&typed.iter().collect::<String>()).is_none());
            }
        }
    }

    #[test]
    fn the_check_character_is_crockfords() {
        let code = Code([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 6, 18]); // 1 × 1024 + 6 × 32 + 18 = 1234 ≡ 13 (mod 37)
        assert_eq!(code.to_string(), "000000-00000-0016J-D");
        assert_eq!((code.lookup().as_str(), code.secret().as_str()), ("000000", "000000016J"));
    }

    #[test]
    fn another_length_or_alphabet_is_no_code() {
        for text in [
            "",
            "000000",
            "000000-00000-0016J",
            "000000-00000-0016J-DD",
            "000000-00000-0016J-$",
            "000000-00000-0016U-D",
            "🜁",
        ] {
            assert!(Code::parse(text).is_none(), "{text}");
        }
    }
}
