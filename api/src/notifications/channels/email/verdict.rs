//! What an answer of a mail server means (RFC 5321, section 4.2; RFC 3463).

use std::ops::RangeInclusive;

use super::Unsendable;
use crate::notifications::channels::Verdict;

/// There is no such mailbox, no such domain, or nobody in it any more.
const GONE: [&str; 7] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"];
/// The server closes, or does not know who we are: the next message would fare no better.
const OURS: [u16; 6] = [421, 454, 530, 534, 535, 538];
/// Subject and detail of a status that is about the address or its mailbox begin so (RFC 3463, sections 3.2 and 3.3). Others
/// are about the system of the mail server, the network, the message or a policy, as when it takes no more from us for now.
const OF_THE_MAILBOX: [&str; 2] = ["1.", "2."];
/// But for these, of the address of the sender.
const OF_THE_SENDER: [&str; 2] = ["1.7", "1.8"];
/// Why an address of letters beyond ASCII has no way there.
pub(super) const NO_SUCH_ADDRESS: &str = "the server takes no such address";
/// Replies that turn a message down for good.
pub const FOR_GOOD: RangeInclusive<u16> = 500..=599;
/// Replies that put it off.
pub const FOR_NOW: RangeInclusive<u16> = 400..=499;

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

/// Whether a delivery ended, as `why` has it, because of a reply that is one of these and about the address or its mailbox:
/// `550 5.1.1`, there is none, or `452 4.2.2`, it is full. A reply without a status may be. An address to which no message
/// can be made is turned down for good.
pub fn is_of_the_mailbox(why: &str, replies: &RangeInclusive<u16>) -> bool {
    if why == NO_SUCH_ADDRESS || why == Unsendable::Address.to_string() {
        return *replies == FOR_GOOD;
    }
    let (code, status) = why.split_once(' ').map_or((why, None), |(code, status)| (code, Some(status)));
    code.parse::<u16>().is_ok_and(|code| replies.contains(&code) && !OURS.contains(&code))
        && status.is_none_or(|status| GONE.contains(&status) || is_about_the_mailbox(status))
}

fn is_about_the_mailbox(status: &str) -> bool {
    let Some((_, subject)) = status.split_once('.') else { return false };
    OF_THE_MAILBOX.iter().any(|begin| subject.starts_with(begin)) && !OF_THE_SENDER.contains(&subject)
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
    fn what_is_refused_for_good_is_of_the_mailbox_where_the_server_says_so_or_nothing() {
        let address = Unsendable::Address.to_string();
        for why in ["550", "550 5.1.1", "550 5.1.10", "552 5.2.2", "550 5.4.4", NO_SUCH_ADDRESS, address.as_str()] {
            assert!(is_of_the_mailbox(why, &FOR_GOOD) && !is_of_the_mailbox(why, &FOR_NOW), "{why}");
        }
        let calendar = Unsendable::Calendar.to_string();
        // Spam, a message too large, a sender without a domain, a password that is wrong.
        let others = ["550 5.7.1", "552 5.3.4", "553 5.1.8", "550 5.1.7", "554 5.6.0", "535 5.7.8", "535"];
        for why in others.into_iter().chain([calendar.as_str(), "452 4.2.2", "TRIES", "5.1.1", ""]) {
            assert!(!is_of_the_mailbox(why, &FOR_GOOD), "{why}");
        }
    }

    #[test]
    fn a_mail_server_out_of_order_is_no_mailbox_that_is_full() {
        for why in ["450", "450 4.1.1", "452 4.2.2"] {
            assert!(is_of_the_mailbox(why, &FOR_NOW), "{why}");
        }
        let of_the_server = ["421 4.3.2", "454", "451 4.3.0", "450 4.4.2", "451 4.7.1", "450 4.7.25"];
        let of_the_sender = ["450 4.1.7", "450 4.1.8"];
        for why in of_the_server.into_iter().chain(of_the_sender) {
            assert!(!is_of_the_mailbox(why, &FOR_NOW), "{why}");
        }
        for why in ["550 5.1.1", "TIME_TO_LIVE", "no answer within 10 s", ""] {
            assert!(!is_of_the_mailbox(why, &FOR_NOW), "{why}");
        }
    }

    #[test]
    fn a_server_that_does_not_know_us_is_out_of_order() {
        for (code, text) in [(421, "4.3.2 closing"), (535, "5.7.8 bad password"), (530, "5.7.0 sign in")] {
            assert!(matches!(judged(code, text), Verdict::Down { .. }), "{code} {text}");
        }
    }
}
