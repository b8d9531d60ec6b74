//! What families and schools say to each other every day, on the phones of all who might hold it.

use chrono::TimeDelta;
use glans::engagement::threads::post;
use glans_entity::people::enrolment;
use glans_entity::platform::change;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::phone::{Phone, settled, told, writes};
use crate::ask::{act, codes};
use crate::threads::turn_to_night;

/// Phones of everybody who might hold something of the first child, and of some who must not.
struct Phones([Phone; 6]);

impl Phones {
    async fn of(world: &World) -> Self {
        let everybody = [Who::Guardian, Who::Teacher, Who::Leader, Who::Director, Who::Admin, Who::Distant];
        let mut phones = Self(everybody.map(|who| Phone::of(who, 500)));
        phones.agree(world).await;
        phones.0.iter_mut().for_each(|phone| phone.strict = true);
        phones
    }

    async fn agree(&mut self, world: &World) {
        for phone in &mut self.0 {
            phone.agrees(world).await;
        }
    }

    /// Does it, and has the phones agree. The payload.
    async fn see(&mut self, world: &World, who: Who, name: &str, fields: &str, input: Value) -> Value {
        let done = act(world, who, name, fields, input).await;
        assert_eq!(codes(&done), Vec::<&str>::new(), "{name}: {done}");
        self.agree(world).await;
        done
    }

    /// Who holds this id.
    fn holders(&self, id: &Value) -> Vec<&'static str> {
        let id = id.as_str().unwrap();
        self.0.iter().filter(|phone| phone.holds.contains_key(id)).map(|phone| phone.who.name()).collect()
    }
}

async fn an_announcement_is_on_the_phones_of_those_whom_it_is_for(world: &World) {
    let mut phones = Phones::of(world).await;
    let input = json!({ "title": "Schoolreis", "body": "Neem een lunch mee.",
        "audience": { "include": [world.ours.schools[0]], "roles": ["GUARDIAN"] } });
    let made = phones.see(world, Who::Leader, "announcementCreate", "announcement { id }", input).await;
    let id = &made["announcement"]["id"];
    assert_eq!(phones.holders(id), ["leader", "director", "admin"]);
    // Drafted for another place, it leaves the phone of who has no say there.
    let group = json!({ "id": id, "audience": { "include": [world.ours.students[0]] } });
    phones.see(world, Who::Leader, "announcementUpdate", "", group).await;
    phones.see(world, Who::Leader, "announcementPublish", "", json!({ "id": id })).await;
    assert_eq!(phones.holders(id)[..3], ["guardian", "teacher", "leader"]);
    let correction = json!({ "id": id, "body": "Neem een lunch en een jas mee.", "note": "Het wordt koud." });
    phones.see(world, Who::Leader, "announcementCorrect", "", correction).await;
    phones.see(world, Who::Leader, "announcementWithdraw", "", json!({ "id": id })).await;
}

async fn what_somebody_read_is_told_to_their_other_phone_and_to_nobody_else(world: &World) {
    let mut phones = Phones::of(world).await;
    let id = json!(world.ours.announcements[0]);
    let read = act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id] })).await;
    assert_eq!(codes(&read), Vec::<&str>::new());
    settled(world).await;
    for phone in &mut phones.0 {
        let page = phone.page(world).await;
        let expected: &[&str] = if phone.who == Who::Guardian { &[id.as_str().unwrap()] } else { &[] };
        assert_eq!(told(&page), expected, "{}", phone.who.name());
    }
    let read = act(world, Who::Guardian, "threadRead", "", json!({ "thread": world.ours.threads[0] })).await;
    assert_eq!(codes(&read), Vec::<&str>::new());
    settled(world).await;
    let thread = world.ours.threads[0].to_string();
    for phone in &mut phones.0 {
        let page = phone.page(world).await;
        assert!(phone.who == Who::Guardian || !told(&page).contains(&thread.as_str()), "{}", phone.who.name());
    }
}

async fn a_message_is_told_when_it_arrives(world: &World) {
    let mut phones = Phones::of(world).await;
    // Sunday night: it arrives on Monday morning.
    turn_to_night(world);
    let input = json!({ "student": world.ours.students[0], "subject": "Rekenen", "body": "Hoe gaat het?" });
    let made = phones.see(world, Who::Guardian, "threadStart", "thread { id messages { nodes { id } } }", input).await;
    let (thread, message) = (&made["thread"]["id"], &made["thread"]["messages"]["nodes"][0]["id"]);
    assert_eq!((phones.holders(thread), phones.holders(message)), (vec!["guardian"], vec!["guardian"]));
    world.app.clock.turn(TimeDelta::hours(12));
    post::round(&world.app).await.unwrap();
    phones.agree(world).await;
    let both = vec!["guardian", "teacher"];
    assert_eq!((phones.holders(thread), phones.holders(message)), (both.clone(), both));
    let answer = json!({ "thread": thread, "body": "Goed." });
    phones.see(world, Who::Teacher, "messageSend", "", answer).await;
    phones.see(world, Who::Teacher, "threadClose", "", json!({ "thread": thread })).await;
}

async fn contacts_and_concerns_come_and_go(world: &World) {
    let mut phones = Phones::of(world).await;
    let child = world.ours.students[0];
    for (tone, held) in [("COMPLIMENT", vec!["guardian", "teacher", "leader"]), ("NEUTRAL", vec!["teacher", "leader"])]
    {
        let input = json!({ "student": child, "kind": "AT_THE_DOOR", "tone": tone });
        let made = phones.see(world, Who::Teacher, "contactMomentLog", "contactMoment { id }", input).await;
        let id = &made["contactMoment"]["id"];
        assert_eq!(phones.holders(id), held, "{tone}");
        // What is no compliment any more leaves the phone of the guardian, and the other way round.
        let other = if tone == "COMPLIMENT" { "CONCERN" } else { "COMPLIMENT" };
        phones.see(world, Who::Teacher, "contactMomentUpdate", "", json!({ "id": id, "tone": other })).await;
        assert_eq!(phones.holders(id).contains(&"guardian"), other == "COMPLIMENT", "{other}");
        phones.see(world, Who::Teacher, "contactMomentDelete", "", json!({ "id": id })).await;
        assert_eq!(phones.holders(id), Vec::<&str>::new(), "{tone}");
    }
    let input = json!({ "student": child, "text": "Slaapt slecht." });
    let made = phones.see(world, Who::Guardian, "concernRaise", "concern { id }", input).await;
    let id = &made["concern"]["id"];
    assert_eq!(phones.holders(id), ["guardian", "teacher", "leader"]);
    phones.see(world, Who::Teacher, "concernAcknowledge", "", json!({ "id": id })).await;
    let done = json!({ "id": id, "resolution": "Eerder naar bed." });
    phones.see(world, Who::Teacher, "concernResolve", "", done).await;
}

async fn rounds_and_slots_follow_their_bookings(world: &World) {
    let mut phones = Phones::of(world).await;
    let starts = world.app.clock.now() + TimeDelta::days(9);
    let window = json!({ "startsAt": starts, "endsAt": starts + TimeDelta::minutes(30) });
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": starts, "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person, "windows": [window] }],
    });
    let fields = "bookingRound { id slots { id } }";
    let made = phones.see(world, Who::Leader, "bookingRoundOpen", fields, input).await;
    let (round, slots) = (&made["bookingRound"]["id"], &made["bookingRound"]["slots"]);
    assert_eq!(phones.holders(round), ["guardian", "teacher", "leader"]);
    assert_eq!(phones.holders(&slots[0]["id"]), ["guardian", "teacher", "leader"]);
    let input = json!({ "slot": slots[0]["id"], "student": world.ours.students[0] });
    phones.see(world, Who::Guardian, "slotBook", "", input).await;
    let input = json!({ "slot": slots[0]["id"], "to": slots[1]["id"] });
    phones.see(world, Who::Guardian, "slotMove", "", input).await;
    phones.see(world, Who::Guardian, "slotRelease", "", json!({ "slot": slots[1]["id"] })).await;
    phones.see(world, Who::Leader, "bookingRoundCancel", "", json!({ "id": round })).await;
    assert_eq!(phones.holders(&slots[0]["id"]), Vec::<&str>::new());
}

async fn events_surveys_absences_and_consents_are_on_the_phones(world: &World) {
    let mut phones = Phones::of(world).await;
    let starts = world.app.clock.now() + TimeDelta::days(9);
    let input = json!({
        "title": "Kijkavond", "startsAt": starts, "endsAt": starts + TimeDelta::hours(2),
        "audience": { "include": [world.ours.groups[0]] },
    });
    let made = phones.see(world, Who::Leader, "eventCreate", "event { id }", input).await;
    let event = &made["event"]["id"];
    assert_eq!(phones.holders(event)[..3], ["guardian", "teacher", "leader"]);
    phones.see(world, Who::Guardian, "eventRespond", "", json!({ "event": event, "answer": "YES" })).await;
    phones.see(world, Who::Leader, "eventCancel", "", json!({ "id": event })).await;

    let input = json!({
        "title": "Overblijven", "closesAt": starts, "audience": { "include": [world.ours.schools[0]] },
        "questions": [{ "kind": "SCALE", "text": "Hoe is het?" }],
    });
    let fields = "survey { id questions { id } }";
    let made = phones.see(world, Who::Leader, "surveyCreate", fields, input).await;
    let survey = &made["survey"]["id"];
    assert_eq!(phones.holders(survey), ["leader", "director", "admin"]);
    phones.see(world, Who::Leader, "surveyOpen", "", json!({ "id": survey })).await;
    assert_eq!(phones.holders(survey)[0], "guardian");
    let answers = json!([{ "question": made["survey"]["questions"][0]["id"], "score": 4 }]);
    phones.see(world, Who::Guardian, "surveyRespond", "", json!({ "survey": survey, "answers": answers })).await;
    phones.see(world, Who::Leader, "surveyClose", "", json!({ "id": survey })).await;

    let day = glans::call::today(starts);
    let input = json!({ "student": world.ours.students[0], "startsOn": day, "reason": "FAMILY" });
    let made = phones.see(world, Who::Guardian, "absenceReport", "absenceNotice { id }", input).await;
    let absence = &made["absenceNotice"]["id"];
    assert_eq!(phones.holders(absence), ["guardian", "teacher", "leader"]);
    phones.see(world, Who::Guardian, "absenceWithdraw", "", json!({ "id": absence })).await;

    let input = json!({ "school": world.ours.schools[0], "text": "Foto's op de website" });
    let made = phones.see(world, Who::Leader, "consentPurposeCreate", "consentPurpose { id }", input).await;
    let purpose = &made["consentPurpose"]["id"];
    let input = json!({ "purpose": purpose, "student": world.ours.students[0], "answer": "GRANTED" });
    let made = phones.see(world, Who::Guardian, "consentGive", "consent { id }", input).await;
    assert_eq!(phones.holders(&made["consent"]["id"]), ["guardian", "teacher", "leader"]);
    phones.see(world, Who::Leader, "consentPurposeArchive", "", json!({ "id": purpose })).await;
}

async fn a_right_that_goes_takes_all_of_it_along(world: &World) {
    let mut phones = Phones::of(world).await;
    let before = phones.0[0].holds.len();
    let kinds =
        ["announcement", "survey", "thread", "message", "event", "round", "slot", "contact", "concern", "absence"];
    for level in ["ON_REQUEST", "EMERGENCY_ONLY", "NONE"] {
        let input = json!({ "id": world.ours.guardianships[0], "access": level });
        phones.see(world, Who::Leader, "guardianshipUpdate", "", input).await;
        let left: Vec<_> =
            phones.0[0].holds.keys().filter(|id| kinds.iter().any(|kind| id.starts_with(kind))).collect();
        assert!(left.is_empty(), "{level}: {left:?}");
    }
    let input = json!({ "id": world.ours.guardianships[0], "access": "FULL" });
    phones.see(world, Who::Leader, "guardianshipUpdate", "", input).await;
    assert_eq!(phones.0[0].holds.len(), before);
}

async fn a_child_that_changes_groups_takes_its_contacts_along(world: &World) {
    let mut phones = Phones::of(world).await;
    // Something that is for the child alone as well.
    let input =
        json!({ "title": "Voor Noor", "body": "Goed gedaan!", "audience": { "include": [world.ours.students[0]] } });
    let made = phones.see(world, Who::Leader, "announcementCreate", "announcement { id }", input).await;
    let id = &made["announcement"]["id"];
    phones.see(world, Who::Leader, "announcementPublish", "", json!({ "id": id })).await;
    let year = world.ours.school_year;
    let input = json!({ "school": world.ours.schools[0], "schoolYear": year, "name": "7b", "grades": ["7"] });
    let made = phones.see(world, Who::Leader, "classGroupCreate", "classGroup { id }", input).await;
    let moved = json!({ "student": world.ours.students[0], "classGroups": [made["classGroup"]["id"]] });
    phones.see(world, Who::Leader, "enrolmentSet", "", moved).await;
    writes(world, async |db| {
        use sea_orm::ConnectionTrait;
        // Over since yesterday, so that the teacher has lost it today.
        db.execute_unprepared("UPDATE enrolment SET ends_on = starts_on WHERE ends_on IS NOT NULL").await.unwrap();
    })
    .await;
    phones.agree(world).await;
    let thread = json!(world.ours.threads[0]);
    assert_eq!(phones.holders(&thread), ["guardian"]);
    assert_eq!(phones.holders(&json!(world.ours.slots[0])), ["teacher", "leader"]);
}

/// Who leads the school is not known to a guardian until they have to do with each other.
async fn somebody_new_comes_with(world: &World, name: &str, input: Value) {
    let mut phones = Phones::of(world).await;
    let leader = json!(world.ours.leader.person);
    assert!(!phones.holders(&leader).contains(&"guardian"), "{name}: known before");
    phones.see(world, Who::Leader, name, "", input).await;
    assert!(phones.holders(&leader).contains(&"guardian"), "{name}");
}

async fn who_writes_comes_in_sight(world: &World) {
    let input = json!({ "student": world.ours.students[0], "subject": "Rekenen", "body": "Hoe gaat het?" });
    somebody_new_comes_with(world, "threadStart", input).await;
}

async fn who_gives_a_compliment_comes_in_sight(world: &World) {
    let input = json!({ "student": world.ours.students[0], "kind": "AT_THE_DOOR", "tone": "COMPLIMENT" });
    somebody_new_comes_with(world, "contactMomentLog", input).await;
}

async fn who_sees_to_a_concern_comes_in_sight(world: &World) {
    let input = json!({ "student": world.ours.students[0], "text": "Slaapt slecht." });
    let made = act(world, Who::Guardian, "concernRaise", "concern { id }", input).await;
    somebody_new_comes_with(world, "concernAcknowledge", json!({ "id": made["concern"]["id"] })).await;
}

async fn who_leads_a_conversation_comes_in_sight(world: &World) {
    let mut input = crate::partners::talk(world, 3);
    input["staff"] = json!(world.ours.leader.person);
    somebody_new_comes_with(world, "conversationSchedule", input).await;
}

/// How many lines of the log there are of these kinds where it holds.
async fn lines(world: &World, kinds: &[&str], filter: sea_orm::Condition) -> u64 {
    let on = glans::call::today(world.app.clock.now());
    let db = world.app.db.look_up(on).await.unwrap();
    let all = change::Entity::within(&Scope::system(on)).filter(filter);
    all.filter(change::Column::Kind.is_in(kinds.iter().copied())).count(&db).await.unwrap()
}

async fn what_concerns_nobody_is_not_written(world: &World) {
    const KINDS: [&str; 8] =
        ["thread", "message", "contact", "concern", "absence", "consent", "partnership", "announcement"];
    let all = async || lines(world, &KINDS, sea_orm::Condition::all()).await;
    let before = all().await;
    writes(world, async |db| {
        // As a roster does that comes every night.
        enrolment::Entity::update_many()
            .col_expr(enrolment::Column::Version, Expr::col(enrolment::Column::Version).add(1))
            .exec(db)
            .await
            .unwrap();
    })
    .await;
    assert_eq!(all().await, before, "an enrolment that stays where it is");

    let id = world.ours.announcements[0];
    let own = || change::Column::AccountId.is_not_null().into_condition();
    let read = act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id] })).await;
    assert_eq!(codes(&read), Vec::<&str>::new());
    let after_reading = lines(world, &["announcement"], own()).await;
    assert!(after_reading > 0, "the other phone is told");
    let correction = json!({ "id": id, "body": "Anders.", "note": "Het was anders." });
    assert_eq!(codes(&act(world, Who::Leader, "announcementCorrect", "", correction).await), Vec::<&str>::new());
    assert_eq!(lines(world, &["announcement"], own()).await, after_reading, "a correction writes nothing per reader");

    let nobodys = change::Column::BoardId.is_null().and(change::Column::AccountId.is_null()).into_condition();
    assert_eq!(lines(world, &KINDS, nobodys).await, 0, "who has no login has no phone");
}

on_each_database!(
    an_announcement_is_on_the_phones_of_those_whom_it_is_for,
    what_somebody_read_is_told_to_their_other_phone_and_to_nobody_else,
    a_message_is_told_when_it_arrives,
    contacts_and_concerns_come_and_go,
    rounds_and_slots_follow_their_bookings,
    events_surveys_absences_and_consents_are_on_the_phones,
    a_right_that_goes_takes_all_of_it_along,
    a_child_that_changes_groups_takes_its_contacts_along,
    who_writes_comes_in_sight,
    who_gives_a_compliment_comes_in_sight,
    who_sees_to_a_concern_comes_in_sight,
    who_leads_a_conversation_comes_in_sight,
    what_concerns_nobody_is_not_written,
);
