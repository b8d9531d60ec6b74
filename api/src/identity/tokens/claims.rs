//! What an access token says, and when it counts: RFC 9068 (JWT profile for OAuth 2.0 access tokens).

use serde::{Deserialize, Serialize};

/// Access tokens live ten minutes: what a replica's cache does not know for that long, nobody can use longer.
pub const LIFETIME_SECONDS: i64 = 600;
/// How far two clocks may differ.
pub const LEEWAY_SECONDS: i64 = 30;

/// All of RFC 9068's required claims and `nbf`. Members of another type, missing or doubled fail to parse; `aud` is
/// one text, never a list, because we are the only audience that we issue for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The account's id, or the API client's own.
    pub sub: String,
    /// The apps of the school share one id; an API client has its own.
    pub client_id: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub jti: String,
    /// The session that the token was given out in; a token of an API client has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Scopes of an API client, separated by blanks (RFC 9068, 2.2.3); a person's rights are their memberships.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// Whose tokens count here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Claim `iss`: the server's public address.
    pub name: String,
    /// Claim `aud`: the API for which the token is meant.
    pub audience: String,
}

/// Why a token is refused. Clients learn only whether a new one would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    #[error("the access token is not valid")]
    Invalid,
    #[error("the access token has expired")]
    Expired,
}

impl Claims {
    /// Checks issuer, audience and time at `now` (seconds since 1970, UTC).
    pub fn check(&self, issuer: &Issuer, now: i64) -> Result<(), TokenRefusal> {
        let ours = self.iss == issuer.name && self.aud == issuer.audience;
        let named = [&self.sub, &self.client_id, &self.jti].iter().all(|claim| !claim.is_empty());
        let begun = (0..=now + LEEWAY_SECONDS).contains(&self.iat.max(self.nbf));
        let short = self.exp.checked_sub(self.iat).is_some_and(|lifetime| (1..=LIFETIME_SECONDS).contains(&lifetime));
        match ours && named && begun && short {
            false => Err(TokenRefusal::Invalid),
            true if self.exp + LEEWAY_SECONDS <= now => Err(TokenRefusal::Expired),
            true => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn issuer() -> Issuer {
        Issuer { name: "https://glans.example".into(), audience: "glans".into() }
    }

    fn claims() -> Claims {
        Claims {
            iss: issuer().name,
            aud: issuer().audience,
            sub: "account_1".into(),
            client_id: "app".into(),
            iat: NOW,
            nbf: NOW,
            exp: NOW + LIFETIME_SECONDS,
            jti: "1".into(),
            sid: None,
            scope: None,
        }
    }

    #[test]
    fn a_token_counts_from_its_begin_to_its_end_give_or_take_the_leeway() {
        let token = claims();
        assert_eq!(token.check(&issuer(), NOW - 30), Ok(()));
        assert_eq!(token.check(&issuer(), NOW - 31), Err(TokenRefusal::Invalid));
        assert_eq!(token.check(&issuer(), NOW + 629), Ok(()));
        assert_eq!(token.check(&issuer(), NOW + 630), Err(TokenRefusal::Expired));
    }

    #[test]
    fn another_issuer_audience_or_lifetime_is_refused() {
        let wrong: [fn(&mut Claims); 10] = [
            |c| c.iss = "https://other.example".into(),
            |c| c.aud = "other".into(),
            |c| c.sub = String::new(),
            |c| c.client_id = String::new(),
            |c| c.jti = String::new(),
            |c| c.nbf = NOW + 31,
            |c| c.iat = NOW + 31,
            |c| c.exp = NOW + LIFETIME_SECONDS + 1,
            |c| c.exp = c.iat,
            |c| (c.exp, c.iat) = (i64::MAX, i64::MIN),
        ];
        for (case, change) in wrong.into_iter().enumerate() {
            let mut token = claims();
            change(&mut token);
            assert_eq!(token.check(&issuer(), NOW), Err(TokenRefusal::Invalid), "case {case}");
        }
    }
}
