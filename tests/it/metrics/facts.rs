//! Facts where the plain course of things is left: a child moves, somebody is erased, a phone was offline, an act and its
//! undoing meet.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans::call::{begin, today};
use glans::metrics::{facts, rollups};
use glans::platform::outbox::Event;
use glans_entity::engagement::{
    AnnouncementStatus, AttendeeStatus, ContactKind, ContactTone, agreement, announcement, contact_moment,
    conversation, conversation_attendee, message, partnership, recipient, survey,
};
use glans_entity::ids::{AgreementId, AnnouncementId, AttendanceId, ContactMomentId, ConversationId, MessageId};
use glans_entity::metrics::{Engaged, Metric, Span, cell, fact, stretch};
use glans_entity::organisation::school;
use glans_entity::people::enrolment;
use glans_entity::platform::outbox;
use glans_entity::practice::{AttendanceStatus, OccasionStatus, attendance, team_session};
use glans_entity::scope::Scope;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use serde_json::json;
use uuid::Uuid;

use crate::announcements::published;
use crate::ask::{act, codes};

/// A Monday.
const MONDAY: &str = "2035-10-15";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn now(world: &World) -> DateTime<Utc> {
    world.app.clock.now()
}

async fn put<E>(db: &DatabaseTransaction, row: E::Model)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    E::insert(row.into_active_model().reset_all()).exec_without_returning(db).await.unwrap();
}

/// The first student was counted on these days at the school, with the cluster, of that place in the board.
async fn counted(world: &World, (starts_on, ends_on): (NaiveDate, Option<NaiveDate>), at: usize, cluster: usize) {
    let row = stretch::Model {
        student_id: world.ours.students[0],
        starts_on,
        ends_on,
        board_id: world.ours.id,
        cluster_id: world.ours.clusters[cluster],
        school_id: world.ours.schools[at],
        class_group_id: world.ours.groups[at],
        language: "nl".to_owned(),
        is_reachable: false,
        entitled: 0,
        activated: 0,
        engaged: Engaged::Unknown,
    };
    let db = world.writing().await;
    put::<stretch::Entity>(&db, row).await;
    world.written(db).await;
}

/// As [`counted`], for as long as the tests are about, at the own school.
async fn counted_all_along(world: &World) {
    counted(world, (today(now(world)) - Days::new(90), None), 0, 0).await;
}

/// The act is told to the facts, at that time.
async fn told_at(world: &World, kind: &'static str, id: impl std::fmt::Display, at: DateTime<Utc>) {
    let db = world.writing().await;
    let event = Event { kind, payload: json!({ "id": id.to_string() }) };
    facts::record(&db, world.ours.id, &event, at).await.unwrap();
    world.written(db).await;
}

async fn told(world: &World, kind: &'static str, id: impl std::fmt::Display) {
    told_at(world, kind, id, now(world)).await;
}

async fn reading(world: &World) -> DatabaseTransaction {
    world.app.db.read(&Scope::system(today(now(world)))).await.unwrap()
}

/// The facts of an item.
async fn facts_of(world: &World, metric: Metric, item: Uuid) -> Vec<fact::Model> {
    let own = fact::Entity::find().filter(fact::Column::Metric.eq(metric)).filter(fact::Column::ItemId.eq(item));
    own.order_by_asc(fact::Column::SubjectId).all(&reading(world).await).await.unwrap()
}

async fn praise(world: &World, occurred_at: DateTime<Utc>) -> ContactMomentId {
    let id = ContactMomentId::new();
    let row = contact_moment::Model {
        id,
        board_id: world.ours.id,
        school_id: world.ours.schools[0],
        student_id: world.ours.students[0],
        guardian_id: None,
        author_id: world.ours.teacher.person,
        kind: ContactKind::AtTheDoor,
        tone: ContactTone::Compliment,
        note: None,
        occurred_at,
        created_at: now(world),
        updated_at: now(world),
        version: 1,
    };
    let db = world.writing().await;
    put::<contact_moment::Entity>(&db, row).await;
    world.written(db).await;
    told(world, "contact_moment.logged", id).await;
    id
}

/// Numerator and denominator of compliments at each school in the week.
async fn praised(world: &World) -> [(i64, i64); 2] {
    let own = cell::Entity::find()
        .filter(cell::Column::Metric.eq(Metric::PositiveContact))
        .filter(cell::Column::Span.eq(Span::Week))
        .filter(cell::Column::StartsOn.eq(day(MONDAY)));
    let cells = own.all(&reading(world).await).await.unwrap();
    world.ours.schools.map(|school| {
        let here = cells.iter().filter(|cell| cell.school_id == school);
        here.fold((0, 0), |sum, cell| (sum.0 + cell.numerator, sum.1 + cell.denominator))
    })
}

async fn a_mark_counts_where_the_child_has_come_to(world: &World) {
    let monday = day(MONDAY);
    counted(world, (monday - Days::new(14), Some(monday + Days::new(2))), 0, 0).await;
    counted(world, (monday + Days::new(3), None), 1, 1).await;
    // The Monday after the move, at the school where the child was on Tuesday.
    world.app.clock.turn(begin(monday + Days::new(7)) + TimeDelta::hours(9) - now(world));
    let id = praise(world, begin(monday + Days::new(1)) + TimeDelta::hours(9)).await;
    rollups::roll_up(&world.app).await.unwrap();
    assert_eq!(praised(world).await, [(0, 0), (1, 1)]);
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    assert_eq!(praised(world).await, [(0, 0), (1, 1)], "made anew");

    let db = world.writing().await;
    contact_moment::Entity::delete_by_id(id).exec(&db).await.unwrap();
    world.written(db).await;
    told(world, "contact_moment.deleted", id).await;
    rollups::roll_up(&world.app).await.unwrap();
    assert_eq!(praised(world).await, [(0, 0), (0, 1)], "it was taken away");
}

async fn erase(world: &World, someone: Someone) {
    let done = act(world, Who::Admin, "personErase", "", json!({ "id": someone.person })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
}

/// The guardians of the conversation were absent, says the record.
async fn record_absence(world: &World, id: ConversationId) {
    use conversation::Column;
    let db = world.writing().await;
    conversation_attendee::Entity::update_many()
        .col_expr(conversation_attendee::Column::Status, Expr::val(AttendeeStatus::Absent.to_value()))
        .filter(conversation_attendee::Column::ConversationId.eq(id))
        .filter(conversation_attendee::Column::IsStaff.eq(false))
        .exec(&db)
        .await
        .unwrap();
    conversation::Entity::update_many()
        .col_expr(Column::Status, Expr::val(OccasionStatus::Held.to_value()))
        .col_expr(Column::CancelReason, Expr::val(None::<String>))
        .col_expr(Column::RecordedAt, Expr::val(now(world)))
        .col_expr(Column::ReleaseAt, Expr::val(now(world)))
        .filter(Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    told(world, "conversation.recorded", id).await;
}

async fn a_guardian_who_was_erased_is_counted_once_and_named_nowhere(world: &World) {
    let (guardian, partners) = (world.ours.guardians[0], world.ours.partners[0]);
    counted_all_along(world).await;
    told(world, "conversation.recorded", partners.held).await;
    let before = facts_of(world, Metric::NoShow, partners.held.0).await;
    assert_eq!(before.iter().map(|fact| fact.subject_id).collect::<Vec<_>>(), [guardian.person.0]);

    erase(world, guardian).await;
    let nameless = facts_of(world, Metric::NoShow, partners.held.0).await;
    assert_eq!(nameless.len(), 1);
    assert_ne!(nameless[0].subject_id, guardian.person.0);
    record_absence(world, partners.held).await;
    assert_eq!(facts_of(world, Metric::NoShow, partners.held.0).await, nameless, "corrected");

    // What is written down for the first time has another id at once.
    record_absence(world, partners.planned).await;
    let (id, closed_at) = (world.ours.surveys[0], now(world) + TimeDelta::days(15));
    let row = survey::Entity::find_by_id(id).one(&reading(world).await).await.unwrap().unwrap();
    assert!(row.closes_at < closed_at);
    told_at(world, "survey.closed", id, closed_at).await;
    for (metric, item) in [(Metric::NoShow, partners.planned.0), (Metric::SurveyResponse, id.0)] {
        let facts = facts_of(world, metric, item).await;
        assert_eq!(facts.len(), 1, "{metric:?}");
        assert_ne!(facts[0].subject_id, guardian.person.0, "{metric:?}");
    }
}

/// A session of the first school was held on the day, and these of its team were there.
async fn hold(world: &World, on: NaiveDate, team: &[Someone]) {
    use team_session::Column;
    let (id, db) = (world.ours.sessions[0], world.writing().await);
    let starts_at = begin(on) + TimeDelta::hours(15);
    team_session::Entity::update_many()
        .col_expr(Column::StartsAt, Expr::val(starts_at))
        .col_expr(Column::EndsAt, Expr::val(starts_at + TimeDelta::hours(1)))
        .col_expr(Column::Status, Expr::val(OccasionStatus::Held.to_value()))
        .col_expr(Column::RecordedAt, Expr::val(now(world)))
        .filter(Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    let session = team_session::Entity::find_by_id(id).one(&db).await.unwrap().unwrap();
    for someone in team {
        let row = attendance::Model {
            id: AttendanceId::new(),
            board_id: world.ours.id,
            cohort_id: session.cohort_id,
            school_id: session.school_id,
            meeting_id: None,
            team_session_id: Some(id),
            person_id: someone.person,
            status: AttendanceStatus::Present,
            expected: true,
            responded_at: None,
            recorded_at: Some(now(world)),
            created_at: now(world),
            updated_at: now(world),
            version: 1,
        };
        put::<attendance::Entity>(&db, row).await;
    }
    world.written(db).await;
    told(world, "team_session.recorded", id).await;
}

async fn a_teacher_who_was_erased_is_counted_once(world: &World) {
    let (vera, id) = (world.teacher("Vera", 0).await, world.ours.sessions[0].0);
    hold(world, today(now(world)) - Days::new(1), &[world.ours.teacher, vera]).await;
    assert_eq!(facts_of(world, Metric::TeamAttendance, id).await.len(), 2);
    erase(world, vera).await;
    told(world, "team_session.recorded", world.ours.sessions[0]).await;
    let facts = facts_of(world, Metric::TeamAttendance, id).await;
    assert_eq!(facts.len(), 2);
    assert!(facts.iter().all(|fact| fact.subject_id != vera.person.0));
}

async fn a_session_counts_in_the_cluster_of_its_day(world: &World) {
    let (moves_on, id) = (today(now(world)) - Days::new(5), world.ours.sessions[0].0);
    let before = moves_on - Days::new(1);
    counted(world, (before - Days::new(30), Some(before)), 0, 0).await;
    counted(world, (moves_on, None), 0, 1).await;
    let db = world.writing().await;
    school::Entity::update_many()
        .col_expr(school::Column::ClusterId, Expr::val(world.ours.clusters[1].0))
        .filter(school::Column::Id.eq(world.ours.schools[0]))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    hold(world, before, &[world.ours.teacher]).await;
    let facts = facts_of(world, Metric::TeamAttendance, id).await;
    assert_eq!(facts.iter().map(|fact| fact.cluster_id).collect::<Vec<_>>(), [world.ours.clusters[0]]);
}

/// The teacher publishes something for the class group, which concerns the first student.
async fn announced(world: &World) -> AnnouncementId {
    counted_all_along(world).await;
    let to_group = json!({ "audience": { "include": [world.ours.groups[0]] } });
    let id = published(world, Who::Teacher, "Schoolreis", to_group).await;
    id.as_str().unwrap().parse().unwrap()
}

async fn read(world: &World, id: AnnouncementId, said: Option<DateTime<Utc>>) {
    let done = act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id], "readAt": said })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
}

/// How many students were reached, how many it concerns, and how often it was told that somebody read.
async fn reach(world: &World, id: AnnouncementId) -> (i32, i32, u64) {
    let facts = facts_of(world, Metric::Reach, id.0).await;
    let reads = outbox::Entity::find().filter(outbox::Column::Kind.eq("announcement.read"));
    let told = reads.count(&reading(world).await).await.unwrap();
    let sum = |of: fn(&fact::Model) -> i32| -> i32 { facts.iter().map(of).sum() };
    (sum(|fact| fact.numerator), sum(|fact| fact.denominator), told)
}

async fn a_phone_that_was_offline_tells_of_an_earlier_reading(world: &World) {
    let id = announced(world).await;
    let said = now(world) + TimeDelta::hours(10);
    world.app.clock.turn(TimeDelta::hours(80));
    let read_there = now(world);
    read(world, id, None).await;
    assert_eq!(reach(world, id).await, (0, 1, 1), "too late");
    world.app.clock.turn(TimeDelta::hours(10));
    read(world, id, Some(said)).await;
    assert_eq!(reach(world, id).await, (1, 1, 2));
    // Nor is it told again, or put off.
    read(world, id, Some(said)).await;
    read(world, id, Some(read_there)).await;
    assert_eq!(reach(world, id).await, (1, 1, 2));
    let own = recipient::Entity::find().filter(recipient::Column::ItemId.eq(id.0));
    let own = own.filter(recipient::Column::PersonId.eq(world.ours.guardians[0].person));
    let row = own.one(&reading(world).await).await.unwrap().unwrap();
    for at in [row.read_at, row.delivered_at] {
        assert_eq!(at.map(|at| at.timestamp_millis()), Some(said.timestamp_millis()));
    }
}

async fn what_is_read_while_it_is_withdrawn_counts_for_nobody(world: &World) {
    use announcement::Column;
    let id = announced(world).await;
    assert_eq!(reach(world, id).await, (0, 1, 0));
    world.app.clock.turn(TimeDelta::hours(1));
    let db = world.writing().await;
    announcement::Entity::update_many()
        .col_expr(Column::Status, Expr::val(AnnouncementStatus::Withdrawn.to_value()))
        .col_expr(Column::WithdrawnAt, Expr::val(now(world)))
        .filter(Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    let event = Event { kind: "announcement.withdrawn", payload: json!({ "id": id.to_string() }) };
    facts::record(&db, world.ours.id, &event, now(world)).await.unwrap();
    let withdrawn = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.written(db).await;
    };
    tokio::join!(read(world, id, None), withdrawn);
    assert_eq!(facts_of(world, Metric::Reach, id.0).await, Vec::<fact::Model>::new());
}

/// Somebody writes in the thread about the first student. It arrives at that time, and nobody was told of it yet.
async fn write(world: &World, is_staff: bool, arrives_at: DateTime<Utc>) -> MessageId {
    let (id, guardian, teacher) = (MessageId::new(), world.ours.guardians[0], world.ours.teacher);
    let row = message::Model {
        id,
        board_id: world.ours.id,
        thread_id: world.ours.threads[0],
        school_id: world.ours.schools[0],
        student_id: world.ours.students[0],
        author_id: if is_staff { teacher.person } else { guardian.person },
        is_staff,
        body: "Hoe gaat het?".to_owned(),
        sent_at: arrives_at,
        arrives_at,
        announced_at: None,
        undeliverable_at: None,
        updated_at: arrives_at,
        version: 1,
    };
    let db = world.writing().await;
    put::<message::Entity>(&db, row).await;
    world.written(db).await;
    id
}

async fn arrive(world: &World, id: MessageId, at: DateTime<Utc>) {
    let db = world.writing().await;
    message::Entity::update_many()
        .col_expr(message::Column::AnnouncedAt, Expr::val(at))
        .filter(message::Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    told_at(world, "message.arrived", id, at).await;
}

/// As [`write`], of what is not held.
async fn say(world: &World, is_staff: bool, at: DateTime<Utc>) -> MessageId {
    let id = write(world, is_staff, at).await;
    arrive(world, id, at).await;
    id
}

/// The messages that are marks.
async fn marks(world: &World) -> BTreeSet<Uuid> {
    let all = fact::Entity::find().filter(fact::Column::Metric.eq(Metric::TwoWay));
    let all = all.filter(fact::Column::Day.gte(day(MONDAY))).all(&reading(world).await).await.unwrap();
    all.into_iter().map(|fact| fact.item_id).collect()
}

fn ids<const N: usize>(messages: [MessageId; N]) -> BTreeSet<Uuid> {
    messages.into_iter().map(|id| id.0).collect()
}

/// The thread has a message of the guardian, of years ago.
async fn contact_is_two_way_where_one_side_answers_the_other(world: &World) {
    let monday = day(MONDAY);
    counted(world, (monday - Days::new(14), None), 0, 0).await;
    let at = |days: u64, hour: i64| begin(monday + Days::new(days)) + TimeDelta::hours(hour);
    say(world, true, at(0, 12)).await;
    assert_eq!(marks(world).await, ids([]), "no answer to what was asked years ago");
    let answer = say(world, false, at(1, 12)).await;
    assert_eq!(marks(world).await, ids([answer]));
    // A week later the guardian goes on, unasked.
    let alone = say(world, false, at(8, 12)).await;
    assert_eq!(marks(world).await, ids([answer]), "nobody answered in that week");
    let reply = say(world, true, at(9, 12)).await;
    assert_eq!(marks(world).await, ids([answer, reply]));

    // It arrived before the answer, and is told of after it.
    let held = write(world, false, at(0, 15)).await;
    arrive(world, held, at(10, 12)).await;
    assert_eq!(marks(world).await, ids([held, reply]));

    // Each counts when its two days are over, answered or not.
    for (id, is_answered, over) in [(answer, 0, 4), (alone, 1, 11)] {
        let facts = facts_of(world, Metric::StaffReply, id.0).await;
        let found: Vec<_> = facts.iter().map(|fact| (fact.numerator, fact.counts_at)).collect();
        assert_eq!(found, [(is_answered, at(over, 0))]);
    }
}

/// Looks at what the calendar changed; how many statements that took.
async fn daily(world: &World) -> u64 {
    let db = world.writing().await;
    let before = world.app.db.statement_count();
    facts::daily_of(&db, world.ours.id, now(world)).await.unwrap();
    let statements = world.app.db.statement_count() - before;
    world.written(db).await;
    statements
}

/// Agreements and an intake were due when the child was not here.
async fn sow_what_can_have_no_fact(world: &World) {
    let db = world.writing().await;
    for position in 1..6 {
        let row = agreement::Model {
            id: AgreementId::new(),
            board_id: world.ours.id,
            conversation_id: world.ours.partners[0].held,
            student_id: world.ours.students[0],
            position,
            text: "Elke avond lezen.".to_owned(),
            due_on: Some(today(now(world)) - Days::new(2)),
            kept: None,
            created_at: now(world),
            updated_at: now(world),
            version: 1,
        };
        put::<agreement::Entity>(&db, row).await;
    }
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::StartsOn, Expr::val(today(now(world)) - Days::new(50)))
        .filter(enrolment::Column::BoardId.eq(world.ours.id))
        .exec(&db)
        .await
        .unwrap();
    partnership::Entity::update_many()
        .col_expr(partnership::Column::NeedsIntake, Expr::val(true))
        .filter(partnership::Column::BoardId.eq(world.ours.id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

async fn what_can_have_no_fact_is_not_tried_again_and_again(world: &World) {
    for name in ["Fien", "Guus", "Hidde", "Ids"] {
        world.child(name, 0).await;
    }
    counted(world, (today(now(world)), None), 0, 0).await;
    daily(world).await;
    let idle = daily(world).await;
    assert!(idle < 20, "{idle} statements: days on which nothing was sent are looked at once");
    sow_what_can_have_no_fact(world).await;
    // It is looked who was here when the intakes were due, and whether there are more of them.
    assert_eq!(daily(world).await, idle + 2);
}

on_each_database!(
    a_mark_counts_where_the_child_has_come_to,
    a_guardian_who_was_erased_is_counted_once_and_named_nowhere,
    a_teacher_who_was_erased_is_counted_once,
    a_session_counts_in_the_cluster_of_its_day,
    a_phone_that_was_offline_tells_of_an_earlier_reading,
    what_is_read_while_it_is_withdrawn_counts_for_nobody,
    contact_is_two_way_where_one_side_answers_the_other,
    what_can_have_no_fact_is_not_tried_again_and_again,
);
