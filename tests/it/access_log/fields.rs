//! Of every type and field it is known whose record it opens.

use std::collections::BTreeSet;

use glans::graphql::schema;
use glans::people::access_log::Subject;
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use super::opened;
use crate::access::api::{Api, base, needs_argument};
use crate::access::targets::{self, Whose};
use crate::ask::ask;

/// All of which is of the record of a child.
const OF_A_CHILD: [&str; 12] = [
    "AbsenceNotice",
    "Agreement",
    "Concern",
    "Consent",
    "ContactMoment",
    "Conversation",
    "Goal",
    "Guardianship",
    "Message",
    "Partnership",
    "Student",
    "Thread",
];
/// All of which is of the record of a guardian.
const OF_A_GUARDIAN: [&str; 6] = ["AbsenceNotice", "Consent", "ContactMoment", "Guardianship", "Message", "Person"];
/// What is of nobody's record, but for fields that say themselves of whom they tell.
const TELLING_OF_WHOM: [&str; 2] = ["BookingRound", "Slot"];
/// What is to many, of the organisation, of a course, of a program, or the viewer's own; and lines of logs, which say that
/// something was done, and nothing of what was read.
const OF_NOBODY: [&str; 35] = [
    "AccessLogEntry",
    "Announcement",
    "ApiClient",
    "Board",
    "ClassGroup",
    "Cluster",
    "Cohort",
    "Comment",
    "ConsentPurpose",
    "DeadDelivery",
    "Device",
    "Event",
    "Experience",
    "Lesson",
    "Material",
    "Meeting",
    "Membership",
    "MetricExport",
    "MetricQuery",
    "Module",
    "Notification",
    "Programme",
    "ProgrammeEdition",
    "ProgrammeYear",
    "RosterImport",
    "School",
    "SchoolCohort",
    "SchoolYear",
    "Session",
    "Survey",
    "SurveyQuestion",
    "TeamSession",
    "Viewer",
    "WebhookDelivery",
    "WebhookEndpoint",
];
/// What has no id and names a child: the viewer's own, and lists of names. An item of the worklist says whose record it opens.
const NAMING_A_CHILD: [&str; 6] =
    ["AwaitedAnswer", "FeedItem", "GuardianReceipt", "Query", "SurveyResponse", "WorklistItem"];
/// What has no id and names a person: what a guardian answered says whose record it opens; of staff, and of what is to
/// many, nothing is opened.
const NAMING_A_PERSON: [&str; 9] = [
    "AgreementComment",
    "AnnouncementRevision",
    "Attendance",
    "Confirmation",
    "EventGuest",
    "GuardianReceipt",
    "Invitation",
    "PartnershipStep",
    "TalkChoice",
];
/// What a list of names tells, beside the id.
const LISTED: [&str; 19] = [
    "Person.archivedAt",
    "Person.board",
    "Person.createdAt",
    "Person.displayName",
    "Person.erasedAt",
    "Person.familyName",
    "Person.givenName",
    "Person.memberships",
    "Person.updatedAt",
    "Person.version",
    "Person.viewerCanEdit",
    "Student.classGroups",
    "Student.createdAt",
    "Student.displayName",
    "Student.leftOn",
    "Student.school",
    "Student.updatedAt",
    "Student.version",
    "Student.viewerCanEdit",
];

fn is_made_of_others(name: &str) -> bool {
    ["Payload", "Connection", "Edge"].iter().any(|end| name.ends_with(end))
}

#[test]
fn it_is_known_of_every_type_whose_record_it_is() {
    let api = Api::new(&glans::graphql::sdl());
    let known: BTreeSet<&str> =
        OF_A_CHILD.into_iter().chain(OF_A_GUARDIAN).chain(OF_NOBODY).chain(TELLING_OF_WHOM).collect();
    assert_eq!(api.nodes().into_iter().collect::<BTreeSet<_>>(), known, "whose record is it?");
    let naming = |kind: &str| -> Vec<&str> {
        let beside = api.objects().into_iter().filter(|name| !known.contains(name) && !is_made_of_others(name));
        beside.filter(|name| api.fields(name).iter().any(|field| base(&field.ty.node) == kind)).collect()
    };
    assert_eq!(naming("Student"), NAMING_A_CHILD, "what does it tell of the child?");
    assert_eq!(naming("Person"), NAMING_A_PERSON, "what does it tell of a guardian?");
}

/// A new field of one of these types is logged, or stands in the list here.
async fn every_field_but_the_listed_opens_the_record(world: &World) {
    let (api, schema) = (Api::new(&glans::graphql::sdl()), schema());
    let teacher = world.standing(Who::Teacher).await;
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    let kinds: BTreeSet<&str> = OF_A_CHILD.into_iter().chain(OF_A_GUARDIAN).collect();
    let mut silent = Vec::new();
    for kind in kinds {
        let id = targets::id(world, kind, Whose::Own).expect("the seed has one of each");
        let asked = json!({ "id": id });
        let seen = ask(world, Who::Teacher, "query($id: ID!) { node(id: $id) { __typename } }", asked.clone()).await;
        assert_eq!(seen["node"]["__typename"], kind);
        let fields = api.fields(kind).into_iter().filter(|field| !needs_argument(field));
        for field in fields.filter(|field| field.name.node != "id") {
            let name = &field.name.node;
            let below = if api.is_leaf(base(&field.ty.node)) { "" } else { "{ __typename }" };
            let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {name} {below} }} }} }}");
            let records = opened(world, &schema, &teacher, &document, asked.clone()).await;
            let of_child = !OF_A_CHILD.contains(&kind) || records.contains(&Subject::Child(noor));
            let of_guardian = !OF_A_GUARDIAN.contains(&kind) || records.contains(&Subject::Guardian(ilse));
            if !of_child || !of_guardian {
                silent.push(format!("{kind}.{name}"));
            }
        }
    }
    silent.sort();
    assert_eq!(silent, LISTED);
}

on_each_database!(every_field_but_the_listed_opens_the_record);
