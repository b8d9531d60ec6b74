//! Whether a delivery is sent, and what follows from a try. Pure functions.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::notifications::{Category, Channel};

use crate::notifications::categories::{self, Audience, Strategy};
use crate::notifications::channels::Verdict;
use crate::notifications::preferences::Wishes;

const FIRST_DELAY: TimeDelta = TimeDelta::seconds(1);
const LONGEST_DELAY: TimeDelta = TimeDelta::minutes(15);
/// Tries of a delivery together with others. One that was cut off in so many, with no answer in between, is claimed by
/// itself from then on: it may be what ends whoever has it under their hands.
pub(super) const TOGETHER: i32 = 3;
/// The same of tries beside others, each by itself. From then on it is tried while no other such one is: whoever was cut off
/// with it is no longer there when it ends a process again. Many that are killed for another reason go out side by side.
pub(super) const BESIDE_OTHERS: i32 = 6;
/// A delivery that takes the process with it each time it is tried is not tried for ever.
const TRIES: i32 = 20;
/// Characters of a cause that are kept.
const CAUSE: usize = 300;

/// Lanes of deliveries: of one kind the lower one goes first.
pub const LETTERS: i32 = 0;
const URGENT_PUSHES: i32 = 1;
const PUSHES: i32 = 2;
const URGENT_MAILS: i32 = 3;
const MAILS: i32 = 4;
pub const DIGESTS: i32 = 5;
const URGENT_BROWSER_PUSHES: i32 = 6;
const BROWSER_PUSHES: i32 = 7;

/// The lane of a notification on a channel.
pub fn lane(channel: Channel, urgent: bool) -> i32 {
    match (channel, urgent) {
        (Channel::Push, true) => URGENT_PUSHES,
        (Channel::Push, false) => PUSHES,
        (Channel::Email, true) => URGENT_MAILS,
        (Channel::Email, false) => MAILS,
    }
}

/// The lane of a push to a browser.
pub fn browser_lane(urgent: bool) -> i32 {
    if urgent { URGENT_BROWSER_PUSHES } else { BROWSER_PUSHES }
}

/// What is claimed apart, because it waits for other things: a push is out in a moment, an e-mail waits for one of few
/// connections, and nobody waits for a code behind a thousand of these. Whoever has a browser names the push service, which
/// may take its time: no phone waits for that. What is urgent waits for no ordinary push of another board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Kind {
    Letter,
    UrgentPush,
    Push,
    UrgentBrowserPush,
    BrowserPush,
    Mail,
}

impl Kind {
    pub(super) fn of(lane: i32) -> Self {
        match lane {
            LETTERS => Self::Letter,
            URGENT_PUSHES => Self::UrgentPush,
            PUSHES => Self::Push,
            URGENT_BROWSER_PUSHES => Self::UrgentBrowserPush,
            BROWSER_PUSHES => Self::BrowserPush,
            _ => Self::Mail,
        }
    }

    /// The first and the last one.
    pub(super) fn lanes(self) -> (i32, i32) {
        match self {
            Self::Letter => (LETTERS, LETTERS),
            Self::UrgentPush => (URGENT_PUSHES, URGENT_PUSHES),
            Self::Push => (PUSHES, PUSHES),
            Self::UrgentBrowserPush => (URGENT_BROWSER_PUSHES, URGENT_BROWSER_PUSHES),
            Self::BrowserPush => (BROWSER_PUSHES, BROWSER_PUSHES),
            Self::Mail => (URGENT_MAILS, DIGESTS),
        }
    }

    /// Whether it goes to devices.
    pub(super) fn is_push(self) -> bool {
        !matches!(self, Self::Letter | Self::Mail)
    }
}

/// Why something is not sent after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// It was read in the app.
    Read,
    /// What it tells does not hold any more.
    Withdrawn,
    /// The person may not know of it any more, or is gone.
    NoRight,
    /// The person does not want it by this way.
    NotWanted,
    /// The device was signed out, or belongs to somebody else now.
    Unbound,
    /// It tells of the sign-in on this very device.
    OwnSession,
    /// No gateway is configured for the device.
    NotConfigured,
    /// Of a digest: nothing waits any more.
    Nothing,
}

/// What is known of a notification at the moment of sending.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Seen {
    pub category: Category,
    pub channel: Channel,
    pub audience: Audience,
    pub strategy: Strategy,
    pub urgent: bool,
    pub is_read: bool,
    pub is_withdrawn: bool,
    pub may_know: bool,
}

/// What is to be done with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Send,
    Suppress(Reason),
    /// Not before this moment.
    Wait(DateTime<Utc>),
}

/// Whether a notification may go out now.
pub fn decide(seen: &Seen, wishes: &Wishes, now: DateTime<Utc>) -> Decision {
    if seen.is_withdrawn {
        return Decision::Suppress(Reason::Withdrawn);
    }
    if !seen.may_know {
        return Decision::Suppress(Reason::NoRight);
    }
    if seen.is_read {
        return Decision::Suppress(Reason::Read);
    }
    let always = seen.strategy == Strategy::Always && categories::usual(seen.category, seen.channel, seen.audience);
    if !always && !wishes.wants(seen.category, seen.channel, seen.audience) {
        return Decision::Suppress(Reason::NotWanted);
    }
    // An e-mail makes no sound.
    let disturbs = seen.channel == Channel::Push && !seen.urgent && !categories::passes_quiet_hours(seen.category);
    match wishes.quiet_until(now, seen.audience).filter(|_| disturbs) {
        Some(end) => Decision::Wait(end),
        None => Decision::Send,
    }
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Sent,
    /// It will never be taken.
    Failed(String),
    Suppressed(Reason),
    /// Given up.
    Dead(String),
    /// Again at this moment. `counts`: as a try.
    Again {
        at: DateTime<Utc>,
        why: String,
        counts: bool,
    },
}

/// What is given up before anything of it is looked at, for that may be what ends the process: it is of no use any
/// more, or was cut off too often, with no answer in between.
pub(super) fn given_up(expires_at: DateTime<Utc>, cut_off: i32, now: DateTime<Utc>) -> Option<Outcome> {
    if expires_at <= now {
        return Some(Outcome::Dead("TIME_TO_LIVE".to_owned()));
    }
    (cut_off >= TRIES).then(|| Outcome::Dead("TRIES".to_owned()))
}

/// What follows from a verdict on the try number `attempts`. `chance` is from 0 to 1.
pub fn outcome(verdict: Verdict, attempts: i32, expires_at: DateTime<Utc>, now: DateTime<Utc>, chance: f64) -> Outcome {
    let (after, why) = match verdict {
        Verdict::Sent => return Outcome::Sent,
        Verdict::Gone { why, .. } | Verdict::Refused(why) => return Outcome::Failed(brief(&why)),
        Verdict::Later { after, why } | Verdict::Down { after, why } => (after, brief(&why)),
    };
    let at = now + delay(attempts, chance).max(after.unwrap_or_default());
    if at >= expires_at { Outcome::Dead(why) } else { Outcome::Again { at, why, counts: true } }
}

/// Waits until `at`, or is given up where that is too late.
pub fn wait(at: DateTime<Utc>, expires_at: DateTime<Utc>, why: &str) -> Outcome {
    if at >= expires_at {
        Outcome::Dead(why.to_owned())
    } else {
        Outcome::Again { at, why: why.to_owned(), counts: false }
    }
}

/// Full jitter: any moment up to a limit that doubles with each try. It spreads those who failed together.
fn delay(attempts: i32, chance: f64) -> TimeDelta {
    let doubled = FIRST_DELAY * 2_i32.saturating_pow(u32::try_from(attempts).unwrap_or_default().min(20));
    let limit = doubled.min(LONGEST_DELAY).num_milliseconds();
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "15 minutes in milliseconds")]
    let millis = (limit as f64 * chance.clamp(0.0, 1.0)) as i64;
    TimeDelta::milliseconds(millis)
}

fn brief(why: &str) -> String {
    why.chars().take(CAUSE).collect()
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn what_is_put_off_is_tried_for_as_long_as_it_is_of_use() {
        let now = DateTime::UNIX_EPOCH;
        let full = || Verdict::Later { after: None, why: "452 4.2.2".to_owned() };
        let after = |expires_at| outcome(full(), 10 * TRIES, expires_at, now, 1.0);
        assert!(matches!(after(now + TimeDelta::hours(1)), Outcome::Again { counts: true, .. }));
        assert!(matches!(after(now + TimeDelta::minutes(10)), Outcome::Dead(_)), "the next try would be too late");
    }

    #[test]
    fn what_is_of_no_use_or_ends_each_process_is_given_up() {
        let now = DateTime::UNIX_EPOCH;
        let after = |cut_off| given_up(now + TimeDelta::seconds(1), cut_off, now);
        assert_eq!([1, BESIDE_OTHERS, TRIES - 1].map(after), [None, None, None], "it is claimed by itself first");
        assert_eq!(after(TRIES), Some(Outcome::Dead("TRIES".to_owned())));
        assert_eq!(given_up(now, 0, now), Some(Outcome::Dead("TIME_TO_LIVE".to_owned())));
    }

    #[test]
    fn an_alarm_waits_neither_for_its_own_emails_nor_for_what_is_not_urgent() {
        let kind = |channel, urgent| Kind::of(lane(channel, urgent));
        assert_eq!([true, false].map(|urgent| kind(Channel::Push, urgent)), [Kind::UrgentPush, Kind::Push]);
        assert_eq!([true, false].map(|urgent| kind(Channel::Email, urgent)), [Kind::Mail; 2]);
        assert_eq!(
            [true, false].map(|urgent| Kind::of(browser_lane(urgent))),
            [Kind::UrgentBrowserPush, Kind::BrowserPush]
        );
        assert!(lane(Channel::Email, true) < lane(Channel::Email, false) && lane(Channel::Email, false) < DIGESTS);
        assert_eq!((Kind::of(LETTERS), Kind::of(DIGESTS)), (Kind::Letter, Kind::Mail));
    }

    #[test]
    fn each_lane_is_of_one_kind() {
        for at in LETTERS..=browser_lane(false) {
            let of = Kind::iter().filter(|kind| {
                let (first, last) = kind.lanes();
                (first..=last).contains(&at)
            });
            assert_eq!(of.collect::<Vec<_>>(), [Kind::of(at)], "{at}");
        }
    }
}
