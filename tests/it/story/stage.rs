//! Who plays in it, where, and what they look at.

use chrono::{DateTime, TimeDelta, Utc};
use glans_tests::{Actor, Reply, Who, World};
use serde_json::{Value, json};

const PASSWORD: &str = "een goede dag voor ouders";

/// Somebody of the board who signs in anew for each act, because tokens are short and the story is long.
pub(super) struct Someone {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) email: String,
}

/// The board in which it happens.
pub(super) struct Stage<'w> {
    pub(super) world: &'w World,
    pub(super) anonymous: Actor,
}

impl Stage<'_> {
    /// Somebody of the first board, with a fresh token.
    pub(super) async fn known(&self, who: Who) -> Actor {
        self.world.actor(who).await
    }

    /// Somebody new, who accepts an invitation on paper.
    pub(super) async fn joins(&self, name: &'static str, roles: &[(&str, &str)]) -> Someone {
        let admin = self.known(Who::Admin).await;
        let email = format!("{}@school.example", name.to_lowercase());
        let details = json!({ "givenName": name, "familyName": "de Proef", "email": email });
        let made =
            admin.does("personCreate", "person { id }", json!({ "board": self.world.ours.id, "details": details }));
        let id = made.await.text_at("personCreate.person.id").to_owned();
        for (role, scope) in roles {
            let granted =
                admin.does("membershipGrant", "", json!({ "person": id, "role": role, "scope": scope })).await;
            assert_eq!(granted.refusals("membershipGrant"), Vec::<String>::new(), "{name}");
        }
        let invited = admin.does("invitationCreate", "code", json!({ "person": id, "delivery": "PAPER" })).await;
        let code = invited.text_at("invitationCreate.code");
        let accepted = self.anonymous.does("invitationAccept", "", json!({ "code": code, "password": PASSWORD })).await;
        assert_eq!(accepted.refusals("invitationAccept"), Vec::<String>::new(), "{name}");
        Someone { id, name, email }
    }

    pub(super) async fn signs_in(&self, someone: &Someone) -> Actor {
        let input = json!({ "email": someone.email, "password": PASSWORD });
        let session = self.anonymous.does("sessionCreate", "tokens { accessToken }", input).await;
        Actor::anonymous(someone.name, self.anonymous.address())
            .with_token(session.text_at("sessionCreate.tokens.accessToken"))
    }

    /// One act that succeeds.
    pub(super) async fn does(&self, someone: &Someone, mutation: &str, selection: &str, input: Value) -> Reply {
        let reply = self.signs_in(someone).await.does(mutation, selection, input).await;
        assert_eq!(reply.refusals(mutation), Vec::<String>::new(), "{} {mutation}: {}", someone.name, reply.text);
        reply
    }

    /// One act that is refused.
    pub(super) async fn is_refused(&self, someone: &Someone, mutation: &str, input: Value) -> Vec<String> {
        self.signs_in(someone).await.does(mutation, "", input).await.refusals(mutation)
    }

    pub(super) async fn school(&self, name: &str) -> String {
        let input = json!({ "board": self.world.ours.id, "name": name, "cluster": self.world.ours.clusters[0] });
        let made = self.known(Who::Admin).await.does("schoolCreate", "school { id }", input).await;
        made.text_at("schoolCreate.school.id").to_owned()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.world.app.clock.now()
    }

    /// Days go by.
    pub(super) fn days_later(&self, days: i64) {
        self.world.app.clock.turn(TimeDelta::days(days));
    }
}

/// What the trainer and the leaders work with.
pub(super) struct Course {
    pub(super) cohort: String,
    /// The schools in the cohort, in the order of [`SCHOOLS`].
    pub(super) places: Vec<String>,
    pub(super) lessons: Vec<String>,
}

pub(super) const SCHOOLS: [&str; 5] = ["De Bron", "De Vlieger", "De Kiem", "De Boog", "De Eik"];

/// How far the lesson is at each school, for `who`.
pub(super) async fn statuses(stage: &Stage<'_>, who: &Someone, course: &Course, lesson: usize) -> Vec<String> {
    let grid = "query($id: ID!) { cohort(id: $id) { schools { school { name } lessons { status overdue } } } }";
    let asked = stage.signs_in(who).await.asks_with(grid, json!({ "id": course.cohort })).await;
    let schools = asked.at("cohort.schools").as_array().expect("schools").clone();
    assert_eq!(schools.iter().map(|school| school["school"]["name"].as_str().unwrap()).collect::<Vec<_>>(), SCHOOLS);
    let cell = |school: &Value| {
        let cell = &school["lessons"][lesson];
        let overdue = if cell["overdue"] == true { " overdue" } else { "" };
        format!("{}{overdue}", cell["status"].as_str().unwrap())
    };
    schools.iter().map(cell).collect()
}

/// The points of an agenda, as `OBSTACLE of De Bron`.
pub(super) async fn agenda(stage: &Stage<'_>, who: &Someone, meeting: &str) -> Vec<String> {
    let query = "query($id: ID!) { node(id: $id) { ... on Meeting { agenda { kind done text school { name }
        experience { kind } } } } }";
    let asked = stage.signs_in(who).await.asks_with(query, json!({ "id": meeting })).await;
    let point = |item: &Value| {
        let kind = item["experience"]["kind"].as_str().or(item["kind"].as_str()).unwrap();
        let school = item["school"]["name"].as_str().map(|name| format!(" of {name}")).unwrap_or_default();
        let done = if item["done"] == true { " (done)" } else { "" };
        format!("{kind}{school}{done}")
    };
    asked.at("node.agenda").as_array().expect("an agenda").iter().map(point).collect()
}

pub(super) async fn lessons(stage: &Stage<'_>, cohort: &str) -> Vec<String> {
    let query = "query($id: ID!) { cohort(id: $id) { programme { years { modules { lessons { id } } } } } }";
    let asked = stage.known(Who::Admin).await.asks_with(query, json!({ "id": cohort })).await;
    let modules = asked.at("cohort.programme.years").as_array().expect("years").iter().flat_map(|year| {
        year["modules"]
            .as_array()
            .expect("modules")
            .iter()
            .flat_map(|module| module["lessons"].as_array().expect("lessons"))
    });
    modules.map(|lesson| lesson["id"].as_str().unwrap().to_owned()).collect()
}
