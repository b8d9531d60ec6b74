//! What is sent again is answered again, to who may see it by now.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes};

const REPORT: &str = "mutation($input: AbsenceReportInput!) { absenceReport(input: $input) {
    absenceNotice { id startsOn note } userErrors { code } } }";

async fn who_lost_the_right_to_see_it_gets_no_more_than_that_it_was_done(world: &World) {
    let input = json!({ "input": {
        "student": world.ours.students[0], "startsOn": "2031-03-04", "endsOn": "2031-03-05", "reason": "SICK",
        "note": "Koorts.", "clientMutationId": "ziek",
    } });
    let sent = async || world.execute(&world.standing(Who::Guardian).await, REPORT, input.clone()).await.body;
    let first = sent().await;
    let notice = first["data"]["absenceReport"]["absenceNotice"].clone();
    assert_eq!(notice["note"], "Koorts.", "{first}");
    let again = sent().await;
    assert_eq!((&again["data"], &again["extensions"]["replayed"]), (&first["data"], &json!(true)));

    let less = json!({ "id": world.ours.guardianships[0], "access": "ON_REQUEST" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", less).await), Vec::<&str>::new());
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(ask(world, Who::Guardian, node, json!({ "id": notice["id"] })).await["node"], Value::Null);
    let unseen = sent().await;
    let nothing = json!({ "absenceReport": { "absenceNotice": null, "userErrors": [] } });
    assert_eq!((&unseen["data"], &unseen["extensions"]["replayed"]), (&nothing, &json!(true)));
    assert_ne!(ask(world, Who::Teacher, node, json!({ "id": notice["id"] })).await["node"], Value::Null);
}

on_each_database!(who_lost_the_right_to_see_it_gets_no_more_than_that_it_was_done);
