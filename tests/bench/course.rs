//! A second course. With the 24 lessons of the sample the list is as long as that of a course of five years.

use serde_json::{Value, json};

/// Lessons of the two courses together.
pub(crate) const LESSONS_IN_ALL: usize = 60;

/// Three years of three modules of four lessons, with four materials each.
pub(crate) fn document() -> Value {
    json!({
        "key": "long-course", "languages": ["nl"],
        "title": "Leergang van drie jaar", "summary": "Vervolg op de eerste twee jaren",
        "years": children(3, |year| json!({
            "title": format!("Jaar {year}"),
            "modules": children(3, |module| json!({
                "title": format!("Module {module} van jaar {year}"),
                "goal": "Het team ziet iedere ouder als partner in het leren van het eigen kind.",
                "lessons": children(4, |lesson| lesson_of(&format!("{year}-{module}-{lesson}"))),
            })),
        })),
    })
}

fn lesson_of(key: &str) -> Value {
    json!({
        "key": format!("lesson-{key}"), "title": format!("Les {key}: elkaar vinden"), "durationMinutes": 60,
        "objectives": ["Je voert een gesprek waarin een ouder meer vertelt dan jij."],
        "theory": "Wie luistert, hoort wat een kind thuis kan.",
        "practicalTips": ["Bel iedere ouder in de eerste maand."],
        "teamScript": [{ "minutes": 60, "text": "Oefen in tweetallen." }],
        "materials": children(4, |material| json!({
            "key": format!("material-{key}-{material}"), "kind": "TOOL", "audience": "TEACHER",
            "title": format!("Gesprekskaart {material} bij les {key}"), "body": "Vraag eerst, vertel daarna.",
        })),
    })
}

fn children(count: u8, child: impl Fn(u8) -> Value) -> Vec<Value> {
    (1..=count).map(child).collect()
}
