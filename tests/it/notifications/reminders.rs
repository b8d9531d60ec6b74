//! Who is reminded of what is to come and of what is missing, and who is not.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use glans::engagement::contact_rules::rules::zone;
use glans::notifications::reminders;
use glans::notifications::texts::Figures;
use glans_entity::notifications::{Category, Channel};
use glans_entity::organisation::school;
use glans_entity::people::{GuardianAccess, guardianship, membership};
use glans_entity::practice::{LessonStatus, OccasionStatus, experience, lesson_progress, meeting, team_session};
use glans_entity::scope::Scoped;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::occasions::{done, in_days, notifications, standing, tell, told};
use super::stage::{Stage, read, turn_to_weekday};
use crate::announcements::published;
use crate::ask::ask_as;

const NOBODY: [&str; 0] = [];

/// The day of a moment.
fn day(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&zone("Europe/Amsterdam")).date_naive()
}

fn today(world: &World) -> NaiveDate {
    day(world.app.clock.now())
}

/// The days of the first meeting and of the first team session: a week and two after the world was sown, which may have been
/// on the other side of midnight.
async fn sown(world: &World) -> [NaiveDate; 2] {
    let everywhere = world.everywhere();
    let db = world.app.db.read(&everywhere).await.unwrap();
    let meeting = meeting::Entity::within(&everywhere).filter(meeting::Column::Id.eq(world.ours.meetings[0]));
    let session = team_session::Entity::within(&everywhere).filter(team_session::Column::Id.eq(world.ours.sessions[0]));
    let (meeting, session) = (meeting.one(&db).await.unwrap(), session.one(&db).await.unwrap());
    [meeting.unwrap().starts_at, session.unwrap().starts_at].map(day)
}

/// Half past nine in the morning of a day.
fn morning(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::from_hms_opt(9, 30, 0).unwrap());
    zone("Europe/Amsterdam").from_local_datetime(&local).unwrap().with_timezone(&Utc)
}

fn turn_to(world: &World, moment: DateTime<Utc>) {
    world.app.clock.turn(moment - world.app.clock.now());
}

/// Whom the round reminds with this text. Going round again reminds nobody anew.
async fn reminded(world: &World, text: &str) -> Vec<String> {
    reminders::round(&world.app).await.unwrap();
    assert_eq!(reminders::round(&world.app).await.unwrap(), 0, "once is enough");
    standing(world, text).await
}

async fn a_meeting_tomorrow(world: &World) {
    let moment = sown(world).await[0] - Days::new(1);
    done(
        world,
        world.ours.leader,
        "occasionRespond",
        "",
        json!({ "occasion": world.ours.meetings[0], "answer": "DECLINED" }),
    )
    .await;
    turn_to(world, morning(moment) - TimeDelta::hours(1));
    assert_eq!(reminded(world, "meeting-tomorrow").await, NOBODY, "half past eight");
    turn_to(world, morning(moment));
    // Of each cohort its own; Marieke stays away.
    assert_eq!(reminded(world, "meeting-tomorrow").await, ["Laila*", "Trudy*"]);
    let rows = notifications(world, "meeting-tomorrow").await;
    assert!(rows.iter().all(|row| row.source.starts_with("reminder.meeting-tomorrow.meeting_")));
}

async fn a_meeting_that_was_cancelled_is_not_reminded_of(world: &World) {
    let moment = sown(world).await[0] - Days::new(1);
    done(world, world.ours.trainer, "meetingCancel", "", json!({ "id": world.ours.meetings[0] })).await;
    turn_to(world, morning(moment));
    assert_eq!(reminded(world, "meeting-tomorrow").await, ["Laila*"]);
}

async fn a_team_session_in_a_week_and_tomorrow(world: &World) {
    world.teacher("Jan", 1).await;
    let day = sown(world).await[1];
    let away = json!({ "occasion": world.ours.sessions[0], "answer": "DECLINED" });
    done(world, world.ours.teacher, "occasionRespond", "", away).await;
    turn_to(world, morning(day - Days::new(7)) - TimeDelta::hours(1));
    assert_eq!(reminded(world, "session-next-week").await, NOBODY, "half past eight");
    turn_to(world, morning(day - Days::new(7)));
    assert_eq!(reminded(world, "session-next-week").await, ["Laila*", "Marieke*"], "who give the lesson");
    turn_to(world, morning(day - Days::new(1)));
    // Each team its own; Tarik stays away.
    assert_eq!(reminded(world, "session-tomorrow").await, ["Jan*", "Laila*", "Marieke*"]);
    let rows = notifications(world, "session-next-week").await;
    assert_eq!(rows.len(), 2, "once is enough");
    assert!(rows.iter().all(|row| row.source.starts_with("reminder.session-next-week.teamsession_")));
}

async fn a_team_session_that_does_not_take_place_is_not_reminded_of(world: &World) {
    let day = sown(world).await[1];
    done(world, world.ours.leader, "teamSessionCancel", "", json!({ "id": world.ours.sessions[0] })).await;
    let left = json!({ "cohort": world.ours.cohorts[1], "school": world.ours.schools[1] });
    done(world, world.ours.admin, "cohortSchoolRemove", "", left).await;
    turn_to(world, morning(day - Days::new(7)));
    assert_eq!(reminded(world, "session-next-week").await, NOBODY);
}

/// The lesson of the first school was prepared so long ago.
async fn prepared(world: &World, ago: TimeDelta) {
    use lesson_progress::Column;
    let db = world.writing().await;
    let rows = lesson_progress::Entity::update_many()
        .col_expr(Column::Status, Expr::val(LessonStatus::Prepared.to_value()))
        .col_expr(Column::PreparedAt, Expr::val(world.app.clock.now() - ago))
        .filter(Column::CohortSchoolId.eq(world.ours.school_cohorts[0]));
    assert_eq!(rows.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
}

async fn a_lesson_without_a_date(world: &World) {
    prepared(world, TimeDelta::days(6)).await;
    assert_eq!(reminded(world, "session-without-date").await, NOBODY);
    prepared(world, TimeDelta::days(7) + TimeDelta::hours(1)).await;
    assert_eq!(reminded(world, "session-without-date").await, ["Marieke*"]);
}

/// What schools did a day before that moment: the first recorded a lesson that it taught more than a week before, the second of
/// the same cluster did not, and both shared an experience.
async fn a_week_of(world: &World, monday: DateTime<Utc>) {
    use lesson_progress::Column;
    let db = world.writing().await;
    let before = Expr::val(monday - TimeDelta::days(1));
    let lesson = |at: usize| {
        let school = world.ours.school_cohorts[at];
        lesson_progress::Entity::update_many().filter(Column::CohortSchoolId.eq(school))
    };
    let taught = lesson(0)
        .col_expr(Column::Status, Expr::val(LessonStatus::Taught.to_value()))
        .col_expr(Column::TaughtAt, Expr::val(monday - TimeDelta::days(10)));
    assert_eq!(taught.exec(&db).await.unwrap().rows_affected, 1);
    let recorded = team_session::Entity::update_many()
        .col_expr(team_session::Column::Status, Expr::val(OccasionStatus::Held.to_value()))
        .col_expr(team_session::Column::RecordedAt, before.clone())
        .filter(team_session::Column::Id.eq(world.ours.sessions[0]));
    assert_eq!(recorded.exec(&db).await.unwrap().rows_affected, 1);
    let overdue = lesson(1).col_expr(Column::DueAt, before.clone());
    assert_eq!(overdue.exec(&db).await.unwrap().rows_affected, 1);
    let shared = experience::Entity::update_many().filter(experience::Column::BoardId.eq(world.ours.id));
    shared.col_expr(experience::Column::SharedAt, before).exec(&db).await.unwrap();
    let same = school::Entity::update_many().filter(school::Column::Id.eq(world.ours.schools[1]));
    same.col_expr(school::Column::ClusterId, Expr::val(world.ours.clusters[0])).exec(&db).await.unwrap();
    world.written(db).await;
}

/// How many weeks of clusters of the first board are to be told now.
async fn weeks_due(world: &World) -> usize {
    let due = reminders::due(&world.app, world.app.clock.now(), &mut reminders::Done::default()).await.unwrap();
    let ours = due.iter().filter(|reminder| reminder.board == world.ours.id);
    ours.filter(|reminder| reminder.source.starts_with("reminder.programme-week")).count()
}

async fn the_week_of_the_course_is_told_to_the_director(world: &World) {
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    assert_eq!(weeks_due(world).await, 0, "once it is told, nobody counts again");
    let rows = notifications(world, "programme-week").await;
    assert_eq!(rows.iter().map(|row| row.bundled).collect::<Vec<_>>(), [false], "it is a digest already");
    let inbox = "{ notifications(first: 1) { nodes { category body about { id } } } }";
    let inbox = ask_as(world, world.ours.director, inbox, Value::Null).await;
    let told = json!({
        "category": "PROGRAMME", "about": { "id": world.ours.clusters[0] },
        "body": "De afgelopen week is er 1 les gegeven en zijn er 2 ervaringen gedeeld in Noord. 1 les is te laat.",
    });
    assert_eq!(inbox["notifications"]["nodes"], json!([told]));
    turn_to_weekday(world, Weekday::Wed, 9, 30);
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    turn_to_weekday(world, Weekday::Mon, 9, 30);
    reminders::round(&world.app).await.unwrap();
    assert_eq!(notifications(world, "programme-week").await.len(), 2, "one a week, as long as a lesson is overdue");
}

async fn a_school_that_closed_does_not_count_in_the_week(world: &World) {
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    let db = world.writing().await;
    let closed = school::Entity::update_many().filter(school::Column::Id.eq(world.ours.schools[1]));
    closed.col_expr(school::Column::ArchivedAt, Expr::val(monday)).exec(&db).await.unwrap();
    world.written(db).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    let rows = notifications(world, "programme-week").await;
    let figures: Vec<_> = rows.iter().map(|row| Figures::kept(row.figures.as_deref()).unwrap()).collect();
    assert_eq!(figures, [Figures { taught: 1, shared: 1, overdue: 0 }]);
}

async fn the_week_is_mailed_under_the_name_of_the_cluster(world: &World) {
    let stage = Stage::set(world).await;
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    stage.sends().await;
    let subjects: Vec<String> = stage.office.posted().iter().map(|posted| read(posted).0).collect();
    assert!(subjects.contains(&"Noord: De week in de cursus".to_owned()), "{subjects:?}");
}

async fn the_week_is_gone_for_who_directs_another_cluster_by_now(world: &World) {
    let (stage, dirk) = (Stage::set(world).await, world.ours.director);
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    let inbox = "{ notifications { totalCount } }";
    let before = ask_as(world, dirk, inbox, Value::Null).await;
    assert_eq!(before["notifications"]["totalCount"], 1);
    let db = world.writing().await;
    let other = membership::Entity::update_many().filter(membership::Column::PersonId.eq(dirk.person));
    let other = other.col_expr(membership::Column::ScopeId, Expr::val(world.ours.clusters[1].0));
    assert_eq!(other.exec(&db).await.unwrap().rows_affected, 1, "he directs another cluster of the board");
    world.written(db).await;
    stage.sends().await;
    assert_eq!(stage.fates(dirk, Channel::Email).await, ["SUPPRESSED NO_RIGHT"]);
    let after = ask_as(world, dirk, inbox, Value::Null).await;
    assert_eq!(after["notifications"]["totalCount"], 0);
}

async fn a_week_in_which_nothing_happened_is_not_told(world: &World) {
    world.app.clock.turn(TimeDelta::days(14));
    turn_to_weekday(world, Weekday::Mon, 9, 30);
    assert_eq!(reminded(world, "programme-week").await, NOBODY);
}

async fn a_week_without_figures_is_not_counted_in_each_round(world: &World) {
    world.app.clock.turn(TimeDelta::days(14));
    turn_to_weekday(world, Weekday::Mon, 9, 30);
    // Whatever else there is to tell.
    reminders::round(&world.app).await.unwrap();
    let mut before = reminders::Done::default();
    let mut round = async || {
        let statements = world.app.db.statement_count();
        reminders::round_after(&world.app, &mut before).await.unwrap();
        world.app.db.statement_count() - statements
    };
    let (first, second) = (round().await, round().await);
    world.app.clock.turn(TimeDelta::minutes(6));
    let third = round().await;
    assert!(second < first, "it was counted a moment ago: {second} and {first} statements");
    assert!(second < third, "now and then it is: {second} and {third} statements");
}

async fn the_week_of_a_cluster_without_a_director_is_not_counted(world: &World) {
    use membership::Column;
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(weeks_due(world).await, 1);
    let db = world.writing().await;
    let ended = membership::Entity::update_many().filter(Column::PersonId.eq(world.ours.director.person));
    let ended = ended.col_expr(Column::EndedAt, Expr::val(monday));
    assert_eq!(ended.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    assert_eq!(weeks_due(world).await, 0);
}

async fn what_cannot_be_read_keeps_no_other_reminder(world: &World) {
    let tomorrow = asks_tomorrow(world).await;
    turn_to(world, morning(tomorrow));
    prepared(world, TimeDelta::days(7) + TimeDelta::hours(1)).await;
    let rename = async |from: &str, to: &str| {
        let renamed = world.app.db.connection().execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        renamed.unwrap();
    };
    rename("lesson_progress", "elsewhere").await;
    assert_eq!(reminded(world, "consent-asked").await, ["Ilse"]);
    assert_eq!(standing(world, "session-without-date").await, NOBODY);
    rename("elsewhere", "lesson_progress").await;
    assert_eq!(reminded(world, "session-without-date").await, ["Marieke*"], "it is tried again");
}

async fn what_nobody_was_there_to_hear_is_tried_again_after_a_while(world: &World) {
    use guardianship::Column;
    let has = async |access: GuardianAccess| {
        let db = world.writing().await;
        let own = guardianship::Entity::update_many().filter(Column::GuardianId.eq(world.ours.guardians[0].person));
        let own = own.col_expr(Column::Access, Expr::val(access.to_value()));
        assert_eq!(own.exec(&db).await.unwrap().rows_affected, 1);
        world.written(db).await;
    };
    let tomorrow = asks_tomorrow(world).await;
    turn_to(world, morning(tomorrow));
    has(GuardianAccess::EmergencyOnly).await;
    let mut before = reminders::Done::default();
    let mut asked = async || {
        reminders::round_after(&world.app, &mut before).await.unwrap();
        standing(world, "consent-asked").await
    };
    assert_eq!(asked().await, NOBODY);
    has(GuardianAccess::Full).await;
    assert_eq!(asked().await, NOBODY, "it was tried a moment ago");
    world.app.clock.turn(TimeDelta::minutes(6));
    assert_eq!(asked().await, ["Ilse"]);
}

async fn a_conversation_in_two_days(world: &World) {
    let (fien, sara, omar) = world.family().await;
    let starts = in_days(world, 5);
    let plan = |starts: DateTime<Utc>| {
        json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
            "endsAt": starts + TimeDelta::minutes(20) })
    };
    let fields = "conversation { id }";
    let made = done(world, world.ours.teacher, "conversationSchedule", fields, plan(starts)).await;
    let away = json!({ "id": made["conversation"]["id"], "answer": "DECLINED" });
    done(world, omar, "conversationRespond", "", away).await;
    let called_off = plan(starts + TimeDelta::hours(2));
    let made = done(world, world.ours.teacher, "conversationSchedule", fields, called_off).await;
    done(world, world.ours.teacher, "conversationCancel", "", json!({ "id": made["conversation"]["id"] })).await;
    turn_to(world, morning(day(starts) - Days::new(2)));
    assert_eq!(reminded(world, "conversation-soon").await, ["Sara", "Tarik*"]);
    let rows = notifications(world, "conversation-soon").await;
    assert_eq!(rows.iter().filter(|row| row.person_id == sara.person).count(), 1, "of the one that takes place");
}

async fn an_agreement_that_is_due(world: &World) {
    let due = today(world) + Days::new(4);
    let input = json!({
        "id": world.ours.partners[0].planned, "summary": "Het gaat goed.",
        "agreements": [{ "text": "Het boek is uit.", "dueOn": due }],
        "attendance": [{ "person": world.ours.guardians[0].person, "status": "PRESENT" }],
    });
    done(world, world.ours.teacher, "conversationRecord", "", input).await;
    turn_to(world, morning(due - Days::new(2)));
    assert_eq!(reminded(world, "agreement-due").await, NOBODY);
    turn_to(world, morning(due - Days::new(1)));
    assert_eq!(reminded(world, "agreement-due").await, ["Ilse", "Tarik*"], "and not Ruud");
}

async fn a_round_that_opens_and_closes(world: &World) {
    world.family().await;
    let (opens, closes) = (in_days(world, 1), in_days(world, 6));
    let starts = in_days(world, 8);
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "opensAt": opens, "closesAt": closes, "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person,
            "windows": [{ "startsAt": starts, "endsAt": starts + TimeDelta::minutes(30) }] }],
    });
    let fields = "bookingRound { slots { id } }";
    let made = done(world, world.ours.leader, "bookingRoundOpen", fields, input).await;
    assert_eq!(told(world, "booking-opened").await, NOBODY, "it opens tomorrow");
    turn_to(world, opens + TimeDelta::minutes(5));
    assert_eq!(reminded(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    let slot = json!({ "slot": made["bookingRound"]["slots"][0]["id"], "student": world.ours.students[0] });
    done(world, world.ours.guardians[0], "slotBook", "", slot).await;
    turn_to(world, closes - TimeDelta::hours(47));
    assert_eq!(reminded(world, "booking-reminder").await, ["Omar", "Sara"], "Ilse has booked");
}

async fn a_round_that_was_changed_since_it_opened_is_told_of_once(world: &World) {
    world.family().await;
    let (opens, starts) = (in_days(world, 1), in_days(world, 8));
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "opensAt": opens, "closesAt": in_days(world, 6),
        "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person,
            "windows": [{ "startsAt": starts, "endsAt": starts + TimeDelta::minutes(30) }] }],
    });
    let made = done(world, world.ours.leader, "bookingRoundOpen", "bookingRound { id }", input).await;
    turn_to(world, opens + TimeDelta::minutes(1));
    done(world, world.ours.leader, "bookingRoundUpdate", "", json!({ "id": made["bookingRound"]["id"] })).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    assert_eq!(reminded(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    assert_eq!(notifications(world, "booking-opened").await.len(), 3, "once is enough");
}

async fn a_confirmation_that_is_missing(world: &World) {
    let (_, sara, _) = world.family().await;
    for (guardian, id) in world.ours.guardians.into_iter().zip(world.ours.announcements) {
        done(world, guardian, "announcementAcknowledge", "", json!({ "id": id })).await;
    }
    let more = |more: Value| {
        let mut all = json!({ "audience": { "include": [world.ours.groups[0]] }, "requiresAcknowledgement": true });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let id = published(world, Who::Leader, "Studiedag", more(json!({}))).await;
    done(world, sara, "announcementAcknowledge", "", json!({ "id": id })).await;
    let gone = published(world, Who::Leader, "Vergissing", more(json!({}))).await;
    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": gone })).await;
    tell(world).await;
    world.app.clock.turn(TimeDelta::hours(47));
    assert_eq!(reminded(world, "acknowledgement-missing").await, NOBODY);
    world.app.clock.turn(TimeDelta::hours(2));
    assert_eq!(reminded(world, "acknowledgement-missing").await, ["Ilse", "Omar"]);
    assert_eq!(notifications(world, "acknowledgement-missing").await.len(), 2, "of the one that stands");
    let term = json!({ "acknowledgeBy": in_days(world, 3) });
    published(world, Who::Leader, "Schoolreis", more(term)).await;
    world.app.clock.turn(TimeDelta::hours(49));
    reminders::round(&world.app).await.unwrap();
    assert_eq!(notifications(world, "acknowledgement-missing").await.len(), 5, "the day before the term");
    let urgent = json!({ "priority": "URGENT", "urgentReason": "Een gaslek." });
    published(world, Who::Leader, "De school is dicht", more(urgent)).await;
    world.app.clock.turn(TimeDelta::hours(49));
    reminders::round(&world.app).await.unwrap();
    let rows = notifications(world, "acknowledgement-missing").await;
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().all(|row| row.category == Category::Confirmation && !row.urgent));
}

async fn a_survey_that_closes(world: &World) {
    let (_, sara, _) = world.family().await;
    let input = json!({
        "title": "Overblijven", "closesAt": in_days(world, 3), "audience": { "include": [world.ours.groups[0]] },
        "isAnonymous": true, "questions": [{ "kind": "SCALE", "text": "Hoe is het?", "isRequired": true }],
    });
    let fields = "survey { id questions { id } }";
    let made = done(world, world.ours.leader, "surveyCreate", fields, input).await;
    let id = made["survey"]["id"].clone();
    done(world, world.ours.leader, "surveyOpen", "", json!({ "id": id })).await;
    let answers = json!([{ "question": made["survey"]["questions"][0]["id"], "score": 4 }]);
    done(world, sara, "surveyRespond", "", json!({ "survey": id, "answers": answers })).await;
    world.app.clock.turn(TimeDelta::days(2) + TimeDelta::hours(1));
    assert_eq!(reminded(world, "survey-reminder").await, ["Ilse", "Omar"], "Sara has answered, nobody knows what");
}

/// The leader of the first school asks something from tomorrow on. Which day that is.
async fn asks_tomorrow(world: &World) -> NaiveDate {
    let tomorrow = today(world) + Days::new(1);
    let input = json!({ "school": world.ours.schools[0], "text": "Mag uw kind op de foto?", "askedFrom": tomorrow });
    done(world, world.ours.leader, "consentPurposeCreate", "", input).await;
    tomorrow
}

async fn a_question_of_a_later_day(world: &World) {
    let tomorrow = asks_tomorrow(world).await;
    assert_eq!(told(world, "consent-asked").await, NOBODY);
    turn_to(world, morning(tomorrow));
    assert_eq!(reminded(world, "consent-asked").await, ["Ilse"]);
}

on_each_database!(
    a_meeting_tomorrow,
    a_meeting_that_was_cancelled_is_not_reminded_of,
    a_team_session_in_a_week_and_tomorrow,
    a_team_session_that_does_not_take_place_is_not_reminded_of,
    a_lesson_without_a_date,
    the_week_of_the_course_is_told_to_the_director,
    a_school_that_closed_does_not_count_in_the_week,
    the_week_is_mailed_under_the_name_of_the_cluster,
    the_week_is_gone_for_who_directs_another_cluster_by_now,
    a_week_in_which_nothing_happened_is_not_told,
    a_week_without_figures_is_not_counted_in_each_round,
    the_week_of_a_cluster_without_a_director_is_not_counted,
    what_cannot_be_read_keeps_no_other_reminder,
    what_nobody_was_there_to_hear_is_tried_again_after_a_while,
    a_conversation_in_two_days,
    an_agreement_that_is_due,
    a_round_that_opens_and_closes,
    a_round_that_was_changed_since_it_opened_is_told_of_once,
    a_confirmation_that_is_missing,
    a_survey_that_closes,
    a_question_of_a_later_day,
);
