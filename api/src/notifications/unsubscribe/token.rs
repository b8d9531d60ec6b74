//! What an address to switch e-mail off carries: whose, and of what.
//!
//! Nothing is stored. The token is account and what, and HMAC-SHA-256 of both under a key of its own: it can do nothing
//! but switch just that off for this account, and it does not run out, because e-mail is read years later.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use glans_entity::ids::AccountId;
use glans_entity::notifications::Category;
use sea_orm::Iterable;
use uuid::Uuid;

use crate::identity::master_key::MasterKey;
use crate::notifications::categories::is_bundled;
use crate::notifications::texts::key_of;

const MAC_LENGTH: usize = 32;
/// As no category is named.
const DIGEST: &str = "digest";

/// What e-mail is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What there is of a category, whether it comes by itself or waits for a digest.
    Of(Category),
    /// All that waits for a digest.
    Digest,
}

impl Subject {
    /// The categories of which nothing comes by e-mail any more.
    pub fn categories(self) -> Vec<Category> {
        match self {
            Self::Of(category) => vec![category],
            Self::Digest => Category::iter().filter(|category| is_bundled(*category)).collect(),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Of(category) => key_of(category),
            Self::Digest => DIGEST,
        }
    }
}

impl From<Category> for Subject {
    fn from(category: Category) -> Self {
        Self::Of(category)
    }
}

/// Makes and reads tokens.
#[derive(Clone)]
pub struct Tokens(hmac::Key);

impl Tokens {
    /// With the key of this server.
    pub fn of(master: &MasterKey) -> Self {
        Self(master.unsubscribing().clone())
    }

    /// Safe in an address.
    pub fn make(&self, account: AccountId, subject: impl Into<Subject>) -> String {
        let mut bytes = [account.0.as_bytes().as_slice(), subject.into().key().as_bytes()].concat();
        let mac = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(mac.as_ref());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// None for what this server did not make.
    pub fn read(&self, token: &str) -> Option<(AccountId, Subject)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (what, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_LENGTH)?)?;
        hmac::verify(&self.0, what, mac).ok()?;
        let (account, key) = what.split_at_checked(size_of::<Uuid>())?;
        let mut subjects = Category::iter().map(Subject::Of).chain([Subject::Digest]);
        let subject = subjects.find(|subject| subject.key().as_bytes() == key)?;
        Some((AccountId(Uuid::from_slice(account).ok()?), subject))
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn tokens(fill: u8) -> Tokens {
        Tokens::of(&MasterKey::from_base64(&STANDARD.encode([fill; 32])).unwrap())
    }

    #[test]
    fn a_token_says_whose_and_what() {
        let account = AccountId::new();
        for subject in Category::iter().map(Subject::Of).chain([Subject::Digest]) {
            let token = tokens(1).make(account, subject);
            assert_eq!(tokens(1).read(&token), Some((account, subject)));
            assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
        }
    }

    #[test]
    fn a_token_that_is_not_ours_says_nothing() {
        let token = tokens(1).make(AccountId::new(), Category::Event);
        assert_eq!(tokens(2).read(&token), None);
        for wrong in
            ["", "a", "AAAA", &token[1..], &token[..token.len() - 2], &format!("{token}AA"), &token.to_uppercase()]
        {
            assert_eq!(tokens(1).read(wrong), None, "{wrong}");
        }
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens(1).read(&String::from_utf8(bytes).unwrap()), None, "changed at {at}");
        }
    }
}
