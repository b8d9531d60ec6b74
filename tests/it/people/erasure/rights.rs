//! Who erases, and to whom is shown what is kept.

use chrono::TimeDelta;
use glans::engagement::custody;
use glans_entity::engagement::{ContactTone, contact_moment};
use glans_entity::identity::audit;
use glans_entity::ids::PersonId;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, codes};

/// What the audit log says was done to the guardian.
async fn deeds(world: &World) -> Vec<String> {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&scope).await.unwrap();
    let about = audit::Column::Subject.eq(world.ours.guardians[0].person.to_string());
    let rows = audit::Entity::within(&scope).filter(about).order_by_asc(audit::Column::Id);
    sea_orm::Select::all(rows, &db).await.unwrap().into_iter().map(|row| row.action).collect()
}

async fn only_administrators_erase(world: &World) {
    let input = json!({ "id": world.ours.guardians[0].person });
    for who in [Who::Guardian, Who::Teacher, Who::Leader, Who::Director] {
        let refused = act(world, who, "personErase", "", input.clone()).await;
        assert_eq!(codes(&refused), ["FORBIDDEN"], "{}", who.name());
    }
    for who in [Who::Distant, Who::Trainer] {
        assert_eq!(codes(&act(world, who, "personErase", "", input.clone()).await), ["NOT_FOUND"], "{}", who.name());
    }
    let elsewhere = act_as(world, world.theirs.admin, "personErase", "", input).await;
    assert_eq!(codes(&elsewhere), ["NOT_FOUND"]);
    let own = json!({ "id": world.ours.admin.person });
    assert_eq!(codes(&act(world, Who::Admin, "personErase", "", own).await), ["FORBIDDEN"]);
    let stale = json!({ "id": world.ours.guardians[0].person, "ifVersion": 7 });
    assert_eq!(codes(&act(world, Who::Admin, "personErase", "", stale).await), ["CONFLICT"]);
    assert_eq!(deeds(world).await, [""; 0]);
}

async fn nobody_erases_the_other_parent(world: &World) {
    world.guardian_of_another(world.ours.admin, world.ours.students[0]).await;
    let input = json!({ "id": world.ours.guardians[0].person });
    assert_eq!(codes(&act(world, Who::Admin, "personErase", "", input).await), ["FORBIDDEN"]);
}

async fn nobody_is_shown_the_other_parent(world: &World) {
    world.guardian_of_another(world.ours.admin, world.ours.students[0]).await;
    let fields = "exported { document }";
    let other = json!({ "id": world.ours.guardians[0].person });
    let refused = act(world, Who::Admin, "personExport", fields, other).await;
    assert_eq!(codes(&refused), ["FORBIDDEN"]);
    assert_eq!((&refused["exported"], deeds(world).await), (&Value::Null, vec![]));
    let own = json!({ "id": world.ours.admin.person });
    assert_eq!(codes(&act(world, Who::Admin, "personExport", fields, own).await), Vec::<&str>::new());
}

/// What staff noted for one another of a contact with the guardian.
async fn a_guardian_is_not_shown_what_is_among_staff(world: &World) {
    let guardian = world.ours.guardians[0];
    let db = world.writing().await;
    let note = contact_moment::Entity::update_many()
        .col_expr(contact_moment::Column::Tone, Expr::value(ContactTone::Concern))
        .col_expr(contact_moment::Column::Note, Expr::value("Blijft gespannen."))
        .filter(contact_moment::Column::GuardianId.eq(guardian.person));
    assert!(note.exec(&db).await.unwrap().rows_affected > 0);
    world.written(db).await;
    let input = json!({ "id": guardian.person });
    let shown = act(world, Who::Guardian, "personExport", "exported { document }", input).await;
    let document: Value = serde_json::from_str(shown["exported"]["document"].as_str().unwrap()).unwrap();
    assert!(document["contact_moment"][0]["occurred_at"].is_string(), "{document}");
    assert!(!document.to_string().contains("gespannen"), "{document}");
}

async fn what_is_kept_is_shown_to_the_person_and_to_administrators(world: &World) {
    let fields = "exported { document madeAt }";
    let input = json!({ "id": world.ours.guardians[0].person });
    for who in [Who::Teacher, Who::Leader] {
        let refused = act(world, who, "personExport", fields, input.clone()).await;
        assert_eq!(codes(&refused), ["FORBIDDEN"], "{}", who.name());
    }
    let elsewhere = act_as(world, world.theirs.admin, "personExport", fields, input.clone()).await;
    assert_eq!(codes(&elsewhere), ["NOT_FOUND"]);
    assert_eq!(deeds(world).await, [""; 0]);
    for who in [Who::Guardian, Who::Admin] {
        let shown = act(world, who, "personExport", fields, input.clone()).await;
        assert_eq!(codes(&shown), Vec::<&str>::new(), "{}", who.name());
        let document: Value = serde_json::from_str(shown["exported"]["document"].as_str().unwrap()).unwrap();
        assert_eq!(document["person"][0]["display_name"], "Ilse de Wit", "{}", who.name());
        assert!(document["message"][0]["id"].is_string() && document["contact_moment"][0]["id"].is_string());
        let (said, noted) = (&document["message"][0]["body"], &document["contact_moment"][0]["note"]);
        if who == Who::Guardian {
            assert_eq!((said, noted), (&json!("Hoe gaat het lezen?"), &json!("Mooi gelezen!")));
        } else {
            assert_eq!((said, noted), (&Value::Null, &Value::Null), "between a family and the school");
        }
        assert_eq!(document["account"][0]["email"], "ilse@example.org");
        // What others wrote, and the other guardians.
        for foreign in ["klokkijken", "Vaak moe.", "Ruud", "Hanna", "kanarie"] {
            assert!(!document.to_string().contains(foreign), "{foreign} is shown to {}", who.name());
        }
    }
    assert_eq!(deeds(world).await, ["person.exported"; 2]);
}

async fn what_is_asked_again_is_shown_anew_to_who_may_see_it_by_then(world: &World) {
    let asked = |person: PersonId| json!({ "id": person, "clientMutationId": "inzage" });
    let (ilse, other) = (world.ours.guardians[0].person, world.ours.guardians[1].person);
    let shown =
        async |person: PersonId| act(world, Who::Admin, "personExport", "exported { madeAt }", asked(person)).await;
    let first = shown(ilse).await;
    assert_eq!(codes(&first), Vec::<&str>::new());
    world.app.clock.turn(TimeDelta::minutes(1));
    let again = shown(ilse).await;
    assert_eq!(codes(&again), Vec::<&str>::new());
    assert_ne!(again["exported"]["madeAt"], first["exported"]["madeAt"], "nothing was kept of the first answer");
    assert_eq!(deeds(world).await, ["person.exported"; 2], "each time is written down");
    assert_eq!(codes(&shown(other).await), ["IDEMPOTENCY_MISMATCH"]);

    world.guardian_of_another(world.ours.admin, world.ours.students[0]).await;
    let refused = shown(ilse).await;
    assert_eq!((codes(&refused), &refused["exported"]), (vec!["FORBIDDEN"], &Value::Null));
    assert_eq!(deeds(world).await, ["person.exported"; 2]);
}

async fn what_was_held_for_the_erased_is_free_again(world: &World) {
    let (noor, guardian, event) = (world.ours.students[0], world.ours.guardians[0], world.ours.events[0]);
    let day = world.app.clock.now() + TimeDelta::days(3);
    let input = json!({ "student": noor, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": day,
        "endsAt": day + TimeDelta::minutes(20) });
    let talk = act(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    assert_eq!(codes(&talk), Vec::<&str>::new());
    let coming = act(world, Who::Guardian, "eventRespond", "", json!({ "event": event, "answer": "YES" })).await;
    assert_eq!(codes(&coming), Vec::<&str>::new());
    let document = "query($talk: ID!, $event: ID!) { talk: node(id: $talk) { ... on Conversation { status } }
        event: node(id: $event) { ... on Event { responses { yes } } } }";
    let asked = json!({ "talk": talk["conversation"]["id"], "event": event });
    let seen = ask(world, Who::Leader, document, asked.clone()).await;
    assert_eq!(seen, json!({ "talk": { "status": "PLANNED" }, "event": { "responses": { "yes": 1 } } }));
    let erased = act(world, Who::Admin, "personErase", "", json!({ "id": guardian.person })).await;
    assert_eq!(codes(&erased), Vec::<&str>::new());
    custody::take_leave(&world.app, Some(world.app.clock.now() - TimeDelta::minutes(1))).await.unwrap();
    let seen = ask(world, Who::Leader, document, asked).await;
    assert_eq!(seen, json!({ "talk": { "status": "CANCELLED" }, "event": { "responses": { "yes": 0 } } }));
    assert_eq!(deeds(world).await, ["person.erased"]);
}

on_each_database!(
    only_administrators_erase,
    nobody_erases_the_other_parent,
    nobody_is_shown_the_other_parent,
    a_guardian_is_not_shown_what_is_among_staff,
    what_is_kept_is_shown_to_the_person_and_to_administrators,
    what_is_asked_again_is_shown_anew_to_who_may_see_it_by_then,
    what_was_held_for_the_erased_is_free_again,
);
