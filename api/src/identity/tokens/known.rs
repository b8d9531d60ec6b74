//! Tokens whose signature was found good lately: it is worked out once, and not with every request of a phone.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

use super::Claims;
use super::claims::LIFETIME_SECONDS;

/// What never changes of a token. Whether its key is still published and its time is now, is asked each time.
#[derive(Debug)]
pub struct Signed {
    pub key_id: String,
    pub claims: Claims,
}

/// By the whole text: a token that differs in one bit is another one.
#[derive(Debug)]
pub struct KnownTokens(Cache<String, Arc<Signed>>);

impl Default for KnownTokens {
    fn default() -> Self {
        let kept = Duration::from_secs(LIFETIME_SECONDS.unsigned_abs());
        Self(Cache::builder().max_capacity(Self::LARGEST).time_to_live(kept).build())
    }
}

impl KnownTokens {
    const LARGEST: u64 = 20_000;

    pub async fn get(&self, token: &str) -> Option<Arc<Signed>> {
        self.0.get(token).await
    }

    pub async fn keep(&self, token: &str, signed: Signed) -> Arc<Signed> {
        let signed = Arc::new(signed);
        self.0.insert(token.to_owned(), Arc::clone(&signed)).await;
        signed
    }
}
