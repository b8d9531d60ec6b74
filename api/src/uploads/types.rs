//! The objects, inputs and payloads of uploads.

use async_graphql::{ID, InputObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::actions::{MOST_BYTES, Made};
use super::route::PATH;
use crate::app::App;
use crate::platform::error::{Result, UserError, outcome};
use crate::sync_cursor;

/// What a course is sent as (RFC 9512).
const CONTENT_TYPE: &str = "application/yaml";

/// Where to send bytes that fit in no request.
#[derive(SimpleObject, Clone, Debug)]
pub struct UploadAddress {
    /// The address. It is secret and works once.
    pub url: String,
    /// The HTTP method, `PUT`.
    pub method: String,
    /// Headers to send along.
    pub headers: Vec<UploadHeader>,
    /// From then on the address works no longer.
    pub expires_at: Option<DateTime<Utc>>,
    /// Bytes at most. A larger upload is refused.
    pub max_bytes: i32,
}

impl UploadAddress {
    /// Of bytes of this content type.
    pub fn new(url: String, content_type: &str, most_bytes: u64, expires_at: Option<DateTime<Utc>>) -> Self {
        let headers = vec![UploadHeader { name: "content-type".to_owned(), value: content_type.to_owned() }];
        let max_bytes = i32::try_from(most_bytes).unwrap_or(i32::MAX);
        Self { url, method: "PUT".to_owned(), headers, expires_at, max_bytes }
    }
}

/// A header of an upload.
#[derive(SimpleObject, Clone, Debug)]
pub struct UploadHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Something to send that fits in no request.
#[derive(InputObject)]
pub struct UploadCreateInput {
    /// The board that it is for.
    pub board: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `uploadCreate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct UploadCreatePayload {
    /// What the mutation that takes the bytes is given, within the hour; null when refused.
    pub id: Option<ID>,
    /// Where to send the bytes; null when refused, and when answered again under the same `clientMutationId`: the
    /// address is told once.
    pub address: Option<UploadAddress>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(UploadCreatePayload);

impl UploadCreatePayload {
    pub(super) fn of(done: Result<Made>, app: &App) -> Result<Self> {
        let (made, user_errors) = outcome(done)?;
        let Some(Made { upload, token }) = made else {
            return Ok(Self { id: None, address: None, user_errors });
        };
        let address = token.map(|token| {
            UploadAddress::new(token.url(app, PATH), CONTENT_TYPE, MOST_BYTES as u64, Some(upload.expires_at))
        });
        Ok(Self { id: Some(upload.id.to_string().into()), address, user_errors })
    }
}
