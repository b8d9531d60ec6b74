//! What people are told, in their language: one Fluent file per language in this folder.

pub mod speech;
mod time;
mod words;

use glans_entity::notifications::Category;
use strum::{EnumIter, EnumString, IntoStaticStr};

pub use crate::platform::speech::Speech;
pub use time::when;
pub use words::{Figures, Words, row};

/// What somebody is told of. In the files each has `<key>-title` and `<key>-body`, for the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Text {
    AnnouncementPublished,
    AnnouncementCorrected,
    /// Reminder: a guardian has not confirmed an announcement.
    AcknowledgementMissing,
    MessageArrived,
    /// Nobody reads what the person wrote.
    MessageUndeliverable,
    ConversationPlanned,
    /// Another time, place or way.
    ConversationMoved,
    ConversationCancelled,
    /// For staff: a guardian booked a time.
    ConversationBooked,
    /// A guardian finds the record of a talk.
    ConversationRecorded,
    /// Reminder, two days before.
    ConversationSoon,
    AgreementToConfirm,
    /// Reminder.
    AgreementDue,
    GoalProposed,
    BookingOpened,
    /// Reminder: a guardian has booked no time yet.
    BookingReminder,
    EventInvited,
    EventChanged,
    EventCancelled,
    /// A place came free.
    EventMovedUp,
    SurveyOpened,
    /// Reminder.
    SurveyReminder,
    ConsentAsked,
    AbsenceReported,
    AbsenceWithdrawn,
    /// For who answers for the school: a guardian is worried.
    ConcernRaised,
    /// For guardians: staff shares a concern with them.
    ConcernShared,
    /// For who answers for the school: a colleague is worried.
    ConcernNoted,
    /// For who raised it, at home or at school.
    ConcernAcknowledged,
    ComplimentGiven,
    MeetingPlanned,
    MeetingMoved,
    MeetingCancelled,
    /// Reminder, the day before.
    MeetingTomorrow,
    SessionPlanned,
    SessionMoved,
    SessionCancelled,
    /// Reminder for who leads the school, a week before.
    SessionNextWeek,
    /// Reminder, the day before.
    SessionTomorrow,
    /// Reminder: a lesson was prepared and has no date with the team yet.
    SessionWithoutDate,
    /// For directors: what the schools of a cluster did in a week.
    ProgrammeWeek,
    ExperienceShared,
    ExperienceCommented,
    /// For guardians: the team had a lesson that has something for them.
    LessonForHome,
    RosterImported,
    RosterRefused,
    /// For administrators: an endpoint is told nothing any more, because nothing reached it.
    WebhookDisabled,
    RoleGranted,
    /// With their login, perhaps by somebody else.
    SignedIn,
    PasswordChanged,
    EmailChanged,
}

impl Text {
    /// As it is stored, and as it begins in the files.
    pub fn key(self) -> &'static str {
        self.into()
    }
}

/// A few words, without names.
pub fn title(text: Text, language: &str) -> String {
    speech::of(language).say(&format!("{}-title", text.key()))
}

/// One or two sentences with as much as `words` knows. For eyes behind a sign-in unless `words` names nobody.
pub fn body(text: Text, language: &str, words: &Words) -> String {
    words.said_in(speech::of(language), &format!("{}-body", text.key()))
}

/// Title and body for a locked screen: a line for the category, with nothing of a child and nothing quoted.
pub fn push(category: Category, urgent: bool, language: &str) -> (String, String) {
    let speech = speech::of(language);
    let key = key_of(category);
    let title = if urgent { "push-urgent-title".to_owned() } else { format!("push-{key}-title") };
    (speech.say(&title), speech.say(&format!("push-{key}-body")))
}

/// What the category is called within a sentence.
pub fn category(category: Category, language: &str) -> String {
    speech::of(language).say(&format!("category-{}", key_of(category)))
}

/// The key of what is said in the place of `key` where e-mail of the category is switched off: of conversations that is
/// reminders alone.
pub fn off_key(key: &str, category: Category) -> String {
    if category == Category::Conversation { format!("{key}-reminders") } else { key.to_owned() }
}

/// How the category is named in the files.
pub fn key_of(category: Category) -> &'static str {
    match category {
        Category::Security => "security",
        Category::Alert => "alert",
        Category::Confirmation => "confirmation",
        Category::Message => "message",
        Category::Conversation => "conversation",
        Category::Announcement => "announcement",
        Category::Event => "event",
        Category::Survey => "survey",
        Category::Absence => "absence",
        Category::LessonForHome => "lesson-for-home",
        Category::Programme => "programme",
        Category::Experience => "experience",
        Category::Report => "report",
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;
    use strum::IntoEnumIterator;

    use super::*;
    use crate::platform::speech::LANGUAGES;

    /// Each with and without each of what it can know.
    fn all_words() -> Vec<Words> {
        let children = [vec![], vec!["Noor"], vec!["Noor", "Sem"], vec!["Noor", "Sem", "Daan"]];
        let given = |there: bool, text: &str| there.then(|| text.to_owned());
        let each = (0..8_u32).flat_map(|bits| {
            children.iter().map(move |children| Words {
                subject: given(bits & 1 > 0, "Sportdag"),
                school: given(bits & 2 > 0, "De Zwaluw"),
                when: given(bits & 4 > 0, "dinsdag 3 maart om 15:30"),
                children: children.iter().map(|&name| name.to_owned()).collect(),
                figures: Figures { taught: bits / 2, shared: bits % 3, overdue: bits / 3 },
            })
        });
        each.collect()
    }

    fn is_sound(said: &str) {
        assert!(!said.is_empty() && said.trim() == said, "{said:?}");
        for wrong in ["{", "}", "$", "  ", " .", " ,", " :", "..", "-title", "-body"] {
            assert!(!said.contains(wrong), "{wrong:?} in {said:?}");
        }
    }

    #[test]
    fn every_text_reads_well_in_every_language_whatever_is_known() {
        let words = all_words();
        for language in LANGUAGES {
            for text in <Text as IntoEnumIterator>::iter() {
                let title = title(text, language);
                is_sound(&title);
                assert!(title.chars().count() <= 45, "{title}: too long for a line");
                for words in &words {
                    let body = body(text, language, words);
                    is_sound(&body);
                    assert!(body.ends_with(['.', '?']), "{body}");
                }
            }
        }
    }

    #[test]
    fn every_category_has_its_lines_in_every_language() {
        for language in LANGUAGES {
            for category in <Category as Iterable>::iter() {
                for urgent in [false, true] {
                    let (title, body) = push(category, urgent, language);
                    is_sound(&title);
                    is_sound(&body);
                }
                is_sound(&super::category(category, language));
            }
        }
    }

    #[test]
    fn a_body_says_what_is_known_and_no_more() {
        let words = Words {
            subject: Some("Samen lezen".to_owned()),
            school: Some("De Zwaluw".to_owned()),
            children: vec!["Noor".to_owned(), "Sem".to_owned()],
            when: Some("dinsdag 3 maart om 15:30".to_owned()),
            figures: Figures { taught: 2, shared: 1, overdue: 0 },
        };
        let nothing = Words::default();
        let of = |text, words| body(text, "nl", words);
        assert_eq!(
            of(Text::AnnouncementPublished, &words),
            "Er is een nieuwe mededeling van De Zwaluw voor Noor en Sem: “Samen lezen”."
        );
        assert_eq!(of(Text::AnnouncementPublished, &nothing), "Er is een nieuwe mededeling.");
        assert_eq!(
            of(Text::ConversationMoved, &words),
            "Het gesprek over Noor en Sem op De Zwaluw is gewijzigd. Het begint op dinsdag 3 maart om 15:30."
        );
        assert_eq!(of(Text::AbsenceReported, &nothing), "Er is een kind afgemeld.");
        assert_eq!(
            of(Text::ProgrammeWeek, &words),
            "De afgelopen week zijn er 2 lessen gegeven en is er 1 ervaring gedeeld in Samen lezen. Geen les is te laat."
        );
        let only_shared = Words { figures: Figures { taught: 0, shared: 2, overdue: 0 }, ..Words::default() };
        assert_eq!(
            of(Text::ProgrammeWeek, &only_shared),
            "De afgelopen week is er geen les gegeven en zijn er 2 ervaringen gedeeld. Geen les is te laat."
        );
        assert_eq!(
            body(Text::AbsenceReported, "en-GB", &Words { when: None, school: None, ..words }),
            "Noor and Sem are reported absent."
        );
    }

    #[test]
    fn what_is_pushed_is_the_same_whatever_happened() {
        assert_eq!(
            push(Category::Message, false, "nl-BE"),
            ("Nieuw bericht".to_owned(), "Lees het in de app.".to_owned())
        );
        assert_eq!(push(Category::Announcement, true, "en").0, "Urgent message from school");
    }
}
