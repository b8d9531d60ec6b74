//! What is for many: announcements, an event, rounds, and what is consented to.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use glans_entity::engagement::{
    AnnouncementStatus, BookingRoundStatus, ConversationMode, EventStatus, Priority, RecipientKind, Rsvp, StepKind,
    announcement, booking_round, booking_round_group, consent_purpose, event, event_response, slot,
};
use glans_entity::ids::{AnnouncementId, BookingRoundId, ClassGroupId, ConsentPurposeId, EventId, PersonId, SlotId};
use glans_entity::localized::{Localized, Strings};

use super::Telling;
use crate::demo::line::Child;

/// Titles and texts, how many days ago they appeared, and whether they are to be acknowledged.
pub(super) const ANNOUNCEMENTS: [(&str, &str, i64, bool); 3] = [
    (
        "Studiedag",
        "Volgende week vrijdag is de school dicht: het team werkt dan samen aan ouderbetrokkenheid.",
        6,
        true,
    ),
    (
        "Gevonden voorwerpen",
        "Bij de ingang hangen elf jassen en een step. Kom kijken of er iets van u bij is.",
        13,
        false,
    ),
    ("Nieuwe fietsenstalling", "Vanaf maandag staan de fietsen van groep 5 tot en met 8 achter de school.", 27, false),
];
/// Of those who are asked, out of a hundred.
const READING: usize = 85;
const ACKNOWLEDGING: usize = 70;
const COMING: usize = 45;
const SLOTS: i32 = 12;
const SLOT: TimeDelta = TimeDelta::minutes(15);

impl Telling<'_> {
    pub(super) fn announcement(
        &mut self,
        (title, body): (&str, &str),
        at: DateTime<Utc>,
        asks: bool,
        children: &[Child],
    ) {
        let id = AnnouncementId(self.id(at));
        self.rows.announcements.push(announcement::Model {
            id,
            board_id: self.setting.board,
            school_id: Some(self.setting.school),
            author_id: self.leader,
            language: "nl".to_owned(),
            title: title.to_owned(),
            body: body.to_owned(),
            roles: Strings(vec!["GUARDIAN".to_owned()]),
            priority: Priority::Normal,
            urgent_reason: None,
            important_facts: false,
            requires_acknowledgement: asks,
            acknowledge_by: asks.then(|| self.at(3, 16)),
            status: AnnouncementStatus::Published,
            publish_at: at,
            published_at: Some(at),
            expires_at: None,
            corrected_at: None,
            correction_note: None,
            withdrawn_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        });
        self.for_the_school(id.0);
        let children: Vec<&Child> = children.iter().collect();
        self.address((id.0, RecipientKind::Announcement, at), &children, |dice| {
            let read = dice.chance(READING);
            (read, asks && read && dice.chance(ACKNOWLEDGING))
        });
    }

    pub(super) fn event(&mut self, children: &[Child]) {
        let at = self.setting.now - TimeDelta::days(4);
        let id = EventId(self.id(at));
        self.rows.events.push(event::Model {
            id,
            board_id: self.setting.board,
            school_id: Some(self.setting.school),
            author_id: self.leader,
            title: "Soep en verhalen".to_owned(),
            description: Some("Kinderen laten zien waar ze aan werken. Er is soep voor iedereen.".to_owned()),
            starts_at: self.at(12, 16),
            ends_at: self.at(12, 18),
            location: Some("Aula".to_owned()),
            capacity: None,
            respond_by: Some(self.at(10, 20)),
            status: EventStatus::Planned,
            cancel_reason: None,
            created_at: at,
            updated_at: at,
            version: 1,
        });
        self.for_the_school(id.0);
        let all: Vec<&Child> = children.iter().collect();
        self.address((id.0, RecipientKind::Event, at), &all, |dice| (dice.chance(READING), false));
        let mut guests: Vec<PersonId> = children.iter().flat_map(|child| child.guardians.iter().copied()).collect();
        guests.sort_unstable();
        guests.dedup();
        for guest in guests {
            if self.dice.chance(COMING) {
                self.rows.event_responses.push(event_response::Model {
                    event_id: id,
                    person_id: guest,
                    board_id: self.setting.board,
                    answer: Rsvp::Yes,
                    guest_count: 2,
                    waiting_position: None,
                    answered_at: at + TimeDelta::hours(5),
                    checked_in_at: None,
                });
            }
        }
    }

    /// A round for talks about how it goes, one after the other from `first` on, in which nobody has booked yet.
    pub(super) fn round(
        &mut self,
        (group, teacher): (ClassGroupId, PersonId),
        first: DateTime<Utc>,
        children: &[Child],
    ) {
        let at = self.setting.now - TimeDelta::days(1);
        let id = BookingRoundId(self.id(at));
        self.rows.booking_rounds.push(booking_round::Model {
            id,
            board_id: self.setting.board,
            school_id: self.setting.school,
            kind: StepKind::Progress,
            opens_at: at,
            siblings_early_hours: 0,
            closes_at: self.at(7, 20),
            slot_minutes: 15,
            mode: ConversationMode::AtSchool,
            location: None,
            status: BookingRoundStatus::Open,
            created_at: at,
            updated_at: at,
            version: 1,
        });
        let board_id = self.setting.board;
        self.rows.booking_round_groups.push(booking_round_group::Model {
            round_id: id,
            class_group_id: group,
            board_id,
        });
        for turn in 0..SLOTS {
            let starts_at = first + SLOT * turn;
            let slot = SlotId(self.id(at));
            self.rows.slots.push(slot::Model {
                id: slot,
                board_id,
                round_id: id,
                teacher_id: teacher,
                starts_at,
                ends_at: starts_at + SLOT,
            });
        }
        let there: Vec<&Child> = children.iter().filter(|child| child.group == group).collect();
        self.address((id.0, RecipientKind::BookingRound, at), &there, |dice| (dice.chance(READING), false));
    }

    pub(super) fn consent(&mut self) {
        let at = self.setting.year_starts_on.and_time(NaiveTime::MIN).and_utc();
        let text = [("nl", "Foto's van mijn kind op de website"), ("en", "Photos of my child on the website")];
        let id = ConsentPurposeId(self.id(at));
        self.rows.consent_purposes.push(consent_purpose::Model {
            id,
            board_id: self.setting.board,
            school_id: self.setting.school,
            text: Localized(text.map(|(language, text)| (language.to_owned(), text.to_owned())).into_iter().collect()),
            asked_from: self.setting.year_starts_on,
            archived_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        });
    }
}
