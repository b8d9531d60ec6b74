//! The demo and load data.

use std::collections::HashSet;

use glans::demo::actions::{self, Filled};
use glans::demo::{PASSWORD, Size, Story};
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{Role, enrolment, guardianship, membership, person, student};
use glans_entity::practice::{LessonStatus, lesson_progress};
use glans_entity::programme::lesson;
use glans_tests::{Actor, Program, on_each_database};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::cli;

const SMALL: Size = Size { boards: 2, schools: 4, guardians_per_school: 30, weeks: 12, seed: 7 };
/// For what is the same of any demo.
const SMALLEST: Size = Size { boards: 1, schools: 1, guardians_per_school: 25, ..SMALL };

async fn fill(program: &Program, size: Size) -> Filled {
    actions::fill(&program.app, size, || {}).await.unwrap()
}

async fn all_that_the_story_tells_is_written(program: &Program) {
    let mut told = 0;
    let filled = actions::fill(&program.app, SMALL, || told += 1).await.unwrap();
    assert_eq!(told, SMALL.schools);

    assert_eq!(program.rows::<board::Entity>().await.len(), filled.boards);
    assert_eq!(program.rows::<cluster::Entity>().await.len(), 4);
    assert_eq!(program.rows::<school_year::Entity>().await.len(), 6);
    assert_eq!(program.rows::<school::Entity>().await.len(), SMALL.schools);
    assert_eq!(program.rows::<class_group::Entity>().await.len(), filled.class_groups);
    assert_eq!(program.rows::<student::Entity>().await.len(), filled.students);
    assert_eq!(program.rows::<person::Entity>().await.len(), filled.persons);
    let links = program.rows::<guardianship::Entity>().await;
    assert_eq!(links.len(), filled.guardianships);
    let guardians: HashSet<_> = links.iter().map(|link| link.guardian_id).collect();
    assert_eq!(guardians.len(), SMALL.schools * SMALL.guardians_per_school);
    // An admin and a trainer per board, a director per cluster, a leader per school, two teachers per group of this year,
    // and a trainer of the cohort in each cluster.
    assert_eq!(program.rows::<membership::Entity>().await.len(), 2 * 2 + 4 + 4 + 4 * 7 * 2 + 4);
    let circle = program.rows::<lesson_progress::Entity>().await;
    let count = |status| circle.iter().filter(|row| row.status == status).count();
    assert!(count(LessonStatus::Discussed) >= SMALL.schools && count(LessonStatus::Prepared) == 0);
    assert_eq!(circle.iter().filter(|row| row.taught_at.is_some()).count(), SMALL.schools * 6);
}

async fn the_rows_are_those_of_the_seed(program: &Program) {
    fill(program, SMALL).await;
    let today = glans::call::today(program.app.clock.now());
    let mut told: Vec<_> = Story::new(SMALL, today).flat_map(|rows| rows.enrolments).collect();
    told.sort_by_key(|row| row.id);
    assert_eq!(program.rows::<enrolment::Entity>().await, told);
}

async fn every_role_has_an_account_to_try(program: &Program) {
    assert_eq!(actions::accounts(&program.app).await.unwrap(), []);
    fill(program, SMALLEST).await;
    let accounts = actions::accounts(&program.app).await.unwrap();
    let roles: Vec<_> = accounts.iter().map(|account| account.role).collect();
    assert_eq!(
        roles,
        [Role::BoardAdmin, Role::ClusterDirector, Role::SchoolLeader, Role::Teacher, Role::Trainer, Role::Guardian]
    );
    assert!(accounts.iter().all(|account| account.password == PASSWORD));
}

/// The account with the role, signed in.
pub(crate) async fn sign_in(program: &Program, role: Role) -> Actor {
    let accounts = actions::accounts(&program.app).await.unwrap();
    let account = accounts.into_iter().find(|account| account.role == role).unwrap();
    let newcomer = program.newcomer(&account.name).await;
    let input = json!({ "email": account.email, "password": account.password });
    let reply = newcomer.does("sessionCreate", "tokens { accessToken }", input).await;
    newcomer.with_token(reply.text_at("sessionCreate.tokens.accessToken"))
}

async fn whoever_is_printed_signs_in(program: &Program) {
    fill(program, SMALLEST).await;
    for account in actions::accounts(&program.app).await.unwrap() {
        let reply = sign_in(program, account.role).await.asks("{ viewer { id } }").await;
        assert!(reply.text_at("viewer.id").starts_with("account_"), "{}", reply.text);
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().unwrap().iter()
}

async fn a_leader_has_read_the_beginning_of_the_course(program: &Program) {
    const COURSE: &str =
        "{ programmes { nodes { years { modules { lessons { materials { audience viewerState } } } } } } }";
    fill(program, SMALL).await;
    assert_eq!(program.rows::<lesson::Entity>().await.len(), 2 * 3 * 4);

    let reply = sign_in(program, Role::SchoolLeader).await.asks(COURSE).await;

    let years = reply.at("programmes.nodes.0.years");
    let lessons = items(years).flat_map(|year| items(&year["modules"])).flat_map(|module| items(&module["lessons"]));
    let materials = lessons.flat_map(|lesson| items(&lesson["materials"]));
    let own = materials.filter(|material| material["audience"] != "GUARDIAN");
    let states: Vec<_> = own.map(|material| material["viewerState"].as_str().unwrap()).collect();
    let completed = states.iter().take_while(|state| **state == "COMPLETED").count();
    assert!(completed > 0, "{states:?}");
    assert_eq!(states[completed], "STARTED");
    assert!(states[completed + 1..].iter().all(|state| *state == "NEW"), "{states:?}");
}

async fn a_database_that_is_not_empty_is_left_alone(program: &Program) {
    assert!(actions::is_empty(&program.app).await.unwrap());
    fill(program, SMALLEST).await;
    assert!(!actions::is_empty(&program.app).await.unwrap());
    let before = program.rows::<person::Entity>().await;

    let refused = actions::fill(&program.app, SMALLEST, || {}).await.unwrap_err();

    assert!(refused.to_string().starts_with("The database is not empty."), "{refused}");
    assert_eq!(program.rows::<person::Entity>().await, before);
}

/// What `glans ARGUMENTS` over the database says, which must refuse: to serve, it must not come so far as to listen.
fn refusal(program: &Program, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = cli::glans(folder.path(), arguments);
    command.env("GLANS_DATABASE_URL", &program.app.config.database_url);
    command.env("GLANS_SECRET_KEY", program.app.config.secret_key.as_deref().unwrap());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn a_demo_that_broke_off_is_told_and_neither_served_nor_filled(program: &Program) {
    let first = Notify::new();
    tokio::select! {
        biased;
        () = first.notified() => {}
        _ = actions::fill(&program.app, SMALL, || first.notify_one()) => panic!("nothing broke off"),
    }
    let schools = program.rows::<school::Entity>().await.len();
    assert!((1..SMALL.schools).contains(&schools), "{schools} schools");
    assert_eq!(actions::accounts(&program.app).await.unwrap().len(), 6, "it looks like a demo");
    assert!(!actions::is_whole(&program.app).await.unwrap());

    for arguments in [&["serve", "--demo", "--listen", "127.0.0.1:0"][..], &["demo"], &["doctor"]] {
        let said = refusal(program, arguments);
        assert!(said.contains("the demo in this database is not whole: filling it broke off"), "{said}");
        assert!(said.contains("or name another database with --database-url, and start again"), "{said}");
    }
}

async fn a_demo_is_whole_when_all_of_it_is_there(program: &Program) {
    assert!(!actions::is_whole(&program.app).await.unwrap());
    fill(program, SMALLEST).await;
    assert!(actions::is_whole(&program.app).await.unwrap());
    let today = glans::call::today(program.app.clock.now());
    assert!(!actions::is_half(&program.app.db, today).await.unwrap());
}

on_each_database!(
    all_that_the_story_tells_is_written,
    the_rows_are_those_of_the_seed,
    every_role_has_an_account_to_try,
    whoever_is_printed_signs_in,
    a_leader_has_read_the_beginning_of_the_course,
    a_database_that_is_not_empty_is_left_alone,
    a_demo_that_broke_off_is_told_and_neither_served_nor_filled,
    a_demo_is_whole_when_all_of_it_is_there,
);
