//! Who is told of conversations, of their records and of goals.

use chrono::TimeDelta;
use glans::engagement::schedule;
use glans_tests::{World, on_each_database};
use serde_json::json;

use super::{NOBODY, done, has_read, in_days, notifications, standing, tell, told};

async fn a_conversation_of_one_guardian_is_not_told_to_the_other(world: &World) {
    let (fien, sara, omar) = world.family().await;
    done(world, omar, "talkChoiceSet", "", json!({ "student": fien, "apart": true })).await;
    let plan = |days: i64| {
        let starts = in_days(world, days);
        json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "guardians": [sara.person],
            "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) })
    };
    let made = done(world, world.ours.teacher, "conversationSchedule", "conversation { id }", plan(3)).await;
    let id = made["conversation"]["id"].clone();
    assert_eq!(told(world, "conversation-planned").await, ["Sara"]);
    done(world, sara, "conversationRespond", "", json!({ "id": id, "answer": "ACCEPTED" })).await;
    assert!(has_read(world, "conversation-planned", sara.person).await);

    let later = json!({ "id": id, "startsAt": in_days(world, 4) });
    done(world, world.ours.leader, "conversationUpdate", "", later).await;
    assert_eq!(told(world, "conversation-moved").await, ["Sara", "Tarik*"], "the leader moved it");
    done(world, world.ours.teacher, "conversationCancel", "", json!({ "id": id })).await;
    assert_eq!(told(world, "conversation-cancelled").await, ["Sara"]);
    assert_eq!(standing(world, "conversation-moved").await, NOBODY);
    // What was held is written down later, and told nobody.
    done(world, world.ours.teacher, "conversationSchedule", "", plan(-2)).await;
    assert_eq!(told(world, "conversation-planned").await, ["Sara"]);
    assert_eq!(notifications(world, "conversation-planned").await.len(), 1);
}

async fn a_record_is_told_when_it_is_released(world: &World) {
    let ilse = world.ours.guardians[0];
    let input = json!({
        "id": world.ours.partners[0].planned, "summary": "Het gaat goed.", "goals": ["Zij leest graag."],
        "agreements": [{ "text": "Elke dag lezen." }], "attendance": [{ "person": ilse.person, "status": "PRESENT" }],
    });
    let fields = "conversation { agreements { id } }";
    let held = done(world, world.ours.teacher, "conversationRecord", fields, input).await;
    assert_eq!(told(world, "agreement-to-confirm").await, NOBODY);
    assert_eq!(standing(world, "goal-proposed").await, ["Ilse"]);
    world.app.clock.turn(TimeDelta::hours(25));
    schedule::round(&world.app, None).await.unwrap();
    assert_eq!(told(world, "agreement-to-confirm").await, ["Ilse"], "not who wrote it, nor Ruud");
    let agreement = json!({ "id": held["conversation"]["agreements"][0]["id"] });
    done(world, ilse, "agreementConfirm", "", agreement).await;
    assert!(has_read(world, "agreement-to-confirm", ilse.person).await);
    // Said again as it was, it is no news; said otherwise, it is.
    let again = |summary: &str| json!({ "id": world.ours.partners[0].planned, "attendance": [], "summary": summary });
    for (summary, times) in [("Het gaat goed.", 1), ("Het gaat heel goed.", 2)] {
        done(world, world.ours.teacher, "conversationRecord", "", again(summary)).await;
        schedule::round(&world.app, None).await.unwrap();
        tell(world).await;
        assert_eq!(notifications(world, "agreement-to-confirm").await.len(), times, "{summary}");
    }
}

async fn a_goal_is_told_to_those_who_are_to_agree(world: &World) {
    let goal = |text: &str| json!({ "partnership": world.ours.partners[0].partnership, "text": text });
    let made = done(world, world.ours.teacher, "goalPropose", "goal { id }", goal("Lezen.")).await;
    assert_eq!(told(world, "goal-proposed").await, ["Ilse"]);
    let ilse = world.ours.guardians[0];
    done(world, ilse, "goalAgree", "", json!({ "id": made["goal"]["id"] })).await;
    assert!(has_read(world, "goal-proposed", ilse.person).await);
    done(world, ilse, "goalPropose", "", goal("Rekenen.")).await;
    assert_eq!(told(world, "goal-proposed").await, ["Ilse", "Tarik*"]);
    assert_eq!(notifications(world, "goal-proposed").await.len(), 2, "Ilse is not told of her own");
}

on_each_database!(
    a_conversation_of_one_guardian_is_not_told_to_the_other,
    a_record_is_told_when_it_is_released,
    a_goal_is_told_to_those_who_are_to_agree,
);
