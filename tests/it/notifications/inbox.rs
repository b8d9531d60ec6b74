//! The inbox in the app, as those whom it is for read it.

use chrono::TimeDelta;
use glans_entity::ids::{AccountId, NotificationId, PersonId, StudentId};
use glans_entity::people::{GuardianAccess, ScopeKind, guardianship, membership, person};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::occasions::{done, tell};
use crate::announcements::{published, to_group};
use crate::ask::{act_as, ask_as, refusals};

const INBOX: &str = "query($unreadOnly: Boolean, $student: ID, $first: Int, $after: String) {
    notifications(unreadOnly: $unreadOnly, student: $student, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { id title body category priority readAt createdAt happensAt students { displayName }
            about { __typename ... on Announcement { id } ... on Thread { id } } } }
    unreadNotifications(student: $student) }";

async fn inbox(world: &World, who: impl Into<AccountId>, variables: Value) -> Value {
    ask_as(world, who, INBOX, variables).await
}

fn nodes(seen: &Value) -> &Vec<Value> {
    seen["notifications"]["nodes"].as_array().expect("nodes")
}

fn ids(seen: &Value) -> Vec<Value> {
    nodes(seen).iter().map(|node| node["id"].clone()).collect()
}

fn titles(seen: &Value) -> Vec<&str> {
    nodes(seen).iter().map(|node| node["title"].as_str().expect("a title")).collect()
}

/// Reads some of the inbox; how much is left.
async fn reads(world: &World, who: Someone, input: Value) -> Value {
    let done = done(world, who, "notificationsRead", "unread { count }", input).await;
    done["unread"]["count"].clone()
}

async fn refused(world: &World, who: Someone, input: Value) -> Vec<String> {
    let payload = act_as(world, who, "notificationsRead", "unread { count }", input).await;
    assert!(payload["unread"].is_null(), "{payload}");
    refusals(&payload)
}

/// Sara has two children in one group, and was told of an announcement to it, of a message about the first, and of another
/// announcement.
async fn told(world: &World) -> (Someone, StudentId, StudentId) {
    let (fien, sara, _) = world.family().await;
    let bram = world.child("Bram", 0).await;
    world.guardian_of_another(sara, bram).await;
    published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    tell(world).await;
    let message = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, world.ours.teacher, "threadStart", "", message).await;
    tell(world).await;
    published(world, Who::Leader, "Studiedag", to_group(world)).await;
    tell(world).await;
    (sara, fien, bram)
}

async fn one_item_stands_for_all_children_the_newest_first(world: &World) {
    let (sara, fien, bram) = told(world).await;
    let seen = inbox(world, sara, json!({})).await;
    assert_eq!(titles(&seen), ["Nieuwe mededeling", "Nieuw bericht", "Nieuwe mededeling"]);
    assert_eq!((&seen["unreadNotifications"], &seen["notifications"]["totalCount"]), (&json!(3), &json!(3)));
    let newest = &nodes(&seen)[0];
    assert_eq!(newest["students"], json!([{ "displayName": "Bram" }, { "displayName": "Fien" }]));
    let body = newest["body"].as_str().unwrap();
    assert!(body.contains("Bram en Fien") && body.contains("Studiedag"), "{body}");
    assert_eq!((&newest["category"], &newest["priority"]), (&json!("ANNOUNCEMENT"), &json!("NORMAL")));
    assert_eq!((&newest["about"]["__typename"], &newest["readAt"]), (&json!("Announcement"), &Value::Null));
    assert_eq!(nodes(&seen)[1]["students"], json!([{ "displayName": "Fien" }]));
    assert_eq!(nodes(&seen)[1]["about"]["__typename"], "Thread");

    for (child, expected) in [(fien, 3), (bram, 2), (world.ours.students[0], 0), (StudentId::new(), 0)] {
        let of_child = inbox(world, sara, json!({ "student": child })).await;
        assert_eq!((nodes(&of_child).len(), &of_child["unreadNotifications"]), (expected, &json!(expected)));
    }
    let of_nothing = inbox(world, sara, json!({ "student": world.ours.id })).await;
    assert_eq!((nodes(&of_nothing).len(), &of_nothing["unreadNotifications"]), (0, &json!(0)));
    // Whoever was not told has nothing of it: its author, and who is at a distance.
    for other in [world.ours.leader, world.ours.distant, world.ours.director, world.theirs.leader] {
        let seen = inbox(world, other, json!({})).await;
        assert_eq!((nodes(&seen).len(), &seen["unreadNotifications"]), (0, &json!(0)));
    }
}

async fn it_speaks_the_language_of_the_request(world: &World) {
    let (sara, ..) = told(world).await;
    let phone = world.actor_of("Sara", sara).await;
    let asked = "{ notifications(first: 1) { nodes { title body } } }";
    for (language, title, children) in
        [("en-GB, nl;q=0.5", "New announcement", "Bram and Fien"), ("nl", "Nieuwe mededeling", "Bram en Fien")]
    {
        let reply = phone.with_header("accept-language", language).asks(asked).await;
        assert_eq!(reply.text_at("notifications.nodes.0.title"), title);
        let body = reply.text_at("notifications.nodes.0.body");
        assert!(body.contains(children) && body.contains("Studiedag"), "{body}");
    }
}

async fn pages_follow_one_another(world: &World) {
    let (sara, ..) = told(world).await;
    let all = ids(&inbox(world, sara, json!({})).await);
    let first = inbox(world, sara, json!({ "first": 2 })).await;
    let page = &first["notifications"]["pageInfo"];
    assert_eq!((ids(&first).as_slice(), &page["hasNextPage"]), (&all[..2], &json!(true)));
    let second = inbox(world, sara, json!({ "first": 2, "after": page["endCursor"] })).await;
    assert_eq!(ids(&second), all[2..]);
    assert_eq!(second["notifications"]["pageInfo"]["hasNextPage"], false);
}

async fn what_is_read_is_named_or_all_up_to_one(world: &World) {
    let (sara, fien, bram) = told(world).await;
    let [newest, message, oldest]: [Value; 3] = ids(&inbox(world, sara, json!({})).await).try_into().expect("three");
    for _ in 0..2 {
        assert_eq!(reads(world, sara, json!({ "ids": [message] })).await, 2);
    }
    let left = inbox(world, sara, json!({ "unreadOnly": true })).await;
    assert_eq!(ids(&left), [newest.clone(), oldest.clone()]);
    assert_eq!(inbox(world, sara, json!({ "student": fien })).await["unreadNotifications"], 2);
    let seen = inbox(world, sara, json!({})).await;
    let read_at = nodes(&seen)[1]["readAt"].clone();
    assert!(read_at.is_string() && nodes(&seen)[0]["readAt"].is_null());

    assert_eq!(reads(world, sara, json!({ "upTo": oldest })).await, 1, "this one and all older ones");
    for _ in 0..2 {
        assert_eq!(reads(world, sara, json!({ "upTo": newest })).await, 0);
    }
    let seen = inbox(world, sara, json!({ "student": bram })).await;
    assert_eq!((nodes(&seen).len(), &seen["unreadNotifications"]), (2, &json!(0)), "it stays where it is");
    assert_eq!(nodes(&inbox(world, sara, json!({})).await)[1]["readAt"], read_at, "it was read the first time");
}

async fn what_is_older_than_ninety_days_is_on_no_badge(world: &World) {
    let (sara, ..) = told(world).await;
    world.app.clock.turn(TimeDelta::days(89));
    assert_eq!(inbox(world, sara, json!({})).await["unreadNotifications"], 3);
    world.app.clock.turn(TimeDelta::days(2));
    let seen = inbox(world, sara, json!({ "unreadOnly": true })).await;
    assert_eq!((nodes(&seen).len(), &seen["unreadNotifications"]), (3, &json!(0)), "the inbox has it still");
    assert_eq!(reads(world, sara, json!({ "ids": [ids(&seen)[0]] })).await, 0);
}

async fn what_is_somebody_elses_is_nowhere(world: &World) {
    let (sara, ..) = told(world).await;
    let ilse = world.ours.guardians[0];
    let (own, other) = (ids(&inbox(world, sara, json!({})).await), ids(&inbox(world, ilse, json!({})).await));
    for foreign in [other[0].clone(), json!(NotificationId::new()), json!(world.ours.id), json!("x")] {
        assert_eq!(refused(world, sara, json!({ "ids": [foreign] })).await, ["NOT_FOUND ids.0"], "{foreign}");
        assert_eq!(refused(world, sara, json!({ "upTo": foreign })).await, ["NOT_FOUND upTo"], "{foreign}");
    }
    assert_eq!(refused(world, sara, json!({ "ids": [own[0], other[0]] })).await, ["NOT_FOUND ids.1"]);
    for wrong in [json!({ "ids": [own[0]], "upTo": own[0] }), json!({}), json!({ "ids": [] })] {
        assert_eq!(refused(world, sara, wrong).await, ["INVALID ids"]);
    }
    let too_many = vec![own[0].clone(); 101];
    assert_eq!(refused(world, sara, json!({ "ids": too_many })).await, ["INVALID ids"]);
    for (someone, expected) in [(sara, 3), (ilse, 2)] {
        assert_eq!(inbox(world, someone, json!({})).await["unreadNotifications"], expected, "all or nothing");
    }
}

/// Sets the access of `guardian` to `child`.
async fn set_access(world: &World, guardian: PersonId, child: StudentId, access: GuardianAccess) {
    use guardianship::Column;
    let db = world.writing().await;
    let update = guardianship::Entity::update_many()
        .col_expr(Column::Access, Expr::value(access.to_value()))
        .filter(Column::GuardianId.eq(guardian))
        .filter(Column::StudentId.eq(child));
    assert_eq!(update.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
}

async fn what_does_not_hold_or_is_no_business_of_theirs_is_gone(world: &World) {
    let (sara, fien, bram) = told(world).await;
    let newest = inbox(world, sara, json!({})).await;
    let id = nodes(&newest)[0]["about"]["id"].clone();
    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": id })).await;
    tell(world).await;
    assert_eq!(titles(&inbox(world, sara, json!({})).await), ["Nieuw bericht", "Nieuwe mededeling"]);

    set_access(world, sara.person, fien, GuardianAccess::None).await;
    let seen = inbox(world, sara, json!({})).await;
    assert_eq!(titles(&seen), ["Nieuwe mededeling"], "it concerns Bram too");
    assert_eq!(nodes(&seen)[0]["students"], json!([{ "displayName": "Bram" }]));
    let message = json!({ "ids": [nodes(&newest)[1]["id"]] });
    assert_eq!(refused(world, sara, message).await, ["NOT_FOUND ids.0"]);
    set_access(world, sara.person, bram, GuardianAccess::None).await;
    let seen = inbox(world, sara, json!({})).await;
    assert_eq!((nodes(&seen).len(), &seen["unreadNotifications"]), (0, &json!(0)));
    set_access(world, sara.person, bram, GuardianAccess::Full).await;
    assert_eq!(inbox(world, sara, json!({})).await["unreadNotifications"], 1, "and back");
}

async fn what_staff_may_not_open_any_more_is_gone(world: &World) {
    let (fien, sara, _) = world.family().await;
    let tarik = world.ours.teacher;
    let absence = json!({ "student": fien, "startsOn": "2031-03-04", "reason": "SICK" });
    done(world, sara, "absenceReport", "", absence).await;
    tell(world).await;
    let seen = inbox(world, tarik, json!({})).await;
    assert_eq!((titles(&seen), &nodes(&seen)[0]["students"]), (vec!["Afgemeld"], &json!([])));
    assert!(!nodes(&seen)[0]["about"].is_null());
    // In the team without the group, he has no children there.
    let db = world.writing().await;
    membership::Entity::update_many()
        .col_expr(membership::Column::ScopeKind, Expr::value(ScopeKind::School))
        .col_expr(membership::Column::ScopeId, Expr::value(world.ours.schools[0].0))
        .filter(membership::Column::PersonId.eq(tarik.person))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    let seen = inbox(world, tarik, json!({})).await;
    assert_eq!((nodes(&seen).len(), &seen["unreadNotifications"]), (0, &json!(0)));
}

async fn one_login_has_one_inbox_over_two_boards(world: &World) {
    let ilse = world.ours.guardians[0];
    let db = world.writing().await;
    person::Entity::update_many()
        .col_expr(person::Column::AccountId, Expr::value(ilse.account.0))
        .filter(person::Column::Id.eq(world.theirs.guardians[0].person))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    let there =
        json!({ "title": "Kamp", "body": "Volgende week.", "audience": { "include": [world.theirs.groups[0]] } });
    let made = done(world, world.theirs.leader, "announcementCreate", "announcement { id }", there).await;
    let id = json!({ "id": made["announcement"]["id"] });
    done(world, world.theirs.leader, "announcementPublish", "", id).await;
    tell(world).await;
    let seen = inbox(world, ilse, json!({})).await;
    assert_eq!((nodes(&seen).len(), &seen["unreadNotifications"]), (2, &json!(2)));
    let phone = world.actor_of("Ilse", ilse).await.with_header("glans-board", &world.ours.id.to_string());
    let here = phone.asks("{ notifications { nodes { body } } unreadNotifications }").await;
    assert_eq!(here.at("unreadNotifications"), 1);
    assert!(here.text_at("notifications.nodes.0.body").contains("IJsvrij"));
    let newest = ids(&seen)[0].clone();
    assert_eq!(reads(world, ilse, json!({ "upTo": newest })).await, 0, "of both boards");
}

async fn an_inbox_is_of_a_person(world: &World) {
    let asked = "{ unreadNotifications notifications { totalCount } }";
    for (who, code) in [(Who::Anonymous, "UNAUTHENTICATED"), (Who::Client, "FORBIDDEN")] {
        let actor = world.actor(who).await;
        let refused = actor.asks(asked).await.codes().into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert!(!refused.is_empty() && refused.iter().all(|found| found == code), "{}: {refused:?}", who.name());
    }
}

on_each_database!(
    one_item_stands_for_all_children_the_newest_first,
    it_speaks_the_language_of_the_request,
    pages_follow_one_another,
    what_is_read_is_named_or_all_up_to_one,
    what_is_older_than_ninety_days_is_on_no_badge,
    what_is_somebody_elses_is_nowhere,
    what_does_not_hold_or_is_no_business_of_theirs_is_gone,
    what_staff_may_not_open_any_more_is_gone,
    one_login_has_one_inbox_over_two_boards,
    an_inbox_is_of_a_person,
);
