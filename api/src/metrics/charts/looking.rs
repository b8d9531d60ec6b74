//! Writes pictures to look at: `cargo test -p glans pictures_to_look_at -- --ignored --nocapture`.

use std::fs;

use super::drawing::svg;
use super::layout::Size;
use super::picture::png;
use super::report::pdf;
use super::samples;

#[test]
#[ignore = "writes pictures for somebody to look at"]
fn pictures_to_look_at() {
    let folder = std::env::temp_dir().join("glans-pictures");
    fs::create_dir_all(&folder).unwrap();
    let charts = [
        ("one-nl", samples::one("nl"), (960, 480)),
        ("one-en-small", samples::one("en"), (400, 300)),
        ("whole-nl", samples::whole("nl"), (640, 360)),
        ("whole-smallest", samples::whole("nl"), (320, 200)),
        ("several-nl", samples::several("nl"), (960, 520)),
        ("several-en", samples::several("en"), (1600, 900)),
        ("several-narrow", samples::several("nl"), (400, 620)),
        ("many-nl", samples::many("nl"), (1000, 640)),
        ("long-nl", samples::long("nl"), (800, 400)),
    ];
    for (name, chart, (width, height)) in charts {
        let drawn = svg(&chart, Size { width, height }).unwrap().unwrap();
        fs::write(folder.join(format!("{name}.png")), png(&drawn).unwrap()).unwrap();
        fs::write(folder.join(format!("{name}.svg")), drawn).unwrap();
    }
    let months = [
        ("month-nl", samples::month("nl")),
        ("month-en", samples::month("en")),
        ("month-full", samples::full_month("nl")),
        ("month-empty", samples::empty_month("nl")),
    ];
    for (name, month) in months {
        fs::write(folder.join(format!("{name}.pdf")), pdf(&month).unwrap()).unwrap();
    }
    println!("{}", folder.display());
}
