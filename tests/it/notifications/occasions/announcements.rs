//! Who is told of an announcement: its audience, once each, whatever else they are.

use glans_entity::notifications::Category;
use glans_entity::people::GuardianAccess;
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use super::{NOBODY, children, done, has_read, notifications, standing, tell, told};
use crate::announcements::{published, to_group};
use crate::ask::{act, codes};

async fn an_announcement_reaches_those_who_may_have_it(world: &World) {
    let (fien, sara, _) = world.family().await;
    let bas = world.guardian("Bas", &[(fien, GuardianAccess::OnRequest)]).await;
    let elsewhere = world.child("Piet", 1).await;
    world.guardian("Greet", &[(elsewhere, GuardianAccess::Full)]).await;
    let id = published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    // Neither its author, nor the other group, nor Ruud at access NONE, nor Bas with the important facts alone.
    assert_eq!(told(world, "announcement-published").await, ["Ilse", "Omar", "Sara"]);
    let rows = notifications(world, "announcement-published").await;
    assert!(rows.iter().all(|row| row.category == Category::Announcement && !row.urgent));
    assert_eq!(rows[0].about_kind.as_deref(), Some("announcement"));

    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    assert!(has_read(world, "announcement-published", sara.person).await);
    let other = json!({ "id": id, "note": "De dag was verkeerd.", "body": "Dinsdag." });
    done(world, world.ours.leader, "announcementCorrect", "", other).await;
    assert_eq!(told(world, "announcement-corrected").await, ["Sara"], "the others had not read it");

    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": id })).await;
    assert_eq!(told(world, "announcement-corrected").await, NOBODY);
    assert_eq!(standing(world, "announcement-published").await, ["Sara"], "what was read cannot be unread");

    let urgent = json!({ "audience": { "include": [world.ours.groups[0]] }, "priority": "URGENT",
        "urgentReason": "Een gaslek.", "requiresAcknowledgement": true });
    published(world, Who::Leader, "De school is dicht", urgent).await;
    tell(world).await;
    let rows = notifications(world, "announcement-published").await;
    let mut alerts: Vec<_> = rows.iter().filter(|row| row.category == Category::Alert && row.urgent).collect();
    alerts.retain(|row| row.person_id == bas.person);
    assert_eq!(alerts.len(), 1, "what is urgent is for Bas as well");
    let confirm = json!({ "audience": { "include": [world.ours.groups[0]] }, "requiresAcknowledgement": true });
    let id = published(world, Who::Leader, "Studiedag", confirm).await;
    tell(world).await;
    let rows = notifications(world, "announcement-published").await;
    assert_eq!(rows.iter().filter(|row| row.category == Category::Confirmation).count(), 3);
    done(world, sara, "announcementAcknowledge", "", json!({ "id": id })).await;
    tell(world).await;
    let own = notifications(world, "announcement-published").await.into_iter();
    let own: Vec<_> =
        own.filter(|row| row.person_id == sara.person && row.category == Category::Confirmation).collect();
    assert!(own.iter().all(|row| row.read_at.is_some()));
}

async fn a_guardian_of_two_children_is_told_once(world: &World) {
    let (fien, sara, _) = world.family().await;
    let bram = world.child("Bram", 0).await;
    world.guardian_of_another(sara, bram).await;
    published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    assert_eq!(told(world, "announcement-published").await, ["Ilse", "Omar", "Sara"]);
    let rows = notifications(world, "announcement-published").await;
    assert_eq!(rows.iter().filter(|row| row.person_id == sara.person).count(), 1);
    let mut both = children(world, "announcement-published", sara.person).await;
    both.sort_unstable();
    let mut expected = [fien, bram];
    expected.sort_unstable();
    assert_eq!(both, expected);
}

async fn the_author_of_an_act_is_not_told_as_a_guardian(world: &World) {
    let bram = world.child("Bram", 0).await;
    world.guardian_of_another(world.ours.leader, bram).await;
    published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    assert_eq!(told(world, "announcement-published").await, ["Ilse"]);
    let made = act(
        world,
        Who::Teacher,
        "eventCreate",
        "event { id }",
        json!({
            "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
            "audience": { "include": [world.ours.groups[0]] },
        }),
    )
    .await;
    assert_eq!(codes(&made), NOBODY);
    assert_eq!(told(world, "event-invited").await, ["Ilse", "Marieke"]);
}

on_each_database!(
    an_announcement_reaches_those_who_may_have_it,
    a_guardian_of_two_children_is_told_once,
    the_author_of_an_act_is_not_told_as_a_guardian,
);
