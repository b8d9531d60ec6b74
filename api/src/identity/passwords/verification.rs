//! Whether a password is that of an account.

use glans_entity::identity::account;
use glans_entity::ids::AccountId;

use super::hashing::{HashingError, Verdict};
use super::rules;
use crate::call::{Call, Write};
use crate::identity::accounts;
use crate::platform::error::{Error, Result};

/// What a verification found.
pub struct Verified {
    /// The account, when the password is its own.
    pub account: Option<AccountId>,
    /// The account that was tried, for the audit log.
    pub subject: Option<String>,
    /// A hash with today's parameters, when the stored one has others and there was a turn to make it.
    pub rehashed: Option<String>,
}

/// Compares `password` with that of `account`; without an account, or with a password that cannot be one, it does the
/// same work in vain.
pub async fn verify(call: &Call, account: Option<account::Model>, password: &str) -> Result<Verified> {
    let normal = rules::normalised(password);
    let (id, stored) = account.map(|account| (account.id, account.password_hash)).unzip();
    let stored = normal.as_ref().and(stored.flatten());
    let normal = normal.unwrap_or_default();
    let hashing = call.hashing();
    let verdict = hashing.verify(normal.clone(), stored).await.map_err(fault)?;
    let rehashed = match verdict {
        Verdict::RightButOutdated => unless_busy(hashing.hash(normal).await)?,
        Verdict::Right | Verdict::Wrong => None,
    };
    Ok(Verified { account: id.filter(|_| verdict.is_right()), subject: id.map(|id| id.to_string()), rehashed })
}

/// Stores the new hash that a verification asked for.
pub async fn keep_rehashed(write: &Write<'_>, account: AccountId, rehashed: Option<String>) -> Result<()> {
    match rehashed {
        Some(hash) => accounts::set_password(write.db(), account, hash, write.now()).await,
        None => Ok(()),
    }
}

/// A right password is no less right where there is no turn to hash it anew: the next sign-in does.
fn unless_busy(hashed: Result<String, HashingError>) -> Result<Option<String>> {
    match hashed {
        Ok(hash) => Ok(Some(hash)),
        Err(HashingError::Busy) => Ok(None),
        Err(other) => Err(fault(other)),
    }
}

/// A full queue is told; the rest is our failure.
pub fn fault(error: HashingError) -> Error {
    match error {
        HashingError::Busy => Error::Crowded,
        other => Error::fault(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_turn_for_another_hash_keeps_the_one_there_is() {
        assert_eq!(unless_busy(Ok("anew".to_owned())).unwrap().as_deref(), Some("anew"));
        assert_eq!(unless_busy(Err(HashingError::Busy)).unwrap(), None);
        assert!(matches!(unless_busy(Err(HashingError::Stopped)), Err(Error::Fault(_))));
    }

    #[test]
    fn whom_a_crowd_keeps_waiting_has_not_tried_too_often() {
        let told = fault(HashingError::Busy);
        assert_eq!(told.to_string(), "Many people are signing in at this moment. Try again in 3 seconds.");
        assert_eq!(told.retry_after_seconds(), Some(3));
    }
}
