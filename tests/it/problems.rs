//! What users read of what they can mend.

use glans_tests::{Actor, Who, World, on_each_database};
use serde_json::{Value, json};

/// What somebody reads who signs in with a wrong password, and in which language the answer says that it is.
async fn wrong_password(anonymous: &Actor) -> (String, Value) {
    let input = json!({ "email": "niemand@example.org", "password": "verkeerd" });
    let reply = anonymous.does("sessionCreate", "viewer { id }", input).await;
    let language = reply.headers["content-language"].to_str().unwrap().to_owned();
    (language, reply.at("sessionCreate.userErrors.0.message").clone())
}

/// The messages of a year with a long title that ends before it begins.
async fn wrong_year(actor: &Actor, world: &World) -> Value {
    let title = "x".repeat(41);
    let input = json!({ "board": world.ours.id, "title": title, "startsOn": "2031-08-01", "endsOn": "2031-07-01" });
    let reply = actor.does("schoolYearCreate", "schoolYear { id }", input).await;
    let errors = reply.at("schoolYearCreate.userErrors").as_array().unwrap();
    errors.iter().map(|error| error["message"].clone()).collect()
}

async fn problems_are_told_in_dutch_or_in_english(world: &World) {
    let anonymous = world.actor(Who::Anonymous).await;
    let dutch = ("nl".to_owned(), json!("E-mailadres of wachtwoord klopt niet."));
    let english = ("en".to_owned(), json!("E-mail address or password is wrong."));
    assert_eq!(wrong_password(&anonymous).await, dutch);
    assert_eq!(wrong_password(&anonymous.with_header("accept-language", "en-GB, nl;q=0.5")).await, english);
    assert_eq!(wrong_password(&anonymous.with_header("accept-language", "tr")).await, dutch);
}

async fn the_language_of_the_account_comes_first(world: &World) {
    let admin = world.actor(Who::Admin).await.with_header("accept-language", "en");
    let dutch = json!(["Gebruik hoogstens 40 tekens.", "Kies een laatste dag na de eerste."]);
    let english = json!(["Use at most 40 characters.", "Choose a last day after the first."]);
    assert_eq!(wrong_year(&admin, world).await, dutch);
    // Nothing is told in Turkish: then what the client accepts counts.
    for (language, told) in [("tr", &english), ("nl", &dutch), ("en", &english)] {
        let changed = admin.does("profileUpdate", "", json!({ "language": language })).await;
        assert_eq!(changed.refusals("profileUpdate"), Vec::<String>::new());
        assert_eq!(wrong_year(&admin, world).await, *told, "{language}");
    }
}

on_each_database!(problems_are_told_in_dutch_or_in_english, the_language_of_the_account_comes_first);
