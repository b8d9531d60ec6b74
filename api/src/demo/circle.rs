//! A running cohort: the schools of a cluster with a trainer, half-way through the first year of the course.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{
    AttendanceId, BoardId, CohortId, CommentId, ExperienceId, LessonId, MeetingId, MembershipId, PersonId,
    ProgrammeVersionId, SchoolCohortId, SchoolId, TeamSessionId,
};
use glans_entity::people::{Role, ScopeKind, membership};
use glans_entity::practice::{
    AttendanceStatus, ExperienceKind, ExperienceVisibility, LessonPurpose, OccasionStatus, attendance, cohort,
    cohort_school, comment, experience, meeting, meeting_lesson, team_session,
};
use uuid::Uuid;

use super::Rows;
use super::dice::Dice;

/// Meetings that were held, one for each lesson of the first half-year; two more are planned.
const HELD: usize = 6;
const PLANNED: usize = 2;
const APART: TimeDelta = TimeDelta::weeks(2);

const EXPERIENCES: [(ExperienceKind, &str); 8] = [
    (ExperienceKind::Obstacle, "De helft van de ouders reageerde pas na een derde berichtje."),
    (ExperienceKind::Obstacle, "In het team vond niet iedereen dat dit bij het werk hoort."),
    (ExperienceKind::Question, "Hoe begin je een gesprek met ouders die je nog nooit hebt gezien?"),
    (ExperienceKind::Question, "Wie legt de afspraken vast als beide leerkrachten erbij zijn?"),
    (ExperienceKind::Success, "Door eerst te vragen wat het kind thuis vertelt, kwam het gesprek vanzelf op gang."),
    (ExperienceKind::Success, "Alle ouders van de groep zijn nu minstens een keer binnen geweest."),
    (ExperienceKind::Tip, "Plan de gesprekken aan het eind van de middag; dan kunnen beide ouders komen."),
    (ExperienceKind::Case, "Een vader wilde alleen over de cijfers praten. Samen hebben we toen een doel gekozen."),
];
const COMMENTS: [&str; 3] = [
    "Herkenbaar. Bij ons hielp het om eerst te bellen.",
    "Dit nemen wij mee naar onze volgende teambijeenkomst.",
    "Hoe reageerde het team daarop?",
];

/// A school that takes part, with who leads it and who teaches there.
#[derive(Clone, Debug)]
pub(super) struct Team {
    pub(super) school: SchoolId,
    pub(super) leader: PersonId,
    pub(super) teachers: Vec<PersonId>,
}

/// Who and what a cohort is made of.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub(super) board: BoardId,
    pub(super) name: String,
    pub(super) trainer: PersonId,
    pub(super) teams: Vec<Team>,
    pub(super) edition: ProgrammeVersionId,
    /// In the order of the course.
    pub(super) lessons: Vec<LessonId>,
}

/// The cohort, and the rows that tell what it did until `now`.
pub(super) fn tell(cast: &Cast, dice: &mut Dice, now: DateTime<Utc>) -> (CohortId, Rows) {
    let begin = now - APART * 6 + TimeDelta::weeks(1);
    let mut story = Telling { cast, dice, now, begin, rows: Rows::default(), cohort: CohortId(Uuid::nil()) };
    story.cohort = CohortId(story.id());
    story.found();
    let places: Vec<SchoolCohortId> = cast.teams.iter().map(|team| story.join(team)).collect();
    let meetings: Vec<MeetingId> = (0..HELD + PLANNED).filter_map(|at| story.meet(at)).collect();
    for (at, lesson) in cast.lessons.iter().enumerate().take(HELD) {
        for (index, (team, place)) in cast.teams.iter().zip(&places).enumerate() {
            let next = meetings.get(at + 1).copied();
            story.teach(Lesson { at, id: *lesson, next }, team, *place, index);
        }
    }
    (story.cohort, story.rows)
}

/// A lesson, and the meeting after the one that prepares it.
#[derive(Clone, Copy)]
struct Lesson {
    at: usize,
    id: LessonId,
    next: Option<MeetingId>,
}

struct Telling<'s> {
    cast: &'s Cast,
    dice: &'s mut Dice,
    now: DateTime<Utc>,
    begin: DateTime<Utc>,
    rows: Rows,
    cohort: CohortId,
}

impl Telling<'_> {
    fn id(&mut self) -> Uuid {
        self.dice.uuid(self.begin.timestamp_millis().unsigned_abs())
    }

    /// When the meeting at this place begins.
    fn meets_at(&self, at: usize) -> DateTime<Utc> {
        self.begin + APART * i32::try_from(at).unwrap_or(i32::MAX)
    }

    fn found(&mut self) {
        self.rows.cohorts.push(cohort::Model {
            id: self.cohort,
            board_id: self.cast.board,
            name: self.cast.name.clone(),
            programme_version_id: self.cast.edition,
            created_at: self.begin,
            updated_at: self.begin,
            version: 1,
        });
        let id = MembershipId(self.id());
        self.rows.memberships.push(membership::Model {
            id,
            board_id: self.cast.board,
            person_id: self.cast.trainer,
            role: Role::Trainer,
            scope_kind: ScopeKind::Cohort,
            scope_id: self.cohort.0,
            school_id: None,
            starts_on: None,
            ends_on: None,
            ended_at: None,
            source_id: None,
            created_at: self.begin,
            updated_at: self.begin,
            version: 1,
        });
    }

    fn join(&mut self, team: &Team) -> SchoolCohortId {
        let id = SchoolCohortId(self.id());
        self.rows.cohort_schools.push(cohort_school::Model {
            id,
            board_id: self.cast.board,
            cohort_id: self.cohort,
            school_id: team.school,
            joined_on: self.begin.date_naive(),
            left_on: None,
            created_at: self.begin,
            updated_at: self.begin,
            version: 1,
        });
        id
    }

    /// The meeting that prepares the lesson at this place and looks back on the one before; none after the last lesson.
    fn meet(&mut self, at: usize) -> Option<MeetingId> {
        let prepares = *self.cast.lessons.get(at)?;
        let id = MeetingId(self.id());
        let (starts_at, held) = (self.meets_at(at), at < HELD);
        let ends_at = starts_at + TimeDelta::hours(3);
        self.rows.meetings.push(meeting::Model {
            id,
            board_id: self.cast.board,
            cohort_id: self.cohort,
            starts_at,
            ends_at,
            location: Some("Bestuurskantoor, zaal 1".to_owned()),
            status: if held { OccasionStatus::Held } else { OccasionStatus::Planned },
            notes: held.then(|| "De opening geoefend in tweetallen.".to_owned()),
            recorded_at: held.then_some(ends_at),
            created_at: self.begin,
            updated_at: self.begin,
            version: 1,
        });
        let reviews = at.checked_sub(1).and_then(|before| self.cast.lessons.get(before));
        let about = reviews.map(|lesson| (*lesson, LessonPurpose::Reviews));
        let about = about.into_iter().chain([(prepares, LessonPurpose::Prepares)]);
        for (position, (lesson_id, purpose)) in (0..).zip(about) {
            let (board_id, cohort_id) = (self.cast.board, self.cohort);
            let row = meeting_lesson::Model { meeting_id: id, lesson_id, board_id, cohort_id, purpose, position };
            self.rows.meeting_lessons.push(row);
        }
        if held {
            for team in &self.cast.teams {
                let there = if self.dice.chance(90) { AttendanceStatus::Present } else { AttendanceStatus::CaughtUp };
                self.attend((Some(id), None), team.school, team.leader, there, ends_at);
            }
        }
        Some(id)
    }

    fn attend(
        &mut self,
        (meeting_id, team_session_id): (Option<MeetingId>, Option<TeamSessionId>),
        school_id: SchoolId,
        person_id: PersonId,
        status: AttendanceStatus,
        at: DateTime<Utc>,
    ) {
        let id = AttendanceId(self.id());
        self.rows.attendance.push(attendance::Model {
            id,
            board_id: self.cast.board,
            cohort_id: self.cohort,
            school_id,
            meeting_id,
            team_session_id,
            person_id,
            status,
            expected: true,
            responded_at: None,
            recorded_at: Some(at),
            created_at: at,
            updated_at: at,
            version: 1,
        });
    }

    /// The session of a team, and what it shared. With the last lesson some are not so far yet.
    fn teach(&mut self, lesson: Lesson, team: &Team, place: SchoolCohortId, index: usize) {
        let last = lesson.at + 1 == HELD;
        if last && index % 3 == 2 {
            return;
        }
        let held = !last || index.is_multiple_of(3);
        let days = if held { 2 } else { 12 };
        let starts_at = self.meets_at(lesson.at) + TimeDelta::days(days);
        let ends_at = starts_at + TimeDelta::minutes(90);
        let id = TeamSessionId(self.id());
        self.rows.team_sessions.push(team_session::Model {
            id,
            board_id: self.cast.board,
            cohort_id: self.cohort,
            cohort_school_id: place,
            school_id: team.school,
            lesson_id: lesson.id,
            starts_at,
            ends_at,
            location: Some("Teamkamer".to_owned()),
            status: if held { OccasionStatus::Held } else { OccasionStatus::Planned },
            notes: None,
            recorded_at: held.then_some(ends_at),
            created_at: self.meets_at(lesson.at),
            updated_at: self.meets_at(lesson.at),
            version: 1,
        });
        if !held {
            return;
        }
        for teacher in &team.teachers {
            let there = if self.dice.chance(85) { AttendanceStatus::Present } else { AttendanceStatus::Absent };
            self.attend((None, Some(id)), team.school, *teacher, there, ends_at);
        }
        // A school now and then has nothing to share: the agenda says so.
        if self.dice.chance(85) {
            self.share(lesson, team, place, ends_at + TimeDelta::days(1));
        }
    }

    fn share(&mut self, lesson: Lesson, team: &Team, place: SchoolCohortId, at: DateTime<Utc>) {
        // No school says the same twice, and no two the same of one lesson.
        let index = self.cast.teams.iter().position(|other| other.school == team.school).unwrap_or_default();
        let (kind, text) = EXPERIENCES[(3 * index + lesson.at) % EXPERIENCES.len()];
        let id = ExperienceId(self.id());
        let author_id = match team.teachers.first() {
            Some(teacher) if self.dice.chance(40) => *teacher,
            _ => team.leader,
        };
        let discussed = lesson.next.filter(|_| lesson.at + 1 < HELD && self.dice.chance(85));
        self.rows.experiences.push(experience::Model {
            id,
            board_id: self.cast.board,
            cohort_id: self.cohort,
            cohort_school_id: place,
            school_id: team.school,
            lesson_id: lesson.id,
            author_id,
            kind,
            text: text.to_owned(),
            visibility: ExperienceVisibility::Cohort,
            shared_at: Some(at.min(self.now)),
            discussed_meeting_id: discussed,
            discussed_at: discussed.map(|_| self.meets_at(lesson.at + 1) + TimeDelta::hours(3)),
            created_at: at.min(self.now),
            updated_at: at.min(self.now),
            version: 1,
        });
        if self.dice.chance(30) {
            let others: Vec<PersonId> = self.cast.teams.iter().map(|team| team.leader).collect();
            let (id, author_id) = (CommentId(self.id()), self.dice.pick(&others));
            self.rows.comments.push(comment::Model {
                id,
                board_id: self.cast.board,
                cohort_id: self.cohort,
                experience_id: ExperienceId(self.rows.experiences.last().map_or(Uuid::nil(), |row| row.id.0)),
                author_id,
                text: self.dice.pick(&COMMENTS).to_owned(),
                created_at: (at + TimeDelta::days(1)).min(self.now),
                updated_at: (at + TimeDelta::days(1)).min(self.now),
                version: 1,
            });
        }
    }
}
