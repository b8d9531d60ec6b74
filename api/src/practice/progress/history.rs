//! What happened in a cohort, sorted by school and lesson. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use glans_entity::ids::{LessonId, MeetingId, SchoolCohortId, SchoolId};
use glans_entity::practice::{
    AttendanceStatus, LessonPurpose, OccasionStatus, attendance, cohort_school, experience, lesson_mark,
    lesson_progress, meeting, meeting_lesson, team_session,
};

use super::rules::{Facts, Instant, Mark, Preparation, Session, Shared, progress};

/// The rows that tell how far the lessons are at some schools of one cohort.
#[derive(Debug, Default)]
pub struct History {
    pub schools: Vec<cohort_school::Model>,
    pub meetings: Vec<meeting::Model>,
    pub lessons: Vec<meeting_lesson::Model>,
    pub attendance: Vec<attendance::Model>,
    pub sessions: Vec<team_session::Model>,
    pub experiences: Vec<experience::Model>,
    pub marks: Vec<lesson_mark::Model>,
}

impl History {
    /// How far each lesson is of which anything is told, at each school.
    pub fn progress(&self) -> Vec<lesson_progress::Model> {
        let lessons = self.lessons_told();
        let mut facts = self.facts();
        let mut told = Vec::new();
        for school in &self.schools {
            for lesson in &lessons {
                let facts = facts.remove(&(school.id, *lesson)).unwrap_or_default();
                let facts =
                    Facts { meetings: self.begins(), preparations: self.preparations(school, *lesson), ..facts };
                let progress = progress(&facts);
                told.push(lesson_progress::Model {
                    cohort_school_id: school.id,
                    lesson_id: *lesson,
                    board_id: school.board_id,
                    cohort_id: school.cohort_id,
                    school_id: school.school_id,
                    status: progress.status,
                    prepared_at: progress.prepared_at,
                    taught_at: progress.taught_at,
                    reflected_at: progress.reflected_at,
                    discussed_at: progress.discussed_at,
                    skipped_reason: progress.skipped_reason,
                    due_at: progress.due_at,
                });
            }
        }
        told
    }

    fn lessons_told(&self) -> BTreeSet<LessonId> {
        let meetings = self.lessons.iter().map(|row| row.lesson_id);
        let sessions = self.sessions.iter().map(|row| row.lesson_id);
        let experiences = self.experiences.iter().map(|row| row.lesson_id);
        let marks = self.marks.iter().map(|row| row.lesson_id);
        meetings.chain(sessions).chain(experiences).chain(marks).collect()
    }

    /// What is told of a school and a lesson by rows of their own.
    fn facts(&self) -> BTreeMap<(SchoolCohortId, LessonId), Facts> {
        let mut facts: BTreeMap<(SchoolCohortId, LessonId), Facts> = BTreeMap::new();
        for row in &self.sessions {
            let session = Session { status: row.status, ends_at: row.ends_at };
            facts.entry((row.cohort_school_id, row.lesson_id)).or_default().sessions.push(session);
        }
        for row in &self.experiences {
            let shared = row.shared_at.map(|at| Shared { at, discussed_at: row.discussed_at });
            facts.entry((row.cohort_school_id, row.lesson_id)).or_default().shared.extend(shared);
        }
        let mut marks: Vec<_> = self.marks.iter().collect();
        marks.sort_by_key(|row| (row.made_at, row.id));
        for row in marks {
            let mark = Mark { kind: row.kind, at: row.made_at, reason: row.reason.clone() };
            facts.entry((row.cohort_school_id, row.lesson_id)).or_default().marks.push(mark);
        }
        facts
    }

    fn begins(&self) -> Vec<Instant> {
        self.to_count().map(|meeting| meeting.starts_at).collect()
    }

    /// The meetings that were not cancelled.
    fn to_count(&self) -> impl Iterator<Item = &meeting::Model> {
        self.meetings.iter().filter(|meeting| meeting.status != OccasionStatus::Cancelled)
    }

    /// The meetings that prepare the lesson and were not cancelled.
    fn preparing(&self, lesson: LessonId) -> impl Iterator<Item = &meeting::Model> {
        let prepares =
            move |row: &&meeting_lesson::Model| row.purpose == LessonPurpose::Prepares && row.lesson_id == lesson;
        let meetings: HashSet<MeetingId> = self.lessons.iter().filter(prepares).map(|row| row.meeting_id).collect();
        self.to_count().filter(move |meeting| meetings.contains(&meeting.id))
    }

    /// Whether the school has prepared the lesson, or is to prepare it before `moment`.
    pub fn is_prepared_before(&self, school: SchoolId, lesson: LessonId, moment: Instant) -> bool {
        let attended = self.attended(school);
        self.preparing(lesson).any(|meeting| match meeting.status {
            OccasionStatus::Held => attended.contains_key(&meeting.id),
            _ => meeting.starts_at < moment,
        })
    }

    fn preparations(&self, school: &cohort_school::Model, lesson: LessonId) -> Vec<Preparation> {
        let attended = self.attended(school.school_id);
        let of_meeting = |meeting: &meeting::Model| Preparation {
            starts_at: meeting.starts_at,
            attended_at: attended.get(&meeting.id).copied().filter(|_| meeting.status == OccasionStatus::Held),
        };
        self.preparing(lesson).map(of_meeting).collect()
    }

    /// When a leader of the school was there or had caught up, by meeting; any one of several is enough.
    fn attended(&self, school: SchoolId) -> HashMap<MeetingId, Instant> {
        let ends: HashMap<MeetingId, _> = self.meetings.iter().map(|meeting| (meeting.id, meeting.ends_at)).collect();
        let mut attended = HashMap::new();
        for row in self.attendance.iter().filter(|row| row.school_id == school) {
            let meeting = row.meeting_id.and_then(|meeting| Some((meeting, *ends.get(&meeting)?)));
            let at = meeting.and_then(|(meeting, ended)| match row.status {
                AttendanceStatus::Present => Some((meeting, ended)),
                AttendanceStatus::CaughtUp => Some((meeting, row.recorded_at.map_or(ended, |at| at.max(ended)))),
                _ => None,
            });
            if let Some((meeting, at)) = at {
                attended.entry(meeting).and_modify(|earlier| at.min(*earlier).clone_into(earlier)).or_insert(at);
            }
        }
        attended
    }
}
