//! Nobody reaches more than who let them in had to give, and a board keeps somebody to administer it.

use glans_entity::ids::{GuardianshipId, MembershipId};
use glans_entity::people::{GuardianAccess, GuardianRelationship, GuardianshipStatus, guardianship, membership};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Actor, Who, World};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use super::invitations::{EXPIRED, accept, code_of, invite, newcomer, status};
use super::roles::{grant, revoke};
use super::{everything, signed_in};

const ARCHIVE: &str =
    "mutation($input: PersonArchiveInput!) { personArchive(input: $input) { userErrors { code field } } }";

/// Grants a role on days; answers with its id or the refusals.
async fn grant_on(actor: &Actor, input: Value) -> Result<String, Vec<String>> {
    let reply = actor.does("membershipGrant", "membership { id }", input).await;
    let refusals = reply.refusals("membershipGrant");
    if refusals.is_empty() { Ok(reply.text_at("membershipGrant.membership.id").to_owned()) } else { Err(refusals) }
}

/// A teacher whom the leader made and invited on paper: the person, and the code that the leader keeps.
async fn made_and_invited(world: &World, leader: &Actor) -> (String, String) {
    let details = json!({ "givenName": "Joost", "familyName": "Kuiper" });
    let input = json!({ "board": world.ours.id, "school": world.ours.schools[0], "details": details });
    let made = leader.does("personCreate", "person { id }", input).await;
    let person = made.text_at("personCreate.person.id").to_owned();
    let code = paper(leader, &person).await;
    (person, code)
}

async fn paper(inviter: &Actor, person: &str) -> String {
    let input = json!({ "person": person, "delivery": "PAPER" });
    inviter.does("invitationCreate", "code", input).await.text_at("invitationCreate.code").to_owned()
}

async fn a_role_granted_later_is_not_handed_over_by_the_first_inviter(world: &World) {
    let (leader, _) = signed_in(world, Who::Leader).await;
    let (admin, _) = signed_in(world, Who::Admin).await;
    let (person, code) = made_and_invited(world, &leader).await;
    grant(&admin, &person, "BOARD_ADMIN", world.ours.id).await.text_at("membershipGrant.membership.id");
    let anonymous = world.actor(Who::Anonymous).await;
    assert_eq!(accept(&anonymous, &code, json!({})).await.refusals("invitationAccept"), EXPIRED);
    let again = leader.does("invitationCreate", "code", json!({ "person": person, "delivery": "PAPER" })).await;
    assert_eq!(again.refusals("invitationCreate"), ["FORBIDDEN"], "an administrator is invited by one");
    let code = paper(&admin, &person).await;
    accept(&anonymous, &code, json!({})).await.text_at("invitationAccept.viewer.id");
}

async fn a_role_that_came_past_the_grant_closes_the_code_too(world: &World) {
    let (leader, _) = signed_in(world, Who::Leader).await;
    let (person, code) = made_and_invited(world, &leader).await;
    let now = world.app.clock.now();
    let row = membership::Model {
        id: MembershipId::new(),
        board_id: world.ours.id,
        person_id: person.parse().unwrap(),
        role: glans_entity::people::Role::SchoolLeader,
        scope_kind: glans_entity::people::ScopeKind::School,
        scope_id: world.ours.schools[1].0,
        school_id: Some(world.ours.schools[1]),
        starts_on: None,
        ends_on: None,
        ended_at: None,
        source_id: Some("from the roster".to_owned()),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let db = everything(world).await;
    row.into_active_model().reset_all().insert(&db).await.unwrap();
    db.commit().await.unwrap();
    let anonymous = world.actor(Who::Anonymous).await;
    assert_eq!(accept(&anonymous, &code, json!({})).await.refusals("invitationAccept"), EXPIRED);
}

async fn a_guardianship_that_gives_no_child_closes_the_code(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    let db = everything(world).await;
    guardianship::Entity::update_many()
        .col_expr(guardianship::Column::Access, Expr::value(GuardianAccess::None))
        .filter(guardianship::Column::Id.eq(world.ours.guardianships[0]))
        .exec(&db)
        .await
        .unwrap();
    db.commit().await.unwrap();
    let anonymous = world.actor(Who::Anonymous).await;
    assert_eq!(accept(&anonymous, &code, json!({})).await.refusals("invitationAccept"), EXPIRED);
    assert_eq!(status(world).await, GuardianshipStatus::Invited, "nothing is half done");
}

async fn a_guardian_is_invited_by_who_may_invite_for_every_child(world: &World) {
    newcomer(world).await;
    let now = world.app.clock.now();
    let elsewhere = guardianship::Model {
        id: GuardianshipId::new(),
        board_id: world.ours.id,
        guardian_id: world.ours.guardians[0].person,
        student_id: world.ours.students[1],
        relationship: GuardianRelationship::Parent,
        access: GuardianAccess::Full,
        status: GuardianshipStatus::Active,
        contact_priority: None,
        starts_on: glans::call::today(now),
        ends_on: None,
        source_id: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let db = everything(world).await;
    elsewhere.into_active_model().reset_all().insert(&db).await.unwrap();
    db.commit().await.unwrap();
    for (who, expected) in [(Who::Teacher, vec!["FORBIDDEN"]), (Who::Leader, vec!["FORBIDDEN"]), (Who::Admin, vec![])] {
        let (inviter, _) = signed_in(world, who).await;
        assert_eq!(invite(world, &inviter).await.refusals("invitationCreate"), expected, "{who:?}");
    }
}

async fn two_administrators_cannot_archive_each_other(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let director = world.ours.director.person;
    grant(&admin, director, "BOARD_ADMIN", world.ours.id).await.text_at("membershipGrant.membership.id");
    // Both asked at once: what they may do was read before either was done.
    let (first, second) = (world.standing(Who::Admin).await, world.standing(Who::Director).await);
    let archive = |person: String| json!({ "input": { "id": person } });
    let done = world.execute(&first, ARCHIVE, archive(director.to_string())).await;
    assert_eq!(done.body["data"]["personArchive"]["userErrors"], json!([]));
    let refused = world.execute(&second, ARCHIVE, archive(world.ours.admin.person.to_string())).await;
    let expected = json!([{ "code": "CONFLICT", "field": ["id"] }]);
    assert_eq!(refused.body["data"]["personArchive"]["userErrors"], expected);
}

async fn who_cannot_act_today_is_no_administrator_that_stays(world: &World) {
    let (leader, _) = signed_in(world, Who::Leader).await;
    let (admin, _) = signed_in(world, Who::Admin).await;
    let own = admin.asks("{ viewer { memberships { id } } }").await.text_at("viewer.memberships.0.id").to_owned();
    let (board, director) = (world.ours.id, world.ours.director.person);
    let later = json!({ "person": director, "role": "BOARD_ADMIN", "scope": board, "startsOn": "2999-01-01" });
    grant_on(&admin, later).await.unwrap();
    let (without_login, _) = made_and_invited(world, &leader).await;
    grant(&admin, &without_login, "BOARD_ADMIN", board).await.text_at("membershipGrant.membership.id");
    assert_eq!(revoke(&admin, &own).await.refusals("membershipRevoke"), ["CONFLICT id"]);
}

async fn other_days_of_the_same_role_are_refused(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let today = glans::call::today(world.app.clock.now()).to_string();
    let on = |starts_on: Option<&str>| {
        let (person, school) = (world.ours.teacher.person, world.ours.schools[1]);
        json!({ "person": person, "role": "TEACHER", "scope": school, "startsOn": starts_on })
    };
    let held = grant_on(&admin, on(Some("9999-12-31"))).await.unwrap();
    assert_eq!(grant_on(&admin, on(Some("9999-12-31"))).await, Ok(held.clone()), "again");
    assert_eq!(grant_on(&admin, on(Some(&today))).await, Err(vec!["TAKEN role".to_owned()]));
    revoke(&admin, &held).await.text_at("membershipRevoke.membership.id");
    let from_today = grant_on(&admin, on(Some(&today))).await.unwrap();
    assert_ne!(from_today, held);
    assert_eq!(grant_on(&admin, on(None)).await, Ok(from_today), "at once is from today");
}

async fn a_role_gone_by_makes_room_for_a_new_one(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let input = |ends_on: Option<&str>| {
        let (person, school) = (world.ours.teacher.person, world.ours.schools[1]);
        json!({ "person": person, "role": "TEACHER", "scope": school, "startsOn": "2019-08-01", "endsOn": ends_on })
    };
    let gone = grant_on(&admin, input(Some("2020-07-31"))).await.unwrap();
    let anew = grant_on(&admin, input(None)).await.unwrap();
    assert_ne!(gone, anew);
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let gone: MembershipId = gone.parse().unwrap();
    let row = membership::Entity::within(&scope).filter(membership::Column::Id.eq(gone));
    assert!(row.one(&everything(world).await).await.unwrap().unwrap().ended_at.is_some());
}

async fn a_role_gone_by_takes_no_right_to_invite(world: &World) {
    let (leader, _) = signed_in(world, Who::Leader).await;
    let (admin, _) = signed_in(world, Who::Admin).await;
    let (person, _) = made_and_invited(world, &leader).await;
    let input = json!({
        "person": person, "role": "BOARD_ADMIN", "scope": world.ours.id,
        "startsOn": "2019-08-01", "endsOn": "2020-07-31",
    });
    grant_on(&admin, input).await.unwrap();
    paper(&leader, &person).await;
}

async fn a_role_at_once_does_not_end_before_it_begins(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let today = glans::call::today(world.app.clock.now());
    let until = |day| {
        let (person, school) = (world.ours.teacher.person, world.ours.schools[1]);
        json!({ "person": person, "role": "TEACHER", "scope": school, "endsOn": day })
    };
    let yesterday = today.pred_opt().unwrap();
    assert_eq!(grant_on(&admin, until(yesterday)).await, Err(vec!["INVALID endsOn".to_owned()]));
    grant_on(&admin, until(today)).await.unwrap();
}

async fn all_that_is_wrong_with_a_grant_and_an_invitation_is_told_at_once(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let (leader, _) = signed_in(world, Who::Leader).await;
    let unknown = json!({
        "person": "nonsense", "role": "TEACHER", "scope": "nonsense", "startsOn": "2031-02-01", "endsOn": "2031-01-01",
    });
    let told = ["INVALID endsOn", "NOT_FOUND scope", "NOT_FOUND person"].map(str::to_owned);
    assert_eq!(grant_on(&admin, unknown).await, Err(told.to_vec()));
    let misplaced = json!({ "person": world.theirs.teacher.person, "role": "TEACHER", "scope": world.ours.id });
    let told = ["INVALID scope", "NOT_FOUND person"].map(str::to_owned);
    assert_eq!(grant_on(&admin, misplaced).await, Err(told.to_vec()));

    let (person, _) = made_and_invited(world, &leader).await;
    let input = json!({ "person": person, "guardianship": GuardianshipId::new(), "delivery": "EMAIL" });
    let refused = admin.does("invitationCreate", "code", input).await;
    assert_eq!(refused.refusals("invitationCreate"), ["NOT_FOUND guardianship", "REQUIRED delivery"]);
}

async fn only_an_administrator_grants_to_the_own_person(world: &World) {
    let (director, _) = signed_in(world, Who::Director).await;
    let (leader, _) = signed_in(world, Who::Leader).await;
    let (admin, _) = signed_in(world, Who::Admin).await;
    let school = world.ours.schools[0];
    let own = grant(&director, world.ours.director.person, "SCHOOL_LEADER", school).await;
    assert_eq!(own.refusals("membershipGrant"), ["FORBIDDEN person"]);
    let own = grant(&leader, world.ours.leader.person, "TEACHER", school).await;
    assert_eq!(own.refusals("membershipGrant"), ["FORBIDDEN person"]);
    grant(&admin, world.ours.admin.person, "TEACHER", school).await.text_at("membershipGrant.membership.id");
}

glans_tests::on_each_database!(
    a_role_granted_later_is_not_handed_over_by_the_first_inviter,
    a_role_that_came_past_the_grant_closes_the_code_too,
    a_guardianship_that_gives_no_child_closes_the_code,
    a_guardian_is_invited_by_who_may_invite_for_every_child,
    two_administrators_cannot_archive_each_other,
    who_cannot_act_today_is_no_administrator_that_stays,
    other_days_of_the_same_role_are_refused,
    a_role_gone_by_makes_room_for_a_new_one,
    a_role_gone_by_takes_no_right_to_invite,
    a_role_at_once_does_not_end_before_it_begins,
    all_that_is_wrong_with_a_grant_and_an_invitation_is_told_at_once,
    only_an_administrator_grants_to_the_own_person,
);
