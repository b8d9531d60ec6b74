//! Threads of families: apart, together, and of who loses the right.

use chrono::Weekday;
use glans_entity::ids::ThreadId;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{NONE, THREAD, bodies, choose, listed, say, set_access, start, started, together, turn_to, words};
use crate::ask::{act, act_as, ask, ask_as, codes, refusals};

async fn separated_parents_have_a_thread_each(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    // A guardian at access NONE hints at a family that is apart.
    let [ilse, hanna] = world.ours.guardians;
    world.guardian_of_another(hanna, world.ours.students[0]).await;
    let fields = "thread { id } threads { id guardianNames participants { givenName } } threadEdges { node { id } }";
    let made = act(world, Who::Teacher, "threadStart", fields, started(world)).await;
    assert_eq!(codes(&made), NONE);
    let threads = made["threads"].as_array().unwrap();
    let edges: Vec<_> = threads.iter().map(|thread| json!({ "node": { "id": thread["id"] } })).collect();
    assert_eq!(made["threadEdges"], json!(edges));
    assert_eq!(threads[0]["id"], made["thread"]["id"]);
    let names: Vec<_> = threads.iter().map(|thread| thread["guardianNames"].clone()).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&json!(["Ilse de Wit"])) && names.contains(&json!(["Hanna de Wit"])), "{names:?}");
    for (account, own) in [(ilse.account, "Ilse de Wit"), (hanna.account, "Hanna de Wit")] {
        for thread in threads {
            let id: ThreadId = thread["id"].as_str().unwrap().parse().unwrap();
            let is_own = thread["guardianNames"] == json!([own]);
            assert_eq!(bodies(world, account, id).await.is_some(), is_own, "{own}");
            let sent = act_as(world, account, "messageSend", "", words(id, "Dank!")).await;
            assert_eq!(codes(&sent).is_empty(), is_own, "{own}");
            let read = act_as(world, account, "threadRead", "", json!({ "thread": id })).await;
            assert_eq!(codes(&read).is_empty(), is_own, "{own}");
        }
    }
    // Named together, they are apart all the same; a guardian adds nobody to their own.
    let mut both = started(world);
    both["participants"] = json!([ilse.person, hanna.person]);
    assert_eq!(act(world, Who::Leader, "threadStart", fields, both).await["threads"].as_array().unwrap().len(), 2);
    let mut other = started(world);
    other["participants"] = json!([world.ours.teacher.person, hanna.person]);
    assert_eq!(refusals(&act(world, Who::Guardian, "threadStart", "", other).await), ["NOT_FOUND participants"]);
}

async fn parents_who_go_together_share_a_thread_and_no_more(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let [ilse, hanna] = together(world).await;
    let thread = start(world, Who::Teacher).await;
    say(world, Who::Guardian, thread, "Dank u.").await;
    let seen = "query($id: ID!) { thread(id: $id) { guardianNames participants { givenName }
        messages { nodes { body authorName author { givenName } readBy { givenName } } } } }";
    act_as(world, ilse, "threadRead", "", json!({ "thread": thread })).await;
    act(world, Who::Teacher, "threadRead", "", json!({ "thread": thread })).await;
    let message = |body: &str, name: &str, author: Value, readers: Value| json!({ "body": body, "authorName": name, "author": author, "readBy": readers });
    let tarik = json!({ "givenName": "Tarik" });
    let of_hanna = ask_as(world, hanna, seen, json!({ "id": thread })).await["thread"].take();
    assert_eq!(of_hanna["participants"], json!([{ "givenName": "Hanna" }, tarik]), "{of_hanna}");
    let mut names = of_hanna["guardianNames"].as_array().unwrap().clone();
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["Hanna de Wit", "Ilse de Wit"]);
    // That Ilse has read the first one is nothing that Hanna learns.
    let expected = json!([
        message("Hoe gaat het rekenen?", "Tarik de Wit", tarik.clone(), json!([])),
        message("Dank u.", "Ilse de Wit", Value::Null, json!([tarik])),
    ]);
    assert_eq!(of_hanna["messages"]["nodes"], expected);
    let of_tarik = ask(world, Who::Teacher, seen, json!({ "id": thread })).await["thread"].take();
    assert_eq!(of_tarik["messages"]["nodes"][0]["readBy"], json!([{ "givenName": "Ilse" }]));

    // They part: what is written is for one of them alone.
    choose(world, world.ours.guardians[1].person, true).await;
    for who in [Who::Teacher, Who::Guardian] {
        let sent = act(world, who, "messageSend", "", words(thread, "Nog iets.")).await;
        assert_eq!(refusals(&sent), ["CONFLICT thread"], "{}", who.name());
        let seen = ask(world, who, THREAD, json!({ "id": thread })).await["thread"].take();
        assert_eq!(seen["viewerCanWrite"], false);
    }
    assert_eq!(bodies(world, hanna, thread).await.map(|bodies| bodies.len()), Some(2));
}

async fn who_loses_the_right_loses_the_thread(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    let own = say(world, Who::Guardian, thread, "Dank u.").await;
    let ilse = world.ours.guardians[0].account;
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for access in ["ON_REQUEST", "EMERGENCY_ONLY", "NONE"] {
        set_access(world, access).await;
        assert_eq!(bodies(world, ilse, thread).await, None, "{access}");
        assert_eq!(listed(world, Who::Guardian, json!({})).await, NONE);
        assert_eq!(ask(world, Who::Guardian, node, json!({ "id": own })).await["node"], Value::Null);
        for (name, input) in [
            ("messageSend", words(thread, "Hoort u mij?")),
            ("threadRead", json!({ "thread": thread })),
            ("threadClose", json!({ "thread": thread })),
        ] {
            assert_eq!(codes(&act(world, Who::Guardian, name, "", input).await), ["NOT_FOUND"], "{access} {name}");
        }
        assert_ne!(codes(&act(world, Who::Guardian, "threadStart", "", started(world)).await), NONE);
        // Nobody reads what staff would write.
        let sent = act(world, Who::Teacher, "messageSend", "", words(thread, "Bent u daar?")).await;
        assert_eq!(refusals(&sent), ["CONFLICT thread"]);
        let seen = ask(world, Who::Teacher, THREAD, json!({ "id": thread })).await["thread"].take();
        assert_eq!((&seen["viewerCanWrite"], &seen["guardianNames"]), (&json!(false), &json!([])));
    }
    set_access(world, "FULL").await;
    assert_eq!(bodies(world, ilse, thread).await.map(|bodies| bodies.len()), Some(2));
    let ended = json!({ "id": world.ours.guardianships[0] });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipEnd", "", ended).await), NONE);
    assert_eq!(bodies(world, ilse, thread).await, None);
    assert_eq!(codes(&act(world, Who::Guardian, "messageSend", "", words(thread, "Hallo?")).await), ["NOT_FOUND"]);
    assert_eq!(bodies(world, world.ours.teacher.account, thread).await.map(|bodies| bodies.len()), Some(2));
}

async fn a_teacher_who_is_a_parent_writes_as_a_parent(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let (tarik, child) = (world.ours.teacher, world.ours.students[0]);
    let before = start(world, Who::Guardian).await;
    world.guardian_of_another(tarik, child).await;
    // What was said to the teacher is not said to the other parent.
    assert_eq!(bodies(world, tarik.account, before).await, None);
    assert_eq!(codes(&act(world, Who::Teacher, "messageSend", "", words(before, "Ik weer.")).await), ["NOT_FOUND"]);
    // Nor does the other parent reach a parent by writing to the teacher.
    let mut named = started(world);
    named["participants"] = json!([tarik.person]);
    assert_eq!(refusals(&act(world, Who::Guardian, "threadStart", "", named).await), ["NOT_FOUND participants"]);
    let fields = "thread { id participants { givenName } messages { nodes { isFromStaff } } }";
    let made = act(world, Who::Teacher, "threadStart", fields, started(world)).await;
    assert_eq!(made["thread"]["messages"]["nodes"], json!([{ "isFromStaff": false }]), "{made}");
    assert_eq!(made["thread"]["participants"], json!([{ "givenName": "Tarik" }, { "givenName": "Marieke" }]));
    let own: ThreadId = made["thread"]["id"].as_str().unwrap().parse().unwrap();
    let close = json!({ "thread": own });
    assert_eq!(codes(&act(world, Who::Teacher, "threadClose", "", close).await), ["FORBIDDEN"]);
    assert_eq!(bodies(world, world.ours.guardians[0].account, own).await, None);
    say(world, Who::Leader, own, "Goed.").await;
    assert_eq!(bodies(world, tarik.account, own).await.map(|bodies| bodies.len()), Some(2));
    // A guardianship that is over leaves no staff behind either.
    let links = "query($id: ID!) { student(id: $id) { guardianships { id guardian { id } } } }";
    let links = ask(world, Who::Leader, links, json!({ "id": child })).await;
    let links = links["student"]["guardianships"].as_array().unwrap();
    let link = links.iter().find(|link| link["guardian"]["id"] == json!(tarik.person)).unwrap();
    act(world, Who::Leader, "guardianshipEnd", "", json!({ "id": link["id"] })).await;
    assert_eq!(bodies(world, tarik.account, own).await, None);
    assert_eq!(codes(&act(world, Who::Teacher, "threadStart", "", started(world)).await), ["FORBIDDEN"]);
}

on_each_database!(
    separated_parents_have_a_thread_each,
    parents_who_go_together_share_a_thread_and_no_more,
    who_loses_the_right_loses_the_thread,
    a_teacher_who_is_a_parent_writes_as_a_parent,
);
