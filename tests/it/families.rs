//! Families as they are: what each of them has in hand, told by name.

use chrono::{Days, TimeDelta};
use glans_entity::ids::{AccountId, StudentId};
use glans_entity::people::{GuardianAccess, enrolment, student};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::announcements::published;
use crate::ask::{act, act_as, ask, ask_as, codes};

/// All that somebody reads of a child and of what is addressed to them, as one text to look for names in.
const EVERYTHING: &str = "query($student: ID!) {
    viewer { children { id displayName partnership { goals { text } conversations { summary cancelReason attendance {
        person { displayName } } } steps { status missingGuardians { displayName } } } } }
    student(id: $student) { displayName guardianships { guardian { displayName } } absences { reason note reportedBy { displayName } }
        consents { answers { guardian { displayName } } } }
    feed { nodes { students { displayName } node { ... on Announcement { title concerns { displayName } receipts { nodes {
        guardian { displayName } } } } ... on Thread { subject guardianNames messages { nodes { body } } }
        ... on Event { title guests { nodes { person { displayName } } } }
        ... on BookingRound { slots { bookedBy { displayName } bookedFor { displayName } } } } } }
    threads { nodes { subject guardianNames messages { nodes { body authorName } } } }
    appointments { ... on Conversation { attendance { person { displayName } } } }
    awaiting { students { displayName } } }";

async fn reads(world: &World, account: impl Into<AccountId>, student: StudentId) -> String {
    ask_as(world, account, EVERYTHING, json!({ "student": student })).await.to_string()
}

/// Makes it so, with errors of nobody.
async fn does(world: &World, account: impl Into<AccountId>, name: &str, fields: &str, input: Value) -> Value {
    let done = act_as(world, account, name, fields, input).await;
    assert_eq!(codes(&done), Vec::<&str>::new(), "{name}: {done}");
    done
}

fn in_days(world: &World, days: i64) -> chrono::DateTime<chrono::Utc> {
    world.app.clock.now() + TimeDelta::days(days)
}

fn talk(world: &World, child: StudentId, days: i64) -> Value {
    let starts = in_days(world, days);
    json!({ "student": child, "kind": "PROGRESS", "mode": "AT_SCHOOL", "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) })
}

async fn with(world: &World, guardian: Someone, talk: Value) -> Value {
    let mut input = talk;
    input["guardians"] = json!([guardian.person]);
    does(world, world.ours.teacher, "conversationSchedule", "conversation { id }", input).await["conversation"]["id"]
        .take()
}

/// Each books a slot of their own in a new round, and comes to a new event.
async fn each_books_and_comes(world: &World, families: [(Someone, StudentId); 3]) {
    let starts = in_days(world, 9);
    let window = json!({ "startsAt": starts, "endsAt": starts + TimeDelta::minutes(30) });
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": in_days(world, 8), "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person, "windows": [window] }],
    });
    let round = does(world, world.ours.leader, "bookingRoundOpen", "bookingRound { slots { id } }", input).await;
    let input = json!({
        "title": "Kijkavond", "startsAt": starts, "endsAt": starts + TimeDelta::hours(2),
        "audience": { "include": [world.ours.groups[0]] },
    });
    let event = does(world, world.ours.leader, "eventCreate", "event { id }", input).await;
    for (at, (parent, child)) in families.into_iter().enumerate() {
        let slot = &round["bookingRound"]["slots"][at]["id"];
        does(world, parent, "slotBook", "", json!({ "slot": slot, "student": child })).await;
        does(world, parent, "eventRespond", "", json!({ "event": event["event"]["id"], "answer": "YES" })).await;
    }
}

/// Sara and Omar are the separated parents of Fien. Lena is Omar's new partner, with a son of her own in the same group; she
/// has nothing of Fien. Bas is Sara's new partner and knows what is important of Fien.
async fn separated_parents_with_new_partners_are_kept_apart(world: &World) {
    let [fien, bram] = [world.child("Fien", 0).await, world.child("Bram", 0).await];
    let sara = world.guardian("Sara", &[(fien, GuardianAccess::Full)]).await;
    let omar = world.guardian("Omar", &[(fien, GuardianAccess::Full)]).await;
    let lena = world.guardian("Lena", &[(bram, GuardianAccess::Full), (fien, GuardianAccess::None)]).await;
    let bas = world.guardian("Bas", &[(fien, GuardianAccess::OnRequest)]).await;
    for parent in [sara, omar] {
        does(world, parent, "talkChoiceSet", "", json!({ "student": fien, "apart": true })).await;
    }
    with(world, sara, talk(world, fien, 3)).await;
    with(world, omar, talk(world, fien, 4)).await;
    for (parent, words) in [(sara, "Woord van Sara"), (omar, "Woord van Omar")] {
        let input = json!({ "student": fien, "subject": "Lezen", "body": words });
        does(world, parent, "threadStart", "", input).await;
    }
    let day = glans::call::today(in_days(world, 5));
    let input = json!({ "student": fien, "startsOn": day, "reason": "OTHER", "note": "Naar de rechter met Sara." });
    does(world, sara, "absenceReport", "", input).await;
    let input = json!({ "purpose": world.ours.purposes[0], "student": fien, "answer": "GRANTED" });
    does(world, sara, "consentGive", "", input).await;
    let id = published(world, Who::Leader, "Schoolreis", json!({ "audience": { "include": [world.ours.schools[0]] } }))
        .await;
    each_books_and_comes(world, [(sara, fien), (omar, fien), (lena, bram)]).await;

    let of = [(sara, "Sara"), (omar, "Omar"), (lena, "Lena"), (bas, "Bas")];
    for (who, name) in of {
        let child = if name == "Lena" { bram } else { fien };
        let seen = reads(world, who, child).await;
        for (_, other) in of.iter().filter(|(_, other)| *other != name) {
            assert!(!seen.contains(other), "{name} reads of {other}: {seen}");
        }
        assert_eq!(seen.matches("Schoolreis").count(), usize::from(name != "Bas"), "{name}: {seen}");
        // Each of the three finds the own slot and answer among those of the others.
        for own in ["\"bookedBy\":", "\"guests\":{\"nodes\":[{\"person\":"] {
            let own = format!("{own}{{\"displayName\":\"{name} de Wit\"}}");
            assert_eq!(seen.matches(&own).count(), usize::from(name != "Bas"), "{name} {own}: {seen}");
        }
        assert_eq!(seen.contains("Bram"), name == "Lena", "{name}: {seen}");
        assert!(name != "Lena" || !seen.contains("Fien"), "{seen}");
    }
    // The school knows who is who, and who was reached.
    let document =
        "query($id: ID!) { node(id: $id) { ... on Announcement { receipts { nodes { guardian { displayName } } } } } }";
    let known = ask(world, Who::Teacher, document, json!({ "id": id })).await.to_string();
    assert!(["Sara", "Omar", "Lena"].iter().all(|name| known.contains(name)) && !known.contains("Bas"), "{known}");
}

/// Ilse has Noor here and a son at a school of another board, under one login.
async fn siblings_at_two_schools_of_two_boards_stand_in_one_account(world: &World) {
    let (ilse, theirs) = (world.ours.guardians[0], &world.theirs);
    world
        .sow(theirs, async |sower| {
            sower.known_here("Ilse-elders", ilse.account, &[(theirs.students[0], GuardianAccess::Full)]).await
        })
        .await;
    let screen =
        "{ viewer { children { id } } feed { nodes { node { id } } } awaiting { node { id } students { id } } }";
    let seen = ask_as(world, ilse, screen, json!({})).await;
    let children: Vec<&str> =
        seen["viewer"]["children"].as_array().unwrap().iter().map(|child| child["id"].as_str().unwrap()).collect();
    assert_eq!(children.len(), 2);
    // Both schools ask for consent, each about its own child.
    let asked = seen["awaiting"].to_string();
    assert!(
        asked.contains(&theirs.purposes[0].to_string()) && !asked.contains(&theirs.students[1].to_string()),
        "{asked}"
    );
    // Who knows Ilse at one board learns nothing of the other.
    for who in [Who::Leader, Who::Admin] {
        let document = "query($id: ID!) { node(id: $id) { ... on Person { displayName } } student(id: $other) { id } }";
        let document = document.replace("($id: ID!)", "($id: ID!, $other: ID!)");
        let seen = ask(world, who, &document, json!({ "id": ilse.person, "other": theirs.students[0] })).await;
        assert_eq!(seen["student"], Value::Null, "{}", who.name());
    }
    let answer = json!({ "purpose": theirs.purposes[0], "student": theirs.students[0], "answer": "REFUSED" });
    does(world, ilse, "consentGive", "", answer).await;
    let left = ask_as(world, ilse, screen, json!({})).await["awaiting"].to_string();
    assert!(!left.contains(&theirs.purposes[0].to_string()), "{left}");
}

/// Marja is Fien's foster mother. Wim, her father, has no authority: he is told what is important when he asks for it.
async fn a_foster_parent_has_everything_and_a_parent_without_authority_the_important_facts(world: &World) {
    let fien = world.child("Fien", 0).await;
    let marja = world.guardian("Marja", &[(fien, GuardianAccess::Full)]).await;
    let wim = world.guardian("Wim", &[(fien, GuardianAccess::OnRequest)]).await;
    let id = with(world, marja, talk(world, fien, 3)).await;
    let refused = act(world, Who::Teacher, "conversationSchedule", "", {
        let mut input = talk(world, fien, 5);
        input["guardians"] = json!([wim.person]);
        input
    });
    assert_eq!(codes(&refused.await).len(), 1, "nobody plans a talk with who may not have it");
    let school = json!({ "include": [world.ours.schools[0]] });
    published(world, Who::Leader, "Gewoon bericht", json!({ "audience": school })).await;
    published(world, Who::Leader, "Belangrijk feit", json!({ "audience": school, "hasImportantFacts": true })).await;
    let (hers, his) = (reads(world, marja, fien).await, reads(world, wim, fien).await);
    assert!(hers.contains("Gewoon bericht") && hers.contains("Belangrijk feit"), "{hers}");
    assert!(!his.contains("Gewoon bericht") && his.contains("Belangrijk feit") && !his.contains("Marja"), "{his}");
    let sees = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(ask_as(world, wim, sees, json!({ "id": id })).await["node"], Value::Null);
    for (name, input) in [
        ("threadStart", json!({ "student": fien, "subject": "Lezen", "body": "Hoe gaat het?" })),
        ("consentGive", json!({ "purpose": world.ours.purposes[0], "student": fien, "answer": "GRANTED" })),
        ("concernRaise", json!({ "student": fien, "text": "Ik maak me zorgen." })),
    ] {
        assert_eq!(codes(&act_as(world, wim, name, "", input).await), ["FORBIDDEN"], "{name}");
    }
    // Nobody misses him in the line of the child.
    let line = "query($id: ID!) { student(id: $id) { partnership { steps { missingGuardians { displayName } } } } }";
    let missing = ask(world, Who::Teacher, line, json!({ "id": fien })).await.to_string();
    assert!(missing.contains("Marja") && !missing.contains("Wim"), "{missing}");
}

/// Aisha has no e-mail and no login. She counts, and the school books for her.
async fn a_guardian_without_an_address_counts_and_is_booked_for(world: &World) {
    let fien = world.child("Fien", 0).await;
    let aisha = world.guardian("Aisha", &[(fien, GuardianAccess::Full)]).await;
    world
        .sow(&world.ours, async |sower| {
            sower.set_account(aisha.person, None).await;
            sower.without_email(aisha.person).await;
        })
        .await;
    let more = json!({ "audience": { "include": [world.ours.groups[0]] } });
    let id = published(world, Who::Leader, "Studiedag", more).await;
    let document = "query($id: ID!) { node(id: $id) { ... on Announcement { reach { recipients unreachable } } } }";
    let reach = ask(world, Who::Leader, document, json!({ "id": id })).await;
    assert_eq!(reach["node"]["reach"], json!({ "recipients": 2, "unreachable": 1 }));
    let starts = in_days(world, 9);
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": in_days(world, 8), "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person, "times": [starts] }],
    });
    let fields = "bookingRound { slots { id } unbookedStudents { displayName } }";
    let round = does(world, world.ours.leader, "bookingRoundOpen", fields, input).await;
    assert!(round.to_string().contains("Fien"), "{round}");
    let input = json!({ "slot": round["bookingRound"]["slots"][0]["id"], "student": fien, "guardian": aisha.person });
    let booked = does(world, world.ours.teacher, "slotBook", "slot { bookedBy { displayName } }", input).await;
    assert!(booked.to_string().contains("Aisha"), "{booked}");
    let line = "query($id: ID!) { student(id: $id) { partnership { steps { missingGuardians { displayName } } } } }";
    assert!(ask(world, Who::Teacher, line, json!({ "id": fien })).await.to_string().contains("Aisha"));
}

/// Tarik teaches the group in which his daughter is. Sara is her mother.
async fn a_teacher_who_is_a_parent_is_a_parent_to_the_own_child(world: &World) {
    let (fien, tarik) = (world.child("Fien", 0).await, world.ours.teacher);
    let sara = world.guardian("Sara", &[(fien, GuardianAccess::Full)]).await;
    world.guardian_of_another(tarik, fien).await;
    // Both are missing in the line of the child; Tarik reads of himself, though he has the group.
    let line = "query($id: ID!) { student(id: $id) { partnership { steps { missingGuardians { id } } } } }";
    let known = ask(world, Who::Leader, line, json!({ "id": fien })).await.to_string();
    assert!(known.contains(&sara.person.to_string()) && known.contains(&tarik.person.to_string()), "{known}");
    let seen = ask_as(world, tarik, line, json!({ "id": fien })).await.to_string();
    assert!(!seen.contains(&sara.person.to_string()) && seen.contains(&tarik.person.to_string()), "{seen}");
    let input = json!({ "student": fien, "subject": "Thuis", "body": "Vertrouwelijk van Sara." });
    // Only the leader is left to write to: her teacher is her father.
    does(world, sara, "threadStart", "", input.clone()).await;
    let mut to_him = input;
    to_him["participants"] = json!([tarik.person]);
    assert_eq!(codes(&act_as(world, sara, "threadStart", "", to_him).await), ["NOT_FOUND"]);
    let seen = reads(world, tarik, fien).await;
    assert!(!seen.contains("Vertrouwelijk"), "{seen}");
    let input = json!({ "student": fien, "text": "Zorg van Sara." });
    does(world, sara, "concernRaise", "", input).await;
    let input = json!({ "student": fien, "startsOn": glans::call::today(in_days(world, 5)), "reason": "OTHER", "note": "Briefje van Sara." });
    does(world, sara, "absenceReport", "", input).await;
    let seen = reads(world, tarik, fien).await;
    assert!(!seen.contains("Zorg van Sara") && !seen.contains("Briefje van Sara"), "{seen}");
    for (name, input) in [
        ("contactMomentLog", json!({ "student": fien, "kind": "PHONE", "tone": "NEUTRAL" })),
        ("conversationSchedule", talk(world, fien, 3)),
    ] {
        assert!(!codes(&act_as(world, tarik, name, "", input).await).is_empty(), "{name}");
    }
    // The leader has it all.
    let concerns = "query($student: ID!) { concerns(student: $student) { nodes { text } } }";
    assert!(ask(world, Who::Leader, concerns, json!({ "student": fien })).await.to_string().contains("Zorg van Sara"));
}

/// Noor moves to the second school of the board in the middle of the year.
async fn a_child_that_changes_school_takes_its_line_along_and_leaves_what_was_said(world: &World) {
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0]);
    let line = "query($id: ID!) { student(id: $id) { school { id } partnership { id conversations { id } } } }";
    let before = ask_as(world, ilse, line, json!({ "id": noor })).await["student"].take();
    let today = glans::call::today(world.app.clock.now());
    let db = world.writing().await;
    let moved = student::Entity::update_many()
        .col_expr(student::Column::SchoolId, Expr::val(world.ours.schools[1].0))
        .filter(student::Column::Id.eq(noor));
    moved.exec(&db).await.unwrap();
    let places = enrolment::Entity::update_many()
        .col_expr(enrolment::Column::EndsOn, Expr::val(today - Days::new(1)))
        .filter(enrolment::Column::StudentId.eq(noor));
    places.exec(&db).await.unwrap();
    world.written(db).await;
    world.sow(&world.ours, async |sower| sower.placed(noor, world.ours.groups[1]).await).await;
    let after = ask_as(world, ilse, line, json!({ "id": noor })).await["student"].take();
    assert_eq!(
        (&after["partnership"], &after["school"]["id"]),
        (&before["partnership"], &json!(world.ours.schools[1]))
    );
    // Who teaches her now has her line; who taught her has nothing of her any more.
    let marit = world.teacher("Marit", 1).await;
    assert_eq!(
        ask_as(world, marit, line, json!({ "id": noor })).await["student"]["partnership"]["id"],
        before["partnership"]["id"]
    );
    assert_eq!(ask(world, Who::Teacher, line, json!({ "id": noor })).await["student"], Value::Null);
    // What was said at the old school stays there.
    let said = "query($id: ID!) { student(id: $id) { partnership { conversations { id } } }
        contactMoments(student: $id) { nodes { id } } concerns(student: $id) { nodes { id } } }";
    let nothing = json!({ "student": { "partnership": { "conversations": [] } },
        "contactMoments": { "nodes": [] }, "concerns": { "nodes": [] } });
    assert_eq!(ask_as(world, marit, said, json!({ "id": noor })).await, nothing);
    let of_ilse = ask_as(world, ilse, said, json!({ "id": noor })).await;
    assert_ne!(of_ilse["student"]["partnership"]["conversations"], json!([]));
    let thread = "query($id: ID!) { thread(id: $id) { subject } }";
    let id = json!({ "id": world.ours.threads[0] });
    assert_eq!(ask_as(world, marit, thread, id.clone()).await["thread"], Value::Null);
    assert!(ask_as(world, ilse, thread, id).await["thread"].is_object());
}

on_each_database!(
    separated_parents_with_new_partners_are_kept_apart,
    siblings_at_two_schools_of_two_boards_stand_in_one_account,
    a_foster_parent_has_everything_and_a_parent_without_authority_the_important_facts,
    a_guardian_without_an_address_counts_and_is_booked_for,
    a_teacher_who_is_a_parent_is_a_parent_to_the_own_child,
    a_child_that_changes_school_takes_its_line_along_and_leaves_what_was_said,
);
