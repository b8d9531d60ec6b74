//! What is between a family and the teacher: threads and compliments.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::recipient::AS_STAFF;
use glans_entity::engagement::{
    ContactKind, ContactTone, RecipientKind, ThreadStatus, contact_moment, message, recipient, thread,
    thread_participant,
};
use glans_entity::ids::{ContactMomentId, MessageId, PersonId, ThreadId};
use glans_entity::people::GuardianAccess;

use super::Telling;
use crate::demo::line::Child;

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

impl Telling<'_> {
    /// A guardian asks; every third question still waits for the teacher.
    pub(super) fn thread(&mut self, number: usize, child: &Child) {
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

    pub(super) fn compliment(&mut self, child: &Child) {
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
}
