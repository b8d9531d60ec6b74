//! The golden matrix: who may read and do what, as a text that anybody can read.
//!
//! `UPDATE=1 cargo test -p glans-tests access` writes it anew; read the difference before you commit it.

use std::fmt::Write;

use glans_tests::{Engine, Setting, Who, World, on_each_database};
use serde_json::json;

use super::api::Api;
use super::cases::{ABOUT_ONESELF, input, refers, subject};
use super::targets::{self, Whose};
use super::{outcome, reads};

const LEGEND: &str = "\
Who may see and do what. A test compares this file with the program; `just golden` writes it anew.

Columns are roles, all of one board: a client with organisation:read and lessons:read, a guardian at access NONE
(distant) and one at FULL, the teacher of one class group, a trainer of the board, the leader of one school, the
director of one cluster, the administrator of the board.
Rows are root fields, and whose thing they are asked for: own (the first school, its class group, its student, their
guardian, a published programme), sibling (the second school of the same board and what is in it, a draft), other
(another board), unknown (nobody's); → other is own, referring to something of another board.

Reading:  seen   a number: so many items   -  null   sign-in  refused until signed in
Writing:  done   not_found, forbidden, invalid, …: the user errors   sign-in
";

async fn nobody_sees_or_does_more_than_agreed(world: &World) {
    let api = Api::new(&glans::graphql::sdl());
    let questions = reads::questions(&api).unwrap_or_else(|uncovered| panic!("queries without a case: {uncovered:?}"));
    let rows = reads::walk(world, &questions).await;
    let leaks = reads::leaks(world, &api, &rows);
    assert!(leaks.is_empty(), "something of the other board is seen: {leaks:#?}");
    let tellers = reads::tellers(&rows);
    assert!(tellers.is_empty(), "what is elsewhere can be told from what is nowhere: {tellers:#?}");

    let mut text = format!("{LEGEND}\n{}\n", header("Reading"));
    text.extend(rows.iter().map(reading));
    writeln!(text, "\n{}", header("Writing")).unwrap();
    Box::pin(writings(world.engine(), &api, &mut text)).await;
    compare(&text, world.engine());
}

on_each_database!(nobody_sees_or_does_more_than_agreed);

fn reading(asked: &reads::Row) -> String {
    let question = asked.question;
    let cells = asked.answers.iter().map(|(_, answer)| outcome::of_read(&answer.body, &question.field));
    let whose = question.of_type.as_ref().map(|_| asked.whose.to_string()).unwrap_or_default();
    row(&question.name, &whose, &cells.collect::<Vec<_>>())
}

/// Every mutation, each in a world that no other has changed.
async fn writings(engine: Engine, api: &Api, text: &mut String) {
    let mutations: Vec<_> = api.fields("Mutation").into_iter().map(|field| field.name.node.to_string()).collect();
    let mut uncovered = Vec::new();
    let mut elsewhere = Vec::new();
    let mut world = World::prepare(engine).await.expect("the engine is there: this test runs on it");
    for mutation in mutations.iter().filter(|mutation| !ABOUT_ONESELF.contains(&mutation.as_str())) {
        if input(mutation, "", &world.ours).is_none() {
            uncovered.push(mutation);
            continue;
        }
        for (whose, abroad) in rows_of(mutation) {
            let mut cells = Vec::new();
            for who in Who::ALL {
                let Some(cell) = attempt(&world, who, mutation, whose, abroad).await else { continue };
                if cell == "done" {
                    world = Box::pin(world.renewed()).await;
                }
                cells.push(cell);
            }
            match whose {
                Whose::Other => elsewhere.clone_from(&cells),
                Whose::Unknown => {
                    assert_eq!(cells, elsewhere, "{mutation} tells what is elsewhere from what is nowhere");
                }
                Whose::Own | Whose::Sibling => {}
            }
            let label = match (subject(mutation), abroad) {
                (None, _) => String::new(),
                (_, true) => "→ other".to_owned(),
                (_, false) => whose.to_string(),
            };
            text.push_str(&row(mutation, &label, &cells));
        }
    }
    Box::pin(world.remove()).await.remove().await;
    assert!(uncovered.is_empty(), "mutations without a case: {uncovered:?}");
}

/// Whose thing it is done to, and whether it refers to a thing of the other board.
fn rows_of(mutation: &str) -> Vec<(Whose, bool)> {
    let whose = if subject(mutation).is_some() { &Whose::ALL[..] } else { &Whose::ALL[..1] };
    let abroad = refers(mutation).then_some((Whose::Own, true));
    whose.iter().map(|whose| (*whose, false)).chain(abroad).collect()
}

/// None where there is nothing of this kind to do it to.
async fn attempt(world: &World, who: Who, mutation: &str, whose: Whose, abroad: bool) -> Option<String> {
    let id = match subject(mutation) {
        Some(of_type) => targets::id(world, of_type, whose)?,
        None => String::new(),
    };
    let input = input(mutation, &id, if abroad { &world.theirs } else { &world.ours })?;
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document =
        format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
    let answer = world.execute(&world.standing(who).await, &document, json!({ "input": input })).await;
    Some(outcome::of_write(&answer.body, mutation))
}

fn header(title: &str) -> String {
    let mut line = format!("{title:<37}");
    for who in Who::ALL {
        write!(line, "{:<11}", who.name()).unwrap();
    }
    line.trim_end().to_owned()
}

/// Nothing where there is nothing to tell.
fn row(name: &str, whose: &str, cells: &[String]) -> String {
    if cells.is_empty() {
        return String::new();
    }
    let mut line = format!("{name:<28}{whose:<9}");
    for cell in cells {
        write!(line, "{cell:<10} ").unwrap();
    }
    format!("{}\n", line.trim_end())
}

fn compare(text: &str, engine: Engine) {
    let file = crate::repository().join("tests/golden/access.txt");
    if std::env::var_os("UPDATE").is_some() && engine == Engine::Sqlite {
        std::fs::write(&file, text).expect("the golden file can be written");
        return;
    }
    let agreed = std::fs::read_to_string(&file).unwrap_or_default();
    let changed: Vec<_> = text.lines().filter(|line| !agreed.lines().any(|agreed| agreed == *line)).collect();
    let gone: Vec<_> = agreed.lines().filter(|line| !text.lines().any(|now| now == *line)).collect();
    assert!(changed.is_empty() && gone.is_empty(), "on {engine}, now:\n{changed:#?}\nas agreed:\n{gone:#?}");
}
