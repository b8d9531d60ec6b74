//! What can be chosen, and what is wrong with what somebody chose. Pure.

use glans_entity::notifications::{Category, Channel, notification_settings};
use serde::{Deserialize, Serialize};

use crate::notifications::categories::{self, Audience, Strategy};
use crate::platform::error::UserErrorCode;
use crate::platform::text::Checks;
use crate::platform::zone;

/// A choice of somebody for a category and channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub category: Category,
    pub channel: Channel,
    pub enabled: bool,
}

/// As whom somebody with these roles is told. Who has none is told little, and that as a guardian.
pub fn audiences(is_guardian: bool, is_staff: bool) -> &'static [Audience] {
    match (is_guardian, is_staff) {
        (true, true) => &[Audience::Guardian, Audience::Staff],
        (false, true) => &[Audience::Staff],
        _ => &[Audience::Guardian],
    }
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
    zone::check(checks, "timeZone", &settings.time_zone);
    if !(0..24).contains(&settings.digest_hour) {
        checks.add(UserErrorCode::Invalid, "digestHour", "Choose an hour from 0 to 23.");
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
    use glans_entity::ids::AccountId;

    use super::*;
    use crate::notifications::preferences::wishes::{Wishes, usual};
    use crate::platform::error::Error;

    fn choice(category: Category, channel: Channel, enabled: bool) -> Choice {
        Choice { category, channel, enabled }
    }

    fn fields(check: impl FnOnce(&mut Checks)) -> Vec<(UserErrorCode, String)> {
        let mut checks = Checks::default();
        check(&mut checks);
        match checks.done(()) {
            Err(Error::Refused(problems)) => problems.into_iter().map(|it| (it.code, it.field.join("."))).collect(),
            _ => Vec::new(),
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
        let asked = Wishes::usual(AccountId::new()).with(&[choice(Category::LessonForHome, Channel::Email, true)]);
        assert!(asked.wants(Category::LessonForHome, Channel::Email, Audience::Guardian));
        assert!(!asked.wants(Category::LessonForHome, Channel::Push, Audience::Guardian));
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
}
