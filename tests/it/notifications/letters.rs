//! One e-mail of each kind, and the mail channel on its own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use glans::identity::master_key::MasterKey;
use glans::notifications::categories::{Strategy, strategy};
use glans::notifications::channels::Verdict;
use glans::notifications::channels::email::Mail;
use glans::notifications::channels::letter::{AtSchool, Children, Entry, Letter, Matter, Share, Waiting};
use glans::notifications::texts::{Figures, Text};
use glans::platform::config::Config;
use glans_entity::ids::{AccountId, DeliveryId};
use glans_entity::notifications::Category;

/// Where the tests' e-mail comes from.
pub const FROM: &str = "Glans <post@glans.example.org>";

/// The configuration of e-mail that goes to `smtp_url`.
pub fn config(smtp_url: String) -> Config {
    Config {
        smtp_url: Some(smtp_url),
        mail_from: Some(FROM.to_owned()),
        public_url: "https://glans.example.org".to_owned(),
        app_url: "https://app.example.org/".to_owned(),
        ..Config::default()
    }
}

/// The mail channel of a process with this configuration.
pub fn mail(config: &Config) -> Mail {
    let master = MasterKey::from_base64(&STANDARD.encode([7; 32])).unwrap();
    Mail::of(config, &master).unwrap()
}

/// When the tests' e-mail is sent.
pub fn now() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

pub fn letter(to: &str, language: &str, matter: Matter) -> Letter {
    Letter {
        delivery: DeliveryId::new(),
        to: to.to_owned(),
        language: language.to_owned(),
        account: Some(AccountId::new()),
        matter,
    }
}

/// One try, once there is a place for it.
pub async fn sent(mail: &Mail, letter: &Letter) -> Verdict {
    mail.send(letter, mail.place(false).await, now()).await
}

/// A notification of `category` from a school.
pub fn notice(text: Text, category: Category) -> Matter {
    Matter::Notice {
        text,
        category,
        school: Some("De Zwaluw".to_owned()),
        time_zone: "Europe/Amsterdam".to_owned(),
        happens_at: None,
        figures: Figures { taught: 3, shared: 2, overdue: 1 },
        children: Children::default(),
        entry: None,
        about: Some("announcement_01h455vb4pex5vsknk084sn02q".to_owned()),
        can_be_switched_off: strategy(category) != Strategy::Always,
    }
}

/// So many children, in these class groups.
pub fn children(count: usize, groups: &[&str]) -> Children {
    Children { count, groups: groups.iter().map(|&name| name.to_owned()).collect(), without_group: false }
}

/// A talk about a child on Tuesday at half past three, as it is planned, moved or cancelled.
pub fn talk(text: Text, sequence: i32) -> Matter {
    let starts_at: DateTime<Utc> = "2026-03-03T14:30:00Z".parse().unwrap();
    Matter::Notice {
        text,
        category: Category::Conversation,
        school: Some("De Zwaluw".to_owned()),
        time_zone: "Europe/Amsterdam".to_owned(),
        happens_at: Some(starts_at),
        figures: Figures::default(),
        children: children(1, &["3a"]),
        entry: Some(Entry {
            uid: "conversation_01h455vb4pex5vsknk084sn02q".to_owned(),
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(15),
            cancelled: text == Text::ConversationCancelled,
            sequence,
        }),
        about: Some("conversation_01h455vb4pex5vsknk084sn02q".to_owned()),
        can_be_switched_off: true,
    }
}

/// What waits for who has children in two groups of one school and in one of another, and works there.
pub fn digest() -> Matter {
    let share = |count, groups: &[&str], waiting: &[(Category, u64)]| Share {
        children: children(count, groups),
        waiting: waiting.iter().map(|&(category, count)| Waiting { category, count }).collect(),
    };
    let at = |name: &str, shares| AtSchool { names: vec![name.to_owned()], shares };
    let mut newcomer = share(1, &[], &[(Category::Survey, 2)]);
    newcomer.children.without_group = true;
    Matter::Digest {
        schools: vec![
            at("De Meent", vec![share(0, &[], &[(Category::Programme, 1)]), newcomer]),
            at(
                "De Zwaluw",
                vec![
                    share(1, &["3a"], &[(Category::Announcement, 3), (Category::Event, 1)]),
                    share(2, &["3a", "4b"], &[(Category::Announcement, 1)]),
                ],
            ),
        ],
    }
}

/// One of each kind, by a name.
pub fn kinds() -> Vec<(&'static str, Matter)> {
    let code = "GLNS7Q-4TX2MKW9AR";
    vec![
        ("security", notice(Text::PasswordChanged, Category::Security)),
        ("alert", notice(Text::AnnouncementPublished, Category::Alert)),
        ("confirmation", notice(Text::AnnouncementPublished, Category::Confirmation)),
        ("message", notice(Text::MessageArrived, Category::Message)),
        ("conversation", talk(Text::ConversationPlanned, 0)),
        ("conversation-moved", talk(Text::ConversationMoved, 1)),
        ("conversation-cancelled", talk(Text::ConversationCancelled, 2)),
        ("announcement", notice(Text::AnnouncementPublished, Category::Announcement)),
        ("event", notice(Text::EventInvited, Category::Event)),
        ("survey", notice(Text::SurveyOpened, Category::Survey)),
        ("absence", notice(Text::AbsenceReported, Category::Absence)),
        ("lesson-for-home", notice(Text::LessonForHome, Category::LessonForHome)),
        ("programme", notice(Text::SessionWithoutDate, Category::Programme)),
        ("programme-week", notice(Text::ProgrammeWeek, Category::Programme)),
        ("experience", notice(Text::ExperienceShared, Category::Experience)),
        ("report", notice(Text::RosterRefused, Category::Report)),
        ("digest", digest()),
        ("invitation", Matter::Invitation { board: "Stichting De Brug".to_owned(), code: code.to_owned() }),
        (
            "password-reset",
            Matter::PasswordReset { code: "glans_pr_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE".to_owned() },
        ),
    ]
}
