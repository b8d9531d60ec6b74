//! What every object with an id tells of itself: when it was made and changed, and whether the viewer may edit it.

use std::collections::BTreeSet;

use crate::access::api::Api;

/// Has an id without being found by it: a place in a sync, a part of a report, bytes on their way.
const PASSING: [&str; 3] = ["Change", "EngagementGroup", "UploadCreatePayload"];
/// Nothing that was made: a log says when, the viewer is an account.
const NEVER_MADE: [&str; 3] = ["AccessLogEntry", "MetricQuery", "Viewer"];
/// Made once and for all, as part of something else, or known by a moment of another name.
const MADE_WITH_ANOTHER: [&str; 4] = ["Consent", "Device", "Slot", "SurveyQuestion"];
/// Changed by the program alone, which says by other moments what became of it.
const CHANGED_BY_NOBODY: [&str; 4] = ["DeadDelivery", "MetricExport", "Notification", "WebhookDelivery"];
/// What edits one of a type, after its name.
const EDITS: [&str; 5] = ["Update", "Archive", "Cancel", "Revoke", "Resolve"];
/// Edited, and nobody else's than the viewer's.
const OWN: [&str; 1] = ["Session"];

fn has(api: &Api, of: &str, name: &str) -> bool {
    api.fields(of).iter().any(|field| field.name.node == name)
}

/// The nodes that lack one of these fields.
fn without(api: &Api, fields: &[&str]) -> BTreeSet<String> {
    let lacking = api.nodes().into_iter().filter(|of| fields.iter().any(|name| !has(api, of, name)));
    lacking.map(str::to_owned).collect()
}

fn named<const N: usize>(lists: [&[&str]; N]) -> BTreeSet<String> {
    lists.into_iter().flatten().map(|name| (*name).to_owned()).collect()
}

#[test]
fn what_has_an_id_is_found_by_it() {
    let api = Api::new(&super::committed());
    let nodes: BTreeSet<&str> = api.nodes().into_iter().collect();
    let lost = api.objects().into_iter().filter(|of| has(&api, of, "id") && !nodes.contains(of));
    let lost: Vec<&str> = lost.collect();
    assert_eq!(lost, PASSING);
}

#[test]
fn every_node_says_when_it_was_made_and_changed() {
    let api = Api::new(&super::committed());
    assert_eq!(without(&api, &["createdAt"]), named([&NEVER_MADE, &MADE_WITH_ANOTHER]));
    let unchanging = named([&NEVER_MADE, &MADE_WITH_ANOTHER, &CHANGED_BY_NOBODY]);
    assert_eq!(without(&api, &["updatedAt", "version"]), unchanging);
}

#[test]
fn what_can_be_edited_says_whether_the_viewer_may() {
    let api = Api::new(&super::committed());
    let mutations: BTreeSet<&str> = api.fields("Mutation").into_iter().map(|field| field.name.node.as_str()).collect();
    let is_edited = |of: &String| {
        let name = format!("{}{}", of[..1].to_lowercase(), &of[1..]);
        EDITS.iter().any(|edit| mutations.contains(format!("{name}{edit}").as_str()))
    };
    let silent: Vec<String> = without(&api, &["viewerCanEdit"]).into_iter().filter(is_edited).collect();
    assert_eq!(silent, OWN);
}
