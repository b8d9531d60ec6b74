//! People, what they are to each other, and clients.

use glans_tests::{Who, World};
use serde_json::json;

use super::Create;

pub(super) fn creates(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Leader,
            mutation: "personCreate",
            node: "person",
            in_use: [ours.leader.person, theirs.leader.person].map(|id| id.to_string()),
            amiss: (json!({ "details": { "givenName": " ", "familyName": "Vink" } }), "REQUIRED details.givenName"),
            input: |world, _| {
                let details = json!({ "givenName": "Joost", "familyName": "Vink" });
                json!({ "board": world.ours.id, "school": world.ours.schools[0], "details": details })
            },
        },
        Create {
            who: Who::Leader,
            mutation: "studentCreate",
            node: "student",
            in_use: [ours.students[0], theirs.students[0]].map(|id| id.to_string()),
            amiss: (json!({ "displayName": " " }), "REQUIRED displayName"),
            input: |world, number| json!({ "school": world.ours.schools[0], "displayName": "Fien", "number": number.to_string() }),
        },
        Create {
            who: Who::Leader,
            mutation: "guardianshipCreate",
            node: "guardianship",
            in_use: [ours.guardianships[0], theirs.guardianships[0]].map(|id| id.to_string()),
            amiss: (json!({ "contactPriority": 0 }), "INVALID contactPriority"),
            input: |world, _| {
                let guardian = json!({ "newPerson": { "givenName": "Bas", "familyName": "Vos" } });
                json!({ "student": world.ours.students[0], "guardian": guardian, "relationship": "GRANDPARENT" })
            },
        },
        Create {
            who: Who::Admin,
            mutation: "membershipGrant",
            node: "membership",
            in_use: [ours.memberships[0], theirs.memberships[0]].map(|id| id.to_string()),
            amiss: (json!({ "startsOn": "2031-02-01", "endsOn": "2031-01-01" }), "INVALID endsOn"),
            input: |world, number| {
                let ours = &world.ours;
                let person = [ours.teacher, ours.leader, ours.trainer, ours.distant][number % 4].person;
                json!({ "person": person, "role": "CLUSTER_DIRECTOR", "scope": ours.clusters[0] })
            },
        },
        Create {
            who: Who::Admin,
            mutation: "apiClientCreate",
            node: "apiClient",
            in_use: [ours.client, theirs.client].map(|id| id.to_string()),
            amiss: (json!({ "name": " " }), "REQUIRED name"),
            input: |world, number| json!({ "board": world.ours.id, "name": format!("Eigen {number}"), "scopes": ["LESSONS_READ"] }),
        },
    ]
}
