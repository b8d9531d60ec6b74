//! The trusted documents of releases, as they lie in the database.

use glans::platform::documents::{releases, remove, replace, taken, text};
use glans_entity::scope::Scope;
use glans_tests::{Program, on_each_database};

const DAY: chrono::NaiveDate = chrono::NaiveDate::MIN;

fn documents(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
}

async fn import(program: &Program, client: &str, all: &[(&str, &str)]) {
    let db = program.app.db.write(&Scope::system(DAY)).await.unwrap();
    replace(&db, client, documents(all), program.app.clock.now()).await.unwrap();
    db.commit().await.unwrap();
}

async fn found(program: &Program, id: &str) -> Option<String> {
    text(program.app.db.connection(), id).await.unwrap()
}

async fn known(program: &Program) -> Vec<(String, i64)> {
    releases(program.app.db.connection()).await.unwrap()
}

async fn found_taken(program: &Program, client: &str, all: &[(&str, &str)]) -> Option<(String, String)> {
    taken(program.app.db.connection(), client, &documents(all).into_iter().collect()).await.unwrap()
}

async fn releases_stand_side_by_side(program: &Program) {
    import(program, "ios-2.4", &[("sha256:a", "{ a }"), ("old", "{ old }")]).await;
    import(program, "ios-2.5", &[("sha256:a", "{ a }"), ("sha256:b", "{ b }")]).await;
    assert_eq!(known(program).await, [("ios-2.4".to_owned(), 2), ("ios-2.5".to_owned(), 2)]);
    assert_eq!(found(program, "old").await.as_deref(), Some("{ old }"));
    assert_eq!(found(program, "sha256:b").await.as_deref(), Some("{ b }"));
    assert_eq!(found(program, "sha256:c").await, None);
}

async fn a_release_that_comes_again_replaces_itself_alone(program: &Program) {
    import(program, "ios-2.4", &[("sha256:a", "{ a }"), ("sha256:b", "{ b }")]).await;
    import(program, "ios-2.5", &[("sha256:b", "{ b }")]).await;
    import(program, "ios-2.4", &[("sha256:a", "{ a }")]).await;
    assert_eq!(known(program).await, [("ios-2.4".to_owned(), 1), ("ios-2.5".to_owned(), 1)]);
    assert_eq!(found(program, "sha256:b").await.as_deref(), Some("{ b }"));
}

async fn a_removed_release_leaves_what_others_brought(program: &Program) {
    import(program, "ios-2.4", &[("sha256:a", "{ a }"), ("sha256:b", "{ b }")]).await;
    import(program, "ios-2.5", &[("sha256:b", "{ b }")]).await;
    let db = program.app.db.write(&Scope::system(DAY)).await.unwrap();
    assert_eq!(remove(&db, "ios-2.4").await.unwrap(), 2);
    assert_eq!(remove(&db, "unheard-of").await.unwrap(), 0);
    db.commit().await.unwrap();
    assert_eq!(found(program, "sha256:a").await, None);
    assert_eq!(found(program, "sha256:b").await.as_deref(), Some("{ b }"));
}

async fn an_id_with_another_text_is_taken_by_the_other_release(program: &Program) {
    import(program, "ios-2.4", &[("feed", "{ a }"), ("sha256:a", "{ a }")]).await;
    let other = Some(("feed".to_owned(), "ios-2.4".to_owned()));
    assert_eq!(found_taken(program, "ios-2.5", &[("a", "{ b }"), ("feed", "{ b }")]).await, other);
    assert_eq!(found_taken(program, "ios-2.5", &[("feed", "{ a }"), ("sha256:a", "{ a }")]).await, None);
    assert_eq!(found_taken(program, "ios-2.4", &[("feed", "{ b }")]).await, None, "a release may change its own");
}

on_each_database!(
    releases_stand_side_by_side,
    a_release_that_comes_again_replaces_itself_alone,
    a_removed_release_leaves_what_others_brought,
    an_id_with_another_text_is_taken_by_the_other_release,
);
