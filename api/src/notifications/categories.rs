//! What each category does unless somebody chose otherwise. One table, in pure functions.

use glans_entity::notifications::{Category, Channel};

use super::texts::Text;

/// Whether people can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Nobody can switch it off.
    Always,
    /// It comes unless somebody switched it off.
    OptOut,
    /// It comes to who asked for it.
    OptIn,
}

/// As whom somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    Guardian,
    Staff,
}

impl Audience {
    pub fn of(as_staff: bool) -> Self {
        if as_staff { Self::Staff } else { Self::Guardian }
    }
}

/// Whether this text of the category can be switched off: of talks nobody misses that they are planned, moved or cancelled, and
/// who wants no reminders gets none.
pub fn strategy_of(text: Text, category: Category) -> Strategy {
    let reminds = matches!(text, Text::ConversationSoon | Text::AgreementDue | Text::BookingReminder);
    if category == Category::Conversation && !reminds { Strategy::Always } else { strategy(category) }
}

/// Whether people can switch the category off.
pub fn strategy(category: Category) -> Strategy {
    match category {
        Category::Security | Category::Alert | Category::Confirmation | Category::Absence | Category::Report => {
            Strategy::Always
        }
        Category::LessonForHome => Strategy::OptIn,
        _ => Strategy::OptOut,
    }
}

/// Whether the channel carries the category unless somebody chose otherwise.
pub fn usual(category: Category, channel: Channel, audience: Audience) -> bool {
    use Audience::{Guardian, Staff};
    match channel {
        Channel::Push => match category {
            Category::Security
            | Category::Announcement
            | Category::LessonForHome
            | Category::Experience
            | Category::Report => false,
            Category::Survey | Category::Event | Category::Absence => audience == Guardian,
            _ => true,
        },
        Channel::Email => match category {
            Category::Security => true,
            Category::Alert | Category::Conversation | Category::Announcement => audience == Guardian,
            Category::Experience | Category::Programme => audience == Staff,
            _ => false,
        },
    }
}

/// Whether e-mail of the category waits for the digest.
pub fn is_bundled(category: Category) -> bool {
    matches!(
        category,
        Category::Announcement
            | Category::Event
            | Category::Survey
            | Category::LessonForHome
            | Category::Programme
            | Category::Experience
    )
}

/// Whether e-mail of this text waits for the digest: the week of the course is one itself.
pub fn waits(text: Text, category: Category) -> bool {
    is_bundled(category) && text != Text::ProgrammeWeek
}

/// Whether it comes in quiet hours too.
pub fn passes_quiet_hours(category: Category) -> bool {
    matches!(category, Category::Security | Category::Alert)
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn what_is_for_who_asks_comes_to_nobody_else() {
        let opt_in: Vec<_> = Category::iter().filter(|category| strategy(*category) == Strategy::OptIn).collect();
        assert_eq!(opt_in, [Category::LessonForHome]);
        for channel in [Channel::Push, Channel::Email] {
            for audience in [Audience::Guardian, Audience::Staff] {
                assert!(opt_in.iter().all(|category| !usual(*category, channel, audience)), "{channel:?}");
            }
        }
    }

    #[test]
    fn of_talks_only_reminders_can_be_switched_off() {
        assert_eq!(strategy_of(Text::ConversationMoved, Category::Conversation), Strategy::Always);
        assert_eq!(strategy_of(Text::ConversationSoon, Category::Conversation), Strategy::OptOut);
        assert_eq!(strategy_of(Text::MessageArrived, Category::Message), Strategy::OptOut);
        assert_eq!(strategy_of(Text::AcknowledgementMissing, Category::Confirmation), Strategy::Always);
    }
}
