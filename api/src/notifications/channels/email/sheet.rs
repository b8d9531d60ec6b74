//! What a letter says, in the language of who reads it, before it has a form.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;
use glans_entity::notifications::Category;

use super::Mail;
use crate::notifications::channels::letter::{AtSchool, Children, Letter, Matter, Share, Waiting};
use crate::notifications::texts::{self, Speech, Text, Words, key_of, row, speech};
use crate::notifications::unsubscribe::Subject;

/// An e-mail, from top to bottom.
pub(super) struct Sheet {
    pub language: &'static str,
    pub subject: String,
    /// Who speaks: the school, or the board.
    pub sender: String,
    /// Over the heading, where there is no time to lose.
    pub urgent: Option<String>,
    pub heading: String,
    /// Which children it is about.
    pub whom: Option<String>,
    pub lead: String,
    pub sections: Vec<Section>,
    pub code: Option<String>,
    pub after: Vec<String>,
    pub button: Option<Link>,
    pub footer: Vec<String>,
    /// How to get no more of these.
    pub off: Option<Off>,
}

/// What there is of one school.
pub(super) struct Section {
    pub heading: String,
    pub parts: Vec<Part>,
}

/// What there is about some children; without a heading where it is about none.
pub(super) struct Part {
    pub heading: Option<String>,
    /// Each with how many there are.
    pub items: Vec<String>,
}

pub(super) struct Link {
    pub label: String,
    pub url: String,
}

pub(super) struct Off {
    pub question: String,
    pub link: Link,
}

impl Matter {
    /// What the person may switch off of which the letter is, where it is of any.
    pub(super) fn can_be_switched_off(&self) -> Option<Subject> {
        match self {
            Self::Notice { category, can_be_switched_off: true, .. } => Some(Subject::Of(*category)),
            Self::Digest { .. } => Some(Subject::Digest),
            _ => None,
        }
    }
}

/// What `letter` says.
pub(super) fn of(letter: &Letter, mail: &Mail) -> Sheet {
    let speech = speech::of(&letter.language);
    let mut sheet = Sheet {
        language: speech.tag(),
        subject: String::new(),
        sender: mail.from.name.clone().unwrap_or_else(|| mail.from.email.domain().to_owned()),
        urgent: None,
        heading: String::new(),
        whom: None,
        lead: String::new(),
        sections: Vec::new(),
        code: None,
        after: Vec::new(),
        button: mail.app_url.clone().map(|url| Link { label: speech.say("mail-open"), url }),
        footer: Vec::new(),
        off: None,
    };
    match &letter.matter {
        Matter::Notice { text, category, school, time_zone, happens_at, figures, children, about, .. } => {
            let when = happens_at.map(|at| local(at, time_zone, speech));
            let words = Words { school: school.clone(), when, figures: *figures, ..Words::default() };
            notice(&mut sheet, speech, *text, *category, &words);
            sheet.whom = whom(speech, children);
            if let (Some(button), Some(about)) = (&mut sheet.button, about) {
                button.url = format!("{}?open={about}", button.url);
            }
            sheet.off = mail.unsubscribe_url(letter).map(|url| off(speech, no_more_of(speech, *category), url));
        }
        Matter::Digest { schools } => {
            digest(&mut sheet, speech, schools);
            sheet.off = mail.unsubscribe_url(letter).map(|url| off(speech, speech.say("mail-off-digest"), url));
        }
        Matter::Invitation { board, code } => with_code(&mut sheet, speech, "invitation", Some(board), code),
        Matter::PasswordReset { code } => with_code(&mut sheet, speech, "reset", None, code),
    }
    if sheet.button.is_none() {
        sheet.after.push(speech.say("mail-no-button"));
    }
    sheet.footer.push(speech.say("mail-automatic"));
    sheet
}

/// A zone that nobody knows is read as that of the product's home: a talk is not told two hours off.
fn local(at: DateTime<Utc>, zone: &str, speech: &Speech) -> String {
    texts::when(at, zone.parse().unwrap_or(Tz::Europe__Amsterdam), speech.tag())
}

/// The body knows neither a child nor what anybody wrote.
fn notice(sheet: &mut Sheet, speech: &Speech, text: Text, category: Category, words: &Words) {
    let school = words.school.as_deref();
    let is_urgent = category == Category::Alert;
    let title = texts::title(text, speech.tag());
    let key = match (is_urgent, school) {
        (true, Some(_)) => Some("mail-subject-urgent-of"),
        (true, None) => Some("mail-subject-urgent"),
        (false, Some(_)) => Some("mail-subject"),
        (false, None) => None,
    };
    sheet.subject = key.map_or_else(
        || title.clone(),
        |key| about(speech, key, &[("school", school.unwrap_or_default()), ("title", &title)]),
    );
    if let Some(school) = school {
        school.clone_into(&mut sheet.sender);
    }
    sheet.urgent = is_urgent.then(|| speech.say("mail-urgent"));
    sheet.heading = title;
    sheet.lead = texts::body(text, speech.tag(), words);
    if !matches!(category, Category::Security | Category::Report) {
        sheet.after.push(speech.say("mail-details"));
    }
}

fn no_more_of(speech: &Speech, category: Category) -> String {
    let (key, category) = (texts::off_key("mail-off", category), texts::category(category, speech.tag()));
    about(speech, &key, &[("category", &category)])
}

fn off(speech: &Speech, question: String, url: String) -> Off {
    Off { question, link: Link { label: speech.say("mail-off-link"), url } }
}

fn digest(sheet: &mut Sheet, speech: &Speech, schools: &[AtSchool]) {
    sheet.heading = speech.say("mail-digest-title");
    sheet.subject.clone_from(&sheet.heading);
    sheet.lead = speech.say("mail-digest-body");
    sheet.sections = schools.iter().map(|school| section(speech, school)).collect();
    sheet.footer.push(speech.say("mail-digest-off"));
}

fn section(speech: &Speech, school: &AtSchool) -> Section {
    let part = |share: &Share| Part {
        heading: whom(speech, &share.children),
        items: share.waiting.iter().map(|waiting| counted(speech, waiting)).collect(),
    };
    Section { heading: row(&school.names, speech), parts: school.shares.iter().map(part).collect() }
}

/// Which children, by their class groups: `Uw kinderen in 3a en 4b`. None where there are none.
fn whom(speech: &Speech, children: &Children) -> Option<String> {
    let Children { count, groups, without_group } = children;
    let in_groups =
        (!groups.is_empty()).then(|| about(speech, "mail-children-in", &[("groups", &row(groups, speech))]));
    let in_none = without_group.then(|| speech.say("mail-children-in-none"));
    let places: Vec<String> = in_groups.into_iter().chain(in_none).collect();
    let mut arguments = FluentArgs::new();
    arguments.set("count", *count);
    arguments.set("where", row(&places, speech));
    (*count > 0).then(|| speech.say_with("mail-children", &arguments))
}

fn counted(speech: &Speech, waiting: &Waiting) -> String {
    let mut arguments = FluentArgs::new();
    arguments.set("count", waiting.count);
    speech.say_with(&format!("waiting-{}", key_of(waiting.category)), &arguments)
}

fn with_code(sheet: &mut Sheet, speech: &Speech, kind: &str, board: Option<&str>, code: &str) {
    let say = |part: &str| about(speech, &format!("mail-{kind}-{part}"), &[("board", board.unwrap_or_default())]);
    sheet.subject = say("subject");
    sheet.heading = say("title");
    sheet.lead = say("body");
    sheet.code = Some(code.to_owned());
    sheet.after.push(say("after"));
    sheet.footer.push(say("why"));
    if let Some(board) = board {
        board.clone_into(&mut sheet.sender);
    }
}

fn about(speech: &Speech, key: &str, names: &[(&'static str, &str)]) -> String {
    let arguments: FluentArgs<'_> = names.iter().map(|&(name, value)| (name, value.to_owned())).collect();
    speech.say_with(key, &arguments)
}
