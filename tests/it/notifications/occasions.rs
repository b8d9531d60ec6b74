//! Who is told of what happens, and who is not.

use chrono::{DateTime, TimeDelta, Utc};
use glans::engagement::schedule;
use glans::notifications::{occasions, telling};
use glans::platform::outbox::{Event, emit};
use glans_entity::ids::{AccountId, PersonId, StudentId};
use glans_entity::notifications::{Category, notification, notification_student};
use glans_entity::people::{GuardianAccess, person};
use glans_entity::platform::outbox;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::stage::daytime;
use crate::announcements::{published, to_group};
use crate::ask::{act, act_as, codes};
use crate::threads::end_roles;

const NOBODY: [&str; 0] = [];

fn everywhere(world: &World) -> Scope {
    Scope::system(glans::call::today(world.app.clock.now()))
}

/// Tells of all that happened.
pub(super) async fn tell(world: &World) {
    while telling::round(&world.app).await.unwrap() > 0 {}
}

/// The notifications with this text in the first board, oldest first.
pub(super) async fn notifications(world: &World, text: &str) -> Vec<notification::Model> {
    use notification::Column;
    let db = world.app.db.read(&everywhere(world)).await.unwrap();
    let rows = notification::Entity::within(&everywhere(world))
        .filter(Column::BoardId.eq(world.ours.id))
        .filter(Column::Source.not_like("seed.%"))
        .filter(Column::Text.eq(text));
    rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&db).await.unwrap()
}

/// By name, those to whom this was told and is not withdrawn; staff with a star.
pub(super) async fn told(world: &World, text: &str) -> Vec<String> {
    tell(world).await;
    standing(world, text).await
}

/// As [`told`], of what was told already.
pub(super) async fn standing(world: &World, text: &str) -> Vec<String> {
    let rows = notifications(world, text).await;
    let db = world.app.db.read(&everywhere(world)).await.unwrap();
    let mut names = Vec::new();
    for row in rows.iter().filter(|row| row.withdrawn_at.is_none()) {
        let found = person::Entity::within(&everywhere(world)).filter(person::Column::Id.eq(row.person_id));
        let name = found.one(&db).await.unwrap().unwrap().given_name;
        names.push(if row.as_staff { format!("{name}*") } else { name });
    }
    names.sort();
    names.dedup();
    names
}

/// The children whom what was told to a person with this text concerns.
async fn children(world: &World, text: &str, to: PersonId) -> Vec<StudentId> {
    use notification_student::Column;
    let row = notifications(world, text).await.into_iter().find(|row| row.person_id == to).unwrap();
    let db = world.app.db.read(&everywhere(world)).await.unwrap();
    let rows = notification_student::Entity::find().filter(Column::NotificationId.eq(row.id)).all(&db).await.unwrap();
    rows.into_iter().map(|row| row.student_id).collect()
}

/// Whether the person has read all they were told with this text.
async fn has_read(world: &World, text: &str, person: PersonId) -> bool {
    tell(world).await;
    let rows = notifications(world, text).await;
    let mut own = rows.iter().filter(|row| row.person_id == person).peekable();
    assert!(own.peek().is_some(), "nobody told them: {text}");
    own.all(|row| row.read_at.is_some())
}

/// Of the one event of this kind that waits, nobody is told within the next ten minutes.
async fn put_off(world: &World, kind: &str) {
    use outbox::Column;
    let later = world.app.clock.now() + TimeDelta::minutes(10);
    let db = world.writing().await;
    let waiting = outbox::Entity::update_many().filter(Column::Kind.eq(kind)).filter(Column::ToldAt.is_null());
    let done = waiting.col_expr(Column::DueAt, Expr::value(later)).exec(&db).await.unwrap();
    assert_eq!(done.rows_affected, 1, "{kind}");
    world.written(db).await;
}

/// Makes it so, with errors of nobody.
pub(super) async fn done(world: &World, who: impl Into<AccountId>, name: &str, fields: &str, input: Value) -> Value {
    let made = act_as(world, who, name, fields, input).await;
    assert_eq!(codes(&made), NOBODY, "{name}: {made}");
    made
}

/// A child of the first group with two guardians who have everything of it and come together.
pub(super) async fn family(world: &World) -> (StudentId, Someone, Someone) {
    let child = world.child("Fien", 0).await;
    let sara = world.guardian("Sara", &[(child, GuardianAccess::Full)]).await;
    let omar = world.guardian("Omar", &[(child, GuardianAccess::Full)]).await;
    (child, sara, omar)
}

pub(super) fn in_days(world: &World, days: i64) -> DateTime<Utc> {
    world.app.clock.now() + TimeDelta::days(days)
}

async fn an_announcement_reaches_those_who_may_have_it(world: &World) {
    let (fien, sara, _) = family(world).await;
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
    let (fien, sara, _) = family(world).await;
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

async fn a_message_is_told_to_who_may_read_it(world: &World) {
    let (fien, sara, omar) = family(world).await;
    let input = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    let made = done(world, world.ours.teacher, "threadStart", "thread { id }", input).await;
    let thread = made["thread"]["id"].clone();
    assert_eq!(told(world, "message-arrived").await, ["Omar", "Sara"]);
    assert_eq!(children(world, "message-arrived", sara.person).await, [fien]);
    assert!(!has_read(world, "message-arrived", sara.person).await);
    done(world, sara, "threadRead", "", json!({ "thread": thread })).await;
    assert!(has_read(world, "message-arrived", sara.person).await);
    assert!(!has_read(world, "message-arrived", omar.person).await);
    done(world, world.ours.teacher, "messageSend", "", json!({ "thread": thread, "body": "En de broek." })).await;
    tell(world).await;
    assert_eq!(notifications(world, "message-arrived").await.len(), 4, "each message is told of");
}

async fn who_reads_up_to_a_message_has_the_later_ones_left_to_read(world: &World) {
    let (fien, sara, _) = family(world).await;
    let input = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    let fields = "thread { id messages { nodes { id } } }";
    let made = done(world, world.ours.teacher, "threadStart", fields, input).await;
    let (thread, first) = (&made["thread"]["id"], &made["thread"]["messages"]["nodes"][0]["id"]);
    let says = async |body: &str| {
        done(world, world.ours.teacher, "messageSend", "", json!({ "thread": thread, "body": body })).await;
    };
    let read = async || {
        tell(world).await;
        let rows = notifications(world, "message-arrived").await.into_iter();
        rows.filter(|row| row.person_id == sara.person).map(|row| row.read_at.is_some()).collect::<Vec<_>>()
    };
    says("En de broek.").await;
    assert_eq!(read().await, [false, false]);
    done(world, sara, "threadRead", "", json!({ "thread": thread, "upTo": first })).await;
    assert_eq!(read().await, [true, false]);
    // What comes before it is told how far she read is no part of it.
    done(world, sara, "threadRead", "", json!({ "thread": thread })).await;
    says("En een sok.").await;
    assert_eq!(read().await, [true, true, false]);
}

/// Of that it came back its author is told later than it was to arrive.
async fn that_a_message_reaches_nobody_is_read_with_its_thread(world: &World) {
    daytime(world);
    let ilse = world.ours.guardians[0];
    let input = json!({ "student": world.ours.students[0], "subject": "Rekenen", "body": "Hoe gaat het?" });
    let made = done(world, ilse, "threadStart", "thread { id messages { nodes { id } } }", input).await;
    let (thread, message) = (&made["thread"]["id"], &made["thread"]["messages"]["nodes"][0]["id"]);
    world.app.clock.turn(TimeDelta::hours(1));
    let db = world.writing().await;
    let event = Event { kind: "message.undeliverable", payload: json!({ "id": message }) };
    emit(&db, Some(world.ours.id), event, world.app.clock.now()).await.unwrap();
    world.written(db).await;
    assert_eq!(told(world, "message-undeliverable").await, ["Ilse"]);
    done(world, ilse, "threadRead", "", json!({ "thread": thread, "upTo": message })).await;
    assert!(has_read(world, "message-undeliverable", ilse.person).await);
}

async fn who_takes_on_a_thread_is_told_of_it(world: &World) {
    daytime(world);
    let input = json!({ "student": world.ours.students[0], "subject": "Rekenen", "body": "Hoe gaat het?" });
    done(world, world.ours.guardians[0], "threadStart", "", input).await;
    assert_eq!(told(world, "message-arrived").await, ["Tarik*"]);
    end_roles(world, world.ours.teacher.person).await;
    schedule::round(&world.app, None).await.unwrap();
    assert_eq!(told(world, "message-arrived").await, ["Marieke*", "Tarik*"]);
}

async fn a_conversation_of_one_guardian_is_not_told_to_the_other(world: &World) {
    let (fien, sara, omar) = family(world).await;
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

/// A round of the first group in March 2031, and its slots.
async fn round(world: &World) -> (Value, Vec<Value>) {
    let at = |minutes: i64| "2031-03-04T16:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes);
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": at(-600), "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person, "windows": [{ "startsAt": at(0), "endsAt": at(30) }] }],
    });
    let fields = "bookingRound { id slots { id } }";
    let mut made = done(world, world.ours.leader, "bookingRoundOpen", fields, input).await;
    let slots = made["bookingRound"]["slots"].as_array().unwrap().iter().map(|slot| slot["id"].clone()).collect();
    (made["bookingRound"]["id"].take(), slots)
}

async fn a_round_is_told_and_what_is_booked_in_it(world: &World) {
    let (fien, sara, _) = family(world).await;
    let (id, slots) = round(world).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    done(world, sara, "slotBook", "", json!({ "slot": slots[0], "student": fien })).await;
    assert_eq!(told(world, "conversation-booked").await, ["Tarik*"]);
    assert_eq!(standing(world, "conversation-planned").await, ["Omar"], "who comes along");
    assert!(has_read(world, "booking-opened", sara.person).await);

    done(world, world.ours.leader, "bookingRoundRemind", "", json!({ "id": id })).await;
    assert_eq!(told(world, "booking-reminder").await, ["Ilse"]);
    done(world, sara, "slotMove", "", json!({ "slot": slots[0], "to": slots[1] })).await;
    assert_eq!(told(world, "conversation-moved").await, ["Omar", "Tarik*"]);
    done(world, sara, "slotRelease", "", json!({ "slot": slots[1] })).await;
    assert_eq!(told(world, "conversation-cancelled").await, ["Omar", "Tarik*"]);
    assert_eq!(standing(world, "conversation-moved").await, NOBODY);
    let before = notifications(world, "conversation-cancelled").await.len();

    done(world, sara, "slotBook", "", json!({ "slot": slots[2], "student": fien })).await;
    done(world, world.ours.leader, "bookingRoundCancel", "", json!({ "id": id })).await;
    assert_eq!(told(world, "conversation-cancelled").await, ["Omar", "Sara", "Tarik*"]);
    assert_eq!(notifications(world, "conversation-cancelled").await.len(), before + 3);
}

async fn who_gives_a_slot_no_more_is_not_told_of_the_new_time(world: &World) {
    let (fien, sara, _) = family(world).await;
    let jan = world.teacher("Jan", 0).await;
    let at = |minutes: i64| "2031-03-04T16:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes);
    let gives = |teacher: Someone, from: i64| {
        let window = json!({ "startsAt": at(from), "endsAt": at(from + 10) });
        json!({ "teacher": teacher.person, "windows": [window] })
    };
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": at(-600), "slotMinutes": 10,
        "slots": [gives(world.ours.teacher, 0), gives(jan, 60)],
    });
    let fields = "bookingRound { slots { id teacher { id } } }";
    let made = done(world, world.ours.leader, "bookingRoundOpen", fields, input).await;
    let slots = made["bookingRound"]["slots"].as_array().unwrap();
    let of = |teacher: Someone| {
        let own = |slot: &&Value| slot["teacher"]["id"] == json!(teacher.person);
        slots.iter().find(own).unwrap()["id"].clone()
    };
    done(world, sara, "slotBook", "", json!({ "slot": of(world.ours.teacher), "student": fien })).await;
    done(world, sara, "slotMove", "", json!({ "slot": of(world.ours.teacher), "to": of(jan) })).await;
    assert_eq!(told(world, "conversation-moved").await, ["Jan*", "Omar"]);
    assert_eq!(standing(world, "conversation-cancelled").await, ["Tarik*"]);
    let row = &notifications(world, "conversation-cancelled").await[0];
    assert_eq!((row.about_kind.as_deref(), row.happens_at), (Some("round"), None));
}

async fn who_comes_to_a_group_later_hears_of_its_round(world: &World) {
    let (id, _) = round(world).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse"]);
    family(world).await;
    done(world, world.ours.leader, "bookingRoundUpdate", "", json!({ "id": id })).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    assert_eq!(notifications(world, "booking-opened").await.len(), 3, "Ilse was told already");
}

async fn an_event_is_told_to_those_who_may_come(world: &World) {
    let (_, sara, _) = family(world).await;
    let input = json!({ "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "capacity": 1, "audience": { "include": [world.ours.groups[0]] } });
    let made = done(world, world.ours.leader, "eventCreate", "event { id }", input).await;
    let id = made["event"]["id"].clone();
    assert_eq!(told(world, "event-invited").await, ["Ilse", "Omar", "Sara"]);
    done(world, sara, "eventRespond", "", json!({ "event": id, "answer": "NO" })).await;
    assert!(has_read(world, "event-invited", sara.person).await);
    done(world, world.ours.leader, "eventUpdate", "", json!({ "id": id, "location": "Aula" })).await;
    assert_eq!(told(world, "event-changed").await, ["Ilse", "Omar"], "Sara stays away");
    assert_eq!(standing(world, "event-invited").await, ["Sara"], "she had read it");
    // Two want the one place; the second has it once the first stays away.
    let ilse = world.ours.guardians[0];
    let bram = world.child("Bram", 0).await;
    let wim = world.guardian("Wim", &[(bram, GuardianAccess::Full)]).await;
    let first = json!({ "title": "Lezing", "startsAt": "2031-03-05T18:00:00Z", "endsAt": "2031-03-05T20:00:00Z",
        "capacity": 1, "audience": { "include": [world.ours.groups[0]] } });
    let lecture = done(world, world.ours.leader, "eventCreate", "event { id }", first).await["event"]["id"].clone();
    for (someone, answer) in [(ilse, "YES"), (wim, "YES"), (ilse, "NO")] {
        done(world, someone, "eventRespond", "", json!({ "event": lecture, "answer": answer })).await;
    }
    assert_eq!(told(world, "event-moved-up").await, ["Wim"]);

    done(world, world.ours.leader, "eventCancel", "", json!({ "id": id })).await;
    assert_eq!(told(world, "event-cancelled").await, ["Ilse", "Omar"]);
    assert_eq!(standing(world, "event-changed").await, NOBODY);
}

async fn what_people_are_asked_is_told_until_it_is_over(world: &World) {
    let (fien, sara, _) = family(world).await;
    let input = json!({
        "title": "Overblijven", "closesAt": in_days(world, 7), "audience": { "include": [world.ours.groups[0]] },
        "questions": [{ "kind": "SCALE", "text": "Hoe is het?", "isRequired": true }],
    });
    let made = done(world, world.ours.leader, "surveyCreate", "survey { id }", input).await;
    let survey = json!({ "id": made["survey"]["id"] });
    assert_eq!(told(world, "survey-opened").await, NOBODY, "a draft");
    done(world, world.ours.leader, "surveyOpen", "", survey.clone()).await;
    assert_eq!(told(world, "survey-opened").await, ["Ilse", "Omar", "Sara"]);
    done(world, world.ours.leader, "surveyClose", "", survey).await;
    assert_eq!(told(world, "survey-opened").await, NOBODY);

    let input = json!({ "school": world.ours.schools[0], "text": "Mag uw kind op de foto?" });
    let made = done(world, world.ours.leader, "consentPurposeCreate", "consentPurpose { id }", input).await;
    let purpose = made["consentPurpose"]["id"].clone();
    assert_eq!(told(world, "consent-asked").await, ["Ilse", "Omar", "Sara"]);
    let answer = json!({ "purpose": purpose, "student": fien, "answer": "GRANTED" });
    done(world, sara, "consentGive", "", answer).await;
    assert!(has_read(world, "consent-asked", sara.person).await);
    done(world, world.ours.leader, "consentPurposeArchive", "", json!({ "id": purpose })).await;
    assert_eq!(told(world, "consent-asked").await, ["Sara"]);
}

async fn an_absence_is_told_to_the_teacher_and_the_other_guardian(world: &World) {
    let (fien, sara, omar) = family(world).await;
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
    let (fien, sara, _) = family(world).await;
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
    let (fien, sara, omar) = family(world).await;
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

/// Writes an event of the first board as an act would.
pub(super) async fn happens(world: &World, event: Event) {
    let db = world.writing().await;
    emit(&db, Some(world.ours.id), event, world.app.clock.now()).await.unwrap();
    world.written(db).await;
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

async fn an_event_that_nobody_knows_is_a_fault(world: &World) {
    happens(world, Event::about("nobody.knows", world.ours.import)).await;
    happens(world, Event::about("school.moved", world.ours.schools[0])).await;
    let db = world.writing().await;
    let rows = outbox::Entity::find().order_by_asc(outbox::Column::Seq).all(&db).await.unwrap();
    let of = |kind: &str| rows.iter().find(|row| row.kind == kind).unwrap();
    assert!(occasions::told(&db, of("nobody.knows")).await.is_err());
    let silent = occasions::told(&db, of("school.moved")).await.unwrap();
    assert!(silent.notices.is_empty() && silent.withdrawn.is_empty() && silent.read.is_empty());
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

async fn what_was_read_before_it_is_told_is_read(world: &World) {
    let (_, sara, omar) = family(world).await;
    let id = published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    put_off(world, "announcement.published").await;
    tell(world).await;
    assert_eq!(standing(world, "announcement-published").await, NOBODY);
    world.app.clock.turn(TimeDelta::minutes(11));
    assert_eq!(told(world, "announcement-published").await, ["Ilse", "Omar", "Sara"]);
    assert!(has_read(world, "announcement-published", sara.person).await);
    assert!(!has_read(world, "announcement-published", omar.person).await);
}

async fn what_was_put_off_changes_nothing_that_came_about_later(world: &World) {
    let (fien, sara, _) = family(world).await;
    let starts = in_days(world, 3);
    let plan = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "guardians": [sara.person],
        "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) });
    let made = done(world, world.ours.teacher, "conversationSchedule", "conversation { id }", plan).await;
    let id = made["conversation"]["id"].clone();
    tell(world).await;
    let moves = async |days: i64| {
        done(
            world,
            world.ours.teacher,
            "conversationUpdate",
            "",
            json!({ "id": id, "startsAt": in_days(world, days) }),
        )
        .await;
    };
    moves(4).await;
    put_off(world, "conversation.moved").await;
    moves(5).await;
    tell(world).await;
    let last = notifications(world, "conversation-moved").await.remove(0);
    world.app.clock.turn(TimeDelta::minutes(11));
    tell(world).await;
    let rows = notifications(world, "conversation-moved").await;
    assert_eq!(rows.len(), 2, "the earlier one was told as well");
    let row = rows.iter().find(|row| row.id == last.id).unwrap();
    assert_eq!((row.withdrawn_at, row.read_at), (None, None));
    assert_eq!(standing(world, "conversation-planned").await, NOBODY);
}

on_each_database!(
    what_was_read_before_it_is_told_is_read,
    what_was_put_off_changes_nothing_that_came_about_later,
    an_announcement_reaches_those_who_may_have_it,
    a_guardian_of_two_children_is_told_once,
    a_message_is_told_to_who_may_read_it,
    who_reads_up_to_a_message_has_the_later_ones_left_to_read,
    that_a_message_reaches_nobody_is_read_with_its_thread,
    who_takes_on_a_thread_is_told_of_it,
    a_conversation_of_one_guardian_is_not_told_to_the_other,
    a_record_is_told_when_it_is_released,
    a_goal_is_told_to_those_who_are_to_agree,
    a_round_is_told_and_what_is_booked_in_it,
    who_gives_a_slot_no_more_is_not_told_of_the_new_time,
    who_comes_to_a_group_later_hears_of_its_round,
    an_event_is_told_to_those_who_may_come,
    what_people_are_asked_is_told_until_it_is_over,
    an_absence_is_told_to_the_teacher_and_the_other_guardian,
    a_teacher_who_is_family_is_told_as_family,
    a_concern_goes_to_who_answers_for_the_child,
    a_compliment_goes_to_whom_it_is_for,
    a_meeting_is_told_to_the_leaders_and_trainers_of_its_cohort,
    a_team_session_is_told_to_the_team,
    an_experience_is_told_as_far_as_it_is_shared,
    a_role_and_an_address_are_told_to_whose_they_are,
    what_no_mutation_does_is_told_as_well,
    an_event_that_nobody_knows_is_a_fault,
    the_author_of_an_act_is_not_told_as_a_guardian,
);
