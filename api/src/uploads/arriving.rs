//! Bytes on their way to an address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use glans_entity::ids::BoardId;

use crate::http::{RequestId, Unread, receive, sends_encoded};
use crate::platform::error::Error;

/// Bodies that a process has at a time, of all addresses: each is held in memory until it is stored, or imported.
const PLACES: usize = 4;
/// And of one board: none keeps the others out.
const PLACES_OF_A_BOARD: usize = 2;
/// How long nothing may come of a body. A line that broke without a word keeps its address, and a place, for no longer.
const SILENCE: Duration = Duration::from_secs(30);
/// Seconds after which somebody may try again who found no place.
const RETRY_AFTER: u32 = 10;

/// The bodies that the process takes in.
#[derive(Clone, Debug, Default)]
pub struct Arriving {
    /// Hashes of the addresses, and for which board each is.
    turns: Arc<Mutex<HashMap<Vec<u8>, BoardId>>>,
}

impl Arriving {
    /// Takes in the body of a request to an address, of at most `most` bytes, and of one at least, that arrives within
    /// `patience`, without a long silence. `waiting` is the board for which one is waited for there: nothing is read of
    /// another. The turn ends when it is dropped: keep it for as long as the body is in memory.
    ///
    /// # Errors
    /// Where it is not taken in.
    pub async fn take_in(
        &self,
        address: &[u8],
        waiting: Option<BoardId>,
        request: Request,
        most: usize,
        patience: Duration,
    ) -> Result<(Turn, Bytes), Declined> {
        let board = waiting.ok_or(Declined::Nothing)?;
        if sends_encoded(request.headers()) {
            return Err(Declined::Encoded);
        }
        let turn = self.begin(address, board)?;
        let (head, body) = request.into_parts();
        let bytes = receive(&head.headers, body, most, patience, SILENCE).await;
        let bytes = bytes.map_err(|unread| Declined::Unread(unread, most))?;
        if bytes.is_empty() { Err(Declined::Empty) } else { Ok((turn, bytes)) }
    }

    /// Takes the one turn of an address of `board`.
    ///
    /// # Errors
    /// Where a body is on its way to the address already, or there are too many to others.
    pub fn begin(&self, address: &[u8], board: BoardId) -> Result<Turn, Declined> {
        let mut turns = self.turns();
        if turns.contains_key(address) {
            return Err(Declined::Twice);
        }
        let of_board = turns.values().filter(|of| **of == board).count();
        if turns.len() >= PLACES || of_board >= PLACES_OF_A_BOARD {
            return Err(Declined::NoPlace);
        }
        turns.insert(address.to_owned(), board);
        Ok(Turn { arriving: self.clone(), address: address.to_owned() })
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<Vec<u8>, BoardId>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of an address.
#[derive(Debug)]
pub struct Turn {
    arriving: Arriving,
    address: Vec<u8>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.arriving.turns().remove(&self.address);
    }
}

/// Why a body is not taken in.
#[derive(Debug)]
pub enum Declined {
    /// None is waited for.
    Nothing,
    /// Another one is on its way to the same address.
    Twice,
    /// As many are here as the process takes in, of all boards or of this one.
    NoPlace,
    /// It is compressed on its way, which nobody undoes here. Who sends it as it is has the address still.
    Encoded,
    /// There is nothing in it. Who sent it by mistake has the address still.
    Empty,
    /// It did not come whole, within so many bytes.
    Unread(Unread, usize),
    /// It failed on our side. The address is open as before.
    Failed(Error),
}

impl From<Error> for Declined {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Declined {
    /// What the sender is told; `anew` says how to get another address.
    pub fn told(self, anew: &str, request_id: &RequestId) -> Response {
        let (status, message) = match self {
            Self::Nothing => (StatusCode::NOT_FOUND, format!("There is no upload waiting here. {anew}")),
            Self::Twice => (StatusCode::CONFLICT, "An upload is on its way to this address already.".to_owned()),
            Self::NoPlace => {
                let message = "Too many uploads are on their way or being imported. Try again in a moment.";
                return later(RETRY_AFTER, message);
            }
            Self::Encoded => {
                let message = "Send the file as it is, without `Content-Encoding`.";
                let response = answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
                // RFC 9110, section 15.5.16.
                let understood = HeaderValue::from_static("identity");
                return ([(header::ACCEPT_ENCODING, understood)], response).into_response();
            }
            Self::Empty => (StatusCode::BAD_REQUEST, "The upload is empty. Send the file itself.".to_owned()),
            Self::Unread(Unread::TooLarge, most) => {
                (StatusCode::PAYLOAD_TOO_LARGE, format!("The upload is larger than {most} bytes."))
            }
            Self::Unread(Unread::BrokeOff, _) => {
                (StatusCode::BAD_REQUEST, "The upload broke off. Send it again.".to_owned())
            }
            Self::Unread(Unread::TooSlow, _) => {
                (StatusCode::REQUEST_TIMEOUT, "The upload took too long to arrive. Send it again.".to_owned())
            }
            Self::Failed(error) => {
                if let Some(seconds) = error.retry_after_seconds() {
                    return later(seconds, &error.to_string());
                }
                tracing::error!(?error, request_id = request_id.as_str(), "upload failed");
                (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
            }
        };
        answer(status, &message)
    }
}

fn later(seconds: u32, message: &str) -> Response {
    let response = answer(StatusCode::SERVICE_UNAVAILABLE, message);
    ([(header::RETRY_AFTER, HeaderValue::from(seconds))], response).into_response()
}

/// What the sender of a body is told.
pub fn answer(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "message": message }))).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[tokio::test]
    async fn a_body_that_is_waited_for_has_the_turn_of_its_address() {
        let (arriving, board) = (Arriving::default(), Some(BoardId::new()));
        let take_in = async |waiting, sent: &'static str| {
            arriving.take_in(b"address", waiting, Request::new(Body::from(sent)), 4, SILENCE).await
        };
        assert!(matches!(take_in(None, "four").await, Err(Declined::Nothing)));
        assert!(matches!(take_in(board, "").await, Err(Declined::Empty)));
        let mut encoded = Request::new(Body::from("four"));
        encoded.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let encoded = arriving.take_in(b"address", board, encoded, 4, SILENCE).await;
        assert!(matches!(encoded, Err(Declined::Encoded)));
        assert!(matches!(take_in(board, "fives").await, Err(Declined::Unread(Unread::TooLarge, 4))));
        let (turn, bytes) = take_in(board, "four").await.unwrap();
        assert_eq!(bytes, "four");
        assert!(matches!(take_in(board, "four").await, Err(Declined::Twice)));
        drop(turn);
        assert!(take_in(board, "four").await.is_ok());
    }

    #[test]
    fn an_address_has_one_turn_at_a_time_and_a_process_a_few() {
        let (arriving, board) = (Arriving::default(), BoardId::new());
        let first = arriving.begin(b"first", board).unwrap();
        assert!(matches!(arriving.begin(b"first", board), Err(Declined::Twice)));
        let begin = |at: usize| arriving.begin(at.to_string().as_bytes(), BoardId::new());
        let others: Vec<Turn> = (1..PLACES).map(|at| begin(at).unwrap()).collect();
        assert!(matches!(arriving.begin(b"one too many", board), Err(Declined::NoPlace)));
        drop(first);
        drop(arriving.begin(b"first", board).unwrap());
        drop(others);
        assert!(arriving.begin(b"first", board).is_ok());
    }

    #[test]
    fn a_board_leaves_places_to_others() {
        let (arriving, board) = (Arriving::default(), BoardId::new());
        let begin = |at: usize| arriving.begin(at.to_string().as_bytes(), board);
        let mut own: Vec<Turn> = (0..PLACES_OF_A_BOARD).map(|at| begin(at).unwrap()).collect();
        assert!(matches!(arriving.begin(b"one more", board), Err(Declined::NoPlace)));
        drop(arriving.begin(b"of another", BoardId::new()).unwrap());
        own.pop();
        assert!(arriving.begin(b"one more", board).is_ok());
    }
}
