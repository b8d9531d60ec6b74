//! The agenda of a meeting. The order is a pure function; nobody types it in.

use std::collections::HashSet;

use async_graphql::{Context, Enum, SimpleObject};
use glans_entity::ids::{LessonId, SchoolId};
use glans_entity::practice::{LessonPurpose, OccasionStatus, experience, meeting, meeting_lesson};

use super::loaders::{LessonsOf, MeetingsOf};
use crate::loaders;
use crate::organisation::schools::School;
use crate::platform::error::Result;
use crate::practice::cohorts::{SchoolsOf, lesson};
use crate::practice::experiences::{Experience, SharedIn};
use crate::programme::types::Lesson;

/// What a point of an agenda is about.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgendaItemKind {
    /// An experience of a school.
    Experience,
    /// A school that shared no experience yet with a lesson under review.
    NoExperienceYet,
    /// The theory of a lesson that is prepared.
    Theory,
    /// Its practical tips.
    Tips,
    /// Trying out how to give it to the team.
    Rehearsal,
    /// When the teams get it, and when the cohort meets again.
    Planning,
}

/// A point of the agenda of a meeting.
#[derive(SimpleObject)]
pub struct AgendaItem {
    /// What it is about.
    kind: AgendaItemKind,
    /// What to read out: the title of the lesson; null for PLANNING.
    text: Option<String>,
    /// The lesson that it is about; null for PLANNING.
    lesson: Option<Lesson>,
    /// The school whose experience it is, or that has none yet; null otherwise.
    school: Option<School>,
    /// The experience; null unless it is about one.
    experience: Option<Experience>,
    /// Whether the meeting took it up.
    done: bool,
}

/// A point before it is shown.
#[derive(Clone, Debug, PartialEq)]
enum Point {
    Experience(experience::Model),
    Nothing(LessonId, SchoolId),
    Theory(LessonId),
    Tips(LessonId),
    Rehearsal(LessonId),
    Planning,
}

/// What an agenda is made of.
struct Matter {
    prepares: Vec<LessonId>,
    reviews: Vec<LessonId>,
    /// Lessons that earlier meetings reviewed.
    reviewed_before: HashSet<LessonId>,
    /// The schools of the cohort in the order in which they joined.
    schools: Vec<SchoolId>,
    /// What the schools shared, in the order in which it was shared.
    shared: Vec<experience::Model>,
}

/// First the experiences with the lessons under review, then those carried over from earlier meetings, then the schools
/// that have none yet; then theory, tips and rehearsal of each lesson that is prepared, and the planning.
fn points(meeting: &meeting::Model, matter: Matter) -> Vec<Point> {
    let Matter { prepares, reviews, reviewed_before, schools, shared } = matter;
    let is_silent = |lesson: LessonId, school: SchoolId| {
        !shared.iter().any(|row| row.lesson_id == lesson && row.school_id == school)
    };
    let silent: Vec<Point> = reviews
        .iter()
        .flat_map(|lesson| schools.iter().map(move |school| (*lesson, *school)))
        .filter(|(lesson, school)| is_silent(*lesson, *school))
        .map(|(lesson, school)| Point::Nothing(lesson, school))
        .collect();
    let of_this = |row: &experience::Model| match row.discussed_meeting_id {
        Some(other) => other == meeting.id,
        None => meeting.recorded_at.is_none_or(|recorded| row.shared_at.is_some_and(|shared| shared <= recorded)),
    };
    let (mut reviewed, others): (Vec<_>, Vec<_>) =
        shared.into_iter().filter(of_this).partition(|row| reviews.contains(&row.lesson_id));
    let carried =
        |row: &experience::Model| row.discussed_meeting_id.is_some() || reviewed_before.contains(&row.lesson_id);
    let mut carried: Vec<_> = others.into_iter().filter(carried).collect();
    // The sort is stable: within a kind they stay in the order in which they were shared.
    reviewed.sort_by_key(|row| row.kind);
    carried.sort_by_key(|row| row.kind);
    let mut points: Vec<Point> = reviewed.into_iter().chain(carried).map(Point::Experience).collect();
    points.extend(silent);
    for part in [Point::Theory, Point::Tips, Point::Rehearsal] {
        points.extend(prepares.iter().copied().map(part));
    }
    points.push(Point::Planning);
    points
}

/// The agenda of a meeting in sight.
pub async fn agenda(ctx: &Context<'_>, meeting: &meeting::Model) -> Result<Vec<AgendaItem>> {
    let matter = matter(ctx, meeting).await?;
    let held = meeting.status == OccasionStatus::Held;
    let mut items = Vec::new();
    for point in points(meeting, matter) {
        items.push(shown(ctx, point, held).await?);
    }
    Ok(items)
}

async fn matter(ctx: &Context<'_>, meeting: &meeting::Model) -> Result<Matter> {
    let meetings = loaders::one(ctx, MeetingsOf(meeting.cohort_id)).await?.unwrap_or_default();
    let lessons = loaders::many(ctx, meetings.iter().map(|other| LessonsOf(other.id)).collect()).await?;
    let with = |rows: &[meeting_lesson::Model], purpose| -> Vec<LessonId> {
        rows.iter().filter(|row| row.purpose == purpose).map(|row| row.lesson_id).collect()
    };
    let own = lessons.get(&LessonsOf(meeting.id)).map(Vec::as_slice).unwrap_or_default();
    let earlier = meetings
        .iter()
        .filter(|other| other.status != OccasionStatus::Cancelled && other.starts_at < meeting.starts_at)
        .filter_map(|other| lessons.get(&LessonsOf(other.id)));
    let taking_part = loaders::one(ctx, SchoolsOf(meeting.cohort_id)).await?.unwrap_or_default();
    Ok(Matter {
        prepares: with(own, LessonPurpose::Prepares),
        reviews: with(own, LessonPurpose::Reviews),
        reviewed_before: earlier.flat_map(|rows| with(rows, LessonPurpose::Reviews)).collect(),
        schools: taking_part.iter().filter(|row| row.left_on.is_none()).map(|row| row.school_id).collect(),
        shared: loaders::one(ctx, SharedIn(meeting.cohort_id)).await?.unwrap_or_default(),
    })
}

async fn shown(ctx: &Context<'_>, point: Point, held: bool) -> Result<AgendaItem> {
    let (kind, about, school, experience) = match point {
        Point::Experience(row) => {
            (AgendaItemKind::Experience, Some(row.lesson_id), Some(row.school_id), Some(Experience(row)))
        }
        Point::Nothing(lesson, school) => (AgendaItemKind::NoExperienceYet, Some(lesson), Some(school), None),
        Point::Theory(lesson) => (AgendaItemKind::Theory, Some(lesson), None, None),
        Point::Tips(lesson) => (AgendaItemKind::Tips, Some(lesson), None, None),
        Point::Rehearsal(lesson) => (AgendaItemKind::Rehearsal, Some(lesson), None, None),
        Point::Planning => (AgendaItemKind::Planning, None, None, None),
    };
    let lesson = match about {
        Some(id) => Some(lesson(ctx, id).await?),
        None => None,
    };
    let school = match school {
        Some(id) => Some(School(loaders::present(ctx, id).await?)),
        None => None,
    };
    let text = lesson.as_ref().map(|lesson| lesson.title_text().to_owned());
    let done = experience.as_ref().map_or(held, |experience| experience.0.discussed_at.is_some());
    let done = done && kind != AgendaItemKind::NoExperienceYet;
    Ok(AgendaItem { kind, text, lesson, school, experience, done })
}
