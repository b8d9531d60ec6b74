//! What is between families and the school, on the phones of both.

use glans_entity::engagement::conversation;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::phone::{Phone, synced, writes};
use crate::ask::{act, ask, codes};

const KINDS: [&str; 4] = ["partnership_", "conversation_", "agreement_", "goal_"];

fn kinds(phone: &Phone) -> Vec<usize> {
    KINDS.iter().map(|kind| phone.holds.keys().filter(|id| id.starts_with(kind)).count()).collect()
}

async fn the_school_and_the_guardians_have_the_partnership_and_nobody_above_them(world: &World) {
    for (who, held) in [
        (Who::Leader, [1, 2, 1, 1]),
        (Who::Teacher, [1, 2, 1, 1]),
        (Who::Guardian, [1, 2, 1, 1]),
        (Who::Distant, [0; 4]),
        (Who::Trainer, [0; 4]),
        (Who::Director, [0; 4]),
        (Who::Admin, [0; 4]),
    ] {
        assert_eq!(kinds(&synced(world, who).await), held, "{}", who.name());
    }
}

async fn a_guardian_who_has_less_of_the_child_is_told_to_wipe(world: &World) {
    let mut phone = synced(world, Who::Guardian).await;
    let access = async |level: &str| {
        let input = json!({ "id": world.ours.guardianships[0], "access": level });
        assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", input).await), Vec::<&str>::new());
    };
    for level in ["ON_REQUEST", "EMERGENCY_ONLY", "NONE"] {
        access(level).await;
        phone.agrees(world).await;
        assert_eq!(kinds(&phone), [0; 4], "{level}");
        access("FULL").await;
        phone.agrees(world).await;
        assert_eq!(kinds(&phone), [1, 2, 1, 1], "{level}");
    }
}

async fn a_child_that_changes_groups_takes_its_partnership_along(world: &World) {
    let mut phones = [
        synced(world, Who::Teacher).await,
        synced(world, Who::Leader).await,
        synced(world, Who::Guardian).await,
        synced(world, Who::Director).await,
        synced(world, Who::Admin).await,
    ];
    let year = world.ours.school_year;
    let input = json!({ "school": world.ours.schools[0], "schoolYear": year, "name": "7b", "grades": ["7"] });
    let made = act(world, Who::Leader, "classGroupCreate", "classGroup { id }", input).await;
    let group = made["classGroup"]["id"].clone();
    let moved = json!({ "student": world.ours.students[0], "classGroups": [group] });
    assert_eq!(codes(&act(world, Who::Leader, "enrolmentSet", "", moved).await), Vec::<&str>::new());
    writes(world, async |db| {
        // Over since yesterday, so that the teacher has lost it today.
        db.execute_unprepared("UPDATE enrolment SET ends_on = starts_on WHERE ends_on IS NOT NULL").await.unwrap();
    })
    .await;
    for phone in &mut phones {
        phone.agrees(world).await;
    }
    let held = phones.iter().map(kinds).collect::<Vec<_>>();
    assert_eq!(held, [vec![0; 4], vec![1, 2, 1, 1], vec![1, 2, 1, 1], vec![0; 4], vec![0; 4]]);
}

async fn what_is_released_and_answered_reaches_the_phones(world: &World) {
    let mut guardian = synced(world, Who::Guardian).await;
    let mut teacher = synced(world, Who::Teacher).await;
    let record = json!({
        "id": world.ours.partners[0].planned, "summary": "Het gaat goed.", "agreements": [{ "text": "Elke dag lezen." }],
        "attendance": [{ "person": world.ours.guardians[0].person, "status": "PRESENT" }],
    });
    let held = act(world, Who::Teacher, "conversationRecord", "conversation { agreements { id } }", record).await;
    let agreement = held["conversation"]["agreements"][0]["id"].as_str().unwrap().to_owned();
    for phone in [&mut guardian, &mut teacher] {
        phone.agrees(world).await;
    }
    assert!(teacher.holds.contains_key(&agreement) && !guardian.holds.contains_key(&agreement));
    // A day later: nobody writes anything, and the phone is told.
    let id = world.ours.partners[0].planned;
    writes(world, async |db| {
        let row = conversation::Entity::update_many()
            .col_expr(conversation::Column::ReleaseAt, sea_orm::sea_query::Expr::val(world.app.clock.now()))
            .filter(conversation::Column::Id.eq(id));
        row.exec(db).await.unwrap();
    })
    .await;
    assert_eq!(glans::engagement::conversations::due::release(&world.app).await.unwrap(), 1);
    assert_eq!(glans::engagement::conversations::due::release(&world.app).await.unwrap(), 0);
    guardian.agrees(world).await;
    assert!(guardian.holds.contains_key(&agreement));
    let input = json!({ "id": agreement });
    assert_eq!(codes(&act(world, Who::Guardian, "agreementConfirm", "", input).await), Vec::<&str>::new());
    super::phone::settled(world).await;
    let page = teacher.page(world).await;
    let told: Vec<&Value> = page["changes"].as_array().unwrap().iter().map(|change| &change["id"]).collect();
    assert!(told.contains(&&json!(agreement)), "{told:?}");
}

async fn who_may_not_have_the_child_does_not_come(world: &World) {
    use glans::engagement::custody::take_leave;
    let starts = world.app.clock.now() + chrono::TimeDelta::days(3);
    let input = json!({
        "student": world.ours.students[0], "kind": "CLOSING", "mode": "PHONE", "startsAt": starts.to_rfc3339(),
        "endsAt": (starts + chrono::TimeDelta::minutes(20)).to_rfc3339(),
    });
    let made = act(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    let id = made["conversation"]["id"].clone();
    assert_eq!(take_leave(&world.app, None).await.unwrap(), 0);
    let before = world.app.clock.now();
    let input = json!({ "id": world.ours.guardianships[0], "access": "NONE" });
    act(world, Who::Leader, "guardianshipUpdate", "", input).await;
    // The talk, and the answer to an event.
    assert_eq!(take_leave(&world.app, Some(before)).await.unwrap(), 2);
    assert_eq!(take_leave(&world.app, None).await.unwrap(), 0);
    let document =
        "query($id: ID!) { node(id: $id) { ... on Conversation { status attendance { person { givenName } } } } }";
    let seen = ask(world, Who::Teacher, document, json!({ "id": id })).await;
    assert_eq!(seen["node"], json!({ "status": "CANCELLED", "attendance": [{ "person": { "givenName": "Tarik" } }] }));
}

on_each_database!(
    the_school_and_the_guardians_have_the_partnership_and_nobody_above_them,
    a_guardian_who_has_less_of_the_child_is_told_to_wipe,
    a_child_that_changes_groups_takes_its_partnership_along,
    what_is_released_and_answered_reaches_the_phones,
    who_may_not_have_the_child_does_not_come,
);
