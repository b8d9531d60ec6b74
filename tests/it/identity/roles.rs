//! Granting and taking roles, and what people set about themselves.

use glans_entity::ids::ClassGroupId;
use glans_tests::{Actor, Reply, Who, World};
use serde_json::json;

use super::{deeds, signed_in};

const MEMBERSHIP: &str = "membership { id role scope { ... on School { id } ... on ClassGroup { id } } }";

pub(super) async fn grant(actor: &Actor, person: impl ToString, role: &str, scope: impl ToString) -> Reply {
    let input = json!({ "person": person.to_string(), "role": role, "scope": scope.to_string() });
    actor.does("membershipGrant", MEMBERSHIP, input).await
}

pub(super) async fn revoke(actor: &Actor, id: &str) -> Reply {
    actor.does("membershipRevoke", "membership { id }", json!({ "id": id })).await
}

async fn a_leader_appoints_a_teacher_and_takes_it_back(world: &World) {
    let (leader, _) = signed_in(world, Who::Leader).await;
    let (teacher, school) = (world.ours.teacher.person, world.ours.schools[0]);
    let granted = grant(&leader, teacher, "TEACHER", school).await;
    assert_eq!(granted.text_at("membershipGrant.membership.scope.id"), school.to_string());
    let id = granted.text_at("membershipGrant.membership.id").to_owned();
    let again = grant(&leader, teacher, "TEACHER", school).await;
    assert_eq!(again.text_at("membershipGrant.membership.id"), id, "granting it again changes nothing");
    for _ in 0..2 {
        assert_eq!(revoke(&leader, &id).await.text_at("membershipRevoke.membership.id"), id);
    }
    assert_eq!(deeds(world).await, ["session.created", "membership.granted", "membership.revoked"]);
}

async fn nobody_grants_beyond_the_own_scope(world: &World) {
    let (leader, _) = signed_in(world, Who::Leader).await;
    let teacher = world.ours.teacher.person;
    for (role, scope, refusal) in [
        ("SCHOOL_LEADER", world.ours.schools[0].to_string(), "FORBIDDEN"),
        ("BOARD_ADMIN", world.ours.id.to_string(), "FORBIDDEN"),
        ("TEACHER", world.ours.schools[1].to_string(), "NOT_FOUND scope"),
        ("TEACHER", world.theirs.schools[0].to_string(), "NOT_FOUND scope"),
        ("TEACHER", ClassGroupId::new().to_string(), "NOT_FOUND scope"),
        ("TEACHER", "nonsense".to_owned(), "NOT_FOUND scope"),
        ("TEACHER", world.ours.id.to_string(), "INVALID scope"),
        ("GUARDIAN", world.ours.schools[0].to_string(), "INVALID scope"),
    ] {
        assert_eq!(
            grant(&leader, teacher, role, &scope).await.refusals("membershipGrant"),
            [refusal],
            "{role} {scope}"
        );
    }
    let foreign = grant(&leader, world.theirs.teacher.person, "TEACHER", world.ours.schools[0]).await;
    assert_eq!(foreign.refusals("membershipGrant"), ["NOT_FOUND person"]);
    assert_eq!(deeds(world).await, ["session.created"]);
}

async fn the_last_administrator_of_a_board_stays(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let own = admin.asks("{ viewer { memberships { id role } } }").await;
    assert_eq!(own.texts_at("viewer.memberships", "role"), ["BOARD_ADMIN"]);
    let id = own.text_at("viewer.memberships.0.id").to_owned();
    assert_eq!(revoke(&admin, &id).await.refusals("membershipRevoke"), ["CONFLICT id"]);
    let second = grant(&admin, world.ours.director.person, "BOARD_ADMIN", world.ours.id).await;
    second.text_at("membershipGrant.membership.id");
    revoke(&admin, &id).await.text_at("membershipRevoke.membership.id");
    let after = admin.asks("{ viewer { memberships { id } schools { id } } }").await;
    assert_eq!(after.at("viewer"), &json!({ "memberships": [], "schools": [] }), "void at once");
}

async fn a_guardian_is_viewer_with_children_schools_and_roles(world: &World) {
    let (guardian, _) = signed_in(world, Who::Guardian).await;
    let reply = guardian
        .asks("{ viewer { person { displayName } children { displayName } schools { name } memberships { id role } } }")
        .await;
    assert_eq!(reply.text_at("viewer.person.displayName"), "Ilse de Wit");
    assert_eq!(reply.texts_at("viewer.children", "displayName"), ["Noor"]);
    assert_eq!(reply.texts_at("viewer.schools", "name"), ["De Zwaluw"]);
    assert_eq!(reply.texts_at("viewer.memberships", "role"), ["GUARDIAN"]);
}

async fn people_set_their_own_name_and_language(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let person = "viewer { person { displayName language } }";
    let input = json!({ "displayName": "Juf Tarik", "language": "en" });
    let reply = teacher.does("profileUpdate", person, input).await;
    assert_eq!(reply.at("profileUpdate.viewer.person"), &json!({ "displayName": "Juf Tarik", "language": "en" }));
    let empty = teacher.does("profileUpdate", person, json!({ "displayName": " " })).await;
    assert_eq!(empty.refusals("profileUpdate"), ["REQUIRED displayName"]);
    let anonymous = world.actor(Who::Anonymous).await.does("profileUpdate", person, json!({})).await;
    assert_eq!(anonymous.codes(), ["UNAUTHENTICATED"]);
}

async fn the_second_of_two_phones_hears_that_the_profile_changed(world: &World) {
    let (first, _) = signed_in(world, Who::Teacher).await;
    let (second, _) = signed_in(world, Who::Teacher).await;
    let person = "viewer { person { displayName language version } }";
    let seen = first.asks("{ viewer { person { version } } }").await.at("viewer.person.version").clone();
    let input = json!({ "displayName": "Juf Tarik", "ifVersion": seen });
    let changed = first.does("profileUpdate", person, input).await;
    assert_eq!(changed.refusals("profileUpdate"), Vec::<String>::new());
    let present = changed.at("profileUpdate.viewer.person");
    assert_eq!(present["displayName"], "Juf Tarik");

    let mut input = json!({ "displayName": "Meester Tarik", "language": "en", "ifVersion": seen });
    let stale = second.does("profileUpdate", person, input.clone()).await;
    assert_eq!(stale.refusals("profileUpdate"), ["CONFLICT ifVersion"]);
    assert_eq!(stale.at("profileUpdate.viewer.person"), present, "as it is now; nothing of it was done");
    let empty = json!({ "displayName": "", "ifVersion": seen });
    let stale = second.does("profileUpdate", person, empty).await;
    assert_eq!(stale.refusals("profileUpdate"), ["CONFLICT ifVersion"], "it is told first, as of everything else");
    assert_eq!(stale.at("profileUpdate.viewer.person"), present);
    input["ifVersion"] = present["version"].clone();
    let again = second.does("profileUpdate", person, input).await;
    assert_eq!(again.refusals("profileUpdate"), Vec::<String>::new());
    assert_eq!(again.text_at("profileUpdate.viewer.person.displayName"), "Meester Tarik");
}

async fn who_is_nobody_in_a_board_changes_the_language_alone(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let elsewhere = teacher.with_header("glans-board", &world.theirs.id.to_string());
    let own = "{ viewer { person { displayName language } } }";
    let before = teacher.asks(own).await;
    let input = json!({ "displayName": "Juf Tarik", "interpreterNeeded": true, "language": "en", "ifVersion": 99 });
    let refused = elsewhere.does("profileUpdate", "viewer { id }", input).await;
    let told = ["NOT_FOUND displayName", "NOT_FOUND interpreterNeeded", "NOT_FOUND ifVersion"];
    assert_eq!(refused.refusals("profileUpdate"), told);
    assert_eq!(refused.at("profileUpdate.viewer"), &serde_json::Value::Null);
    assert_eq!(teacher.asks(own).await.data(), before.data(), "nothing of it was done");
    let done = elsewhere.does("profileUpdate", "viewer { id }", json!({ "language": "en" })).await;
    assert_eq!(done.refusals("profileUpdate"), Vec::<String>::new());
    done.text_at("profileUpdate.viewer.id");
}

glans_tests::on_each_database!(
    a_leader_appoints_a_teacher_and_takes_it_back,
    nobody_grants_beyond_the_own_scope,
    the_last_administrator_of_a_board_stays,
    a_guardian_is_viewer_with_children_schools_and_roles,
    people_set_their_own_name_and_language,
    the_second_of_two_phones_hears_that_the_profile_changed,
    who_is_nobody_in_a_board_changes_the_language_alone,
);
