//! What leaves the program.

use glans_tests::{Who, World};
use serde_json::json;

use super::Create;

pub(super) fn creates(world: &World) -> Vec<Create> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    vec![
        Create {
            who: Who::Admin,
            mutation: "webhookEndpointCreate",
            node: "webhookEndpoint",
            in_use: [ours.webhook_endpoint, theirs.webhook_endpoint].map(|id| id.to_string()),
            amiss: (json!({ "events": [] }), "REQUIRED events"),
            input: |world, _| json!({ "client": world.ours.client, "url": "https://hooks.example.org/", "events": ["LESSON_TAUGHT"] }),
        },
        Create {
            who: Who::Admin,
            mutation: "exportStart",
            node: "metricExport",
            in_use: [ours.export, theirs.export].map(|id| id.to_string()),
            amiss: (json!({ "metrics": [] }), "REQUIRED metrics"),
            input: |world, _| {
                json!({
                    "scope": world.ours.schools[0], "metrics": ["REACH"], "format": "CSV",
                    "from": "2026-08-01", "to": "2026-08-31",
                })
            },
        },
    ]
}
