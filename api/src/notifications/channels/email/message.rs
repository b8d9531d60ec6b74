//! A letter as a message (RFC 5322, MIME).

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::address::Address;
use lettre::message::header::{ContentDisposition, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, MultiPartBuilder, SinglePart};

use super::{Mail, invite};
use crate::notifications::channels::Verdict;
use crate::notifications::channels::letter::{Entry, Letter, Matter};
use crate::notifications::texts::{Words, speech};

/// Why no message can be made of a letter.
#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
    #[error("the address is none")]
    Address,
    #[error("the template: {0}")]
    Template(#[from] askama::Error),
    #[error("the message: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the calendar part has no content type")]
    Calendar,
}

impl From<Unsendable> for Verdict {
    fn from(unsendable: Unsendable) -> Self {
        match unsendable {
            Unsendable::Address => Self::Gone { since: None, why: unsendable.to_string() },
            other => Self::Refused(other.to_string()),
        }
    }
}

impl Mail {
    /// The message, the same for every try but for its date.
    pub(super) fn message(&self, letter: &Letter, now: DateTime<Utc>) -> Result<Message, Unsendable> {
        let to: Address = letter.to.trim().parse().map_err(|_| Unsendable::Address)?;
        let rendered = self.rendered(letter)?;
        let id = format!("<{}@{}>", letter.delivery, self.from.email.domain());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(rendered.subject)
            .date(SystemTime::from(now))
            .raw_header(whole("Message-ID", id))
            .raw_header(whole("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(whole("X-Auto-Response-Suppress", "All".to_owned()));
        if let Some(url) = self.unsubscribe_url(letter) {
            builder = builder
                .raw_header(whole("List-Unsubscribe", format!("<{url}>")))
                .raw_header(whole("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        let texts = bounded(MultiPart::alternative(), letter, "texts")
            .singlepart(SinglePart::plain(rendered.plain))
            .singlepart(SinglePart::html(rendered.html));
        let body = match &letter.matter {
            Matter::Notice { entry: Some(entry), school, .. } => {
                let summary = summary(&letter.language, school.as_ref());
                let calendar = invite::calendar(entry, &summary, self.from.email.as_ref(), to.as_ref(), now);
                with_calendar(letter, texts, entry, calendar)?
            }
            _ => texts,
        };
        Ok(builder.multipart(body)?)
    }
}

/// Mail programs that answer invitations look among the texts, the others for a file.
fn with_calendar(letter: &Letter, texts: MultiPart, entry: &Entry, calendar: String) -> Result<MultiPart, Unsendable> {
    let kind = format!("text/calendar; charset=utf-8; method={}", invite::method(entry));
    let kind = ContentType::parse(&kind).map_err(|_| Unsendable::Calendar)?;
    let file = ContentType::parse("application/ics; name=\"invite.ics\"").map_err(|_| Unsendable::Calendar)?;
    let inline = SinglePart::builder().header(kind).body(calendar.clone());
    let attached =
        SinglePart::builder().header(file).header(ContentDisposition::attachment("invite.ics")).body(calendar);
    Ok(bounded(MultiPart::mixed(), letter, "parts").multipart(texts.singlepart(inline)).singlepart(attached))
}

fn summary(language: &str, school: Option<&String>) -> String {
    let speech = speech::of(language);
    Words { school: school.cloned(), ..Words::default() }.said_in(speech, "mail-entry")
}

/// With a boundary that a second try has too. It cannot occur in the parts, which do not know the delivery.
fn bounded(parts: MultiPartBuilder, letter: &Letter, name: &str) -> MultiPart {
    parts.boundary(format!("{name}_{}", letter.delivery)).build()
}

/// A header of printable ASCII that must stay on one line: programs take it apart.
fn whole(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}
