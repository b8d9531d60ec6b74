//! The screens, and who looks at them.

use std::sync::Arc;

use async_graphql::Request;
use glans::call::{Call as Asking, today};
use glans::graphql::schema;
use glans::identity::tokens::issue::{Subject, access_token};
use glans_entity::ids::{AccountId, BoardId};
use glans_entity::people::{Role, membership, person};
use glans_entity::scope::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use crate::load::Call;
use crate::server;

/// A school leader opens the course on a phone: own schools, and all lessons with the own progress.
const LESSONS: &str = "{
    viewer { schools { name } }
    programmes { nodes { id title years { number title modules { title goal lessons { id title durationMinutes
        materials { id title kind audience durationMinutes viewerState } } } } } }
}";
/// An administrator opens the list of schools.
const SCHOOLS: &str = "{ schools(first: 20) { nodes { id name city cluster { id name } } pageInfo { hasNextPage } } }";
/// How many people look at a screen in turn.
const PEOPLE: u64 = 50;

/// A screen.
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    document: String,
    accounts: Vec<AccountId>,
    tokens: Vec<String>,
    /// Of the flat handler.
    path: String,
}

/// Both screens over a database.
pub(crate) async fn all(database_url: &str) -> [Screen; 2] {
    let leaders = holders(database_url, Role::SchoolLeader, PEOPLE).await;
    let admins = holders(database_url, Role::BoardAdmin, PEOPLE).await;
    let lessons = format!("/lessons/{}/{}", leaders[0].1.0, leaders[0].0.0);
    let schools = format!("/schools/{}", admins[0].1.0);
    [
        Screen::of("lessons", LESSONS, &leaders, database_url, lessons).await,
        Screen::of("schools", SCHOOLS, &admins[..1], database_url, schools).await,
    ]
}

impl Screen {
    pub(crate) async fn of(
        name: &'static str,
        document: impl Into<String>,
        people: &[(AccountId, BoardId)],
        database_url: &str,
        path: String,
    ) -> Self {
        let tokens = tokens_of(people, database_url).await;
        let accounts = people.iter().map(|(account, _)| *account).collect();
        Self { name, document: document.into(), accounts, tokens, path }
    }

    pub(crate) fn of_api(&self, address: &str) -> Call {
        let body = json!({ "query": self.document }).to_string();
        Call { url: format!("{address}/graphql"), tokens: self.tokens.clone(), body: Some(body) }
    }

    pub(crate) fn of_flat(&self, address: &str) -> Call {
        Call { url: format!("{address}{}", self.path), tokens: self.tokens.clone(), body: None }
    }

    /// What one request costs in statements, once its caches are warm.
    pub(crate) async fn statements(&self, database_url: &str) -> u64 {
        let app = server::app(database_url).await;
        let schema = schema();
        let mut counts = Vec::new();
        for _ in 0..2 {
            let standing = app.standings.of_account(&app, self.accounts[0], None, None).await;
            let standing = standing.unwrap_or_else(|error| panic!("no rights: {error:?}"));
            let asking = Asking::new(Arc::clone(&app), standing, "bench".to_owned());
            let mut request = Request::new(self.document.as_str());
            request.data = asking.into_data();
            let before = app.db.statement_count();
            let answer = schema.execute(request).await;
            assert!(answer.errors.is_empty(), "{:?}", answer.errors);
            counts.push(app.db.statement_count() - before);
        }
        counts[1]
    }

    /// Two ways to the same screen must show the same.
    pub(crate) fn assert_same(&self, api: &str, flat: &str) {
        let parse = |text| serde_json::from_str::<Value>(text).expect("an answer is JSON");
        assert_eq!(parse(api)["data"], parse(flat)["data"], "the flat handler shows another {}", self.name);
    }
}

/// Access tokens of people who have this role.
pub(crate) async fn tokens(database_url: &str, role: Role, most: usize) -> Vec<String> {
    let people = holders(database_url, role, most as u64).await;
    tokens_of(&people, database_url).await
}

async fn tokens_of(people: &[(AccountId, BoardId)], database_url: &str) -> Vec<String> {
    let app = server::app(database_url).await;
    let mut tokens = Vec::new();
    for (account, _) in people {
        let token = access_token(&app, Subject::Account { id: *account, session: None }).await;
        tokens.push(token.unwrap_or_else(|error| panic!("no token: {error:?}")).text);
    }
    tokens
}

/// Who has this role, with the board; at most so many.
async fn holders(database_url: &str, role: Role, most: u64) -> Vec<(AccountId, BoardId)> {
    let app = server::app(database_url).await;
    let db = app.db.read(&Scope::system(today(app.clock.now()))).await.expect("a snapshot");
    let persons = membership::Entity::find()
        .select_only()
        .column(membership::Column::PersonId)
        .filter(membership::Column::Role.eq(role))
        .into_tuple::<glans_entity::ids::PersonId>()
        .all(&db)
        .await
        .expect("memberships");
    let people = person::Entity::find()
        .filter(person::Column::Id.is_in(persons))
        .filter(person::Column::AccountId.is_not_null())
        .order_by_asc(person::Column::Id)
        .limit(most)
        .all(&db)
        .await
        .expect("persons");
    people.iter().filter_map(|person| Some((person.account_id?, person.board_id))).collect()
}
