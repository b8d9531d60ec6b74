//! How a token fares, by what it begins with.
//!
//! | prefix | what happens |
//! |---|---|
//! | `ok-`, and whatever is not named here | accepted |
//! | `unregistered-` | the app is gone, as of now where the gateway says so |
//! | `expired-<milliseconds since 1970>-` | the same, as of then |
//! | `badtoken-` | the token is none |
//! | `sender-mismatch-` | the token is of another app |
//! | `auth-error-` | the gateway does not know us |
//! | `toolarge-` | the push is too long |
//! | `quota-` | 429 with `Retry-After: 1` |
//! | `internal-`, `unavailable-`, `html-` | 500, 503, 502 with a page |
//! | `slow-` | accepted after `FakeGateway::set_slowness` |
//! | `reset-before-`, `reset-after-` | the connection is cut before it is accepted, or after |
//! | `flaky-` | 500 for the first two tries of a push, then accepted |

use std::hash::{DefaultHasher, Hash, Hasher};

/// What a gateway finds wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    Unregistered,
    /// Milliseconds since 1970.
    Expired(i64),
    BadToken,
    SenderMismatch,
    AuthError,
    TooLarge,
    Quota,
    Internal,
    Unavailable,
    Html,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Takes,
    Slow,
    CutBefore,
    CutAfter,
    Complains(Complaint),
}

/// In trouble each try of what would be taken fails in one of these ways. The token is to blame for none of them.
const TROUBLES: [Script; 9] = [
    Script::Complains(Complaint::Internal),
    Script::Complains(Complaint::Unavailable),
    Script::Complains(Complaint::Html),
    Script::Complains(Complaint::Quota),
    Script::Complains(Complaint::AuthError),
    Script::Complains(Complaint::SenderMismatch),
    Script::Complains(Complaint::TooLarge),
    Script::CutBefore,
    Script::CutAfter,
];

/// How often a flaky one fails.
const FLAKY: usize = 2;

impl Script {
    /// `tries`: how often this push was tried before.
    pub(super) fn of(token: &str, tries: usize) -> Self {
        if let Some(rest) = token.strip_prefix("expired-") {
            let since = rest.split('-').next().and_then(|millis| millis.parse().ok());
            return Self::Complains(Complaint::Expired(since.expect("`expired-` goes on with milliseconds")));
        }
        let complaints = [
            ("unregistered-", Complaint::Unregistered),
            ("badtoken-", Complaint::BadToken),
            ("sender-mismatch-", Complaint::SenderMismatch),
            ("auth-error-", Complaint::AuthError),
            ("toolarge-", Complaint::TooLarge),
            ("quota-", Complaint::Quota),
            ("internal-", Complaint::Internal),
            ("unavailable-", Complaint::Unavailable),
            ("html-", Complaint::Html),
        ];
        if let Some((_, complaint)) = complaints.into_iter().find(|(prefix, _)| token.starts_with(prefix)) {
            return Self::Complains(complaint);
        }
        match token {
            _ if token.starts_with("slow-") => Self::Slow,
            _ if token.starts_with("reset-before-") => Self::CutBefore,
            _ if token.starts_with("reset-after-") => Self::CutAfter,
            _ if token.starts_with("flaky-") && tries < FLAKY => Self::Complains(Complaint::Internal),
            _ => Self::Takes,
        }
    }

    /// The same in trouble. In which way it fails hangs on nothing but the token and the number of the try.
    pub(super) fn in_trouble(self, token: &str, tries: usize) -> Self {
        if self != Self::Takes {
            return self;
        }
        let mut hasher = DefaultHasher::new();
        (token, tries).hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % TROUBLES.len() as u64).expect("less than ten");
        TROUBLES[at].clone()
    }
}
