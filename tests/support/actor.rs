//! Who speaks in a test.

use serde_json::{Value, json};

use crate::reply::Reply;

/// A person or program that speaks HTTP to the API: "Marieke, school leader of De Zwaluw".
#[derive(Debug, Clone)]
pub struct Actor {
    pub name: String,
    http: reqwest::Client,
    address: String,
    token: Option<String>,
    headers: Vec<(&'static str, String)>,
}

impl Actor {
    /// Someone who is not signed in at the server at `address`, as `http://127.0.0.1:8000`.
    pub fn anonymous(name: &str, address: &str) -> Self {
        // Without TLS there is no use for the certificates of the machine, and reading them takes longer than most tests.
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("an HTTP client");
        Self { name: name.to_owned(), http, address: address.to_owned(), token: None, headers: Vec::new() }
    }

    /// The same, with an access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same, with one more header on every request.
    #[must_use]
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut actor = self.clone();
        actor.headers.push((name, value.to_owned()));
        actor
    }

    /// Where the server is, as `http://127.0.0.1:8000`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The access token; empty for who is not signed in.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Sends a document.
    pub async fn asks(&self, document: &str) -> Reply {
        self.asks_with(document, Value::Null).await
    }

    /// Sends a document with variables.
    pub async fn asks_with(&self, document: &str, variables: Value) -> Reply {
        self.posts("/graphql", &json!({ "query": document, "variables": variables })).await
    }

    /// Sends a mutation of one field over its `input`, and asks for `selection` and the user errors.
    pub async fn does(&self, mutation: &str, selection: &str, input: Value) -> Reply {
        let type_name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {type_name}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
        );
        self.asks_with(&document, json!({ "input": input })).await
    }

    /// Posts JSON to a path.
    pub async fn posts(&self, path: &str, body: &Value) -> Reply {
        self.sends(self.request(reqwest::Method::POST, path).json(body)).await
    }

    /// Gets a path.
    pub async fn gets(&self, path: &str) -> Reply {
        self.sends(self.request(reqwest::Method::GET, path)).await
    }

    /// A request that carries the token and headers of this actor, for a test that needs to say more.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends what [`request`](Self::request) made.
    pub async fn sends(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap_or_else(|error| panic!("{} gets no answer: {error}", self.name));
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or_default();
        Reply { asked_by: self.name.clone(), status, headers, body, text }
    }
}
