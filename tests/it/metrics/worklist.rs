//! Who is missing, by name, to those who can act.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use glans::access::Standing;
use glans::call::today;
use glans_entity::engagement::{agreement, thread_participant};
use glans_entity::ids::{ClassGroupId, PersonId};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

const WORKLIST: &str = "query($kind: WorklistKind!, $group: ID!) { worklist(kind: $kind, classGroup: $group) {
    student { displayName } criteria about { __typename } since } }";
const KINDS: [&str; 4] = ["NOT_YET", "UNREACHABLE", "UNANSWERED", "OVERDUE_AGREEMENT"];

/// Noor waits for an answer, and an agreement with her is overdue; nobody reaches the family of Fien.
async fn sow(world: &World) -> NaiveDate {
    let due_on = today(world.app.clock.now()) - Days::new(1);
    world.child("Fien", 0).await;
    let db = world.writing().await;
    agreement::Entity::update_many()
        .col_expr(agreement::Column::DueOn, Expr::val(due_on))
        .filter(agreement::Column::Id.eq(world.ours.partners[0].agreement))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    due_on
}

async fn asked(world: &World, standing: &Arc<Standing>, kind: &str, group: ClassGroupId) -> Value {
    world.execute(standing, WORKLIST, json!({ "kind": kind, "group": group })).await.body
}

/// What of whom, as `Noor Thread`.
async fn lines(world: &World, standing: &Arc<Standing>, kind: &str) -> Vec<String> {
    let body = asked(world, standing, kind, world.ours.groups[0]).await;
    let items = body["data"]["worklist"].as_array().unwrap_or_else(|| panic!("{kind}: {body}"));
    let line = |item: &Value| {
        let about = item["about"]["__typename"].as_str().unwrap_or_default();
        format!("{} {about}", item["student"]["displayName"].as_str().unwrap())
    };
    items.iter().map(line).collect()
}

async fn all_lines(world: &World, standing: &Arc<Standing>) -> [Vec<String>; 4] {
    let mut all = [const { Vec::new() }; 4];
    for (at, kind) in KINDS.into_iter().enumerate() {
        all[at] = lines(world, standing, kind).await;
    }
    all
}

/// Somebody takes part in the thread about Noor as staff.
async fn take_part(world: &World, person: PersonId) {
    let db = world.writing().await;
    let others = thread_participant::Entity::find()
        .filter(thread_participant::Column::ThreadId.eq(world.ours.threads[0]))
        .filter(thread_participant::Column::IsStaff.eq(true));
    let row = thread_participant::Model { person_id: person, ..others.one(&db).await.unwrap().unwrap() };
    let insert = thread_participant::Entity::insert(row.into_active_model().reset_all());
    insert.exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

async fn who_can_act_is_told_names(world: &World) {
    let due_on = sow(world).await;
    let teacher = world.standing(Who::Teacher).await;
    let not_yet = ["Fien Partnership", "Noor Partnership"].map(str::to_owned).to_vec();
    let unreachable = vec!["Fien Partnership".to_owned()];
    let unanswered = vec!["Noor Thread".to_owned()];
    let overdue = vec!["Noor Agreement".to_owned()];
    let all = [not_yet.clone(), unreachable.clone(), unanswered.clone(), overdue.clone()];
    assert_eq!(all_lines(world, &teacher).await, all);

    // What is written to the teacher is not for the leader to read, who takes no part in it.
    let leader = world.standing(Who::Leader).await;
    assert_eq!(all_lines(world, &leader).await, [not_yet, unreachable, Vec::new(), overdue]);
    take_part(world, world.ours.leader.person).await;
    assert_eq!(all_lines(world, &world.standing(Who::Leader).await).await, all);

    let item = |body: &Value| body["data"]["worklist"][0].clone();
    let unreached = item(&asked(world, &teacher, "UNREACHABLE", world.ours.groups[0]).await);
    assert_eq!((&unreached["criteria"], &unreached["since"]), (&json!(["CONTACTABLE"]), &Value::Null));
    let agreed = item(&asked(world, &teacher, "OVERDUE_AGREEMENT", world.ours.groups[0]).await);
    assert_eq!((&agreed["criteria"], &agreed["since"]), (&json!([]), &json!(due_on.to_string())));
    let awaited = item(&asked(world, &teacher, "UNANSWERED", world.ours.groups[0]).await);
    assert!(awaited["since"].is_string(), "{awaited}");
}

async fn nobody_else_is_told_names(world: &World) {
    sow(world).await;
    let other = world.teacher("Ella", 1).await;
    let other = world.standing_of(other).await;
    let mut strangers = vec![("another teacher", other)];
    for who in [Who::Director, Who::Admin, Who::Trainer, Who::Guardian, Who::Distant, Who::Client] {
        strangers.push((who.name(), world.standing(who).await));
    }
    for who in [Who::Admin, Who::Leader, Who::Teacher] {
        strangers.push(("somebody of the other board", world.standing_in(&world.theirs, who).await));
    }
    for (name, standing) in &strangers {
        let unknown = asked(world, standing, "NOT_YET", ClassGroupId::new()).await;
        assert_eq!(unknown["errors"][0]["extensions"]["code"], "NOT_FOUND", "{name}");
        for kind in KINDS {
            assert_eq!(asked(world, standing, kind, world.ours.groups[0]).await, unknown, "{name}: {kind}");
        }
    }
    for who in [Who::Teacher, Who::Leader] {
        let standing = world.standing(who).await;
        for group in [world.ours.groups[1], world.theirs.groups[0]] {
            let refused = asked(world, &standing, "NOT_YET", group).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], "NOT_FOUND", "{}", who.name());
        }
    }
    let anonymous = asked(world, &world.standing(Who::Anonymous).await, "NOT_YET", world.ours.groups[0]).await;
    assert_eq!(anonymous["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

async fn who_is_family_is_no_staff_to_the_child(world: &World) {
    sow(world).await;
    let vera = world.teacher("Vera", 0).await;
    take_part(world, vera.person).await;
    let as_teacher = all_lines(world, &world.standing_of(vera).await).await;
    assert_eq!(as_teacher, all_lines(world, &world.standing(Who::Teacher).await).await);
    world.guardian_of_another(vera, world.ours.students[0]).await;
    let as_mother = all_lines(world, &world.standing_of(vera).await).await;
    let of_fien = vec!["Fien Partnership".to_owned()];
    assert_eq!(as_mother, [of_fien.clone(), of_fien, Vec::new(), Vec::new()]);
}

on_each_database!(who_can_act_is_told_names, nobody_else_is_told_names, who_is_family_is_no_staff_to_the_child);
