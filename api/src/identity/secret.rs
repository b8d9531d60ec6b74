//! Random secrets of 256 bits that are shown once and kept as a hash: refresh tokens, reset codes, client secrets,
//! addresses of calendar feeds.
//!
//! The text is a prefix that says what it is (secret scanners look for it) and 32 bytes in base64url. At rest there is
//! only SHA-256 of the bytes: with 256 bits of entropy a slow hash adds nothing (OWASP ASVS 5.0, 11.4.2).

use aws_lc_rs::digest;
use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::platform::chance;

const LEN: usize = 32;

/// What a secret is for; the prefix of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    RefreshToken,
    PasswordReset,
    ClientSecret,
    CalendarFeed,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::RefreshToken => "glans_rt_",
            Self::PasswordReset => "glans_pr_",
            Self::ClientSecret => "glans_cs_",
            Self::CalendarFeed => "glans_cf_",
        }
    }
}

/// A secret in the clear, on its way in or out. It has no `Debug`, so that no log can hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    kind: Kind,
    bytes: [u8; LEN],
}

impl Secret {
    pub fn random(kind: Kind) -> Result<Self, Unspecified> {
        let mut bytes = [0; LEN];
        chance::fill(&mut bytes)?;
        Ok(Self { kind, bytes })
    }

    pub const fn of_bytes(kind: Kind, bytes: [u8; LEN]) -> Self {
        Self { kind, bytes }
    }

    /// `None` when the text is not a secret of that kind; nobody is told which part was wrong.
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(kind.prefix())?).ok()?;
        Some(Self { kind, bytes: bytes.try_into().ok()? })
    }

    pub fn text(&self) -> String {
        format!("{}{}", self.kind.prefix(), URL_SAFE_NO_PAD.encode(self.bytes))
    }

    pub const fn bytes(&self) -> &[u8; LEN] {
        &self.bytes
    }

    /// What the database keeps: SHA-256, 32 bytes. Looked up by equality: who can guess a prefix of a hash still
    /// knows nothing of the secret.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.bytes).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_back_as_the_kind_it_was_made_for_only() {
        let secret = Secret::random(Kind::RefreshToken).unwrap();
        assert!(Secret::parse(Kind::RefreshToken, &secret.text()) == Some(secret.clone()));
        assert!(Secret::parse(Kind::PasswordReset, &secret.text()).is_none());
        assert_eq!(secret.text().len(), "glans_rt_".len() + 43);
    }

    #[test]
    fn what_is_not_a_secret_is_none() {
        for text in [
            "",
            "glans_rt_",
            "glans_rt_AAAA",
            "rt",
            &format!("glans_rt_{}", "=".repeat(43)),
            &format!("glans_rt_{}", "A".repeat(44)),
        ] {
            assert!(Secret::parse(Kind::RefreshToken, text).is_none(), "{text}");
        }
    }

    #[test]
    fn two_secrets_differ_and_hash_apart() {
        let (a, b) = (Secret::random(Kind::ClientSecret).unwrap(), Secret::random(Kind::ClientSecret).unwrap());
        assert_ne!(a.hash(), b.hash());
        assert_ne!(a.hash(), a.bytes().to_vec());
    }
}
