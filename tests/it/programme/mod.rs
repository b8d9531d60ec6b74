//! The course: importing, publishing, reading it by role and language, and how far one is with its materials.

mod editions;
mod importing;
mod reading;

use glans::programme::{SAMPLE, import};
use glans_tests::{Who, World};
use serde_json::Value;

use crate::ask::{ask, refusals};

/// What the app of a school leader asks for when it starts.
const COURSE_SCREEN: &str = "{
  schools { nodes { id name } }
  programmes { nodes { id title isSample years { number title modules { position title goal lessons {
    id position title durationMinutes objectives theory practicalTips teamScript { durationMinutes text }
    next { id } previous { id }
    materials { id title kind audience viewerState }
  } } } } }
}";

/// A course of one lesson; `{title}` and `{extra}` are to be filled in.
const SMALL: &str = r"
key: klein
languages: [nl, en]
title: {nl: Kleine leergang, en: Small course}
summary: Eén les
years:
  - title: Jaar een
    modules:
      - title: Begin
        goal: Elkaar kennen
        lessons:
          - key: groeten
            title: {title}
            durationMinutes: 30
            objectives: [Je kunt groeten]
            theory: Wie groet, begint.
            practicalTips: [Sta bij de deur]
            materials:
              - {key: kaart, kind: TOOL, audience: TEACHER, title: Kaart}
              - {key: brief, kind: ARTICLE, audience: GUARDIAN, title: Brief}
{extra}";

pub(crate) fn small(title: &str, extra: &str) -> String {
    SMALL.replace("{title}", title).replace("{extra}", extra)
}

async fn data(world: &World, who: Who, document: &str) -> Value {
    ask(world, who, document, Value::Null).await
}

/// Runs a mutation over its input: what it gives under `selection`, and its user errors as `CODE path`.
async fn act(world: &World, who: Who, mutation: &str, selection: &str, input: Value) -> (Value, Vec<String>) {
    let payload = crate::ask::act(world, who, mutation, selection, input).await;
    let refusals = refusals(&payload);
    (payload, refusals)
}

async fn import_sample(world: &World) {
    let imported = import(&world.app, SAMPLE, None, true).await.unwrap();
    assert!(imported.changed && imported.released);
}

/// The sample as `who` gets it from [`COURSE_SCREEN`].
async fn sample(world: &World, who: Who) -> Value {
    let screen = data(world, who, COURSE_SCREEN).await;
    let programmes = screen["programmes"]["nodes"].as_array().unwrap();
    programmes.iter().find(|programme| programme["isSample"] == true).unwrap().clone()
}

/// Everything under `path` of nested lists, in order.
fn flatten<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v Value> {
    path.iter().fold(vec![value], |values, field| {
        values.into_iter().flat_map(|value| value[*field].as_array().unwrap()).collect()
    })
}

const LESSONS: [&str; 3] = ["years", "modules", "lessons"];
const MATERIALS: [&str; 4] = ["years", "modules", "lessons", "materials"];
