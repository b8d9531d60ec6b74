//! E-mail that is switched off by its reader, who is not signed in.

use chrono::TimeDelta;
use glans::notifications::unsubscribe::{Subject, Tokens};
use glans_entity::ids::AccountId;
use glans_entity::notifications::{Category, Channel, channel_preference};
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use reqwest::{Method, header};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Where the e-mail of `subject` to `account` is switched off.
fn path(world: &World, account: AccountId, subject: impl Into<Subject>) -> String {
    format!("/unsubscribe/{}", Tokens::of(&world.app.identity.master).make(account, subject))
}

async fn browser(world: &World, language: &str) -> Actor {
    Actor::anonymous("a browser", world.actor(Who::Admin).await.address()).with_header("accept-language", language)
}

/// A mail program, as RFC 8058 has it.
async fn one_click(browser: &Actor, path: &str) -> Reply {
    let form = browser
        .request(Method::POST, path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click");
    browser.sends(form).await
}

/// What is stored of what the account chose.
async fn chosen(world: &World, account: AccountId) -> Vec<channel_preference::Model> {
    let own = channel_preference::Entity::find().filter(channel_preference::Column::AccountId.eq(account));
    own.all(world.app.db.connection()).await.unwrap()
}

async fn looking_changes_nothing_and_the_button_does(world: &World) {
    let account = world.guardian("Anne", &[]).await.account;
    let path = path(world, account, Category::Event);
    let browser = browser(world, "nl-NL, en;q=0.5").await;
    let asked = browser.gets(&path).await;
    assert_eq!(asked.status, 200);
    assert!(asked.text.contains("<form method=\"post\">") && asked.text.contains("activiteiten"), "{}", asked.text);
    assert_eq!(asked.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(asked.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(asked.headers[header::REFERRER_POLICY], "no-referrer");
    let policy = asked.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert!(chosen(world, account).await.is_empty());

    let done = browser.sends(browser.request(Method::POST, &path)).await;
    assert_eq!(done.status, 200);
    assert!(done.text.contains("U krijgt geen e-mail meer over activiteiten."), "{}", done.text);
    let now = world.app.clock.now();
    let rows = chosen(world, account).await;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(
        (row.account_id, row.category, row.channel, row.enabled),
        (account, Category::Event, Channel::Email, false)
    );
    assert!(now - row.updated_at < TimeDelta::minutes(1));
}

async fn a_mail_program_may_ask_as_often_as_it_likes(world: &World) {
    let account = world.guardian("Anne", &[]).await.account;
    let browser = browser(world, "en").await;
    for category in [Category::Announcement, Category::Message, Category::Announcement] {
        let done = one_click(&browser, &path(world, account, category)).await;
        assert_eq!(done.status, 200);
        assert!(done.text.contains("You will get no more e-mail about"), "{}", done.text);
    }
    let mut rows: Vec<_> = chosen(world, account).await.into_iter().map(|row| (row.category, row.enabled)).collect();
    rows.sort_unstable();
    assert_eq!(rows, [(Category::Message, false), (Category::Announcement, false)]);
}

/// That one is planned, moved or cancelled comes all the same.
async fn of_conversations_reminders_are_switched_off(world: &World) {
    let account = world.guardian("Anne", &[]).await.account;
    let path = path(world, account, Category::Conversation);
    let browser = browser(world, "nl").await;
    let asked = browser.gets(&path).await;
    assert!(asked.text.contains("Wilt u geen herinneringen aan gesprekken meer per e-mail?"), "{}", asked.text);
    let done = one_click(&browser, &path).await;
    assert!(done.text.contains("U krijgt geen herinneringen aan gesprekken meer per e-mail."), "{}", done.text);
    assert!(!done.text.contains("geen e-mail meer over"), "{}", done.text);
}

/// All that is in it, whether it waits or not.
async fn who_wants_no_digest_gets_no_email_of_what_is_in_it(world: &World) {
    let account = world.guardian("Anne", &[]).await.account;
    let path = path(world, account, Subject::Digest);
    let browser = browser(world, "nl").await;
    let asked = browser.gets(&path).await;
    assert!(asked.text.contains("Wilt u geen overzichten meer per e-mail?"), "{}", asked.text);
    assert!(chosen(world, account).await.is_empty());
    for _ in 0..2 {
        let done = one_click(&browser, &path).await;
        assert!(done.status == 200 && done.text.contains("U krijgt geen overzichten meer per e-mail"), "{}", done.text);
    }
    let mut rows: Vec<_> = chosen(world, account).await.into_iter().map(|row| row.category).collect();
    rows.sort_unstable();
    let mut bundled = [
        Category::Announcement,
        Category::Event,
        Category::Survey,
        Category::LessonForHome,
        Category::Programme,
        Category::Experience,
    ];
    bundled.sort_unstable();
    assert_eq!(rows, bundled);
    assert!(chosen(world, account).await.iter().all(|row| row.channel == Channel::Email && !row.enabled));
}

async fn what_was_switched_on_is_switched_off(world: &World) {
    let account = world.guardian("Anne", &[]).await.account;
    let on = channel_preference::Model {
        account_id: account,
        category: Category::Survey,
        channel: Channel::Email,
        enabled: true,
        updated_at: world.app.clock.now(),
    };
    let db = world.writing().await;
    channel_preference::Entity::insert(channel_preference::ActiveModel::from(on))
        .exec_without_returning(&db)
        .await
        .unwrap();
    world.written(db).await;
    one_click(&browser(world, "en").await, &path(world, account, Category::Survey)).await;
    let rows: Vec<_> = chosen(world, account).await.into_iter().map(|row| row.enabled).collect();
    assert_eq!(rows, [false]);
}

async fn an_address_that_is_not_ours_switches_nothing_off(world: &World) {
    let browser = browser(world, "en").await;
    let account = world.guardian("Anne", &[]).await.account;
    let ours = path(world, account, Category::Event);
    let of_nobody = path(world, AccountId::new(), Category::Event);
    let of_what_cannot_be = path(world, account, Category::Alert);
    for wrong in ["/unsubscribe/x", &ours[..ours.len() - 2], &format!("{ours}AA"), &of_what_cannot_be, &of_nobody] {
        let posted = one_click(&browser, wrong).await;
        assert_eq!(posted.status, 404, "{wrong}");
        assert!(posted.text.contains("This link does not work"), "{}", posted.text);
        if wrong != of_nobody {
            assert_eq!(browser.gets(wrong).await.status, 404, "{wrong}");
        }
    }
    assert!(chosen(world, account).await.is_empty());
}

on_each_database!(
    looking_changes_nothing_and_the_button_does,
    a_mail_program_may_ask_as_often_as_it_likes,
    of_conversations_reminders_are_switched_off,
    who_wants_no_digest_gets_no_email_of_what_is_in_it,
    what_was_switched_on_is_switched_off,
    an_address_that_is_not_ours_switches_nothing_off,
);
