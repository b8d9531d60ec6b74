//! Why a command did not do what it was asked.

use std::fmt;
use std::process::ExitCode;

use crate::identity::SetupError;
use crate::platform::config::ConfigError;
use crate::platform::db::{ConnectError, is_of_newer};
use crate::platform::error::{Error, Refusal};

/// Why a command did not do what it was asked, in a sentence that says what to do.
#[derive(Debug)]
pub enum Failure {
    /// Wrong usage or configuration: exit status 2.
    Usage(String),
    /// It failed: exit status 1.
    Failed(String),
}

impl Failure {
    /// The exit status.
    pub fn status(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Failed(message) => f.write_str(message),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::File(_)
            | ConnectError::Open(_)
            | ConnectError::Unreachable(_)
            | ConnectError::Replica(_)
            | ConnectError::Stranger
            | ConnectError::Lock(..)
            | ConnectError::Migration(_)
            | ConnectError::Encoding(_)
            | ConnectError::Newer => Self::Failed(error.to_string()),
            _ => Self::Usage(error.to_string()),
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        if is_of_newer(&error) {
            return Self::from(ConnectError::Newer);
        }
        Self::from(Error::from(error))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Who operates the machine may see the cause.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Fault(cause) => {
                let mut text = cause.to_string();
                let mut source = cause.source();
                while let Some(inner) = source {
                    text = format!("{text}: {inner}");
                    source = inner.source();
                }
                Self::Failed(text)
            }
            Error::Refused(refusals) => Self::Failed(refusals.iter().map(line).collect::<Vec<_>>().join("\n")),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// `givenName: Use at most 80 characters.`
fn line(refusal: &Refusal) -> String {
    if refusal.field.is_empty() {
        return refusal.message.clone();
    }
    format!("{}: {}", refusal.field.join("."), refusal.message)
}
