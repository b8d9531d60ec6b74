//! What is hidden where a metric is the same as the one that it is within: the attacker tries it, by hand.

use std::collections::BTreeSet;

use glans_entity::metrics::{Level, Metric};
use uuid::Uuid;

use super::attack::{decided, told};
use super::invented::week;

/// A school and a language, who is met in `TWO_WAY` and of them in `CONVERSATION_COVERAGE`, and of how many.
type Talks = (u128, &'static str, [i64; 2], i64);

/// Schools of which the language is hidden in `CONVERSATION_COVERAGE`, where nobody is told of a few.
fn hiding_talks(talks: impl IntoIterator<Item = Talks>, language: &str) -> Vec<u128> {
    let talks: Vec<Talks> = talks.into_iter().collect();
    let metrics = [(Metric::Contactability, 0), (Metric::TwoWay, 0), (Metric::ConversationCoverage, 1)];
    let invented = metrics.map(|(metric, at)| {
        let counts = talks.iter().map(|(school, language, met, of)| (*school, *language, met[at], *of));
        week(metric, &counts.collect::<Vec<_>>())
    });
    let figures = decided(&invented);
    let schools: BTreeSet<u128> = talks.iter().map(|(school, ..)| *school).collect();
    assert_eq!(told(&invented, &figures, schools.into_iter().map(Uuid::from_u128)), Vec::<String>::new());
    let own = figures[2].iter().filter(|it| it.level == Level::School && it.language == language);
    own.filter(|figure| figure.outside.is_some()).map(|figure| figure.place.as_u128()).collect()
}

#[test]
fn a_school_whose_conversations_are_its_contacts_hides_nothing_beside_another_one() {
    // Of the first few had a conversation. Of the next, that are smaller, all contact was by conversation.
    let schools = [(100, [35, 3], 60), (101, [20, 20], 40), (102, [22, 22], 42), (103, [24, 24], 44)];
    let others = [(104, [40, 20], 80), (105, [45, 20], 90), (106, [50, 20], 100)];
    let talks = schools.into_iter().chain(others).flat_map(|(school, [contact, held], of)| {
        [(school, "nl", [contact + 10, held + 10], of * 2), (school, "tr", [contact, held], of)]
    });
    assert_eq!(hiding_talks(talks, "tr"), [100, 104, 105]);
}

#[test]
fn a_school_whose_other_languages_have_all_who_are_left_hides_nothing_beside_another_one() {
    // Of the first few had a conversation. In the next all contact of the Turkish and the Polish was by conversation:
    // the others there tell it, though these two are hidden.
    let next = |school, met, of| {
        let rest = [(school, "nl", [met + 30; 2], of * 2), (school, "en", [met, met - 10], of + 1)];
        [(school, "tr", [met; 2], of), (school, "pl", [met; 2], of)].into_iter().chain(rest)
    };
    let other = |school, [contact, held]: [i64; 2], of| {
        let rest = [(school, "nl", [contact + 30, held + 30], of * 2), (school, "en", [contact, contact - 10], of + 1)];
        [(school, "tr", [contact, held], of), (school, "pl", [contact, contact - 10], of)].into_iter().chain(rest)
    };
    let talks = other(100, [35, 3], 60).chain(next(101, 20, 40)).chain(next(102, 22, 42)).chain(next(103, 24, 44));
    let talks = talks.chain(other(104, [40, 20], 80)).chain(other(105, [45, 20], 90)).chain(other(106, [50, 20], 100));
    assert_eq!(hiding_talks(talks, "tr"), [100, 104, 105]);
}

#[test]
fn schools_whose_conversations_are_their_contacts_do_not_tell_of_contact_elsewhere() {
    // With the Turkish of the first few had no contact. Those of the next are hidden for one of them is small, and all
    // their contact was by conversation: were nothing else hidden of conversations, these would tell their sum.
    let schools = [(100, [57, 30], 60), (101, [2, 2], 3), (102, [12, 12], 24), (103, [13, 13], 26)];
    let others = [(104, [40, 20], 80), (105, [45, 20], 90), (106, [50, 20], 100)];
    let talks = schools.into_iter().chain(others).flat_map(|(school, [contact, held], of)| {
        [(school, "nl", [contact + 10, held + 10], of * 2 + 20), (school, "tr", [contact, held], of)]
    });
    assert_eq!(hiding_talks(talks, "tr"), [100, 101, 102, 103]);
}

/// All Dutch of a cluster who had contact and no conversation are in a school of one language. In the other one of it
/// Dutch is hidden beside the few who speak Arabic, and nobody is left.
fn eight_in_one_school(more: &[Talks]) -> Vec<u128> {
    let own = [(100, "nl", [28, 20], 49), (101, "nl", [60, 60], 95), (101, "ar", [4, 4], 7)];
    let of = |school| [(school, "nl", [60, 40], 120), (school, "ar", [4, 4], 7), (school, "uk", [90, 40], 200)];
    hiding_talks(own.into_iter().chain(more.iter().copied()).chain((110..114).flat_map(of)), "")
}

#[test]
fn a_few_of_a_language_are_not_told_by_the_one_school_that_has_them() {
    assert_eq!(eight_in_one_school(&[]), [100, 110, 111]);
    let others_of_another_language = [(101, "uk", [90, 40], 200)];
    assert_eq!(eight_in_one_school(&others_of_another_language), [100, 110, 111]);
}

#[test]
fn a_few_of_a_language_are_not_told_where_nobody_is_left_of_the_others() {
    // Of the Polish of all schools nobody had contact and no conversation: so all five of the first school are Dutch.
    let own = [(100, "nl", [60, 55], 127), (100, "pl", [1, 1], 1)];
    let others = (101..105).flat_map(|school| [(school, "nl", [60, 40], 120), (school, "pl", [20, 20], 40)]);
    assert_eq!(hiding_talks(own.into_iter().chain(others), ""), [100, 101, 102]);
}
