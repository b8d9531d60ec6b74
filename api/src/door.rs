//! The door between the walls of [`crate::http`] and the house: from a request's headers to its [`Call`].

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::Data;
use axum::http::{HeaderMap, header};
use glans_entity::ids::{ApiClientId, BoardId};
use glans_entity::scope::Scope;
use glans_migration::{Migrator, MigratorTrait};

use crate::access::{Actor, Standing, Standings};
use crate::app::App;
use crate::call::{Call, today};
use crate::http::house::{Answered, Bill, Denied, Fault, House, Knock, Visitor, in_time};
use crate::http::{CallerKind, Empty, Payer, RequestId, Till, bearer};
use crate::identity::authentication;
use crate::identity::tokens::TokenRefusal;
use crate::platform::documents;
use crate::platform::error::Error;

/// Names the one board in which a request acts. Without it, a request acts in all boards of the account.
const BOARD: &str = "glans-board";
/// Languages of an `Accept-Language` that are looked at.
const MOST_LANGUAGES: usize = 8;

/// The application, for the walls.
#[derive(Clone)]
pub struct Door(pub Arc<App>);

impl House for Door {
    async fn admit(&self, knock: Knock<'_>) -> Result<Visitor, Denied> {
        let app = &self.0;
        let (board, standing) = self.standing(knock.token, knock.headers).await?;
        let (kind, payer) = (kind(&standing), standing.actor.id());
        let mut call = Call::new(Arc::clone(app), standing, knock.request_id.as_str().to_owned());
        call.address = Some(knock.address);
        call.languages = languages(knock.headers);
        call.board = board;
        Ok(Visitor::new(kind, payer, call.into_data()))
    }

    async fn renew(&self, knock: Knock<'_>, data: &Data) -> Result<(), Denied> {
        let (_, standing) = self.standing(knock.token, knock.headers).await?;
        if let Some(call) = call_in(data) {
            call.renew(standing);
        }
        Ok(())
    }

    async fn rest(&self, data: &Data) {
        if let Some(call) = call_in(data) {
            call.look_again().await;
        }
    }

    async fn trusted_document(&self, id: &str) -> Result<Option<String>, Denied> {
        let found = async {
            // Not among the look-ups: while somebody has the table, nobody could be known.
            let db = self.0.db.read_soon(&Scope::system(today(self.0.clock.now()))).await?;
            documents::text(&db, id).await
        };
        found.await.map_err(|cause| Error::from(cause).into())
    }

    fn answered(&self, Answered { kind, outcome, took }: Answered) {
        self.0.metrics.answered(kind.into(), outcome.into(), took);
    }

    fn billed(&self, Bill { payer, cost, refused }: Bill<'_>) {
        let app = &self.0;
        if let Ok(client) = payer.parse::<ApiClientId>() {
            app.usage.add(client, today(app.clock.now()), cost, refused);
        }
    }

    async fn ready(&self) -> Result<(), Fault> {
        match Migrator::get_pending_migrations_read_only(self.0.db.looking()).await {
            Ok(pending) if pending.is_empty() => Ok(()),
            Ok(pending) => Err(Fault(format!("{} migrations are missing: run `glans migrate up`", pending.len()))),
            Err(cause) => Err(Fault(cause.to_string())),
        }
    }
}

fn call_in(data: &Data) -> Option<&Arc<Call>> {
    data.get(&TypeId::of::<Arc<Call>>()).and_then(|call| call.downcast_ref())
}

impl Door {
    async fn standing(
        &self,
        token: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<(Option<BoardId>, Arc<Standing>), Denied> {
        let board = named_board(headers)?;
        let Some(token) = token else { return Ok((board, Standings::anonymous(&self.0))) };
        match authentication::standing(&self.0, token, board).await {
            Ok(Ok(standing)) => Ok((board, standing)),
            Ok(Err(TokenRefusal::Expired)) => Err(Denied::Expired),
            Ok(Err(TokenRefusal::Invalid)) => Err(Denied::Invalid),
            Err(error) => Err(error.into()),
        }
    }
}

/// A request at a door beside GraphQL that takes an access token: who asks, and what they may see.
pub async fn call(app: &Arc<App>, headers: &HeaderMap, request_id: &RequestId) -> Result<Call, Denied> {
    let door = Door(Arc::clone(app));
    let known = Box::pin(door.standing(bearer(headers)?, headers));
    let (board, standing) = in_time(known).await?;
    let mut call = Call::new(Arc::clone(app), standing, request_id.as_str().to_owned());
    call.languages = languages(headers);
    call.board = board;
    Ok(call)
}

/// Takes what a request at a door beside GraphQL costs from the bucket that the caller's operations are paid from, and counts
/// it as used. To be called before anything is done for it: it is paid for whatever comes of it.
///
/// # Errors
/// `UNAUTHENTICATED` for who is not signed in; `RATE_LIMITED` where the bucket has less.
pub async fn pay(till: &Till, call: &Call, cost: u64) -> Result<(), Error> {
    call.signed_in()?;
    let standing = call.standing();
    let payer = standing.actor.id().unwrap_or_default();
    let paid = till.pay(Payer::Known(payer.clone()), kind(&standing), cost).await;
    let bill = Bill { payer: &payer, cost: if paid.is_ok() { cost } else { 0 }, refused: paid.is_err() };
    Door(Arc::clone(call.app())).billed(bill);
    paid.map(drop).map_err(|Empty { retry_after }| Error::RateLimited {
        retry_after_seconds: u32::try_from(retry_after.as_secs()).unwrap_or(u32::MAX),
    })
}

/// Whose limits hold.
pub fn kind(standing: &Standing) -> CallerKind {
    match standing.actor {
        Actor::Anonymous => CallerKind::Anonymous,
        Actor::Person(_) | Actor::System(_) => CallerKind::Person,
        Actor::Client(_) => CallerKind::ApiClient,
    }
}

/// A header that is no id is refused, and so are two: a request that meant one board must not act in all, or in another.
fn named_board(headers: &HeaderMap) -> Result<Option<BoardId>, Denied> {
    let mut values = headers.get_all(BOARD).iter();
    let (value, further) = (values.next(), values.next());
    let Some(value) = value else { return Ok(None) };
    let board = value.to_str().ok().filter(|_| further.is_none()).and_then(|text| text.trim().parse().ok());
    board.map(Some).ok_or(Denied::Board)
}

/// The primary tags of `Accept-Language`, in the order of their weights (RFC 9110, section 12.5.4).
pub(crate) fn languages(headers: &HeaderMap) -> Vec<String> {
    let Some(Ok(text)) = headers.get(header::ACCEPT_LANGUAGE).map(|value| value.to_str()) else { return Vec::new() };
    let mut weighted: Vec<(f32, String)> = text
        .split(',')
        .take(MOST_LANGUAGES)
        .filter_map(|part| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let primary = tag.trim().split('-').next()?.to_ascii_lowercase();
            let weight = weight.trim().parse().ok().filter(|weight| *weight > 0.0)?;
            (!primary.is_empty() && primary != "*").then_some((weight, primary))
        })
        .collect();
    weighted.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    weighted.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::HeaderValue;

    use super::*;
    use crate::engagement::schedule;
    use crate::http::stream;

    fn with(name: &'static str, value: &'static str) -> HeaderMap {
        [(name.parse().unwrap(), HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn languages_come_in_the_order_of_their_weights() {
        let headers = with("accept-language", "en;q=0.5, nl-NL, *;q=0.1, fr;q=0, de;q=x");
        assert_eq!(languages(&headers), ["nl", "en"]);
        assert!(languages(&HeaderMap::new()).is_empty());
    }

    #[test]
    fn a_board_header_that_is_no_id_is_refused() {
        assert_eq!(named_board(&HeaderMap::new()), Ok(None));
        assert_eq!(named_board(&with("glans-board", "41613")), Err(Denied::Board));
        let mut twice = with("glans-board", "board_01h455vb4pex5vsknk084sn02q");
        assert!(named_board(&twice).unwrap().is_some());
        twice.append(BOARD, twice[BOARD].clone());
        assert_eq!(named_board(&twice), Err(Denied::Board));
    }

    #[test]
    fn a_right_that_ends_has_its_effect_within_what_is_promised() {
        let promised = Duration::from_secs(5);
        // A round that has just begun does not see it yet; the next one does, and has time left to act.
        assert!(schedule::EVERY * 2 < promised);
        assert!(Standings::KEPT < promised);
        // Who follows is looked at again, by rights that were read just before they ended.
        assert!(stream::RENEWAL + Standings::KEPT < promised);
    }
}
