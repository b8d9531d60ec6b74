//! What families and schools tell and arrange with each other.

use chrono::TimeDelta;
use glans_tests::{Who, World};
use serde_json::json;

use super::Create;

pub(super) fn creates(world: &World) -> Vec<Create> {
    [arranged(world), told(world)].into_iter().flatten().collect()
}

fn arranged(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Guardian,
            mutation: "absenceReport",
            node: "absenceNotice",
            in_use: [ours.absences[0], theirs.absences[0]].map(|id| id.to_string()),
            amiss: (json!({ "endsOn": "2031-03-01" }), "INVALID endsOn"),
            input: |world, number| {
                let day = format!("2031-03-{:02}", 4 + number);
                json!({ "student": world.ours.students[0], "startsOn": day, "reason": "SICK" })
            },
        },
        Create {
            who: Who::Teacher,
            mutation: "bookingRoundOpen",
            node: "bookingRound",
            in_use: [ours.rounds[0], theirs.rounds[0]].map(|id| id.to_string()),
            amiss: (json!({ "kind": "GOALS" }), "INVALID kind"),
            input: |world, number| {
                let slots = json!({
                    "teacher": world.ours.teacher.person, "times": [format!("2031-03-{:02}T16:00:00Z", 5 + number)],
                });
                json!({
                    "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": "2031-03-04T16:00:00Z",
                    "slotMinutes": 10, "slots": [slots],
                })
            },
        },
        Create {
            who: Who::Leader,
            mutation: "consentPurposeCreate",
            node: "consentPurpose",
            in_use: [ours.purposes[0], theirs.purposes[0]].map(|id| id.to_string()),
            amiss: (json!({ "text": " " }), "REQUIRED text"),
            input: |world, _| json!({ "school": world.ours.schools[0], "text": "Mee op schoolreis" }),
        },
        Create {
            who: Who::Teacher,
            mutation: "conversationSchedule",
            node: "conversation",
            in_use: [ours.partners[0].planned, theirs.partners[0].planned].map(|id| id.to_string()),
            amiss: (json!({ "kind": "GOALS" }), "INVALID kind"),
            input: |world, number| {
                let hour = TimeDelta::hours(i64::try_from(number).expect("a small number"));
                let starts_at = world.app.clock.now() + TimeDelta::days(33) + hour;
                json!({
                    "student": world.ours.students[0], "kind": "PROGRESS", "mode": "PHONE",
                    "startsAt": starts_at, "endsAt": starts_at + TimeDelta::minutes(20),
                })
            },
        },
        Create {
            who: Who::Teacher,
            mutation: "goalPropose",
            node: "goal",
            in_use: [ours.partners[0].goal, theirs.partners[0].goal].map(|id| id.to_string()),
            amiss: (json!({ "text": " " }), "REQUIRED text"),
            input: |world, _| json!({ "partnership": world.ours.partners[0].partnership, "text": "Lezen." }),
        },
    ]
}

fn told(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Leader,
            mutation: "announcementCreate",
            node: "announcement",
            in_use: [ours.announcements[0], theirs.announcements[0]].map(|id| id.to_string()),
            amiss: (json!({ "title": " " }), "REQUIRED title"),
            input: |world, _| {
                let audience = json!({ "include": [world.ours.schools[0]] });
                json!({ "title": "Sneeuw", "body": "De school is dicht.", "audience": audience })
            },
        },
        Create {
            who: Who::Teacher,
            mutation: "concernRaise",
            node: "concern",
            in_use: [ours.concerns[0], theirs.concerns[0]].map(|id| id.to_string()),
            amiss: (json!({ "text": " " }), "REQUIRED text"),
            input: |world, _| json!({ "student": world.ours.students[0], "text": "Vaak moe." }),
        },
        Create {
            who: Who::Teacher,
            mutation: "contactMomentLog",
            node: "contactMoment",
            in_use: [ours.contact_moments[0], theirs.contact_moments[0]].map(|id| id.to_string()),
            amiss: (json!({ "occurredAt": "2099-01-01T00:00:00Z" }), "INVALID occurredAt"),
            input: |world, _| json!({ "student": world.ours.students[0], "kind": "PHONE", "tone": "NEUTRAL" }),
        },
        Create {
            who: Who::Leader,
            mutation: "eventCreate",
            node: "event",
            in_use: [ours.events[0], theirs.events[0]].map(|id| id.to_string()),
            amiss: (json!({ "title": " " }), "REQUIRED title"),
            input: |world, _| {
                json!({
                    "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
                    "audience": { "include": [world.ours.groups[0]] },
                })
            },
        },
        Create {
            who: Who::Teacher,
            mutation: "messageSend",
            node: "message",
            in_use: [ours.messages[0], theirs.messages[0]].map(|id| id.to_string()),
            amiss: (json!({ "body": " " }), "REQUIRED body"),
            input: |world, _| json!({ "thread": world.ours.threads[0], "body": "Dag." }),
        },
        Create {
            who: Who::Leader,
            mutation: "surveyCreate",
            node: "survey",
            in_use: [ours.surveys[0], theirs.surveys[0]].map(|id| id.to_string()),
            amiss: (json!({ "title": " " }), "REQUIRED title"),
            input: |world, _| {
                json!({
                    "title": "Overblijven", "closesAt": world.app.clock.now() + TimeDelta::days(7),
                    "audience": { "include": [world.ours.schools[0]] },
                    "questions": [{ "kind": "TEXT", "text": "Wat kan beter?" }],
                })
            },
        },
        Create {
            who: Who::Teacher,
            mutation: "threadStart",
            node: "thread",
            in_use: [ours.threads[0], theirs.threads[0]].map(|id| id.to_string()),
            amiss: (json!({ "subject": " " }), "REQUIRED subject"),
            input: |world, _| json!({ "student": world.ours.students[0], "subject": "Gym", "body": "Morgen." }),
        },
    ]
}
