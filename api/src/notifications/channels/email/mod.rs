//! E-mail: a [`Letter`] becomes a message with HTML and plain text, and leaves by SMTP, as a file or not at all.

mod invite;
mod message;
mod render;
mod sheet;
mod transport;
mod verdict;

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;

use super::Verdict;
use super::letter::Letter;
use crate::identity::master_key::MasterKey;
use crate::notifications::unsubscribe::Tokens;
use crate::platform::config::Config;

pub use message::Unsendable;
pub use render::Rendered;
pub use transport::Place;
use transport::Transport;
pub use verdict::{FOR_GOOD, FOR_NOW, is_of_the_mailbox};

/// From whom e-mail comes that goes nowhere.
const NOBODY: &str = "Glans <glans@localhost>";

/// Why e-mail cannot be sent from here. The configuration is checked when it is read; this is for one that was not.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("mail_from: an e-mail address is expected, as `Glans <post@glans.example.org>`")]
    From,
    /// The cause names neither the address nor the password in it.
    #[error("smtp_url: {0}")]
    Server(#[source] lettre::transport::smtp::Error),
}

/// Whether the mail server of `config` lets us in, or the folder for e-mail can be one, if one is configured. For
/// `glans doctor`.
///
/// # Errors
/// With what the server says, or why it says nothing, or what is in the way of the folder.
pub async fn check(config: &Config) -> Result<(), String> {
    let sender: Option<Mailbox> = config.mail_from.as_deref().and_then(|text| text.parse().ok());
    let domain = sender.as_ref().map_or("localhost", |sender| sender.email.domain());
    let transport = Transport::of(config, domain).map_err(|error| error.to_string())?;
    transport.check().await
}

/// How this process sends e-mail. One per process: it keeps connections to the server.
pub struct Mail {
    from: Mailbox,
    /// Where `/unsubscribe/…` is.
    public_url: String,
    app_url: Option<String>,
    tokens: Tokens,
    transport: Transport,
}

impl Mail {
    /// As `config` says. To be called within the runtime, which looks after the connections.
    ///
    /// # Errors
    /// When `mail_from` or `smtp_url` is malformed, or the one is there without the other.
    pub fn of(config: &Config, master: &MasterKey) -> Result<Self, MailError> {
        let from: Mailbox = config.mail_from.as_deref().unwrap_or(NOBODY).parse().map_err(|_| MailError::From)?;
        let transport = Transport::of(config, from.email.domain())?;
        if config.mail_from.is_none() && !matches!(transport, Transport::Log) {
            return Err(MailError::From);
        }
        Ok(Self {
            from,
            public_url: config.public_url(),
            app_url: Some(config.app_url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty()),
            tokens: Tokens::of(master),
            transport,
        })
    }

    /// A place for one try, as soon as there is one: there are few connections to the server, and one of them is kept for
    /// codes.
    pub async fn place(&self, is_code: bool) -> Place {
        self.transport.place(is_code).await
    }

    /// One try, within ten seconds.
    pub async fn send(&self, letter: &Letter, place: Place, now: DateTime<Utc>) -> Verdict {
        match self.message(letter, now) {
            Ok(message) => self.transport.carry(letter.delivery, message, place).await,
            Err(unsendable) => unsendable.into(),
        }
    }

    /// The letter as people see it.
    pub fn rendered(&self, letter: &Letter) -> Result<Rendered, Unsendable> {
        Ok(render::of(&sheet::of(letter, self))?)
    }

    /// The address that switches off what the letter is, where it can be switched off.
    fn unsubscribe_url(&self, letter: &Letter) -> Option<String> {
        let subject = letter.matter.can_be_switched_off()?;
        Some(format!("{}/unsubscribe/{}", self.public_url, self.tokens.make(letter.account?, subject)))
    }
}
