//! What somebody wants to be told where, and when. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::{Europe, Tz};
use glans_entity::ids::AccountId;
use glans_entity::notifications::{Category, Channel, Digest, notification_settings};
use serde::{Deserialize, Serialize};

use super::hours::{self, Quiet};
use super::rules::{Choice, can_switch_off};
use crate::notifications::categories::{self, Audience};

/// The hour of a digest unless somebody chose another one: after school, before supper.
const USUAL_DIGEST_HOUR: i32 = 17;

/// What somebody wants: the settings, and what was chosen otherwise than usual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Wishes {
    pub settings: notification_settings::Model,
    pub chosen: HashMap<(Category, Channel), bool>,
}

impl Wishes {
    /// What holds for who chose nothing.
    pub fn usual(account: AccountId) -> Self {
        Self { settings: usual(account), chosen: HashMap::new() }
    }

    /// The same with these choices in the place of earlier ones.
    #[must_use]
    pub fn with(mut self, choices: &[Choice]) -> Self {
        self.chosen.extend(choices.iter().map(|choice| ((choice.category, choice.channel), choice.enabled)));
        self
    }

    /// Whether somebody who is told as `audience` gets the category on the channel. What always comes can be had on more
    /// channels, and is not lost on one on which it usually comes, whatever was stored.
    pub fn wants(&self, category: Category, channel: Channel, audience: Audience) -> bool {
        let usual = categories::usual(category, channel, audience);
        match self.chosen.get(&(category, channel)) {
            None => usual,
            Some(chosen) => *chosen || !can_switch_off(category, channel, &[audience]),
        }
    }

    /// Until when somebody who is told as `audience` is left alone: the first instant that is not quiet by the wall clock of
    /// the person. None where it is not quiet now. What passes quiet hours does not ask.
    ///
    /// Who chose no hours has the night. Who is told as staff and chose none has all hours outside of work.
    pub fn quiet_until(&self, now: DateTime<Utc>, audience: Audience) -> Option<DateTime<Utc>> {
        let quiet = match (self.settings.quiet_from, self.settings.quiet_until, audience) {
            (Some(from), Some(until), _) => Quiet::Daily { from: from.into(), until: until.into() },
            (_, _, Audience::Guardian) => Quiet::NIGHT,
            (_, _, Audience::Staff) => Quiet::OutsideOfWork,
        };
        quiet.ends(zone(&self.settings), now)
    }
}

/// The settings of who chose none: a digest each day at five, quiet hours as usual.
pub fn usual(account_id: AccountId) -> notification_settings::Model {
    notification_settings::Model {
        account_id,
        quiet_from: None,
        quiet_until: None,
        time_zone: Europe::Amsterdam.name().to_owned(),
        digest: Digest::Daily,
        digest_hour: USUAL_DIGEST_HOUR,
        updated_at: DateTime::UNIX_EPOCH,
        version: 0,
    }
}

/// The last moment at or before `now` at which a digest is made: each day at the chosen hour, or each Friday; none for who
/// wants each thing by itself.
pub fn digest_end(settings: &notification_settings::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    hours::digest_end(settings.digest, settings.digest_hour, zone(settings), now)
}

/// The zone of the person; that of the Netherlands where nobody knows the stored name any more.
fn zone(settings: &notification_settings::Model) -> Tz {
    settings.time_zone.parse().unwrap_or(Europe::Amsterdam)
}

/// Wishes as JSON can hold them.
#[derive(Serialize, Deserialize)]
struct Kept {
    settings: notification_settings::Model,
    chosen: Vec<Choice>,
}

impl From<Kept> for Wishes {
    fn from(kept: Kept) -> Self {
        Self { settings: kept.settings, chosen: HashMap::default() }.with(&kept.chosen)
    }
}

impl From<Wishes> for Kept {
    fn from(wishes: Wishes) -> Self {
        let choice = |((category, channel), enabled)| Choice { category, channel, enabled };
        Self { settings: wishes.settings, chosen: wishes.chosen.into_iter().map(choice).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYBODY: [Audience; 2] = [Audience::Guardian, Audience::Staff];

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn wishes() -> Wishes {
        Wishes::usual(AccountId::new())
    }

    fn choice(category: Category, channel: Channel, enabled: bool) -> Choice {
        Choice { category, channel, enabled }
    }

    #[test]
    fn without_a_choice_the_usual_holds() {
        for audience in EVERYBODY {
            for category in [Category::Message, Category::Announcement, Category::Alert, Category::Programme] {
                for channel in [Channel::Push, Channel::Email] {
                    let usual = categories::usual(category, channel, audience);
                    assert_eq!(wishes().wants(category, channel, audience), usual, "{category:?} {channel:?}");
                }
            }
        }
    }

    #[test]
    fn a_choice_is_heeded_on_its_channel_only() {
        let chosen = wishes().with(&[
            choice(Category::Message, Channel::Push, false),
            choice(Category::Announcement, Channel::Push, true),
        ]);
        for audience in EVERYBODY {
            assert!(!chosen.wants(Category::Message, Channel::Push, audience));
            assert!(chosen.wants(Category::Announcement, Channel::Push, audience));
            assert!(chosen.wants(Category::Conversation, Channel::Push, audience));
            assert!(!chosen.wants(Category::Message, Channel::Email, audience));
        }
        let again = chosen.with(&[choice(Category::Message, Channel::Push, true)]);
        assert!(again.wants(Category::Message, Channel::Push, Audience::Guardian));
    }

    #[test]
    fn what_always_comes_is_not_lost_whatever_is_stored() {
        let always = [Category::Security, Category::Alert, Category::Confirmation, Category::Absence, Category::Report];
        for category in always {
            for channel in [Channel::Push, Channel::Email] {
                for audience in EVERYBODY {
                    let usual = categories::usual(category, channel, audience);
                    let off = wishes().with(&[choice(category, channel, false)]);
                    assert_eq!(off.wants(category, channel, audience), usual, "{category:?} {channel:?}");
                    let on = wishes().with(&[choice(category, channel, true)]);
                    assert!(on.wants(category, channel, audience), "{category:?} {channel:?}");
                }
            }
        }
    }

    #[test]
    fn who_is_told_as_staff_has_the_evening_off() {
        // A Tuesday at 19:30 and a Saturday at noon in Amsterdam.
        let (evening, weekend) = (at("2031-01-14T18:30:00Z"), at("2031-01-18T11:00:00Z"));
        let usual = wishes();
        assert_eq!(usual.quiet_until(evening, Audience::Guardian), None);
        assert_eq!(usual.quiet_until(evening, Audience::Staff), Some(at("2031-01-15T06:30:00Z")));
        assert_eq!(usual.quiet_until(weekend, Audience::Guardian), None);
        assert_eq!(usual.quiet_until(weekend, Audience::Staff), Some(at("2031-01-20T06:30:00Z")));
        let night = at("2031-01-14T22:00:00Z");
        assert_eq!(usual.quiet_until(night, Audience::Guardian), Some(at("2031-01-15T06:00:00Z")));
        // Own hours hold for both.
        let mut own = wishes();
        (own.settings.quiet_from, own.settings.quiet_until) = (Some(22 * 60), Some(6 * 60));
        for audience in EVERYBODY {
            assert_eq!(own.quiet_until(evening, audience), None);
            assert_eq!(own.quiet_until(night, audience), Some(at("2031-01-15T05:00:00Z")));
        }
        own.settings.time_zone = "America/New_York".to_owned();
        assert_eq!(own.quiet_until(night, Audience::Staff), None);
    }

    #[test]
    fn a_zone_that_nobody_knows_any_more_is_that_of_the_netherlands() {
        let mut lost = wishes();
        lost.settings.time_zone = "Europe/Atlantis".to_owned();
        assert_eq!(lost.quiet_until(at("2031-01-14T20:00:00Z"), Audience::Guardian), Some(at("2031-01-15T06:00:00Z")));
    }

    #[test]
    fn a_digest_comes_at_five_in_the_netherlands_unless_somebody_chose() {
        let mut settings = usual(AccountId::new());
        let now = at("2031-01-15T10:00:00Z");
        assert_eq!(digest_end(&settings, now), Some(at("2031-01-14T16:00:00Z")));
        settings.digest = Digest::Weekly;
        assert_eq!(digest_end(&settings, now), Some(at("2031-01-10T16:00:00Z")));
        (settings.digest, settings.digest_hour) = (Digest::Daily, 7);
        settings.time_zone = "Atlantic/Azores".to_owned();
        assert_eq!(digest_end(&settings, now), Some(at("2031-01-15T08:00:00Z")));
        settings.digest = Digest::Immediate;
        assert_eq!(digest_end(&settings, now), None);
    }

    #[test]
    fn wishes_survive_json() {
        let chosen = wishes().with(&[choice(Category::Message, Channel::Push, false)]);
        let json = serde_json::to_value(&chosen).unwrap();
        assert_eq!(serde_json::from_value::<Wishes>(json).unwrap(), chosen);
    }
}
