//! The 100 % line, judged row by row after its words: in the design of the metrics and the descriptions of the schema.

use std::ops::RangeInclusive;

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use glans_entity::engagement::{
    AttendeeStatus, StepKind, SurveyKind, concern, conversation, conversation_attendee, goal, message, partnership,
    survey, survey_answer, survey_response,
};
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::enrolment;
use glans_entity::practice::OccasionStatus;

use super::calendar::{is_working, today};
use super::channels::Channels;
use super::places::Places;
use super::{Source, rows};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Met,
    NotYet,
    Unknown,
    NotDue,
}

/// What is judged.
pub(super) struct Line {
    now: DateTime<Utc>,
    years: Vec<school_year::Model>,
    groups: Vec<class_group::Model>,
    enrolments: Vec<enrolment::Model>,
    partnerships: Vec<partnership::Model>,
    held: Vec<conversation::Model>,
    attendees: Vec<conversation_attendee::Model>,
    goals: Vec<goal::Model>,
    messages: Vec<message::Model>,
    concerns: Vec<concern::Model>,
    pulses: Vec<survey::Model>,
    responses: Vec<survey_response::Model>,
    answers: Vec<survey_answer::Model>,
}

/// A child in a school year, with the guardians who have everything of it today.
struct Case<'l> {
    student: StudentId,
    guardians: Vec<PersonId>,
    partnership: &'l partnership::Model,
    year: &'l school_year::Model,
    /// In a group of the year.
    since: NaiveDate,
}

impl Line {
    pub(super) async fn of(src: Source<'_>, now: DateTime<Utc>) -> Self {
        let mut held = rows::<conversation::Entity>(src, conversation::Column::BoardId).await;
        held.retain(|row| row.status == OccasionStatus::Held);
        let mut messages = rows::<message::Entity>(src, message::Column::BoardId).await;
        messages.retain(|row| row.arrives_at <= now && row.undeliverable_at.is_none());
        let mut pulses = rows::<survey::Entity>(src, survey::Column::BoardId).await;
        pulses.retain(|row| row.kind == SurveyKind::Pulse);
        Self {
            now,
            years: rows::<school_year::Entity>(src, school_year::Column::BoardId).await,
            groups: rows::<class_group::Entity>(src, class_group::Column::BoardId).await,
            enrolments: rows::<enrolment::Entity>(src, enrolment::Column::BoardId).await,
            partnerships: rows::<partnership::Entity>(src, partnership::Column::BoardId).await,
            held,
            attendees: rows::<conversation_attendee::Entity>(src, conversation_attendee::Column::BoardId).await,
            goals: rows::<goal::Entity>(src, goal::Column::BoardId).await,
            messages,
            concerns: rows::<concern::Entity>(src, concern::Column::BoardId).await,
            pulses,
            responses: rows::<survey_response::Entity>(src, survey_response::Column::BoardId).await,
            answers: rows::<survey_answer::Entity>(src, survey_answer::Column::BoardId).await,
        }
    }

    /// The six criteria of a student. None where there is no partnership this year.
    pub(super) fn criteria(&self, student: StudentId, places: &Places<'_>, channels: &Channels) -> Option<[Status; 6]> {
        let case = self.case(student, places)?;
        let is_contactable = case.guardians.iter().any(|guardian| channels.leads_to(*guardian));
        Some([
            if is_contactable { Status::Met } else { Status::NotYet },
            self.start(&case),
            self.two_way(&case),
            self.trust(&case),
            self.concerns(&case),
            self.closing(&case),
        ])
    }

    fn case(&self, student: StudentId, places: &Places<'_>) -> Option<Case<'_>> {
        let on = today(self.now);
        let covers = |year: &&school_year::Model| (year.starts_on..=year.ends_on).contains(&on);
        let years: Vec<_> = self.years.iter().filter(covers).collect();
        let own = self.partnerships.iter().filter(|row| row.student_id == student);
        let with_year = own.filter_map(|row| Some((row, *years.iter().find(|year| year.id == row.school_year_id)?)));
        let (partnership, year) = with_year.max_by_key(|(row, _)| row.id)?;
        let of_year = |row: &&enrolment::Model| {
            let mut own = self.groups.iter().filter(|group| group.school_year_id == year.id);
            row.student_id == student && own.any(|group| group.id == row.class_group_id)
        };
        let since = self.enrolments.iter().filter(of_year).map(|row| row.starts_on).min();
        let guardians = places.entitled(student, on);
        Some(Case { student, guardians, partnership, year, since: since.unwrap_or(year.starts_on) })
    }

    /// Of a criterion with a last day.
    fn by(&self, holds: bool, due_on: NaiveDate) -> Status {
        if holds {
            Status::Met
        } else if today(self.now) <= due_on {
            Status::NotDue
        } else {
            Status::NotYet
        }
    }

    /// The school met every guardian in conversations of that kind. Nobody is met where there is nobody.
    fn met_all(&self, case: &Case<'_>, kind: StepKind) -> bool {
        let was_met = |guardian: &PersonId| {
            let mut own = self.held.iter().filter(|row| row.partnership_id == case.partnership.id && row.kind == kind);
            own.any(|row| self.came(row).any(|guest| guest.person_id == *guardian))
        };
        !case.guardians.is_empty() && case.guardians.iter().all(was_met)
    }

    /// The guardians who came.
    fn came(&self, row: &conversation::Model) -> impl Iterator<Item = &conversation_attendee::Model> {
        let id = row.id;
        let guests = self.attendees.iter().filter(move |guest| guest.conversation_id == id && !guest.is_staff);
        guests.filter(|guest| guest.status == AttendeeStatus::Present)
    }

    fn goals(&self, case: &Case<'_>) -> Vec<&goal::Model> {
        self.goals.iter().filter(|goal| goal.partnership_id == case.partnership.id).collect()
    }

    /// Held with every guardian, with a goal, by the 45th day: of the year, or of the child where it came later.
    fn start(&self, case: &Case<'_>) -> Status {
        let due_on = (case.year.starts_on.max(case.since) + Days::new(44)).min(case.year.ends_on);
        self.by(self.met_all(case, StepKind::Expectations) && !self.goals(case).is_empty(), due_on)
    }

    /// Held with every guardian, with every goal marked, at the end of the year.
    fn closing(&self, case: &Case<'_>) -> Status {
        let goals = self.goals(case);
        let are_marked = !goals.is_empty() && goals.iter().all(|goal| goal.marked_at.is_some());
        self.by(self.met_all(case, StepKind::Closing) && are_marked, case.year.ends_on)
    }

    /// In every term that is over and in which the child was here.
    fn two_way(&self, case: &Case<'_>) -> Status {
        let over = terms(case.year).into_iter().filter(|term| *term.end() < today(self.now));
        let own: Vec<_> = over.filter(|term| case.since <= *term.end()).collect();
        if own.is_empty() {
            Status::NotDue
        } else if own.iter().all(|term| self.had_contact(case, term)) {
            Status::Met
        } else {
            Status::NotYet
        }
    }

    /// A guardian came to a conversation, or both sides wrote in a thread.
    fn had_contact(&self, case: &Case<'_>, term: &RangeInclusive<NaiveDate>) -> bool {
        let mut talks = self.held.iter().filter(|row| row.partnership_id == case.partnership.id);
        let own = self.messages.iter().filter(|row| row.student_id == case.student);
        let written: Vec<_> = own.filter(|row| term.contains(&today(row.arrives_at))).collect();
        talks.any(|row| term.contains(&today(row.starts_at)) && self.came(row).next().is_some())
            || written.iter().any(|row| {
                written.iter().any(|other| other.thread_id == row.thread_id && other.is_staff != row.is_staff)
            })
    }

    /// The latest pulses of the last 120 days, of guardians and teacher, the lowest of which counts.
    fn trust(&self, case: &Case<'_>) -> Status {
        let guardians = case.guardians.iter().filter_map(|guardian| self.pulse(case.student, Some(*guardian))).min();
        match (guardians, self.pulse(case.student, None)) {
            (Some(guardians), Some(teacher)) if guardians >= 4 && teacher >= 4 => Status::Met,
            (Some(_), Some(_)) => Status::NotYet,
            _ => Status::Unknown,
        }
    }

    /// The latest answer about the child, of a guardian, or of whichever teacher.
    fn pulse(&self, student: StudentId, guardian: Option<PersonId>) -> Option<i32> {
        let is_pulse = |given: &&survey_response::Model| self.pulses.iter().any(|pulse| pulse.id == given.survey_id);
        let about = self.responses.iter().filter(|given| given.student_id == Some(student)).filter(is_pulse);
        let own = about.filter(|given| match guardian {
            Some(guardian) => !given.as_staff && given.person_id == Some(guardian),
            None => given.as_staff,
        });
        let last = own.max_by_key(|given| (given.submitted_at, given.id))?;
        let age = today(self.now) - today(last.submitted_at?);
        let answer = self.answers.iter().find(|answer| answer.response_id == last.id)?;
        (age.num_days() <= 120).then_some(answer.value)
    }

    /// None is open for longer than ten working days.
    fn concerns(&self, case: &Case<'_>) -> Status {
        let on = today(self.now);
        let mut own = self.concerns.iter().filter(|concern| concern.student_id == case.student);
        let is_stale = own.any(|concern| {
            let days = today(concern.created_at).iter_days().skip(1).take_while(|day| *day <= on);
            let is_open = concern.resolved_at.is_none_or(|at| today(at) > on);
            is_open && days.filter(|day| is_working(*day)).count() > 10
        });
        if is_stale { Status::NotYet } else { Status::Met }
    }
}

/// The first is of five months, the second of three, and the third lasts until the end.
fn terms(year: &school_year::Model) -> Vec<RangeInclusive<NaiveDate>> {
    let begins = [0, 5, 8].map(|months| year.starts_on + Months::new(months));
    let ends = [begins[1] - Days::new(1), begins[2] - Days::new(1), year.ends_on];
    let terms = begins.into_iter().zip(ends).filter(|(first, _)| *first <= year.ends_on);
    terms.map(|(first, last)| first..=last.min(year.ends_on)).collect()
}
