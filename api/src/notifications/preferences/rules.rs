//! What somebody wants to be told where, and when. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::{Europe, TZ_VARIANTS, Tz};
use glans_entity::ids::AccountId;
use glans_entity::notifications::{Category, Channel, Digest, notification_settings};
use serde::{Deserialize, Serialize};

use super::hours::{self, Quiet};
use crate::notifications::categories::{self, Audience, Strategy};
use crate::platform::error::UserErrorCode;
use crate::platform::text::Checks;

/// The hour of a digest unless somebody chose another one: after school, before supper.
const USUAL_DIGEST_HOUR: i32 = 17;
/// No name of a time zone is longer.
const ZONE_LENGTH: usize = 40;
/// Letters in which a mistyped name may differ from the one that was meant.
const MISTYPED: usize = 3;

/// What somebody wants: the settings, and what was chosen otherwise than usual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Wishes {
    pub settings: notification_settings::Model,
    pub chosen: HashMap<(Category, Channel), bool>,
}

/// A choice of somebody for a category and channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub category: Category,
    pub channel: Channel,
    pub enabled: bool,
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

/// As whom somebody with these roles is told. Who has none is told little, and that as a guardian.
pub fn audiences(is_guardian: bool, is_staff: bool) -> &'static [Audience] {
    match (is_guardian, is_staff) {
        (true, true) => &[Audience::Guardian, Audience::Staff],
        (false, true) => &[Audience::Staff],
        _ => &[Audience::Guardian],
    }
}

/// The last moment at or before `now` at which a digest is made: each day at the chosen hour, or each Friday; none for who
/// wants each thing by itself.
pub fn digest_end(settings: &notification_settings::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    hours::digest_end(settings.digest, settings.digest_hour, zone(settings), now)
}

/// How the category comes on the channel to who is told as one of these: what always comes does so where it usually comes, and
/// nowhere else unless somebody asks for it.
pub fn strategy(category: Category, channel: Channel, audiences: &[Audience]) -> Strategy {
    if !audiences.iter().any(|audience| categories::usual(category, channel, *audience)) {
        return Strategy::OptIn;
    }
    categories::strategy(category)
}

/// Whether the channel can be switched off for the category.
pub fn can_switch_off(category: Category, channel: Channel, audiences: &[Audience]) -> bool {
    strategy(category, channel, audiences) != Strategy::Always
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

/// The zone of the person; that of the Netherlands where nobody knows the stored name any more.
fn zone(settings: &notification_settings::Model) -> Tz {
    settings.time_zone.parse().unwrap_or(Europe::Amsterdam)
}

/// Refuses settings that say nothing.
pub(super) fn check(checks: &mut Checks, settings: &notification_settings::Model) {
    match (settings.quiet_from, settings.quiet_until) {
        (Some(_), None) => {
            checks.add(UserErrorCode::Required, "quietUntil", "Give the end of the quiet hours too, or neither.");
        }
        (None, Some(_)) => {
            checks.add(UserErrorCode::Required, "quietFrom", "Give the beginning of the quiet hours too, or neither.");
        }
        (Some(from), Some(until)) if from == until => {
            let message = "Let the quiet hours end at another time than they begin; they cannot last all day.";
            checks.add(UserErrorCode::Invalid, "quietUntil", message);
        }
        _ => {}
    }
    if settings.time_zone.parse::<Tz>().is_err() {
        checks.add(UserErrorCode::Invalid, "timeZone", unknown_zone(&settings.time_zone));
    }
    if !(0..24).contains(&settings.digest_hour) {
        checks.add(UserErrorCode::Invalid, "digestHour", "Choose an hour from 0 to 23.");
    }
}

fn unknown_zone(name: &str) -> String {
    let expected = "Give a name of the IANA time zone database, as Europe/Amsterdam.";
    let typed = name.trim().to_lowercase();
    if typed.chars().count() > ZONE_LENGTH {
        return expected.to_owned();
    }
    // Many give the city alone.
    let distance = |known: &str| {
        let known = known.to_lowercase();
        let city = known.rsplit('/').next().unwrap_or_default();
        strsim::damerau_levenshtein(&typed, &known).min(strsim::damerau_levenshtein(&typed, city))
    };
    let nearest = TZ_VARIANTS.iter().map(|zone| (distance(zone.name()), zone.name())).min();
    match nearest {
        Some((letters, nearest)) if letters <= MISTYPED && letters < typed.len() / 2 => {
            format!("{expected} Did you mean {nearest}?")
        }
        _ => expected.to_owned(),
    }
}

/// Refuses choices that nobody can make, each at its place in the input.
pub(super) fn check_choices(checks: &mut Checks, choices: &[Choice], audiences: &[Audience]) {
    for (position, choice) in choices.iter().enumerate() {
        let is_same = |other: &Choice| (other.category, other.channel) == (choice.category, choice.channel);
        if choices[..position].iter().any(is_same) {
            let message = "Give each category and channel once.";
            checks.add(UserErrorCode::Invalid, &format!("channels.{position}"), message);
            // There are few of them: a list in which one repeats may be of any length.
            break;
        }
        if !choice.enabled && !can_switch_off(choice.category, choice.channel, audiences) {
            let message = "This always comes and cannot be switched off. Leave it on.";
            checks.add(UserErrorCode::Forbidden, &format!("channels.{position}.enabled"), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

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

    fn told(check: impl FnOnce(&mut Checks)) -> Vec<(UserErrorCode, String, String)> {
        let mut checks = Checks::default();
        check(&mut checks);
        match checks.done(()) {
            Err(Error::Refused(problems)) => {
                problems.into_iter().map(|it| (it.code, it.field.join("."), it.message)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn fields(check: impl FnOnce(&mut Checks)) -> Vec<(UserErrorCode, String)> {
        told(check).into_iter().map(|(code, field, _)| (code, field)).collect()
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
    fn what_usually_comes_to_one_of_two_roles_cannot_be_switched_off_for_either() {
        assert!(can_switch_off(Category::Alert, Channel::Email, audiences(false, true)));
        assert!(!can_switch_off(Category::Alert, Channel::Email, audiences(true, true)));
        assert!(!can_switch_off(Category::Alert, Channel::Email, audiences(false, false)));
        assert!(can_switch_off(Category::Message, Channel::Push, audiences(true, true)));
    }

    #[test]
    fn what_comes_on_a_channel_always_comes_or_can_be_switched_off_or_is_asked_for() {
        let of = |category, channel| strategy(category, channel, audiences(true, false));
        assert_eq!(of(Category::Alert, Channel::Email), Strategy::Always);
        assert_eq!(of(Category::Confirmation, Channel::Email), Strategy::OptIn, "it always comes by push");
        assert_eq!(of(Category::Message, Channel::Push), Strategy::OptOut);
        assert_eq!(of(Category::Message, Channel::Email), Strategy::OptIn);
        assert_eq!(of(Category::LessonForHome, Channel::Email), Strategy::OptIn);
        let asked = wishes().with(&[choice(Category::LessonForHome, Channel::Email, true)]);
        assert!(asked.wants(Category::LessonForHome, Channel::Email, Audience::Guardian));
        assert!(!asked.wants(Category::LessonForHome, Channel::Push, Audience::Guardian));
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
    fn quiet_hours_have_a_beginning_and_an_end() {
        let problems = |quiet: (Option<i32>, Option<i32>)| {
            let mut row = usual(AccountId::new());
            (row.quiet_from, row.quiet_until) = quiet;
            fields(|checks| check(checks, &row))
        };
        assert_eq!(problems((None, None)), []);
        assert_eq!(problems((Some(0), Some(1))), []);
        assert_eq!(problems((Some(1260), None)), [(UserErrorCode::Required, "quietUntil".to_owned())]);
        assert_eq!(problems((None, Some(420))), [(UserErrorCode::Required, "quietFrom".to_owned())]);
        assert_eq!(problems((Some(420), Some(420))), [(UserErrorCode::Invalid, "quietUntil".to_owned())]);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let mut row = usual(AccountId::new());
        (row.quiet_from, row.time_zone, row.digest_hour) = (Some(1), "Mars".to_owned(), 24);
        let found = fields(|checks| check(checks, &row));
        let found: Vec<_> = found.iter().map(|(_, field)| field.as_str()).collect();
        assert_eq!(found, ["quietUntil", "timeZone", "digestHour"]);
    }

    #[test]
    fn an_unknown_zone_is_refused_with_the_nearest_one() {
        let said = |zone: &str| {
            let mut row = usual(AccountId::new());
            zone.clone_into(&mut row.time_zone);
            told(|checks| check(checks, &row)).pop().map(|(_, _, message)| message)
        };
        for known in ["Europe/Amsterdam", "Atlantic/Azores", "America/Paramaribo", "UTC"] {
            assert_eq!(said(known), None, "{known}");
        }
        for typed in ["Amsterdam", "europe/amsterdam", "Europe/Amsterdm", "amsterdan"] {
            assert!(said(typed).unwrap().ends_with("Did you mean Europe/Amsterdam?"), "{typed}");
        }
        for strange in ["", "Nowhere/At-all-that-I-know", &"Europe/".repeat(1_000)] {
            assert!(said(strange).unwrap().ends_with("as Europe/Amsterdam."), "{strange}");
        }
    }

    #[test]
    fn a_choice_is_refused_at_its_place() {
        let off = |category, channel| choice(category, channel, false);
        let problems = |choices: &[Choice], audiences| fields(|checks| check_choices(checks, choices, audiences));
        let choices = [
            off(Category::Message, Channel::Push),
            off(Category::Alert, Channel::Push),
            off(Category::Alert, Channel::Email),
            choice(Category::Confirmation, Channel::Push, true),
            off(Category::Report, Channel::Push),
        ];
        let forbidden = |place: &str| (UserErrorCode::Forbidden, place.to_owned());
        let staff = problems(&choices, audiences(false, true));
        assert_eq!(staff, [forbidden("channels.1.enabled")]);
        let guardian = problems(&choices, audiences(true, false));
        assert_eq!(guardian, [forbidden("channels.1.enabled"), forbidden("channels.2.enabled")]);
        let twice = [off(Category::Message, Channel::Push), choice(Category::Message, Channel::Push, true)];
        let found = problems(&twice, audiences(true, false));
        assert_eq!(found, [(UserErrorCode::Invalid, "channels.1".to_owned())]);
    }

    #[test]
    fn wishes_survive_json() {
        let chosen = wishes().with(&[choice(Category::Message, Channel::Push, false)]);
        let json = serde_json::to_value(&chosen).unwrap();
        assert_eq!(serde_json::from_value::<Wishes>(json).unwrap(), chosen);
    }
}
