//! The ways to the devices, against gateways that answer as the real ones do.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use glans::notifications::channels::{Gateways, Push, Verdict};
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans_entity::ids::{AccountId, DeliveryId, NotificationId};
use glans_entity::notifications::{Category, PushPlatform};
use glans_tests::FakeGateway;

const PLATFORMS: [PushPlatform; 3] = [PushPlatform::Fcm, PushPlatform::Apns, PushPlatform::WebPush];

struct Stage {
    fake: FakeGateway,
    gateways: Gateways,
    now: DateTime<Utc>,
}

impl Stage {
    async fn set() -> Self {
        Self::with(|config| config).await
    }

    /// With the configuration changed.
    async fn with(change: impl FnOnce(Config) -> Config) -> Self {
        let fake = FakeGateway::start().await;
        let gateways = Gateways::of(&change(fake.configure(Config::default()))).unwrap();
        Self { fake, gateways, now: Clock::default().now() }
    }

    /// A push of a notification of its own to a device of this name.
    fn push(&self, platform: PushPlatform, name: &str) -> Push {
        let token = if platform == PushPlatform::WebPush { self.fake.subscription(name) } else { name.to_owned() };
        Push {
            delivery: DeliveryId::new(),
            platform,
            token,
            account: AccountId::new(),
            notification: NotificationId::new().to_string(),
            about: Some("thread_01jd7w4xkse3p9bq0h3m5v8r2c".to_owned()),
            category: Category::Message,
            title: "Nieuw bericht".to_owned(),
            body: "Er is een bericht voor u.".to_owned(),
            urgent: false,
            unread: 2,
            expires_at: self.now + TimeDelta::hours(24),
        }
    }

    async fn sends(&self, push: &Push) -> Verdict {
        self.gateways.of_platform(push.platform).unwrap().push(push, self.now).await
    }

    async fn tries(&self, platform: PushPlatform, name: &str) -> Verdict {
        self.sends(&self.push(platform, name)).await
    }

    fn is_sound(&self) {
        assert_eq!(self.fake.faults(), Vec::<String>::new());
    }
}

fn gone(why: &str) -> Verdict {
    Verdict::Gone { since: None, why: why.to_owned() }
}

fn refused(why: &str) -> Verdict {
    Verdict::Refused(why.to_owned())
}

fn later(why: &str) -> Verdict {
    Verdict::Later { after: None, why: why.to_owned() }
}

fn down(why: &str) -> Verdict {
    Verdict::Down { after: None, why: why.to_owned() }
}

fn patient(why: &str) -> Verdict {
    Verdict::Later { after: Some(TimeDelta::seconds(1)), why: why.to_owned() }
}

async fn each_fares(platform: PushPlatform, table: &[(&str, Verdict)]) {
    let stage = Stage::set().await;
    stage.fake.set_slowness(Duration::from_millis(300));
    for (name, expected) in table {
        let verdict = stage.tries(platform, name).await;
        assert_eq!(verdict, *expected, "{platform:?} {name}");
        let accepted = stage.fake.seen(name).len();
        let must_be = *expected == Verdict::Sent || name.starts_with("reset-after-");
        assert_eq!(accepted, usize::from(must_be), "{platform:?} {name}");
    }
    stage.is_sound();
}

#[tokio::test]
async fn fcm_takes_a_token_only_for_what_the_token_is_to_blame_for() {
    let table = [
        ("ok-1", Verdict::Sent),
        ("slow-1", Verdict::Sent),
        ("unregistered-1", gone("404 UNREGISTERED")),
        ("expired-1700000000000-1", gone("404 UNREGISTERED")),
        ("badtoken-1", gone("400 INVALID_ARGUMENT")),
        ("sender-mismatch-1", refused("403 SENDER_ID_MISMATCH")),
        ("toolarge-1", refused("400 INVALID_ARGUMENT")),
        ("auth-error-1", down("401 THIRD_PARTY_AUTH_ERROR")),
        ("quota-1", patient("429 QUOTA_EXCEEDED")),
        ("internal-1", later("500 INTERNAL")),
        ("unavailable-1", down("503 UNAVAILABLE")),
        ("html-1", down("502")),
        ("reset-before-1", later("the connection was lost")),
        ("reset-after-1", later("the connection was lost")),
        ("ok-2", Verdict::Sent),
    ];
    each_fares(PushPlatform::Fcm, &table).await;
}

#[tokio::test]
async fn apns_says_since_when_a_device_is_gone() {
    let since = DateTime::from_timestamp_millis(1_700_000_000_123);
    let table = [
        ("ok-1", Verdict::Sent),
        ("slow-1", Verdict::Sent),
        ("expired-1700000000123-1", Verdict::Gone { since, why: "410 ExpiredToken".to_owned() }),
        ("badtoken-1", gone("400 BadDeviceToken")),
        ("sender-mismatch-1", refused("400 DeviceTokenNotForTopic")),
        ("toolarge-1", refused("413 PayloadTooLarge")),
        ("auth-error-1", down("403 InvalidProviderToken")),
        ("quota-1", patient("429 TooManyRequests")),
        ("internal-1", later("500 InternalServerError")),
        ("unavailable-1", down("503 ServiceUnavailable")),
        ("html-1", down("502")),
        ("reset-before-1", later("the connection was lost")),
        ("reset-after-1", later("the connection was lost")),
        ("ok-2", Verdict::Sent),
    ];
    each_fares(PushPlatform::Apns, &table).await;

    let stage = Stage::set().await;
    let verdict = stage.tries(PushPlatform::Apns, "unregistered-1").await;
    let Verdict::Gone { since: Some(since), why } = verdict else { panic!("{verdict:?}") };
    assert_eq!(why, "410 Unregistered");
    assert!((since - stage.now).abs() < TimeDelta::minutes(1), "{since}");
}

#[tokio::test]
async fn no_browser_stops_the_others() {
    let table = [
        ("ok-1", Verdict::Sent),
        ("slow-1", Verdict::Sent),
        ("unregistered-1", gone("410")),
        ("expired-1700000000000-1", gone("410")),
        ("badtoken-1", gone("404")),
        ("sender-mismatch-1", later("403")),
        ("toolarge-1", refused("413")),
        ("auth-error-1", later("401")),
        ("quota-1", patient("429")),
        ("internal-1", later("500")),
        ("unavailable-1", later("503")),
        ("html-1", later("502")),
        ("reset-before-1", later("the connection was lost")),
        ("reset-after-1", later("the connection was lost")),
        ("ok-2", Verdict::Sent),
    ];
    each_fares(PushPlatform::WebPush, &table).await;
}

#[tokio::test]
async fn a_push_carries_ids_and_a_line_and_takes_the_place_of_the_first() {
    let stage = Stage::set().await;
    for platform in PLATFORMS {
        let name = format!("ok-{platform:?}");
        let (one, other) = (stage.push(platform, &name), stage.push(platform, &name));
        for push in [&one, &one, &other] {
            assert_eq!(stage.sends(push).await, Verdict::Sent);
        }
        assert_eq!(stage.fake.tries(&name), 3);
        let seen = stage.fake.seen(&name);
        assert_eq!(seen.len(), 2, "{seen:?}");
        let ids = if platform == PushPlatform::Fcm { &seen[0].body["data"] } else { &seen[0].body };
        assert_eq!(ids["account"], one.account.to_string());
        assert_eq!(ids["notification"], one.notification);
        assert_eq!(ids["about"], "thread_01jd7w4xkse3p9bq0h3m5v8r2c");
        assert_eq!(ids["category"], "MESSAGE");
    }
    assert_eq!(stage.fake.count(), 9);
    stage.is_sound();
}

#[tokio::test]
async fn what_was_taken_before_the_connection_broke_is_seen_once() {
    let stage = Stage::set().await;
    for platform in PLATFORMS {
        let name = format!("reset-after-{platform:?}");
        let push = stage.push(platform, &name);
        for _ in 0..2 {
            assert_eq!(stage.sends(&push).await, later("the connection was lost"));
        }
        assert_eq!(stage.fake.seen(&name).len(), 1);
        let push = stage.push(platform, &format!("flaky-{platform:?}"));
        let mut verdicts = Vec::new();
        for _ in 0..3 {
            verdicts.push(stage.sends(&push).await);
        }
        assert!(matches!(&verdicts[..], [Verdict::Later { .. }, Verdict::Later { .. }, Verdict::Sent]), "{verdicts:?}");
    }
    stage.is_sound();
}

#[tokio::test]
async fn of_many_who_need_access_to_fcm_one_asks_for_it() {
    let mut stage = Stage::set().await;
    stage.fake.set_latency(Duration::from_millis(50));
    let pushes: Vec<_> = (0..50).map(|number| stage.push(PushPlatform::Fcm, &format!("ok-{number}"))).collect();
    let verdicts = async_graphql::futures_util::future::join_all(pushes.iter().map(|push| stage.sends(push))).await;
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Sent), "{verdicts:?}");
    assert_eq!(stage.fake.grants(), 1);

    stage.now += TimeDelta::minutes(54);
    assert_eq!(stage.tries(PushPlatform::Fcm, "ok-1").await, Verdict::Sent);
    assert_eq!(stage.fake.grants(), 1, "it holds for an hour");
    stage.now += TimeDelta::minutes(1);
    assert_eq!(stage.tries(PushPlatform::Fcm, "ok-1").await, Verdict::Sent);
    assert_eq!(stage.fake.grants(), 2, "five minutes before its end there is another");

    stage.fake.revoke_access();
    assert_eq!(stage.tries(PushPlatform::Fcm, "ok-1").await, down("401 UNAUTHENTICATED"));
    assert_eq!(stage.tries(PushPlatform::Fcm, "ok-1").await, Verdict::Sent);
    assert_eq!(stage.fake.grants(), 3);
    stage.is_sound();
}

#[tokio::test]
async fn of_many_whom_fcm_refuses_access_one_has_asked() {
    let stage = Stage::with(|config| Config {
        fcm_service_account: config
            .fcm_service_account
            .map(|account| account.replace("push@school.example", "other@school.example")),
        ..config
    })
    .await;
    stage.fake.set_latency(Duration::from_millis(50));
    let pushes: Vec<_> = (0..20).map(|number| stage.push(PushPlatform::Fcm, &format!("ok-{number}"))).collect();
    let verdicts = async_graphql::futures_util::future::join_all(pushes.iter().map(|push| stage.sends(push))).await;
    assert!(verdicts.iter().all(|verdict| *verdict == down("access: 400 invalid_grant")), "{verdicts:?}");
    assert_eq!(stage.fake.faults().len(), 1);
    assert_eq!(stage.tries(PushPlatform::Fcm, "ok-1").await, down("access: 400 invalid_grant"));
    assert_eq!(stage.fake.faults().len(), 2, "who comes later asks again");
}

#[tokio::test]
async fn gateways_that_are_dead_or_overrun_lose_nothing() {
    let stage = Stage::set().await;
    for platform in PLATFORMS {
        assert_eq!(stage.tries(platform, "ok-before").await, Verdict::Sent);
    }
    stage.fake.die().await;
    for platform in PLATFORMS {
        // It may go to a connection of which the client does not know yet that it is cut.
        assert_ne!(stage.tries(platform, "ok-1").await, Verdict::Sent);
    }
    assert_eq!(stage.tries(PushPlatform::Fcm, "ok-1").await, down("no connection"));
    assert_eq!(stage.tries(PushPlatform::Apns, "ok-1").await, down("no connection"));
    assert_eq!(stage.tries(PushPlatform::WebPush, "ok-1").await, later("no connection"));
    stage.fake.revive().await;
    stage.fake.set_storm(true);
    for platform in PLATFORMS {
        let verdict = stage.tries(platform, "ok-1").await;
        assert!(matches!(verdict, Verdict::Later { after: Some(after), .. } if after == TimeDelta::seconds(1)));
    }
    assert_eq!(stage.fake.seen("ok-1").len(), 0);
    stage.fake.set_storm(false);
    for platform in PLATFORMS {
        assert_eq!(stage.tries(platform, "ok-1").await, Verdict::Sent);
    }
    stage.is_sound();
}

#[tokio::test]
async fn a_gateway_that_does_not_answer_is_not_waited_for() {
    let stage = Stage::set().await;
    stage.fake.set_slowness(Duration::from_secs(30));
    let begin = Instant::now();
    let tries = PLATFORMS.map(|platform| stage.tries(platform, "slow-1"));
    for verdict in async_graphql::futures_util::future::join_all(tries).await {
        assert_eq!(verdict, later("no answer in time"));
    }
    // Ten seconds for each, side by side; they would answer after thirty.
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_browser_does_not_make_the_server_call_its_neighbours() {
    let stage = Stage::with(|config| Config { web_push_allow_http: false, ..config }).await;
    let verdict = stage.tries(PushPlatform::WebPush, "ok-1").await;
    assert_eq!(verdict, refused("`endpoint` must begin with `https://` and a host"));
    let mut push = stage.push(PushPlatform::WebPush, "ok-1");
    push.token = push.token.replace("http://127.0.0.1", "https://localhost");
    assert_eq!(stage.sends(&push).await, refused("not a public address"));
    push.token = push.token.replace("localhost", "127.0.0.1");
    assert_eq!(stage.sends(&push).await, refused("`endpoint` must lead to a public address"));
    assert_eq!(stage.fake.tries("ok-1"), 0);
}

#[tokio::test]
async fn a_token_is_not_a_path() {
    let stage = Stage::set().await;
    assert_eq!(stage.tries(PushPlatform::Apns, "../../token").await, refused("MALFORMED_TOKEN"));
    stage.is_sound();
}

#[tokio::test]
async fn the_gateways_of_the_tests_look_closely() {
    let another = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE".to_owned());
    let stage = Stage::with(|config| Config {
        apns_topic: Some("nl.example.other".to_owned()),
        vapid_private_key: another,
        fcm_service_account: config
            .fcm_service_account
            .map(|account| account.replace("push@school.example", "other@school.example")),
        ..config
    })
    .await;
    assert_eq!(stage.tries(PushPlatform::Fcm, "ok-1").await, down("access: 400 invalid_grant"));
    assert_eq!(stage.tries(PushPlatform::Apns, "ok-1").await, down("400 BadTopic"));
    assert_eq!(stage.tries(PushPlatform::WebPush, "ok-1").await, later("401"));
    let faults = ["access to FCM: another issuer", "APNs: BadTopic", "Web Push: another key than the browsers know"];
    assert_eq!(stage.fake.faults(), faults);
}
