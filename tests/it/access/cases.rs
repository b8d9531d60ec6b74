//! What to send to each root field.
//!
//! A query that takes an id is asked for each of [`Whose`](super::targets::Whose); one that takes nothing is asked as it
//! is. A mutation has an input here: it fails the matrix until it has one.

use async_graphql::parser::types::FieldDefinition;
use glans_tests::seed::Board;
use serde_json::{Value, json};

use super::api::base;

/// How a root field of `Query` is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// With nothing.
    Plain,
    /// With the id of something of this type under this argument.
    ById { argument: String, of_type: String },
}

/// How to ask this field of `Query`; none where nobody said how.
pub(crate) fn reading(field: &FieldDefinition) -> Option<Reading> {
    let by_id = |argument: &str, of_type: &str| {
        Some(Reading::ById { argument: argument.to_owned(), of_type: of_type.to_owned() })
    };
    match field.name.node.as_str() {
        "engagement" => {
            return by_id("input: { metrics: [REACH], from: \"2026-01-01\", to: \"2026-06-30\" }, scope", "Board");
        }
        "lessonEffect" => return by_id("lesson: $lesson, metric: REACH, scope", "Board"),
        "worklist" => return by_id("kind: NOT_YET, classGroup", "ClassGroup"),
        _ => {}
    }
    let ids = |required: bool| {
        field
            .arguments
            .iter()
            .map(|argument| &argument.node)
            .find(move |argument| base(&argument.ty.node) == "ID" && (!required || !argument.ty.node.nullable))
    };
    let unmet = field.arguments.iter().any(|argument| {
        let argument = &argument.node;
        !argument.ty.node.nullable && argument.default_value.is_none() && base(&argument.ty.node) != "ID"
    });
    if unmet {
        return None;
    }
    let returned = base(&field.ty.node);
    match ids(true).or_else(|| ids(false)) {
        None => Some(Reading::Plain),
        Some(argument) => {
            let argument = argument.name.node.to_string();
            let of_type = if argument.starts_with("id") { returned.to_owned() } else { pascal(&argument) };
            Some(Reading::ById { argument, of_type })
        }
    }
}

/// How a subscription is asked for; none where nobody said how.
pub(crate) fn followed(subscription: &str) -> Option<Reading> {
    let of = |argument: &str, of_type: &str| {
        Some(Reading::ById { argument: argument.to_owned(), of_type: of_type.to_owned() })
    };
    match subscription {
        "rosterImportProgressed" => of("id", "RosterImport"),
        "lessonProgressChanged" => of("cohort", "Cohort"),
        "messageReceived" => of("thread", "Thread"),
        "notificationReceived" => Some(Reading::Plain),
        _ => None,
    }
}

fn pascal(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

/// The type whose id a mutation takes; none where it takes none.
pub(crate) fn subject(mutation: &str) -> Option<&'static str> {
    Some(match mutation {
        "boardUpdate" | "boardArchive" | "schoolCreate" | "clusterCreate" | "schoolYearCreate" | "apiClientCreate"
        | "programmeImport" | "rosterImportStart" | "uploadCreate" => "Board",
        "clusterUpdate" | "clusterArchive" => "Cluster",
        "schoolUpdate"
        | "schoolArchive"
        | "schoolMove"
        | "classGroupCreate"
        | "personCreate"
        | "studentCreate"
        | "cohortCreate"
        | "contactRulesUpdate"
        | "announcementCreate"
        | "surveyCreate"
        | "consentPurposeCreate"
        | "exportStart" => "School",
        "classGroupUpdate" | "classGroupArchive" | "bookingRoundOpen" | "eventCreate" => "ClassGroup",
        "personUpdate" | "personArchive" | "personErase" | "personExport" | "invitationCreate" | "membershipGrant" => {
            "Person"
        }
        "studentUpdate"
        | "studentLeave"
        | "enrolmentSet"
        | "guardianshipCreate"
        | "talkChoiceSet"
        | "conversationSchedule"
        | "threadStart"
        | "contactMomentLog"
        | "absenceReport"
        | "concernRaise" => "Student",
        "guardianshipUpdate" | "guardianshipEnd" => "Guardianship",
        "membershipRevoke" => "Membership",
        "apiClientSecretRotate" | "apiClientRevoke" | "webhookEndpointCreate" => "ApiClient",
        "webhookEndpointUpdate"
        | "webhookEndpointDelete"
        | "webhookEndpointSecretRotate"
        | "webhookEndpointEnable"
        | "webhookEndpointDisable"
        | "webhookEndpointTest" => "WebhookEndpoint",
        "webhookDeliveryReplay" => "WebhookDelivery",
        "rosterImportRollback" => "RosterImport",
        "programmePublish" => "Programme",
        "cohortUpdate" | "cohortMigrate" | "cohortSchoolAdd" | "cohortSchoolRemove" | "meetingPlan" => "Cohort",
        "meetingUpdate" | "meetingRecord" | "meetingCancel" | "occasionRespond" => "Meeting",
        "teamSessionPlan" | "experienceShare" | "lessonSkip" | "lessonReopen" => "SchoolCohort",
        "teamSessionUpdate" | "teamSessionRecord" | "teamSessionCancel" => "TeamSession",
        "experienceUpdate" | "experienceComment" => "Experience",
        "partnershipUpdate" | "goalPropose" => "Partnership",
        "conversationUpdate" | "conversationRecord" | "conversationCancel" | "conversationRespond" => "Conversation",
        "agreementConfirm" | "agreementComment" | "agreementMark" => "Agreement",
        "goalAgree" | "goalMark" => "Goal",
        "notificationsRead" => "Notification",
        "deadDeliveriesReplay" => "DeadDelivery",
        "messageSend" | "threadRead" | "threadClose" => "Thread",
        "contactMomentUpdate" | "contactMomentDelete" => "ContactMoment",
        "concernAcknowledge" | "concernResolve" => "Concern",
        "eventUpdate" | "eventCancel" | "eventRespond" | "eventCheckIn" => "Event",
        "absenceWithdraw" => "AbsenceNotice",
        "consentPurposeArchive" | "consentGive" => "ConsentPurpose",
        "bookingRoundUpdate" | "bookingRoundCancel" | "bookingRoundRemind" => "BookingRound",
        "slotBook" | "slotMove" | "slotRelease" => "Slot",
        "lessonUpdate" => "Lesson",
        "materialUpdate" | "materialStateSet" => "Material",
        "surveyUpdate" | "surveyOpen" | "surveyClose" | "surveyRespond" => "Survey",
        "announcementUpdate"
        | "announcementPublish"
        | "announcementCorrect"
        | "announcementWithdraw"
        | "announcementRead"
        | "announcementAcknowledge"
        | "feedRead" => "Announcement",
        _ => return None,
    })
}

/// The smallest course there is.
const COURSE: &str = "{key: klein, languages: [nl], title: Klein, summary: Klein, years: [{title: Een, modules: [{title: Een,
  goal: Doel, lessons: [{key: een, title: Een, durationMinutes: 30, objectives: [Doel], theory: Tekst, practicalTips: [],
  materials: []}]}]}]}";

/// Mutations whose input refers to something else too, which may lie in another board.
pub(crate) const REFERRING: &[&str] = &[
    "schoolMove",
    "classGroupCreate",
    "personCreate",
    "studentCreate",
    "enrolmentSet",
    "guardianshipCreate",
    "apiClientCreate",
    "membershipGrant",
    "cohortCreate",
    "cohortMigrate",
    "cohortSchoolAdd",
    "meetingPlan",
    "teamSessionPlan",
    "experienceShare",
    "lessonSkip",
    "announcementCreate",
    "surveyCreate",
    "surveyRespond",
    "threadStart",
    "contactMomentLog",
    "bookingRoundOpen",
    "slotBook",
    "slotMove",
    "eventCheckIn",
    "consentGive",
];

/// A sound input over the id of a [`subject`], so that nothing but the right to do it stands between the actor and the
/// deed; what else it refers to is of `referred`. None where nobody said what to send.
pub(crate) fn input(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    organisation(mutation, id, referred)
        .or_else(|| people(mutation, id, referred))
        .or_else(|| identity(mutation, id, referred))
        .or_else(|| programme(mutation, id))
        .or_else(|| practice(mutation, id, referred))
        .or_else(|| partners(mutation, id))
        .or_else(|| announcements(mutation, id, referred))
        .or_else(|| contact(mutation, id, referred))
        .or_else(|| bookings(mutation, id, referred))
}

fn partners(mutation: &str, id: &str) -> Option<Value> {
    Some(match mutation {
        "partnershipUpdate" => json!({ "id": id, "needsIntake": true }),
        "talkChoiceSet" => json!({ "student": id, "apart": true }),
        "conversationSchedule" => json!({
            "student": id, "kind": "PROGRESS", "mode": "PHONE",
            "startsAt": in_a_month(0), "endsAt": in_a_month(20),
        }),
        "conversationUpdate" => json!({ "id": id, "location": "Aula" }),
        "conversationRecord" => json!({ "id": id, "attendance": [], "summary": "Het gaat goed." }),
        "conversationRespond" => json!({ "id": id, "answer": "ACCEPTED" }),
        "agreementComment" => json!({ "id": id, "comment": "Dat lukt." }),
        "agreementMark" => json!({ "id": id, "kept": true }),
        "goalPropose" => json!({ "partnership": id, "text": "Hij leest elke dag." }),
        "conversationCancel" | "agreementConfirm" | "goalAgree" => json!({ "id": id }),
        "goalMark" => json!({ "id": id, "achieved": true }),
        "feedRead" | "notificationsRead" | "deadDeliveriesReplay" => json!({ "ids": [id] }),
        _ => return None,
    })
}

/// So many minutes after a time in the school year of the seeds.
fn in_a_month(minutes: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(33) + chrono::TimeDelta::minutes(minutes)).to_rfc3339()
}

fn bookings(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    Some(match mutation {
        "bookingRoundOpen" => json!({
            "classGroups": [id], "kind": "PROGRESS", "closesAt": "2031-03-04T16:00:00Z", "slotMinutes": 10,
            "slots": [{ "teacher": referred.teacher.person.to_string(), "times": ["2031-03-05T16:00:00Z"] }],
        }),
        "bookingRoundUpdate"
        | "bookingRoundCancel"
        | "bookingRoundRemind"
        | "eventCancel"
        | "absenceWithdraw"
        | "consentPurposeArchive" => json!({ "id": id }),
        // Staff books for the guardian; a guardian may name themselves.
        "slotBook" => json!({
            "slot": id, "student": referred.students[0].to_string(),
            "guardian": referred.guardians[0].person.to_string(),
        }),
        "slotMove" => json!({ "slot": id, "to": referred.slots[0].to_string() }),
        "slotRelease" => json!({ "slot": id }),
        "eventCreate" => json!({
            "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
            "audience": { "include": [id] },
        }),
        "eventUpdate" => json!({ "id": id, "title": "Anders" }),
        "eventRespond" => json!({ "event": id, "answer": "YES" }),
        "eventCheckIn" => json!({ "event": id, "person": referred.guardians[0].person.to_string() }),
        "absenceReport" => json!({ "student": id, "startsOn": "2031-03-04", "reason": "SICK" }),
        "consentPurposeCreate" => json!({ "school": id, "text": "Mee op schoolreis" }),
        "consentGive" => {
            json!({ "purpose": id, "student": referred.students[0].to_string(), "answer": "GRANTED" })
        }
        _ => return None,
    })
}

fn organisation(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    Some(match mutation {
        "boardCreate" => json!({ "name": "De Poolster" }),
        "boardUpdate" | "schoolUpdate" | "clusterUpdate" | "classGroupUpdate" => json!({ "id": id, "name": "Anders" }),
        "boardArchive" | "schoolArchive" | "clusterArchive" | "classGroupArchive" => json!({ "id": id }),
        "schoolCreate" => json!({ "board": id, "name": "De Poolster" }),
        "clusterCreate" => json!({ "board": id, "name": "Oost" }),
        "schoolMove" => json!({ "id": id, "cluster": referred.clusters[1].to_string() }),
        "schoolYearCreate" => json!({ "board": id, "startsOn": "2031-08-01" }),
        "classGroupCreate" => {
            json!({ "school": id, "schoolYear": referred.school_year.to_string(), "name": "7b", "grades": ["7"] })
        }
        _ => return None,
    })
}

fn people(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    let group = referred.groups[0].to_string();
    Some(match mutation {
        "personCreate" => {
            json!({ "board": referred.id.to_string(), "school": id, "details": { "givenName": "Joost", "familyName": "Vink" } })
        }
        "personUpdate" => json!({ "id": id, "givenName": "Joost" }),
        "studentCreate" => json!({ "school": id, "displayName": "Fien", "classGroups": [group] }),
        "studentUpdate" => json!({ "id": id, "displayName": "Fien" }),
        "personArchive"
        | "personErase"
        | "personExport"
        | "studentLeave"
        | "guardianshipEnd"
        | "rosterImportRollback" => {
            json!({ "id": id })
        }
        "enrolmentSet" => json!({ "student": id, "classGroups": [group] }),
        "guardianshipCreate" => {
            let guardian = json!({ "id": referred.guardians[1].person.to_string() });
            json!({ "student": id, "guardian": guardian, "relationship": "GRANDPARENT" })
        }
        "guardianshipUpdate" => json!({ "id": id, "access": "ON_REQUEST" }),
        "rosterImportStart" => json!({ "board": id }),
        "exportStart" => {
            json!({ "scope": id, "metrics": ["REACH"], "from": "2026-08-01", "to": "2026-08-31", "format": "CSV" })
        }
        _ => return None,
    })
}

fn identity(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    Some(match mutation {
        "invitationCreate" => json!({ "person": id, "delivery": "PAPER" }),
        "membershipGrant" => json!({ "person": id, "role": "TEACHER", "scope": referred.groups[0].to_string() }),
        "membershipRevoke"
        | "apiClientSecretRotate"
        | "apiClientRevoke"
        | "webhookEndpointDelete"
        | "webhookEndpointSecretRotate"
        | "webhookEndpointEnable"
        | "webhookEndpointDisable"
        | "webhookEndpointTest"
        | "webhookDeliveryReplay" => json!({ "id": id }),
        "webhookEndpointCreate" => {
            json!({ "client": id, "url": "https://hooks.example.org/", "events": ["LESSON_TAUGHT"] })
        }
        "webhookEndpointUpdate" => json!({ "id": id, "description": "Anders" }),
        "apiClientCreate" => {
            let schools = [referred.schools[0].to_string()];
            json!({ "board": id, "name": "Nieuw", "scopes": ["LESSONS_READ"], "schools": schools })
        }
        _ => return None,
    })
}

fn programme(mutation: &str, id: &str) -> Option<Value> {
    Some(match mutation {
        "programmeImport" => json!({ "board": id, "document": COURSE }),
        "uploadCreate" => json!({ "board": id }),
        "programmePublish" => json!({ "id": id }),
        "lessonUpdate" | "materialUpdate" => json!({ "id": id, "title": "Anders" }),
        "materialStateSet" => json!({ "material": id, "state": "STARTED" }),
        _ => return None,
    })
}

fn practice(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    Some(match mutation {
        "cohortCreate" => {
            json!({ "name": "Cohort Oost", "schools": [id], "programme": referred.published.programme.to_string() })
        }
        "cohortUpdate" => json!({ "id": id, "name": "Anders" }),
        "cohortMigrate" => json!({ "id": id, "edition": referred.published.version.to_string() }),
        "meetingPlan" => json!({
            "cohort": id, "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z",
            "prepares": [referred.published.lesson.to_string()],
        }),
        "meetingUpdate" | "teamSessionUpdate" => json!({ "id": id, "location": "Aula" }),
        "meetingRecord" | "teamSessionRecord" => json!({ "id": id, "attendance": [] }),
        "meetingCancel" | "teamSessionCancel" => json!({ "id": id }),
        "teamSessionPlan" => json!({
            "schoolCohort": id, "lesson": referred.published.lesson.to_string(),
            "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T15:00:00Z",
        }),
        "occasionRespond" => json!({ "occasion": id, "answer": "ACCEPTED" }),
        "experienceShare" => json!({
            "schoolCohort": id, "lesson": referred.published.lesson.to_string(), "kind": "TIP", "text": "Zet stoelen klaar.",
        }),
        "experienceUpdate" => json!({ "id": id, "visibility": "BOARD" }),
        "experienceComment" => json!({ "experience": id, "text": "Dat proberen wij ook." }),
        "lessonSkip" => {
            json!({ "schoolCohort": id, "lesson": referred.published.lesson.to_string(), "reason": "Al gedaan." })
        }
        "lessonReopen" => {
            json!({ "schoolCohort": id, "lesson": referred.published.lesson.to_string(), "reason": "Nog eens." })
        }
        "cohortSchoolAdd" | "cohortSchoolRemove" => {
            json!({ "cohort": id, "school": referred.schools[0].to_string() })
        }
        _ => return None,
    })
}

fn announcements(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    Some(match mutation {
        "announcementCreate" => json!({
            "title": "Sneeuw", "body": "De school is dicht.",
            "audience": { "include": [id], "exclude": [referred.groups[0].to_string()] },
        }),
        "announcementUpdate" | "surveyUpdate" => json!({ "id": id, "title": "Anders" }),
        "announcementPublish" | "announcementWithdraw" | "announcementAcknowledge" | "surveyOpen" | "surveyClose" => {
            json!({ "id": id })
        }
        "announcementCorrect" => json!({ "id": id, "title": "Anders", "note": "De dag was verkeerd." }),
        "announcementRead" => json!({ "ids": [id] }),
        "surveyCreate" => json!({
            "title": "Overblijven", "closesAt": chrono::Utc::now() + chrono::TimeDelta::days(7),
            "audience": { "include": [id], "exclude": [referred.groups[0].to_string()] },
            "questions": [{ "kind": "TEXT", "text": "Wat kan beter?" }],
        }),
        "surveyRespond" => {
            json!({ "survey": id, "answers": [{ "question": referred.questions[0].to_string(), "text": "Niets." }] })
        }
        _ => return None,
    })
}

fn contact(mutation: &str, id: &str, referred: &Board) -> Option<Value> {
    Some(match mutation {
        "contactRulesUpdate" => json!({ "school": id, "replyTermDays": 2 }),
        "threadStart" => json!({
            "student": id, "subject": "Gym", "body": "Morgen gymles.", "participants": [referred.teacher.person.to_string()],
        }),
        "messageSend" => json!({ "thread": id, "body": "Goed." }),
        "threadRead" | "threadClose" => json!({ "thread": id }),
        "contactMomentLog" => json!({
            "student": id, "guardian": referred.guardians[0].person.to_string(), "kind": "PHONE", "tone": "NEUTRAL",
        }),
        "contactMomentUpdate" => json!({ "id": id, "note": "Anders" }),
        "contactMomentDelete" | "concernAcknowledge" => json!({ "id": id }),
        "concernRaise" => json!({ "student": id, "text": "Vaak moe." }),
        "concernResolve" => json!({ "id": id, "resolution": "Gesproken." }),
        _ => return None,
    })
}

/// Mutations about oneself or by a secret, not about a row that somebody else may have: their own tests say who may.
pub(crate) const ABOUT_ONESELF: &[&str] = &[
    "sessionCreate",
    "sessionRefresh",
    "sessionRevoke",
    "passwordChange",
    "passwordResetRequest",
    "passwordReset",
    "invitationAccept",
    "profileUpdate",
    "calendarFeedRenew",
    "calendarFeedRevoke",
    "deviceRegister",
    "deviceRemove",
    "notificationPreferencesUpdate",
];
