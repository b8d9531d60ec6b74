//! What can wait, told of together: one e-mail over all schools and children, by school and then by child, with counts and
//! without names of people.

mod content;
mod once;
mod times;

use glans::notifications::deliveries::digests;
use glans_entity::ids::{ClassGroupId, StudentId};
use glans_tests::World;
use glans_tests::post_office::Posted;
use serde_json::json;

use crate::notifications::occasions::done;
use crate::notifications::stage::{Stage, read};

const SARA: &str = "sara@example.org";

/// Queues the digests whose time has come, and sends them.
async fn digest(stage: &Stage<'_>) -> u64 {
    let queued = digests::round(&stage.app).await.unwrap();
    stage.sends().await;
    queued
}

/// A class group more, of the first school.
async fn class_group(world: &World, name: &str) -> ClassGroupId {
    let input = json!({ "school": world.ours.schools[0], "schoolYear": world.ours.school_year, "name": name,
        "grades": ["4"] });
    let made = done(world, world.ours.leader, "classGroupCreate", "classGroup { id }", input).await;
    made["classGroup"]["id"].as_str().expect("a class group").parse().unwrap()
}

/// A child in it.
async fn child_of(world: &World, name: &str, group: ClassGroupId) -> StudentId {
    let school = world.ours.schools[0];
    world.sow(&world.ours, async |sower| sower.pupil(name, school, group).await).await
}

/// What a digest tells, between its first line and its button.
fn told(posted: &Posted) -> String {
    let text = read(posted).1.replace("\r\n", "\n");
    let (_, told) = text.split_once("Sinds de vorige keer is dit erbij gekomen:\n").expect("a digest");
    told.split_once("\nOpen de app").expect("a button").0.to_owned()
}
