//! Who is told how a child is: of absences, concerns and compliments.

use glans_entity::ids::PersonId;
use glans_entity::people::GuardianAccess;
use glans_tests::{World, on_each_database};
use serde_json::json;

use super::{NOBODY, children, done, has_read, notifications, standing, tell, told};

async fn an_absence_is_told_to_the_teacher_and_the_other_guardian(world: &World) {
    let (fien, sara, omar) = world.family().await;
    world.guardian("Bas", &[(fien, GuardianAccess::OnRequest)]).await;
    world.teacher("Jan", 1).await;
    let input = json!({ "student": fien, "startsOn": "2031-03-04", "reason": "SICK", "note": "Koorts." });
    let made = done(world, sara, "absenceReport", "absenceNotice { id }", input).await;
    assert_eq!(told(world, "absence-reported").await, ["Omar", "Tarik*"]);
    assert_eq!(children(world, "absence-reported", omar.person).await, [fien]);
    done(world, sara, "absenceWithdraw", "", json!({ "id": made["absenceNotice"]["id"] })).await;
    assert_eq!(told(world, "absence-withdrawn").await, ["Omar", "Tarik*"]);
    assert_eq!(standing(world, "absence-reported").await, NOBODY);
}

async fn a_teacher_who_is_family_is_told_as_family(world: &World) {
    let (fien, sara, _) = world.family().await;
    world.guardian_of_another(world.ours.teacher, fien).await;
    let input = json!({ "student": fien, "startsOn": "2031-03-04", "reason": "SICK" });
    done(world, sara, "absenceReport", "", input).await;
    assert_eq!(told(world, "absence-reported").await, ["Omar", "Tarik"]);
}

async fn a_concern_goes_to_who_answers_for_the_child(world: &World) {
    let ilse = world.ours.guardians[0];
    let input = json!({ "student": world.ours.students[0], "text": "Zij slaapt slecht." });
    let made = done(world, ilse, "concernRaise", "concern { id }", input.clone()).await;
    assert_eq!(told(world, "concern-raised").await, ["Marieke*", "Tarik*"]);
    let id = json!({ "id": made["concern"]["id"] });
    done(world, world.ours.teacher, "concernAcknowledge", "", id.clone()).await;
    assert_eq!(told(world, "concern-acknowledged").await, ["Ilse"]);
    assert!(has_read(world, "concern-raised", world.ours.teacher.person).await);
    done(world, world.ours.leader, "concernResolve", "", json!({ "id": id["id"], "resolution": "Besproken." })).await;
    tell(world).await;
    assert_eq!(notifications(world, "concern-acknowledged").await.len(), 1, "once is enough");
    // What staff keeps to itself is not told at home.
    done(world, world.ours.teacher, "concernRaise", "", input.clone()).await;
    assert_eq!(told(world, "concern-noted").await, ["Marieke*"]);
    assert_eq!(standing(world, "concern-shared").await, NOBODY);
    let mut shared = input;
    shared["sharedWithGuardians"] = json!(true);
    done(world, world.ours.teacher, "concernRaise", "", shared).await;
    assert_eq!(told(world, "concern-shared").await, ["Ilse"]);
    assert_eq!(notifications(world, "concern-noted").await.len(), 2, "Marieke of each");
    assert_eq!(notifications(world, "concern-raised").await.len(), 2, "no parent raised those");
}

async fn a_compliment_goes_to_whom_it_is_for(world: &World) {
    let (fien, sara, omar) = world.family().await;
    let log = |tone: &str, guardian: Option<PersonId>| json!({ "student": fien, "kind": "PHONE", "tone": tone, "note": "Mooi gelezen!", "guardian": guardian });
    done(world, world.ours.teacher, "contactMomentLog", "", log("CONCERN", Some(sara.person))).await;
    assert_eq!(told(world, "compliment-given").await, NOBODY);
    let fields = "contactMoment { id }";
    let made = done(world, world.ours.teacher, "contactMomentLog", fields, log("COMPLIMENT", Some(sara.person))).await;
    assert_eq!(told(world, "compliment-given").await, ["Sara"]);
    // Written to another, to both, as something else, and as a compliment again.
    let (id, omar) = (made["contactMoment"]["id"].clone(), omar.person);
    for (change, expected) in [
        (json!({ "id": id, "guardian": omar }), &["Omar"][..]),
        (json!({ "id": id, "guardian": null }), &["Omar", "Sara"][..]),
        (json!({ "id": id, "note": "Heel mooi gelezen!" }), &["Omar", "Sara"][..]),
        (json!({ "id": id, "tone": "CONCERN" }), &[][..]),
        (json!({ "id": id, "tone": "COMPLIMENT", "guardian": omar }), &["Omar"][..]),
    ] {
        done(world, world.ours.teacher, "contactMomentUpdate", "", change.clone()).await;
        assert_eq!(told(world, "compliment-given").await, expected, "{change}");
    }
    assert_eq!(notifications(world, "compliment-given").await.len(), 4, "nobody is told twice of what stands");
    done(world, world.ours.teacher, "contactMomentDelete", "", json!({ "id": id })).await;
    assert_eq!(told(world, "compliment-given").await, NOBODY);
    done(world, world.ours.teacher, "contactMomentLog", "", log("COMPLIMENT", None)).await;
    assert_eq!(told(world, "compliment-given").await, ["Omar", "Sara"]);
}

on_each_database!(
    an_absence_is_told_to_the_teacher_and_the_other_guardian,
    a_teacher_who_is_family_is_told_as_family,
    a_concern_goes_to_who_answers_for_the_child,
    a_compliment_goes_to_whom_it_is_for,
);
