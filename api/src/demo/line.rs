//! The line through the year at one school: most lines are complete so far, some wait for a guardian, some are overdue.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use glans_entity::engagement::{
    AttendeeStatus, ConversationMode, StepKind, agreement, agreement_confirmation, conversation, conversation_attendee,
    goal, goal_agreement,
};
use glans_entity::ids::{
    AgreementId, BoardId, ClassGroupId, ConversationId, GoalId, PartnershipId, PersonId, SchoolId, StudentId,
};
use glans_entity::practice::OccasionStatus;
use uuid::Uuid;

use super::Rows;
use super::dice::Dice;

/// The first conversations are held from this day of the year on, some each day.
const FIRST_DAY: u64 = 24;
const DAYS: usize = 15;
const LENGTH: TimeDelta = TimeDelta::minutes(20);
/// Guardians, out of a hundred, who have confirmed what was agreed on.
const CONFIRMING: usize = 80;

const SUMMARIES: [&str; 4] = [
    "We spraken over de start in de groep. Thuis vertelt het kind vooral over buiten spelen.",
    "Het kind wil graag leren klokkijken en vertelde dat zelf heel duidelijk.",
    "Ouders zien thuis veel energie, op school gaat het rustig. We houden contact over het slapen.",
    "Een warm gesprek. De verwachtingen van thuis en van school liggen dicht bij elkaar.",
];
const GOALS: [&str; 5] = [
    "Elke avond tien minuten samen lezen.",
    "Klokkijken op hele en halve uren.",
    "Om hulp vragen voordat het mis gaat.",
    "Tafels van 2, 5 en 10 kennen.",
    "Een spreekbeurt houden over een eigen onderwerp.",
];
const AGREEMENTS: [&str; 3] = [
    "De leerkracht belt in de derde week van oktober.",
    "Thuis komt het leesboek elke vrijdag mee terug.",
    "We spreken elkaar kort bij de deur als er iets is.",
];

/// A child with those around it.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub(super) partnership: PartnershipId,
    pub(super) student: StudentId,
    /// Who has everything of the child.
    pub(super) guardians: Vec<PersonId>,
    /// Whether each of them talks alone.
    pub(super) apart: bool,
    pub(super) group: ClassGroupId,
    pub(super) teacher: PersonId,
}

/// Where it happens, and from when on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) board: BoardId,
    pub(super) school: SchoolId,
    pub(super) year_starts_on: NaiveDate,
    pub(super) now: DateTime<Utc>,
}

/// What became of a line so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    Complete,
    OneIsMissing,
    Overdue,
}

/// The rows of what happened so far.
pub(super) fn tell(setting: Setting, children: &[Child], dice: &mut Dice) -> Rows {
    let mut telling = Telling { setting, dice, rows: Rows::default() };
    for (at, child) in children.iter().enumerate() {
        let course = match at % 10 {
            9 => Course::Overdue,
            7 | 8 if child.guardians.len() > 1 => Course::OneIsMissing,
            _ => Course::Complete,
        };
        telling.child(at, child, course);
    }
    telling.rows
}

struct Telling<'s> {
    setting: Setting,
    dice: &'s mut Dice,
    rows: Rows,
}

impl Telling<'_> {
    fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        self.dice.uuid(at.timestamp_millis().unsigned_abs())
    }

    /// Twenty minutes each, one after another in an afternoon, so that nobody is at two at once.
    fn slot(&self, at: usize) -> DateTime<Utc> {
        let day = self.setting.year_starts_on + Days::new(FIRST_DAY + (at % DAYS) as u64);
        let turn = i32::try_from(at / DAYS).unwrap_or_default();
        day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(6) + LENGTH * (2 * turn)
    }

    fn child(&mut self, at: usize, child: &Child, course: Course) {
        if course == Course::Overdue || child.guardians.is_empty() {
            return;
        }
        let (met, missing) = match course {
            Course::OneIsMissing => child.guardians.split_at(1),
            _ => (child.guardians.as_slice(), [].as_slice()),
        };
        let parties: Vec<(Vec<PersonId>, Vec<PersonId>)> = if child.apart {
            met.iter().map(|guardian| (vec![*guardian], Vec::new())).collect()
        } else {
            vec![(met.to_vec(), missing.to_vec())]
        };
        for (turn, (there, not_there)) in (0..).zip(parties) {
            let starts_at = self.slot(at) + LENGTH * turn;
            self.conversation(child, starts_at, &there, &not_there);
        }
        if self.slot(at) < self.setting.now {
            self.goal(child, met, self.slot(at));
        }
    }

    fn conversation(&mut self, child: &Child, starts_at: DateTime<Utc>, there: &[PersonId], not_there: &[PersonId]) {
        let id = ConversationId(self.id(starts_at));
        let recorded_at = Some(starts_at + LENGTH).filter(|at| *at < self.setting.now);
        let summary = recorded_at.map(|_| self.dice.pick(&SUMMARIES).to_owned());
        self.rows.conversations.push(conversation::Model {
            id,
            board_id: self.setting.board,
            partnership_id: child.partnership,
            student_id: child.student,
            school_id: self.setting.school,
            staff_id: child.teacher,
            kind: StepKind::Expectations,
            starts_at,
            ends_at: starts_at + LENGTH,
            mode: ConversationMode::AtSchool,
            location: None,
            status: if recorded_at.is_some() { OccasionStatus::Held } else { OccasionStatus::Planned },
            cancel_reason: None,
            child_present: recorded_at.map(|_| true),
            summary,
            release_at: recorded_at.map(|at| at + TimeDelta::hours(24)),
            released_at: recorded_at.map(|at| at + TimeDelta::hours(24)).filter(|at| *at < self.setting.now),
            recorded_at,
            created_at: starts_at,
            updated_at: starts_at,
            version: 1,
        });
        let answer = |present| match (recorded_at, present) {
            (None, _) => AttendeeStatus::Invited,
            (Some(_), true) => AttendeeStatus::Present,
            (Some(_), false) => AttendeeStatus::Absent,
        };
        let guardians = there.iter().map(|guardian| (*guardian, false, true));
        let guardians = guardians.chain(not_there.iter().map(|guardian| (*guardian, false, false)));
        for (person_id, is_staff, present) in guardians.chain([(child.teacher, true, true)]) {
            self.rows.conversation_attendees.push(conversation_attendee::Model {
                conversation_id: id,
                person_id,
                board_id: self.setting.board,
                student_id: child.student,
                is_staff,
                status: answer(present),
                responded_at: None,
            });
        }
        if recorded_at.is_some() {
            self.agreement(child, id, there, starts_at);
        }
    }

    fn agreement(&mut self, child: &Child, conversation: ConversationId, there: &[PersonId], at: DateTime<Utc>) {
        let id = AgreementId(self.id(at));
        self.rows.agreements.push(agreement::Model {
            id,
            board_id: self.setting.board,
            conversation_id: conversation,
            student_id: child.student,
            position: 0,
            text: self.dice.pick(&AGREEMENTS).to_owned(),
            due_on: None,
            kept: None,
            created_at: at,
            updated_at: at,
            version: 1,
        });
        for guardian in there {
            if self.dice.chance(CONFIRMING) {
                self.rows.agreement_confirmations.push(agreement_confirmation::Model {
                    agreement_id: id,
                    guardian_id: *guardian,
                    board_id: self.setting.board,
                    student_id: child.student,
                    confirmed_at: Some(at + TimeDelta::days(2)),
                    comment: None,
                    commented_at: None,
                });
            }
        }
    }

    fn goal(&mut self, child: &Child, agreeing: &[PersonId], at: DateTime<Utc>) {
        let id = GoalId(self.id(at));
        self.rows.goals.push(goal::Model {
            id,
            board_id: self.setting.board,
            partnership_id: child.partnership,
            student_id: child.student,
            author_id: child.teacher,
            text: self.dice.pick(&GOALS).to_owned(),
            achieved: None,
            marked_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        });
        let guardians = agreeing.iter().map(|guardian| (*guardian, false));
        for (person_id, is_staff) in guardians.chain([(child.teacher, true)]) {
            self.rows.goal_agreements.push(goal_agreement::Model {
                goal_id: id,
                person_id,
                board_id: self.setting.board,
                student_id: child.student,
                is_staff,
                agreed_at: at,
            });
        }
    }
}
