//! From an access token to who is asking.

use std::sync::Arc;

use glans_entity::ids::{AccountId, ApiClientId, BoardId, SessionId};
use glans_entity::scope::Scope;

use super::tokens::known::Signed;
use super::tokens::{TokenRefusal, jwt};
use super::{clients, sessions};
use crate::access::{Actor, ApiScope, Standing, Standings};
use crate::app::App;
use crate::call::today;
use crate::platform::error::Result;

/// Who shows `token`, in all boards or in `board` only. `Ok(Err(_))` when the token does not count: it is forged, ran
/// out, or its session or client was ended.
///
/// Rights are read from the database, never from the token; they, and whether the session lives, are believed for three
/// seconds.
pub async fn standing(app: &App, token: &str, board: Option<BoardId>) -> Result<Result<Arc<Standing>, TokenRefusal>> {
    let signed = match verified(app, token).await? {
        Ok(signed) => signed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let claims = &signed.claims;
    let found = match (claims.sub.parse::<AccountId>(), claims.sub.parse::<ApiClientId>()) {
        (Ok(account), _) => of_account(app, account, claims.sid.as_deref(), board).await?,
        (_, Ok(client)) => of_client(app, client, claims.scope.as_deref(), board).await?,
        _ => None,
    };
    Ok(found.ok_or(TokenRefusal::Invalid))
}

async fn verified(app: &App, token: &str) -> Result<Result<Arc<Signed>, TokenRefusal>> {
    let (identity, now) = (&app.identity, app.clock.now());
    let known = identity.known_tokens.get(token).await;
    let key_id = match known.as_ref().map_or_else(|| jwt::key_id(token), |known| Ok(known.key_id.clone())) {
        Ok(key_id) => key_id,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let keys = identity.keys.keys_with(&key_id, &app.db, &identity.master, now).await?;
    let Some(key) = keys.public(&key_id) else { return Ok(Err(TokenRefusal::Invalid)) };
    let signed = match known {
        Some(known) => known,
        None => match jwt::signed(token, key, &identity.issuer) {
            Ok(claims) => identity.known_tokens.keep(token, Signed { key_id, claims }).await,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    Ok(signed.claims.check(&identity.issuer, now.timestamp()).map(|()| signed))
}

async fn of_account(
    app: &App,
    account: AccountId,
    session: Option<&str>,
    board: Option<BoardId>,
) -> Result<Option<Arc<Standing>>> {
    let session = match session.map(str::parse::<SessionId>) {
        Some(Ok(session)) if sessions::actions::is_live(app, session, account).await? => Some(session),
        Some(_) => return Ok(None),
        // Only an operator's token has no session.
        None => None,
    };
    app.standings.of_account(app, account, session, board).await.map(Some)
}

async fn of_client(
    app: &App,
    client: ApiClientId,
    scope: Option<&str>,
    board: Option<BoardId>,
) -> Result<Option<Arc<Standing>>> {
    let Some(mut actor) = clients::actions::actor(app, client).await? else { return Ok(None) };
    let of_token: Vec<ApiScope> =
        scope.unwrap_or_default().split_ascii_whitespace().filter_map(|name| name.parse().ok()).collect();
    actor.scopes.retain(|scope| of_token.contains(scope));
    if board.is_some_and(|board| board != actor.board) {
        // The request asks for another board, in which this client may do and see nothing.
        actor.scopes.clear();
        let scope = Arc::new(Scope::nothing(today(app.clock.now())));
        return Ok(Some(Arc::new(Standing { actor: Actor::Client(Arc::new(actor)), scope })));
    }
    Ok(Some(Standings::of_client(app, actor)))
}
