//! What a board hides of few people.

use chrono::TimeDelta;
use glans::metrics::rollups;
use glans_tests::{World, on_each_database};
use serde_json::{Value, json};

use super::{Made, fifty, seen, wish};

async fn a_board_that_hides_more_hides_at_once(world: &World) {
    rollups::round(&world.app).await.unwrap();
    world.app.clock.turn(TimeDelta::days(1));
    fifty(world).await;
    assert_eq!(wish(world, Some(5)).await["board"]["leastShown"], 5);
    rollups::round(&world.app).await.unwrap();
    let shows = |made: &Made| {
        made.figures.iter().filter(|line| line.contains("numerator: 25,") && line.contains("outside: None")).count()
    };
    let before = Made::of(world).await;
    assert_eq!(shows(&before), 4, "both schools, of the week and of the year");
    assert!(seen(world).await > 0);
    assert_eq!(wish(world, Some(51)).await["board"]["leastShown"], 51);
    assert_eq!(seen(world).await, 0, "what was published shows too much");
    rollups::round(&world.app).await.unwrap();
    assert!(seen(world).await > 0);
    let raised = Made::of(world).await;
    assert_eq!((raised.figures.len(), shows(&raised)), (before.figures.len(), 0));
    assert_eq!(wish(world, None).await["board"]["leastShown"], Value::Null);
    rollups::round(&world.app).await.unwrap();
    Made::of(world).await.must_be(&before, "no wish any more");
    for wrong in [4, 101] {
        assert_eq!(wish(world, Some(wrong)).await["userErrors"][0]["field"], json!(["leastShown"]));
    }
}

on_each_database!(a_board_that_hides_more_hides_at_once);
