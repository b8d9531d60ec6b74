//! The organisation, its people, and the programs that act for it.

use serde_json::json;

use super::{Case, by_id, on, on_nothing, referring, renamed};

pub(super) fn organisation(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "boardCreate" => on_nothing(|_, _| json!({ "name": "De Poolster" })),
        "boardUpdate" => on("Board", renamed),
        "schoolUpdate" => on("School", renamed),
        "clusterUpdate" => on("Cluster", renamed),
        "classGroupUpdate" => on("ClassGroup", renamed),
        "boardArchive" => on("Board", by_id),
        "schoolArchive" => on("School", by_id),
        "clusterArchive" => on("Cluster", by_id),
        "classGroupArchive" => on("ClassGroup", by_id),
        "schoolCreate" => on("Board", |id, _| json!({ "board": id, "name": "De Poolster" })),
        "clusterCreate" => on("Board", |id, _| json!({ "board": id, "name": "Oost" })),
        "schoolMove" => referring("School", |id, board| json!({ "id": id, "cluster": board.clusters[1] })),
        "schoolYearCreate" => on("Board", |id, _| json!({ "board": id, "startsOn": "2031-08-01" })),
        "classGroupCreate" => referring(
            "School",
            |id, board| json!({ "school": id, "schoolYear": board.school_year, "name": "7b", "grades": ["7"] }),
        ),
        _ => return None,
    })
}

pub(super) fn people(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "personCreate" => referring("School", |id, board| {
            json!({ "board": board.id, "school": id,
                "details": { "givenName": "Joost", "familyName": "Vink" } })
        }),
        "personUpdate" => on("Person", |id, _| json!({ "id": id, "givenName": "Joost" })),
        "studentCreate" => referring(
            "School",
            |id, board| json!({ "school": id, "displayName": "Fien", "classGroups": [board.groups[0]] }),
        ),
        "studentUpdate" => on("Student", |id, _| json!({ "id": id, "displayName": "Fien" })),
        "personArchive" | "personErase" | "personExport" => on("Person", by_id),
        "studentLeave" => on("Student", by_id),
        "guardianshipEnd" => on("Guardianship", by_id),
        "rosterImportRollback" => on("RosterImport", by_id),
        "enrolmentSet" => referring("Student", |id, board| json!({ "student": id, "classGroups": [board.groups[0]] })),
        "guardianshipCreate" => referring("Student", |id, board| {
            json!({ "student": id, "guardian": { "id": board.guardians[1].person },
                "relationship": "GRANDPARENT" })
        }),
        "guardianshipUpdate" => on("Guardianship", |id, _| json!({ "id": id, "access": "ON_REQUEST" })),
        "rosterImportStart" => on("Board", |id, _| json!({ "board": id })),
        "exportStart" => on("School", |id, _| {
            json!({ "scope": id, "metrics": ["REACH"], "from": "2026-08-01", "to": "2026-08-31",
                "format": "CSV" })
        }),
        _ => return None,
    })
}

pub(super) fn identity(mutation: &str) -> Option<Case> {
    Some(match mutation {
        "invitationCreate" => on("Person", |id, _| json!({ "person": id, "delivery": "PAPER" })),
        "membershipGrant" => {
            referring("Person", |id, board| json!({ "person": id, "role": "TEACHER", "scope": board.groups[0] }))
        }
        "membershipRevoke" => on("Membership", by_id),
        "apiClientSecretRotate" | "apiClientRevoke" => on("ApiClient", by_id),
        "webhookEndpointDelete"
        | "webhookEndpointSecretRotate"
        | "webhookEndpointEnable"
        | "webhookEndpointDisable"
        | "webhookEndpointTest" => on("WebhookEndpoint", by_id),
        "webhookDeliveryReplay" => on("WebhookDelivery", by_id),
        "webhookEndpointCreate" => on(
            "ApiClient",
            |id, _| json!({ "client": id, "url": "https://hooks.example.org/", "events": ["LESSON_TAUGHT"] }),
        ),
        "webhookEndpointUpdate" => on("WebhookEndpoint", |id, _| json!({ "id": id, "description": "Anders" })),
        "apiClientCreate" => referring("Board", |id, board| {
            json!({ "board": id, "name": "Nieuw", "scopes": ["LESSONS_READ"],
                "schools": [board.schools[0]] })
        }),
        _ => return None,
    })
}
