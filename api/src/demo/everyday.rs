//! What one school and its families say to each other in the weeks around today.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use glans_entity::engagement::recipient::AS_STAFF;
use glans_entity::engagement::{
    AnnouncementStatus, BookingRoundStatus, ContactKind, ContactTone, ConversationMode, EventStatus, Priority,
    RecipientKind, Rsvp, StepKind, TargetKind, ThreadStatus, announcement, audience_target, booking_round,
    booking_round_group, consent_purpose, contact_moment, event, event_response, message, recipient, slot, thread,
    thread_participant,
};
use glans_entity::ids::{
    AnnouncementId, BookingRoundId, ClassGroupId, ConsentPurposeId, ContactMomentId, EventId, MessageId, PersonId,
    SlotId, ThreadId,
};
use glans_entity::localized::{Localized, Strings};
use glans_entity::people::GuardianAccess;
use uuid::Uuid;

use super::Rows;
use super::dice::Dice;
use super::line::{Child, Setting};

/// Titles and texts, how many days ago they appeared, and whether they are to be acknowledged.
const ANNOUNCEMENTS: [(&str, &str, i64, bool); 3] = [
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
const COMPLIMENTS: [&str; 3] = [
    "Hielp vandaag een jonger kind op het plein.",
    "Las een heel hoofdstuk hardop voor.",
    "Gaf niet op bij een lastige som.",
];
/// What a guardian asks, and what the teacher answers.
const THREADS: [(&str, &str, &str); 3] = [
    ("Gymtas", "Op welke dagen is er gym deze maand?", "Op dinsdag en vrijdag. De tas mag op school blijven."),
    ("Lezen thuis", "Welk boek past na het vorige?", "Ik geef er morgen twee mee, dan kan er gekozen worden."),
    (
        "Slaap",
        "De nachten zijn kort door de baby. Merkt u dat?",
        "Een beetje. We beginnen rustig, laat het me vooral weten.",
    ),
];
const SLOTS: i32 = 12;
const SLOT: TimeDelta = TimeDelta::minutes(15);

/// The rows of it. `leader` writes to all.
pub(super) fn tell(setting: Setting, leader: PersonId, children: &[Child], dice: &mut Dice) -> Rows {
    let mut telling = Telling { setting, leader, dice, rows: Rows::default() };
    for (title, body, days, acknowledged) in ANNOUNCEMENTS {
        telling.announcement((title, body), setting.now - TimeDelta::days(days), acknowledged, children);
    }
    telling.event(children);
    let mut groups: Vec<(ClassGroupId, PersonId)> = children.iter().map(|child| (child.group, child.teacher)).collect();
    groups.sort_unstable();
    groups.dedup();
    for (number, (group, teacher)) in (0..).zip(groups) {
        telling.round((group, teacher), telling.at(14 + number, 14), children);
    }
    for (at, child) in children.iter().enumerate().filter(|(_, child)| !child.guardians.is_empty()) {
        if at % 6 == 0 {
            telling.thread(at / 6, child);
        }
        if at % 4 == 1 {
            telling.compliment(child);
        }
    }
    telling.consent();
    telling.rows
}

struct Telling<'s> {
    setting: Setting,
    leader: PersonId,
    dice: &'s mut Dice,
    rows: Rows,
}

impl Telling<'_> {
    fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        self.dice.uuid(at.timestamp_millis().unsigned_abs())
    }

    /// A time on the day so many days from today.
    fn at(&self, days: u64, hour: u32) -> DateTime<Utc> {
        let day = self.setting.now.date_naive() + Days::new(days);
        NaiveTime::from_hms_opt(hour, 0, 0).map_or(self.setting.now, |time| day.and_time(time).and_utc())
    }

    /// For whom it is, and a row in the list of each guardian and child; `done` says when somebody read and acknowledged it.
    fn address(
        &mut self,
        (item, kind, at): (Uuid, RecipientKind, DateTime<Utc>),
        children: &[&Child],
        mut done: impl FnMut(&mut Dice) -> (bool, bool),
    ) {
        let board_id = self.setting.board;
        for child in children {
            for guardian in &child.guardians {
                let (read, acknowledged) = done(self.dice);
                self.rows.recipients.push(recipient::Model {
                    item_id: item,
                    person_id: *guardian,
                    student_id: child.student,
                    board_id,
                    kind,
                    least: GuardianAccess::Full,
                    at,
                    delivered_at: Some(at),
                    read_at: read.then_some(at + TimeDelta::hours(3)),
                    acknowledged_at: acknowledged.then_some(at + TimeDelta::hours(3)),
                });
            }
        }
    }

    fn for_the_school(&mut self, item: Uuid) {
        self.rows.audience_targets.push(audience_target::Model {
            item_id: item,
            target_id: self.setting.school.0,
            board_id: self.setting.board,
            kind: TargetKind::School,
            school_id: Some(self.setting.school),
            excluded: false,
        });
    }

    fn announcement(&mut self, (title, body): (&str, &str), at: DateTime<Utc>, asks: bool, children: &[Child]) {
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

    fn event(&mut self, children: &[Child]) {
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
    fn round(&mut self, (group, teacher): (ClassGroupId, PersonId), first: DateTime<Utc>, children: &[Child]) {
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

    /// A guardian asks; every third question still waits for the teacher.
    fn thread(&mut self, number: usize, child: &Child) {
        let (subject, question, answer) = THREADS[number % THREADS.len()];
        let Some(guardian) = child.guardians.first().copied() else { return };
        let asked = self.setting.now - TimeDelta::days(1 + i64::try_from(number % 9).unwrap_or_default());
        let answered = (number % 3 != 2).then(|| asked + TimeDelta::hours(4));
        let last = answered.unwrap_or(asked);
        let (id, board_id, school_id) = (ThreadId(self.id(asked)), self.setting.board, self.setting.school);
        self.rows.threads.push(thread::Model {
            id,
            board_id,
            school_id,
            student_id: child.student,
            subject: subject.to_owned(),
            started_by: guardian,
            status: ThreadStatus::Open,
            closed_at: None,
            closed_by: None,
            opens_at: asked,
            last_sent_at: last,
            last_at: last,
            awaits_since: answered.is_none().then_some(asked),
            created_at: asked,
            updated_at: last,
            version: 1,
        });
        let read = answered.map_or(asked, |_| asked + TimeDelta::hours(1));
        for (person_id, is_staff, read_up_to) in
            [(guardian, false, Some(read)), (child.teacher, true, answered.map(|_| last))]
        {
            let part = thread_participant::Model {
                thread_id: id,
                person_id,
                board_id,
                school_id,
                student_id: child.student,
                is_staff,
                joined_at: asked,
                read_up_to,
            };
            self.rows.thread_participants.push(part);
            self.rows.recipients.push(recipient::Model {
                item_id: id.0,
                person_id,
                student_id: if is_staff { AS_STAFF } else { child.student },
                board_id,
                kind: RecipientKind::Thread,
                least: GuardianAccess::Full,
                at: last,
                delivered_at: None,
                read_at: read_up_to,
                acknowledged_at: None,
            });
        }
        self.message(id, child, (guardian, false), (asked, question));
        if let Some(at) = answered {
            self.message(id, child, (child.teacher, true), (at, answer));
        }
    }

    fn message(
        &mut self,
        thread: ThreadId,
        child: &Child,
        (author_id, is_staff): (PersonId, bool),
        (at, body): (DateTime<Utc>, &str),
    ) {
        let id = MessageId(self.id(at));
        self.rows.messages.push(message::Model {
            id,
            board_id: self.setting.board,
            thread_id: thread,
            school_id: self.setting.school,
            student_id: child.student,
            author_id,
            is_staff,
            body: body.to_owned(),
            sent_at: at,
            arrives_at: at,
            announced_at: Some(at),
            undeliverable_at: None,
            updated_at: at,
            version: 1,
        });
    }

    fn compliment(&mut self, child: &Child) {
        let days = self.dice.below(20);
        let at = self.setting.now - TimeDelta::days(1 + i64::try_from(days).unwrap_or_default());
        let id = ContactMomentId(self.id(at));
        self.rows.contact_moments.push(contact_moment::Model {
            id,
            board_id: self.setting.board,
            school_id: self.setting.school,
            student_id: child.student,
            guardian_id: None,
            author_id: child.teacher,
            kind: ContactKind::AtTheDoor,
            tone: ContactTone::Compliment,
            note: Some(self.dice.pick(&COMPLIMENTS).to_owned()),
            occurred_at: at,
            created_at: at,
            updated_at: at,
            version: 1,
        });
    }

    fn consent(&mut self) {
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
