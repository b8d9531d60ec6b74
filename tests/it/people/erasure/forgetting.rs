//! What an export shows, and what an erasure leaves.

use std::collections::BTreeSet;
use std::time::Duration;

use glans::call::today;
use glans::identity::accounts;
use glans::notifications::devices::store;
use glans::people::erasure::ledger::{TABLES, Text};
use glans_entity::engagement::{conversation, goal};
use glans_entity::ids::DeviceId;
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::dump;
use super::traces::{self, CANARY};
use crate::ask::{act, act_as, ask, codes};

const TOMBSTONE: &str = "person { id displayName givenName familyName email interpreterNeeded erasedAt archivedAt }";
const PASSWORD: &str = "vier gele fietsen";

/// The person's own export, by table.
async fn exported(world: &World, someone: Someone) -> Value {
    let made = act_as(world, someone, "personExport", "exported { document }", json!({ "id": someone.person })).await;
    assert_eq!(codes(&made), Vec::<&str>::new());
    serde_json::from_str(made["exported"]["document"].as_str().expect("a document")).expect("JSON")
}

async fn erase(world: &World, someone: Someone) -> Value {
    let mut done = act(world, Who::Admin, "personErase", TOMBSTONE, json!({ "id": someone.person })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
    done["person"].take()
}

/// A guardian, a teacher and a leader, one after the other: between them they are in every table in which a person can be.
async fn what_is_shown_is_what_is_forgotten(world: &World) {
    let ours = &world.ours;
    let mut covered = BTreeSet::new();
    for (at, someone) in (0..).zip([ours.guardians[0], ours.teacher, ours.leader]) {
        traces::name(world, someone).await;
        let device = traces::sign_in(world, someone).await;
        traces::tell(world, someone, device).await;
        traces::copy(world, someone, ours.director, at).await;
        traces::work(world, someone, 0).await;
        let marked = traces::mark(world, someone.person).await;

        let shown = exported(world, someone).await;
        for column in &marked {
            let (table, _) = column.split_once('.').expect("a table and a column");
            let rows = shown[table].to_string();
            assert!(rows.contains(&format!("{CANARY} {column}")), "{column} is not shown in {rows}");
        }
        assert!(shown["conversation_note"][0]["author_id"].is_string(), "there is a note in {shown}");
        assert!(!shown["conversation_note"].to_string().contains(CANARY), "a note that nobody went through is shown");
        for table in ["person", "account", "session", "device", "notification", "roster_change"] {
            let rows = shown[table].to_string().to_lowercase();
            assert!(rows.contains(&CANARY.to_lowercase()), "{table} is not shown in {shown}");
        }
        for secret in ["password_hash", "secret_hash", "code_hash", "token-", "\"token\"", "lookup"] {
            assert!(!shown.to_string().contains(secret), "{secret} is shown");
        }
        covered.extend(marked);

        let before = dump::of(world).await;
        assert!(!dump::holding(&before, &[CANARY.to_owned()]).is_empty());
        let left = erase(world, someone).await;
        assert_eq!(left["displayName"], "–");
        let after = dump::of(world).await;
        let words = [CANARY.to_owned(), CANARY.to_lowercase()];
        assert_eq!(dump::holding(&after, &words), Vec::<String>::new());
        others_keep_theirs(&before, &after, someone);
    }
    let expected: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|table| table.texts.iter().map(move |(column, text)| (table.name, column, text)))
        .filter(|(_, _, text)| matches!(text, Text::Null(_) | Text::Blank(_)))
        .map(|(table, column, _)| format!("{table}.{column}"))
        .collect();
    assert_eq!(covered, expected, "texts that no canary was put into");
}

/// Whatever is gone or another one was of the person.
fn others_keep_theirs(before: &dump::Dump, after: &dump::Dump, someone: Someone) {
    let (person, account) = (someone.person.0, someone.account.0);
    let mut traces = vec![CANARY.to_owned(), CANARY.to_lowercase()];
    for id in [person, account] {
        traces.extend([id.to_string(), id.simple().to_string().to_uppercase()]);
    }
    traces.extend([someone.person.to_string(), someone.account.to_string()]);
    let foreign: Vec<String> = dump::gone(before, after)
        .into_iter()
        // The tokens of a session name the session.
        .filter(|row| !row.starts_with("refresh_token:"))
        .filter(|row| !traces.iter().any(|trace| row.contains(trace.as_str())))
        .collect();
    assert_eq!(foreign, Vec::<String>::new(), "rows of others");
}

async fn a_tombstone_is_all_that_is_seen(world: &World) {
    let guardian = world.ours.guardians[0];
    let left = erase(world, guardian).await;
    for name in ["displayName", "givenName", "familyName"] {
        assert_eq!(left[name], "–", "{name}");
    }
    assert_eq!((&left["email"], &left["interpreterNeeded"]), (&Value::Null, &json!(false)));
    assert!(left["erasedAt"].is_string() && left["archivedAt"].is_string(), "{left}");
    // The thread stands, with another who says nothing.
    let document = "query($id: ID!) { thread(id: $id) { subject messages(first: 5) { nodes { body authorName } } } }";
    let seen = ask(world, Who::Teacher, document, json!({ "id": world.ours.threads[0] })).await;
    let said = json!({ "subject": "–", "messages": { "nodes": [{ "body": "–", "authorName": "–" }] } });
    assert_eq!(seen["thread"], said);
}

/// What was agreed on for a child is of its file, also without who wrote it.
async fn the_file_of_the_child_stays(world: &World) {
    let partners = &world.ours.partners[0];
    let (aim, cancelled) = (goal::Column::Id.eq(partners.goal), conversation::Column::Id.eq(partners.planned));
    let db = world.writing().await;
    let reason = conversation::Entity::update_many()
        .col_expr(conversation::Column::Status, Expr::value(OccasionStatus::Cancelled))
        .col_expr(conversation::Column::CancelReason, Expr::value("De ouders zijn ziek."))
        .filter(cancelled.clone());
    assert_eq!(reason.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    erase(world, world.ours.teacher).await;
    let everywhere = Scope::system(today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let left = goal::Entity::within(&everywhere).filter(aim).one(&db).await.unwrap().expect("the goal");
    assert_eq!((left.author_id, left.text.as_str()), (world.ours.teacher.person, "Zij kan klokkijken."));
    let left = conversation::Entity::within(&everywhere).filter(cancelled).one(&db).await.unwrap().expect("the talk");
    assert_eq!(left.cancel_reason.as_deref(), Some("De ouders zijn ziek."));
}

async fn asked_twice_it_is_the_same(world: &World) {
    let guardian = world.ours.guardians[0];
    let once = json!({ "id": guardian.person, "clientMutationId": "weg" });
    let first = act(world, Who::Admin, "personErase", TOMBSTONE, once.clone()).await;
    assert_eq!(codes(&first), Vec::<&str>::new());
    let before = dump::of(world).await;
    let again = act(world, Who::Admin, "personErase", TOMBSTONE, once).await;
    assert_eq!(again, first);
    let anew = act(world, Who::Admin, "personErase", TOMBSTONE, json!({ "id": guardian.person })).await;
    assert_eq!(anew, first);
    assert_eq!(dump::of(world).await, before, "nothing was written");
    let input = json!({ "id": guardian.person, "givenName": "Ilse" });
    assert_eq!(codes(&act(world, Who::Admin, "personUpdate", "", input).await), ["CONFLICT"]);
}

async fn who_is_erased_signs_in_no_more(world: &World) {
    let guardian = world.ours.guardians[0];
    let hash = world.app.identity.hashing.hash(PASSWORD.to_owned()).await.unwrap();
    let db = world.writing().await;
    accounts::set_password(&db, guardian.account, hash, world.app.clock.now()).await.unwrap();
    let email = accounts::by_id(&db, guardian.account).await.unwrap().unwrap().email;
    world.written(db).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let input = json!({ "email": email, "password": PASSWORD });
    let reply = anonymous.does("sessionCreate", "tokens { accessToken refreshToken }", input.clone()).await;
    let refresh = reply.text_at("sessionCreate.tokens.refreshToken").to_owned();
    let signed_in = anonymous.with_token(reply.text_at("sessionCreate.tokens.accessToken"));
    assert!(signed_in.asks("{ viewer { person { id } } }").await.at("viewer.person.id").is_string());

    erase(world, guardian).await;
    let refused = signed_in.asks("{ viewer { person { id } } }").await;
    assert_eq!(refused.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(anonymous.does("sessionCreate", "viewer { id }", input).await.refusals("sessionCreate"), ["INVALID"]);
    let over = anonymous.does("sessionRefresh", "viewer { id }", json!({ "refreshToken": refresh })).await;
    assert_eq!(over.refusals("sessionRefresh"), ["EXPIRED refreshToken"]);
}

/// Whether something may be sent to the device.
async fn is_reached(world: &World, device: DeviceId) -> bool {
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    !store::of_ids(&db, &[device.0], world.app.clock.now()).await.unwrap().is_empty()
}

async fn nothing_comes_to_the_phone_after_the_answer(world: &World) {
    let guardian = world.ours.guardians[0];
    let device = traces::sign_in(world, guardian).await;
    let delivery = traces::under_way(world, guardian, device).await;
    let admin = world.actor(Who::Admin).await;
    let input = json!({ "id": guardian.person });
    let answer = tokio::spawn(async move { admin.does("personErase", "person { id }", input).await });
    while is_reached(world, device).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!answer.is_finished(), "it answered while a push was on its way");
    traces::arrived(world, delivery).await;
    assert_eq!(answer.await.unwrap().text_at("personErase.person.id"), guardian.person.to_string());
    let traces = [guardian.account.0.to_string(), guardian.account.0.simple().to_string().to_uppercase()];
    let mut left = dump::of(world).await;
    // Ids stand in the logs.
    left.retain(|table, _| !["audit", "change"].contains(&table.as_str()));
    assert_eq!(dump::holding(&left, &traces), Vec::<String>::new());
}

/// Who was erased was reached, and was a guardian, until the day of it.
async fn what_is_past_stays_as_it_was(world: &World) {
    let (guardian, waiting) = (world.ours.guardians[0], world.ours.students[1]);
    world.guardian_of_another(guardian, waiting).await;
    let (links, on) = (guardianship::Column::GuardianId.eq(guardian.person), today(world.app.clock.now()));
    let db = world.writing().await;
    let suspended = guardianship::Entity::update_many()
        .col_expr(guardianship::Column::Status, Expr::value(GuardianshipStatus::Suspended))
        .filter(links.clone())
        .filter(guardianship::Column::StudentId.eq(waiting));
    assert_eq!(suspended.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    let document = "query($id: ID!) { node(id: $id) { ... on Announcement { reach { recipients unreachable } } } }";
    let asked = json!({ "id": world.ours.announcements[0] });
    let reach = ask(world, Who::Leader, document, asked.clone()).await;
    assert_eq!(reach["node"]["reach"]["unreachable"], 0, "{reach}");
    erase(world, guardian).await;
    assert_eq!(ask(world, Who::Leader, document, asked).await, reach);
    let everywhere = Scope::system(on);
    let db = world.app.db.read(&everywhere).await.unwrap();
    let left = guardianship::Entity::within(&everywhere).filter(links).all(&db).await.unwrap();
    assert!(left.len() > 1, "{left:?}");
    for link in left {
        let last = if link.student_id == waiting { link.starts_on.pred_opt() } else { Some(on) };
        assert_eq!((link.status, link.ends_on), (GuardianshipStatus::Ended, last), "{link:?}");
    }
}

/// A login serves the persons of all boards of a human being.
async fn another_board_keeps_the_login(world: &World) {
    let guardian = world.ours.guardians[0];
    let child = world.theirs.students[0];
    let there = world
        .sow(&world.theirs, async |sower| {
            sower.known_here("Ilse-elders", guardian.account, &[(child, GuardianAccess::Full)]).await
        })
        .await;
    traces::did(world, guardian, "session.created").await;
    let theirs =
        act_as(world, world.theirs.admin, "personExport", "exported { document }", json!({ "id": there })).await;
    let document: Value = serde_json::from_str(theirs["exported"]["document"].as_str().unwrap()).unwrap();
    assert!(document.get("account").is_none(), "the login is of another board as well");
    assert!(document["person"][0].get("account_id").is_none(), "{document}");
    for trace in [guardian.account.to_string(), "session.created".to_owned()] {
        assert!(!document.to_string().contains(&trace), "{trace} is shown in {document}");
    }
    let own = exported(world, guardian).await;
    assert!(own["audit"].to_string().contains("session.created"), "{own}");
    assert_eq!(own["person"][0]["account_id"], guardian.account.to_string());
    let device = traces::sign_in(world, guardian).await;
    erase(world, guardian).await;
    assert!(is_reached(world, device).await, "the phone tells of the other board");
    let actor = world.actor_of("guardian", guardian).await;
    let seen = actor.asks("{ viewer { children { id } } }").await;
    assert_eq!(seen.texts_at("viewer.children", "id"), [child.to_string()]);
}

/// The login stays for the other board, and with it the phone: what is on its way there of this one is waited for as well.
async fn who_shares_a_login_waits_for_what_is_on_its_way(world: &World) {
    let (guardian, child) = (world.ours.guardians[0], world.theirs.students[0]);
    world
        .sow(&world.theirs, async |sower| {
            sower.known_here("Ilse-elders", guardian.account, &[(child, GuardianAccess::Full)]).await
        })
        .await;
    let device = traces::sign_in(world, guardian).await;
    traces::tell(world, guardian, device).await;
    let delivery = traces::claimed(world, guardian).await;
    let admin = world.actor(Who::Admin).await;
    let input = json!({ "id": guardian.person });
    let answer = tokio::spawn(async move { admin.does("personErase", "person { id }", input).await });
    while traces::says_something(world, delivery).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!answer.is_finished(), "it answered while a push was on its way");
    traces::arrived(world, delivery).await;
    assert_eq!(answer.await.unwrap().text_at("personErase.person.id"), guardian.person.to_string());
    assert!(is_reached(world, device).await, "the phone tells of the other board");
}

on_each_database!(
    who_shares_a_login_waits_for_what_is_on_its_way,
    what_is_shown_is_what_is_forgotten,
    a_tombstone_is_all_that_is_seen,
    the_file_of_the_child_stays,
    asked_twice_it_is_the_same,
    who_is_erased_signs_in_no_more,
    nothing_comes_to_the_phone_after_the_answer,
    what_is_past_stays_as_it_was,
    another_board_keeps_the_login,
);
