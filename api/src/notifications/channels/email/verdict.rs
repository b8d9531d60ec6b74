//! What an answer of a mail server means (RFC 5321, section 4.2; RFC 3463).

use crate::notifications::channels::Verdict;

/// There is no such mailbox, no such domain, or nobody in it any more.
const GONE: [&str; 7] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"];
/// The server closes, or does not know who we are: the next message would fare no better.
const OURS: [u16; 6] = [421, 454, 530, 534, 535, 538];

/// What becomes of a message after a reply that is no success. Of the text only the status is kept: servers repeat the
/// address in it.
pub(super) fn judged(code: u16, text: &str) -> Verdict {
    let status = text.split_whitespace().next().filter(|word| is_status(word));
    let why = status.map_or_else(|| code.to_string(), |status| format!("{code} {status}"));
    match code {
        _ if OURS.contains(&code) => Verdict::Down { after: None, why },
        400..=499 => Verdict::Later { after: None, why },
        _ if status.is_some_and(|status| GONE.contains(&status)) => Verdict::Gone { since: None, why },
        _ => Verdict::Refused(why),
    }
}

/// `5.1.1`
fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_about_the_mailbox_makes_an_address_dead() {
        let gone = |why: &str| Verdict::Gone { since: None, why: why.to_owned() };
        assert_eq!(judged(550, "5.1.1 <noor@example.org>: unknown"), gone("550 5.1.1"));
        assert_eq!(judged(550, "5.2.1 disabled"), gone("550 5.2.1"));
        for (code, text, why) in [
            (550, "no such user noor@example.org", "550"),
            (550, "5.7.1 looks like spam", "550 5.7.1"),
            (552, "5.2.2 mailbox full", "552 5.2.2"),
            (554, "5.1.1.1 odd", "554"),
            (554, "", "554"),
        ] {
            assert_eq!(judged(code, text), Verdict::Refused(why.to_owned()), "{code} {text}");
        }
    }

    #[test]
    fn a_moment_of_weakness_is_tried_again() {
        let later = |why: &str| Verdict::Later { after: None, why: why.to_owned() };
        assert_eq!(judged(451, "4.7.1 greylisted, try later"), later("451 4.7.1"));
        assert_eq!(judged(450, "mailbox busy: noor@example.org"), later("450"));
        assert_eq!(judged(452, "4.2.2 full"), later("452 4.2.2"));
    }

    #[test]
    fn a_server_that_does_not_know_us_is_out_of_order() {
        for (code, text) in [(421, "4.3.2 closing"), (535, "5.7.8 bad password"), (530, "5.7.0 sign in")] {
            assert!(matches!(judged(code, text), Verdict::Down { .. }), "{code} {text}");
        }
    }
}
