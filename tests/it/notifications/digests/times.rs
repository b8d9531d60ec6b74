//! When a digest comes, and what is left to tell by then.

use chrono::{TimeDelta, Weekday};
use glans::notifications::deliveries::digests;
use glans_entity::notifications::Channel;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use mail_parser::MessageParser;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};

use super::{SARA, digest};
use crate::announcements::{published, to_group};
use crate::ask::ask_as;
use crate::notifications::occasions::done;
use crate::notifications::stage::{Stage, daytime, read, turn_to, turn_to_weekday};

async fn what_was_read_is_not_counted(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
    let mut ids = Vec::new();
    for title in ["Een", "Twee", "Drie"] {
        ids.push(published(world, Who::Leader, title, to_group(world)).await);
    }
    stage.tells().await;
    // Nobody has told yet that she read it where it stands.
    done(world, sara, "announcementRead", "", json!({ "ids": [ids[0]] })).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    let texts = |to: &str| stage.office.posted_to(to).iter().map(|posted| read(posted).1).collect::<Vec<_>>();
    assert!(texts(SARA)[0].contains("2 mededelingen"), "{:?}", texts(SARA));
    assert!(texts("omar@example.org")[0].contains("3 mededelingen"));

    let id = published(world, Who::Leader, "Vier", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    digests::round(&stage.app).await.unwrap();
    // Between making and sending.
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT", "SUPPRESSED NOTHING"]);
    assert_eq!(stage.fates(omar, Channel::Email).await, ["SENT", "SENT"]);

    published(world, Who::Leader, "Vijf", to_group(world)).await;
    stage.tells().await;
    let inbox = ask_as(world, sara, "{ notifications(first: 1) { nodes { id } } }", Value::Null).await;
    let all = json!({ "upTo": inbox["notifications"]["nodes"][0]["id"] });
    done(world, sara, "notificationsRead", "", all).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.fates(sara, Channel::Email).await.len(), 2, "all is read: none is made");
    assert_eq!((texts(SARA).len(), texts("omar@example.org").len()), (1, 3));
}

async fn each_chooses_how_often(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "WEEKLY", "digestHour": 8 })).await;
    done(world, omar, "notificationPreferencesUpdate", "", json!({ "digest": "IMMEDIATE" })).await;
    for title in ["Een", "Twee"] {
        published(world, Who::Leader, title, to_group(world)).await;
        stage.works().await;
    }
    let posted = stage.office.posted_to("omar@example.org");
    assert_eq!(posted.len(), 2, "one by one, at once");
    let message = MessageParser::default().parse(&posted[0].message).unwrap();
    assert!(message.header_raw("List-Unsubscribe").is_some());
    for _ in 0..2 {
        turn_to(world, 17, 0);
        digest(&stage).await;
    }
    assert_eq!(stage.office.posted_to("ilse@example.org").len(), 1, "who chose nothing");
    assert_eq!(stage.office.posted_to(SARA).len(), 0, "Wednesday");
    turn_to_weekday(world, Weekday::Fri, 8, 0);
    digest(&stage).await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 1);
    assert!(read(&posted[0]).1.contains("2 mededelingen"));
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!((stage.office.posted_to(SARA).len(), stage.office.posted_to("omar@example.org").len()), (1, 2));
}

/// The workers were away on Friday evening, and the mail server until Monday.
async fn a_weekly_digest_is_of_use_over_the_weekend(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "WEEKLY" })).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    turn_to_weekday(world, Weekday::Fri, 17, 0);
    world.app.clock.turn(TimeDelta::hours(21));
    stage.office.set_dead(true);
    assert_eq!(digest(&stage).await, 1, "the next one of Ilse and Omar comes today");
    let row = stage.deliveries(sara, Channel::Email).await.remove(0);
    assert_eq!(Some(row.expires_at - TimeDelta::hours(72)), row.digest_until);
    stage.passes(24, TimeDelta::hours(2)).await;
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("QUEUED "));
    stage.office.set_dead(false);
    // Between two tries it waits for a quarter of an hour at most.
    stage.passes(4, TimeDelta::minutes(10)).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1);
}

/// The database takes no digest to this account.
async fn refuses(world: &World, someone: Someone) {
    let id = someone.account.0;
    let sql = match world.app.db.backend() {
        DbBackend::Postgres => format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON delivery FOR EACH ROW WHEN (NEW.account_id = '{id}')
             EXECUTE FUNCTION refuse()"
        ),
        _ => format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON delivery WHEN hex(NEW.account_id) = '{}'
             BEGIN SELECT RAISE(ABORT, 'no'); END",
            id.simple().to_string().to_uppercase()
        ),
    };
    world.app.db.connection().execute_unprepared(&sql).await.unwrap();
}

async fn takes_all(world: &World) {
    let sql = match world.app.db.backend() {
        DbBackend::Postgres => "DROP TRIGGER refuse ON delivery",
        _ => "DROP TRIGGER refuse",
    };
    world.app.db.connection().execute_unprepared(sql).await.unwrap();
}

async fn a_time_that_fails_keeps_no_other_from_its_digest(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    // Looked at before the time of those who chose none.
    let earlier = json!({ "digest": "DAILY", "digestHour": 16 });
    done(world, sara, "notificationPreferencesUpdate", "", earlier).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    refuses(world, sara).await;
    turn_to(world, 17, 0);
    let mut before = digests::Done::default();
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 2, "Ilse and Omar");
    takes_all(world).await;
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 1, "Sara, in the next round");
}

async fn who_chooses_an_hour_that_has_passed_gets_it_today(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
    let at = |hour: i32| json!({ "digest": "DAILY", "digestHour": hour });
    done(world, sara, "notificationPreferencesUpdate", "", at(20)).await;
    done(world, omar, "notificationPreferencesUpdate", "", at(17)).await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    let mut before = digests::Done::default();
    turn_to(world, 17, 3);
    // Ilse, who chose nothing, and Omar.
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 2);
    done(world, sara, "notificationPreferencesUpdate", "", at(17)).await;
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 0, "a moment ago it was looked");
    turn_to(world, 17, 9);
    assert_eq!(digests::round_after(&stage.app, &mut before).await.unwrap(), 1);
    stage.sends().await;
    for to in ["ilse@example.org", "omar@example.org", SARA] {
        assert_eq!(stage.office.posted_to(to).len(), 1, "{to}");
    }
}

async fn who_gets_no_email_of_a_category_finds_none_in_the_digest(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    let off = json!({ "channels": [{ "category": "ANNOUNCEMENT", "channel": "EMAIL", "enabled": false }] });
    done(world, sara, "notificationPreferencesUpdate", "", off).await;
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 0);
    assert_eq!(stage.office.posted_to("omar@example.org").len(), 1);
}

on_each_database!(
    what_was_read_is_not_counted,
    each_chooses_how_often,
    a_weekly_digest_is_of_use_over_the_weekend,
    a_time_that_fails_keeps_no_other_from_its_digest,
    who_chooses_an_hour_that_has_passed_gets_it_today,
    who_gets_no_email_of_a_category_finds_none_in_the_digest,
);
