//! Bytes on their way to an address.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::http::{Unread, receive};

/// Bodies that a process takes in at a time, of all addresses: each is held in memory until it is stored.
const PLACES: usize = 4;
/// Seconds after which somebody may try again who found no place.
const RETRY_AFTER: &str = "10";

/// The bodies that the process takes in.
#[derive(Debug)]
pub struct Arriving {
    places: Semaphore,
    /// Hashes of the addresses.
    addresses: Mutex<HashSet<Vec<u8>>>,
}

impl Default for Arriving {
    fn default() -> Self {
        Self { places: Semaphore::new(PLACES), addresses: Mutex::default() }
    }
}

impl Arriving {
    /// Takes the one turn of an address, which ends when it is dropped. Ask first whether anything is waited for there.
    ///
    /// # Errors
    /// Where a body is on its way to the address already, or there are too many to others.
    pub fn begin(&self, address: &[u8]) -> Result<Turn<'_>, Declined> {
        let place = self.places.try_acquire().map_err(|_| Declined::NoPlace)?;
        if !self.addresses().insert(address.to_owned()) {
            return Err(Declined::Twice);
        }
        Ok(Turn { arriving: self, address: address.to_owned(), _place: place })
    }

    fn addresses(&self) -> MutexGuard<'_, HashSet<Vec<u8>>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of an address.
#[derive(Debug)]
pub struct Turn<'a> {
    arriving: &'a Arriving,
    address: Vec<u8>,
    _place: SemaphorePermit<'a>,
}

impl Turn<'_> {
    /// Reads a body of at most `most` bytes that arrives within `patience`.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn read(
        &self,
        headers: &HeaderMap,
        body: Body,
        most: usize,
        patience: Duration,
    ) -> Result<Bytes, Declined> {
        receive(headers, body, most, patience).await.map_err(|unread| Declined::Unread(unread, most))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.arriving.addresses().remove(&self.address);
    }
}

/// Why a body is not taken in.
#[derive(Debug, PartialEq, Eq)]
pub enum Declined {
    /// Another one is on its way to the same address.
    Twice,
    /// As many are on their way as the process takes in.
    NoPlace,
    /// It did not come whole, within so many bytes.
    Unread(Unread, usize),
}

impl IntoResponse for Declined {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Twice => (StatusCode::CONFLICT, "An upload is on its way to this address already.".to_owned()),
            Self::NoPlace => {
                let message = "Too many uploads are on their way. Try again in a moment.".to_owned();
                let response = answer(StatusCode::SERVICE_UNAVAILABLE, &message);
                return ([(header::RETRY_AFTER, RETRY_AFTER)], response).into_response();
            }
            Self::Unread(Unread::TooLarge, most) => {
                (StatusCode::PAYLOAD_TOO_LARGE, format!("The upload is larger than {most} bytes."))
            }
            Self::Unread(Unread::BrokeOff, _) => {
                (StatusCode::BAD_REQUEST, "The upload broke off. Send it again.".to_owned())
            }
            Self::Unread(Unread::TooSlow, _) => {
                (StatusCode::REQUEST_TIMEOUT, "The upload took too long to arrive. Send it again.".to_owned())
            }
        };
        answer(status, &message)
    }
}

/// What the sender of a body is told.
pub fn answer(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "message": message }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_turn_at_a_time_and_a_process_a_few() {
        let arriving = Arriving::default();
        let first = arriving.begin(b"first").unwrap();
        assert_eq!(arriving.begin(b"first").unwrap_err(), Declined::Twice);
        let others: Vec<Turn<'_>> = (1..PLACES).map(|at| arriving.begin(at.to_string().as_bytes()).unwrap()).collect();
        assert_eq!(arriving.begin(b"one too many").unwrap_err(), Declined::NoPlace);
        drop(first);
        drop(arriving.begin(b"first").unwrap());
        drop(others);
        assert!(arriving.begin(b"first").is_ok());
    }
}
