//! How far schools of cohorts got with lessons, counted row by row.

use glans_entity::ids::LessonId;
use glans_entity::metrics::Metric;
use glans_entity::practice::{
    AttendanceStatus, LessonPurpose, OccasionStatus, attendance, cohort_school, experience, meeting, meeting_lesson,
    team_session,
};

use super::calendar::today;
use super::{Source, Worth, rows};

/// What there is of the cohorts of a board.
struct Circle {
    schools: Vec<cohort_school::Model>,
    /// Those that were held, in their order.
    meetings: Vec<meeting::Model>,
    lessons: Vec<meeting_lesson::Model>,
    attendance: Vec<attendance::Model>,
    sessions: Vec<team_session::Model>,
    experiences: Vec<experience::Model>,
}

impl Circle {
    async fn of(src: Source<'_>) -> Self {
        let mut meetings = rows::<meeting::Entity>(src, meeting::Column::BoardId).await;
        meetings.retain(|row| row.status == OccasionStatus::Held);
        meetings.sort_by_key(|row| row.starts_at);
        Self {
            schools: rows::<cohort_school::Entity>(src, cohort_school::Column::BoardId).await,
            meetings,
            lessons: rows::<meeting_lesson::Entity>(src, meeting_lesson::Column::BoardId).await,
            attendance: rows::<attendance::Entity>(src, attendance::Column::BoardId).await,
            sessions: rows::<team_session::Entity>(src, team_session::Column::BoardId).await,
            experiences: rows::<experience::Entity>(src, experience::Column::BoardId).await,
        }
    }

    fn prepares(&self, row: &meeting::Model, lesson: LessonId) -> bool {
        self.lessons
            .iter()
            .any(|of| of.meeting_id == row.id && of.lesson_id == lesson && of.purpose == LessonPurpose::Prepares)
    }

    fn is_prepared(&self, school: &cohort_school::Model, at: &meeting::Model, next: &meeting::Model) -> bool {
        self.attendance.iter().any(|seat| {
            let caught_up = seat.status == AttendanceStatus::CaughtUp
                && seat.recorded_at.is_some_and(|recorded| recorded < next.starts_at);
            let came = seat.status == AttendanceStatus::Present && seat.recorded_at.is_some();
            seat.meeting_id == Some(at.id) && seat.school_id == school.school_id && (came || caught_up)
        })
    }

    fn is_taught(&self, school: &cohort_school::Model, lesson: LessonId, next: &meeting::Model) -> bool {
        let own = || self.sessions.iter().filter(|it| it.cohort_school_id == school.id && it.lesson_id == lesson);
        let in_time = |it: &team_session::Model| it.status == OccasionStatus::Held && it.ends_at <= next.starts_at;
        let mut to_come = own().filter(|it| it.status != OccasionStatus::Cancelled && it.starts_at < next.starts_at);
        own().any(in_time) && to_come.all(in_time)
    }

    fn is_shared(&self, school: &cohort_school::Model, lesson: LessonId, next: &meeting::Model) -> bool {
        self.experiences.iter().any(|it| {
            it.cohort_school_id == school.id
                && it.lesson_id == lesson
                && it.shared_at.is_some_and(|shared| shared < next.starts_at)
        })
    }
}

pub(super) async fn lessons(src: Source<'_>, metric: Metric) -> Vec<Worth> {
    let circle = Circle::of(src).await;
    let mut all = Vec::new();
    for (index, at) in circle.meetings.iter().enumerate() {
        let of_cohort = |row: &&meeting::Model| row.cohort_id == at.cohort_id;
        let Some(next) = circle.meetings[index + 1..].iter().find(of_cohort) else { continue };
        for lesson in circle.lessons.iter().filter(|row| row.meeting_id == at.id).map(|row| row.lesson_id) {
            let mut earlier = circle.meetings[..index].iter().filter(of_cohort);
            if !circle.prepares(at, lesson) || earlier.any(|row| circle.prepares(row, lesson)) {
                continue;
            }
            for school in circle.schools.iter().filter(|row| row.cohort_id == at.cohort_id) {
                let (first, last) = (today(at.starts_at), today(next.starts_at));
                if school.joined_on > first || school.left_on.is_some_and(|left| left <= last) {
                    continue;
                }
                let counts = match metric {
                    Metric::LessonsPrepared => circle.is_prepared(school, at, next),
                    Metric::LessonsTaught => circle.is_taught(school, lesson, next),
                    _ => circle.is_shared(school, lesson, next),
                };
                all.push(Worth::new(src.school(school.school_id, last), last, next.starts_at, counts));
            }
        }
    }
    all
}

pub(super) async fn attendance(src: Source<'_>) -> Vec<Worth> {
    let seats = rows::<attendance::Entity>(src, attendance::Column::BoardId).await;
    let mut all = Vec::new();
    for row in rows::<team_session::Entity>(src, team_session::Column::BoardId).await {
        let Some(counts_at) = row.recorded_at.filter(|_| row.status == OccasionStatus::Held) else { continue };
        for seat in seats.iter().filter(|seat| seat.team_session_id == Some(row.id) && seat.expected) {
            let counts = seat.status == AttendanceStatus::Present;
            let day = today(row.starts_at);
            all.push(Worth::new(src.school(row.school_id, day), day, counts_at, counts));
        }
    }
    all
}
