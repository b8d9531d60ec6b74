//! Cohorts and what happens in them.

use glans_tests::{Who, World};
use serde_json::json;

use super::Create;

pub(super) fn creates(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Director,
            mutation: "cohortCreate",
            node: "cohort",
            in_use: [ours.cohorts[0], theirs.cohorts[0]].map(|id| id.to_string()),
            amiss: (json!({ "name": " " }), "REQUIRED name"),
            input: |world, number| {
                let programme = world.ours.published.programme;
                json!({ "name": format!("Eigen {number}"), "schools": [world.ours.schools[0]], "programme": programme })
            },
        },
        Create {
            who: Who::Trainer,
            mutation: "meetingPlan",
            node: "meeting",
            in_use: [ours.meetings[0], theirs.meetings[0]].map(|id| id.to_string()),
            amiss: (json!({ "endsAt": "2031-03-04T13:00:00Z" }), "INVALID endsAt"),
            input: |world, _| {
                json!({
                    "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson],
                    "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z",
                })
            },
        },
        Create {
            who: Who::Leader,
            mutation: "teamSessionPlan",
            node: "teamSession",
            in_use: [ours.sessions[0], theirs.sessions[0]].map(|id| id.to_string()),
            amiss: (json!({ "endsAt": "2031-03-04T13:00:00Z" }), "INVALID endsAt"),
            input: |world, _| {
                json!({
                    "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson,
                    "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T15:00:00Z",
                })
            },
        },
        Create {
            who: Who::Leader,
            mutation: "experienceShare",
            node: "experience",
            in_use: [ours.experiences[0], theirs.experiences[0]].map(|id| id.to_string()),
            amiss: (json!({ "text": " " }), "REQUIRED text"),
            input: |world, _| {
                let (school, lesson) = (world.ours.school_cohorts[0], world.ours.published.lesson);
                json!({ "schoolCohort": school, "lesson": lesson, "kind": "TIP", "text": "Zet stoelen klaar." })
            },
        },
        Create {
            who: Who::Leader,
            mutation: "experienceComment",
            node: "comment",
            in_use: [ours.comments[0], theirs.comments[0]].map(|id| id.to_string()),
            amiss: (json!({ "text": " " }), "REQUIRED text"),
            input: |world, _| json!({ "experience": world.ours.experiences[0], "text": "Dat proberen wij ook." }),
        },
    ]
}
