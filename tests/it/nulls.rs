//! Null in an update: it clears what can be cleared, and is told of the rest.

use std::collections::BTreeSet;

use glans::graphql;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Map, Value, json};

use crate::ask::{act, ask, refusals};
use crate::schema::walk::{Element, Kind, elements};

/// What null clears, or sets back to the usual.
const CLEARED: [&str; 28] = [
    "announcementUpdate.acknowledgeBy",
    "announcementUpdate.expiresAt",
    "announcementUpdate.urgentReason",
    "boardUpdate.leastShown",
    "boardUpdate.number",
    "contactMomentUpdate.guardian",
    "contactMomentUpdate.note",
    "conversationUpdate.location",
    "eventUpdate.capacity",
    "eventUpdate.description",
    "eventUpdate.location",
    "eventUpdate.respondBy",
    "guardianshipUpdate.contactPriority",
    "guardianshipUpdate.endsOn",
    "materialUpdate.body",
    "materialUpdate.bookReference",
    "materialUpdate.durationMinutes",
    "materialUpdate.url",
    "meetingUpdate.location",
    "notificationPreferencesUpdate.quietFrom",
    "notificationPreferencesUpdate.quietUntil",
    "personUpdate.displayName",
    "personUpdate.email",
    "schoolUpdate.city",
    "studentUpdate.number",
    "surveyUpdate.intro",
    "teamSessionUpdate.location",
    "webhookEndpointUpdate.description",
];
/// No part of what is updated.
const ASIDE: [&str; 4] = ["clientMutationId", "ifVersion", "locale", "namesNobody"];

/// The problems of an update that is given null for all that may be null, of something that is not there.
async fn told_of_nulls(world: &World, name: &str, required: &[&Element], nullable: &[&Element]) -> BTreeSet<String> {
    let ids = required.iter().map(|field| (field.name.clone(), json!("nothing")));
    let nulls = nullable.iter().map(|field| (field.name.clone(), Value::Null));
    let input: Map<String, Value> = ids.chain(nulls).collect();
    let payload = act(world, Who::Admin, name, "", Value::Object(input)).await;
    refusals(&payload).into_iter().filter(|refusal| refusal.starts_with("REQUIRED ")).collect()
}

async fn null_is_told_by_every_update_that_cannot_clear_it(world: &World) {
    let all = elements(&graphql::sdl());
    let mutations = all.iter().filter_map(|element| element.path.strip_prefix("Mutation."));
    let updates: Vec<&str> = mutations.filter_map(|mutation| mutation.strip_suffix("Update(input)")).collect();
    assert!(updates.len() > 20, "the updates are looked for under another name: {updates:?}");
    for update in updates {
        let name = format!("{update}Update");
        let of_type = format!("{}{}UpdateInput.", update[..1].to_uppercase(), &update[1..]);
        let fields = all.iter().filter(|it| it.kind == Kind::InputField && it.path.starts_with(of_type.as_str()));
        let (required, nullable): (Vec<&Element>, Vec<&Element>) = fields.partition(|it| it.of_type.ends_with('!'));
        let kept = nullable.iter().map(|it| it.name.as_str()).filter(|field| {
            let is_cleared = CLEARED.contains(&format!("{name}.{field}").as_str());
            !is_cleared && !ASIDE.contains(field)
        });
        let expected: BTreeSet<String> = kept.map(|field| format!("REQUIRED {field}")).collect();
        assert_eq!(told_of_nulls(world, &name, &required, &nullable).await, expected, "{name}");
    }
}

async fn null_is_told_with_every_other_problem_and_nothing_is_changed(world: &World) {
    let (school, teacher) = (world.ours.schools[0], world.ours.teacher.person);
    let document = "query($id: ID!) { school(id: $id) { name city version } }";
    let before = ask(world, Who::Admin, document, json!({ "id": school })).await;
    let input = json!({ "id": school, "name": null, "city": "Elders" });
    let payload = act(world, Who::Admin, "schoolUpdate", "school { version }", input).await;
    assert_eq!((refusals(&payload), &payload["school"]), (vec!["REQUIRED name".to_owned()], &Value::Null));
    assert_eq!(ask(world, Who::Admin, document, json!({ "id": school })).await, before);

    let input = json!({ "id": teacher, "givenName": null, "familyName": " ", "language": null });
    let payload = act(world, Who::Admin, "personUpdate", "", input).await;
    let told: BTreeSet<String> = refusals(&payload).into_iter().collect();
    let expected = ["REQUIRED familyName", "REQUIRED givenName", "REQUIRED language"].map(str::to_owned);
    assert_eq!(told, BTreeSet::from(expected));
}

async fn null_takes_a_location_away(world: &World) {
    let ours = &world.ours;
    for (who, node, id) in [
        (Who::Director, "meeting", ours.meetings[0].to_string()),
        (Who::Leader, "teamSession", ours.sessions[0].to_string()),
        (Who::Teacher, "conversation", ours.partners[0].planned.to_string()),
    ] {
        let name = format!("{node}Update");
        let fields = format!("{node} {{ location version }}");
        let kept = act(world, who, &name, &fields, json!({ "id": id })).await;
        assert!(kept[node]["location"].is_string(), "{name}: {kept}");
        let cleared = act(world, who, &name, &fields, json!({ "id": id, "location": null })).await;
        assert_eq!((refusals(&cleared), &cleared[node]["location"]), (vec![], &Value::Null), "{name}");
    }
}

on_each_database!(
    null_is_told_by_every_update_that_cannot_clear_it,
    null_is_told_with_every_other_problem_and_nothing_is_changed,
    null_takes_a_location_away,
);
