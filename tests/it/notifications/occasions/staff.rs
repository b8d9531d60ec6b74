//! What staff are told of their course, their roles and rosters.

use glans::platform::outbox::Event;
use glans_entity::notifications::Category;
use glans_tests::seed::Someone;
use glans_tests::{World, on_each_database};
use serde_json::json;

use super::{NOBODY, done, happens, notifications, standing, tell, told};

async fn a_meeting_is_told_to_the_leaders_and_trainers_of_its_cohort(world: &World) {
    let input = json!({
        "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson],
        "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z",
    });
    let made = done(world, world.ours.trainer, "meetingPlan", "meeting { id }", input).await;
    let id = made["meeting"]["id"].clone();
    assert_eq!(told(world, "meeting-planned").await, ["Marieke*"], "not Laila, whose school is in another cohort");
    // Another lesson to look back on is no move.
    let reviews = json!({ "id": id, "prepares": [], "reviews": [world.ours.published.lesson] });
    done(world, world.ours.director, "meetingUpdate", "", reviews).await;
    assert_eq!(told(world, "meeting-moved").await, NOBODY);
    let later = json!({ "id": id, "startsAt": "2031-03-11T13:00:00Z" });
    done(world, world.ours.director, "meetingUpdate", "", later).await;
    assert_eq!(told(world, "meeting-moved").await, ["Marieke*", "Trudy*"]);
    assert_eq!(standing(world, "meeting-planned").await, NOBODY);
    done(world, world.ours.trainer, "meetingCancel", "", json!({ "id": id })).await;
    assert_eq!(told(world, "meeting-cancelled").await, ["Marieke*"]);
    assert_eq!(standing(world, "meeting-moved").await, NOBODY);
}

async fn a_team_session_is_told_to_the_team(world: &World) {
    world.teacher("Jan", 1).await;
    let id = world.ours.sessions[0];
    done(world, world.ours.leader, "teamSessionUpdate", "", json!({ "id": id, "location": "Aula" })).await;
    assert_eq!(told(world, "session-moved").await, ["Tarik*"]);
    done(world, world.ours.leader, "teamSessionCancel", "", json!({ "id": id })).await;
    assert_eq!(told(world, "session-cancelled").await, ["Tarik*"]);
    assert_eq!(standing(world, "session-moved").await, NOBODY);
    happens(world, Event::about("team_session.moved", id)).await;
    assert_eq!(told(world, "session-moved").await, NOBODY, "too late");
    assert_eq!(standing(world, "session-cancelled").await, ["Tarik*"]);
}

async fn an_experience_is_told_as_far_as_it_is_shared(world: &World) {
    let share = |visibility: &str| {
        json!({ "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson, "kind": "TIP",
            "text": "Bel even.", "visibility": visibility })
    };
    let fields = "experience { id }";
    let made = done(world, world.ours.teacher, "experienceShare", fields, share("SCHOOL")).await;
    assert_eq!(told(world, "experience-shared").await, NOBODY);
    let wider = json!({ "id": made["experience"]["id"], "visibility": "COHORT" });
    done(world, world.ours.teacher, "experienceUpdate", "", wider).await;
    assert_eq!(told(world, "experience-shared").await, ["Trudy*"]);

    let comment = json!({ "experience": world.ours.experiences[0], "text": "Mooi gedaan." });
    done(world, world.ours.trainer, "experienceComment", "", comment.clone()).await;
    assert_eq!(told(world, "experience-commented").await, ["Marieke*"]);
    done(world, world.ours.leader, "experienceComment", "", comment).await;
    assert_eq!(told(world, "experience-commented").await, ["Marieke*", "Trudy*"]);
    assert_eq!(notifications(world, "experience-commented").await.len(), 2, "nobody is told of the own comment");
}

async fn a_role_and_an_address_are_told_to_whose_they_are(world: &World) {
    let teacher = world.ours.teacher.person;
    let role = json!({ "person": teacher, "role": "SCHOOL_LEADER", "scope": world.ours.schools[0] });
    done(world, world.ours.admin, "membershipGrant", "", role).await;
    assert_eq!(told(world, "role-granted").await, ["Tarik*"]);
    let address = json!({ "id": teacher, "email": "tarik.nieuw@example.org" });
    done(world, world.ours.admin, "personUpdate", "", address.clone()).await;
    assert_eq!(told(world, "email-changed").await, ["Tarik"]);
    done(world, world.ours.admin, "personUpdate", "", address).await;
    tell(world).await;
    assert_eq!(notifications(world, "email-changed").await.len(), 1, "it was the same");
}

async fn what_no_mutation_does_is_told_as_well(world: &World) {
    happens(world, Event::about("roster.imported", world.ours.import)).await;
    assert_eq!(told(world, "roster-imported").await, ["Annelies*"]);
    happens(world, Event::about("roster.refused", world.ours.import)).await;
    assert_eq!(told(world, "roster-refused").await, ["Annelies*"]);
    let Someone { person, account } = world.ours.teacher;
    let payload = json!({ "id": account, "person": person });
    happens(world, Event { kind: "password.changed", payload }).await;
    assert_eq!(told(world, "password-changed").await, ["Tarik"]);
    assert_eq!(notifications(world, "password-changed").await[0].category, Category::Security);
}

on_each_database!(
    a_meeting_is_told_to_the_leaders_and_trainers_of_its_cohort,
    a_team_session_is_told_to_the_team,
    an_experience_is_told_as_far_as_it_is_shared,
    a_role_and_an_address_are_told_to_whose_they_are,
    what_no_mutation_does_is_told_as_well,
);
