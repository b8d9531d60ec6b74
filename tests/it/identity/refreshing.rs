//! Staying signed in.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use glans_entity::identity::refresh_token;
use glans_tests::{Who, World};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use tokio::task::JoinSet;

use super::{TOKENS, deeds, everything, refresh, signed_in};

const EXPIRED: [&str; 1] = ["EXPIRED refreshToken"];
const NEXT: &str = "sessionRefresh.tokens.refreshToken";

async fn live_branches(world: &World) -> u64 {
    let live = refresh_token::Entity::find().filter(refresh_token::Column::RotatedAt.is_null());
    live.count(&everything(world).await).await.unwrap()
}

async fn fifty_refreshes_at_once_leave_one_branch_and_nobody_signed_out(world: &World) {
    let (_, token) = signed_in(world, Who::Teacher).await;
    let phone = world.actor(Who::Anonymous).await;
    let mut race = JoinSet::new();
    for _ in 0..50 {
        let (phone, token) = (phone.clone(), token.clone());
        race.spawn(async move {
            let reply = phone.does("sessionRefresh", TOKENS, json!({ "refreshToken": token })).await;
            reply.text_at(NEXT).to_owned()
        });
    }
    let successors: BTreeSet<String> = race.join_all().await.into_iter().collect();
    assert_eq!(successors.len(), 1, "all got the same successor");
    assert_eq!(live_branches(world).await, 1);
    let successor = successors.first().unwrap();
    assert_ne!(successor, &token);
    assert_ne!(refresh(world, successor).await.text_at(NEXT), successor);
    assert_eq!(deeds(world).await, ["session.created"]);
}

async fn a_lost_answer_can_be_asked_for_again_within_a_minute(world: &World) {
    let (_, token) = signed_in(world, Who::Teacher).await;
    let first = refresh(world, &token).await.text_at(NEXT).to_owned();
    world.app.clock.turn(TimeDelta::seconds(45));
    assert_eq!(refresh(world, &token).await.text_at(NEXT), first);
    world.app.clock.turn(TimeDelta::seconds(16));
    assert_eq!(refresh(world, &token).await.refusals("sessionRefresh"), EXPIRED);
    assert_eq!(refresh(world, &first).await.refusals("sessionRefresh"), EXPIRED, "the family ended");
    assert_eq!(deeds(world).await, ["session.created", "session.token_reused"]);
}

async fn a_stolen_token_puts_out_thief_and_owner(world: &World) {
    let (owner, stolen) = signed_in(world, Who::Teacher).await;
    let second = refresh(world, &stolen).await.text_at(NEXT).to_owned();
    let third = refresh(world, &second).await.text_at(NEXT).to_owned();
    assert_eq!(refresh(world, &stolen).await.refusals("sessionRefresh"), EXPIRED);
    assert_eq!(refresh(world, &third).await.refusals("sessionRefresh"), EXPIRED);
    assert_eq!(owner.asks("{ viewer { id } }").await.codes(), ["UNAUTHENTICATED"], "access tokens end too");
    assert_eq!(deeds(world).await, ["session.created", "session.token_reused"]);
}

async fn what_is_no_refresh_token_is_refused_like_a_spent_one(world: &World) {
    for token in [
        "",
        "x",
        "glans_rt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "glans_cs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(refresh(world, token).await.refusals("sessionRefresh"), EXPIRED, "{token}");
    }
}

async fn a_session_unused_for_sixty_days_is_over(world: &World) {
    let (_, token) = signed_in(world, Who::Teacher).await;
    world.app.clock.turn(TimeDelta::days(59));
    let next = refresh(world, &token).await.text_at(NEXT).to_owned();
    world.app.clock.turn(TimeDelta::days(60));
    assert_eq!(refresh(world, &next).await.refusals("sessionRefresh"), EXPIRED);
}

glans_tests::on_each_database!(
    fifty_refreshes_at_once_leave_one_branch_and_nobody_signed_out,
    a_lost_answer_can_be_asked_for_again_within_a_minute,
    a_stolen_token_puts_out_thief_and_owner,
    what_is_no_refresh_token_is_refused_like_a_spent_one,
    a_session_unused_for_sixty_days_is_over,
);
