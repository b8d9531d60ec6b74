//! Boards and what they consist of.

use glans_tests::{Who, World};
use serde_json::json;

use super::Create;

pub(super) fn creates(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Admin,
            mutation: "boardCreate",
            node: "board",
            in_use: [ours.id, theirs.id].map(|id| id.to_string()),
            amiss: (json!({ "name": " " }), "REQUIRED name"),
            input: |_, number| json!({ "name": format!("Eigen {number}") }),
        },
        Create {
            who: Who::Admin,
            mutation: "clusterCreate",
            node: "cluster",
            in_use: [ours.clusters[0], theirs.clusters[0]].map(|id| id.to_string()),
            amiss: (json!({ "name": " " }), "REQUIRED name"),
            input: |world, number| json!({ "board": world.ours.id, "name": format!("Eigen {number}") }),
        },
        Create {
            who: Who::Admin,
            mutation: "schoolCreate",
            node: "school",
            in_use: [ours.schools[0], theirs.schools[0]].map(|id| id.to_string()),
            amiss: (json!({ "name": " " }), "REQUIRED name"),
            input: |world, number| json!({ "board": world.ours.id, "name": format!("Eigen {number}") }),
        },
        Create {
            who: Who::Admin,
            mutation: "schoolYearCreate",
            node: "schoolYear",
            in_use: [ours.school_year, theirs.school_year].map(|id| id.to_string()),
            amiss: (json!({ "title": " " }), "REQUIRED title"),
            input: |world, number| json!({ "board": world.ours.id, "startsOn": format!("{}-08-01", 2041 + number) }),
        },
        Create {
            who: Who::Leader,
            mutation: "classGroupCreate",
            node: "classGroup",
            in_use: [ours.groups[0], theirs.groups[0]].map(|id| id.to_string()),
            amiss: (json!({ "name": " " }), "REQUIRED name"),
            input: |world, number| {
                let (school, year) = (world.ours.schools[0], world.ours.school_year);
                json!({ "school": school, "schoolYear": year, "name": format!("Eigen {number}"), "grades": [] })
            },
        },
    ]
}
