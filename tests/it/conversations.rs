//! Who leads a conversation, and to which year it belongs.

use chrono::Days;
use glans_entity::engagement::partnership;
use glans_entity::ids::{PartnershipId, PersonId, SchoolYearId};
use glans_entity::organisation::school_year;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::ask::{act, refusals};
use crate::partners::talk;

async fn who_leads_a_conversation_has_the_child_in_confidence(world: &World) {
    let led_by = |person: PersonId, days: i64| {
        let mut input = talk(world, days);
        input["guardians"] = json!([world.ours.guardians[0].person]);
        input["staff"] = json!(person);
        input
    };
    let by = async |input: Value| refusals(&act(world, Who::Leader, "conversationSchedule", "", input).await);
    // Jan teaches at the other school of the board.
    let jan = world.teacher("Jan", 1).await;
    let anna = world.teacher("Anna", 0).await;
    assert_eq!(by(led_by(jan.person, 3)).await.len(), 1);
    assert_eq!(by(led_by(anna.person, 3)).await, Vec::<String>::new());
    // A teacher who is family of the child has its talks as a guardian only, whatever the guardianship is worth.
    world.guardian_of_another(anna, world.ours.students[0]).await;
    assert_eq!(by(led_by(anna.person, 5)).await, ["INVALID staff"]);
}

/// The partnership of Noor in the school year after this one.
async fn next_year(world: &World) -> PartnershipId {
    let (now, board) = (world.app.clock.now(), &world.ours);
    let (starts_on, ends_on) = (now.date_naive() + Days::new(201), now.date_naive() + Days::new(500));
    let year = school_year::Model {
        id: SchoolYearId::new(),
        board_id: board.id,
        title: "Volgend jaar".to_owned(),
        starts_on,
        ends_on,
        source_id: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let partnership = partnership::Model {
        id: PartnershipId::new(),
        board_id: board.id,
        student_id: board.students[0],
        school_year_id: year.id,
        needs_intake: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let id = partnership.id;
    let db = world.writing().await;
    school_year::Entity::insert(year.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    partnership::Entity::insert(partnership.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    id
}

async fn a_conversation_belongs_to_the_school_year_in_which_it_begins(world: &World) {
    let fields = "conversation { id partnership { id } }";
    let later = talk(world, 300);
    let refused = act(world, Who::Teacher, "conversationSchedule", "", later.clone()).await;
    assert_eq!(refusals(&refused), ["CONFLICT startsAt"]);
    let made = act(world, Who::Teacher, "conversationSchedule", fields, talk(world, 3)).await;
    assert_eq!(made["conversation"]["partnership"]["id"], json!(world.ours.partners[0].partnership), "{made}");
    let onto = json!({ "id": made["conversation"]["id"], "startsAt": later["startsAt"] });
    let refused = act(world, Who::Teacher, "conversationUpdate", "", onto.clone()).await;
    assert_eq!(refusals(&refused), ["CONFLICT startsAt"]);
    let next = json!({ "id": next_year(world).await });
    let moved = act(world, Who::Teacher, "conversationUpdate", fields, onto).await;
    assert_eq!(moved["conversation"]["partnership"], next, "{moved}");
    let made = act(world, Who::Teacher, "conversationSchedule", fields, talk(world, 310)).await;
    assert_eq!(made["conversation"]["partnership"], next, "{made}");
}

on_each_database!(
    who_leads_a_conversation_has_the_child_in_confidence,
    a_conversation_belongs_to_the_school_year_in_which_it_begins,
);
