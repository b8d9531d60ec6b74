//! What a meeting may be about.

use glans_entity::ids::LessonId;

use crate::platform::error::{Result, UserErrorCode, refuse};

/// Lessons that one meeting prepares at most, and reviews at most.
pub(super) const MOST_LESSONS: usize = 50;

/// A meeting is about something, and does not look back on what it has yet to prepare.
pub(super) fn must_be_sound(prepares: &[LessonId], reviews: &[LessonId]) -> Result<()> {
    if prepares.is_empty() && reviews.is_empty() {
        let message = "Give at least one lesson that the meeting prepares or reviews.";
        return Err(refuse(UserErrorCode::Required, "prepares", message));
    }
    if reviews.iter().any(|lesson| prepares.contains(lesson)) {
        let message = "A meeting prepares a lesson or reviews it. Take it from one of the lists.";
        return Err(refuse(UserErrorCode::Invalid, "reviews", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meeting_is_about_lessons_that_it_prepares_or_reviews() {
        let (first, second) = (LessonId::new(), LessonId::new());
        assert!(must_be_sound(&[second], &[first]).is_ok());
        assert!(must_be_sound(&[], &[first]).is_ok());
        assert!(must_be_sound(&[first], &[first]).is_err());
        assert!(must_be_sound(&[], &[]).is_err());
    }
}
