//! What families and the school have with each other.

use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::{Case, by_id, by_ids, on, referring, retitled};

/// So many minutes after a time in the school year of the seeds.
fn in_a_month(minutes: i64) -> String {
    (Utc::now() + TimeDelta::days(33) + TimeDelta::minutes(minutes)).to_rfc3339()
}

pub(super) fn partners(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "partnershipUpdate" => on("Partnership", |id, _| json!({ "id": id, "needsIntake": true })),
        "talkChoiceSet" => on("Student", |id, _| json!({ "student": id, "apart": true })),
        "conversationSchedule" => on("Student", |id, _| {
            json!({ "student": id, "kind": "PROGRESS", "mode": "PHONE",
                "startsAt": in_a_month(0), "endsAt": in_a_month(20) })
        }),
        "conversationUpdate" => on("Conversation", |id, _| json!({ "id": id, "location": "Aula" })),
        "conversationRecord" => {
            on("Conversation", |id, _| json!({ "id": id, "attendance": [], "summary": "Het gaat goed." }))
        }
        "conversationRespond" => on("Conversation", |id, _| json!({ "id": id, "answer": "ACCEPTED" })),
        "agreementComment" => on("Agreement", |id, _| json!({ "id": id, "comment": "Dat lukt." })),
        "agreementMark" => on("Agreement", |id, _| json!({ "id": id, "kept": true })),
        "goalPropose" => on("Partnership", |id, _| json!({ "partnership": id, "text": "Hij leest elke dag." })),
        "conversationCancel" => on("Conversation", by_id),
        "agreementConfirm" => on("Agreement", by_id),
        "goalAgree" => on("Goal", by_id),
        "goalMark" => on("Goal", |id, _| json!({ "id": id, "achieved": true })),
        "feedRead" => on("Announcement", by_ids),
        "notificationsRead" => on("Notification", by_ids),
        "deadDeliveriesReplay" => on("DeadDelivery", by_ids),
        _ => return None,
    })
}

pub(super) fn announcements(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "announcementCreate" => referring("School", |id, board| {
            json!({ "title": "Sneeuw", "body": "De school is dicht.",
                "audience": { "include": [id], "exclude": [board.groups[0]] } })
        }),
        "announcementUpdate" => on("Announcement", retitled),
        "surveyUpdate" => on("Survey", retitled),
        "announcementPublish" | "announcementWithdraw" | "announcementAcknowledge" => on("Announcement", by_id),
        "surveyOpen" | "surveyClose" => on("Survey", by_id),
        "announcementCorrect" => {
            on("Announcement", |id, _| json!({ "id": id, "title": "Anders", "note": "De dag was verkeerd." }))
        }
        "announcementRead" => on("Announcement", by_ids),
        "surveyCreate" => referring("School", |id, board| {
            json!({ "title": "Overblijven", "closesAt": Utc::now() + TimeDelta::days(7),
                "audience": { "include": [id], "exclude": [board.groups[0]] },
                "questions": [{ "kind": "TEXT", "text": "Wat kan beter?" }] })
        }),
        "surveyRespond" => referring(
            "Survey",
            |id, board| json!({ "survey": id, "answers": [{ "question": board.questions[0], "text": "Niets." }] }),
        ),
        _ => return None,
    })
}

pub(super) fn contact(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "contactRulesUpdate" => on("School", |id, _| json!({ "school": id, "replyTermDays": 2 })),
        "threadStart" => referring("Student", |id, board| {
            json!({ "student": id, "subject": "Gym", "body": "Morgen gymles.",
                "participants": [board.teacher.person] })
        }),
        "messageSend" => on("Thread", |id, _| json!({ "thread": id, "body": "Goed." })),
        "threadRead" | "threadClose" => on("Thread", |id, _| json!({ "thread": id })),
        "contactMomentLog" => referring("Student", |id, board| {
            json!({ "student": id, "guardian": board.guardians[0].person,
                "kind": "PHONE", "tone": "NEUTRAL" })
        }),
        "contactMomentUpdate" => on("ContactMoment", |id, _| json!({ "id": id, "note": "Anders" })),
        "contactMomentDelete" => on("ContactMoment", by_id),
        "concernAcknowledge" => on("Concern", by_id),
        "concernRaise" => on("Student", |id, _| json!({ "student": id, "text": "Vaak moe." })),
        "concernResolve" => on("Concern", |id, _| json!({ "id": id, "resolution": "Gesproken." })),
        _ => return None,
    })
}

pub(super) fn bookings(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "bookingRoundOpen" => referring("ClassGroup", |id, board| {
            json!({ "classGroups": [id], "kind": "PROGRESS", "closesAt": "2031-03-04T16:00:00Z", "slotMinutes": 10,
                "slots": [{ "teacher": board.teacher.person, "times": ["2031-03-05T16:00:00Z"] }] })
        }),
        "bookingRoundUpdate" | "bookingRoundCancel" | "bookingRoundRemind" => on("BookingRound", by_id),
        "eventCancel" => on("Event", by_id),
        "absenceWithdraw" => on("AbsenceNotice", by_id),
        "consentPurposeArchive" => on("ConsentPurpose", by_id),
        // Staff books for the guardian; a guardian may name themselves.
        "slotBook" => referring(
            "Slot",
            |id, board| json!({ "slot": id, "student": board.students[0], "guardian": board.guardians[0].person }),
        ),
        "slotMove" => referring("Slot", |id, board| json!({ "slot": id, "to": board.slots[0] })),
        "slotRelease" => on("Slot", |id, _| json!({ "slot": id })),
        "eventCreate" => on("ClassGroup", |id, _| {
            json!({ "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
                "audience": { "include": [id] } })
        }),
        "eventUpdate" => on("Event", retitled),
        "eventRespond" => on("Event", |id, _| json!({ "event": id, "answer": "YES" })),
        "eventCheckIn" => referring("Event", |id, board| json!({ "event": id, "person": board.guardians[0].person })),
        "absenceReport" => on("Student", |id, _| json!({ "student": id, "startsOn": "2031-03-04", "reason": "SICK" })),
        "consentPurposeCreate" => on("School", |id, _| json!({ "school": id, "text": "Mee op schoolreis" })),
        "consentGive" => referring(
            "ConsentPurpose",
            |id, board| json!({ "purpose": id, "student": board.students[0], "answer": "GRANTED" }),
        ),
        _ => return None,
    })
}
