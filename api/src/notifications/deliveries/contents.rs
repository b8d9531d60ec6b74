//! What a claimed delivery carries, or why it carries nothing.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, InvitationId, NotificationId, PasswordResetId, SessionId, StudentId, format_any};
use glans_entity::notifications::{Channel, LetterKind, PushPlatform, delivery};
use sea_orm::ConnectionTrait;

use super::bundles::{self, Groups};
use super::digests;
use super::look::{Known, Seen};
use super::rules::{self, Decision, Outcome, Reason};
use super::store;
use crate::app::App;
use crate::call::today;
use crate::notifications::categories::{self, Audience, Strategy};
use crate::notifications::channels::Push;
use crate::notifications::channels::letter::{Children, Letter, Matter};
use crate::notifications::preferences::Wishes;
use crate::notifications::texts::{self, Figures, Text};
use crate::platform::error::{Error, Result};

/// What is sent.
pub(super) enum Parcel {
    Push(PushPlatform, Box<Push>),
    Mail(Box<Letter>),
    /// With the notifications that it tells of.
    Digest(Box<Letter>, Vec<NotificationId>),
}

/// What to do with one delivery.
pub(super) enum Step {
    Send(Parcel),
    Done(Outcome),
    /// Nothing goes out, and these notifications wait no longer for a digest.
    Skip(Vec<NotificationId>),
}

fn suppressed(reason: Reason) -> Step {
    Step::Done(Outcome::Suppressed(reason))
}

/// What to do with `row` now.
pub(super) async fn of(
    app: &App,
    db: &impl ConnectionTrait,
    known: &Known,
    row: &delivery::Model,
    now: DateTime<Utc>,
) -> Result<Step> {
    if let Some(letter) = row.letter {
        return secret(app, db, known, row, letter, now).await;
    }
    let Some(login) = row.account_id.and_then(|account| known.accounts.get(&account)) else {
        return Ok(suppressed(Reason::NoRight));
    };
    let usual = Wishes::usual(login.id);
    let wishes = known.wishes.get(&login.id).unwrap_or(&usual);
    if let Some(until) = row.digest_until {
        return digests::contents(db, row, login, wishes, until, now).await;
    }
    let seen = row.notification_id.and_then(|id| known.notifications.get(&id));
    let Some(seen) = seen else { return Ok(suppressed(Reason::NoRight)) };
    let text: Text = seen.text.parse().map_err(Error::fault)?;
    let view = rules::Seen {
        strategy: categories::strategy_of(text, seen.category),
        category: seen.category,
        channel: row.channel,
        audience: Audience::of(seen.as_staff),
        urgent: seen.urgent,
        is_read: seen.read_at.is_some() || seen.read_there,
        is_withdrawn: seen.withdrawn_at.is_some() || seen.taken_back,
        may_know: seen.may_know,
    };
    match rules::decide(&view, wishes, now) {
        Decision::Suppress(reason) => Ok(suppressed(reason)),
        Decision::Wait(until) => Ok(Step::Done(rules::wait(until, row.expires_at, "QUIET_HOURS"))),
        Decision::Send if row.channel == Channel::Push => Ok(push(known, row, seen, login.id, &login.language)),
        Decision::Send => {
            let children = concerned(db, seen.id, today(now)).await?;
            Ok(Step::Send(Parcel::Mail(Box::new(notice(known, row, seen, (text, children), login)?))))
        }
    }
}

/// The children whom the notification concerns and of whom its person may know on that day.
async fn concerned(db: &impl ConnectionTrait, id: NotificationId, on: NaiveDate) -> Result<Children> {
    let rows = store::concerned(db, &[id], on).await?;
    let students: BTreeSet<StudentId> = rows.iter().map(|row| row.student_id).collect();
    let groups: Groups = rows.into_iter().map(|row| row.class_group).collect();
    Ok(bundles::children(students.len(), groups))
}

fn about(seen: &Seen) -> Option<String> {
    Some(format_any(seen.about_kind.as_deref()?, seen.about_id?))
}

/// The session of which it tells.
fn about_session(seen: &Seen) -> Option<SessionId> {
    let is_session = seen.about_kind.as_deref() == Some(SessionId::PREFIX);
    seen.about_id.filter(|_| is_session).map(SessionId)
}

fn push(known: &Known, row: &delivery::Model, seen: &Seen, account: AccountId, language: &str) -> Step {
    let device = known.devices.get(&row.address_id).filter(|device| device.account_id == account);
    let Some(device) = device else { return suppressed(Reason::Unbound) };
    if about_session(seen) == Some(device.session_id) {
        return suppressed(Reason::OwnSession);
    }
    let (title, body) = texts::push(seen.category, seen.urgent, language);
    let push = Push {
        delivery: row.id,
        platform: device.platform,
        token: device.token.clone(),
        account,
        notification: seen.id.to_string(),
        about: about(seen),
        category: seen.category,
        title,
        body,
        urgent: seen.urgent,
        unread: known.unread.get(&account).copied().unwrap_or_default(),
        expires_at: row.expires_at,
    };
    Step::Send(Parcel::Push(device.platform, Box::new(push)))
}

fn notice(
    known: &Known,
    row: &delivery::Model,
    seen: &Seen,
    (text, children): (Text, Children),
    login: &account::Model,
) -> Result<Letter> {
    let place = seen.about_id.and_then(|id| known.places.get(&id)).cloned().unwrap_or_default();
    Ok(Letter {
        delivery: row.id,
        to: login.email.clone(),
        language: login.language.clone(),
        account: Some(login.id),
        matter: Matter::Notice {
            text,
            category: seen.category,
            school: place.school,
            time_zone: seen.time_zone.clone(),
            happens_at: seen.happens_at,
            figures: Figures::kept(seen.figures.as_deref()).map_err(Error::fault)?,
            children,
            entry: place.entry.filter(|_| belongs_in_calendars(text)),
            about: about(seen),
            can_be_switched_off: categories::strategy_of(text, seen.category) != Strategy::Always,
        },
    })
}

/// Whether it tells when a talk takes place, or that it does not.
fn belongs_in_calendars(text: Text) -> bool {
    matches!(
        text,
        Text::ConversationPlanned
            | Text::ConversationMoved
            | Text::ConversationCancelled
            | Text::ConversationBooked
            | Text::ConversationSoon
    )
}

/// A letter with a code. Without anybody to send it to any more it is not sent.
async fn secret(
    app: &App,
    db: &impl ConnectionTrait,
    known: &Known,
    row: &delivery::Model,
    letter: LetterKind,
    now: DateTime<Utc>,
) -> Result<Step> {
    let open = |id: &str| -> Result<String> {
        let sealed = row.secret.as_deref().ok_or_else(|| Error::fault("a letter without its code"))?;
        let sealed = STANDARD.decode(sealed).map_err(Error::fault)?;
        let code = app.identity.master.open(id, &sealed).map_err(Error::fault)?;
        String::from_utf8(code).map_err(Error::fault)
    };
    let (to, language, matter) = match letter {
        LetterKind::PasswordReset => {
            let Some(login) = row.account_id.and_then(|account| known.accounts.get(&account)) else {
                return Ok(suppressed(Reason::NoRight));
            };
            let code = open(&PasswordResetId(row.address_id).to_string())?;
            (login.email.clone(), login.language.clone(), Matter::PasswordReset { code })
        }
        LetterKind::Invitation => {
            let id = InvitationId(row.address_id);
            let Some(invited) = store::invited(db, id, now).await? else { return Ok(suppressed(Reason::NoRight)) };
            let code = open(&id.to_string())?;
            (invited.email, invited.language, Matter::Invitation { board: invited.board, code })
        }
    };
    Ok(Step::Send(Parcel::Mail(Box::new(Letter { delivery: row.id, to, language, account: row.account_id, matter }))))
}
