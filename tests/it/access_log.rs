//! Who opened whose record.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Request, Variables};
use chrono::{DateTime, TimeDelta, Utc};
use glans::access::Standing;
use glans::books::Books;
use glans::call::{Call, today};
use glans::graphql::{GlansSchema, schema};
use glans::people::access_log::{self as log, Subject};
use glans::upkeep;
use glans_entity::ids::PersonId;
use glans_entity::people::access_log::{Column, Entity, Model};
use glans_entity::people::student;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use crate::access::api::{Api, base, needs_argument};
use crate::access::targets::{self, Whose};
use crate::ask::{act, ask, ask_as, codes};
use crate::realtime::Follower;

/// All of which is of the record of a child.
const OF_A_CHILD: [&str; 12] = [
    "AbsenceNotice",
    "Agreement",
    "Concern",
    "Consent",
    "ContactMoment",
    "Conversation",
    "Goal",
    "Guardianship",
    "Message",
    "Partnership",
    "Student",
    "Thread",
];
/// All of which is of the record of a guardian.
const OF_A_GUARDIAN: [&str; 6] = ["AbsenceNotice", "Consent", "ContactMoment", "Guardianship", "Message", "Person"];
/// What is of nobody's record, but for fields that say themselves of whom they tell.
const TELLING_OF_WHOM: [&str; 2] = ["BookingRound", "Slot"];
/// What is to many, of the organisation, of a course, of a program, or the viewer's own.
const OF_NOBODY: [&str; 32] = [
    "Announcement",
    "ApiClient",
    "Board",
    "ClassGroup",
    "Cluster",
    "Cohort",
    "Comment",
    "ConsentPurpose",
    "Device",
    "Event",
    "Experience",
    "Lesson",
    "Material",
    "Meeting",
    "Membership",
    "MetricExport",
    "Module",
    "Notification",
    "Programme",
    "ProgrammeEdition",
    "ProgrammeYear",
    "RosterImport",
    "School",
    "SchoolCohort",
    "SchoolYear",
    "Session",
    "Survey",
    "SurveyQuestion",
    "TeamSession",
    "Viewer",
    "WebhookDelivery",
    "WebhookEndpoint",
];
/// What has no id and names a child: the viewer's own, and lists of names. An item of the worklist says whose record it opens.
const NAMING_A_CHILD: [&str; 6] =
    ["AwaitedAnswer", "FeedItem", "GuardianReceipt", "Query", "SurveyResponse", "WorklistItem"];
/// What has no id and names a person: what a guardian answered says whose record it opens; of staff, and of what is to
/// many, nothing is opened.
const NAMING_A_PERSON: [&str; 10] = [
    "AccessLogEntry",
    "AgreementComment",
    "AnnouncementRevision",
    "Attendance",
    "Confirmation",
    "EventGuest",
    "GuardianReceipt",
    "Invitation",
    "PartnershipStep",
    "TalkChoice",
];
/// What a list of names tells, beside the id.
const LISTED: [&str; 19] = [
    "Person.archivedAt",
    "Person.board",
    "Person.createdAt",
    "Person.displayName",
    "Person.erasedAt",
    "Person.familyName",
    "Person.givenName",
    "Person.memberships",
    "Person.updatedAt",
    "Person.version",
    "Person.viewerCanEdit",
    "Student.classGroups",
    "Student.createdAt",
    "Student.displayName",
    "Student.leftOn",
    "Student.school",
    "Student.updatedAt",
    "Student.version",
    "Student.viewerCanEdit",
];

const RECORD: &str = "query($id: ID!) { student(id: $id) {
    displayName number guardianships { relationship guardian { displayName email } } } }";
const LOG: &str = "query($id: ID!) { student(id: $id) { accessLog(first: 10) {
    totalCount nodes { readerName reader { id } roles requestId } } } }";
const LOG_OF_PERSON: &str = "query($id: ID!) { node(id: $id) { ... on Person { accessLog {
    nodes { readerName roles } } } } }";

/// Whose records an answer opens, past the transport.
async fn opened(
    world: &World,
    schema: &GlansSchema,
    standing: &Arc<Standing>,
    document: &str,
    variables: Value,
) -> BTreeSet<Subject> {
    let call = Call::new(Arc::clone(&world.app), Arc::clone(standing), "test".to_owned());
    let opened = Arc::clone(&call.opened);
    let mut request = Request::new(document).variables(Variables::from_json(variables));
    request.data = call.into_data();
    let answer = schema.execute(request).await;
    assert!(answer.errors.is_empty(), "{document} was answered with {:?}", answer.errors);
    opened.subjects()
}

/// The lines of the first board, oldest first, without those of the seed where they are of `yesterday`.
async fn lines(world: &World, yesterday: bool) -> Vec<Model> {
    let everywhere = Scope::system(today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let ours = Entity::within(&everywhere).filter(Column::BoardId.eq(world.ours.id));
    let mut lines = ours.order_by_asc(Column::At).order_by_asc(Column::Id).all(&db).await.unwrap();
    lines.retain(|line| yesterday || line.request_id != "yesterday");
    lines
}

/// A test that takes a moment must not go on in the next hour.
fn turn_to_the_next_hour(world: &World) {
    let now = world.app.clock.now();
    let into_it = TimeDelta::seconds(now.timestamp().rem_euclid(3_600));
    world.app.clock.turn(TimeDelta::hours(1) - into_it + TimeDelta::seconds(1));
}

fn is_made_of_others(name: &str) -> bool {
    ["Payload", "Connection", "Edge"].iter().any(|end| name.ends_with(end))
}

#[test]
fn it_is_known_of_every_type_whose_record_it_is() {
    let api = Api::new(&glans::graphql::sdl());
    let known: BTreeSet<&str> =
        OF_A_CHILD.into_iter().chain(OF_A_GUARDIAN).chain(OF_NOBODY).chain(TELLING_OF_WHOM).collect();
    assert_eq!(api.nodes().into_iter().collect::<BTreeSet<_>>(), known, "whose record is it?");
    let naming = |kind: &str| -> Vec<&str> {
        let beside = api.objects().into_iter().filter(|name| !known.contains(name) && !is_made_of_others(name));
        beside.filter(|name| api.fields(name).iter().any(|field| base(&field.ty.node) == kind)).collect()
    };
    assert_eq!(naming("Student"), NAMING_A_CHILD, "what does it tell of the child?");
    assert_eq!(naming("Person"), NAMING_A_PERSON, "what does it tell of a guardian?");
}

/// A new field of one of these types is logged, or stands in the list here.
async fn every_field_but_the_listed_opens_the_record(world: &World) {
    let (api, schema) = (Api::new(&glans::graphql::sdl()), schema());
    let teacher = world.standing(Who::Teacher).await;
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    let kinds: BTreeSet<&str> = OF_A_CHILD.into_iter().chain(OF_A_GUARDIAN).collect();
    let mut silent = Vec::new();
    for kind in kinds {
        let id = targets::id(world, kind, Whose::Own).expect("the seed has one of each");
        let asked = json!({ "id": id });
        let seen = ask(world, Who::Teacher, "query($id: ID!) { node(id: $id) { __typename } }", asked.clone()).await;
        assert_eq!(seen["node"]["__typename"], kind);
        let fields = api.fields(kind).into_iter().filter(|field| !needs_argument(field));
        for field in fields.filter(|field| field.name.node != "id") {
            let name = &field.name.node;
            let below = if api.is_leaf(base(&field.ty.node)) { "" } else { "{ __typename }" };
            let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {name} {below} }} }} }}");
            let records = opened(world, &schema, &teacher, &document, asked.clone()).await;
            let of_child = !OF_A_CHILD.contains(&kind) || records.contains(&Subject::Child(noor));
            let of_guardian = !OF_A_GUARDIAN.contains(&kind) || records.contains(&Subject::Guardian(ilse));
            if !of_child || !of_guardian {
                silent.push(format!("{kind}.{name}"));
            }
        }
    }
    silent.sort();
    assert_eq!(silent, LISTED);
}

async fn a_list_of_names_opens_nothing(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let list = "query($id: ID!) { node(id: $id) { ... on ClassGroup { name
        teachers { displayName memberships { role } }
        students { nodes { id displayName leftOn school { name } classGroups { name } } } } } }";
    let asked = json!({ "id": world.ours.groups[0] });
    assert_eq!(opened(world, &schema, &teacher, list, asked.clone()).await, BTreeSet::new());
    let numbers = "query($id: ID!) { node(id: $id) { ... on ClassGroup { students { nodes { again: number } } } } }";
    let noor = Subject::Child(world.ours.students[0]);
    assert_eq!(opened(world, &schema, &teacher, numbers, asked).await, BTreeSet::from([noor]));
}

/// A count, an id, or that a child stands in a list of those of whom something is missing.
async fn to_be_told_that_there_is_something_opens_the_record(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let noor = Subject::Child(world.ours.students[0]);
    let of_noor = [
        "query($id: ID!) { concerns(student: $id, openOnly: true) { totalCount nodes { id } } }",
        "query($id: ID!) { contactMoments(student: $id) { totalCount nodes { id } } }",
        "query($id: ID!) { threads(student: $id) { totalCount nodes { id } } }",
    ];
    for document in of_noor {
        let asked = json!({ "id": world.ours.students[0] });
        assert_eq!(opened(world, &schema, &teacher, document, asked).await, BTreeSet::from([noor]), "{document}");
        let unknown = json!({ "id": world.theirs.students[0] });
        assert_eq!(opened(world, &schema, &teacher, document, unknown).await, BTreeSet::new(), "{document}");
    }
    let unbooked = "query($id: ID!) { bookingRound(id: $id) { unbookedStudents { displayName } } }";
    let asked = json!({ "id": world.ours.rounds[0] });
    assert_eq!(opened(world, &schema, &teacher, unbooked, asked).await, BTreeSet::from([noor]));
    let fien = Subject::Child(world.child("Fien", 0).await);
    let missing = "query($id: ID!) { worklist(classGroup: $id, kind: UNREACHABLE) { student { displayName } } }";
    let asked = json!({ "id": world.ours.groups[0] });
    assert_eq!(opened(world, &schema, &teacher, missing, asked).await, BTreeSet::from([fien]));
}

async fn who_booked_a_slot_and_for_whom_is_of_their_records(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let (noor, slot) = (world.ours.students[0], world.ours.slots[0]);
    let ask_for = |field: &str| format!("query($id: ID!) {{ node(id: $id) {{ ... on Slot {{ {field} }} }} }}");
    let told = [ask_for("bookedFor { id }"), ask_for("bookedBy { id }")];
    for document in &told {
        assert_eq!(opened(world, &schema, &teacher, document, json!({ "id": slot })).await, BTreeSet::new());
    }
    let done = act(world, Who::Guardian, "slotBook", "slot { id }", json!({ "slot": slot, "student": noor })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
    let records = BTreeSet::from([Subject::Child(noor), Subject::Guardian(world.ours.guardians[0].person)]);
    for document in &told {
        assert_eq!(opened(world, &schema, &teacher, document, json!({ "id": slot })).await, records);
    }
    let times = ask_for("startsAt isAvailable teacher { displayName }");
    assert_eq!(opened(world, &schema, &teacher, &times, json!({ "id": slot })).await, BTreeSet::new());
}

async fn what_a_guardian_wrote_or_answered_is_of_their_record(world: &World) {
    let (schema, teacher) = (schema(), world.standing(Who::Teacher).await);
    let (noor, ilse, partners) = (world.ours.students[0], world.ours.guardians[0].person, world.ours.partners[0]);
    let opened_by = async |told: &str, id: &Value| {
        let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {told} }} }}");
        opened(world, &schema, &teacher, &document, json!({ "id": id })).await
    };
    let worry = json!({ "student": noor, "text": "Zij slaapt slecht." });
    let raised = act(world, Who::Guardian, "concernRaise", "concern { id }", worry).await;
    let apart = json!({ "student": noor, "apart": true });
    for done in [
        &raised,
        &act(world, Who::Guardian, "talkChoiceSet", "", apart).await,
        &act(world, Who::Guardian, "goalAgree", "", json!({ "id": partners.goal })).await,
    ] {
        assert_eq!(codes(done), Vec::<&str>::new());
    }
    let of_both = BTreeSet::from([Subject::Child(noor), Subject::Guardian(ilse)]);
    for (told, id) in [
        ("Message { body }", json!(targets::id(world, "Message", Whose::Own))),
        ("Concern { text }", raised["concern"]["id"].clone()),
        ("Partnership { talkChoices { isApart } }", json!(partners.partnership)),
        ("Partnership { steps { missingGuardians { displayName } } }", json!(partners.partnership)),
        ("Goal { agreedBy { displayName } }", json!(partners.goal)),
        ("Conversation { attendance { status } }", json!(partners.held)),
        ("Agreement { confirmations { confirmedAt } }", json!(partners.agreement)),
        ("Agreement { comments { text } }", json!(partners.agreement)),
    ] {
        assert_eq!(opened_by(told, &id).await, of_both, "{told}");
    }
    let of_staff = opened_by("Concern { text }", &json!(world.ours.concerns[0])).await;
    assert_eq!(of_staff, BTreeSet::from([Subject::Child(noor)]), "staff raised it");
}

async fn an_export_opens_the_records_of_whom_it_names(world: &World) {
    let schema = schema();
    let export = "mutation($id: ID!) { personExport(input: { id: $id }) { exported { madeAt } userErrors { code } } }";
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    let (teacher, admin) = (world.standing(Who::Teacher).await, world.standing(Who::Admin).await);
    let of_teacher = json!({ "id": world.ours.teacher.person });
    for exporter in [&teacher, &admin] {
        let records = opened(world, &schema, exporter, export, of_teacher.clone()).await;
        assert!(records.contains(&Subject::Child(noor)) && records.contains(&Subject::Guardian(ilse)), "{records:?}");
    }
    let records = opened(world, &schema, &admin, export, json!({ "id": ilse })).await;
    assert!(records.contains(&Subject::Child(noor)) && records.contains(&Subject::Guardian(ilse)), "{records:?}");
    let guardian = world.standing(Who::Guardian).await;
    assert_eq!(opened(world, &schema, &guardian, export, json!({ "id": ilse })).await, BTreeSet::new());
}

async fn a_family_stands_in_no_log(world: &World) {
    let (schema, noor) = (schema(), world.ours.students[0]);
    let asked = json!({ "id": noor });
    let guardian = world.standing(Who::Guardian).await;
    assert_eq!(opened(world, &schema, &guardian, RECORD, asked.clone()).await, BTreeSet::new());
    let teacher = world.standing(Who::Teacher).await;
    let records = BTreeSet::from([
        Subject::Child(noor),
        Subject::Guardian(world.ours.guardians[0].person),
        Subject::Guardian(world.ours.distant.person),
    ]);
    assert_eq!(opened(world, &schema, &teacher, RECORD, asked.clone()).await, records);
    world.guardian_of_another(world.ours.teacher, noor).await;
    let parent = world.standing(Who::Teacher).await;
    assert_eq!(opened(world, &schema, &parent, RECORD, asked).await, BTreeSet::new(), "the own child");
}

async fn staff_who_open_a_record_stand_in_the_log_once_an_hour(world: &World) {
    turn_to_the_next_hour(world);
    let (noor, asked) = (world.ours.students[0], json!({ "id": world.ours.students[0] }));
    let teacher = world.actor(Who::Teacher).await;
    let first = teacher.asks_with(RECORD, asked.clone()).await;
    assert_eq!(first.at("student.displayName"), "Noor");
    assert_eq!(teacher.asks_with(RECORD, asked.clone()).await.at("student.displayName"), "Noor");
    let found = lines(world, false).await;
    let told = |line: &Model| (line.reader.clone(), line.roles.0.clone(), line.request_id.clone());
    let request = first.headers["x-request-id"].to_str().unwrap().to_owned();
    let line = (world.ours.teacher.person.to_string(), vec!["TEACHER".to_owned()], request);
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), [line.clone(), line.clone(), line]);
    let guardians: BTreeSet<_> = found.iter().filter_map(|line| line.guardian_id).collect();
    assert_eq!(guardians, BTreeSet::from([world.ours.guardians[0].person, world.ours.distant.person]));
    let of_noor = |lines: &[Model]| lines.iter().filter(|line| line.student_id == Some(noor)).count();
    assert_eq!(of_noor(&found), 1);

    turn_to_the_next_hour(world);
    let later = world.actor(Who::Teacher).await;
    assert_eq!(later.asks_with(RECORD, asked).await.at("student.displayName"), "Noor");
    assert_eq!(of_noor(&lines(world, false).await), 2);
}

async fn a_guardian_with_everything_and_an_administrator_see_who_looked(world: &World) {
    turn_to_the_next_hour(world);
    let asked = json!({ "id": world.ours.students[0] });
    for who in [Who::Teacher, Who::Admin] {
        assert_eq!(world.actor(who).await.asks_with(RECORD, asked.clone()).await.at("student.displayName"), "Noor");
    }
    for who in [Who::Guardian, Who::Admin] {
        let seen = ask(world, who, LOG, asked.clone()).await;
        let log = &seen["student"]["accessLog"];
        let nodes = log["nodes"].as_array().unwrap();
        let told: Vec<_> = nodes.iter().map(|line| (&line["readerName"], &line["roles"])).collect();
        let (annelies, tarik) = (json!("Annelies de Wit"), json!("Tarik de Wit"));
        let (admin, teacher) = (json!(["BOARD_ADMIN"]), json!(["TEACHER"]));
        assert_eq!(told, [(&annelies, &admin), (&tarik, &teacher), (&tarik, &teacher)], "{}", who.name());
        assert_eq!(log["totalCount"], 3);
        assert_eq!(log["nodes"][1]["reader"]["id"], world.ours.teacher.person.to_string());
    }
    // A family knows an administrator by name only.
    let seen = ask(world, Who::Guardian, LOG, asked.clone()).await;
    assert_eq!(seen["student"]["accessLog"]["nodes"][0]["reader"], Value::Null);
    for who in [Who::Teacher, Who::Leader, Who::Director] {
        let seen = ask(world, who, LOG, asked.clone()).await;
        assert_eq!(seen["student"]["accessLog"], json!({ "totalCount": 0, "nodes": [] }), "{}", who.name());
    }
    assert_eq!(ask(world, Who::Distant, LOG, asked.clone()).await, json!({ "student": null }));
    for stranger in [world.theirs.admin, world.theirs.guardians[0]] {
        assert_eq!(ask_as(world, stranger, LOG, asked.clone()).await, json!({ "student": null }));
    }
}

async fn a_guardian_sees_who_looked_at_the_own_record(world: &World) {
    turn_to_the_next_hour(world);
    let ilse = world.ours.guardians[0].person;
    let email = "query($id: ID!) { node(id: $id) { ... on Person { email } } }";
    for person in [ilse, world.ours.teacher.person] {
        let reply = world.actor(Who::Leader).await.asks_with(email, json!({ "id": person })).await;
        assert!(reply.at("node.email").is_string());
    }
    assert_eq!(lines(world, false).await.len(), 1, "a colleague is no guardian");
    let own = "{ viewer { person { accessLog { nodes { readerName roles } } } } }";
    let told = json!([
        { "readerName": "Marieke de Wit", "roles": ["SCHOOL_LEADER"] },
        { "readerName": "Tarik de Wit", "roles": ["TEACHER"] },
    ]);
    assert_eq!(ask(world, Who::Guardian, own, json!({})).await["viewer"]["person"]["accessLog"]["nodes"], told);
    let asked = json!({ "id": ilse });
    assert_eq!(ask(world, Who::Admin, LOG_OF_PERSON, asked.clone()).await["node"]["accessLog"]["nodes"], told);
    assert_eq!(ask(world, Who::Leader, LOG_OF_PERSON, asked.clone()).await["node"]["accessLog"]["nodes"], json!([]));
    world.guardian_of_another(world.ours.admin, world.ours.students[0]).await;
    let family = ask(world, Who::Admin, LOG_OF_PERSON, asked).await;
    assert_eq!(family["node"]["accessLog"]["nodes"], json!([]), "the other guardian of the own child");
}

async fn a_colleague_is_looked_for_in_the_log_once_an_hour(world: &World) {
    turn_to_the_next_hour(world);
    let leader = world.actor(Who::Leader).await;
    let cost = async |field: &str| {
        // Who asks is looked up, and kept for a moment.
        leader.asks("{ viewer { id } }").await.data();
        let before = world.app.db.statement_count();
        let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Person {{ {field} }} }} }}");
        leader.asks_with(&document, json!({ "id": world.ours.teacher.person })).await.data();
        world.app.db.statement_count() - before
    };
    let unlogged = cost("displayName").await;
    assert!(cost("language").await > unlogged);
    assert_eq!(cost("language").await, unlogged);
    assert_eq!(lines(world, false).await.len(), 0, "a colleague is no guardian");
}

async fn it_costs_the_same_however_many_records_are_opened(world: &World) {
    turn_to_the_next_hour(world);
    for name in ["Adam", "Bilal", "Cato"] {
        world.child(name, 0).await;
    }
    let teacher = world.actor(Who::Teacher).await;
    let page = "query($id: ID!, $first: Int!) { node(id: $id) { ... on ClassGroup {
        students(first: $first) { nodes { displayName guardianships { id } } } } } }";
    let cost = async |first: i32| {
        // Who asks is looked up, and kept for a moment.
        teacher.asks("{ viewer { id } }").await.data();
        let before = world.app.db.statement_count();
        teacher.asks_with(page, json!({ "id": world.ours.groups[0], "first": first })).await.data();
        world.app.db.statement_count() - before
    };
    let one = cost(1).await;
    assert_eq!(lines(world, false).await.len(), 1);
    assert_eq!(cost(4).await, one);
    assert_eq!(lines(world, false).await.len(), 4);
    assert!(cost(4).await < one, "what stands there already is not written again");
}

async fn what_a_failing_request_read_stands_in_the_log(world: &World) {
    turn_to_the_next_hour(world);
    let document = "query($id: ID!, $school: ID!) { student(id: $id) { number }
        school(id: $school) { students(first: 1000) { nodes { id } } } }";
    let asked = json!({ "id": world.ours.students[0], "school": world.ours.schools[0] });
    let reply = world.actor(Who::Leader).await.asks_with(document, asked).await;
    assert_eq!((reply.codes(), &reply.body["data"]["student"]["number"]), (vec!["BAD_USER_INPUT"], &json!("Noor")));
    let found = lines(world, false).await;
    assert_eq!(found.iter().map(|line| line.student_id).collect::<Vec<_>>(), [Some(world.ours.students[0])]);
}

async fn what_is_read_as_events_stands_in_the_log(world: &World) {
    turn_to_the_next_hour(world);
    let teacher = world.actor(Who::Teacher).await;
    let body = json!({ "query": RECORD, "variables": { "id": world.ours.students[0] } });
    let request = teacher.request(reqwest::Method::POST, "/graphql").header("accept", "text/event-stream").json(&body);
    let reply = teacher.sends(request).await;
    assert!(reply.text.contains("Noor"), "{}", reply.text);
    assert_eq!(lines(world, false).await.len(), 3);
}

/// Whose records stand in the log since then.
async fn logged(world: &World, since: DateTime<Utc>) -> BTreeSet<Subject> {
    log::write(&world.app).await.unwrap();
    let subjects = |line: Model| {
        let child = line.student_id.map(Subject::Child);
        child.into_iter().chain(line.guardian_id.map(Subject::Guardian))
    };
    lines(world, false).await.into_iter().filter(|line| line.at >= since).flat_map(subjects).collect()
}

async fn whatever_way_a_record_is_opened_it_stands_in_the_log(world: &World) {
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    let next_hour = async || {
        turn_to_the_next_hour(world);
        (world.app.clock.now(), world.actor(Who::Teacher).await)
    };
    let (since, teacher) = next_hour().await;
    let input = json!({ "student": noor, "text": "Noor is vaak moe." });
    let raised = teacher.does("concernRaise", "concern { text }", input).await;
    assert_eq!(raised.at("concernRaise.concern.text"), "Noor is vaak moe.");
    assert_eq!(logged(world, since).await, BTreeSet::from([Subject::Child(noor)]), "the answer to a mutation");

    let (since, teacher) = next_hour().await;
    let changes = "{ changes(first: 100, types: [STUDENT]) { changes { node { ... on Student { number } } } } }";
    teacher.asks(changes).await.data();
    assert_eq!(logged(world, since).await, BTreeSet::from([Subject::Child(noor)]), "changes");

    let (since, teacher) = next_hour().await;
    let own = json!({ "id": world.ours.teacher.person });
    assert!(teacher.does("personExport", "exported { madeAt }", own).await.at("personExport.exported").is_object());
    let exported = logged(world, since).await;
    assert!(exported.contains(&Subject::Child(noor)) && exported.contains(&Subject::Guardian(ilse)), "{exported:?}");

    let (since, teacher) = next_hour().await;
    let received = "subscription { messageReceived { message { body } } }";
    let Some(mut follower) = Follower::start("ws", &teacher, received, &json!({})) else { return };
    assert_eq!(follower.event("messageReceived").await["message"], Value::Null);
    assert_eq!(logged(world, since).await, BTreeSet::new(), "nothing has come yet");
    let message = json!({ "thread": world.ours.threads[0], "body": "Tot morgen." });
    let sent = act(world, Who::Teacher, "messageSend", "message { id }", message).await;
    assert_eq!(codes(&sent), Vec::<&str>::new());
    assert_eq!(follower.event("messageReceived").await["message"]["body"], "Tot morgen.");
    assert_eq!(logged(world, since).await, BTreeSet::from([Subject::Child(noor)]), "a subscription");
}

async fn lines_wait_while_the_database_is_busy(world: &World) {
    turn_to_the_next_hour(world);
    let (teacher, noor) = (world.actor(Who::Teacher).await, world.ours.students[0]);
    // On SQLite nobody else writes meanwhile; on PostgreSQL somebody is changing the child.
    let busy = world.writing().await;
    let everywhere = Scope::system(today(world.app.clock.now()));
    let changing = student::Entity::within(&everywhere).filter(student::Column::Id.eq(noor)).lock_exclusive();
    assert!(changing.one(&busy).await.unwrap().is_some());
    let asked = Instant::now();
    let reply = teacher.asks_with(RECORD, json!({ "id": noor })).await;
    assert_eq!(reply.at("student.displayName"), "Noor");
    // Opened again, they do not wait twice.
    teacher.asks_with(RECORD, json!({ "id": noor })).await.data();
    // A database that is asked says after 8 seconds that it is busy.
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(lines(world, false).await.len(), 0, "the database is not busy");
    world.written(busy).await;
    log::write(&world.app).await.unwrap();
    assert_eq!(lines(world, false).await.len(), 3);
}

async fn a_process_that_stops_tries_until_its_lines_are_written(world: &World) {
    turn_to_the_next_hour(world);
    let call = Call::new(Arc::clone(&world.app), world.standing(Who::Leader).await, "last".to_owned());
    log::Opens::guardian(world.ours.id, world.ours.guardians[0].person).note(&call).unwrap();
    let rename = async |from: &str, to: &str| {
        let renamed = world.app.db.connection().execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        renamed.unwrap();
    };
    rename("access_log", "elsewhere").await;
    log::Pending::of(&call).settle().await;
    let closing = tokio::spawn(Books::open(&world.app).close());
    tokio::time::sleep(Duration::from_millis(500)).await;
    rename("elsewhere", "access_log").await;
    closing.await.unwrap();
    assert_eq!(lines(world, false).await.len(), 1);
}

async fn a_line_is_kept_for_a_year(world: &World) {
    world.app.clock.turn(TimeDelta::days(363));
    assert_eq!(upkeep::round(&world.app).await.unwrap().looks, 0);
    world.app.clock.turn(TimeDelta::days(2));
    // Two of each board were there before.
    assert_eq!(upkeep::round(&world.app).await.unwrap().looks, 4);
}

async fn a_log_goes_with_whom_it_is_of(world: &World) {
    let erase = async |person: PersonId| {
        let done = act(world, Who::Admin, "personErase", "person { id }", json!({ "id": person })).await;
        assert_eq!(codes(&done), Vec::<&str>::new());
    };
    assert_eq!(lines(world, true).await.len(), 2);
    erase(world.ours.guardians[0].person).await;
    let left = lines(world, true).await;
    assert_eq!(left.iter().map(|line| line.student_id).collect::<Vec<_>>(), [Some(world.ours.students[0])]);
    erase(world.ours.teacher.person).await;
    let seen = ask(world, Who::Admin, LOG, json!({ "id": world.ours.students[0] })).await;
    assert_eq!(seen["student"]["accessLog"]["nodes"][0]["readerName"], "–");
}

async fn who_is_erased_before_it_is_written_has_no_line(world: &World) {
    turn_to_the_next_hour(world);
    let (ilse, leader) = (world.ours.guardians[0].person, world.standing(Who::Leader).await);
    let call = Call::new(Arc::clone(&world.app), leader, "late".to_owned());
    log::Opens::guardian(world.ours.id, ilse).note(&call).unwrap();
    let done = act(world, Who::Admin, "personErase", "person { id }", json!({ "id": ilse })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
    log::Pending::of(&call).settle().await;
    assert_eq!(lines(world, false).await.len(), 0);
}

on_each_database!(
    every_field_but_the_listed_opens_the_record,
    a_list_of_names_opens_nothing,
    to_be_told_that_there_is_something_opens_the_record,
    who_booked_a_slot_and_for_whom_is_of_their_records,
    what_a_guardian_wrote_or_answered_is_of_their_record,
    an_export_opens_the_records_of_whom_it_names,
    a_family_stands_in_no_log,
    staff_who_open_a_record_stand_in_the_log_once_an_hour,
    a_guardian_with_everything_and_an_administrator_see_who_looked,
    a_guardian_sees_who_looked_at_the_own_record,
    a_colleague_is_looked_for_in_the_log_once_an_hour,
    it_costs_the_same_however_many_records_are_opened,
    what_a_failing_request_read_stands_in_the_log,
    what_is_read_as_events_stands_in_the_log,
    whatever_way_a_record_is_opened_it_stands_in_the_log,
    lines_wait_while_the_database_is_busy,
    a_process_that_stops_tries_until_its_lines_are_written,
    a_line_is_kept_for_a_year,
    a_log_goes_with_whom_it_is_of,
    who_is_erased_before_it_is_written_has_no_line,
);
