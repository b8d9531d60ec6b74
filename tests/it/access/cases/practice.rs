//! Courses, and the schools that follow them.

use serde_json::json;

use super::{Case, by_id, on, referring, renamed, retitled};

/// The smallest course there is.
const COURSE: &str = "{key: klein, languages: [nl], title: Klein, summary: Klein, years: [{title: Een, modules: [{title: Een,
  goal: Doel, lessons: [{key: een, title: Een, durationMinutes: 30, objectives: [Doel], theory: Tekst, practicalTips: [],
  materials: []}]}]}]}";

pub(super) fn programme(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "programmeImport" => on("Board", |id, _| json!({ "board": id, "document": COURSE })),
        "uploadCreate" => on("Board", |id, _| json!({ "board": id })),
        "programmePublish" => on("Programme", by_id),
        "lessonUpdate" => on("Lesson", retitled),
        "materialUpdate" => on("Material", retitled),
        "materialStateSet" => on("Material", |id, _| json!({ "material": id, "state": "STARTED" })),
        _ => return None,
    })
}

pub(super) fn practice(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "cohortCreate" => referring(
            "School",
            |id, board| json!({ "name": "Cohort Oost", "schools": [id], "programme": board.published.programme }),
        ),
        "cohortUpdate" => on("Cohort", renamed),
        "cohortMigrate" => referring("Cohort", |id, board| json!({ "id": id, "edition": board.published.version })),
        "meetingPlan" => referring("Cohort", |id, board| {
            json!({ "cohort": id, "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z",
                "prepares": [board.published.lesson] })
        }),
        "meetingUpdate" => on("Meeting", |id, _| json!({ "id": id, "location": "Aula" })),
        "teamSessionUpdate" => on("TeamSession", |id, _| json!({ "id": id, "location": "Aula" })),
        "meetingRecord" => on("Meeting", |id, _| json!({ "id": id, "attendance": [] })),
        "teamSessionRecord" => on("TeamSession", |id, _| json!({ "id": id, "attendance": [] })),
        "meetingCancel" => on("Meeting", by_id),
        "teamSessionCancel" => on("TeamSession", by_id),
        "teamSessionPlan" => referring("SchoolCohort", |id, board| {
            json!({ "schoolCohort": id, "lesson": board.published.lesson,
                "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T15:00:00Z" })
        }),
        "occasionRespond" => on("Meeting", |id, _| json!({ "occasion": id, "answer": "ACCEPTED" })),
        "experienceShare" => referring("SchoolCohort", |id, board| {
            json!({ "schoolCohort": id, "lesson": board.published.lesson,
                "kind": "TIP", "text": "Zet stoelen klaar." })
        }),
        "experienceUpdate" => on("Experience", |id, _| json!({ "id": id, "visibility": "BOARD" })),
        "experienceComment" => on("Experience", |id, _| json!({ "experience": id, "text": "Dat proberen wij ook." })),
        "lessonSkip" => referring(
            "SchoolCohort",
            |id, board| json!({ "schoolCohort": id, "lesson": board.published.lesson, "reason": "Al gedaan." }),
        ),
        "lessonReopen" => on(
            "SchoolCohort",
            |id, board| json!({ "schoolCohort": id, "lesson": board.published.lesson, "reason": "Nog eens." }),
        ),
        "cohortSchoolAdd" => referring("Cohort", |id, board| json!({ "cohort": id, "school": board.schools[0] })),
        "cohortSchoolRemove" => on("Cohort", |id, board| json!({ "cohort": id, "school": board.schools[0] })),
        _ => return None,
    })
}
