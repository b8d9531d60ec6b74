//! What can go wrong, in three kinds: refusals are data, codes are errors a client can act on, faults are ours.

use std::any::Any;
use std::fmt;

use async_graphql::{Enum, SimpleObject};
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// The one error of actions, stores and resolvers.
pub enum Error {
    /// What a user can mend. Stands in `userErrors` of the payload.
    Refused(Vec<Refusal>),
    /// The client's copy is older than what is stored. Holds the present row, for the payload to show.
    Stale(Box<dyn Any + Send + Sync>),
    /// An earlier request did it, and the caller may not see any more what it did. The payload shows neither node nor problem.
    DoneOutOfSight,
    /// A top-level error with a published code.
    Coded(Code, String),
    /// `RATE_LIMITED`, with the seconds to wait: the boundary says them in `Retry-After` too.
    RateLimited { retry_after_seconds: u32 },
    /// `RATE_LIMITED` too: others held for too long what was needed, be it a lock or all connections.
    Held,
    /// `RATE_LIMITED` too: the database was at one statement for too long, and stopped it.
    Slow,
    /// `RATE_LIMITED` too: so many sign in that there was no turn for this one. No fault of who asks.
    Crowded,
    /// Our own failure. Logged with its cause at the boundary; shows nothing of the inside.
    Fault(Box<dyn std::error::Error + Send + Sync>),
}

/// The one result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The published list of `extensions.code` in top-level errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    GraphqlParseFailed,
    GraphqlValidationFailed,
    BadUserInput,
    BadCursor,
    Unauthenticated,
    TokenExpired,
    Forbidden,
    NotFound,
    CostExceeded,
    RateLimited,
    PersistedQueryNotFound,
    PersistedQueryRequired,
    ResyncRequired,
    Internal,
}

impl Code {
    /// As it stands in `extensions.code`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether the same request may succeed later.
    pub fn retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::TokenExpired | Self::PersistedQueryNotFound | Self::Internal)
    }
}

/// One thing to mend in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: UserErrorCode,
    /// The path into `input`, outermost first, as `["email"]`. Empty when it concerns the whole.
    pub field: Vec<String>,
    /// A sentence that says what to do, in English; `platform/problems/nl.toml` has it in Dutch.
    pub message: String,
}

/// Why a mutation was refused.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserErrorCode {
    /// The value is not of the form that the field takes.
    Invalid,
    /// A value is needed and was not given.
    Required,
    /// The value is longer than the field takes.
    TooLong,
    /// Something else has this value already and it must be unique.
    Taken,
    /// There is no such thing, or the viewer may not know of it.
    NotFound,
    /// The viewer sees it and may not do this with it.
    Forbidden,
    /// It changed in the meantime, or is in a state that does not allow this.
    Conflict,
    /// A code, token or term ran out.
    Expired,
    /// A number that the field or the school allows is used up.
    LimitReached,
    /// The `clientMutationId` was used before with another input.
    IdempotencyMismatch,
    /// A request with this `clientMutationId` is still being worked on.
    IdempotencyInProgress,
    /// The text seems to name a child or guardian: mend it, or confirm that it does not.
    NamesSomebody,
}

/// Something in the input that the user can mend.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
#[graphql(complex)]
pub struct UserError {
    /// What kind of problem it is, for the app to act on.
    pub code: UserErrorCode,
    /// The path into `input`, outermost first, as `["email"]`; null when it concerns the whole.
    pub field: Option<Vec<String>>,
    /// The sentence as it was written. What the user reads of it stands in `call::problem`.
    #[graphql(skip)]
    pub english: String,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, field, message } = refusal;
        Self { code, field: (!field.is_empty()).then_some(field), english: message }
    }
}

/// A single refusal of the input field `field` (dots separate the levels, empty for the whole).
pub fn refuse(code: UserErrorCode, field: &str, message: impl Into<String>) -> Error {
    Error::Refused(vec![refusal(code, field, message)])
}

/// As [`refuse`], to collect several.
pub fn refusal(code: UserErrorCode, field: &str, message: impl Into<String>) -> Refusal {
    let field = field.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Refusal { code, field, message: message.into() }
}

/// What a database says when another transaction stood in the way. PostgreSQL, appendix A: `lock_not_available` and
/// `deadlock_detected`. SQLite, result codes: `SQLITE_BUSY`, by itself, in recovery, and with a snapshot that is too old.
const STOOD_IN_THE_WAY: [&str; 5] = ["55P03", "40P01", "5", "261", "517"];
/// What PostgreSQL says of a statement that it stops, by the same appendix: `query_canceled`. Its time was over, or an
/// operator ended it.
const STOPPED: &str = "57014";
/// When to come again for what others hold.
const HELD_SECONDS: u32 = 5;
/// When to come again for what took too long.
const SLOW_SECONDS: u32 = 5;
/// When to come again where many sign in: where the queue is full now, a few seconds later there is room.
const CROWDED_SECONDS: u32 = 3;

/// What the user reads when somebody else was first.
const STALE: &str = "Somebody changed this in the meantime. Look at the present version and try again.";

/// Refuses an update that was made from an older version than the stored one.
pub fn check_version<M: Any + Send + Sync + Clone>(row: &M, version: i32, if_version: Option<i32>) -> Result<()> {
    match if_version {
        Some(known) if known != version => Err(Error::Stale(Box::new(row.clone()))),
        _ => Ok(()),
    }
}

/// What a payload shows of a finished act: the node, and what the user can mend.
///
/// # Errors
/// What is neither done nor refused stays an error.
pub fn outcome<M: Any>(done: Result<M>) -> Result<(Option<M>, Vec<UserError>)> {
    match done {
        Ok(row) => Ok((Some(row), Vec::new())),
        Err(Error::Refused(refusals)) => Ok((None, refusals.into_iter().map(UserError::from).collect())),
        Err(Error::Stale(present)) => {
            let conflict = refusal(UserErrorCode::Conflict, "ifVersion", STALE);
            Ok((present.downcast().ok().map(|row| *row), vec![conflict.into()]))
        }
        Err(Error::DoneOutOfSight) => Ok((None, Vec::new())),
        Err(error) => Err(error),
    }
}

/// What is out of sight and what does not exist are refused alike.
pub fn not_found(field: &str) -> Error {
    refuse(UserErrorCode::NotFound, field, "There is nothing with this id that you can see. Check the id.")
}

/// A top-level error.
pub fn coded(code: Code, message: impl Into<String>) -> Error {
    Error::Coded(code, message.into())
}

impl Error {
    /// A fault of ours with its cause.
    pub fn fault(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Fault(cause.into())
    }

    /// When to come again, where that is all there is to do.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::RateLimited { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Held => Some(HELD_SECONDS),
            Self::Slow => Some(SLOW_SECONDS),
            Self::Crowded => Some(CROWDED_SECONDS),
            _ => None,
        }
    }
}

/// An error and what it came from, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

/// For the log. A fault says what it has to say, and not all that it holds: PostgreSQL puts the row that it refuses into the
/// details of its error, names, addresses and all.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusals) => f.debug_tuple("Refused").field(refusals).finish(),
            Self::Stale(_) => f.write_str("Stale"),
            Self::DoneOutOfSight => f.write_str("DoneOutOfSight"),
            Self::Coded(code, message) => f.debug_tuple("Coded").field(code).field(message).finish(),
            Self::RateLimited { retry_after_seconds } => {
                f.debug_tuple("RateLimited").field(retry_after_seconds).finish()
            }
            Self::Held => f.write_str("Held"),
            Self::Slow => f.write_str("Slow"),
            Self::Crowded => f.write_str("Crowded"),
            Self::Fault(cause) => f.debug_tuple("Fault").field(&chain(cause.as_ref())).finish(),
        }
    }
}

impl fmt::Display for Error {
    /// What may be shown to anybody.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusals) => {
                let sentences: Vec<_> = refusals.iter().map(|refusal| refusal.message.as_str()).collect();
                f.write_str(&sentences.join(" "))
            }
            Self::Stale(_) => f.write_str(STALE),
            Self::DoneOutOfSight => f.write_str("This was done before, and you cannot see it any more."),
            Self::Coded(_, message) => f.write_str(message),
            Self::RateLimited { retry_after_seconds } => {
                write!(f, "Too many attempts. Try again in {retry_after_seconds} seconds.")
            }
            Self::Held => {
                write!(f, "Others are at work just now. Try again in {HELD_SECONDS} seconds.")
            }
            Self::Slow => {
                write!(f, "This took too long and was stopped. Try again in {SLOW_SECONDS} seconds.")
            }
            Self::Crowded => {
                write!(f, "Many people are signing in at this moment. Try again in {CROWDED_SECONDS} seconds.")
            }
            Self::Fault(_) => f.write_str("Something went wrong on our side. Try again later."),
        }
    }
}

/// A fault of ours, unless others held what was needed, or it took too long: then the caller may come again.
impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        if is_held(&cause) {
            tracing::warn!(cause = chain(&cause), "what was needed was held by somebody else");
            Self::Held
        } else if is_stopped(&cause) {
            tracing::error!(cause = chain(&cause), "a statement took too long and was stopped");
            Self::Slow
        } else {
            Self::fault(cause)
        }
    }
}

/// Whether the database gave up for what another transaction holds. Of a pool that others have all of, `db` tells the
/// same.
pub(super) fn is_held(cause: &DbErr) -> bool {
    let Some(cause) = of_driver(cause) else { return false };
    let code = cause.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(cause, sqlx::Error::PoolTimedOut) || code.is_some_and(|code| STOOD_IN_THE_WAY.contains(&code.as_ref()))
}

/// Whether the database stopped the statement.
fn is_stopped(cause: &DbErr) -> bool {
    let code = of_driver(cause).and_then(sqlx::Error::as_database_error).and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == STOPPED)
}

/// What the driver said of a statement.
fn of_driver(cause: &DbErr) -> Option<&sqlx::Error> {
    match cause {
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause.as_ref()),
        _ => None,
    }
}

/// Turns the violation of a unique constraint into a refusal of `field`; anything else stays a fault.
///
/// Constraints are the check: never look first and insert then.
pub fn taken(field: &'static str, message: &'static str) -> impl FnOnce(DbErr) -> Error {
    move |cause| match cause.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => refuse(UserErrorCode::Taken, field, message),
        _ => Error::from(cause),
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn each_code_is_in_the_manual() {
        let manual = include_str!("../../../docs/api.md");
        let missing: Vec<_> = Code::iter().filter(|code| !manual.contains(code.name())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    /// As an error of PostgreSQL, whose details show the row.
    #[derive(Debug, thiserror::Error)]
    #[error("a row is there already")]
    struct Doubled {
        detail: &'static str,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("nothing was written")]
    struct Failed(#[source] Doubled);

    #[test]
    fn a_fault_says_no_more_than_it_has_to_say() {
        let fault = Error::fault(Failed(Doubled { detail: "Key (email)=(anne@example.org) already exists." }));
        assert_eq!(format!("{fault:?}"), "Fault(\"nothing was written: a row is there already\")");
    }
}
