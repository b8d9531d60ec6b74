//! Who is told that they may edit something may, and nobody else may.

use chrono::TimeDelta;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::cases::input;
use super::targets::{self, Whose};
use crate::ask::{act, ask, codes, done, statements};

/// A kind of thing, and what edits one as often as one likes; who may edit the own one, and who only reads it.
type Edited = (&'static str, &'static str, &'static [Who], &'static [Who]);

const EDITED: [Edited; 11] = {
    use Who::{Admin, Director, Guardian, Leader, Teacher, Trainer};
    [
        ("Cohort", "cohortUpdate", &[Trainer, Director, Admin], &[Teacher, Leader]),
        ("Meeting", "meetingUpdate", &[Trainer, Director, Admin], &[Leader]),
        ("TeamSession", "teamSessionUpdate", &[Leader], &[Teacher, Trainer, Director, Admin]),
        ("Experience", "experienceUpdate", &[Leader], &[Teacher, Trainer, Director, Admin]),
        ("Event", "eventUpdate", &[Teacher, Leader, Director, Admin], &[Guardian]),
        ("BookingRound", "bookingRoundUpdate", &[Teacher, Leader], &[Guardian]),
        ("Conversation", "conversationUpdate", &[Teacher, Leader], &[Guardian]),
        ("Concern", "concernAcknowledge", &[Teacher, Leader], &[Guardian]),
        ("ContactMoment", "contactMomentUpdate", &[Teacher], &[Guardian, Leader]),
        ("WebhookEndpoint", "webhookEndpointUpdate", &[Admin], &[]),
        ("ApiClient", "apiClientSecretRotate", &[Admin], &[]),
    ]
};

/// What `who` is told; none of what is out of sight.
async fn told(world: &World, who: Who, kind: &str, id: &str) -> Option<bool> {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ viewerCanEdit }} }} }}");
    ask(world, who, &document, json!({ "id": id })).await["node"]["viewerCanEdit"].as_bool()
}

/// As [`told`], after which `who` tries the mutation: what is told holds.
async fn tried(world: &World, who: Who, (kind, mutation): (&str, &str), id: &str) -> Option<bool> {
    let told = told(world, who, kind, id).await;
    let change = input(mutation, id, &world.ours).expect("a case");
    let tried = act(world, who, mutation, "", change).await;
    // What else is wrong with it, as a name that is taken, is no matter of rights.
    let may = codes(&tried).iter().all(|code| !["NOT_FOUND", "FORBIDDEN"].contains(code));
    assert_eq!(told.unwrap_or_default(), may, "{} {mutation} {tried}", who.name());
    told
}

async fn who_is_told_that_they_may_edit_something_may(world: &World) {
    for (kind, mutation, able, reading) in EDITED {
        let (mut may, mut read) = (Vec::new(), Vec::new());
        let own = targets::id(world, kind, Whose::Own).expect("one of each");
        for who in Who::ALL.into_iter().filter(|who| *who != Who::Anonymous) {
            match tried(world, who, (kind, mutation), &own).await {
                Some(true) => may.push(who),
                Some(false) => read.push(who),
                None => {}
            }
        }
        assert_eq!((&may[..], &read[..]), (able, reading), "{mutation}");
        let elsewhere = [targets::id(world, kind, Whose::Sibling), targets::id(world, kind, Whose::Other)];
        for id in elsewhere.iter().flatten() {
            for who in Who::ALL.into_iter().filter(|who| *who != Who::Anonymous) {
                tried(world, who, (kind, mutation), id).await;
            }
        }
    }
    let purpose = world.ours.purposes[0].to_string();
    let archived = tried(world, Who::Teacher, ("ConsentPurpose", "consentPurposeArchive"), &purpose).await;
    assert_eq!(archived, Some(false));
    let itself = ask(world, Who::Client, "{ viewer { apiClient { viewerCanEdit } } }", json!({})).await;
    assert_eq!(itself["viewer"]["apiClient"], json!({ "viewerCanEdit": false }));
}

async fn what_has_come_to_its_end_is_edited_no_more(world: &World) {
    for (who, kind, mutation) in [
        (Who::Trainer, "Meeting", "meetingCancel"),
        (Who::Leader, "TeamSession", "teamSessionCancel"),
        (Who::Leader, "Event", "eventCancel"),
        (Who::Teacher, "BookingRound", "bookingRoundCancel"),
        (Who::Teacher, "Conversation", "conversationCancel"),
        (Who::Teacher, "Concern", "concernResolve"),
        (Who::Leader, "ConsentPurpose", "consentPurposeArchive"),
        (Who::Admin, "ApiClient", "apiClientRevoke"),
    ] {
        let id = targets::id(world, kind, Whose::Own).expect("one of each");
        assert_eq!(told(world, who, kind, &id).await, Some(true), "{kind}");
        done(world, who, mutation, "", input(mutation, &id, &world.ours).expect("a case")).await;
        assert_eq!(told(world, who, kind, &id).await, Some(false), "{mutation}");
    }
    let moment = world.ours.contact_moments[0].to_string();
    assert_eq!(told(world, Who::Teacher, "ContactMoment", &moment).await, Some(true));
    world.app.clock.turn(TimeDelta::hours(24));
    assert_eq!(told(world, Who::Teacher, "ContactMoment", &moment).await, Some(false), "after its day");
    let refused = act(world, Who::Teacher, "contactMomentUpdate", "", json!({ "id": moment, "note": "Anders" })).await;
    assert_eq!(codes(&refused), ["EXPIRED"]);
}

async fn what_is_for_several_is_edited_by_who_answers_for_all(world: &World) {
    let (ours, schools) = (&world.ours, world.ours.schools);
    let event = json!({
        "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "audience": { "include": schools },
    });
    let event = made(world, (Who::Admin, "eventCreate", "event"), event).await;

    let group = json!({ "school": schools[0], "schoolYear": ours.school_year, "name": "4", "grades": ["4"] });
    let group = made(world, (Who::Leader, "classGroupCreate", "classGroup"), group).await;
    let round = json!({
        "classGroups": [ours.groups[0], group], "kind": "PROGRESS", "closesAt": "2031-03-04T06:00:00Z",
        "slotMinutes": 10, "slots": [{ "teacher": ours.teacher.person, "times": ["2031-03-04T16:00:00Z"] }],
    });
    let round = made(world, (Who::Leader, "bookingRoundOpen", "bookingRound"), round).await;

    let (cohort, meeting) = (ours.cohorts[0].to_string(), ours.meetings[0].to_string());
    assert_eq!(told(world, Who::Director, "Meeting", &meeting).await, Some(true));
    let joined = json!({ "cohort": cohort, "school": schools[1] });
    done(world, Who::Admin, "cohortSchoolAdd", "", joined).await;

    for (who, kind, mutation, id, may) in [
        (Who::Leader, "Event", "eventUpdate", &event, false),
        (Who::Director, "Event", "eventUpdate", &event, false),
        (Who::Admin, "Event", "eventUpdate", &event, true),
        (Who::Teacher, "BookingRound", "bookingRoundUpdate", &round, false),
        (Who::Leader, "BookingRound", "bookingRoundUpdate", &round, true),
        (Who::Director, "Cohort", "cohortUpdate", &cohort, false),
        (Who::Director, "Meeting", "meetingUpdate", &meeting, false),
        (Who::Trainer, "Meeting", "meetingUpdate", &meeting, true),
    ] {
        assert_eq!(tried(world, who, (kind, mutation), id).await, Some(may), "{} {mutation}", who.name());
    }
}

/// Makes something: its id.
async fn made(world: &World, (who, mutation, field): (Who, &str, &str), input: Value) -> String {
    let made = done(world, who, mutation, &format!("{field} {{ id }}"), input).await;
    made[field]["id"].as_str().expect("an id").to_owned()
}

async fn family_and_who_left_the_cohort_only_read(world: &World) {
    let (ours, child) = (&world.ours, world.ours.students[0]);
    let concern = ours.concerns[0].to_string();
    assert_eq!(tried(world, Who::Leader, ("Concern", "concernAcknowledge"), &concern).await, Some(true));
    world.guardian_of_another(ours.leader, child).await;
    assert_eq!(tried(world, Who::Leader, ("Concern", "concernAcknowledge"), &concern).await, Some(false));

    let experience = ours.experiences[0].to_string();
    assert_eq!(tried(world, Who::Leader, ("Experience", "experienceUpdate"), &experience).await, Some(true));
    let left = json!({ "cohort": ours.cohorts[0], "school": ours.schools[0] });
    done(world, Who::Admin, "cohortSchoolRemove", "", left).await;
    // The author sees it still, as everybody who leads in the board does.
    assert_eq!(tried(world, Who::Leader, ("Experience", "experienceUpdate"), &experience).await, Some(false));
}

async fn nothing_of_a_closed_board_is_edited(world: &World) {
    done(world, Who::Admin, "boardArchive", "", json!({ "id": world.ours.id })).await;
    for (kind, mutation, able, _) in EDITED {
        let id = targets::id(world, kind, Whose::Own).expect("one of each");
        for who in able {
            assert_eq!(told(world, *who, kind, &id).await, Some(false), "{} {mutation}", who.name());
            let refused = act(world, *who, mutation, "", input(mutation, &id, &world.ours).expect("a case")).await;
            assert_eq!(codes(&refused), ["CONFLICT"], "{} {mutation}", who.name());
        }
    }
}

async fn it_takes_as_many_statements_for_two_as_for_one(world: &World) {
    let sem = world.child("Sem", 0).await;
    let about = [world.ours.students[0], sem];
    let (mut concerns, mut moments) = (Vec::new(), Vec::new());
    for student in about {
        let concern = json!({ "student": student, "text": "Vaak moe." });
        concerns.push(made(world, (Who::Teacher, "concernRaise", "concern"), concern).await);
        let moment = json!({ "student": student, "kind": "PHONE", "tone": "NEUTRAL" });
        moments.push(made(world, (Who::Teacher, "contactMomentLog", "contactMoment"), moment).await);
    }
    let own = &world.ours;
    let [planned, held] = [own.partners[0].planned, own.partners[0].held].map(|id| id.to_string());
    let both =
        |kind: &str| [Whose::Own, Whose::Sibling].map(|whose| targets::id(world, kind, whose).expect("two")).to_vec();
    for (who, kind, ids) in [
        (Who::Admin, "Cohort", both("Cohort")),
        (Who::Admin, "Meeting", both("Meeting")),
        (Who::Admin, "TeamSession", both("TeamSession")),
        (Who::Admin, "Experience", both("Experience")),
        (Who::Admin, "Event", both("Event")),
        (Who::Teacher, "Conversation", vec![planned, held]),
        (Who::Teacher, "Concern", concerns),
        (Who::Teacher, "ContactMoment", moments),
    ] {
        let document = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind} {{ viewerCanEdit }} }} }}");
        let one = statements(world, who, &document, json!({ "ids": ids[..1] })).await;
        assert_eq!(statements(world, who, &document, json!({ "ids": ids })).await, one, "{kind}");
    }
}

on_each_database!(
    who_is_told_that_they_may_edit_something_may,
    what_has_come_to_its_end_is_edited_no_more,
    what_is_for_several_is_edited_by_who_answers_for_all,
    family_and_who_left_the_cohort_only_read,
    nothing_of_a_closed_board_is_edited,
    it_takes_as_many_statements_for_two_as_for_one,
);
