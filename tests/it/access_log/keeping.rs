//! How long a line is kept.

use std::sync::Arc;

use chrono::TimeDelta;
use glans::call::Call;
use glans::people::access_log as log;
use glans::upkeep;
use glans_entity::ids::PersonId;
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use super::{LOG, lines, turn_to_the_next_hour};
use crate::ask::{act, ask, codes};

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
    a_line_is_kept_for_a_year,
    a_log_goes_with_whom_it_is_of,
    who_is_erased_before_it_is_written_has_no_line,
);
