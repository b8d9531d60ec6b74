//! The mail channel against a mail server, read as mail programs read it.

use std::sync::Arc;

use glans::notifications::channels::Verdict;
use glans::notifications::channels::email::check;
use glans::notifications::channels::letter::{Children, Letter, Matter};
use glans::notifications::texts::Text;
use glans::platform::config::Config;
use glans_entity::notifications::Category;
use glans_tests::post_office::{PostOffice, Posted, WRONG_PASSWORD};
use mail_parser::{Message, MessageParser, MimeHeaders};
use tokio::task::JoinSet;

use super::letters::{children, config, digest, kinds, letter, mail, notice, now, sent, talk};

fn read(posted: &Posted) -> Message<'_> {
    MessageParser::default().parse(&posted.message).expect("a message")
}

fn header<'m>(message: &'m Message<'_>, name: &'m str) -> Option<&'m str> {
    message.header_raw(name).map(str::trim)
}

/// The part that mail programs answer to.
fn calendar(message: &Message<'_>) -> Option<(String, String)> {
    let part = message.parts.iter().find(|part| part.is_content_type("text", "calendar"))?;
    let method = part.content_type()?.attribute("method")?.to_owned();
    Some((method, part.text_contents()?.to_owned()))
}

#[tokio::test]
async fn every_letter_arrives_in_both_forms_and_languages() {
    let office = PostOffice::open().await;
    let mail = mail(&config(office.url()));
    for language in ["nl", "en"] {
        for (name, matter) in kinds() {
            let letter = letter(&format!("{name}-{language}@example.org"), language, matter);
            assert_eq!(sent(&mail, &letter).await, Verdict::Sent, "{name}");
            let posted = office.posted_to(&letter.to);
            let [posted] = posted.as_slice() else { panic!("{name}: {posted:?}") };
            assert_eq!(posted.from, "post@glans.example.org");
            assert!(posted.message.is_ascii(), "{name}: what every server takes");
            let message = read(posted);
            let rendered = mail.rendered(&letter).unwrap();
            assert_eq!(message.subject(), Some(rendered.subject.as_str()));
            assert_eq!(message.message_id(), Some(format!("{}@glans.example.org", letter.delivery).as_str()));
            assert_eq!(message.date().unwrap().to_timestamp(), now().timestamp());
            assert_eq!(header(&message, "Auto-Submitted"), Some("auto-generated"));
            let (html, plain) = (message.body_html(0).unwrap(), message.body_text(0).unwrap());
            assert!(html.contains(&format!("<html lang=\"{language}\"")), "{html}");
            for text in [&html, &plain] {
                assert!(text.contains("https://app.example.org"), "{name}: {text}");
                assert!(!text.contains("{{") && !text.contains("{%"), "{name}: {text}");
            }
            assert_eq!(plain.trim(), rendered.plain.replace('\n', "\r\n").trim());
        }
    }
    assert_eq!(office.connections(), 1, "one connection carries them all");
}

const DIGEST: &str = "Glans

This is waiting for you

New since last time:

De Meent
  - 1 message about the course
  Your child without a class group
  - 2 surveys or requests for consent

De Zwaluw
  Your child in 3a
  - 3 announcements
  - 1 message about an event
  Your children in 3a and 4b
  - 1 announcement

Open the app:
https://app.example.org

--\x20
You can choose in the app how often you get this overview.
This e-mail was sent automatically. Replies are not read.

No more of these overviews by e-mail? Switch this e-mail off:
https://glans.example.org/unsubscribe/";

#[tokio::test]
async fn a_digest_stands_by_school_and_child_in_both_forms() {
    let mail = mail(&config("smtp://127.0.0.1:1?tls=none".to_owned()));
    let rendered = mail.rendered(&letter("anne@example.org", "en", digest())).unwrap();
    let (told, token) = rendered.plain.trim_end().split_at(DIGEST.len());
    assert_eq!((told, token.contains(char::is_whitespace)), (DIGEST, false));
    assert_eq!(rendered.subject, "This is waiting for you");
    let of = |tag: &str| {
        let opening = format!("<{tag} ");
        let texts = rendered.html.split(opening.as_str()).skip(1);
        texts.map(|text| text.split(['<', '>']).nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("h2"), ["De Meent", "De Zwaluw"]);
    assert_eq!(of("h3"), ["Your child without a class group", "Your child in 3a", "Your children in 3a and 4b"]);
    assert_eq!(rendered.html.matches("<li>").count(), 5);
    let dutch = mail.rendered(&letter("anne@example.org", "nl", digest())).unwrap();
    for heading in ["Uw kind zonder groep", "Uw kind in 3a", "Uw kinderen in 3a en 4b"] {
        assert!(dutch.plain.contains(&format!("\n  {heading}\n  - ")), "{}", dutch.plain);
    }
}

#[tokio::test]
async fn an_email_about_a_child_says_in_which_class_group_it_is() {
    let mail = mail(&config("smtp://127.0.0.1:1?tls=none".to_owned()));
    let said = |language: &str, whom: Children| {
        let mut matter = talk(Text::ConversationMoved, 1);
        if let Matter::Notice { children, .. } = &mut matter {
            *children = whom;
        }
        mail.rendered(&letter("anne@example.org", language, matter)).unwrap()
    };
    for (language, whom, line) in [
        ("nl", children(1, &["4b"]), "Uw kind in 4b"),
        ("nl", children(2, &["3a", "4b"]), "Uw kinderen in 3a en 4b"),
        ("en", children(1, &["4b"]), "Your child in 4b"),
        ("en", Children { without_group: true, ..children(1, &[]) }, "Your child without a class group"),
    ] {
        let rendered = said(language, whom);
        assert!(rendered.plain.contains(&format!("\n{line}\n\n")), "{}", rendered.plain);
        assert!(rendered.html.contains(&format!(">{line}</p>")), "{}", rendered.html);
        assert!(!rendered.subject.contains("4b"), "what a locked screen shows is as before");
    }
    let of_none = said("nl", Children::default());
    assert!(!of_none.plain.contains("Uw kind"), "{}", of_none.plain);
    assert!(of_none.plain.contains("\nGesprek gewijzigd\n\n"), "{}", of_none.plain);
}

#[tokio::test]
async fn what_can_be_switched_off_says_how() {
    let office = PostOffice::open().await;
    let mail = mail(&config(office.url()));
    for (name, matter) in kinds() {
        let can = matches!(&matter, Matter::Notice { can_be_switched_off: true, .. } | Matter::Digest { .. });
        let letter = letter(&format!("{name}@example.org"), "nl", matter);
        sent(&mail, &letter).await;
        let posted = office.posted_to(&letter.to);
        let message = read(&posted[0]);
        let (list, post) = (header(&message, "List-Unsubscribe"), header(&message, "List-Unsubscribe-Post"));
        if !can {
            assert_eq!((list, post), (None, None), "{name}");
            continue;
        }
        assert_eq!(post, Some("List-Unsubscribe=One-Click"), "{name}");
        let url = list.and_then(|list| list.strip_prefix('<')?.strip_suffix('>')).unwrap();
        assert!(
            url.starts_with("https://glans.example.org/unsubscribe/") && !url.contains(char::is_whitespace),
            "{url}"
        );
        assert!(message.body_text(0).unwrap().contains(url) && message.body_html(0).unwrap().contains(url));
    }
    let nobody =
        Letter { account: None, ..letter("nobody@example.org", "nl", notice(Text::EventInvited, Category::Event)) };
    sent(&mail, &nobody).await;
    assert_eq!(header(&read(&office.posted_to(&nobody.to)[0]), "List-Unsubscribe"), None, "without an account");
}

#[tokio::test]
async fn a_talk_comes_with_an_entry_for_the_calendar() {
    let office = PostOffice::open().await;
    let mail = mail(&config(office.url()));
    for (text, sequence, method, status) in [
        (Text::ConversationPlanned, 0, "REQUEST", "CONFIRMED"),
        (Text::ConversationMoved, 1, "REQUEST", "CONFIRMED"),
        (Text::ConversationCancelled, 2, "CANCEL", "CANCELLED"),
    ] {
        let letter = letter(&format!("noor{sequence}@example.org"), "nl", talk(text, sequence));
        assert_eq!(sent(&mail, &letter).await, Verdict::Sent);
        let posted = office.posted_to(&letter.to);
        let message = read(&posted[0]);
        let (found, calendar) = calendar(&message).expect("a calendar part");
        assert_eq!(found, method);
        let unfolded = calendar.replace("\r\n ", "");
        let sequence = format!("SEQUENCE:{sequence}");
        let status = format!("STATUS:{status}");
        let method = format!("METHOD:{method}");
        for line in [
            method.as_str(),
            &sequence,
            &status,
            "UID:conversation_01h455vb4pex5vsknk084sn02q",
            "DTSTAMP:20260302T080000Z",
            "DTSTART:20260303T143000Z",
            "DTEND:20260303T144500Z",
            "SUMMARY:Gesprek op De Zwaluw",
            "ORGANIZER:mailto:post@glans.example.org",
        ] {
            assert!(unfolded.lines().any(|it| it == line), "{line} in {unfolded}");
        }
        assert!(unfolded.contains(&format!(":mailto:{}", letter.to)), "{unfolded}");
        let file = message.attachments().find(|part| part.attachment_name() == Some("invite.ics")).expect("a file");
        assert_eq!(
            file.text_contents().map_or_else(|| file.contents().to_vec(), |text| text.as_bytes().to_vec()),
            calendar.as_bytes()
        );
    }
}

#[tokio::test]
async fn a_second_try_is_known_as_the_same_message() {
    let office = PostOffice::open().await;
    let mail = mail(&config(office.url()));
    let letter = letter("lost-anne@example.org", "nl", talk(Text::ConversationPlanned, 0));
    for _ in 0..2 {
        let verdict = sent(&mail, &letter).await;
        assert!(matches!(verdict, Verdict::Down { .. }), "{verdict:?}");
    }
    let posted = office.posted_to(&letter.to);
    assert_eq!(posted.len(), 2);
    assert_eq!(String::from_utf8_lossy(&posted[0].message), String::from_utf8_lossy(&posted[1].message));
}

#[tokio::test]
async fn what_the_server_says_becomes_a_verdict() {
    let office = PostOffice::open().await;
    let mail = mail(&config(office.url()));
    let told = async |to: &str| {
        let letter = letter(to, "nl", notice(Text::MessageArrived, Category::Message));
        sent(&mail, &letter).await
    };
    assert_eq!(told("tempfail-anne@example.org").await, Verdict::Later { after: None, why: "451 4.3.0".to_owned() });
    assert_eq!(told("unknown-anne@example.org").await, Verdict::Gone { since: None, why: "550 5.1.1".to_owned() });
    assert_eq!(told("refuse-anne@example.org").await, Verdict::Refused("554 5.7.1".to_owned()));
    assert!(matches!(told("drop-anne@example.org").await, Verdict::Down { .. }));
    assert!(matches!(told("no address").await, Verdict::Gone { .. }));
    assert!(matches!(told("nöor@example.org").await, Verdict::Refused(_)), "the server takes ASCII only");
    assert_eq!(told("anne@example.org").await, Verdict::Sent, "none of it harms the next one");
    assert_eq!(office.posted().len(), 1);
}

#[tokio::test]
async fn a_server_that_does_not_serve_us_is_down() {
    let message = || letter("anne@example.org", "nl", notice(Text::MessageArrived, Category::Message));
    let is_down = async |config: &Config| {
        assert!(check(config).await.is_err(), "`glans doctor` finds it out");
        let verdict = sent(&mail(config), &message()).await;
        let Verdict::Down { why, .. } = verdict else { panic!("{verdict:?}") };
        assert!(!why.contains("anne@") && !why.contains(WRONG_PASSWORD), "{why}");
    };
    let closed = PostOffice::closed().await;
    is_down(&config(closed.url())).await;
    let office = PostOffice::open().await;
    is_down(&config(office.url_of("glans", WRONG_PASSWORD))).await;
    is_down(&config(office.url_encrypted())).await;
    is_down(&config("smtp://127.0.0.1:1?tls=none".to_owned())).await;
    assert_eq!(office.posted(), [], "nothing goes out unencrypted or unknown");
    let known = mail(&config(office.url_of("glans%40example.org", "p%40ss")));
    assert_eq!(sent(&known, &message()).await, Verdict::Sent);
    assert_eq!(check(&config(office.url())).await, Ok(()));
    assert_eq!(check(&Config::default()).await, Ok(()), "nothing to reach");
}

#[tokio::test]
async fn many_at_once_all_arrive() {
    let office = PostOffice::open().await;
    let mail = Arc::new(mail(&config(office.url())));
    for turn in 0..10 {
        let mut sending = JoinSet::new();
        for number in 0..20 {
            let mail = Arc::clone(&mail);
            let to = format!("guardian{turn}-{number}@example.org");
            let letter = letter(&to, "nl", notice(Text::EventInvited, Category::Event));
            sending.spawn(async move { sent(&mail, &letter).await });
        }
        let verdicts = sending.join_all().await;
        assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Sent), "{verdicts:?}");
    }
    let mut to: Vec<_> = office.posted().into_iter().flat_map(|posted| posted.to).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!((to.len(), office.posted().len()), (200, 200));
    // Eight at once at most, one of which is for codes; and they are kept.
    assert!(office.connections() <= 8, "{} connections", office.connections());
}

#[tokio::test]
async fn mail_is_kept_as_files_or_told_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Config { smtp_url: None, mail_dir: Some(folder.path().join("mail")), ..config(String::new()) };
    let letter = letter("anne@example.org", "en", notice(Text::MessageArrived, Category::Message));
    for _ in 0..2 {
        assert_eq!(sent(&mail(&kept), &letter).await, Verdict::Sent);
    }
    let files: Vec<_> =
        std::fs::read_dir(folder.path().join("mail")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files, [folder.path().join("mail").join(format!("{}.eml", letter.delivery))]);
    let text = std::fs::read(&files[0]).unwrap();
    assert_eq!(MessageParser::default().parse(&text).unwrap().subject(), Some("De Zwaluw: New message"));

    let no_folder = Config { mail_dir: Some(files[0].clone()), ..kept };
    assert!(matches!(sent(&mail(&no_folder), &letter).await, Verdict::Down { .. }));
    assert_eq!(sent(&mail(&Config::default()), &letter).await, Verdict::Sent);
}

#[tokio::test]
async fn names_from_outside_stay_text() {
    let office = PostOffice::open().await;
    let mail = mail(&config(office.url()));
    let odd = "De \"Brug\" <b>\r\nBcc: all@example.org\r\n\r\n{ $x }";
    let mut matter = talk(Text::ConversationPlanned, 0);
    if let Matter::Notice { school, .. } = &mut matter {
        *school = Some(odd.to_owned());
    }
    let letter = letter("anne@example.org", "nl", matter);
    assert_eq!(sent(&mail, &letter).await, Verdict::Sent);
    let posted = office.posted();
    assert_eq!(posted[0].to, ["anne@example.org"]);
    let message = read(&posted[0]);
    assert_eq!(message.subject(), Some("De \"Brug\" <b> Bcc: all@example.org { $x }: Gesprek gepland"));
    assert!(message.bcc().is_none());
    assert!(message.body_html(0).unwrap().contains("De &#34;Brug&#34; &#60;b&#62;"), "{:?}", message.body_html(0));
    let (_, calendar) = calendar(&message).unwrap();
    assert!(!calendar.lines().any(|line| line.starts_with("Bcc")), "{calendar}");
}
