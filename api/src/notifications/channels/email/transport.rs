//! By which way a message leaves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{error::Error, io};

use glans_entity::ids::DeliveryId;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport, Message, Tokio1Executor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::MailError;
use super::verdict::{NO_SUCH_ADDRESS, judged};
use crate::notifications::channels::Verdict;
use crate::platform::config::Config;

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// How long a try lasts at most.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the server may take for one of the steps of a try.
const PATIENCE_PER_STEP: Duration = Duration::from_secs(8);
/// Connections to the server at once: many servers take no more than fifty from one address, and the pool of the library opens
/// as many as are asked for.
const CONNECTIONS: usize = 8;
/// Of these, kept for codes: whoever waits for one does not wait behind a thousand announcements.
const FOR_CODES: usize = 1;
/// Says of an address that nothing on the way is encrypted.
const PLAIN: &str = "?tls=none";

/// A place among the connections to the server. It is free again when this is dropped.
#[derive(Debug, Default)]
pub struct Place {
    _permits: Vec<OwnedSemaphorePermit>,
}

/// The places that there are.
pub(super) struct Places {
    all: Arc<Semaphore>,
    /// Of those that are not kept for codes.
    common: Arc<Semaphore>,
}

impl Places {
    fn new() -> Self {
        let common = Arc::new(Semaphore::new(CONNECTIONS - FOR_CODES));
        Self { all: Arc::new(Semaphore::new(CONNECTIONS)), common }
    }

    /// One of them, as soon as it is free. An error would mean that they are closed, which they never are.
    async fn one(&self, is_code: bool) -> Place {
        let mut permits = Vec::new();
        if !is_code {
            permits.extend(Arc::clone(&self.common).acquire_owned().await);
        }
        permits.extend(Arc::clone(&self.all).acquire_owned().await);
        Place { _permits: permits }
    }
}

/// By which way a message leaves.
pub(super) enum Transport {
    /// With connections that are kept.
    Smtp(Smtp, Places),
    /// A file for each.
    Folder(PathBuf),
    /// Not at all; the log has a line.
    Log,
}

impl Transport {
    /// As `config` says; `domain` is what the server is told we are.
    pub(super) fn of(config: &Config, domain: &str) -> Result<Self, MailError> {
        match (&config.smtp_url, &config.mail_dir) {
            (Some(url), _) => {
                let server = server(url, domain).map_err(MailError::Server)?;
                Ok(Self::Smtp(server, Places::new()))
            }
            (None, Some(folder)) => Ok(Self::Folder(folder.clone())),
            (None, None) => Ok(Self::Log),
        }
    }

    /// Whether the server is there and knows us, or the folder can be one. The log is always there.
    pub(super) async fn check(&self) -> Result<(), String> {
        let server = match self {
            Self::Smtp(server, _) => server,
            Self::Folder(folder) => return can_be_made(folder),
            Self::Log => return Ok(()),
        };
        match tokio::time::timeout(PATIENCE, server.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("it does not answer".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }

    /// A place for one message, as soon as there is one; at once where there is no server.
    pub(super) async fn place(&self, is_code: bool) -> Place {
        match self {
            Self::Smtp(_, places) => places.one(is_code).await,
            Self::Folder(_) | Self::Log => Place::default(),
        }
    }

    pub(super) async fn carry(&self, delivery: DeliveryId, message: Message, place: Place) -> Verdict {
        match self {
            Self::Smtp(server, _) => in_time(server.clone(), message, place).await,
            Self::Folder(folder) => match keep(folder, delivery, &message.formatted()).await {
                Ok(()) => Verdict::Sent,
                Err(cause) => down(format!("mail_dir: {}", cause.kind())),
            },
            Self::Log => {
                tracing::info!(%delivery, "an e-mail that is not sent: neither smtp_url nor mail_dir is set");
                Verdict::Sent
            }
        }
    }
}

/// Unlike the library's, an address that says nothing of encryption means that it must be encrypted.
fn server(url: &str, domain: &str) -> Result<Smtp, smtp::Error> {
    let url = match url.strip_suffix(PLAIN) {
        Some(plain) => plain.to_owned(),
        None if url.starts_with("smtp:") => format!("{url}?tls=required"),
        None => url.to_owned(),
    };
    let builder = Smtp::from_url(&url)?.hello_name(ClientId::Domain(domain.to_owned()));
    Ok(builder.timeout(Some(PATIENCE_PER_STEP)).build())
}

/// Nobody waits any longer than that, but the try is not torn off: a connection in the middle of a message would go back
/// among those that are kept, and the next message would get the answer to this one.
async fn in_time(server: Smtp, message: Message, place: Place) -> Verdict {
    let trying = tokio::spawn(async move {
        let verdict = tried(&server, message).await;
        // The library puts the connection back in a task of its own. Who finds a place finds the connection, too.
        tokio::task::yield_now().await;
        drop(place);
        verdict
    });
    match tokio::time::timeout(PATIENCE, trying).await {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(_)) => down("the try broke off".to_owned()),
        Err(_) => down(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

async fn tried(server: &Smtp, message: Message) -> Verdict {
    let Err(error) = server.send(message).await else { return Verdict::Sent };
    let Some(code) = error.status() else { return unanswered(&error) };
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    match judged(u16::from(code), &said) {
        // A server that wants nothing from us at all says it in the same words.
        Verdict::Refused(why) if server.test_connection().await.is_err() => down(why),
        verdict => verdict,
    }
}

/// What becomes of a message that the server did not come to judge. Texts of the library name no recipient.
fn unanswered(error: &smtp::Error) -> Verdict {
    let is_of_address = error.is_client() && error.to_string().contains("SMTPUTF8");
    if is_of_address { Verdict::Refused(NO_SUCH_ADDRESS.to_owned()) } else { down(error.to_string()) }
}

fn down(why: String) -> Verdict {
    Verdict::Down { after: None, why }
}

/// Whether what is there already of the path is a folder.
fn can_be_made(folder: &Path) -> Result<(), String> {
    match folder.ancestors().find(|above| above.exists()) {
        Some(above) if !above.is_dir() => Err(format!("{} is no folder; name another in `mail_dir`", above.display())),
        _ => Ok(()),
    }
}

/// Whole under its name, or not at all. A second try takes the place of the first.
async fn keep(folder: &Path, delivery: DeliveryId, message: &[u8]) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let draft = folder.join(format!(".{delivery}.part"));
    tokio::fs::write(&draft, message).await?;
    tokio::fs::rename(&draft, folder.join(format!("{delivery}.eml"))).await
}
