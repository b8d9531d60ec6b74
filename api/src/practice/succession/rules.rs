//! Which lesson takes the place of which. Pure.

use std::collections::{BTreeMap, BTreeSet};

use glans_entity::ids::LessonId;

use super::types::LessonSuccessionInput;
use crate::platform::error::{Error, Refusal, Result, UserErrorCode, refusal};
use crate::programme::content::{Content, Part};

/// A lesson of the present edition to its successor; no two have the same.
pub(super) type Succession = BTreeMap<LessonId, LessonId>;

/// What the user says of it.
#[derive(Debug, Default)]
pub(super) struct Said<'i> {
    pub(super) lessons: &'i [LessonSuccessionInput],
    pub(super) ended: &'i [async_graphql::ID],
}

/// Which lesson of `from` takes the place of which in `to`: as said, else the one with the same key.
///
/// # Errors
/// All at once: a lesson of another edition, one that is named twice, one with two predecessors, and lessons of `lived`,
/// with which something happened, that would have neither a successor nor an end.
pub(super) fn succession(
    from: &Content,
    to: &Content,
    said: &Said<'_>,
    lived: &BTreeSet<LessonId>,
) -> Result<Succession> {
    let mut refusals = Vec::new();
    let mut succession = as_said(from, to, said.lessons, &mut refusals);
    let mut ended = BTreeSet::new();
    for (at, id) in said.ended.iter().enumerate() {
        let field = format!("ended.{at}");
        match lesson_in(from, id) {
            None => refusals.push(refusal(UserErrorCode::NotFound, &field, "The cohort has no such lesson.")),
            Some(lesson) if succession.contains_key(&lesson) => {
                let message = "This lesson has a successor: it cannot end.";
                refusals.push(refusal(UserErrorCode::Invalid, &field, message));
            }
            Some(lesson) => _ = ended.insert(lesson),
        }
    }
    let taken: BTreeSet<LessonId> = succession.values().copied().collect();
    let mut forgotten = Vec::new();
    for lesson in from.lessons.iter().map(|lesson| &lesson.row) {
        if succession.contains_key(&lesson.id) || ended.contains(&lesson.id) {
            continue;
        }
        let same = to.lessons.iter().map(|other| &other.row).find(|other| other.key == lesson.key);
        match same.filter(|other| !taken.contains(&other.id)) {
            Some(successor) => _ = succession.insert(lesson.id, successor.id),
            None if lived.contains(&lesson.id) => forgotten.push(lesson.title.in_language([])),
            None => {}
        }
    }
    if !forgotten.is_empty() {
        let message = format!(
            "Something happened with these lessons already. Name the successor of each, or let it end: {}.",
            forgotten.join("; ")
        );
        refusals.push(refusal(UserErrorCode::Conflict, "lessons", message));
    }
    if refusals.is_empty() { Ok(succession) } else { Err(Error::Refused(refusals)) }
}

fn as_said(from: &Content, to: &Content, lessons: &[LessonSuccessionInput], refusals: &mut Vec<Refusal>) -> Succession {
    let (mut succession, mut taken) = (Succession::new(), BTreeSet::new());
    for (at, said) in lessons.iter().enumerate() {
        let (lesson, successor) = (lesson_in(from, &said.lesson), lesson_in(to, &said.successor));
        let mut refuse = |code, field, message| refusals.push(refusal(code, &format!("lessons.{at}.{field}"), message));
        if lesson.is_none() {
            refuse(UserErrorCode::NotFound, "lesson", "The cohort has no such lesson.");
        }
        if successor.is_none() {
            refuse(UserErrorCode::NotFound, "successor", "The new edition has no such lesson.");
        }
        let (Some(lesson), Some(successor)) = (lesson, successor) else { continue };
        if succession.insert(lesson, successor).is_some() {
            refuse(UserErrorCode::Invalid, "lesson", "This lesson is named twice.");
        }
        if !taken.insert(successor) {
            let message = "Two lessons cannot become one: let one of them end.";
            refuse(UserErrorCode::Invalid, "successor", message);
        }
    }
    succession
}

fn lesson_in(course: &Content, id: &str) -> Option<LessonId> {
    let id: LessonId = id.parse().ok()?;
    course.place(Part::Lesson(id)).map(|_| id)
}
