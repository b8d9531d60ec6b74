//! The inputs of the mutations.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::metrics::webhooks::kinds::WebhookEventKind;

/// A new endpoint.
#[derive(InputObject)]
pub struct WebhookEndpointCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The API client that is told. Administrators name one of the board; for a client it is itself when absent.
    pub client: Option<ID>,
    /// Where the requests go: an address of the internet that begins with `https://`, without user, password and part behind
    /// `#`, at port 443 or one from 1024 on; at most 2,000 characters.
    pub url: String,
    /// Of which kinds of events it is told, at least one.
    pub events: Vec<WebhookEventKind>,
    /// What it is for, at most 200 characters.
    pub description: Option<String>,
    /// The same id sent again within seven days has the same effect once and the same answer, secret included; 1 to 128
    /// characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to an endpoint. What is absent stays.
#[derive(InputObject)]
pub struct WebhookEndpointUpdateInput {
    /// Which endpoint.
    pub id: ID,
    /// Where the requests go, also those that wait: as in `WebhookEndpointCreateInput`.
    pub url: Option<String>,
    /// Of which kinds of events it is told from now on, at least one.
    pub events: Option<Vec<WebhookEventKind>>,
    /// What it is for, at most 200 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint goes.
#[derive(InputObject)]
pub struct WebhookEndpointDeleteInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint gets another secret.
#[derive(InputObject)]
pub struct WebhookEndpointSecretRotateInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once and the same answer, secret included; 1 to 128
    /// characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint is told of events again.
#[derive(InputObject)]
pub struct WebhookEndpointEnableInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint is told of nothing any more.
#[derive(InputObject)]
pub struct WebhookEndpointDisableInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint is tested.
#[derive(InputObject)]
pub struct WebhookEndpointTestInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which delivery is tried again.
#[derive(InputObject)]
pub struct WebhookDeliveryReplayInput {
    /// Which delivery.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}
