//! Whose records an answer opens.

use std::collections::BTreeSet;

use glans::graphql::schema;
use glans::people::access_log::Subject;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::opened;
use crate::access::targets::{self, Whose};
use crate::ask::{act, codes};

async fn a_list_of_names_opens_nothing(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let list = "query($id: ID!) { node(id: $id) { ... on ClassGroup { name
        teachers { displayName memberships { role } }
        students { nodes { id displayName leftOn school { name } classGroups { name } } } } } }";
    let asked = json!({ "id": world.ours.groups[0] });
    assert_eq!(opened(world, &schema, &teacher, list, asked.clone()).await, BTreeSet::new());
    let numbers = "query($id: ID!) { node(id: $id) { ... on ClassGroup { students { nodes { again: number } } } } }";
    let noor = Subject::Child(world.ours.students[0]);
    assert_eq!(opened(world, &schema, &teacher, numbers, asked).await, BTreeSet::from([noor]));
}

/// A count, an id, or that a child stands in a list of those of whom something is missing.
async fn to_be_told_that_there_is_something_opens_the_record(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let noor = Subject::Child(world.ours.students[0]);
    let of_noor = [
        "query($id: ID!) { concerns(student: $id, openOnly: true) { totalCount nodes { id } } }",
        "query($id: ID!) { contactMoments(student: $id) { totalCount nodes { id } } }",
        "query($id: ID!) { threads(student: $id) { totalCount nodes { id } } }",
    ];
    for document in of_noor {
        let asked = json!({ "id": world.ours.students[0] });
        assert_eq!(opened(world, &schema, &teacher, document, asked).await, BTreeSet::from([noor]), "{document}");
        let unknown = json!({ "id": world.theirs.students[0] });
        assert_eq!(opened(world, &schema, &teacher, document, unknown).await, BTreeSet::new(), "{document}");
    }
    let unbooked = "query($id: ID!) { bookingRound(id: $id) { unbookedStudents { displayName } } }";
    let asked = json!({ "id": world.ours.rounds[0] });
    assert_eq!(opened(world, &schema, &teacher, unbooked, asked).await, BTreeSet::from([noor]));
    let fien = Subject::Child(world.child("Fien", 0).await);
    let missing = "query($id: ID!) { worklist(classGroup: $id, kind: UNREACHABLE) { student { displayName } } }";
    let asked = json!({ "id": world.ours.groups[0] });
    assert_eq!(opened(world, &schema, &teacher, missing, asked).await, BTreeSet::from([fien]));
}

async fn who_booked_a_slot_and_for_whom_is_of_their_records(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let (noor, slot) = (world.ours.students[0], world.ours.slots[0]);
    let ask_for = |field: &str| format!("query($id: ID!) {{ node(id: $id) {{ ... on Slot {{ {field} }} }} }}");
    let told = [ask_for("bookedFor { id }"), ask_for("bookedBy { id }")];
    for document in &told {
        assert_eq!(opened(world, &schema, &teacher, document, json!({ "id": slot })).await, BTreeSet::new());
    }
    let done = act(world, Who::Guardian, "slotBook", "slot { id }", json!({ "slot": slot, "student": noor })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
    let records = BTreeSet::from([Subject::Child(noor), Subject::Guardian(world.ours.guardians[0].person)]);
    for document in &told {
        assert_eq!(opened(world, &schema, &teacher, document, json!({ "id": slot })).await, records);
    }
    let times = ask_for("startsAt isAvailable teacher { displayName }");
    assert_eq!(opened(world, &schema, &teacher, &times, json!({ "id": slot })).await, BTreeSet::new());
}

async fn what_a_guardian_wrote_or_answered_is_of_their_record(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let (noor, ilse, partners) = (world.ours.students[0], world.ours.guardians[0].person, world.ours.partners[0]);
    let opened_by = async |told: &str, id: &Value| {
        let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {told} }} }}");
        opened(world, &schema, &teacher, &document, json!({ "id": id })).await
    };
    let worry = json!({ "student": noor, "text": "Zij slaapt slecht." });
    let raised = act(world, Who::Guardian, "concernRaise", "concern { id }", worry).await;
    let apart = json!({ "student": noor, "apart": true });
    for done in [
        &raised,
        &act(world, Who::Guardian, "talkChoiceSet", "", apart).await,
        &act(world, Who::Guardian, "goalAgree", "", json!({ "id": partners.goal })).await,
    ] {
        assert_eq!(codes(done), Vec::<&str>::new());
    }
    let of_both = BTreeSet::from([Subject::Child(noor), Subject::Guardian(ilse)]);
    for (told, id) in [
        ("Message { body }", json!(targets::id(world, "Message", Whose::Own))),
        ("Concern { text }", raised["concern"]["id"].clone()),
        ("Partnership { talkChoices { isApart } }", json!(partners.partnership)),
        ("Partnership { steps { missingGuardians { displayName } } }", json!(partners.partnership)),
        ("Goal { agreedBy { displayName } }", json!(partners.goal)),
        ("Conversation { attendance { status } }", json!(partners.held)),
        ("Agreement { confirmations { confirmedAt } }", json!(partners.agreement)),
        ("Agreement { comments { text } }", json!(partners.agreement)),
    ] {
        assert_eq!(opened_by(told, &id).await, of_both, "{told}");
    }
    let of_staff = opened_by("Concern { text }", &json!(world.ours.concerns[0])).await;
    assert_eq!(of_staff, BTreeSet::from([Subject::Child(noor)]), "staff raised it");
}

async fn an_export_opens_the_records_of_whom_it_names(world: &World) {
    let schema = schema();
    let export = "mutation($id: ID!) { personExport(input: { id: $id }) { exported { madeAt } userErrors { code } } }";
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    let (teacher, admin) = (world.standing(Who::Teacher).await, world.standing(Who::Admin).await);
    let of_teacher = json!({ "id": world.ours.teacher.person });
    for exporter in [&teacher, &admin] {
        let records = opened(world, &schema, exporter, export, of_teacher.clone()).await;
        assert!(records.contains(&Subject::Child(noor)) && records.contains(&Subject::Guardian(ilse)), "{records:?}");
    }
    let records = opened(world, &schema, &admin, export, json!({ "id": ilse })).await;
    assert!(records.contains(&Subject::Child(noor)) && records.contains(&Subject::Guardian(ilse)), "{records:?}");
    let guardian = world.standing(Who::Guardian).await;
    assert_eq!(opened(world, &schema, &guardian, export, json!({ "id": ilse })).await, BTreeSet::new());
}

on_each_database!(
    a_list_of_names_opens_nothing,
    to_be_told_that_there_is_something_opens_the_record,
    who_booked_a_slot_and_for_whom_is_of_their_records,
    what_a_guardian_wrote_or_answered_is_of_their_record,
    an_export_opens_the_records_of_whom_it_names,
);
