//! Signing and verifying access tokens: EdDSA over Ed25519 (RFC 8037) and nothing else.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};

use super::claims::{Claims, Issuer, TokenRefusal};

/// RFC 9068, 2.1: keeps an id token or any other JWT of the same issuer from passing for an access token.
const TYPE: &str = "at+jwt";
/// A token of ours has some 500 bytes; longer ones are not even decoded.
const MAX_LEN: usize = 2_048;

#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    #[error("an access token could not be signed: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
    #[error("the token library accepts what it must refuse, or refuses what it must accept: {0}")]
    SelfTest(&'static str),
}

/// A key with its id, able to sign.
pub struct SigningKey {
    pub id: String,
    pub private: EncodingKey,
}

pub fn sign(key: &SigningKey, claims: &Claims) -> Result<String, SigningError> {
    let header = Header { typ: Some(TYPE.into()), kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
    Ok(encode(&header, claims, &key.private)?)
}

/// The key id of a token whose header is in order, before anything in it is believed.
///
/// Whatever would make a verifier fetch or take a key from the token (`jku`, `jwk`, `x5u`, `x5c`), or would change what
/// is signed (`crit`, `b64`, `zip`, `enc`, `cty`), is refused by allowing three members and no others.
pub fn key_id(token: &str) -> Result<String, TokenRefusal> {
    if token.len() > MAX_LEN {
        return Err(TokenRefusal::Invalid);
    }
    let header = decode_header(token).map_err(|_| TokenRefusal::Invalid)?;
    let key_id = header.kid.clone().ok_or(TokenRefusal::Invalid)?;
    let expected = Header { typ: Some(TYPE.into()), kid: Some(key_id.clone()), ..Header::new(Algorithm::EdDSA) };
    if header == expected { Ok(key_id) } else { Err(TokenRefusal::Invalid) }
}

/// Verifies signature and claims at `now` (seconds since 1970). `key` is the one that [`key_id`] named.
pub fn verify(token: &str, key: &DecodingKey, issuer: &Issuer, now: i64) -> Result<Claims, TokenRefusal> {
    let claims = signed(token, key, issuer)?;
    claims.check(issuer, now)?;
    Ok(claims)
}

/// What `token` says, which is signed with `key` for `issuer`, whether or not its time has come or passed.
pub fn signed(token: &str, key: &DecodingKey, issuer: &Issuer) -> Result<Claims, TokenRefusal> {
    key_id(token)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    // The library reads the system's clock; ours is handed in, so `Claims::check` looks at the times.
    validation.validate_exp = false;
    validation.set_audience(&[&issuer.audience]);
    validation.set_issuer(&[&issuer.name]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    Ok(decode::<Claims>(token, key, &validation).map_err(|_| TokenRefusal::Invalid)?.claims)
}

/// At start: a token signed with `key` is accepted, and refused once altered, expired or unsigned. A build with a wrong
/// or missing crypto backend stops here and not at the first sign-in.
pub fn self_test(key: &SigningKey, public: &DecodingKey) -> Result<(), SigningError> {
    let issuer = Issuer { name: "self-test".into(), audience: "self-test".into() };
    let claims = Claims {
        iss: issuer.name.clone(),
        aud: issuer.audience.clone(),
        sub: "self".into(),
        client_id: "self".into(),
        iat: 0,
        nbf: 0,
        exp: 60,
        jti: "self".into(),
        sid: None,
        scope: None,
    };
    let token = sign(key, &claims)?;
    let (content, signature) = token.rsplit_once('.').ok_or(SigningError::SelfTest("a token without signature"))?;
    let altered = format!("{content}.{}", signature.chars().rev().collect::<String>());
    let unsigned = format!("{content}.");
    match verify(&token, public, &issuer, 0) {
        Ok(read) if read == claims => {}
        _ => return Err(SigningError::SelfTest("its own token was refused")),
    }
    for (forged, now, what) in [(&altered, 0, "altered"), (&unsigned, 0, "unsigned"), (&token, 1_000, "expired")] {
        if verify(forged, public, &issuer, now).is_ok() {
            return Err(SigningError::SelfTest(what));
        }
    }
    Ok(())
}
